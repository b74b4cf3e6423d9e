/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gbx-file-records.h"

#include <string.h>

#define SIZE_LIMIT ((uint64_t) INT64_MAX)

/* Which fields a record has, in this order. */
enum
{
  HAS_FLAGS = 1,
  HAS_SIZE = 2, /* and the time */
  HAS_PATH = 4,
  HAS_NAME = 8,
  HAS_DATA = 16,
  HAS_ERROR = 32, /* and "more" */
  TO_GUEST = 64,
  TO_HOST = 128,
};

static const struct
{
  uint8_t fields, flags; /* the flags that exist */
} rules[GBX_FILE_LAST + 1] = {
  [GBX_FILE_LIST] = { TO_GUEST, 0 },
  [GBX_FILE_GET] = { TO_GUEST | HAS_FLAGS | HAS_PATH, GBX_FILE_GET_FOLDERS },
  [GBX_FILE_ARCHIVE] = { TO_GUEST, 0 },
  [GBX_FILE_PUT] = { TO_GUEST | HAS_FLAGS | HAS_SIZE | HAS_PATH | HAS_NAME,
                     GBX_FILE_PUT_REPLACE | GBX_FILE_PUT_RENAME },
  [GBX_FILE_DATA] = { TO_GUEST | TO_HOST | HAS_DATA, 0 },
  [GBX_FILE_ENTRY] = { TO_HOST | HAS_SIZE | HAS_PATH, 0 },
  [GBX_FILE_FOLDER] = { TO_HOST | HAS_PATH, 0 },
  [GBX_FILE_FILE] = { TO_HOST | HAS_SIZE | HAS_PATH, 0 },
  [GBX_FILE_READY] = { TO_HOST | HAS_PATH, 0 },
  [GBX_FILE_END] = { TO_HOST | HAS_ERROR, 0 },
};

static uint8_t
fields_of (uint8_t kind)
{
  return kind <= GBX_FILE_LAST ? rules[kind].fields : 0;
}

/* ------------------------------------------------------------- encoding -- */

static void
write_u64 (GbxWriter *writer, uint64_t value)
{
  gbx_write_u32 (writer, (uint32_t) value);
  gbx_write_u32 (writer, (uint32_t) (value >> 32));
}

static void
write_body (const GbxFileRecord *self, uint8_t fields, GbxWriter *writer)
{
  if (fields & HAS_FLAGS)
    gbx_write_u8 (writer, self->flags);
  if (fields & HAS_SIZE)
    {
      write_u64 (writer, self->size);
      write_u64 (writer, (uint64_t) self->time);
    }
  if (fields & HAS_PATH)
    gbx_write_text (writer, self->path);
  if (fields & HAS_NAME)
    gbx_write_text (writer, self->name);
  if (fields & HAS_ERROR)
    {
      gbx_write_u32 (writer, self->error);
      gbx_write_u8 (writer, self->more);
    }
}

void
gbx_file_record_encode (const GbxFileRecord *self, GbxWriter *writer)
{
  uint8_t body[2 * 8 + 1 + 4 + GBX_FILE_PATH_MAX + 4 + GBX_FILE_NAME_MAX];
  uint8_t fields = fields_of ((uint8_t) self->kind);
  GbxWriter inner;

  gbx_write_u8 (writer, (uint8_t) self->kind);
  if (fields & HAS_DATA)
    {
      gbx_write_bytes (writer, self->data, self->data_length);
      return;
    }
  gbx_writer_init (&inner, body, sizeof body);
  write_body (self, fields, &inner);
  gbx_write_bytes (writer, body, inner.length);
  if (inner.failed || fields == 0)
    writer->failed = true;
}

/* ------------------------------------------------------------- decoding -- */

bool
gbx_file_path_is_below (const char *path)
{
  if (*path == '\0')
    return true;
  for (;;)
    {
      size_t length = strcspn (path, "/");

      if (length == 0 || (length == 1 && path[0] == '.') ||
          (length == 2 && path[0] == '.' && path[1] == '.'))
        return false;
      if (path[length] == '\0')
        return true;
      path += length + 1;
    }
}

