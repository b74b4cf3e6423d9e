/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Private to the launchers: their folder and their files. */

#include <gio/gio.h>

G_BEGIN_DECLS

/* (transfer full): where the user's menu has its entries */
char *gbx_launcher_file_get_folder (void);
/* (transfer full) (nullable): the file of an application's entry, by its name or path */
char *gbx_launcher_file_find (const char *source);
/* With all languages. */
GKeyFile *gbx_launcher_file_load (const char *path, GError **error);
/* All of it, or nothing. */
gboolean gbx_launcher_file_save (GKeyFile *file, const char *path, GError **error);
/* (transfer full) (nullable): changes with the entry, with the files of its icon, and with how
 * launchers are made */
char *gbx_launcher_file_sum (const char *path, char **icon_files);
/* Whether a file was changed or installed after another one. */
gboolean gbx_launcher_file_is_newer (const char *path, const char *than);
void gbx_launcher_file_touch (const char *path);

/* One process at a time changes launchers.  Makes the folder if there is none. */
typedef struct
{
  int fd;
} GbxLauncherLock;
#define GBX_LAUNCHER_LOCK_FREE ((GbxLauncherLock) { -1 })

gboolean gbx_launcher_file_lock (GbxLauncherLock *lock, GError **error);
void gbx_launcher_file_unlock (GbxLauncherLock *lock);

G_END_DECLS
