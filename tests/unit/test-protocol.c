/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The guest protocol: what is written is read back, and nothing else is read. */

#include "gbx-channels.h"
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
append_frame (GByteArray *bytes, GbxMessage type, guint16 process, guint8 channel,
              const void *payload, gsize length)
{
  guint8 header[GBX_HEADER_SIZE];

  gbx_frame_header (header, type, process, channel, length);
  g_byte_array_append (bytes, header, sizeof header);
  g_byte_array_append (bytes, payload, length);
}

static void
test_frames_in_any_pieces (void)
{
  static guint8 data[GBX_DATA_MAX];
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  append_frame (bytes, GBX_MSG_BYE, 0, 0, NULL, 0);
  append_frame (bytes, GBX_MSG_DATA, 1, GBX_STREAM_STDOUT, data, sizeof data);
  append_frame (bytes, GBX_MSG_DATA, 1, GBX_STREAM_STDERR, data, 1);
  append_frame (bytes, GBX_MSG_CLOSE, 1, GBX_STREAM_STDOUT, NULL, 0);
  for (gsize piece = 1; piece < 70000; piece = piece * 3 + 1)
    g_assert_cmpint (count_frames (GBX_DIRECTION_TO_HOST, bytes->data, bytes->len, piece), ==, 4);
}

static gboolean
is_refused (GbxDirection direction, guint8 type, guint16 process, guint8 channel, guint32 length)
{
  guint8 header[GBX_HEADER_SIZE];

  gbx_frame_header (header, type, process, channel, length);
  return count_frames (direction, header, sizeof header, 8) < 0;
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

      gbx_frame_header (header, GBX_MSG_CLOSE, 1, cases[i].stream, 0);
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

  g_assert_true (is_refused (to_host, 0, 0, 0, 0));
  g_assert_true (is_refused (to_host, 255, 0, 0, 0));
  /* of the other direction */
  g_assert_true (is_refused (to_host, GBX_MSG_CONFIG, 0, 0, 100));
  g_assert_true (is_refused (to_host, GBX_MSG_START, 1, 0, 100));
  g_assert_true (is_refused (to_host, GBX_MSG_TIME, 0, 0, 8));
  g_assert_true (is_refused (to_guest, GBX_MSG_EXIT, 1, 0, 10));
  g_assert_true (is_refused (to_guest, GBX_MSG_HEARTBEAT, 0, 0, 12));
  g_assert_true (is_refused (to_host, GBX_MSG_DATA, 1, GBX_STREAM_STDIN, 1));
  g_assert_true (is_refused (to_guest, GBX_MSG_DATA, 1, GBX_STREAM_STDOUT, 1));
  g_assert_true (is_refused (to_host, GBX_MSG_CREDIT, 1, GBX_STREAM_STDOUT, 4));
  g_assert_true (is_refused (to_guest, GBX_MSG_CREDIT, 1, GBX_STREAM_STDIN, 4));
  /* on a channel that there is not, or must not be */
  g_assert_true (is_refused (to_host, GBX_MSG_DATA, 1, 4, 1));
  g_assert_true (is_refused (to_host, GBX_MSG_BYE, 0, 1, 0));
  g_assert_true (is_refused (to_host, GBX_MSG_BYE, 0, GBX_CHANNEL_OF_HOST, 0));
  /* over-long, too short */
  g_assert_true (is_refused (to_host, GBX_MSG_DATA, 1, GBX_STREAM_STDOUT, GBX_DATA_MAX + 1));
  g_assert_true (is_refused (to_host, GBX_MSG_DATA, 1, GBX_STREAM_STDOUT, 0));
  g_assert_true (is_refused (to_host, GBX_MSG_DATA, 1, GBX_STREAM_STDOUT, G_MAXUINT32));
  g_assert_true (is_refused (to_host, GBX_MSG_EXIT, 1, 0, 10 + GBX_TEXT_MAX + 1));
  g_assert_true (is_refused (to_host, GBX_MSG_LOG, 0, 0, 9 + GBX_TEXT_MAX + 1));
  g_assert_true (is_refused (to_guest, GBX_MSG_CONFIG, 0, 0, GBX_PAYLOAD_MAX + 1));
  g_assert_true (is_refused (to_guest, GBX_MSG_CONFIG, 0, 0, 1));
}

