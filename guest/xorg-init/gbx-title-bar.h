/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-protocol.h"

/* Between the window manager and the program that draws its title bars, on a stream socket:
 * a request, and then width × height pixels as an X server of depth 24 has them, in the
 * machine's byte order.  There is one request at a time. */

#define GBX_BAR_WIDTH_MAX 8192
#define GBX_BAR_HEIGHT_MAX 256

typedef struct
{
  uint16_t width, height;
  uint32_t back, text, line; /* colours: 0xRRGGBB */
  char title[GBX_TITLE_MAX + 1]; /* any bytes, ended by a zero */
} GbxBarRequest;
