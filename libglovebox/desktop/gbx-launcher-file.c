/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-launchers"

#include "config.h"

#include "gbx-launcher-file.h"

#include "gbx-error.h"
#include "gbx-paths.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gdesktopappinfo.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utime.h>

/* Launchers of another Glovebox are made again. */
#define FORMAT "1"

char *
gbx_launcher_file_get_folder (void)
{
  return g_build_filename (g_get_user_data_dir (), "applications", NULL);
}

/* ---------------------------------------------------------- the original -- */

/* GIO does not know an entry whose program is in no folder of PATH. */
static char *
find_in_folders (const char *id)
{
  const char *const *folders = g_get_system_data_dirs ();
  g_autofree char *path
      = g_build_filename (g_get_user_data_dir (), "applications", id, NULL);

  for (guint i = 0; !g_file_test (path, G_FILE_TEST_EXISTS); i++)
    {
      if (!folders[i])
        return NULL;
      g_free (path);
      path = g_build_filename (folders[i], "applications", id, NULL);
    }
  return g_steal_pointer (&path);
}

char *
gbx_launcher_file_find (const char *source)
{
  g_autoptr (GDesktopAppInfo) info = NULL;

  if (!g_str_has_suffix (source, ".desktop"))
    return NULL;
  if (strchr (source, '/'))
    return g_file_test (source, G_FILE_TEST_IS_REGULAR) ? g_strdup (source) : NULL;
  info = g_desktop_app_info_new (source);
  return info ? g_strdup (g_desktop_app_info_get_filename (info)) : find_in_folders (source);
}

GKeyFile *
gbx_launcher_file_load (const char *path, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) local = NULL;
  g_autofree char *shown = gbx_path_show (path);

  if (g_key_file_load_from_file (file, path, G_KEY_FILE_KEEP_TRANSLATIONS, &local))
    return g_steal_pointer (&file);
  g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID, _ ("The entry “%s” cannot be read: %s"), shown,
               local->message);
  return NULL;
}

/* ---------------------------------------------------------------- files -- */

static void
set_storage_error (GError **error, const char *path, const char *reason)
{
  g_autofree char *shown = gbx_path_show (path);

  g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE,
               _ ("“%s” cannot be written: %s. Check that its folder is writable and that there is "
                  "space left."),
               shown, reason);
}

gboolean
gbx_launcher_file_save (GKeyFile *file, const char *path, GError **error)
{
  gsize length;
  g_autofree char *text = g_key_file_to_data (file, &length, NULL);
  g_autoptr (GError) local = NULL;

  if (g_file_set_contents_full (path, text, (gssize) length,
                                G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0644,
                                &local))
    return TRUE;
  set_storage_error (error, path, local->message);
  return FALSE;
}

char *
gbx_launcher_file_sum (const char *path, char **icon_files)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char *command = gbx_path_program ("glovebox");
  g_autofree char *text = NULL;
  gsize length;

  if (!g_file_get_contents (path, &text, &length, NULL))
    return NULL;
  g_checksum_update (sum, (const guchar *) FORMAT, -1);
  g_checksum_update (sum, (const guchar *) (command ? command : ""), -1);
  g_checksum_update (sum, (const guchar *) text, (gssize) length);
  for (guint i = 0; icon_files && icon_files[i]; i++)
    {
      struct stat st = { 0 };
      g_autofree char *stamp = NULL;

      stat (icon_files[i], &st);
      stamp = g_strdup_printf ("%s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT, icon_files[i],
                               (gint64) st.st_mtime, (gint64) st.st_size);
      g_checksum_update (sum, (const guchar *) stamp, -1);
    }
  return g_strdup (g_checksum_get_string (sum));
}

/* Packages keep the time at which a file was made; the time of its inode says when it came. */
gboolean
gbx_launcher_file_is_newer (const char *path, const char *than)
{
  struct stat st, old;

  return stat (than, &old) == 0 && (stat (path, &st) != 0 || st.st_ctime > old.st_mtime);
}

void
gbx_launcher_file_touch (const char *path)
{
  utime (path, NULL);
}

/* ----------------------------------------------------------------- lock -- */

gboolean
gbx_launcher_file_lock (GbxLauncherLock *lock, GError **error)
{
  g_autofree char *folder = gbx_launcher_file_get_folder ();

  if (g_mkdir_with_parents (folder, 0755) != 0)
    {
      set_storage_error (error, folder, g_strerror (errno));
      return FALSE;
    }
  /* The folder itself, so that nothing else is left in it.  Where a file system has no locks,
   * two changes at once are as good as one after the other, but for the icons. */
  lock->fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  while (lock->fd >= 0 && flock (lock->fd, LOCK_EX) != 0 && errno == EINTR)
    ;
  return TRUE;
}

void
gbx_launcher_file_unlock (GbxLauncherLock *lock)
{
  if (lock->fd >= 0)
    close (lock->fd);
  lock->fd = -1;
}
