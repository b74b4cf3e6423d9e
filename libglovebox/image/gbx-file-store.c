/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-file-store"

#include "config.h"

#include "gbx-file-store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/sendfile.h>
#include <time.h>
#include <unistd.h>

/* A file that has just changed may change again within the same tick of the kernel's clock. */
#define SETTLED_SECONDS 2

struct _GbxFileStore
{
  int folder;
  GHashTable *used; /* names; owns them */
  gboolean has_new;
};

/* A folder that only this account can have filled. */
static gboolean
is_ours (int fd)
{
  struct stat st;

  return fstat (fd, &st) == 0 && st.st_uid == geteuid () && (st.st_mode & 077) == 0;
}

GbxFileStore *
gbx_file_store_new (const char *folder)
{
  GbxFileStore *self;
  int fd;

  if (mkdir (folder, 0700) != 0 && errno != EEXIST)
    return NULL;
  fd = open (folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd >= 0 && !is_ours (fd))
    {
      close (fd);
      fd = -1;
    }
  if (fd < 0)
    return NULL;
  self = g_new0 (GbxFileStore, 1);
  self->folder = fd;
  self->used = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

static void
forget_unused (GbxFileStore *self)
{
  int fd = openat (self->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *dir = fd >= 0 ? fdopendir (fd) : NULL;
  const struct dirent *entry;

  while (dir && (entry = readdir (dir)))
    if (*entry->d_name != '.' && !g_hash_table_contains (self->used, entry->d_name))
      unlinkat (self->folder, entry->d_name, 0);
  if (dir)
    closedir (dir);
}

void
gbx_file_store_free (GbxFileStore *self)
{
  /* A launch beside this one makes again what it misses. */
  if (self->has_new)
    forget_unused (self);
  close (self->folder);
  g_hash_table_unref (self->used);
  g_free (self);
}

/* ------------------------------------------------------------------ copy -- */

static char *
make_name (const struct stat *st)
{
  return g_strdup_printf ("%lx-%lx-%lx-%lx-%lx", (gulong) st->st_dev, (gulong) st->st_ino,
                          (gulong) st->st_size, (gulong) st->st_ctim.tv_sec,
                          (gulong) st->st_ctim.tv_nsec);
}

static gboolean
is_same (int fd, const struct stat *st)
{
  struct stat now;

  return fstat (fd, &now) == 0 && S_ISREG (now.st_mode) && now.st_dev == st->st_dev &&
         now.st_ino == st->st_ino && now.st_size == st->st_size &&
         now.st_ctim.tv_sec == st->st_ctim.tv_sec && now.st_ctim.tv_nsec == st->st_ctim.tv_nsec;
}

static gboolean
copy_bytes (int from, int to, goffset size)
{
  while (size > 0)
    {
      gssize n = sendfile (to, from, NULL, (gsize) size);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      size -= n;
    }
  return TRUE;
}

/* The copy gets its name when it is complete. */
static gboolean
give_name (GbxFileStore *self, int fd, const char *name)
{
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", fd);

  return linkat (AT_FDCWD, path, self->folder, name, AT_SYMLINK_FOLLOW) == 0 || errno == EEXIST;
}

static gboolean
add_file (GbxFileStore *self, const char *path, const struct stat *st, const char *name)
{
  int from = open (path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  int to = from >= 0 ? openat (self->folder, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600) : -1;
  gboolean added = to >= 0 && is_same (from, st) && copy_bytes (from, to, st->st_size) &&
                   is_same (from, st) && fchmod (to, 0644) == 0 && give_name (self, to, name);

  if (from >= 0)
    close (from);
  if (to >= 0)
    close (to);
  return added;
}

/* A new link takes a file system longer than one more name for a link. */
static gboolean
add_link (GbxFileStore *self, const char *path, const struct stat *st, const char *name)
{
  g_autofree char *target = g_file_read_link (path, NULL);
  struct stat now;

  return target && lstat (path, &now) == 0 && now.st_ino == st->st_ino &&
         now.st_ctim.tv_sec == st->st_ctim.tv_sec && now.st_ctim.tv_nsec == st->st_ctim.tv_nsec &&
         (symlinkat (target, self->folder, name) == 0 || errno == EEXIST);
}

static gboolean
add (GbxFileStore *self, const char *path, const struct stat *st, const char *name)
{
  gboolean added = S_ISLNK (st->st_mode) ? add_link (self, path, st, name)
                                         : add_file (self, path, st, name);

  self->has_new |= added;
  return added;
}

gboolean
gbx_file_store_link (GbxFileStore *self, const char *path, const struct stat *st, const char *to)
{
  g_autofree char *name = make_name (st);
  gboolean linked = linkat (self->folder, name, AT_FDCWD, to, 0) == 0;

  if (!linked && errno == ENOENT && st->st_ctim.tv_sec + SETTLED_SECONDS < time (NULL))
    linked = add (self, path, st, name) && linkat (self->folder, name, AT_FDCWD, to, 0) == 0;
  if (linked)
    g_hash_table_add (self->used, g_steal_pointer (&name));
  return linked;
}
