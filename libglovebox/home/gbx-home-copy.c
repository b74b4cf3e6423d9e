/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-home"

#include "config.h"

#include "gbx-home-copy.h"

#include "gbx-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE (4u << 20)

typedef struct
{
  int from, to;
  guint64 size, done, total; /* done and total: of the data, without the holes */
  GbxHomeProgress progress;
  gpointer user_data;
  GCancellable *cancellable;
} Copy;

gboolean
gbx_home_find_data (int fd, guint64 from, guint64 size, guint64 *start, guint64 *end)
{
  off_t data = lseek (fd, (off_t) from, SEEK_DATA);
  off_t hole = data >= 0 ? lseek (fd, data, SEEK_HOLE) : -1;

  if (data < 0 || hole < 0)
    return FALSE;
  *start = (guint64) data;
  *end = MIN ((guint64) hole, size);
  if (*start >= *end)
    errno = ENXIO;
  return *start < *end;
}

static guint64
measure (Copy *self)
{
  guint64 total = 0, start, end = 0;

  while (gbx_home_find_data (self->from, end, self->size, &start, &end))
    total += end - start;
  return total;
}

/* FALSE with errno. */
static gboolean
copy_part (Copy *self, guint64 start, guint64 end)
{
  while (start < end)
    {
      off_t in = (off_t) start, out = (off_t) start;
      ssize_t n;

      if (g_cancellable_is_cancelled (self->cancellable))
        return errno = ECANCELED, FALSE;
      n = copy_file_range (self->from, &in, self->to, &out, MIN (end - start, PIECE), 0);
      if (n == 0)
        return errno = EIO, FALSE;
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return FALSE;
      start += (guint64) n;
      self->done += (guint64) n;
      if (self->progress)
        self->progress (self->done, self->total, self->user_data);
    }
  return TRUE;
}

static gboolean
copy_data (Copy *self)
{
  guint64 start, end = 0;

  if (ioctl (self->to, FICLONE, self->from) == 0)
    return TRUE;
  if (ftruncate (self->to, (off_t) self->size) != 0)
    return FALSE;
  self->total = measure (self);
  while (gbx_home_find_data (self->from, end, self->size, &start, &end))
    if (!copy_part (self, start, end))
      return FALSE;
  return errno == ENXIO;
}

static gboolean
set_error (const char *from, const char *to, int code, GError **error)
{
  if (code == ECANCELED)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("It was cancelled"));
  else if (code == ENOSPC || code == EDQUOT)
    g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE,
                 _ ("There is not enough space for a copy of “%s”; free some space on that disk"),
                 from);
  else
    g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE, _ ("Cannot copy “%s” to “%s”: %s"), from, to,
                 g_strerror (code));
  return FALSE;
}

gboolean
gbx_home_copy (const char *from, const char *to, GbxHomeProgress progress, gpointer user_data,
               GCancellable *cancellable, GError **error)
{
  Copy self = { .progress = progress, .user_data = user_data, .cancellable = cancellable };
  struct stat st;
  int code = 0;

  self.from = g_open (from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0);
  if (self.from < 0 || fstat (self.from, &st) != 0)
    return set_error (from, to, errno, error);
  self.size = (guint64) st.st_size;
  self.to = g_open (to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  errno = self.to < 0 ? errno : ENXIO;
  if (self.to < 0 || !copy_data (&self))
    code = errno;
  close (self.from);
  if (self.to >= 0 && close (self.to) != 0 && !code)
    code = errno;
  if (!code)
    return TRUE;
  g_unlink (to);
  return set_error (from, to, code, error);
}
