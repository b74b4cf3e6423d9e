/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-cache"
#include "config.h"

#include "gbx-cache-file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <unistd.h>

#include "gbx-cache.h"
#include "gbx-error.h"
#include "gbx-paths.h"

#define TEMPORARY_PREFIX "tmp-"
#define STAMP_GROUP "Entry"
#define STAMP_MAX 65536
/* Between two looks at the cancellable. */
#define PIECE_SIZE (1u << 20)

void
gbx_cache_set_error (GError **error, int errsv)
{
  g_autofree char *path = gbx_path_cache ();

  switch (errsv)
    {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      g_set_error (
          error, GBX_ERROR, GBX_ERROR_STORAGE,
          _ ("There is no space left for “%s” (%s): free some space there, 100 MB are enough, "
             "or set XDG_CACHE_HOME to a folder on another disk."),
          path, g_strerror (errsv));
      break;

    case EACCES:
    case EPERM:
    case EROFS:
      g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE,
                   _ ("The folder “%s” is not writable (%s): make it writable for this "
                      "account, or set XDG_CACHE_HOME to a writable folder."),
                   path, g_strerror (errsv));
      break;

    default:
      g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE,
                   _ ("A file in “%s” could not be written (%s): check that disk, or set "
                      "XDG_CACHE_HOME to a folder elsewhere."),
                   path, g_strerror (errsv));
      break;
    }
}

gboolean
gbx_cache_write (int fd, const void *data, gsize size, GCancellable *cancellable, GError **error)
{
  const char *at = data;

  while (size > 0)
    {
      ssize_t n;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;

      n = write (fd, at, MIN (size, PIECE_SIZE));
      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        {
          gbx_cache_set_error (error, n < 0 ? errno : EIO);
          return FALSE;
        }
      at += n;
      size -= n;
    }

  return TRUE;
}

/* -------------------------------------------------------- temporary file -- */

/* From the kernel, not from g_random_int (): two processes forked from the same one would
 * get the same names there, and confuse their files. */
static char *
temporary_name (void)
{
  guint64 bits[2];

  if (getrandom (bits, sizeof bits, 0) != sizeof bits)
    return g_strdup_printf (TEMPORARY_PREFIX "%d-%" G_GINT64_FORMAT, (int)getpid (),
                            g_get_monotonic_time ());

  return g_strdup_printf (TEMPORARY_PREFIX "%016" G_GINT64_MODIFIER "x%016" G_GINT64_MODIFIER "x",
                          bits[0], bits[1]);
}

