/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The fuzz target for every byte that crosses between host and guest.
 *
 * Built with -Dfuzzing=true it is a libFuzzer target.  Otherwise it has a main
 * of its own, which runs a fixed number of inputs: mutations of valid streams
 * by a seeded generator, so that a failure comes back with the same number. */

#include "gbx-guest-config.h"
#include "gbx-protocol.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
decode_message (const GbxFrame *frame)
{
  static GbxGuestConfig config;
  GbxHello hello;
  GbxPhaseReport phase;
  GbxExitReport exit_report;
  GbxLogLine line;
  GbxHeartbeat heartbeat;
  GbxWindowReport window;
  uint32_t value;
  uint16_t first, second;

  /* Every decoder gets every frame: none may rely on the type. */
  if (gbx_hello_decode (&hello, frame) && strlen (hello.software) > 64)
    abort ();
  if (gbx_phase_decode (&phase, frame) && phase.phase > GBX_PHASE_LAST)
    abort ();
  if (gbx_exit_decode (&exit_report, frame) && exit_report.value > 4095)
    abort ();
  if (gbx_log_decode (&line, frame) && strlen (line.text) > GBX_TEXT_MAX)
    abort ();
  if (gbx_heartbeat_decode (&heartbeat, frame) && heartbeat.busy_permille > 1000)
    abort ();
  if (gbx_window_decode (&window, frame) && strlen (window.title) > GBX_TITLE_MAX)
    abort ();
  if (gbx_pair_decode (&first, &second, frame) && (!first || !second))
    abort ();
  gbx_u32_decode (&value, frame);
  if (!gbx_guest_config_decode (&config, frame->payload, frame->length) &&
      (config.n_args == 0 || config.args[config.n_args] || config.home[0] != '/'))
    abort ();
}

static void
decode_stream (GbxDirection direction, const uint8_t *data, size_t size, size_t piece)
{
  static GbxDecoder decoder;
  GbxFrame frame;

  gbx_decoder_init (&decoder, direction);
  while (size > 0)
    {
      size_t room;
      uint8_t *at = gbx_decoder_space (&decoder, &room);
      size_t take = size < piece ? size : piece;

      if (take > room)
        take = room;
      if (take == 0)
        abort (); /* a decoder that neither takes nor gives would hang its reader */
      memcpy (at, data, take);
      gbx_decoder_filled (&decoder, take);
      data += take;
      size -= take;
      for (;;)
        {
          int got = gbx_decoder_next (&decoder, &frame);

          if (got < 0)
            return;
          if (got == 0)
            break;
          if (frame.length > GBX_PAYLOAD_MAX)
            abort ();
          decode_message (&frame);
        }
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  GbxFrame raw = { .payload = data, .length = (uint32_t) size };

  decode_stream (GBX_DIRECTION_TO_HOST, data, size, 4096);
  decode_stream (GBX_DIRECTION_TO_GUEST, data, size, 7);
  decode_message (&raw);
  return 0;
}

#ifndef GBX_LIBFUZZER

static uint64_t state;

/* xorshift64*: Vigna, "An experimental exploration of Marsaglia's xorshift
 * generators, scrambled", 2016. */
static uint32_t
next_random (void)
{
  state ^= state >> 12;
  state ^= state << 25;
  state ^= state >> 27;
  return (uint32_t) ((state * UINT64_C (2685821657736338717)) >> 32);
}

static size_t
add_frame (uint8_t *out, GbxMessage type, GbxStream stream, const GbxWriter *writer)
{
  gbx_frame_header (out, type, stream, (uint32_t) writer->length);
  memcpy (out + GBX_HEADER_SIZE, writer->buffer, writer->length);
  return GBX_HEADER_SIZE + writer->length;
}

/* A valid conversation for the mutations to start from. */
static size_t
write_seed (uint8_t *out)
{
  GbxHello hello = { 1, "seed" };
  GbxExitReport exit_report = { GBX_EXIT_SIGNAL, 9 };
  GbxLogLine line = { GBX_LOG_INFO, 7, "line" };
  GbxWindowReport window = { GBX_WINDOW_TITLE, 1, 2, "title" };
  GbxHeartbeat heartbeat = { 1, 2, 3, 4 };
  uint8_t buffer[1024];
  GbxWriter writer;
  size_t size = 0;

#define ADD(type, stream, encode)                                                                  \
  gbx_writer_init (&writer, buffer, sizeof buffer);                                                \
  encode;                                                                                          \
  size += add_frame (out + size, type, stream, &writer)
  ADD (GBX_MSG_HELLO, 0, gbx_hello_encode (&hello, &writer));
  ADD (GBX_MSG_LOG, 0, gbx_log_encode (&line, &writer));
  ADD (GBX_MSG_WINDOW, 0, gbx_window_encode (&window, &writer));
  ADD (GBX_MSG_HEARTBEAT, 0, gbx_heartbeat_encode (&heartbeat, &writer));
  ADD (GBX_MSG_DATA, next_random () % 4, gbx_write_text (&writer, "data"));
  ADD (GBX_MSG_CLOSE, next_random () % 4, );
  ADD (GBX_MSG_EXIT, 0, gbx_exit_encode (&exit_report, &writer));
  ADD (GBX_MSG_CONFIG, 0, {
    gbx_config_put_text (&writer, GBX_CONFIG_ARG, "true");
    gbx_config_put_user (&writer, 1, 2, "user", "/home/user");
    gbx_config_put_share (&writer, 1, "tag", "/data", "");
    gbx_config_put_display (&writer, 800, 600, true);
    gbx_config_put_terminal (&writer, 24, 80, true);
  });
#undef ADD
  return size;
}

static size_t
mutate (uint8_t *data, size_t size)
{
  uint32_t n = next_random () % 12;

  for (uint32_t i = 0; i < n; i++)
    data[next_random () % size] = (uint8_t) (next_random () % 3 ? next_random () : 0xff);
  if (next_random () % 4 == 0)
    size = 1 + next_random () % size;
  /* Drop a piece, so that lengths and contents no longer agree. */
  if (next_random () % 4 == 0 && size > 64)
    {
      size_t from = next_random () % (size - 32), gap = 1 + next_random () % 31;

      memmove (data + from, data + from + gap, size - from - gap);
      size -= gap;
    }
  return size;
}

int
main (int argc, char **argv)
{
  unsigned long inputs = argc > 1 ? strtoul (argv[1], NULL, 10) : 200000;
  uint8_t data[8192];

  printf ("TAP version 13\n1..1\n");
  for (unsigned long i = 1; i <= inputs; i++)
    {
      state = i * UINT64_C (0x9e3779b97f4a7c15);
      LLVMFuzzerTestOneInput (data, mutate (data, write_seed (data)));
    }
  printf ("ok 1 - %lu mutated conversations\n", inputs);
  return 0;
}

#endif
