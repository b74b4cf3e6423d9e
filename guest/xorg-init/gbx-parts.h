/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the host sends in parts, put together. */

#include "gbx-protocol.h"

typedef struct
{
  uint8_t *data; /* for as long as the machine runs: texts point into it */
  size_t length, size;
  bool complete;
} GbxParts;

/* NULL, or a static text saying what is wrong. */
const char *gbx_parts_add (GbxParts *self, const GbxFrame *frame);
