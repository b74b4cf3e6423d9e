/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The private /etc and /var of a service.  The service writes to them, and is not trusted: a link
 * in them never leads out of them. */

/* An open file in the folder; path: absolute, as the service sees it.  -1 with errno. */
int gbx_service_root_open (const char *root, const char *path, int flags, guint mode);
/* (transfer full) (nullable): its contents, of at most so many bytes. */
GBytes *gbx_service_root_read (const char *root, const char *path, gsize most);
/* Replaces or makes a file at once, with the folders that lead to it. */
gboolean gbx_service_root_write (const char *root, const char *path, GBytes *bytes, guint mode,
                                 GError **error);
gboolean gbx_service_root_make_folder (const char *root, const char *path, guint mode,
                                       GError **error);
gboolean gbx_service_root_make_link (const char *root, const char *path, const char *target,
                                     GError **error);
gboolean gbx_service_root_exists (const char *root, const char *path);
void gbx_service_root_remove (const char *root, const char *path);

G_END_DECLS
