/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Where things are: the one place that knows. */

/* One of our own programs: in a folder of $GLOVEBOX_PROGRAM_PATH (a build tree),
 * else in libexecdir or bindir.  (nullable): when it is not there. */
char *gbx_path_program (const char *name);

/* A program of the system, as an absolute path without a link among its folders:
 * in a folder of $PATH, else in a standard one.  A cron job or "env -i" has another
 * PATH than the user's shell, or none.  (nullable): when it is not there. */
char *gbx_path_command (const char *name);

/* $XDG_RUNTIME_DIR/glovebox, or /tmp/glovebox-UID where there is no runtime
 * directory; made with mode 0700 and refused when it is not ours. */
char *gbx_path_runtime (GError **error);
/* The same path, making nothing. */
char *gbx_path_runtime_name (void);
/* GBX_ERROR_STORAGE about a path in it that could not be made or written, as one
 * sentence with the way out that errno suggests. */
void gbx_path_set_runtime_error (GError **error, const char *path, int errsv);
/* The folder of kernels and initial file systems. */
char *gbx_path_cache (void);

/* Whether an absolute path is that of the folder or of something in it. */
gboolean gbx_path_is_within (const char *path, const char *folder);

/* As a message can have it: control characters and what is no UTF-8 escaped. */
char *gbx_path_show (const char *path);

/* Makes the file, or replaces what is in it, with that mode whatever the umask is;
 * FALSE with errno. */
gboolean gbx_path_write_file (const char *path, const char *data, gsize length, guint mode);

/* Removes a folder and all in it, following no link; best effort. */
void gbx_path_remove_tree (const char *path);

G_END_DECLS