/* Each frame is about whom it can be about. */
static void
test_frames_processes (void)
{
  static const struct
  {
    GbxDirection direction;
    guint8 type, channel;
    guint32 length;
    gboolean of_guest, of_command;
  } cases[] = {
    { GBX_DIRECTION_TO_HOST, GBX_MSG_HELLO, 0, 10, TRUE, FALSE },
    { GBX_DIRECTION_TO_HOST, GBX_MSG_DATA, GBX_STREAM_STDOUT, 1, FALSE, TRUE },
    { GBX_DIRECTION_TO_HOST, GBX_MSG_DATA, GBX_CHANNEL_OF_HOST, 1, TRUE, TRUE },
    { GBX_DIRECTION_TO_HOST, GBX_MSG_CLOSE, GBX_CHANNEL_OF_GUEST, 0, TRUE, TRUE },
    { GBX_DIRECTION_TO_GUEST, GBX_MSG_OPEN, GBX_CHANNEL_OF_HOST, 9, TRUE, TRUE },
    { GBX_DIRECTION_TO_GUEST, GBX_MSG_CONFIG, 0, 10, TRUE, FALSE },
    { GBX_DIRECTION_TO_GUEST, GBX_MSG_START, 0, 10, FALSE, TRUE },
    { GBX_DIRECTION_TO_GUEST, GBX_MSG_WINSIZE, 0, 4, FALSE, TRUE },
    { GBX_DIRECTION_TO_GUEST, GBX_MSG_SIGNAL, 0, 4, FALSE, TRUE },
    { GBX_DIRECTION_TO_GUEST, GBX_MSG_STOP, 0, 4, TRUE, FALSE },
    { GBX_DIRECTION_TO_GUEST, GBX_MSG_DISPLAY, 0, 4, TRUE, FALSE },
    { GBX_DIRECTION_TO_GUEST, GBX_MSG_TIME, 0, 8, TRUE, FALSE },
    { GBX_DIRECTION_TO_HOST, GBX_MSG_PHASE, 0, 5, TRUE, FALSE },
    { GBX_DIRECTION_TO_HOST, GBX_MSG_STARTED, 0, 4, FALSE, TRUE },
    { GBX_DIRECTION_TO_HOST, GBX_MSG_EXIT, 0, 10, TRUE, TRUE },
    { GBX_DIRECTION_TO_HOST, GBX_MSG_LOG, 0, 9, TRUE, FALSE },
    { GBX_DIRECTION_TO_HOST, GBX_MSG_HEARTBEAT, 0, 12, TRUE, FALSE },
    { GBX_DIRECTION_TO_HOST, GBX_MSG_WINDOW, 0, 9, TRUE, FALSE },
    { GBX_DIRECTION_TO_HOST, GBX_MSG_BYE, 0, 0, TRUE, FALSE },
    { GBX_DIRECTION_TO_HOST, GBX_MSG_WINDOWS, 0, 1, TRUE, FALSE },
    { GBX_DIRECTION_TO_GUEST, GBX_MSG_CLOSE_WINDOWS, 0, 0, TRUE, FALSE },
    { GBX_DIRECTION_TO_GUEST, GBX_MSG_USE_WINDOW, 0, 4, TRUE, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint process = 0; process <= G_MAXUINT16; process += process < 40 ? 1 : 4093)
      {
        /* Only the first command has named channels. */
        guint last = cases[i].channel >= GBX_CHANNEL_OF_HOST ? 1 : 32;

        g_assert_cmpint (is_refused (cases[i].direction, cases[i].type, process, cases[i].channel,
                                     cases[i].length),
                         ==,
                         process > last || !(process ? cases[i].of_command : cases[i].of_guest));
      }
}

/* Who may open a number, and who may answer for it. */
static void
test_frames_channels (void)
{
  for (guint channel = 0; channel <= G_MAXUINT8; channel++)
    {
      gboolean of_host = channel >= GBX_CHANNEL_OF_HOST && channel < GBX_CHANNEL_OF_GUEST;
      gboolean of_guest = channel >= GBX_CHANNEL_OF_GUEST &&
                          channel < GBX_CHANNEL_OF_GUEST + GBX_CHANNELS_EACH;

      g_assert_cmpint (is_refused (GBX_DIRECTION_TO_GUEST, GBX_MSG_OPEN, 0, channel, 9), ==, !of_host);
      g_assert_cmpint (is_refused (GBX_DIRECTION_TO_HOST, GBX_MSG_OPEN, 0, channel, 9), ==, !of_guest);
      g_assert_cmpint (is_refused (GBX_DIRECTION_TO_HOST, GBX_MSG_OPENED, 0, channel, 4), ==, !of_host);
      g_assert_cmpint (is_refused (GBX_DIRECTION_TO_GUEST, GBX_MSG_REFUSED, 0, channel, 5), ==,
                       !of_guest);
      g_assert_cmpint (is_refused (GBX_DIRECTION_TO_HOST, GBX_MSG_DATA, 0, channel, 1), ==,
                       !of_host && !of_guest);
    }
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
  GbxHello hello = { GBX_PROTOCOL_VERSION, "glovebox 0.1.0" }, hello_back;
  GbxLogLine line = { GBX_LOG_WARNING, 1234, "no such device" }, line_back;
  GbxWindowReport window = { GBX_WINDOW_TITLE, 800, 600, "Untitled \xff" }, window_back;
  GbxHeartbeat beat = { 5, { 10, 999999999 } }, beat_back;
  GbxTime now = { 0xfedcba98u, 999999999 }, now_back;
  GbxOpenRequest request = { "files-2", GBX_WINDOW_MAX }, request_back;
  GbxFigures figures = { 1, 1000, 20, 10, 5 }, figures_back;
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
  g_assert_cmpuint (beat_back.clock.nanoseconds, ==, 999999999);
  ASSERT_EXACT (gbx_heartbeat_decode (&beat_back, &shorter), frame);
  buffer[11] = 0xff;
  g_assert_false (gbx_heartbeat_decode (&beat_back, &frame));

  gbx_writer_init (&writer, buffer, sizeof buffer);
  gbx_time_encode (&now, &writer);
  frame = frame_of (&writer, GBX_MSG_TIME);
  g_assert_true (gbx_time_decode (&now_back, &frame));
  g_assert_cmpuint (now_back.seconds, ==, now.seconds);
  ASSERT_EXACT (gbx_time_decode (&now_back, &shorter), frame);
  buffer[7] = 0x7f;
  g_assert_false (gbx_time_decode (&now_back, &frame));

  gbx_writer_init (&writer, buffer, sizeof buffer);
  gbx_open_encode (&request, &writer);
  frame = frame_of (&writer, GBX_MSG_OPEN);
  g_assert_true (gbx_open_decode (&request_back, &frame));
  g_assert_cmpstr (request_back.name, ==, request.name);
  ASSERT_EXACT (gbx_open_decode (&request_back, &shorter), frame);
  buffer[8] = 'F';
  g_assert_false (gbx_open_decode (&request_back, &frame));
  buffer[8] = 'f';
  buffer[0]++;
  g_assert_false (gbx_open_decode (&request_back, &frame));

  gbx_writer_init (&writer, buffer, sizeof buffer);
  gbx_figures_encode (&figures, &writer);
  g_assert_cmpuint (writer.length, ==, GBX_FIGURES_SIZE);
  g_assert_true (gbx_figures_decode (&figures_back, buffer, writer.length));
  g_assert_cmpuint (figures_back.n_processes, ==, 5);
  for (guint cut = 0; cut < GBX_FIGURES_SIZE; cut++)
    g_assert_false (gbx_figures_decode (&figures_back, buffer, cut));
  buffer[4]++;
  g_assert_false (gbx_figures_decode (&figures_back, buffer, writer.length));
}

static gboolean
windows_are_valid (const GbxWindowList *list)
{
  g_autofree GbxWindowList *back = g_new (GbxWindowList, 1);
  guint8 buffer[1 + GBX_WINDOWS_MAX * (9 + GBX_TITLE_MAX)];
  GbxWriter writer;
  GbxFrame frame;

  gbx_writer_init (&writer, buffer, sizeof buffer);
  gbx_windows_encode (list, &writer);
  frame = frame_of (&writer, GBX_MSG_WINDOWS);
  ASSERT_EXACT (gbx_windows_decode (back, &shorter), frame);
  if (!gbx_windows_decode (back, &frame))
    return FALSE;
  g_assert_cmpuint (back->n, ==, list->n);
  for (guint i = 0; i < list->n; i++)
    {
      g_assert_cmpuint (back->entries[i].number, ==, list->entries[i].number);
      g_assert_cmpuint (back->entries[i].flags, ==, list->entries[i].flags);
      g_assert_cmpstr (back->entries[i].title, ==, list->entries[i].title);
    }
  return TRUE;
}

static void
test_windows (void)
{
  g_autofree GbxWindowList *list = g_new0 (GbxWindowList, 1);
  guint8 too_many[] = { GBX_WINDOWS_MAX + 1 };
  GbxFrame frame = { .length = 1, .payload = too_many };

  g_assert_true (windows_are_valid (list));
  for (list->n = 0; list->n < GBX_WINDOWS_MAX; list->n++)
    {
      GbxWindowEntry *entry = &list->entries[list->n];

      entry->number = G_MAXUINT32 - list->n;
      entry->flags = GBX_WINDOW_CLOSES | GBX_WINDOW_MODAL;
      memset (entry->title, 0xc3, GBX_TITLE_MAX);
    }
  g_assert_true (windows_are_valid (list));
  list->entries[3].number = list->entries[1].number;
  g_assert_false (windows_are_valid (list));
  list->entries[3].number = 0;
  g_assert_false (windows_are_valid (list));
  list->entries[3].number = 1;
  list->entries[3].flags = 4;
  g_assert_false (windows_are_valid (list));
  g_assert_false (gbx_windows_decode (list, &frame));
}

static gboolean
exit_is_valid (guint16 process, guint kind, guint32 value, const char *text)
{
  GbxExitReport report = { kind, value, value % 2, "" }, back;
  guint8 buffer[GBX_TEXT_MAX + 16];
  GbxWriter writer;
  GbxFrame frame;

  g_strlcpy (report.text, text, sizeof report.text);
  gbx_writer_init (&writer, buffer, sizeof buffer);
  gbx_exit_encode (&report, &writer);
  frame = frame_of (&writer, GBX_MSG_EXIT);
  frame.process = process;
  ASSERT_EXACT (gbx_exit_decode (&back, &shorter), frame);
  return gbx_exit_decode (&back, &frame) && strcmp (back.text, text) == 0 &&
         back.out_of_memory == (value % 2 == 1);
}

static void
test_exit_ranges (void)
{
  g_assert_true (exit_is_valid (1, GBX_EXIT_STATUS, 255, ""));
  g_assert_false (exit_is_valid (1, GBX_EXIT_STATUS, 256, ""));
  g_assert_false (exit_is_valid (1, GBX_EXIT_STATUS, 0, "why"));
  g_assert_true (exit_is_valid (1, GBX_EXIT_SIGNAL, 9, ""));
  g_assert_false (exit_is_valid (1, GBX_EXIT_SIGNAL, 0, ""));
  g_assert_false (exit_is_valid (1, GBX_EXIT_SIGNAL, 65, ""));
  g_assert_true (exit_is_valid (1, GBX_EXIT_NOT_FOUND, 2, "no such file \xff"));
  g_assert_true (exit_is_valid (1, GBX_EXIT_NOT_EXECUTABLE, 13, "permission denied"));
  g_assert_true (exit_is_valid (1, GBX_EXIT_SETUP_FAILED, GBX_PHASE_APPLICATION, "no folder"));
  g_assert_true (exit_is_valid (0, GBX_EXIT_SETUP_FAILED, GBX_PHASE_XORG, "no server"));
  g_assert_false (exit_is_valid (0, GBX_EXIT_SETUP_FAILED, GBX_PHASE_LAST + 1, "what"));
  g_assert_false (exit_is_valid (0, GBX_EXIT_STATUS, 0, ""));
  g_assert_false (exit_is_valid (1, GBX_EXIT_LAST + 1, 0, ""));
}

static void
test_refused_and_parts (void)
{
  static const guint8 refusal[] = { 2, 0, 0, 0, 'n', 'o' }, part[] = { 1, 'x' };
  GbxFrame frame = { .length = sizeof refusal, .payload = refusal };
  char text[GBX_TITLE_MAX + 1];
  const guint8 *data;
  gsize length;
  bool last;

  g_assert_true (gbx_refused_decode (text, &frame));
  g_assert_cmpstr (text, ==, "no");
  ASSERT_EXACT (gbx_refused_decode (text, &shorter), frame);
  frame = (GbxFrame){ .length = sizeof part, .payload = part };
  g_assert_true (gbx_part_decode (&last, &data, &length, &frame) && last);
  g_assert_cmpuint (length, ==, 1);
  g_assert_cmpuint (*data, ==, 'x');
  frame.length = 0;
  g_assert_false (gbx_part_decode (&last, &data, &length, &frame));
  frame = (GbxFrame){ .length = 2, .payload = (const guint8 *) "\2x" };
  g_assert_false (gbx_part_decode (&last, &data, &length, &frame));
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
  gbx_config_put_user (&writer, 1000, 1001, "user", "/home/user");
  gbx_config_put_accounts (&writer, 64000, 64001);
  gbx_config_put_groups (&writer, (const uint32_t[]) { 65534, 27 }, 2);
  gbx_config_put_u32 (&writer, GBX_CONFIG_FILES, 20000);
  gbx_config_put_share (&writer, GBX_SHARE_FILE, "gbx-share-0", "/home/user/a b.txt", "a b.txt");
  gbx_config_put_display (&writer, 1280, 800, GBX_SCREEN_OPENGL | GBX_SCREEN_FITS);
  gbx_config_put_network (&writer, GBX_CONFIG_NETWORK, "10.0.2.15", 24, "10.0.2.2");
  gbx_config_put_network (&writer, GBX_CONFIG_NETWORK6, "fd00:1:2:3:4:5:6:7", 64, "fd00::2");
  gbx_config_put_text (&writer, GBX_CONFIG_HOSTNAME, "xterm");
  gbx_config_put_clock (&writer, 0xfedcba98u, 999999999);
  gbx_config_put_keyboard (&writer, "pc105", "de", "nodeadkeys", "");
  gbx_config_put_u8 (&writer, GBX_CONFIG_VERBOSE, 1);
  gbx_config_put_u8 (&writer, GBX_CONFIG_HOME, GBX_HOME_DISK_TEMPLATE);
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
  g_assert_true (config->desktop && config->verbose && config->opengl && config->fits);
  g_assert_cmpuint (config->clock_s, ==, 0xfedcba98u);
  g_assert_cmpuint (config->clock_ns, ==, 999999999);
  g_assert_cmpuint (config->gid, ==, 1001);
  g_assert_cmpuint (config->display_account, ==, 64000);
  g_assert_cmpuint (config->private_account, ==, 64001);
  g_assert_cmpuint (config->files_max, ==, 20000);
  g_assert_cmpuint (config->n_groups, ==, 2);
  g_assert_cmpuint (config->groups[0], ==, 65534);
  g_assert_cmpuint (config->groups[1], ==, 27);
  g_assert_cmpuint (config->n_shares, ==, 1);
  g_assert_cmpstr (config->shares[0].path, ==, "/home/user/a b.txt");
  g_assert_cmpstr (config->xkb_variant, ==, "nodeadkeys");
  g_assert_cmpuint (config->width, ==, 1280);
  g_assert_cmpuint (config->kept_home, ==, GBX_HOME_DISK_TEMPLATE);
  g_assert_cmpstr (config->address, ==, "10.0.2.15");
  g_assert_cmpuint (config->prefix6, ==, 64);
  g_assert_cmpstr (config->address6, ==, "fd00:1:2:3:4:5:6:7");
  g_assert_cmpstr (config->gateway6, ==, "fd00::2");
}

static void
test_config_network6 (void)
{
  g_autofree GbxGuestConfig *config = g_new (GbxGuestConfig, 1);
  g_autofree char *long_text = g_strnfill (46, 'f');
  const char *addresses[] = { "fd00::1", long_text };

  for (guint i = 0; i < 4; i++)
    {
      guint8 buffer[256];
      GbxWriter writer;

      gbx_writer_init (&writer, buffer, sizeof buffer);
      gbx_config_put_user (&writer, 1000, 1001, "user", "/home/user");
      gbx_config_put_accounts (&writer, 64000, 64001);
      gbx_config_put_network (&writer, GBX_CONFIG_NETWORK6, addresses[i % 2], i < 2 ? 128 : 129, "");
      g_assert_cmpint (gbx_guest_config_decode (config, buffer, writer.length) == NULL, ==, i == 0);
    }
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
  static const GbxConfigTag tags[] = { GBX_CONFIG_MODE, GBX_CONFIG_VERBOSE, GBX_CONFIG_HOME };
  g_autofree GbxGuestConfig *config = g_new (GbxGuestConfig, 1);

  for (gsize i = 0; i < G_N_ELEMENTS (tags); i++)
    for (guint8 value = 0; value < 4; value++)
      {
        guint8 buffer[512];
        GbxWriter writer;

        gbx_writer_init (&writer, buffer, sizeof buffer);
        gbx_config_put_user (&writer, 1, 2, "user", "/home/user");
        gbx_config_put_accounts (&writer, 64000, 64001);
        gbx_config_put_display (&writer, 800, 600, 0);
        gbx_config_put_u8 (&writer, tags[i], 0);
        buffer[writer.length - 1] = value;
        g_assert_cmpint (gbx_guest_config_decode (config, buffer, writer.length) == NULL, ==,
                         value < 2 || (tags[i] == GBX_CONFIG_HOME && value == 2));
      }
}

/* So for the display's. */
static void
test_config_display_flags (void)
{
  g_autofree GbxGuestConfig *config = g_new (GbxGuestConfig, 1);

  for (guint flags = 0; flags < 8; flags++)
    {
      guint8 buffer[512];
      GbxWriter writer;

      gbx_writer_init (&writer, buffer, sizeof buffer);
      gbx_config_put_user (&writer, 1, 2, "user", "/home/user");
      gbx_config_put_accounts (&writer, 64000, 64001);
      gbx_config_put_display (&writer, 800, 600, (guint8) flags);
      g_assert_cmpint (gbx_guest_config_decode (config, buffer, writer.length) == NULL, ==,
                       flags < 4);
      g_assert_cmpint (flags >= 4 || (config->opengl == (flags & 1) && config->fits == flags >> 1),
                       ==, TRUE);
    }
}

/* ------------------------------------------------------------- command -- */

/* Of a copy, which is as long as it says, so that the sanitizer sees a byte more. */
static const char *
decode_command (const GbxWriter *writer, gsize length, GbxGuestCommand *command, GPtrArray *keep)
{
  guint8 *copy = g_memdup2 (writer->buffer, MAX (length, 1));
  gsize n = gbx_guest_command_measure (copy, length);
  char **pointers = g_new (char *, n);

  g_ptr_array_add (keep, copy);
  g_ptr_array_add (keep, pointers);
  g_assert_false (writer->failed);
  return gbx_guest_command_decode (command, copy, length, pointers, n);
}

static void
put_command (GbxWriter *writer)
{
  gbx_config_put_text (writer, GBX_CONFIG_ARG, "xterm");
  gbx_config_put_text (writer, GBX_CONFIG_ARG, "");
  gbx_config_put_text (writer, GBX_CONFIG_ARG, "-e\x01");
  gbx_config_put_text (writer, GBX_CONFIG_ENV, "LANG=C");
  gbx_config_put_text (writer, GBX_CONFIG_ENV, "EMPTY=");
  gbx_config_put_text (writer, GBX_CONFIG_DIRECTORY, "/home/user");
  gbx_config_put_terminal (writer, 24, 80, true);
}

static void
test_command_round (void)
{
  g_autoptr (GPtrArray) keep = g_ptr_array_new_with_free_func (g_free);
  guint8 buffer[1024];
  GbxGuestCommand command;
  GbxWriter writer;

  gbx_writer_init (&writer, buffer, sizeof buffer);
  put_command (&writer);
  g_assert_null (decode_command (&writer, writer.length, &command, keep));
  g_assert_cmpuint (command.n_args, ==, 3);
  g_assert_cmpstr (command.args[0], ==, "xterm");
  g_assert_cmpstr (command.args[1], ==, "");
  g_assert_cmpstr (command.args[2], ==, "-e\x01");
  g_assert_null (command.args[3]);
  g_assert_cmpuint (command.n_env, ==, 2);
  g_assert_cmpstr (command.env[1], ==, "EMPTY=");
  g_assert_null (command.env[2]);
  g_assert_true (command.terminal && command.separate_stderr);
  g_assert_cmpstr (command.directory, ==, "/home/user");
}

static void
test_command_truncated (void)
{
  g_autoptr (GPtrArray) keep = g_ptr_array_new_with_free_func (g_free);
  guint8 buffer[1024];
  GbxGuestCommand command;
  GbxWriter writer;
  guint whole = 0;

  gbx_writer_init (&writer, buffer, sizeof buffer);
  put_command (&writer);
  for (gsize cut = 0; cut < writer.length; cut++)
    whole += decode_command (&writer, cut, &command, keep) == NULL;
  g_assert_cmpuint (whole, ==, 6); /* where an item ends, but the last */
}

/* What the kernel takes, the protocol does. */
static void
test_command_long (void)
{
  g_autoptr (GPtrArray) keep = g_ptr_array_new_with_free_func (g_free);
  g_autofree guint8 *buffer = g_malloc (GBX_PARTS_MAX);
  g_autofree char *text = g_strnfill (128 * 1024, 'x');
  GbxGuestCommand command;
  GbxWriter writer;

  gbx_writer_init (&writer, buffer, GBX_PARTS_MAX);
  gbx_config_put_text (&writer, GBX_CONFIG_ARG, "true");
  for (guint i = 0; i < 200000; i++)
    gbx_config_put_text (&writer, GBX_CONFIG_ARG, "1");
  gbx_config_put_text (&writer, GBX_CONFIG_ARG, text);
  for (guint i = 0; i < GBX_CONFIG_ENV_MAX; i++)
    gbx_config_put_text (&writer, GBX_CONFIG_ENV, "A=B");
  g_assert_null (decode_command (&writer, writer.length, &command, keep));
  g_assert_cmpuint (command.n_args, ==, 200002);
  g_assert_cmpstr (command.args[200001], ==, text);
  gbx_config_put_text (&writer, GBX_CONFIG_ENV, "A=B");
  g_assert_nonnull (decode_command (&writer, writer.length, &command, keep));
}

static const char *
decode_command_item (GbxConfigTag tag, const char *text)
{
  g_autoptr (GPtrArray) keep = g_ptr_array_new_with_free_func (g_free);
  guint8 buffer[1024];
  GbxGuestCommand command;
  GbxWriter writer;

  gbx_writer_init (&writer, buffer, sizeof buffer);
  put_command (&writer);
  gbx_config_put_text (&writer, tag, text);
  return decode_command (&writer, writer.length, &command, keep);
}

static void
test_command_refused (void)
{
  g_assert_null (decode_command_item (GBX_CONFIG_ENV, "A=B"));
  g_assert_nonnull (decode_command_item (GBX_CONFIG_ENV, "AB"));
  g_assert_nonnull (decode_command_item (GBX_CONFIG_ENV, "=B"));
  g_assert_nonnull (decode_command_item (GBX_CONFIG_ARG, "too late"));
  g_assert_nonnull (decode_command_item (GBX_CONFIG_DIRECTORY, "relative"));
  g_assert_nonnull (decode_command_item (GBX_CONFIG_HOSTNAME, "of-the-guest"));
  g_assert_nonnull (decode_command_item (99, "of nobody"));
}

/* Pointers that were counted for another command do not run over. */
static void
test_command_pointers (void)
{
  char *pointers[4];
  guint8 buffer[1024];
  GbxGuestCommand command;
  GbxWriter writer;

  gbx_writer_init (&writer, buffer, sizeof buffer);
  put_command (&writer);
  g_assert_cmpuint (gbx_guest_command_measure (buffer, writer.length), ==, 7);
  g_assert_nonnull (gbx_guest_command_decode (&command, buffer, writer.length, pointers, 4));
}

/* ------------------------------------------------------------ channels -- */

/* What one side takes; the payload is one number, or as many bytes. */
static const char *
take (GbxChannels *channels, GbxMessage type, guint8 channel, const void *payload, gsize length,
      GbxChannelNews *news)
{
  GbxFrame frame = { .type = type, .channel = channel, .length = length, .payload = payload };
  GbxChannelEvent event;
  const char *error = gbx_channels_take (channels, &frame, &event);

  *news = event.news;
  return error;
}

static const char *
take_number (GbxChannels *channels, GbxMessage type, guint8 channel, guint32 value,
             GbxChannelNews *news)
{
  guint8 payload[4];
  GbxWriter writer;

  gbx_writer_init (&writer, payload, sizeof payload);
  gbx_write_u32 (&writer, value);
  return take (channels, type, channel, payload, sizeof payload, news);
}

static void
test_channels_life (void)
{
  static const guint8 data[100];
  GbxChannels channels;
  GbxChannelNews news;
  guint8 number;

  gbx_channels_init (&channels, GBX_DIRECTION_TO_HOST);
  number = gbx_channels_open (&channels, 0, 10);
  g_assert_cmpuint (number, ==, GBX_CHANNEL_OF_HOST);
  /* nothing before the answer */
  g_assert_nonnull (take (&channels, GBX_MSG_DATA, number, data, 1, &news));
  g_assert_nonnull (take (&channels, GBX_MSG_CLOSE, number, NULL, 0, &news));
  g_assert_false (gbx_channels_send (gbx_channels_get (&channels, 0, number), 1));
  g_assert_null (take_number (&channels, GBX_MSG_OPENED, number, 50, &news));
  g_assert_cmpint (news, ==, GBX_CHANNEL_IS_OPENED);
  g_assert_nonnull (take_number (&channels, GBX_MSG_OPENED, number, 50, &news));
  /* credit, both ways */
  g_assert_true (gbx_channels_send (gbx_channels_get (&channels, 0, number), 50));
  g_assert_false (gbx_channels_send (gbx_channels_get (&channels, 0, number), 1));
  g_assert_null (take_number (&channels, GBX_MSG_CREDIT, number, 1, &news));
  g_assert_true (gbx_channels_send (gbx_channels_get (&channels, 0, number), 1));
  g_assert_nonnull (take_number (&channels, GBX_MSG_CREDIT, number, GBX_WINDOW_MAX + 1, &news));
  g_assert_null (take (&channels, GBX_MSG_DATA, number, data, 10, &news));
  g_assert_cmpint (news, ==, GBX_CHANNEL_HAS_DATA);
  g_assert_nonnull (take (&channels, GBX_MSG_DATA, number, data, 1, &news));
  g_assert_true (gbx_channels_grant (gbx_channels_get (&channels, 0, number), 5));
  /* closed by us: what was under way is nothing, and within its credit */
  g_assert_true (gbx_channels_close (gbx_channels_get (&channels, 0, number)));
  g_assert_null (take (&channels, GBX_MSG_DATA, number, data, 5, &news));
  g_assert_cmpint (news, ==, GBX_CHANNEL_NOTHING);
  g_assert_nonnull (take (&channels, GBX_MSG_DATA, number, data, 1, &news));
  g_assert_cmpuint (gbx_channels_open (&channels, 0, 0), ==, number + 1);
  g_assert_null (take (&channels, GBX_MSG_CLOSE, number, NULL, 0, &news));
  g_assert_nonnull (take (&channels, GBX_MSG_CLOSE, number, NULL, 0, &news));
  g_assert_cmpuint (gbx_channels_open (&channels, 0, 0), ==, number);
}

static void
test_channels_bounded (void)
{
  GbxChannels channels;

  gbx_channels_init (&channels, GBX_DIRECTION_TO_GUEST);
  for (guint i = 0; i < GBX_CHANNELS_EACH; i++)
    g_assert_cmpuint (gbx_channels_open (&channels, 1, 0), ==, GBX_CHANNEL_OF_GUEST + i);
  g_assert_cmpuint (gbx_channels_open (&channels, 1, 0), ==, 0);
  g_assert_cmpuint (gbx_channels_open (&channels, 0, 0), ==, GBX_CHANNEL_OF_GUEST);
  g_assert_cmpuint (gbx_channels_open (&channels, 2, 0), ==, 0);
  g_assert_cmpuint (gbx_channels_open (&channels, 0, GBX_WINDOW_MAX + 1), ==, 0);
}

static const char *
decode_with_share (const char *path, const char *file, guint8 flags)
{
  static GbxGuestConfig config;
  guint8 buffer[4096];
  GbxWriter writer;

  gbx_writer_init (&writer, buffer, sizeof buffer);
  gbx_config_put_user (&writer, 0, 0, "root", "/root");
  gbx_config_put_accounts (&writer, 64000, 64001);
  gbx_config_put_share (&writer, flags, "tag", path, file);
  return gbx_guest_config_decode (&config, buffer, writer.length);
}

static gboolean
accepts_accounts (guint32 uid, guint32 gid, guint32 display, guint32 own)
{
  g_autofree GbxGuestConfig *config = g_new (GbxGuestConfig, 1);
  guint8 buffer[512];
  GbxWriter writer;

  gbx_writer_init (&writer, buffer, sizeof buffer);
  gbx_config_put_user (&writer, uid, gid, "user", "/home/user");
  gbx_config_put_accounts (&writer, display, own);
  return gbx_guest_config_decode (config, buffer, writer.length) == NULL;
}

/* Xorg, and what init keeps to itself, are nobody else's. */
static void
test_config_accounts (void)
{
  g_assert_true (accepts_accounts (64002, 64003, 64000, 64001));
  g_assert_true (accepts_accounts (0, 0, 64000, 64001));
  g_assert_false (accepts_accounts (64000, 1, 64000, 64001));
  g_assert_false (accepts_accounts (64001, 1, 64000, 64001));
  g_assert_false (accepts_accounts (1, 64000, 64000, 64001));
  g_assert_false (accepts_accounts (1, 64001, 64000, 64001));
  g_assert_false (accepts_accounts (1, 1, 64000, 64000));
  g_assert_false (accepts_accounts (1, 1, 0, 64001));
  g_assert_false (accepts_accounts (1, 1, 64000, 0));
  g_assert_false (accepts_accounts (1, 1, G_MAXUINT32, 64001));
}

static gboolean
accepts_umask (guint16 mask)
{
  g_autofree GbxGuestConfig *config = g_new (GbxGuestConfig, 1);
  const GbxGuestLimits limits = { 1, 2, 3, 4, mask };
  guint8 buffer[256];
  GbxWriter writer;

  gbx_writer_init (&writer, buffer, sizeof buffer);
  gbx_config_put_user (&writer, 1, 1, "user", "/home/user");
  gbx_config_put_accounts (&writer, 64000, 64001);
  if (gbx_guest_config_decode (config, buffer, writer.length) != NULL ||
      config->limits.umask != 022 || config->limits.processes != 0)
    return FALSE;
  gbx_config_put_limits (&writer, &limits);
  return gbx_guest_config_decode (config, buffer, writer.length) == NULL &&
         config->limits.disk_mib == 1 && config->limits.shm_mib == 2 &&
         config->limits.processes == 3 && config->limits.files == 4 &&
         config->limits.umask == mask;
}

static void
test_config_limits (void)
{
  g_assert_true (accepts_umask (0));
  g_assert_true (accepts_umask (0777));
  g_assert_false (accepts_umask (01000));
  g_assert_false (accepts_umask (G_MAXUINT16));
}

static gboolean
accepts_groups (gsize n, guint32 last)
{
  g_autofree GbxGuestConfig *config = g_new (GbxGuestConfig, 1);
  g_autofree guint32 *groups = g_new (guint32, n + 1);
  g_autofree guint8 *buffer = g_malloc (16384);
  GbxWriter writer;

  for (gsize i = 0; i < n; i++)
    groups[i] = i + 1;
  groups[n] = last;
  gbx_writer_init (&writer, buffer, 16384);
  gbx_config_put_user (&writer, 1, 1, "user", "/home/user");
  gbx_config_put_groups (&writer, groups, n + 1);
  gbx_config_put_accounts (&writer, 64000, 64001);
  g_assert_false (writer.failed);
  return gbx_guest_config_decode (config, buffer, writer.length) == NULL;
}

/* Of the user's other groups none is root's, Xorg's or init's. */
static void
test_config_groups (void)
{
  g_assert_true (accepts_groups (0, 65534));
  g_assert_true (accepts_groups (GBX_CONFIG_GROUPS_MAX - 1, 65534));
  g_assert_false (accepts_groups (GBX_CONFIG_GROUPS_MAX, 65534));
  g_assert_false (accepts_groups (2, 0));
  g_assert_false (accepts_groups (2, 64000));
  g_assert_false (accepts_groups (2, 64001));
  g_assert_false (accepts_groups (2, G_MAXUINT32));
}

static void
test_config_paths (void)
{
  g_assert_null (decode_with_share ("/a", "f", GBX_SHARE_FILE | GBX_SHARE_WRITABLE | GBX_SHARE_COPY));
  g_assert_nonnull (decode_with_share ("/a", "f", GBX_SHARE_FILE | GBX_SHARE_COPY));
  g_assert_nonnull (decode_with_share ("/a", "", GBX_SHARE_WRITABLE | GBX_SHARE_COPY));
  g_assert_null (decode_with_share ("/a", "", GBX_SHARE_WRITABLE | GBX_SHARE_VIRTIOFS));
  g_assert_nonnull (decode_with_share ("/a", "f", GBX_SHARE_FILE | GBX_SHARE_VIRTIOFS));
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
  g_test_add_func ("/protocol/frames/processes", test_frames_processes);
  g_test_add_func ("/protocol/frames/channels", test_frames_channels);
  g_test_add_func ("/protocol/messages/round", test_messages_round);
  g_test_add_func ("/protocol/messages/windows", test_windows);
  g_test_add_func ("/protocol/messages/exit", test_exit_ranges);
  g_test_add_func ("/protocol/messages/refused-and-parts", test_refused_and_parts);
  g_test_add_func ("/protocol/text/nul", test_text_with_nul);
  g_test_add_func ("/protocol/config/round", test_config_round);
  g_test_add_func ("/protocol/config/truncated", test_config_truncated);
  g_test_add_func ("/protocol/config/network6", test_config_network6);
  g_test_add_func ("/protocol/config/flags", test_config_flags);
  g_test_add_func ("/protocol/config/display-flags", test_config_display_flags);
  g_test_add_func ("/protocol/config/accounts", test_config_accounts);
  g_test_add_func ("/protocol/config/groups", test_config_groups);
  g_test_add_func ("/protocol/config/limits", test_config_limits);
  g_test_add_func ("/protocol/config/paths", test_config_paths);
  g_test_add_func ("/protocol/command/round", test_command_round);
  g_test_add_func ("/protocol/command/truncated", test_command_truncated);
  g_test_add_func ("/protocol/command/long", test_command_long);
  g_test_add_func ("/protocol/command/refused", test_command_refused);
  g_test_add_func ("/protocol/command/pointers", test_command_pointers);
  g_test_add_func ("/protocol/channels/life", test_channels_life);
  g_test_add_func ("/protocol/channels/bounded", test_channels_bounded);
  return g_test_run ();
}
