/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* See gbx-file-worker.h.
 *
 * Should: read and write as the user would, whatever the application does to the same files.
 * Mustn't: follow a link, wait for a FIFO, or open a device. */

#include "gbx-file-worker.h"

#include "gbx-util.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ------------------------------------------------------------- records -- */

static void
flush (GbxFileTalk *self)
{
  size_t at = 0;

  while (at < self->n_output && !self->broken)
    {
      ssize_t n = send (self->worker->fd, self->output + at, self->n_output - at, MSG_NOSIGNAL);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        self->broken = true;
      else
        at += (size_t) n;
    }
  self->n_output = 0;
}

static void
add (GbxFileTalk *self, const GbxFileRecord *record)
{
  GbxWriter writer;

  if (sizeof self->output - self->n_output < GBX_FILE_RECORD_MAX)
    flush (self);
  gbx_writer_init (&writer, self->output + self->n_output,
                   sizeof self->output - self->n_output);
  gbx_file_record_encode (record, &writer);
  if (!writer.failed)
    self->n_output += writer.length;
}

void
gbx_file_talk_send (GbxFileTalk *self, GbxFileRecordKind kind)
{
  self->answer.kind = kind;
  add (self, &self->answer);
}

void
gbx_file_talk_send_data (GbxFileTalk *self, const void *data, size_t length)
{
  self->answer.data = data;
  self->answer.data_length = length;
  gbx_file_talk_send (self, GBX_FILE_DATA);
  flush (self);
}

void
gbx_file_talk_end (GbxFileTalk *self, int error, bool more)
{
  self->answer.error = error >= 0 && error <= (int) GBX_FILE_ERROR_MAX ? (uint32_t) error : EIO;
  self->answer.more = more;
  gbx_file_talk_send (self, GBX_FILE_END);
  flush (self);
}

bool
gbx_file_talk_next (GbxFileTalk *self)
{
  flush (self);
  while (!self->broken)
    {
      int got = gbx_file_reader_next (&self->reader, &self->input, &self->n_input, &self->request);
      ssize_t n;

      if (got != 0)
        return got > 0;
      n = recv (self->worker->fd, self->received, sizeof self->received, 0);
      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return false;
      self->input = self->received;
      self->n_input = (size_t) n;
    }
  return false;
}

/* --------------------------------------------------------------- paths -- */

static int
open_beneath (int folder, const char *path, int flags)
{
  struct open_how how = {
    .flags = (uint64_t) (flags | O_CLOEXEC | (flags & O_PATH ? 0 : O_NOCTTY)),
    .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
  };

  return (int) syscall (SYS_openat2, folder, *path ? path : ".", &how, sizeof how);
}

/* The part of the path below the home, or NULL. */
static const char *
part_in_home (const GbxFileWorker *self, const char *path)
{
  if (path[0] == '~' && (path[1] == '/' || path[1] == '\0'))
    path++;
  else if (path[0] == '/' && !gbx_path_is_below (path, self->home))
    return NULL;
  else if (path[0] == '/')
    path += strlen (self->home);
  while (*path == '/')
    path++;
  return path;
}

int
gbx_file_open (const GbxFileWorker *self, const char *path, int flags, char *full)
{
  const char *part = part_in_home (self, path);
  const char *base = part ? self->home : "/";
  gbx_autofd folder = open (base, O_PATH | O_DIRECTORY | O_CLOEXEC);

  if (!part)
    part = path + strspn (path, "/");
  if (full && snprintf (full, GBX_FILE_PATH_MAX + 1, "%s%s%s", base,
                        *part && strcmp (base, "/") != 0 ? "/" : "", part) > (int) GBX_FILE_PATH_MAX)
    {
      errno = ENAMETOOLONG;
      return -1;
    }
  return folder < 0 ? -1 : open_beneath (folder, part, flags);
}

/* ------------------------------------------------------------ requests -- */

static bool
answer (GbxFileTalk *talk)
{
  const GbxFileWorker *worker = talk->worker;

  if (worker->takes != (talk->request.kind == GBX_FILE_PUT))
    return false;
  switch (talk->request.kind)
    {
    case GBX_FILE_LIST:
      gbx_file_list (talk);
      return true;
    case GBX_FILE_GET:
      gbx_file_get (talk, talk->request.path, talk->request.flags & GBX_FILE_GET_FOLDERS);
      return true;
    case GBX_FILE_ARCHIVE:
      gbx_file_archive (talk);
      return true;
    case GBX_FILE_PUT:
      gbx_file_put (talk);
      return true;
    default:
      return false;
    }
}

void
gbx_file_worker_run (const GbxFileWorker *self)
{
  static GbxFileTalk talk; /* too much for a stack */

  talk.worker = self;
  talk.broken = false;
  talk.n_input = talk.n_output = 0;
  gbx_file_reader_init (&talk.reader, GBX_DIRECTION_TO_GUEST);
  while (gbx_file_talk_next (&talk) && answer (&talk))
    ;
}
