/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Small key files of the user's, such as the preferences. */

/* (transfer full): empty if the file is missing or damaged. */
GKeyFile *gbx_user_file_load (const char *path);
/* Writes it in a thread, so that the old or the new contents are there.  The last call wins. */
void gbx_user_file_save (const char *path, GKeyFile *file);
/* Waits until all is written, before a program ends. */
void gbx_user_file_flush (void);

G_END_DECLS
