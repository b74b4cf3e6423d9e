/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A file from the host: it is there whole, or not at all. */

#include "gbx-file-worker.h"

#include "gbx-util.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define DEFAULT_FOLDER "Downloads"
/* How many names are tried. */
#define NAMES_MAX 1000

typedef struct
{
  GbxFileTalk *talk;
  int folder;
  uint8_t flags;
  uint64_t size;
  int64_t time;
  char name[GBX_FILE_NAME_MAX + 1];
  char path[GBX_FILE_PATH_MAX + 1];  /* of the folder */
  char temporary[64];
} Put;

/* -------------------------------------------------------------- target -- */

static bool
open_folder (Put *self, const char *path)
{
  self->folder = gbx_file_open (self->talk->worker, path, O_RDONLY | O_DIRECTORY, self->path);
  return self->folder >= 0;
}

/* The path names the file itself: its folder has to be there. */
static bool
open_parent (Put *self, const char *path)
{
  char parent[GBX_FILE_PATH_MAX + 1];
  const char *slash = strrchr (path, '/');
  const char *name = slash ? slash + 1 : path;

  snprintf (parent, sizeof parent, "%.*s", slash ? (int) (slash - path) : 0, path);
  if (slash == path)
    strcpy (parent, "/");
  if (strlen (name) >= sizeof self->name || strcmp (name, "..") == 0 || strcmp (name, ".") == 0)
    {
      errno = strlen (name) >= sizeof self->name ? ENAMETOOLONG : EINVAL;
      return false;
    }
  strcpy (self->name, name);
  return open_folder (self, parent);
}

static bool
find_target (Put *self, const char *path)
{
  size_t length = strlen (path);

  if (length == 0)
    return open_folder (self, DEFAULT_FOLDER) || open_folder (self, "");
  if (open_folder (self, path))
    return true;
  if ((errno != ENOENT && errno != ENOTDIR) || path[length - 1] == '/')
    return false;
  return open_parent (self, path);
}

/* --------------------------------------------------------------- place -- */

/* "a.tar" becomes "a (2).tar". */
static bool
make_name (const Put *self, unsigned number, char *out, size_t size)
{
  const char *dot = strrchr (self->name, '.');
  size_t stem = dot && dot != self->name ? (size_t) (dot - self->name) : strlen (self->name);

  if (number < 2)
    return snprintf (out, size, "%s", self->name) < (int) size;
  return snprintf (out, size, "%.*s (%u)%s", (int) stem, self->name, number, self->name + stem) <
         (int) size;
}

/* Some file systems cannot rename without replacing. */
static bool
rename_to_free (Put *self, const char *name)
{
  if (renameat2 (self->folder, self->temporary, self->folder, name, RENAME_NOREPLACE) == 0)
    return true;
  if (errno != EINVAL && errno != ENOSYS)
    return false;
  return linkat (self->folder, self->temporary, self->folder, name, 0) == 0 &&
         unlinkat (self->folder, self->temporary, 0) == 0;
}

static int
put_in_place (Put *self)
{
  char name[GBX_FILE_NAME_MAX + 1];

  if (self->flags & GBX_FILE_PUT_REPLACE)
    return renameat (self->folder, self->temporary, self->folder, self->name) == 0 ? 0 : errno;
  for (unsigned i = 1; i <= NAMES_MAX; i++)
    {
      if (!make_name (self, i, name, sizeof name))
        return ENAMETOOLONG;
      if (rename_to_free (self, name))
        {
          strcpy (self->name, name);
          return 0;
        }
      if (errno != EEXIST || !(self->flags & GBX_FILE_PUT_RENAME))
        return errno;
    }
  return EEXIST;
}

static void
remember (GbxPutFiles *put, const struct stat *st)
{
  unsigned n = put ? __atomic_fetch_add (&put->n, 1, __ATOMIC_ACQ_REL) : GBX_PUT_FILES_MAX;

  if (n < GBX_PUT_FILES_MAX)
    put->files[n] = (GbxPutFile) { st->st_dev, st->st_ino, st->st_size, st->st_ctim.tv_sec,
                                   st->st_ctim.tv_nsec };
}

