/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-files"

#include "config.h"

#include "gbx-file-saver.h"

#include "gbx-error.h"
#include "gbx-paths.h"
#include "gbx-safe-name.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#define NAMES_MAX 10000
/* Times that a file of today can have: no guest makes one of the year 200000. */
#define TIME_MAX (G_GINT64_CONSTANT (1) << 34)
#define ORIGIN_ATTRIBUTE "user.xdg.origin.url"

struct _GbxFileSaver
{
  char *shown;  /* the folder, for messages */
  char *origin; /* (nullable) */
  int base;

  /* the file that is being written */
  int folder, fd; /* or -1 */
  char *path;     /* (nullable) */
  char *temporary;
  gint64 time;
};

/* --------------------------------------------------------------- errors -- */

static void
set_error (GbxFileSaver *self, const char *path, int code, GError **error)
{
  g_autofree char *shown = gbx_path_show (path);

  if (code == ENOSPC || code == EDQUOT)
    g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE,
                 _ ("There is no space for “%s” in “%s”; free some space on that disk, or choose "
                    "another folder"),
                 shown, self->shown);
  else if (code == EEXIST)
    g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE, _ ("“%s” exists already in “%s”"), shown,
                 self->shown);
  else if (code == ELOOP || code == ENOTDIR)
    g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE,
                 _ ("“%s” cannot be saved in “%s”: something there is not a folder, or is a link"),
                 shown, self->shown);
  else
    g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE, _ ("“%s” cannot be saved in “%s”: %s"), shown,
                 self->shown, g_strerror (code));
}

/* -------------------------------------------------------------- folders -- */

