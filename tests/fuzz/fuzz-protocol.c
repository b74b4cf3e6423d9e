/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The fuzz target forevery byte that crosses between host and guest.
 *
 * Built with -Dfuzzing=true it is a libFuzzer target.  Otherwise it has a main
 * of its own, which runs a fixed number of inputs: mutations of valid streams
 * by a seeded generator, so that a failure comes back with the same number. */

#include "gbx-channels.h"
#include "gbx-file-records.h"
#include "gbx-guest-config.h"
#include "gbx-input-records.h"
#include "gbx-protocol.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* Exactly so long, so that the sanitizer sees a byte more. */
static void
decode_command (const GbxFrame *frame)
{
  size_t n = gbx_guest_command_measure (frame->payload, frame->length);
  uint8_t *payload = malloc (frame->length ? frame->length : 1);
  char **pointers = calloc (n, sizeof *pointers);
  GbxGuestCommand command;

  if (!payload || !pointers)
    abort ();
  if (frame->length > 0)
    memcpy (payload, frame->payload, frame->length);
  if (!gbx_guest_command_decode (&command, payload, frame->length, pointers, n))
    {
      if (command.n_args == 0 || command.args[command.n_args] || command.env[command.n_env])
        abort ();
      for (size_t i = 0; i < command.n_env; i++)
        if (!strchr (command.env[i], '='))
          abort ();
    }
  free (pointers);
  free (payload);
}

static void
decode_input (const uint8_t *data, size_t length)
{
  static GbxInputReader reader;
  GbxInputRecord record;
  int got;

  while ((got = gbx_input_reader_next (&reader, &data, &length, &record)) > 0)
    if (record.keymap_length > GBX_KEYMAP_MAX || record.group >= GBX_INPUT_GROUPS)
      abort ();
  if (got < 0)
    reader.length = 0;
}

/* In pieces, as they may come. */
static void
decode_files (GbxDirection direction, const uint8_t *data, size_t length)
{
  static GbxFileReader reader;
  static GbxFileRecord record;
  size_t piece = 1 + length % 13;
  int got = 0;

  gbx_file_reader_init (&reader, direction);
  while (length > 0 && got >= 0)
    {
      size_t left = piece < length ? piece : length;

      length -= left;
      while ((got = gbx_file_reader_next (&reader, &data, &left, &record)) > 0)
        if (record.size > INT64_MAX || record.time < 0 || record.error > GBX_FILE_ERROR_MAX ||
            record.data_length > GBX_FILE_DATA_MAX || strchr (record.name, '/') ||
            (record.kind >= GBX_FILE_ENTRY && record.kind <= GBX_FILE_FILE &&
             !gbx_file_path_is_below (record.path)))
          abort ();
    }
}

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
  static GbxWindowList windows;
  GbxTime now;
  GbxOpenRequest request;
  GbxFigures figures;
  const uint8_t *part;
  char text[GBX_TITLE_MAX + 1];
  size_t length;
  bool last;
  uint32_t value;
  uint16_t first, second;

  /* Every decoder gets every frame: none may rely on the type. */
  if (gbx_hello_decode (&hello, frame) && strlen (hello.software) > 64)
    abort ();
  if (gbx_phase_decode (&phase, frame) && phase.phase > GBX_PHASE_LAST)
    abort ();
  if (gbx_exit_decode (&exit_report, frame) &&
      (exit_report.value > 4095 || strlen (exit_report.text) > GBX_TEXT_MAX))
    abort ();
  if (gbx_log_decode (&line, frame) && strlen (line.text) > GBX_TEXT_MAX)
    abort ();
  if (gbx_heartbeat_decode (&heartbeat, frame) && heartbeat.clock.nanoseconds > 999999999)
    abort ();
  if (gbx_time_decode (&now, frame) && now.nanoseconds > 999999999)
    abort ();
  if (gbx_window_decode (&window, frame) && strlen (window.title) > GBX_TITLE_MAX)
    abort ();
  if (gbx_windows_decode (&windows, frame))
    {
      if (windows.n > GBX_WINDOWS_MAX)
        abort ();
      for (size_t i = 0; i < windows.n; i++)
        if (!windows.entries[i].number || strlen (windows.entries[i].title) > GBX_TITLE_MAX)
          abort ();
    }
  if (gbx_open_decode (&request, frame) &&
      (!request.name[0] || strlen (request.name) > GBX_CHANNEL_NAME_MAX ||
       request.window > GBX_WINDOW_MAX))
    abort ();
  if (gbx_refused_decode (text, frame) && (!text[0] || strlen (text) > GBX_TITLE_MAX))
    abort ();
  if (gbx_figures_decode (&figures, frame->payload, frame->length) && figures.busy_permille > 1000)
    abort ();
  if (gbx_part_decode (&last, &part, &length, frame) && part + length != frame->payload + frame->length)
    abort ();
  if (gbx_pair_decode (&first, &second, frame) && (!first || !second))
    abort ();
  gbx_u32_decode (&value, frame);
  if (!gbx_guest_config_decode (&config, frame->payload, frame->length) && config.home[0] != '/')
    abort ();
  decode_command (frame);
  decode_input (frame->payload, frame->length);
  decode_files (GBX_DIRECTION_TO_HOST, frame->payload, frame->length);
  decode_files (GBX_DIRECTION_TO_GUEST, frame->payload, frame->length);
}

