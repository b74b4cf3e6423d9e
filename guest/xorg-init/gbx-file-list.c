/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Which files of the user were changed, and their contents. */

#include "gbx-file-worker.h"

#include "gbx-util.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define TAR "/usr/bin/tar"

/* A walk through a folder; path is that of where it is, below the folder. */
typedef struct
{
  GbxFileTalk *talk;
  bool contents;    /* sends them too, and hidden files; otherwise a list of changes */
  bool incomplete;  /* something was left out */
  bool full;        /* of a list: it has as much as may be */
  dev_t device;     /* where a list stays */
  size_t n_files, n_names;
  char path[GBX_FILE_PATH_MAX + 1];
} Walk;

static void
set_file (GbxFileRecord *record, const struct stat *st, const char *path)
{
  record->size = st->st_size > 0 ? (uint64_t) st->st_size : 0;
  record->time = st->st_mtim.tv_sec > 0 ? st->st_mtim.tv_sec : 0;
  snprintf (record->path, sizeof record->path, "%s", path);
}

/* ------------------------------------------------------------- contents -- */

/* Exactly as many bytes as were announced. */
static int
send_contents (GbxFileTalk *talk, int fd, uint64_t size)
{
  static uint8_t piece[GBX_FILE_DATA_MAX];

  while (size > 0 && !talk->broken)
    {
      ssize_t n = read (fd, piece, size < sizeof piece ? (size_t) size : sizeof piece);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return errno;
      if (n == 0)
        return ESTALE; /* it has become shorter */
      gbx_file_talk_send_data (talk, piece, (size_t) n);
      size -= (uint64_t) n;
    }
  return talk->broken ? EPIPE : 0;
}

static int
send_file (GbxFileTalk *talk, int fd, const char *path)
{
  struct stat st;

  if (fstat (fd, &st) != 0)
    return errno;
  if (!S_ISREG (st.st_mode))
    return EOPNOTSUPP;
  set_file (&talk->answer, &st, path);
  gbx_file_talk_send (talk, GBX_FILE_FILE);
  return send_contents (talk, fd, talk->answer.size);
}

/* -------------------------------------------------------------- changes -- */

static bool
is_put (const GbxPutFiles *put, const struct stat *st)
{
  unsigned n = put ? __atomic_load_n (&put->n, __ATOMIC_ACQUIRE) : 0;

  for (unsigned i = 0; i < n && i < GBX_PUT_FILES_MAX; i++)
    {
      const GbxPutFile *file = &put->files[i];

      if (file->inode == st->st_ino && file->device == st->st_dev && file->size == st->st_size &&
          file->seconds == st->st_ctim.tv_sec && file->nanoseconds == st->st_ctim.tv_nsec)
        return true;
    }
  return false;
}

static bool
is_left_out (const Walk *self)
{
  const GbxFileWorker *worker = self->talk->worker;
  size_t home = strlen (worker->home);

  for (size_t i = 0; worker->left_out && worker->left_out[i]; i++)
    {
      const char *path = worker->left_out[i];

      if (gbx_path_is_below (path, worker->home) && path[home] == '/' &&
          strcmp (path + home + 1, self->path) == 0)
        return true;
    }
  return false;
}

static void
list_file (Walk *self, const struct stat *st)
{
  size_t length = strlen (self->path);

  if ((self->talk->worker->since > 0 && st->st_ctim.tv_sec < self->talk->worker->since) ||
      is_put (self->talk->worker->put, st))
    return;
  if (self->n_files == GBX_FILES_MAX || length > GBX_FILES_NAMES_MAX - self->n_names)
    {
      self->incomplete = self->full = true;
      return;
    }
  self->n_files++;
  self->n_names += length;
  set_file (&self->talk->answer, st, self->path);
  gbx_file_talk_send (self->talk, GBX_FILE_ENTRY);
}

/* ----------------------------------------------------------------- walk -- */

static int walk (Walk *self, int fd, unsigned depth);

