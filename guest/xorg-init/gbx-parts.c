/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gbx-parts.h"

#include <stdlib.h>
#include <string.h>

static bool
make_room (GbxParts *self, size_t length)
{
  size_t size = self->size ? self->size : 4096;
  uint8_t *data;

  while (size < self->length + length)
    size *= 2;
  if (size == self->size)
    return true;
  data = realloc (self->data, size);
  if (!data)
    return false;
  self->data = data;
  self->size = size;
  return true;
}

const char *
gbx_parts_add (GbxParts *self, const GbxFrame *frame)
{
  const uint8_t *data;
  size_t length;
  bool last;

  if (self->complete)
    return "it was sent twice";
  if (!gbx_part_decode (&last, &data, &length, frame))
    return "a malformed part";
  if (length > GBX_PARTS_MAX - self->length)
    return "it is too long";
  if (!make_room (self, length))
    return "there is no memory for it";
  memcpy (self->data + self->length, data, length);
  self->length += length;
  self->complete = last;
  return NULL;
}
