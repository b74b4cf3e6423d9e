/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-service"

#include "config.h"

#include "gbx-service-root.h"

#include "gbx-error.h"
#include "gbx-paths.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int
open_in (int root, const char *path, int flags, guint mode)
{
  struct open_how how = { .flags = (guint64) (flags | O_CLOEXEC),
                          .mode = flags & O_CREAT ? mode : 0,
                          .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS };

  return (int) syscall (SYS_openat2, root, path, &how, sizeof how);
}

static int
open_root (const char *root)
{
  return open (root, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

int
gbx_service_root_open (const char *root, const char *path, int flags, guint mode)
{
  int folder = open_root (root);
  int fd = folder < 0 ? -1 : open_in (folder, path, flags, mode);
  int code = errno;

  if (folder >= 0)
    close (folder);
  errno = code;
  return fd;
}

GBytes *
gbx_service_root_read (const char *root, const char *path, gsize most)
{
  int fd = gbx_service_root_open (root, path, O_RDONLY | O_NONBLOCK, 0);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint8 buffer[16384];
  struct stat st;
  ssize_t n = -1;

  if (fd < 0)
    return NULL;
  /* A pipe would never end. */
  if (fstat (fd, &st) == 0 && S_ISREG (st.st_mode))
    while (bytes->len <= most && ((n = read (fd, buffer, sizeof buffer)) > 0
                                  || (n < 0 && errno == EINTR)))
      if (n > 0)
        g_byte_array_append (bytes, buffer, (guint) n);
  close (fd);
  return n == 0 ? g_byte_array_free_to_bytes (g_steal_pointer (&bytes)) : NULL;
}

static gboolean
set_error (GError **error, const char *path)
{
  g_autofree char *shown = gbx_path_show (path);

  g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE,
               _ ("Cannot write the service's copy of %s: %s"), shown, g_strerror (errno));
  return FALSE;
}

/* The folder of a path, with all that is missing on the way; -1 with errno. */
static int
open_parent (const char *root, const char *path, guint mode)
{
  int at = open (root, O_PATH | O_DIRECTORY | O_CLOEXEC);
  g_auto (GStrv) parts = g_strsplit (path, "/", -1);
  g_autoptr (GString) done = g_string_new (NULL);

  for (guint i = 1; at >= 0 && parts[i] && parts[i + 1]; i++)
    {
      int next;

      g_string_append_printf (done, "/%s", parts[i]);
      mkdirat (at, parts[i], mode);
      close (at);
      next = gbx_service_root_open (root, done->str, O_PATH | O_DIRECTORY, 0);
      at = next;
    }
  return at;
}

static gboolean
write_all (int fd, GBytes *bytes)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);

  while (length > 0)
    {
      ssize_t n = write (fd, data, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      data += n;
      length -= (gsize) n;
    }
  return fsync (fd) == 0;
}

gboolean
gbx_service_root_write (const char *root, const char *path, GBytes *bytes, guint mode,
                        GError **error)
{
  g_autofree char *base = g_path_get_basename (path);
  g_autofree char *fresh = g_strdup_printf (".%.200s.glovebox-new", base);
  int parent = open_parent (root, path, 0755);
  int fd = parent < 0 ? -1
                      : openat (parent, fresh,
                                O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
  gboolean done = fd >= 0 && write_all (fd, bytes) && fchmod (fd, mode) == 0
                  && renameat (parent, fresh, parent, base) == 0;

  if (!done)
    {
      set_error (error, path);
      if (fd >= 0)
        unlinkat (parent, fresh, 0);
    }
  if (fd >= 0)
    close (fd);
  if (parent >= 0)
    close (parent);
  return done;
}

gboolean
gbx_service_root_make_folder (const char *root, const char *path, guint mode, GError **error)
{
  g_autofree char *base = g_path_get_basename (path);
  int parent = open_parent (root, path, 0755);
  gboolean made = parent >= 0 && mkdirat (parent, base, 0700) == 0;
  gboolean done = made || (parent >= 0 && errno == EEXIST);
  /* Not through a link that is there instead. */
  int fd = made ? openat (parent, base, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;

  if (!done)
    set_error (error, path);
  if (fd >= 0 && fchmod (fd, (mode & 0777) | 0700) != 0)
    g_debug ("the mode of %s cannot be set: %s", path, g_strerror (errno));
  if (fd >= 0)
    close (fd);
  if (parent >= 0)
    close (parent);
  return done;
}

gboolean
gbx_service_root_make_link (const char *root, const char *path, const char *target, GError **error)
{
  g_autofree char *base = g_path_get_basename (path);
  int parent = open_parent (root, path, 0755);
  gboolean done = parent >= 0 && (symlinkat (target, parent, base) == 0 || errno == EEXIST);

  if (!done)
    set_error (error, path);
  if (parent >= 0)
    close (parent);
  return done;
}

gboolean
gbx_service_root_exists (const char *root, const char *path)
{
  int fd = gbx_service_root_open (root, path, O_PATH | O_NOFOLLOW, 0);

  if (fd >= 0)
    close (fd);
  return fd >= 0;
}

void
gbx_service_root_remove (const char *root, const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *base = g_path_get_basename (path);
  int parent = gbx_service_root_open (root, folder, O_PATH | O_DIRECTORY, 0);

  if (parent < 0)
    return;
  unlinkat (parent, base, 0);
  close (parent);
}
