/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gbx-display-protocol.h"

#include <string.h>

typedef struct
{
  uint32_t least, most;
} Range;

typedef struct
{
  uint32_t type;
  GbxDisplayDirection direction;
  bool has_fd;
  Range args[GBX_DISPLAY_ARGS]; /* the others must be zero */
} Rule;

#define ANY                                                                                        \
  {                                                                                                \
    0, UINT32_MAX                                                                                  \
  }
#define BOOLEAN                                                                                    \
  {                                                                                                \
    0, 1                                                                                           \
  }
#define LENGTH                                                                                     \
  {                                                                                                \
    1, GBX_DISPLAY_LONGEST                                                                         \
  }
#define POSITION                                                                                   \
  {                                                                                                \
    0, GBX_DISPLAY_LONGEST - 1                                                                     \
  }
#define CHANNEL                                                                                    \
  {                                                                                                \
    0, GBX_DISPLAY_CHANNELS - 1                                                                    \
  }

static const Rule rules[] = {
  { GBX_DISPLAY_HELLO, GBX_DISPLAY_TO_WINDOW, false, { ANY, { 0, GBX_DISPLAY_WALLS } } },
  { GBX_DISPLAY_WANT_FD, GBX_DISPLAY_TO_WINDOW, false, { CHANNEL } },
  { GBX_DISPLAY_ANSWERED, GBX_DISPLAY_TO_WINDOW, false, { { 0 } } },
  { GBX_DISPLAY_SIZE, GBX_DISPLAY_TO_WINDOW, false, { { 1, UINT16_MAX }, { 1, UINT16_MAX } } },
  { GBX_DISPLAY_DAMAGE, GBX_DISPLAY_TO_WINDOW, false, { ANY, POSITION, POSITION, LENGTH, LENGTH } },
  { GBX_DISPLAY_CURSOR,
    GBX_DISPLAY_TO_WINDOW,
    false,
    { { 0, GBX_CURSOR_SHAPE },
      { 0, GBX_CURSOR_LONGEST },
      { 0, GBX_CURSOR_LONGEST },
      { 0, GBX_CURSOR_LONGEST - 1 },
      { 0, GBX_CURSOR_LONGEST - 1 } } },
  { GBX_DISPLAY_FAILURE, GBX_DISPLAY_TO_WINDOW, false, { { 1, GBX_DISPLAY_FAULT_LAST } } },
  { GBX_DISPLAY_CLOSED, GBX_DISPLAY_TO_WINDOW, false, { { 0 } } },
  { GBX_DISPLAY_TURN_DONE, GBX_DISPLAY_TO_WINDOW, false, { { 0 } } },
  { GBX_DISPLAY_ALIVE, GBX_DISPLAY_TO_WINDOW, false, { { 0 } } },

  { GBX_DISPLAY_CURSOR_MEMORY, GBX_DISPLAY_TO_PROGRAM, true, { { 0 } } },
  { GBX_DISPLAY_TURN, GBX_DISPLAY_TO_PROGRAM, false, { { 0 } } },
  { GBX_DISPLAY_FD, GBX_DISPLAY_TO_PROGRAM, true, { CHANNEL } },
  { GBX_DISPLAY_FRAME,
    GBX_DISPLAY_TO_PROGRAM,
    true,
    { ANY, LENGTH, LENGTH, { 4, GBX_DISPLAY_LONGEST * 4 } } },
  { GBX_DISPLAY_KEY, GBX_DISPLAY_TO_PROGRAM, false, { { 1, UINT8_MAX }, BOOLEAN, ANY } },
  { GBX_DISPLAY_POINTER, GBX_DISPLAY_TO_PROGRAM, false, { POSITION, POSITION } },
  { GBX_DISPLAY_BUTTON, GBX_DISPLAY_TO_PROGRAM, false, { { 1, 5 }, BOOLEAN } },
  { GBX_DISPLAY_LOCKS, GBX_DISPLAY_TO_PROGRAM, false, { { 0, GBX_DISPLAY_LOCKS_ALL } } },
  { GBX_DISPLAY_ARE_YOU_ALIVE, GBX_DISPLAY_TO_PROGRAM, false, { { 0 } } },
};

static const Rule *
find_rule (uint32_t type)
{
  for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
    if (rules[i].type == type)
      return &rules[i];
  return NULL;
}

static bool
args_are_in_range (const Rule *rule, const uint32_t *args)
{
  for (size_t i = 0; i < GBX_DISPLAY_ARGS; i++)
    if (args[i] < rule->args[i].least || args[i] > rule->args[i].most)
      return false;
  return true;
}

/* Conditions on several numbers together. */
static bool
args_agree (const GbxDisplayMessage *self)
{
  const uint32_t *args = self->args;

  switch (self->type)
    {
    case GBX_DISPLAY_CURSOR:
      if (args[0] == GBX_CURSOR_SHAPE)
        return args[3] < args[1] && args[4] < args[2];
      return args[1] == 0 && args[2] == 0 && args[3] == 0 && args[4] == 0;
    case GBX_DISPLAY_FRAME:
      return args[3] == gbx_display_stride (args[1]);
    default:
      return true;
    }
}

bool
gbx_display_message_decode (GbxDisplayMessage *self, GbxDisplayDirection direction,
                            const void *data, size_t size, size_t n_fds)
{
  const Rule *rule;

  memset (self, 0, sizeof *self);
  if (size != sizeof *self)
    return false;
  memcpy (self, data, sizeof *self);
  rule = find_rule (self->type);
  return rule && rule->direction == direction && n_fds == (rule->has_fd ? 1 : 0)
         && args_are_in_range (rule, self->args) && args_agree (self);
}

bool
gbx_display_message_has_fd (uint32_t type)
{
  const Rule *rule = find_rule (type);

  return rule && rule->has_fd;
}

uint32_t
gbx_display_stride (uint32_t width)
{
  return width * 4;
}

size_t
gbx_display_frame_bytes (uint32_t width, uint32_t height)
{
  return (size_t)gbx_display_stride (width) * height;
}
