/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gdesktopappinfo.h>

G_BEGIN_DECLS

/* An argument after the entry's name: a file to share, or an address to pass on. */
typedef struct
{
  char *text; /* as the application gets it */
  gboolean is_file;
} GbxEntryArgument;

/* Returns: (element-type GbxEntryArgument) */
GPtrArray *gbx_exec_line_read_arguments (char **words, GError **error);

/* The command of the Exec line of the entry, or of its @action, with the arguments in their places.  If the line
 * accepts one file and there are several, the command starts the program once for each.
 * program is set to the application's own words, without what starts it. */
char **gbx_exec_line_expand (GDesktopAppInfo *info, const char *action, GPtrArray *arguments,
                             GStrv *program, GError **error);

/* The words of the Exec line, with the field codes in them. */
char **gbx_exec_line_read_words (GDesktopAppInfo *info, GError **error);
/* How many files or addresses one start of the application takes; G_MAXUINT: any number. */
guint gbx_exec_line_count_files (GDesktopAppInfo *info);

/* (nullable): as a name or a path */
char *gbx_exec_line_get_icon (GDesktopAppInfo *info);

G_END_DECLS
