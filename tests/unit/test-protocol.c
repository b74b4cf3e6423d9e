/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The guest protocol: what is written is read back, and nothing else is read. */

#include "gbx-guest-config.h"
#include "gbx-protocol.h"

#include <glib.h>
#include <string.h>

/* Feeds bytes in pieces of that size; how many frames came, or -1. */
static int
count_frames (GbxDirection direction, const guint8 *bytes, gsize length, gsize piece)
{
  g_autofree GbxDecoder *decoder = g_new (GbxDecoder, 1);
  int n = 0;

  gbx_decoder_init (decoder, direction);
  while (length > 0)
    {
      gsize room;
      guint8 *at = gbx_decoder_space (decoder, &room);
      gsize take = MIN (MIN (piece, length), room);
      GbxFrame frame;
      int got;

      g_assert_cmpuint (take, >, 0);
      memcpy (at, bytes, take);
      gbx_decoder_filled (decoder, take);
      bytes += take;
      length -= take;
      while ((got = gbx_decoder_next (decoder, &frame)) > 0)
        n++;
      if (got < 0)
        return -1;
    }
  return n;
}

static void
append_frame (GByteArray *bytes, GbxMessage type, GbxStream stream, const void *payload,
              gsize length)
{
  guint8 header[GBX_HEADER_SIZE];

  gbx_frame_header (header, type, stream, length);
  g_byte_array_append (bytes, header, sizeof header);
  g_byte_array_append (bytes, payload, length);
}

static void
test_frames_in_any_pieces (void)
{
  static guint8 data[GBX_DATA_MAX];
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  append_frame (bytes, GBX_MSG_BYE, GBX_STREAM_NONE, NULL, 0);
  append_frame (bytes, GBX_MSG_DATA, GBX_STREAM_STDOUT, data, sizeof data);
  append_frame (bytes, GBX_MSG_DATA, GBX_STREAM_STDERR, data, 1);
  append_frame (bytes, GBX_MSG_CLOSE, GBX_STREAM_STDOUT, NULL, 0);
  for (gsize piece = 1; piece < 70000; piece = piece * 3 + 1)
    g_assert_cmpint (count_frames (GBX_DIRECTION_TO_HOST, bytes->data, bytes->len, piece), ==, 4);
}

static void
assert_refused (GbxDirection direction, guint8 type, guint8 stream, guint16 reserved,
                guint32 length)
{
  guint8 header[GBX_HEADER_SIZE];

  gbx_frame_header (header, type, stream, length);
  header[2] = reserved & 0xff;
  header[3] = reserved >> 8;
  g_assert_cmpint (count_frames (direction, header, sizeof header, 8), ==, -1);
}

