/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The records of the channel "input", from the host to the guest: what the user does that
 * SPICE and VNC cannot carry.  Pure functions, like gbx-protocol.h. */

#include "gbx-protocol.h"

#define GBX_INPUT_CHANNEL "input"
/* The channel the other way: the guest sends one byte when it opens and whenever it changes.
 * 1: the pointer that the display shows is not to be shown, because the application hides
 * its pointer, or Xorg draws it; otherwise 0.  VNC does not tell. */
#define GBX_POINTER_CHANNEL "pointer"
/* The largest compiled keymap; those of four layouts have 20 KB. */
#define GBX_KEYMAP_MAX 65536u
#define GBX_INPUT_HEADER_SIZE 5u
#define GBX_INPUT_RECORD_MAX (GBX_INPUT_HEADER_SIZE + GBX_KEYMAP_MAX)

/* As in X: 1 to 5 go with the display; 6 and 7 scroll sideways, 8 and 9 are at the side. */
#define GBX_INPUT_BUTTON_FIRST 6
#define GBX_INPUT_BUTTON_LAST 9
#define GBX_INPUT_GROUPS 4

typedef enum
{
  GBX_INPUT_KEYMAP = 1, /* compiled, as xkbcomp -xkm writes it */
  GBX_INPUT_GROUP = 2,  /* u8: which of the keymap's layouts is in use, from 0 */
  GBX_INPUT_BUTTON = 3, /* u8 number, u8 pressed */
  GBX_INPUT_MOTION = 4, /* u16 to the right, u16 downwards: signed, in pixels */
  GBX_INPUT_LAST = GBX_INPUT_MOTION,
} GbxInputRecordKind;

typedef struct
{
  GbxInputRecordKind kind;
  const uint8_t *keymap; /* in the reader; valid until the next call */
  size_t keymap_length;
  uint8_t group;
  uint8_t button;
  bool pressed;
  int16_t x, y;
} GbxInputRecord;

void gbx_input_record_encode (const GbxInputRecord *self, GbxWriter *writer);

/* Joins the pieces in which records arrive.  Holds at most one record. */
typedef struct
{
  size_t length; /* of what is in buffer */
  uint8_t buffer[GBX_INPUT_RECORD_MAX];
} GbxInputReader;

/* Takes bytes from *data, and moves it forward.  1: *record is set, and there may be more;
 * 0: more bytes are needed; -1: the record is malformed. */
int gbx_input_reader_next (GbxInputReader *self, const uint8_t **data, size_t *length,
                           GbxInputRecord *record);
