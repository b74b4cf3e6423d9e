/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The paths of all files and folders. */

/* Finds one of Glovebox's programs: in a folder of $GLOVEBOX_PROGRAM_PATH (a build tree),
 * otherwise in libexecdir or bindir.  NULL if it does not exist. */
char *gbx_path_program (const char *name);

/* Finds a program of the system: in a folder of $PATH, otherwise in a standard folder.  A cron
 * job or "env -i" has another PATH than the user's shell, or none.  Returns an absolute path
 * without links in its folders; NULL if the program does not exist. */
char *gbx_path_command (const char *name);

/* $XDG_RUNTIME_DIR/glovebox, or /tmp/glovebox-UID if there is no runtime directory, or one
 * whose path is too long for sockets.  It is
 * created with mode 0700, and refused if another user owns it. */
char *gbx_path_runtime (GError **error);
/* The same path; creates nothing. */
char *gbx_path_runtime_name (void);
/* Sets GBX_ERROR_STORAGE about a path in it that could not be created or written, with the
 * solution that errno suggests. */
void gbx_path_set_runtime_error (GError **error, const char *path, int errsv);
/* The folder of kernels and initial file systems. */
char *gbx_path_cache (void);

/* Whether an absolute path is that of the folder or of something in it. */
gboolean gbx_path_is_within (const char *path, const char *folder);

/* Escapes the path for a message: control characters, those that change the text direction or
 * are invisible, and invalid UTF-8. */
char *gbx_path_show (const char *path);

/* Creates the file or replaces its contents, with that mode regardless of the umask; FALSE
 * with errno. */
gboolean gbx_path_write_file (const char *path, const char *data, gsize length, guint mode);

/* Removes a folder and its contents without following links; best effort. */
void gbx_path_remove_tree (const char *path);

G_END_DECLS
