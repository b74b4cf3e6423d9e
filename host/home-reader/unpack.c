/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The image in an exported home: see libglovebox/home/gbx-home-archive.c, which writes them. */

#include "reader.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE 65536

/* The next entry is a plain file of that name. */
static bool
next_is (struct archive *archive, const char *name, struct archive_entry **entry)
{
  const char *found;

  if (archive_read_next_header (archive, entry) != ARCHIVE_OK)
    return false;
  found = archive_entry_pathname (*entry);
  return found && strcmp (found, name) == 0 && archive_entry_filetype (*entry) == AE_IFREG &&
         archive_entry_size_is_set (*entry);
}

static bool
read_mark (struct archive *archive)
{
  struct archive_entry *entry;
  char text[sizeof GBX_HOME_ARCHIVE_MARK];
  size_t length = sizeof GBX_HOME_ARCHIVE_MARK - 1;

  return next_is (archive, GBX_HOME_ARCHIVE_FIRST, &entry) &&
         archive_entry_size (entry) == (int64_t) length &&
         archive_read_data (archive, text, length) == (ssize_t) length &&
         memcmp (text, GBX_HOME_ARCHIVE_MARK, length) == 0;
}

static bool
write_at (const char *data, size_t length, int64_t offset)
{
  while (length > 0)
    {
      ssize_t n = pwrite (STDOUT_FILENO, data, length, offset);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return false;
      data += n;
      offset += n;
      length -= (size_t) n;
    }
  return true;
}

/* Holes are skipped, and so stay holes. */
static GbxHomeReaderStatus
read_image (struct archive *archive, int64_t size)
{
  const void *data;
  size_t length;
  int64_t offset;
  int result;

  while ((result = archive_read_data_block (archive, &data, &length, &offset)) == ARCHIVE_OK)
    {
      if (offset < 0 || offset > size || (uint64_t) length > (uint64_t) (size - offset))
        return GBX_HOME_READER_TRUNCATED;
      if (!write_at (data, length, offset))
        return write_status ();
    }
  return result == ARCHIVE_EOF ? GBX_HOME_READER_DONE : GBX_HOME_READER_TRUNCATED;
}

static GbxHomeReaderStatus
unpack_entries (struct archive *archive, uint64_t limit)
{
  struct archive_entry *entry;
  GbxHomeReaderStatus status;

  if (!read_mark (archive))
    return GBX_HOME_READER_FOREIGN;
  if (!next_is (archive, GBX_HOME_ARCHIVE_IMAGE, &entry) || archive_entry_size (entry) <= 0)
    return GBX_HOME_READER_TRUNCATED;
  if ((uint64_t) archive_entry_size (entry) > limit)
    return GBX_HOME_READER_TOO_LARGE;
  if (ftruncate (STDOUT_FILENO, archive_entry_size (entry)) != 0)
    return write_status ();
  status = read_image (archive, archive_entry_size (entry));
  if (status != GBX_HOME_READER_DONE)
    return status;
  /* Without it something is missing, be it only the end. */
  return next_is (archive, GBX_HOME_ARCHIVE_LAST, &entry) ? GBX_HOME_READER_DONE
                                                          : GBX_HOME_READER_TRUNCATED;
}

GbxHomeReaderStatus
unpack_image (uint64_t limit)
{
  struct archive *archive = archive_read_new ();
  GbxHomeReaderStatus status;

  if (!archive || archive_read_support_filter_zstd (archive) < ARCHIVE_WARN ||
      archive_read_support_format_tar (archive) != ARCHIVE_OK ||
      archive_read_open_fd (archive, STDIN_FILENO, PIECE) != ARCHIVE_OK)
    return GBX_HOME_READER_FOREIGN;
  status = unpack_entries (archive, limit);
  archive_read_free (archive);
  return status;
}
