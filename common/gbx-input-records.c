/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gbx-input-records.h"

#include <string.h>

static void
write_body (const GbxInputRecord *self, GbxWriter *writer)
{
  switch (self->kind)
    {
    case GBX_INPUT_KEYMAP:
      gbx_write_bytes (writer, self->keymap, self->keymap_length);
      break;
    case GBX_INPUT_GROUP:
      gbx_write_u32 (writer, 1);
      gbx_write_u8 (writer, self->group);
      break;
    case GBX_INPUT_BUTTON:
      gbx_write_u32 (writer, 2);
      gbx_write_u8 (writer, self->button);
      gbx_write_u8 (writer, self->pressed);
      break;
    case GBX_INPUT_MOTION:
      gbx_write_u32 (writer, 4);
      gbx_write_u16 (writer, (uint16_t) self->x);
      gbx_write_u16 (writer, (uint16_t) self->y);
      break;
    default:
      writer->failed = true;
    }
}

void
gbx_input_record_encode (const GbxInputRecord *self, GbxWriter *writer)
{
  gbx_write_u8 (writer, (uint8_t) self->kind);
  write_body (self, writer);
}

/* The length that a record of that kind must have at most. */
static size_t
length_max (uint8_t kind)
{
  static const size_t most[] = {
    [GBX_INPUT_KEYMAP] = GBX_KEYMAP_MAX,
    [GBX_INPUT_GROUP] = 1,
    [GBX_INPUT_BUTTON] = 2,
    [GBX_INPUT_MOTION] = 4,
  };

  return kind <= GBX_INPUT_LAST ? most[kind] : 0;
}

static bool
decode (GbxInputRecord *record, uint8_t kind, const uint8_t *payload, size_t length)
{
  GbxReader reader;
  uint8_t pressed;

  *record = (GbxInputRecord) { .kind = (GbxInputRecordKind) kind };
  if (kind == GBX_INPUT_KEYMAP)
    {
      record->keymap = payload;
      record->keymap_length = length;
      return true;
    }
  gbx_reader_init (&reader, payload, length);
  if (kind == GBX_INPUT_GROUP)
    {
      record->group = gbx_read_u8 (&reader);
      return gbx_reader_done (&reader) && record->group < GBX_INPUT_GROUPS;
    }
  if (kind == GBX_INPUT_MOTION)
    {
      record->x = (int16_t) gbx_read_u16 (&reader);
      record->y = (int16_t) gbx_read_u16 (&reader);
      return gbx_reader_done (&reader);
    }
  record->button = gbx_read_u8 (&reader);
  pressed = gbx_read_u8 (&reader);
  record->pressed = pressed == 1;
  return gbx_reader_done (&reader) && pressed <= 1 && record->button >= GBX_INPUT_BUTTON_FIRST &&
         record->button <= GBX_INPUT_BUTTON_LAST;
}

static bool
fill (GbxInputReader *self, size_t wanted, const uint8_t **data, size_t *length)
{
  return gbx_fill (self->buffer, &self->length, wanted, data, length);
}

int
gbx_input_reader_next (GbxInputReader *self, const uint8_t **data, size_t *length,
                       GbxInputRecord *record)
{
  GbxReader header;
  uint8_t kind;
  uint32_t body;

  if (!fill (self, GBX_INPUT_HEADER_SIZE, data, length))
    return 0;
  gbx_reader_init (&header, self->buffer, GBX_INPUT_HEADER_SIZE);
  kind = gbx_read_u8 (&header);
  body = gbx_read_u32 (&header);
  if (body == 0 || body > length_max (kind))
    return -1;
  if (!fill (self, GBX_INPUT_HEADER_SIZE + body, data, length))
    return 0;
  self->length = 0;
  return decode (record, kind, self->buffer + GBX_INPUT_HEADER_SIZE, body) ? 1 : -1;
}
