/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Private to the library: writing below the composed root.  A path there is given as
 * "etc/passwd"; all fail with GBX_ERROR_STORAGE. */

#include <glib.h>

G_BEGIN_DECLS

/* With that mode, regardless of the umask; an existing folder stays unchanged. */
gboolean gbx_tree_make_folder (const char *path, guint mode, GError **error);
/* Creates all parent folders of a path below the root. */
gboolean gbx_tree_make_parents (const char *root, const char *name, GError **error);
/* A negative length: up to the NUL. */
gboolean gbx_tree_write_file (const char *root, const char *name, const char *data, gssize length,
                              GError **error);
/* An existing entry stays unchanged. */
gboolean gbx_tree_make_link (const char *target, const char *path, GError **error);
/* FALSE, with errno in the error. */
gboolean gbx_tree_set_error (GError **error, const char *path);

G_END_DECLS