GbxCacheFile *
gbx_cache_file_new (int directory_fd, GError **error)
{
  for (guint attempt = 0; attempt < 100; attempt++)
    {
      g_autoptr (GbxCacheFile) self = g_new0 (GbxCacheFile, 1);
      g_autofree char *name = temporary_name ();
      struct stat st;

      self->directory_fd = directory_fd;
      self->fd
          = openat (directory_fd, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
      if (self->fd < 0 && errno == EEXIST)
        continue;
      if (self->fd < 0)
        {
          gbx_cache_set_error (error, errno);
          return NULL;
        }
      self->name = g_steal_pointer (&name);

      /* Between the two calls, another process may have swept the file as a dead writer's;
       * then it no longer exists. */
      if (flock (self->fd, LOCK_EX | LOCK_NB) == 0 && fstat (self->fd, &st) == 0 && st.st_nlink > 0)
        return g_steal_pointer (&self);
    }

  gbx_cache_set_error (error, EEXIST);
  return NULL;
}

gboolean
gbx_cache_file_commit (GbxCacheFile *self, const char *name, GError **error)
{
  if (renameat (self->directory_fd, self->name, self->directory_fd, name) < 0)
    {
      gbx_cache_set_error (error, errno);
      return FALSE;
    }
  g_clear_pointer (&self->name, g_free);

  return TRUE;
}

void
gbx_cache_file_free (GbxCacheFile *self)
{
  if (self->name != NULL)
    (void)unlinkat (self->directory_fd, self->name, 0);
  if (self->fd >= 0)
    close (self->fd);
  g_free (self->name);
  g_free (self);
}

static void
sweep_one (int directory_fd, const char *name)
{
  int fd = openat (directory_fd, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

  if (fd < 0)
    return;
  if (flock (fd, LOCK_EX | LOCK_NB) == 0)
    (void)unlinkat (directory_fd, name, 0);
  close (fd);
}

void
gbx_cache_file_sweep (int directory_fd)
{
  int fd = openat (directory_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *directory = fd >= 0 ? fdopendir (fd) : NULL;
  struct dirent *item;

  if (directory == NULL)
    {
      if (fd >= 0)
        close (fd);
      return;
    }

  while ((item = readdir (directory)) != NULL)
    if (g_str_has_prefix (item->d_name, TEMPORARY_PREFIX))
      sweep_one (directory_fd, item->d_name);
  closedir (directory);
}

char *
gbx_cache_file_digest (int fd, GCancellable *cancellable, GError **error)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree guchar *buffer = g_malloc (PIECE_SIZE);
  off_t offset = 0;

  for (;;)
    {
      ssize_t n;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;

      n = pread (fd, buffer, PIECE_SIZE, offset);
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          gbx_cache_set_error (error, errno);
          return NULL;
        }
      if (n == 0)
        return g_strdup (g_checksum_get_string (checksum));
      g_checksum_update (checksum, buffer, n);
      offset += n;
    }
}

/* ------------------------------------------------------------------- sum -- */

#define LANES 4

/* As much of the file as fits, to which zeros are added up to a whole word for each
 * lane; -1 when it cannot be read. */
static ssize_t
read_piece (int fd, guint64 *words, off_t offset)
{
  gsize length = 0;

  while (length < PIECE_SIZE)
    {
      ssize_t n = pread (fd, (char *)words + length, PIECE_SIZE - length, offset + length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return -1;
      if (n == 0)
        break;
      length += n;
    }
  memset ((char *)words + length, 0, -length % (LANES * sizeof *words));

  return length;
}

gboolean
gbx_cache_file_sum (int fd, guint64 *sum)
{
  const guint64 factor = G_GUINT64_CONSTANT (0x9e3779b97f4a7c15); /* odd: nothing is lost */
  g_autofree guint64 *words = g_malloc (PIECE_SIZE);
  guint64 lanes[LANES] = { 1, 2, 3, 4 };
  off_t offset = 0;
  ssize_t n;

  while ((n = read_piece (fd, words, offset)) > 0)
    {
      for (gsize i = 0; i < ((gsize)n + 7) / 8; i += LANES)
        for (guint lane = 0; lane < LANES; lane++)
          lanes[lane] = (lanes[lane] ^ words[i + lane]) * factor;
      offset += n;
    }
  *sum = offset;
  for (guint lane = 0; lane < LANES; lane++)
    *sum = (*sum ^ lanes[lane] ^ lanes[lane] >> 32) * factor;

  return n == 0;
}

/* ----------------------------------------------------------------- stamp -- */

static gint64
modified_ns (const struct stat *st)
{
  return (gint64)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
}

GbxCacheStamp *
gbx_cache_stamp_new (const char *key, const char *source, const char *digest,
                     guint64 sum, const struct stat *data)
{
  GbxCacheStamp *self = g_new0 (GbxCacheStamp, 1);

  self->key = g_strdup (key);
  self->source = g_strdup (source);
  self->digest = g_strdup (digest);
  self->sum = sum;
  self->size = data->st_size;
  self->inode = data->st_ino;
  self->modified_ns = modified_ns (data);

  return self;
}

static char *
read_small_file (int directory_fd, const char *name, gsize *length)
{
  int fd = openat (directory_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  g_autofree char *text = NULL;
  ssize_t n;

  if (fd < 0)
    return NULL;
  text = g_malloc (STAMP_MAX);
  n = read (fd, text, STAMP_MAX);
  close (fd);
  if (n <= 0 || n == STAMP_MAX)
    return NULL;
  *length = n;

  return g_steal_pointer (&text);
}

GbxCacheStamp *
gbx_cache_stamp_load (int directory_fd, const char *name)
{
  g_autoptr (GbxCacheStamp) self = g_new0 (GbxCacheStamp, 1);
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  g_autoptr (GError) error = NULL;
  gsize length = 0;
  g_autofree char *text = read_small_file (directory_fd, name, &length);

  if (text == NULL || !g_key_file_load_from_data (keys, text, length, G_KEY_FILE_NONE, NULL))
    return NULL;

  self->key = g_key_file_get_string (keys, STAMP_GROUP, "Key", NULL);
  self->source = g_key_file_get_string (keys, STAMP_GROUP, "Source", NULL);
  self->digest = g_key_file_get_string (keys, STAMP_GROUP, "SHA256", NULL);
  self->size = g_key_file_get_uint64 (keys, STAMP_GROUP, "Size", &error);
  if (error == NULL)
    self->sum = g_key_file_get_uint64 (keys, STAMP_GROUP, "Sum", &error);
  if (error == NULL)
    self->inode = g_key_file_get_uint64 (keys, STAMP_GROUP, "Inode", &error);
  if (error == NULL)
    self->modified_ns = g_key_file_get_int64 (keys, STAMP_GROUP, "Modified", &error);
  if (self->key == NULL || self->digest == NULL || error != NULL)
    return NULL;

  return g_steal_pointer (&self);
}

GbxCacheFile *
gbx_cache_stamp_write (GbxCacheStamp *self, int directory_fd, GError **error)
{
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  g_autoptr (GbxCacheFile) file = gbx_cache_file_new (directory_fd, error);
  g_autofree char *text = NULL;
  gsize length;

  if (file == NULL)
    return NULL;

  g_key_file_set_string (keys, STAMP_GROUP, "Key", self->key);
  if (self->source != NULL)
    g_key_file_set_string (keys, STAMP_GROUP, "Source", self->source);
  g_key_file_set_string (keys, STAMP_GROUP, "SHA256", self->digest);
  g_key_file_set_uint64 (keys, STAMP_GROUP, "Sum", self->sum);
  g_key_file_set_uint64 (keys, STAMP_GROUP, "Size", self->size);
  g_key_file_set_uint64 (keys, STAMP_GROUP, "Inode", self->inode);
  g_key_file_set_int64 (keys, STAMP_GROUP, "Modified", self->modified_ns);
  text = g_key_file_to_data (keys, &length, NULL);
  if (!gbx_cache_write (file->fd, text, length, NULL, error))
    return NULL;

  return g_steal_pointer (&file);
}

gboolean
gbx_cache_stamp_matches (GbxCacheStamp *self, const struct stat *data)
{
  return S_ISREG (data->st_mode) && self->size == (guint64)data->st_size
         && self->inode == data->st_ino && self->modified_ns == modified_ns (data);
}

void
gbx_cache_stamp_free (GbxCacheStamp *self)
{
  g_free (self->key);
  g_free (self->source);
  g_free (self->digest);
  g_free (self);
}
