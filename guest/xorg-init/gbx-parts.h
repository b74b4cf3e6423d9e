/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A message that the host sends in parts, joined. */

#include "gbx-protocol.h"

typedef struct
{
  uint8_t *data; /* never freed: texts point into it */
  size_t length, size;
  bool complete;
} GbxParts;

/* Returns NULL, or a static text that says what is wrong. */
const char *gbx_parts_add (GbxParts *self, const GbxFrame *frame);
