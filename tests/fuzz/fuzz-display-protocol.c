/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The fuzz target for the messages of the program that decodes the display.  Like
 * fuzz-protocol.c it is a libFuzzer target, or runs a fixed number of inputs. */

#include "gbx-display-protocol.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
require (bool condition)
{
  if (!condition)
    abort ();
}

/* What the receivers rely on without looking again. */
static void
check (const GbxDisplayMessage *message, size_t n_fds)
{
  const uint32_t *args = message->args;

  require (n_fds == (gbx_display_message_has_fd (message->type) ? 1 : 0));
  switch (message->type)
    {
    case GBX_DISPLAY_WANT_FD:
    case GBX_DISPLAY_FD:
      require (args[0] < GBX_DISPLAY_CHANNELS);
      break;
    case GBX_DISPLAY_DAMAGE:
      require (args[1] + args[3] <= 2 * GBX_DISPLAY_LONGEST && args[3] > 0);
      require (args[2] + args[4] <= 2 * GBX_DISPLAY_LONGEST && args[4] > 0);
      break;
    case GBX_DISPLAY_CURSOR:
      require ((size_t)args[1] * args[2] * 4 <= GBX_CURSOR_BYTES);
      require (args[0] != GBX_CURSOR_SHAPE || (args[3] < args[1] && args[4] < args[2]));
      break;
    case GBX_DISPLAY_FRAME:
      require (args[3] >= args[1] * 4);
      require (gbx_display_frame_bytes (args[1], args[2]) <= (size_t)8192 * 8192 * 4);
      break;
    case GBX_DISPLAY_FAILURE:
      require (args[0] >= 1 && args[0] <= GBX_DISPLAY_FAULT_LAST);
      break;
    default:
      break;
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  GbxDisplayMessage message;
  bool to_window = false, to_program = false;

  for (size_t n_fds = 0; n_fds < 3; n_fds++)
    {
      if (gbx_display_message_decode (&message, GBX_DISPLAY_TO_WINDOW, data, size, n_fds))
        {
          to_window = true;
          check (&message, n_fds);
        }
      if (gbx_display_message_decode (&message, GBX_DISPLAY_TO_PROGRAM, data, size, n_fds))
        {
          to_program = true;
          check (&message, n_fds);
        }
    }
  require (!to_window || !to_program);
  return 0;
}

#ifndef GBX_LIBFUZZER

static uint64_t state;

/* xorshift64*, as in fuzz-protocol.c. */
static uint32_t
next_random (void)
{
  state ^= state >> 12;
  state ^= state << 25;
  state ^= state >> 27;
  return (uint32_t)((state * UINT64_C (2685821657736338717)) >> 32);
}

/* Numbers at the edges, and a few without any sense. */
static uint32_t
next_number (void)
{
  static const uint32_t edges[] = { 0,    1,    2,    3,     4,     9,     255,        256,
                                    8191, 8192, 8193, 32768, 65535, 65536, 0x7fffffff, 0xffffffff };
  uint32_t which = next_random () % 24;

  if (which < sizeof edges / sizeof *edges)
    return edges[which];
  return which < 22 ? next_random () % 8192 : next_random ();
}

int
main (int argc, char **argv)
{
  unsigned long inputs = argc > 1 ? strtoul (argv[1], NULL, 10) : 200000;

  printf ("TAP version 13\n1..1\n");
  for (unsigned long i = 1; i <= inputs; i++)
    {
      uint8_t data[sizeof (GbxDisplayMessage) + 8] = { 0 };
      GbxDisplayMessage message = { 0 };
      size_t size = sizeof message;

      state = i * UINT64_C (0x9e3779b97f4a7c15);
      message.type = next_random () % 48;
      for (size_t n = next_random () % (GBX_DISPLAY_ARGS + 1); n > 0; n--)
        message.args[n - 1] = next_number ();
      memcpy (data, &message, sizeof message);
      if (next_random () % 8 == 0)
        size = next_random () % sizeof data;
      LLVMFuzzerTestOneInput (data, size);
    }
  printf ("ok 1 - %lu messages\n", inputs);
  return 0;
}

#endif