static int
enter (Walk *self, int parent, const char *name, unsigned depth)
{
  int fd = openat (parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

  if (fd < 0 || depth == GBX_FILES_DEPTH_MAX)
    {
      gbx_close_fd (&fd);
      self->incomplete = true;
      return 0;
    }
  if (self->contents)
    {
      snprintf (self->talk->answer.path, sizeof self->talk->answer.path, "%s", self->path);
      gbx_file_talk_send (self->talk, GBX_FILE_FOLDER);
    }
  return walk (self, fd, depth + 1);
}

static int
take_file (Walk *self, int parent, const char *name, const struct stat *st)
{
  gbx_autofd fd = -1;

  if (!self->contents)
    {
      list_file (self, st);
      return 0;
    }
  fd = openat (parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (fd >= 0)
    return send_file (self->talk, fd, self->path);
  self->incomplete = true;
  return 0;
}

static int
take (Walk *self, int parent, const char *name, unsigned depth)
{
  struct stat st;

  if (fstatat (parent, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
    return 0;
  if (!self->contents && (name[0] == '.' || st.st_dev != self->device || is_left_out (self)))
    return 0;
  if (S_ISDIR (st.st_mode))
    return enter (self, parent, name, depth);
  if (S_ISREG (st.st_mode))
    return take_file (self, parent, name, &st);
  self->incomplete = self->incomplete || self->contents;
  return 0;
}

/* Closes the folder.  Returns 0, or the errno that ends it all. */
static int
walk (Walk *self, int fd, unsigned depth)
{
  size_t length = strlen (self->path);
  DIR *dir = fdopendir (fd);
  struct dirent *entry;
  int error = 0;

  if (!dir)
    {
      close (fd);
      self->incomplete = true;
      return 0;
    }
  while (!error && !self->talk->broken && !self->full && (entry = readdir (dir)))
    {
      if (strcmp (entry->d_name, ".") == 0 || strcmp (entry->d_name, "..") == 0)
        continue;
      if (snprintf (self->path + length, sizeof self->path - length, "%s%s", length ? "/" : "",
                    entry->d_name) >= (int) (sizeof self->path - length))
        self->incomplete = true;
      else
        error = take (self, dirfd (dir), entry->d_name, depth);
    }
  self->path[length] = '\0';
  closedir (dir);
  return error;
}

void
gbx_file_list (GbxFileTalk *talk)
{
  static Walk self;
  int fd = gbx_file_open (talk->worker, "", O_RDONLY | O_DIRECTORY, NULL);
  struct stat st;

  self = (Walk) { .talk = talk };
  if (fd < 0 || fstat (fd, &st) != 0)
    {
      gbx_file_talk_end (talk, errno, false);
      gbx_close_fd (&fd);
      return;
    }
  self.device = st.st_dev;
  walk (&self, fd, 0);
  gbx_file_talk_end (talk, 0, self.incomplete);
}

/* ------------------------------------------------------------------ get -- */

static int
get_folder (GbxFileTalk *talk, int fd, bool *incomplete)
{
  static Walk self;
  int error;

  self = (Walk) { .talk = talk, .contents = true };
  talk->answer.path[0] = '\0';
  gbx_file_talk_send (talk, GBX_FILE_FOLDER);
  error = walk (&self, fd, 0);
  *incomplete = self.incomplete;
  return error;
}

/* To open a device can already do something. */
static int
open_plain (const GbxFileWorker *worker, const char *path)
{
  gbx_autofd place = gbx_file_open (worker, path, O_PATH, NULL);
  struct stat st;

  if (place < 0 || fstat (place, &st) != 0)
    return -1;
  if (S_ISREG (st.st_mode) || S_ISDIR (st.st_mode))
    return gbx_file_open (worker, path, O_RDONLY | O_NONBLOCK, NULL);
  errno = S_ISLNK (st.st_mode) ? ELOOP : EOPNOTSUPP;
  return -1;
}

void
gbx_file_get (GbxFileTalk *talk, const char *path, bool folders)
{
  int fd = open_plain (talk->worker, path);
  bool incomplete = false;
  struct stat st;
  int error;

  if (fd < 0 || fstat (fd, &st) != 0)
    error = errno;
  else if (!S_ISDIR (st.st_mode))
    error = send_file (talk, fd, "");
  else if (!folders)
    error = EISDIR;
  else
    {
      error = get_folder (talk, fd, &incomplete);
      fd = -1; /* it is closed */
    }
  gbx_close_fd (&fd);
  gbx_file_talk_end (talk, error, incomplete);
}

/* -------------------------------------------------------------- archive -- */

static _Noreturn void
run_tar (const GbxFileWorker *worker, int output)
{
  char *const arguments[] = { (char *) TAR, (char *) "--create", (char *) "--file=-",
                              (char *) "--one-file-system", (char *) "--exclude=./.cache",
                              (char *) "--warning=no-file-ignored", (char *) ".", NULL };
  char *const environment[] = { (char *) "LC_ALL=C", NULL };
  int null = open ("/dev/null", O_RDWR | O_CLOEXEC);

  if (null < 0 || dup2 (null, 0) < 0 || dup2 (output, 1) < 0 || dup2 (null, 2) < 0 ||
      close_range (3, ~0U, 0) != 0 || chdir (worker->home) != 0 ||
      (worker->become_user && !worker->become_user (worker->data)))
    _exit (126);
  execve (TAR, arguments, environment);
  _exit (127);
}

static int
send_pipe (GbxFileTalk *talk, int fd)
{
  static uint8_t piece[GBX_FILE_DATA_MAX];
  ssize_t n;

  while ((n = read (fd, piece, sizeof piece)) != 0 && !talk->broken)
    {
      if (n > 0)
        gbx_file_talk_send_data (talk, piece, (size_t) n);
      else if (errno != EINTR)
        return errno;
    }
  return talk->broken ? EPIPE : 0;
}

void
gbx_file_archive (GbxFileTalk *talk)
{
  int ends[2], status = 0, error;
  pid_t pid;

  if (pipe (ends) != 0)
    {
      gbx_file_talk_end (talk, errno, false);
      return;
    }
  pid = fork ();
  if (pid == 0)
    run_tar (talk->worker, ends[1]);
  gbx_close_fd (&ends[1]);
  error = pid < 0 ? errno : send_pipe (talk, ends[0]);
  gbx_close_fd (&ends[0]);
  while (pid > 0 && waitpid (pid, &status, 0) < 0 && errno == EINTR)
    ;
  /* 1: a file changed while it was read, or one could not be. */
  if (!error && (!WIFEXITED (status) || WEXITSTATUS (status) > 1))
    error = WIFEXITED (status) && WEXITSTATUS (status) == 127 ? ENOENT : EIO;
  gbx_file_talk_end (talk, error, !error && WEXITSTATUS (status) == 1);
}
