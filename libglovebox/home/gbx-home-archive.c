/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-home"

#include "config.h"

#include "gbx-home-archive.h"

#include "gbx-error.h"
#include "gbx-home-copy.h"
#include "gbx-home-helper.h"
#include "gbx-home-image.h"
#include "gbx-paths.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE (1u << 20)

/* -------------------------------------------------------------- export -- */

typedef struct archive Archive;
typedef struct archive_entry ArchiveEntry;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Archive, archive_write_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ArchiveEntry, archive_entry_free)

typedef struct
{
  Archive *archive;
  int image;
  guint64 size;
  GbxHomeProgress progress;
  gpointer user_data;
  GCancellable *cancellable;
} Export;

static ArchiveEntry *
entry_new (const char *name, guint64 size)
{
  ArchiveEntry *entry = archive_entry_new ();

  archive_entry_set_pathname (entry, name);
  archive_entry_set_filetype (entry, AE_IFREG);
  archive_entry_set_perm (entry, 0600);
  archive_entry_set_size (entry, (gint64) size);
  return entry;
}

static gboolean
write_text (Export *self, const char *name, const char *text)
{
  g_autoptr (ArchiveEntry) entry = entry_new (name, strlen (text));

  return archive_write_header (self->archive, entry) == ARCHIVE_OK &&
         archive_write_data (self->archive, text, strlen (text)) == (gssize) strlen (text);
}

static ArchiveEntry *
image_entry_new (Export *self)
{
  ArchiveEntry *entry = entry_new (GBX_HOME_ARCHIVE_IMAGE, self->size);
  guint64 start, end = 0;

  while (gbx_home_find_data (self->image, end, self->size, &start, &end))
    archive_entry_sparse_add_entry (entry, (gint64) start, (gint64) (end - start));
  return entry;
}

/* Of a hole libarchive wants bytes too, and drops them. */
static gboolean
write_part (Export *self, char *buffer, guint64 *at, guint64 end, gboolean is_data)
{
  while (*at < end)
    {
      gsize length = MIN (end - *at, PIECE);

      if (g_cancellable_is_cancelled (self->cancellable))
        return FALSE;
      if (is_data && pread (self->image, buffer, length, (off_t) *at) != (gssize) length)
        return FALSE;
      if (archive_write_data (self->archive, buffer, length) != (gssize) length)
        return FALSE;
      *at += length;
      if (is_data && self->progress)
        self->progress (*at, self->size, self->user_data);
    }
  return TRUE;
}

static gboolean
write_image (Export *self)
{
  g_autoptr (ArchiveEntry) entry = image_entry_new (self);
  g_autofree char *buffer = g_malloc0 (PIECE);
  guint64 at = 0, start, end = 0;

  if (archive_write_header (self->archive, entry) != ARCHIVE_OK)
    return FALSE;
  while (gbx_home_find_data (self->image, end, self->size, &start, &end))
    if (!write_part (self, buffer, &at, start, FALSE) ||
        !write_part (self, buffer, &at, end, TRUE))
      return FALSE;
  /* What cannot be read must not become a hole. */
  if (errno != ENXIO)
    return FALSE;
  return write_part (self, buffer, &at, self->size, FALSE);
}

static gboolean
write_all (Export *self, int output)
{
  return archive_write_set_format_pax (self->archive) == ARCHIVE_OK &&
         archive_write_add_filter_zstd (self->archive) == ARCHIVE_OK &&
         archive_write_open_fd (self->archive, output) == ARCHIVE_OK &&
         write_text (self, GBX_HOME_ARCHIVE_FIRST, GBX_HOME_ARCHIVE_MARK) && write_image (self) &&
         write_text (self, GBX_HOME_ARCHIVE_LAST, "end\n") &&
         archive_write_close (self->archive) == ARCHIVE_OK && fsync (output) == 0;
}

static gboolean
set_write_error (const char *file, int code, const char *text, GError **error)
{
  g_autofree char *shown = gbx_path_show (file);

  if (code == ENOSPC || code == EDQUOT)
    g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE,
                 _ ("There is no space left for “%s”; free some space on that disk"), shown);
  else
    g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE, _ ("Cannot write “%s”: %s"), shown,
                 text ? text : g_strerror (code));
  return FALSE;
}

static gboolean
write_archive (Export *self, const char *file, int output, GError **error)
{
  g_autoptr (Archive) archive = archive_write_new ();
  int code;

  self->archive = archive;
  errno = 0;
  if (write_all (self, output))
    return TRUE;
  code = archive_errno (archive) > 0 ? archive_errno (archive) : errno;
  if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
    return FALSE;
  return set_write_error (file, code ? code : EIO, archive_error_string (archive), error);
}