/* Of a new one, or one that is there; links are not followed. */
static int
open_folder (int parent, const char *name)
{
  if (mkdirat (parent, name, 0777) != 0 && errno != EEXIST)
    return -1;
  return openat (parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* The folder in which the last part of the path is; the caller closes it.  -1 with errno. */
static int
open_parent (GbxFileSaver *self, const char *path, const char **name)
{
  int folder = fcntl (self->base, F_DUPFD_CLOEXEC, 3);
  const char *slash;

  for (; folder >= 0 && (slash = strchr (path, '/')); path = slash + 1)
    {
      g_autofree char *part = g_strndup (path, slash - path);
      int next = open_folder (folder, part);
      int code = errno;

      close (folder);
      errno = code;
      folder = next;
    }
  *name = path;
  return folder;
}

static char *
with_name (const char *path, const char *name)
{
  const char *slash = strrchr (path, '/');

  return slash ? g_strdup_printf ("%.*s/%s", (int) (slash - path), path, name) : g_strdup (name);
}

static char *
make_new_folder (int parent, const char *path, const char *name, GbxSaverMode mode)
{
  g_autofree char *tried = g_strdup (name);

  for (guint i = 2; mkdirat (parent, tried, 0777) != 0; i++)
    {
      if (errno != EEXIST || mode != GBX_SAVER_NUMBER || i > NAMES_MAX)
        return NULL;
      g_free (tried);
      tried = g_strdup_printf ("%s (%u)", name, i);
    }
  return with_name (path, tried);
}

char *
gbx_file_saver_make_folder (GbxFileSaver *self, const char *path, gboolean is_new,
                            GbxSaverMode mode, GError **error)
{
  const char *name;
  int parent = open_parent (self, path, &name);
  char *made = NULL;
  int fd, code;

  if (parent >= 0 && is_new)
    made = make_new_folder (parent, path, name, mode);
  else if (parent >= 0 && (fd = open_folder (parent, name)) >= 0)
    {
      close (fd);
      made = g_strdup (path);
    }
  code = errno;
  if (parent >= 0)
    close (parent);
  if (!made)
    set_error (self, path, code, error);
  return made;
}

/* ---------------------------------------------------------------- files -- */

static void
drop_file (GbxFileSaver *self)
{
  if (self->temporary)
    unlinkat (self->folder, self->temporary, 0);
  if (self->fd >= 0)
    close (self->fd);
  if (self->folder >= 0)
    close (self->folder);
  self->folder = self->fd = -1;
  g_clear_pointer (&self->temporary, g_free);
  g_clear_pointer (&self->path, g_free);
}

static gboolean
fail (GbxFileSaver *self, int code, GError **error)
{
  set_error (self, self->path, code, error);
  drop_file (self);
  return FALSE;
}

static gboolean
has_space (int folder, guint64 size)
{
  struct statvfs fs;

  return fstatvfs (folder, &fs) != 0 || fs.f_blocks == 0
         || size <= (guint64) fs.f_bavail * fs.f_frsize;
}

gboolean
gbx_file_saver_begin (GbxFileSaver *self, const char *path, guint64 size, gint64 time,
                      GError **error)
{
  const char *name;

  drop_file (self);
  self->path = g_strdup (path);
  self->time = time;
  self->folder = open_parent (self, path, &name);
  if (self->folder < 0)
    return fail (self, errno, error);
  if (!has_space (self->folder, size))
    return fail (self, ENOSPC, error);
  self->temporary = g_strdup_printf (".glovebox-%08x%08x.part", g_random_int (), g_random_int ());
  self->fd = openat (self->folder, self->temporary,
                     O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
  if (self->fd >= 0)
    return TRUE;
  g_clear_pointer (&self->temporary, g_free);
  return fail (self, errno, error);
}

gboolean
gbx_file_saver_write (GbxFileSaver *self, const void *data, gsize length, GError **error)
{
  const char *at = data;

  while (length > 0)
    {
      gssize n = write (self->fd, at, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return fail (self, n < 0 ? errno : EIO, error);
      at += n;
      length -= n;
    }
  return TRUE;
}

/* Some file systems cannot rename without replacing: there the name is taken first. */
static gboolean
rename_to_free (GbxFileSaver *self, const char *name)
{
  int fd;

  if (renameat2 (self->folder, self->temporary, self->folder, name, RENAME_NOREPLACE) == 0)
    return TRUE;
  if (errno != EINVAL && errno != ENOSYS)
    return FALSE;
  fd = openat (self->folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0)
    return FALSE;
  close (fd);
  if (renameat (self->folder, self->temporary, self->folder, name) == 0)
    return TRUE;
  fd = errno;
  unlinkat (self->folder, name, 0);
  errno = fd;
  return FALSE;
}

/* (nullable): the name that it got; NULL with errno. */
static char *
put_in_place (GbxFileSaver *self, GbxSaverMode mode)
{
  const char *slash = strrchr (self->path, '/');
  const char *name = slash ? slash + 1 : self->path;
  g_autofree char *tried = g_strdup (name);

  if (mode == GBX_SAVER_REPLACE)
    return renameat (self->folder, self->temporary, self->folder, name) == 0
               ? g_steal_pointer (&tried)
               : NULL;
  for (guint i = 2; !rename_to_free (self, tried); i++)
    {
      if (errno != EEXIST || mode != GBX_SAVER_NUMBER || i > NAMES_MAX)
        return NULL;
      g_free (tried);
      tried = gbx_safe_name_number (name, i);
    }
  return g_steal_pointer (&tried);
}

char *
gbx_file_saver_finish (GbxFileSaver *self, GbxSaverMode mode, GError **error)
{
  const struct timespec times[2] = { { .tv_nsec = UTIME_NOW }, { .tv_sec = self->time } };
  g_autofree char *name = NULL;
  char *path;

  /* Both are only good to have. */
  if (self->time > 0 && self->time < TIME_MAX && futimens (self->fd, times) != 0)
    g_debug ("the time of %s is not kept: %s", self->path, g_strerror (errno));
  if (self->origin
      && fsetxattr (self->fd, ORIGIN_ATTRIBUTE, self->origin, strlen (self->origin), 0) != 0)
    g_debug ("the origin of %s is not kept: %s", self->path, g_strerror (errno));
  name = put_in_place (self, mode);
  if (!name)
    {
      fail (self, errno, error);
      return NULL;
    }
  g_clear_pointer (&self->temporary, g_free); /* it has the name now */
  path = with_name (self->path, name);
  drop_file (self);
  return path;
}

gboolean
gbx_file_saver_sync (GbxFileSaver *self, GError **error)
{
  if (syncfs (self->base) == 0)
    return TRUE;
  g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE, _ ("Cannot write to the disk of “%s”: %s"),
               self->shown, g_strerror (errno));
  return FALSE;
}

/* --------------------------------------------------------------- object -- */

GbxFileSaver *
gbx_file_saver_new (const char *folder, const char *origin, GError **error)
{
  int base = g_open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  g_autofree char *shown = gbx_path_show (folder);
  GbxFileSaver *self;

  if (base < 0)
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE, _ ("The folder “%s” cannot be opened: %s"),
                   shown, g_strerror (errno));
      return NULL;
    }
  self = g_new0 (GbxFileSaver, 1);
  self->shown = g_steal_pointer (&shown);
  self->origin = g_strdup (origin);
  self->base = base;
  self->folder = self->fd = -1;
  return self;
}

void
gbx_file_saver_free (GbxFileSaver *self)
{
  drop_file (self);
  close (self->base);
  g_free (self->shown);
  g_free (self->origin);
  g_free (self);
}
