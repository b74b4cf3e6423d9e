/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-control-client.h"

G_BEGIN_DECLS

/* Files that go into a running sandbox with a command.  A share cannot be added to one: each is
 * a device that is made before the start.  So a copy of the file goes in, with its name. */

/* A regular file of the user's: what the sandbox sees of the system anyway is none. */
gboolean gbx_inside_is_file (const char *path);
/* (transfer full) (element-type GbxEntryArgument): arguments of a command. */
GPtrArray *gbx_inside_files_read (char **words);
/* Copies those that are files, and puts the paths of the copies in their places. */
void gbx_inside_files_put_async (GbxControlClient *client, GPtrArray *arguments,
                                 GAsyncReadyCallback callback, gpointer user_data);
gboolean gbx_inside_files_put_finish (GAsyncResult *result, GError **error);

G_END_DECLS