/* The home is locked. */
static gboolean
export_image (Export *self, const char *image, const char *file, GError **error)
{
  g_autofree char *temporary = g_strconcat (file, ".XXXXXX", NULL);
  struct stat st;
  gboolean done;
  int output;

  if (lstat (file, &st) == 0)
    return set_write_error (file, EEXIST, NULL, error);
  output = g_mkstemp_full (temporary, O_RDWR | O_CLOEXEC, 0600);
  if (output < 0)
    return set_write_error (file, errno, NULL, error);
  self->image = g_open (image, O_RDONLY | O_CLOEXEC | O_NOFOLLOW, 0);
  done = self->image >= 0 ? write_archive (self, file, output, error)
                          : set_write_error (image, errno, NULL, error);
  if (self->image >= 0)
    close (self->image);
  close (output);
  if (done && link (temporary, file) != 0)
    done = set_write_error (file, errno, NULL, error);
  g_unlink (temporary);
  return done;
}

gboolean
gbx_home_export (const char *name, const char *file, GbxHomeProgress progress, gpointer user_data,
                 GCancellable *cancellable, GError **error)
{
  Export self = { .progress = progress, .user_data = user_data, .cancellable = cancellable };
  g_autoptr (GbxHomeLock) lock = gbx_home_take (name, GBX_HOME_READ, error);
  g_autofree char *folder = lock ? gbx_home_get_folder (name, error) : NULL;
  g_autofree char *image = folder ? gbx_home_get_image (folder) : NULL;

  return image && gbx_home_image_check (image, name, &self.size, error) &&
         export_image (&self, image, file, error);
}

/* -------------------------------------------------------------- import -- */

static const char *
explain (GbxHomeReaderStatus status)
{
  switch (status)
    {
    case GBX_HOME_READER_FOREIGN:
      return _ ("it was not made by “glovebox home export”");
    case GBX_HOME_READER_TOO_LARGE:
      return _ ("the home in it is larger than any home may be");
    case GBX_HOME_READER_NO_SPACE:
      return _ ("there is not enough space on the disk for it");
    case GBX_HOME_READER_NOT_CONFINED:
      return _ ("this kernel cannot confine the program that would read it");
    case GBX_HOME_READER_NOT_WRITTEN:
      return _ ("the disk cannot be written");
    default:
      return _ ("it is incomplete or damaged; copy or export it again");
    }
}

static gboolean
set_import_error (const char *file, const char *why, GError **error)
{
  g_autofree char *shown = gbx_path_show (file);

  g_set_error (error, GBX_ERROR, GBX_ERROR_HOME, _ ("“%s” cannot be imported: %s"), shown, why);
  return FALSE;
}

static gboolean
unpack (const char *file, int input, int output, GbxHomeProgress progress, gpointer user_data,
        GCancellable *cancellable, GError **error)
{
  g_autofree char *limit = g_strdup_printf ("%" G_GUINT64_FORMAT, GBX_HOME_SIZE_MAX);
  const char *const arguments[] = { "unpack", limit, NULL };
  GbxHomeReaderStatus status = GBX_HOME_READER_TRUNCATED;

  if (!gbx_home_helper_run (arguments, input, output, progress, user_data, cancellable, &status,
                            error))
    return FALSE;
  return status == GBX_HOME_READER_DONE || set_import_error (file, explain (status), error);
}

/* What was unpacked has to be a home of a possible size with a whole file system. */
static gboolean
check_unpacked (const char *path, const char *file, GError **error)
{
  g_autoptr (GError) cause = NULL;
  guint64 size;

  if (!gbx_home_image_check (path, file, &size, &cause))
    return set_import_error (file, _ ("its image has no whole ext4 file system"), error);
  if (size < GBX_HOME_SIZE_MIN || size % 4096 != 0)
    return set_import_error (file, _ ("its image has an impossible size"), error);
  return TRUE;
}

/* Nothing but a file: a FIFO would wait, a device never end. */
static int
open_archive (const char *file, GError **error)
{
  int fd = g_open (file, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
  struct stat st;

  if (fd < 0)
    set_import_error (file, g_strerror (errno), error);
  else if (fstat (fd, &st) != 0 || !S_ISREG (st.st_mode))
    {
      close (fd);
      fd = -1;
      set_import_error (file, _ ("it is not a file"), error);
    }
  return fd;
}

typedef struct
{
  const char *file;
  int input;
  GbxHomeProgress progress;
  gpointer user_data;
  GCancellable *cancellable;
} Import;

/* Makes the image of a home that is being created. */
static gboolean
fill (const char *path, gpointer data, GError **error)
{
  Import *self = data;
  int output = g_open (path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  gboolean done;

  if (output < 0)
    return set_write_error (path, errno, NULL, error);
  done = unpack (self->file, self->input, output, self->progress, self->user_data,
                 self->cancellable, error) &&
         check_unpacked (path, self->file, error);
  close (output);
  if (!done)
    g_unlink (path);
  return done;
}

gboolean
gbx_home_import (const char *name, const char *file, GbxHomeProgress progress, gpointer user_data,
                 GCancellable *cancellable, GError **error)
{
  Import self = { file, open_archive (file, error), progress, user_data, cancellable };
  g_autoptr (GbxHomeLock) lock = NULL;

  if (self.input < 0)
    return FALSE;
  lock = gbx_home_create_with (name, NULL, TRUE, fill, &self, error);
  close (self.input);
  return lock != NULL;
}