/* ------------------------------------------------------------ contents -- */

static int
write_all (int fd, const uint8_t *data, size_t length)
{
  while (length > 0)
    {
      ssize_t n = write (fd, data, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return n < 0 ? errno : EIO;
      data += n;
      length -= (size_t) n;
    }
  return 0;
}

/* -1: the host has given up. */
static int
receive (Put *self, int fd)
{
  uint64_t left = self->size;

  while (left > 0)
    {
      int error;

      if (!gbx_file_talk_next (self->talk) || self->talk->request.kind != GBX_FILE_DATA ||
          self->talk->request.data_length > left)
        return -1;
      error = write_all (fd, self->talk->request.data, self->talk->request.data_length);
      if (error)
        return error;
      left -= self->talk->request.data_length;
    }
  return 0;
}

static int
finish (Put *self, int fd)
{
  const struct timespec times[2] = { { self->time, 0 }, { self->time, 0 } };
  struct stat st;
  int error;

  if (self->time > 0)
    futimens (fd, times);
  error = put_in_place (self);
  if (!error && fstat (fd, &st) == 0)
    remember (self->talk->worker->put, &st);
  return error;
}

/* ------------------------------------------------------------- the whole -- */

/* What the host asks for may be there already, or not fit. */
static int
check (const Put *self)
{
  struct statvfs fs;
  struct stat st;

  if (!self->flags && fstatat (self->folder, self->name, &st, AT_SYMLINK_NOFOLLOW) == 0)
    return EEXIST;
  if (fstatvfs (self->folder, &fs) == 0 && fs.f_blocks > 0 &&
      self->size > (uint64_t) fs.f_bavail * fs.f_frsize)
    return ENOSPC;
  return 0;
}

static int
make_temporary (Put *self)
{
  uint64_t number = 0;

  if (getrandom (&number, sizeof number, 0) < 0)
    return -1;
  snprintf (self->temporary, sizeof self->temporary, ".glovebox-%016llx.part",
            (unsigned long long) number);
  return openat (self->folder, self->temporary,
                 O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
}

/* False if the path is too long to be told. */
static bool
tell_ready (Put *self)
{
  GbxFileRecord *record = &self->talk->answer;
  const char *slash = self->path[strlen (self->path) - 1] == '/' ? "" : "/";

  if (snprintf (record->path, sizeof record->path, "%s%s%s", self->path, slash, self->name) >=
      (int) sizeof record->path)
    return false;
  gbx_file_talk_send (self->talk, GBX_FILE_READY);
  return true;
}

/* Returns 0, an errno, or -1. */
static int
take_file (Put *self)
{
  int error = check (self);
  gbx_autofd fd = -1;

  if (error)
    return error;
  fd = make_temporary (self);
  if (fd < 0)
    return errno;
  error = tell_ready (self) ? receive (self, fd) : ENAMETOOLONG;
  if (!error)
    error = finish (self, fd);
  if (error)
    unlinkat (self->folder, self->temporary, 0);
  else
    tell_ready (self); /* the name may be another one now */
  return error;
}

void
gbx_file_put (GbxFileTalk *talk)
{
  static Put self;
  static char path[GBX_FILE_PATH_MAX + 1];
  int error;

  self = (Put) { .talk = talk, .folder = -1, .flags = talk->request.flags,
                 .size = talk->request.size, .time = talk->request.time };
  strcpy (self.name, talk->request.name);
  strcpy (path, talk->request.path);
  error = find_target (&self, path) ? take_file (&self) : errno;
  gbx_close_fd (&self.folder);
  if (error >= 0)
    gbx_file_talk_end (talk, error, false);
  /* Its data may still be on its way. */
  if (error != 0)
    talk->broken = true;
}