static uint64_t
read_u64 (GbxReader *reader)
{
  uint64_t low = gbx_read_u32 (reader);

  return low | (uint64_t) gbx_read_u32 (reader) << 32;
}

static bool
has_valid_path (const GbxFileRecord *record)
{
  switch (record->kind)
    {
    case GBX_FILE_ENTRY:
      return record->path[0] && gbx_file_path_is_below (record->path);
    case GBX_FILE_FOLDER:
    case GBX_FILE_FILE:
      return gbx_file_path_is_below (record->path);
    case GBX_FILE_READY:
      return record->path[0] == '/';
    default:
      return true;
    }
}

static bool
has_valid_name (const GbxFileRecord *record)
{
  return record->name[0] && !strchr (record->name, '/') && gbx_file_path_is_below (record->name);
}

/* One field after the other; the reader says at the end whether all were there. */
static bool
read_body (GbxFileRecord *record, uint8_t fields, GbxReader *reader)
{
  bool valid = true;

  if (fields & HAS_FLAGS)
    record->flags = gbx_read_u8 (reader);
  if (fields & HAS_SIZE)
    {
      uint64_t time;

      record->size = read_u64 (reader);
      time = read_u64 (reader);
      valid = record->size <= SIZE_LIMIT && time <= SIZE_LIMIT;
      record->time = (int64_t) time;
    }
  if (fields & HAS_PATH)
    valid = gbx_read_text (reader, record->path, GBX_FILE_PATH_MAX) && valid;
  if (fields & HAS_NAME)
    valid = gbx_read_text (reader, record->name, GBX_FILE_NAME_MAX) && valid;
  if (fields & HAS_ERROR)
    {
      uint8_t more;

      record->error = gbx_read_u32 (reader);
      more = gbx_read_u8 (reader);
      record->more = more == 1;
      valid = record->error <= GBX_FILE_ERROR_MAX && more <= 1;
    }
  return gbx_reader_done (reader) && valid;
}

static bool
decode (GbxFileRecord *record, uint8_t kind, const uint8_t *body, size_t length)
{
  uint8_t fields = fields_of (kind);
  GbxReader reader;

  memset (record, 0, sizeof *record);
  record->kind = (GbxFileRecordKind) kind;
  if (fields & HAS_DATA)
    {
      record->data = body;
      record->data_length = length;
      return length > 0;
    }
  gbx_reader_init (&reader, body, length);
  return read_body (record, fields, &reader) && !(record->flags & ~rules[kind].flags) &&
         has_valid_path (record) && (!(fields & HAS_NAME) || has_valid_name (record));
}

void
gbx_file_reader_init (GbxFileReader *self, GbxDirection incoming)
{
  self->incoming = incoming;
  self->length = 0;
}

static bool
fill (GbxFileReader *self, size_t wanted, const uint8_t **data, size_t *length)
{
  return gbx_fill (self->buffer, &self->length, wanted, data, length);
}

int
gbx_file_reader_next (GbxFileReader *self, const uint8_t **data, size_t *length,
                      GbxFileRecord *record)
{
  uint8_t way = self->incoming == GBX_DIRECTION_TO_GUEST ? TO_GUEST : TO_HOST;
  GbxReader header;
  uint8_t kind;
  uint32_t body;

  if (!fill (self, GBX_FILE_HEADER_SIZE, data, length))
    return 0;
  gbx_reader_init (&header, self->buffer, GBX_FILE_HEADER_SIZE);
  kind = gbx_read_u8 (&header);
  body = gbx_read_u32 (&header);
  if (!(fields_of (kind) & way) || body > GBX_FILE_DATA_MAX)
    return -1;
  if (!fill (self, GBX_FILE_HEADER_SIZE + body, data, length))
    return 0;
  self->length = 0;
  return decode (record, kind, self->buffer + GBX_FILE_HEADER_SIZE, body) ? 1 : -1;
}
