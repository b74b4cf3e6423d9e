/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-save"

#include "config.h"

#include "gbx-save.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ---------------------------------------------------------------- open -- */

/* Another sandbox may have put a link in the way. */
int
gbx_save_open_folder_of (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  struct open_how how = { .flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC,
                          .resolve = RESOLVE_NO_SYMLINKS };
  int fd = syscall (SYS_openat2, AT_FDCWD, folder, &how, sizeof how);

  if (fd >= 0 || errno != EACCES)
    return fd;
  /* A folder that may be passed but not listed. */
  how.flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
  return syscall (SYS_openat2, AT_FDCWD, folder, &how, sizeof how);
}

int
gbx_save_open_file (int folder, const char *name, struct stat *st)
{
  int fd = openat (folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

  if (fd >= 0 && fstat (fd, st) == 0 && S_ISREG (st->st_mode))
    return fd;
  if (fd >= 0)
    {
      close (fd);
      errno = EINVAL;
    }
  return -1;
}

/* -------------------------------------------------------------- record -- */

void
gbx_save_put_version (GKeyFile *record, const char *key, const GbxVersion *version)
{
  g_autofree char *text = g_strdup_printf (
      "%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GINT64_FORMAT
      " %" G_GINT64_FORMAT,
      version->device, version->inode, version->size, version->seconds, version->nanoseconds);

  g_key_file_set_string (record, GBX_SAVE_GROUP, key, text);
}

void
gbx_save_get_version (GKeyFile *record, const char *key, GbxVersion *version)
{
  g_autofree char *text = g_key_file_get_string (record, GBX_SAVE_GROUP, key, NULL);
  g_auto (GStrv) parts = g_strsplit (text ? text : "", " ", 5);

  if (g_strv_length (parts) != 5)
    return;
  version->device = g_ascii_strtoull (parts[0], NULL, 10);
  version->inode = g_ascii_strtoull (parts[1], NULL, 10);
  version->size = g_ascii_strtoull (parts[2], NULL, 10);
  version->seconds = g_ascii_strtoll (parts[3], NULL, 10);
  version->nanoseconds = g_ascii_strtoll (parts[4], NULL, 10);
}

void
gbx_save_put_name (GKeyFile *record, const char *key, const char *name)
{
  g_autofree char *text = g_uri_escape_string (name, "/", FALSE);

  g_key_file_set_string (record, GBX_SAVE_GROUP, key, text);
}

char *
gbx_save_get_name (GKeyFile *record, const char *key)
{
  g_autofree char *text = g_key_file_get_string (record, GBX_SAVE_GROUP, key, NULL);

  return text ? g_uri_unescape_string (text, NULL) : NULL;
}
