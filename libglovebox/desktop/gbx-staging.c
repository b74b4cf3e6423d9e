/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-staging"

#include "config.h"

#include "gbx-staging.h"

#include "gbx-error.h"
#include "gbx-paths.h"
#include "gbx-save.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

struct _GbxStaging
{
  char *place;  /* with the lock beside the folder */
  char *folder; /* that is shared */
  int lock;
  guint n_subfolders; /* for files of the same name */
};

/* -1 if a live process has it. */
static int
lock_place (const char *place)
{
  g_autofree char *path = g_build_filename (place, "lock", NULL);
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

  if (fd >= 0 && flock (fd, LOCK_EX | LOCK_NB) == 0)
    return fd;
  if (fd >= 0)
    close (fd);
  return -1;
}

/* The lock goes last, so that the next sweep continues where this one was killed. */
static void
remove_place (const char *place, int lock)
{
  g_autofree char *folder = g_build_filename (place, "files", NULL);

  gbx_path_remove_tree (folder);
  gbx_path_remove_tree (place);
  close (lock);
}

/* What begins with a dot has no lock yet. */
static void
sweep (const char *base)
{
  g_autoptr (GDir) dir = g_dir_open (base, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *place = g_build_filename (base, name, NULL);
      int lock = *name == '.' ? -1 : lock_place (place);

      if (lock >= 0)
        remove_place (place, lock);
    }
}

static char *
make_base (void)
{
  g_autofree char *base = g_build_filename (g_get_user_cache_dir (), "glovebox", "opened", NULL);

  return g_mkdir_with_parents (base, 0700) == 0 ? realpath (base, NULL) : NULL;
}

GbxStaging *
gbx_staging_new (GError **error)
{
  g_autoptr (GbxStaging) self = g_new0 (GbxStaging, 1);
  g_autofree char *base = make_base ();
  g_autofree char *name = g_uuid_string_random ();
  g_autofree char *hidden = g_strconcat (".", name, NULL);
  g_autofree char *before = base ? g_build_filename (base, hidden, NULL) : NULL;

  self->lock = -1;
  if (base)
    sweep (base);
  if (before && g_mkdir (before, 0700) == 0)
    self->lock = lock_place (before);
  self->place = base ? g_build_filename (base, name, NULL) : NULL;
  self->folder = base ? g_build_filename (self->place, "files", NULL) : NULL;
  if (self->lock >= 0 && g_rename (before, self->place) == 0 && g_mkdir (self->folder, 0700) == 0)
    return g_steal_pointer (&self);
  g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE,
               _ ("Cannot make a folder in “%s” for the files: %s"),
               base ? base : g_get_user_cache_dir (), g_strerror (errno));
  if (before)
    gbx_path_remove_tree (before);
  return NULL;
}

void
gbx_staging_free (GbxStaging *self)
{
  if (self->lock >= 0)
    remove_place (self->place, self->lock);
  g_free (self->place);
  g_free (self->folder);
  g_free (self);
}

/* In the folder, or in a new one in it if another file has the name. */
static char *
find_place (GbxStaging *self, const char *name)
{
  g_autofree char *path = g_build_filename (self->folder, name, NULL);
  g_autofree char *number = NULL;
  g_autofree char *subfolder = NULL;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&path);
  do
    {
      g_free (number);
      g_free (subfolder);
      number = g_strdup_printf ("%u", ++self->n_subfolders + 1);
      subfolder = g_build_filename (self->folder, number, NULL);
    }
  while (g_mkdir (subfolder, 0700) != 0 && errno == EEXIST);
  return g_build_filename (subfolder, name, NULL);
}

static gboolean
copy_file (int from, const char *to, mode_t mode)
{
  int fd = open (to, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  int code;

  if (fd < 0)
    return FALSE;
  code = gbx_save_copy (from, fd) && fchmod (fd, (mode & 0555) | 0400) == 0 ? 0 : errno;
  if (close (fd) != 0 && !code)
    code = errno;
  errno = code;
  return code == 0;
}

char *
gbx_staging_add (GbxStaging *self, const char *path, gboolean executable, GError **error)
{
  g_autofree char *real = realpath (path, NULL);
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *copy = find_place (self, name);
  g_autofree char *shown = gbx_path_show (path);
  struct stat st;
  int from = real ? gbx_save_open_file (AT_FDCWD, real, &st) : -1;
  gboolean done = from >= 0 && copy_file (from, copy, st.st_mode | (executable ? 0111 : 0));
  int code = errno;

  if (from >= 0)
    close (from);
  if (done)
    return g_steal_pointer (&copy);
  g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE, _ ("Cannot make a copy of “%s”: %s"), shown,
               g_strerror (code));
  return NULL;
}

const char *
gbx_staging_get_folder (GbxStaging *self)
{
  return self->folder;
}