/* What whoever keeps the channels would do; each answer must be possible. */
static void
keep_channels (GbxChannels *channels, const GbxFrame *frame)
{
  GbxChannelSlot *slot = gbx_channels_get (channels, frame->process, frame->channel);
  GbxChannelEvent event;

  if (gbx_channels_take (channels, frame, &event))
    return;
  if (slot->may_send > GBX_WINDOW_MAX || slot->may_receive > GBX_WINDOW_MAX)
    abort ();
  if (event.news == GBX_CHANNEL_IS_ASKED && event.request.window % 2)
    gbx_channels_refuse (slot);
  else if (event.news == GBX_CHANNEL_IS_ASKED)
    gbx_channels_accept (slot, 4);
  else if (event.news == GBX_CHANNEL_HAS_DATA && !gbx_channels_grant (slot, frame->length))
    abort ();
  else if (event.news == GBX_CHANNEL_HAS_CREDIT && slot->may_send == 7 &&
           !gbx_channels_close (slot))
    abort ();
}

static void
decode_stream (GbxDirection direction, const uint8_t *data, size_t size, size_t piece)
{
  static GbxDecoder decoder;
  static GbxChannels channels;
  GbxFrame frame;

  gbx_decoder_init (&decoder, direction);
  gbx_channels_init (&channels, direction);
  gbx_channels_open (&channels, GBX_PROCESS_GUEST, 16);
  gbx_channels_open (&channels, GBX_PROCESS_FIRST, 16);
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
          if (frame.process > GBX_PROCESS_LAST)
            abort ();
          decode_message (&frame);
          if (gbx_channel_is_named (frame.channel))
            keep_channels (&channels, &frame);
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
add_frame (uint8_t *out, GbxMessage type, uint16_t process, uint8_t channel,
           const GbxWriter *writer)
{
  gbx_frame_header (out, type, process, channel, (uint32_t) writer->length);
  memcpy (out + GBX_HEADER_SIZE, writer->buffer, writer->length);
  return GBX_HEADER_SIZE + writer->length;
}

#define ADD(type, process, channel, encode)                                                        \
  gbx_writer_init (&writer, buffer, sizeof buffer);                                                \
  encode;                                                                                          \
  size += add_frame (out + size, type, process, channel, &writer)

static void
put_config (GbxWriter *writer)
{
  gbx_write_u8 (writer, 1);
  gbx_config_put_user (writer, 1, 2, "user", "/home/user");
  gbx_config_put_accounts (writer, 64000, 64001);
  gbx_config_put_groups (writer, (const uint32_t[]) { 65534, 27 }, 2);
  gbx_config_put_u32 (writer, GBX_CONFIG_FILES, 20000);
  gbx_config_put_share (writer, 1, "tag", "/data", "");
  gbx_config_put_display (writer, 800, 600, GBX_SCREEN_OPENGL);
}

static void
put_command (GbxWriter *writer)
{
  gbx_write_u8 (writer, 1);
  gbx_config_put_text (writer, GBX_CONFIG_ARG, "true");
  gbx_config_put_text (writer, GBX_CONFIG_ARG, "");
  gbx_config_put_text (writer, GBX_CONFIG_ENV, "LANG=C");
  gbx_config_put_terminal (writer, 24, 80, true);
}

static void
put_file_request (GbxWriter *writer)
{
  static const GbxFileRecord get = { .kind = GBX_FILE_GET, .flags = 1, .path = "Documents/a" };
  static const GbxFileRecord put
      = { .kind = GBX_FILE_PUT, .size = 4, .time = 5, .path = "~", .name = "a.txt" };
  static const GbxFileRecord data
      = { .kind = GBX_FILE_DATA, .data = (const uint8_t *) "1234", .data_length = 4 };

  gbx_file_record_encode (&get, writer);
  gbx_file_record_encode (&put, writer);
  gbx_file_record_encode (&data, writer);
}

static void
put_file_answer (GbxWriter *writer)
{
  static const GbxFileRecord records[] = {
    { .kind = GBX_FILE_ENTRY, .size = 1, .time = 2, .path = "a/b" },
    { .kind = GBX_FILE_FOLDER, .path = "" },
    { .kind = GBX_FILE_FILE, .size = 4, .path = "c" },
    { .kind = GBX_FILE_DATA, .data = (const uint8_t *) "1234", .data_length = 4 },
    { .kind = GBX_FILE_READY, .path = "/x" },
    { .kind = GBX_FILE_END, .error = 28, .more = true },
  };

  for (size_t i = 0; i < sizeof records / sizeof *records; i++)
    gbx_file_record_encode (&records[i], writer);
}

/* A valid conversation of the host for the mutations to start from. */
static size_t
write_host (uint8_t *out)
{
  GbxHello hello = { GBX_PROTOCOL_VERSION, "seed" };
  GbxTime now = { 1, 2 };
  GbxOpenRequest request = { "figures", 20 };
  uint8_t buffer[1024];
  GbxWriter writer;
  size_t size = 0;

  ADD (GBX_MSG_HELLO, 0, 0, gbx_hello_encode (&hello, &writer));
  ADD (GBX_MSG_TIME, 0, 0, gbx_time_encode (&now, &writer));
  ADD (GBX_MSG_CONFIG, 0, 0, put_config (&writer));
  ADD (GBX_MSG_START, 1, 0, put_command (&writer));
  ADD (GBX_MSG_OPEN, next_random () % 2, GBX_CHANNEL_OF_HOST, gbx_open_encode (&request, &writer));
  ADD (GBX_MSG_CREDIT, next_random () % 2, GBX_CHANNEL_OF_HOST,
       gbx_write_u32 (&writer, next_random () % 9));
  ADD (GBX_MSG_DATA, next_random () % 2, GBX_CHANNEL_OF_HOST, gbx_write_u32 (&writer, 0));
  ADD (GBX_MSG_OPENED, 0, GBX_CHANNEL_OF_GUEST, gbx_write_u32 (&writer, next_random () % 9));
  ADD (GBX_MSG_STOP, next_random () % 2, 0, gbx_write_u32 (&writer, 0));
  ADD (GBX_MSG_CLOSE_WINDOWS, 0, 0, );
  ADD (GBX_MSG_USE_WINDOW, 0, 0, gbx_write_u32 (&writer, 1));
  ADD (GBX_MSG_CLOSE, next_random () % 2, GBX_CHANNEL_OF_HOST + next_random () % 32, );
  ADD (GBX_MSG_DATA, 1, next_random () % 4, gbx_write_text (&writer, "data"));
  ADD (GBX_MSG_DATA, 0, GBX_CHANNEL_OF_HOST, put_file_request (&writer));
  return size;
}

/* And one of the guest. */
static size_t
write_guest (uint8_t *out)
{
  GbxHello hello = { GBX_PROTOCOL_VERSION, "seed" };
  GbxExitReport failure = { GBX_EXIT_NOT_FOUND, 2, false, "no such file" };
  GbxLogLine line = { GBX_LOG_INFO, 7, "line" };
  GbxWindowReport window = { GBX_WINDOW_TITLE, 1, 2, "title" };
  GbxWindowList windows = { 2, { { 1, GBX_WINDOW_CLOSES, "first" }, { 2, 0, "second" } } };
  GbxHeartbeat heartbeat = { 1, { 2, 3 } };
  GbxFigures figures = { 1, 2, 4, 3, 5 };
  GbxOpenRequest request = { "files", next_random () % 9 };
  uint8_t buffer[1024];
  GbxWriter writer;
  size_t size = 0;

  ADD (GBX_MSG_HELLO, 0, 0, gbx_hello_encode (&hello, &writer));
  ADD (GBX_MSG_LOG, 0, 0, gbx_log_encode (&line, &writer));
  ADD (GBX_MSG_WINDOW, 0, 0, gbx_window_encode (&window, &writer));
  ADD (GBX_MSG_WINDOWS, 0, 0, gbx_windows_encode (&windows, &writer));
  ADD (GBX_MSG_HEARTBEAT, 0, 0, gbx_heartbeat_encode (&heartbeat, &writer));
  ADD (GBX_MSG_OPENED, next_random () % 2, GBX_CHANNEL_OF_HOST,
       gbx_write_u32 (&writer, next_random () % 9));
  ADD (GBX_MSG_REFUSED, next_random () % 2, GBX_CHANNEL_OF_HOST, gbx_write_text (&writer, "no"));
  ADD (GBX_MSG_OPEN, next_random () % 2, GBX_CHANNEL_OF_GUEST, gbx_open_encode (&request, &writer));
  ADD (GBX_MSG_DATA, next_random () % 2, GBX_CHANNEL_OF_HOST, gbx_figures_encode (&figures, &writer));
  ADD (GBX_MSG_DATA, next_random () % 2, GBX_CHANNEL_OF_GUEST, gbx_write_u32 (&writer, 0));
  ADD (GBX_MSG_DATA, 0, GBX_CHANNEL_OF_HOST, put_file_answer (&writer));
  ADD (GBX_MSG_CREDIT, next_random () % 2, GBX_CHANNEL_OF_HOST + next_random () % 32,
       gbx_write_u32 (&writer, next_random () % 9));
  ADD (GBX_MSG_CLOSE, next_random () % 2, GBX_CHANNEL_OF_HOST + next_random () % 32, );
  ADD (GBX_MSG_DATA, 1, next_random () % 4, gbx_write_text (&writer, "data"));
  ADD (GBX_MSG_EXIT, next_random () % 2, 0, gbx_exit_encode (&failure, &writer));
  return size;
}

#undef ADD

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
      LLVMFuzzerTestOneInput (data, mutate (data, i % 2 ? write_guest (data) : write_host (data)));
    }
  printf ("ok 1 - %lu mutated conversations\n", inputs);
  return 0;
}

#endif