/* An output is closed from either side, an input by the host alone. */
static void
test_close_of_streams (void)
{
  static const struct
  {
    GbxStream stream;
    int to_guest, to_host; /* frames that are taken; -1 for a refusal */
  } cases[] = {
    { GBX_STREAM_NONE, -1, -1 },
    { GBX_STREAM_STDIN, 1, -1 },
    { GBX_STREAM_STDOUT, 1, 1 },
    { GBX_STREAM_STDERR, 1, 1 },
    { GBX_STREAM_STDERR + 1, -1, -1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint8 header[GBX_HEADER_SIZE];

      gbx_frame_header (header, GBX_MSG_CLOSE, cases[i].stream, 0);
      g_assert_cmpint (count_frames (GBX_DIRECTION_TO_GUEST, header, sizeof header, 8), ==,
                       cases[i].to_guest);
      g_assert_cmpint (count_frames (GBX_DIRECTION_TO_HOST, header, sizeof header, 8), ==,
                       cases[i].to_host);
    }
}

static void
test_frames_refused (void)
{
  const GbxDirection to_host = GBX_DIRECTION_TO_HOST, to_guest = GBX_DIRECTION_TO_GUEST;

  assert_refused (to_host, 0, 0, 0, 0);
  assert_refused (to_host, 255, 0, 0, 0);
  /* of the other direction */
  assert_refused (to_host, GBX_MSG_CONFIG, 0, 0, 100);
  assert_refused (to_guest, GBX_MSG_EXIT, 0, 0, 5);
  assert_refused (to_host, GBX_MSG_DATA, GBX_STREAM_STDIN, 0, 1);
  assert_refused (to_guest, GBX_MSG_DATA, GBX_STREAM_STDOUT, 0, 1);
  assert_refused (to_host, GBX_MSG_CREDIT, GBX_STREAM_STDOUT, 0, 4);
  assert_refused (to_guest, GBX_MSG_CREDIT, GBX_STREAM_STDIN, 0, 4);
  /* of a stream that there is not, or must not be */
  assert_refused (to_host, GBX_MSG_DATA, 4, 0, 1);
  assert_refused (to_host, GBX_MSG_BYE, 1, 0, 0);
  /* over-long, too short, reserved bits */
  assert_refused (to_host, GBX_MSG_DATA, GBX_STREAM_STDOUT, 0, GBX_DATA_MAX + 1);
  assert_refused (to_host, GBX_MSG_DATA, GBX_STREAM_STDOUT, 0, 0);
  assert_refused (to_host, GBX_MSG_DATA, GBX_STREAM_STDOUT, 0, G_MAXUINT32);
  assert_refused (to_host, GBX_MSG_EXIT, 0, 0, 6);
  assert_refused (to_host, GBX_MSG_LOG, 0, 0, 9 + GBX_TEXT_MAX + 1);
  assert_refused (to_host, GBX_MSG_BYE, 0, 1, 0);
  assert_refused (to_host, GBX_MSG_BYE, 0, 0x8000, 0);
}

static GbxFrame
frame_of (GbxWriter *writer, GbxMessage type)
{
  g_assert_false (writer->failed);
  return (GbxFrame){ .type = type, .length = writer->length, .payload = writer->buffer };
}

/* A decoder takes its message whole, and no truncation or extension of it. */
#define ASSERT_EXACT(decode, frame)                                                                \
  for (guint32 cut = 0; cut < (frame).length; cut++)                                               \
    {                                                                                              \
      GbxFrame shorter = (frame);                                                                  \
      shorter.length = cut;                                                                        \
      g_assert_false (decode);                                                                     \
    }

static void
test_messages_round (void)
{
  guint8 buffer[4096];
  GbxWriter writer;
  GbxHello hello = { 1, "glovebox 0.1.0" }, hello_back;
  GbxLogLine line = { GBX_LOG_WARNING, 1234, "no such device" }, line_back;
  GbxWindowReport window = { GBX_WINDOW_TITLE, 800, 600, "Untitled \xff" }, window_back;
  GbxHeartbeat beat = { 5, 1000, 10, 20 }, beat_back;
  GbxFrame frame;

  gbx_writer_init (&writer, buffer, sizeof buffer);
  gbx_hello_encode (&hello, &writer);
  frame = frame_of (&writer, GBX_MSG_HELLO);
  g_assert_true (gbx_hello_decode (&hello_back, &frame));
  g_assert_cmpstr (hello_back.software, ==, hello.software);
  ASSERT_EXACT (gbx_hello_decode (&hello_back, &shorter), frame);
  buffer[0] ^= 1;
  g_assert_false (gbx_hello_decode (&hello_back, &frame));

  gbx_writer_init (&writer, buffer, sizeof buffer);
  gbx_log_encode (&line, &writer);
  frame = frame_of (&writer, GBX_MSG_LOG);
  g_assert_true (gbx_log_decode (&line_back, &frame));
  g_assert_cmpstr (line_back.text, ==, line.text);
  ASSERT_EXACT (gbx_log_decode (&line_back, &shorter), frame);

  gbx_writer_init (&writer, buffer, sizeof buffer);
  gbx_window_encode (&window, &writer);
  frame = frame_of (&writer, GBX_MSG_WINDOW);
  g_assert_true (gbx_window_decode (&window_back, &frame));
  g_assert_cmpstr (window_back.title, ==, window.title);
  ASSERT_EXACT (gbx_window_decode (&window_back, &shorter), frame);

  gbx_writer_init (&writer, buffer, sizeof buffer);
  gbx_heartbeat_encode (&beat, &writer);
  frame = frame_of (&writer, GBX_MSG_HEARTBEAT);
  g_assert_true (gbx_heartbeat_decode (&beat_back, &frame));
  ASSERT_EXACT (gbx_heartbeat_decode (&beat_back, &shorter), frame);
  buffer[4] = 0xff;
  g_assert_false (gbx_heartbeat_decode (&beat_back, &frame));
}

static gboolean
exit_is_valid (guint kind, guint32 value)
{
  GbxExitReport report = { kind, value }, back;
  guint8 buffer[8];
  GbxWriter writer;
  GbxFrame frame;

  gbx_writer_init (&writer, buffer, sizeof buffer);
  gbx_exit_encode (&report, &writer);
  frame = frame_of (&writer, GBX_MSG_EXIT);
  return gbx_exit_decode (&back, &frame);
}

static void
test_exit_ranges (void)
{
  g_assert_true (exit_is_valid (GBX_EXIT_STATUS, 255));
  g_assert_false (exit_is_valid (GBX_EXIT_STATUS, 256));
  g_assert_true (exit_is_valid (GBX_EXIT_SIGNAL, 9));
  g_assert_false (exit_is_valid (GBX_EXIT_SIGNAL, 0));
  g_assert_false (exit_is_valid (GBX_EXIT_SIGNAL, 65));
  g_assert_true (exit_is_valid (GBX_EXIT_NOT_FOUND, 2));
  g_assert_false (exit_is_valid (GBX_EXIT_LAST + 1, 0));
}

static void
test_text_with_nul (void)
{
  const guint8 bytes[] = { 3, 0, 0, 0, 'a', 0, 'b' };
  char text[8];
  GbxReader reader;

  gbx_reader_init (&reader, bytes, sizeof bytes);
  g_assert_false (gbx_read_text (&reader, text, 7));
  g_assert_true (reader.failed);
}

/* -------------------------------------------------------------- config -- */

static gsize
write_config (guint8 *buffer, gsize size)
{
  GbxWriter writer;

  gbx_writer_init (&writer, buffer, size);
  gbx_config_put_u8 (&writer, GBX_CONFIG_MODE, 1);
  gbx_config_put_text (&writer, GBX_CONFIG_ARG, "xterm");
  gbx_config_put_text (&writer, GBX_CONFIG_ARG, "-e\x01");
  gbx_config_put_text (&writer, GBX_CONFIG_ENV, "LANG=C");
  gbx_config_put_text (&writer, GBX_CONFIG_DIRECTORY, "/home/user");
  gbx_config_put_user (&writer, 1000, 1001, "user", "/home/user");
  gbx_config_put_share (&writer, GBX_SHARE_FILE, "gbx-share-0", "/home/user/a b.txt", "a b.txt");
  gbx_config_put_display (&writer, 1280, 800, true);
  gbx_config_put_terminal (&writer, 24, 80, true);
  gbx_config_put_network (&writer, "10.0.2.15", 24, "10.0.2.2");
  gbx_config_put_text (&writer, GBX_CONFIG_HOSTNAME, "xterm");
  gbx_config_put_clock (&writer, 0xfedcba98u, 999999999);
  gbx_config_put_keyboard (&writer, "pc105", "de", "nodeadkeys", "");
  gbx_config_put_u8 (&writer, GBX_CONFIG_VERBOSE, 1);
  g_assert_false (writer.failed);
  return writer.length;
}

static void
test_config_round (void)
{
  guint8 buffer[4096];
  gsize length = write_config (buffer, sizeof buffer);
  g_autofree GbxGuestConfig *config = g_new (GbxGuestConfig, 1);

  g_assert_null (gbx_guest_config_decode (config, buffer, length));
  g_assert_true (config->desktop && config->verbose && config->opengl && config->terminal);
  g_assert_cmpuint (config->clock_s, ==, 0xfedcba98u);
  g_assert_cmpuint (config->clock_ns, ==, 999999999);
  g_assert_true (config->errors_apart);
  g_assert_cmpuint (config->n_args, ==, 2);
  g_assert_cmpstr (config->args[1], ==, "-e\x01");
  g_assert_null (config->args[2]);
  g_assert_cmpstr (config->env[0], ==, "LANG=C");
  g_assert_cmpuint (config->gid, ==, 1001);
  g_assert_cmpuint (config->n_shares, ==, 1);
  g_assert_cmpstr (config->shares[0].path, ==, "/home/user/a b.txt");
  g_assert_cmpstr (config->xkb_variant, ==, "nodeadkeys");
  g_assert_cmpuint (config->width, ==, 1280);
}

/* Cut at any length it is refused, or, where an item ends, lacks something. */
static void
test_config_truncated (void)
{
  guint8 buffer[4096];
  gsize length = write_config (buffer, sizeof buffer);
  g_autofree GbxGuestConfig *config = g_new (GbxGuestConfig, 1);

  for (gsize cut = 0; cut < 100; cut++)
    g_assert_nonnull (gbx_guest_config_decode (config, buffer, cut));
  for (gsize cut = 100; cut < length; cut++)
    gbx_guest_config_decode (config, buffer, cut);
}

/* A flag is 0 or 1: what a later version may mean by 2 must not be lost. */
static void
test_config_flags (void)
{
  static const GbxConfigTag tags[] = { GBX_CONFIG_MODE, GBX_CONFIG_TERMINAL, GBX_CONFIG_VERBOSE };
  g_autofree GbxGuestConfig *config = g_new (GbxGuestConfig, 1);

  for (gsize i = 0; i < G_N_ELEMENTS (tags); i++)
    for (guint8 value = 0; value < 4; value++)
      {
        guint8 buffer[512];
        GbxWriter writer;

        gbx_writer_init (&writer, buffer, sizeof buffer);
        gbx_config_put_text (&writer, GBX_CONFIG_ARG, "true");
        gbx_config_put_user (&writer, 1, 2, "user", "/home/user");
        gbx_config_put_display (&writer, 800, 600, false);
        if (tags[i] == GBX_CONFIG_TERMINAL)
          gbx_config_put_terminal (&writer, 24, 80, false);
        else
          gbx_config_put_u8 (&writer, tags[i], 0);
        buffer[writer.length - 1] = value;
        g_assert_cmpint (gbx_guest_config_decode (config, buffer, writer.length) == NULL, ==,
                         value < 2);
      }
}

static const char *
decode_with_share (const char *path, const char *file, guint8 flags)
{
  static GbxGuestConfig config;
  guint8 buffer[4096];
  GbxWriter writer;

  gbx_writer_init (&writer, buffer, sizeof buffer);
  gbx_config_put_text (&writer, GBX_CONFIG_ARG, "true");
  gbx_config_put_user (&writer, 0, 0, "root", "/root");
  gbx_config_put_share (&writer, flags, "tag", path, file);
  return gbx_guest_config_decode (&config, buffer, writer.length);
}

static void
test_config_paths (void)
{
  g_assert_null (decode_with_share ("/a/b", "", 0));
  g_assert_null (decode_with_share ("/a/..b", "", 0));
  g_assert_nonnull (decode_with_share ("a/b", "", 0));
  g_assert_nonnull (decode_with_share ("/a/../b", "", 0));
  g_assert_nonnull (decode_with_share ("/a/..", "", 0));
  g_assert_nonnull (decode_with_share ("/a/.", "", 0));
  g_assert_nonnull (decode_with_share ("/a", "x/y", GBX_SHARE_FILE));
  g_assert_nonnull (decode_with_share ("/a", "", GBX_SHARE_FILE));
  g_assert_nonnull (decode_with_share ("/a", "x", 0));
  g_assert_nonnull (decode_with_share ("/a", "", 0x80));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/protocol/frames/pieces", test_frames_in_any_pieces);
  g_test_add_func ("/protocol/frames/refused", test_frames_refused);
  g_test_add_func ("/protocol/frames/close", test_close_of_streams);
  g_test_add_func ("/protocol/messages/round", test_messages_round);
  g_test_add_func ("/protocol/messages/exit", test_exit_ranges);
  g_test_add_func ("/protocol/text/nul", test_text_with_nul);
  g_test_add_func ("/protocol/config/round", test_config_round);
  g_test_add_func ("/protocol/config/truncated", test_config_truncated);
  g_test_add_func ("/protocol/config/flags", test_config_flags);
  g_test_add_func ("/protocol/config/paths", test_config_paths);
  return g_test_run ();
}
