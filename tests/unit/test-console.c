/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The host's end of the protocol, with a guest that lies. */

#include "gbx-console.h"
#include "gbx-error.h"
#include "gbx-figures.h"
#include "gbx-input-channel.h"

#include <fcntl.h>
#include <gio/gunixoutputstream.h>
#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct
{
  int guest; /* the other end */
  GbxConsole *console;
  GMainContext *context;
  GError *error;
  gboolean closed;
  guint frames;
  GByteArray *output;
} Fixture;

static void
on_frame (GbxConsole *console, guint type, gpointer frame, gpointer user_data)
{
  ((Fixture *) user_data)->frames++;
}

static void
on_output (GbxConsole *console, gboolean is_stderr, GBytes *bytes, gpointer user_data)
{
  g_byte_array_append (((Fixture *) user_data)->output, g_bytes_get_data (bytes, NULL),
                       g_bytes_get_size (bytes));
}

static void
on_closed (GbxConsole *console, GError *error, gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->closed = TRUE;
  fixture->error = error ? g_error_copy (error) : NULL;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  int pair[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), ==, 0);
  fixture->guest = pair[1];
  fixture->console = gbx_console_new (pair[0]);
  fixture->output = g_byte_array_new ();
  g_signal_connect (fixture->console, "frame", G_CALLBACK (on_frame), fixture);
  g_signal_connect (fixture->console, "output", G_CALLBACK (on_output), fixture);
  g_signal_connect (fixture->console, "closed", G_CALLBACK (on_closed), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_signal_handlers_disconnect_by_data (fixture->console, fixture);
  g_object_unref (fixture->console);
  g_byte_array_unref (fixture->output);
  g_clear_error (&fixture->error);
  close (fixture->guest);
}

static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
guest_sends_of (Fixture *fixture, GbxMessage type, guint process, guint channel,
                const void *payload, gsize length)
{
  guint8 header[GBX_HEADER_SIZE];

  gbx_frame_header (header, type, process, channel, length);
  g_assert_cmpint (write (fixture->guest, header, sizeof header), ==, sizeof header);
  if (length > 0)
    g_assert_cmpint (write (fixture->guest, payload, length), ==, (gssize) length);
  settle ();
}

/* About the command's streams, or the guest itself. */
static void
guest_sends (Fixture *fixture, GbxMessage type, GbxStream stream, const void *payload, gsize length)
{
  guest_sends_of (fixture, type, stream == GBX_STREAM_NONE ? GBX_PROCESS_GUEST : GBX_PROCESS_FIRST,
                  stream, payload, length);
}

static void
guest_sends_u32 (Fixture *fixture, GbxMessage type, guint process, guint channel, guint32 value)
{
  guint8 payload[4];
  GbxWriter writer;

  gbx_writer_init (&writer, payload, sizeof payload);
  gbx_write_u32 (&writer, value);
  guest_sends_of (fixture, type, process, channel, payload, sizeof payload);
}

static void
test_garbage (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpint (write (fixture->guest, "GET / HTTP/1.0\r\n\r\n", 18), ==, 18);
  settle ();
  g_assert_true (fixture->closed);
  g_assert_error (fixture->error, GBX_ERROR, GBX_ERROR_PROTOCOL);
}

static void
test_end (Fixture *fixture, gconstpointer data)
{
  shutdown (fixture->guest, SHUT_RDWR);
  settle ();
  g_assert_true (fixture->closed);
  g_assert_no_error (fixture->error);
}

/* A reader that takes nothing stops the guest at its credit; a byte more ends it. */
static void
test_credit_exceeded (Fixture *fixture, gconstpointer data)
{
  static guint8 bytes[GBX_DATA_MAX];
  int to_nobody[2];
  g_autoptr (GOutputStream) sink = NULL;

  g_assert_cmpint (pipe (to_nobody), ==, 0);
  g_unix_set_fd_nonblocking (to_nobody[1], TRUE, NULL);
  sink = g_unix_output_stream_new (to_nobody[1], FALSE);
  gbx_console_set_sink (fixture->console, GBX_STREAM_STDOUT, sink);
  /* The pipe takes 64 KiB at once, for which credit comes back. */
  for (guint i = 0; i < 2 * GBX_WINDOW_INITIAL / GBX_DATA_MAX && !fixture->closed; i++)
    guest_sends (fixture, GBX_MSG_DATA, GBX_STREAM_STDOUT, bytes, sizeof bytes);
  g_assert_true (fixture->closed);
  g_assert_error (fixture->error, GBX_ERROR, GBX_ERROR_PROTOCOL);
  close (to_nobody[0]);
  settle ();
  close (to_nobody[1]);
}

static void
on_drained (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_assert_true (gbx_console_drain_finish (GBX_CONSOLE (source), result, NULL));
  *(gboolean *) user_data = TRUE;
}

static gboolean
on_patience_ends (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

/* A pipe that nobody reads, blocking as a shell makes it: it must neither stop
 * the main loop nor be waited for once that was given up. */
static void
test_stuck_reader (Fixture *fixture, gconstpointer data)
{
  static guint8 bytes[GBX_DATA_MAX];
  gboolean drained = FALSE, waited = FALSE;
  int to_nobody[2];
  g_autoptr (GOutputStream) sink = NULL;

  g_assert_cmpint (pipe (to_nobody), ==, 0);
  sink = g_unix_output_stream_new (to_nobody[1], FALSE);
  gbx_console_set_sink (fixture->console, GBX_STREAM_STDOUT, sink);
  for (guint i = 0; i < GBX_WINDOW_INITIAL / GBX_DATA_MAX; i++)
    guest_sends (fixture, GBX_MSG_DATA, GBX_STREAM_STDOUT, bytes, sizeof bytes - 1000);
  gbx_console_close (fixture->console);
  gbx_console_drain_async (fixture->console, on_drained, &drained);
  g_timeout_add (100, on_patience_ends, &waited);
  while (!waited)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (drained);
  gbx_console_discard_output (fixture->console);
  settle ();
  g_assert_true (drained);
  close (to_nobody[0]); /* lets the thread that writes go */
}

static void
test_all_arrives (Fixture *fixture, gconstpointer data)
{
  static guint8 bytes[GBX_DATA_MAX];
  g_autoptr (GOutputStream) sink = g_memory_output_stream_new_resizable ();
  gboolean drained = FALSE;

  gbx_console_set_sink (fixture->console, GBX_STREAM_STDOUT, sink);
  for (guint i = 0; i < GBX_WINDOW_INITIAL / GBX_DATA_MAX; i++)
    {
      memset (bytes, 'a' + i, sizeof bytes);
      guest_sends (fixture, GBX_MSG_DATA, GBX_STREAM_STDOUT, bytes, sizeof bytes);
    }
  gbx_console_close (fixture->console);
  gbx_console_drain_async (fixture->console, on_drained, &drained);
  while (!drained)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (sink)), ==,
                    GBX_WINDOW_INITIAL);
  for (guint i = 0; i < GBX_WINDOW_INITIAL; i++)
    g_assert_cmpuint (((guint8 *) g_memory_output_stream_get_data (G_MEMORY_OUTPUT_STREAM (sink)))[i],
                      ==, 'a' + i / GBX_DATA_MAX);
}

/* With nobody to hold it up it flows forever. */
static void
test_credit_renewed (Fixture *fixture, gconstpointer data)
{
  static guint8 bytes[GBX_DATA_MAX];

  for (guint i = 0; i < 4 * GBX_WINDOW_INITIAL / GBX_DATA_MAX; i++)
    guest_sends (fixture, GBX_MSG_DATA, GBX_STREAM_STDERR, bytes, sizeof bytes);
  g_assert_false (fixture->closed);
  g_assert_cmpuint (fixture->output->len, ==, 4 * GBX_WINDOW_INITIAL);
}

static void
test_after_close (Fixture *fixture, gconstpointer data)
{
  guest_sends (fixture, GBX_MSG_CLOSE, GBX_STREAM_STDOUT, NULL, 0);
  g_assert_false (fixture->closed);
  guest_sends (fixture, GBX_MSG_DATA, GBX_STREAM_STDOUT, "x", 1);
  g_assert_error (fixture->error, GBX_ERROR, GBX_ERROR_PROTOCOL);
}

static void
test_closed_twice (Fixture *fixture, gconstpointer data)
{
  guest_sends (fixture, GBX_MSG_CLOSE, GBX_STREAM_STDOUT, NULL, 0);
  guest_sends (fixture, GBX_MSG_CLOSE, GBX_STREAM_STDOUT, NULL, 0);
  g_assert_error (fixture->error, GBX_ERROR, GBX_ERROR_PROTOCOL);
}

/* Each is a frame that would be well, but for whom it is about. */
static void
test_wrong_process (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    GbxMessage type;
    guint process, channel;
    gsize length;
  } cases[] = {
    { GBX_MSG_DATA, 0, GBX_STREAM_STDOUT, 1 },  { GBX_MSG_DATA, 2, GBX_STREAM_STDOUT, 1 },
    { GBX_MSG_STARTED, 0, 0, 4 },               { GBX_MSG_STARTED, 2, 0, 4 },
    { GBX_MSG_EXIT, 2, 0, 10 },                 { GBX_MSG_BYE, 1, 0, 0 },
    { GBX_MSG_HEARTBEAT, 1, 0, 12 },            { GBX_MSG_OPEN, 2, GBX_CHANNEL_OF_GUEST, 9 },
    { GBX_MSG_OPEN, 0, GBX_CHANNEL_OF_HOST, 9 }, { GBX_MSG_DATA, 0, GBX_CHANNEL_OF_GUEST + 16, 1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      static const guint8 payload[16];
      Fixture one = { 0 };

      set_up (&one, NULL);
      guest_sends_of (&one, cases[i].type, cases[i].process, cases[i].channel, payload,
                      cases[i].length);
      g_assert_true (one.closed);
      g_assert_error (one.error, GBX_ERROR, GBX_ERROR_PROTOCOL);
      g_assert_cmpuint (one.frames, ==, 0);
      tear_down (&one, NULL);
    }
}

/* The next frame that the guest gets, without its payload. */
static void
guest_expects (Fixture *fixture, GbxMessage type, guint8 stream)
{
  guint8 header[GBX_HEADER_SIZE], payload[64];

  for (;;)
    {
      gssize n = read (fixture->guest, header, sizeof header);

      if (n == sizeof header)
        break;
      g_assert_cmpint (n, ==, -1);
      g_main_context_iteration (NULL, TRUE);
    }
  g_assert_cmpuint (header[0], ==, type);
  g_assert_cmpuint (header[1], ==, stream);
  g_assert_cmpuint (header[4], <=, sizeof payload);
  g_assert_cmpint (read (fixture->guest, payload, header[4]), ==, header[4]);
}

/* The guest is told; what it sent meanwhile is thrown away, within its credit. */
static void
break_sink (Fixture *fixture, int fd, gboolean is_told)
{
  static guint8 bytes[GBX_DATA_MAX];
  g_autoptr (GOutputStream) sink = g_unix_output_stream_new (fd, TRUE);

  gbx_console_set_sink (fixture->console, GBX_STREAM_STDOUT, sink);
  guest_sends (fixture, GBX_MSG_DATA, GBX_STREAM_STDOUT, "first", 5);
  if (is_told)
    guest_expects (fixture, GBX_MSG_CLOSE, GBX_STREAM_STDOUT);
  guest_expects (fixture, GBX_MSG_CREDIT, GBX_STREAM_STDOUT);
  for (guint i = 0; i < 2 * GBX_WINDOW_INITIAL / GBX_DATA_MAX; i++)
    {
      guest_sends (fixture, GBX_MSG_DATA, GBX_STREAM_STDOUT, bytes, sizeof bytes);
      guest_expects (fixture, GBX_MSG_CREDIT, GBX_STREAM_STDOUT);
    }
  guest_sends (fixture, GBX_MSG_CLOSE, GBX_STREAM_STDOUT, NULL, 0);
  g_assert_false (fixture->closed);
}

static void
keep_result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static gboolean
drain (Fixture *fixture, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  gbx_console_drain_async (fixture->console, keep_result_cb, &result);
  while (!result)
    g_main_context_iteration (NULL, TRUE);
  return gbx_console_drain_finish (fixture->console, result, error);
}

static void
test_reader_gone (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  int to_nobody[2];

  g_assert_cmpint (pipe (to_nobody), ==, 0);
  close (to_nobody[0]);
  break_sink (fixture, to_nobody[1], TRUE);
  g_assert_true (drain (fixture, &error));
  g_assert_no_error (error);
}

static void
test_full_disk (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  int fd = open ("/dev/full", O_WRONLY | O_CLOEXEC);

  g_assert_cmpint (fd, >=, 0);
  break_sink (fixture, fd, TRUE);
  g_assert_false (drain (fixture, &error));
  g_assert_error (error, GBX_ERROR, GBX_ERROR_STORAGE);
}

/* A window lives on when the terminal that it was started from has gone. */
static void
test_optional_output (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  gbx_console_set_output_optional (fixture->console, TRUE);
  break_sink (fixture, open ("/dev/full", O_WRONLY | O_CLOEXEC), FALSE);
  g_assert_true (drain (fixture, &error));
  g_assert_no_error (error);
}

static void
test_credit_overflow (Fixture *fixture, gconstpointer data)
{
  const guint8 huge[4] = { 0xff, 0xff, 0xff, 0xff };

  guest_sends (fixture, GBX_MSG_CREDIT, GBX_STREAM_STDIN, huge, 4);
  g_assert_error (fixture->error, GBX_ERROR, GBX_ERROR_PROTOCOL);
}

static void
test_frames_pass (Fixture *fixture, gconstpointer data)
{
  guest_sends (fixture, GBX_MSG_BYE, GBX_STREAM_NONE, NULL, 0);
  guest_sends (fixture, GBX_MSG_BYE, GBX_STREAM_NONE, NULL, 0);
  g_assert_cmpuint (fixture->frames, ==, 2);
}

static gboolean
on_drawing (gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_cmpuint (fixture->output->len, ==, 0);
  fixture->frames++;
  return fixture->frames < 3;
}

/* A guest that floods us does not keep a window from being drawn. */
static void
test_drawing_first (Fixture *fixture, gconstpointer data)
{
  gbx_console_yield_to_drawing (fixture->console);
  /* Of the priority that GDK draws with. */
  g_idle_add_full (G_PRIORITY_HIGH_IDLE + 20, on_drawing, fixture, NULL);
  guest_sends (fixture, GBX_MSG_DATA, GBX_STREAM_STDERR, "flood", 5);
  g_assert_cmpuint (fixture->frames, ==, 3);
  g_assert_cmpuint (fixture->output->len, ==, 5);
}

/* ------------------------------------------------------------ channels -- */

typedef struct
{
  guint opened, refused, writable, closed;
  char *reason;
  GByteArray *data;
} Story;

static void
story_opened (GbxChannel *channel, gpointer user_data)
{
  ((Story *) user_data)->opened++;
}

static void
story_refused (GbxChannel *channel, const char *reason, gpointer user_data)
{
  ((Story *) user_data)->refused++;
  ((Story *) user_data)->reason = g_strdup (reason);
}

static const char *
story_data (GbxChannel *channel, const guint8 *data, gsize length, gpointer user_data)
{
  g_byte_array_append (((Story *) user_data)->data, data, length);
  return NULL;
}

static void
story_writable (GbxChannel *channel, gpointer user_data)
{
  ((Story *) user_data)->writable++;
}

static void
story_closed (GbxChannel *channel, gpointer user_data)
{
  ((Story *) user_data)->closed++;
}

static const GbxChannelHandler story_handler = {
  story_opened, story_refused, story_data, story_writable, story_closed,
};

static void
story_clear (Story *story)
{
  g_byte_array_unref (story->data);
  g_free (story->reason);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Story, story_clear)

#define STORY { .data = g_byte_array_new () }
#define NUMBER GBX_CHANNEL_OF_HOST

/* The guest is asked, and lets the host send 4 bytes. */
static GbxChannel *
open_channel (Fixture *fixture, Story *story, guint32 window)
{
  GbxChannel *channel = gbx_console_open_channel (fixture->console, GBX_PROCESS_GUEST, "echo",
                                                  window, &story_handler, story);

  g_assert_nonnull (channel);
  guest_expects (fixture, GBX_MSG_OPEN, NUMBER);
  guest_sends_u32 (fixture, GBX_MSG_OPENED, 0, NUMBER, 4);
  g_assert_cmpuint (story->opened, ==, 1);
  return channel;
}

static void
test_channel_echo (Fixture *fixture, gconstpointer data)
{
  g_auto (Story) story = STORY;
  GbxChannel *channel = open_channel (fixture, &story, 8);

  g_assert_true (gbx_channel_send (channel, "ping", 4));
  guest_expects (fixture, GBX_MSG_DATA, NUMBER);
  g_assert_false (gbx_channel_send (channel, "p", 1));
  guest_sends_u32 (fixture, GBX_MSG_CREDIT, 0, NUMBER, 4);
  g_assert_cmpuint (story.writable, ==, 1);
  g_assert_true (gbx_channel_send (channel, "ping", 4));
  guest_expects (fixture, GBX_MSG_DATA, NUMBER);
  guest_sends_of (fixture, GBX_MSG_DATA, 0, NUMBER, "pongpong", 8);
  g_assert_cmpuint (story.data->len, ==, 8);
  gbx_channel_grant (channel, 8);
  guest_expects (fixture, GBX_MSG_CREDIT, NUMBER);
  guest_sends_of (fixture, GBX_MSG_DATA, 0, NUMBER, "pongpong", 8);
  guest_sends_of (fixture, GBX_MSG_CLOSE, 0, NUMBER, NULL, 0);
  guest_expects (fixture, GBX_MSG_CLOSE, NUMBER);
  g_assert_cmpuint (story.closed, ==, 1);
  g_assert_false (fixture->closed);
  g_assert_cmpuint (fixture->frames, ==, 0);
}

/* A name that the guest does not know: told, cleaned, and no more than that. */
static void
test_channel_refused (Fixture *fixture, gconstpointer data)
{
  static const guint8 reason[] = { 5, 0, 0, 0, 'n', 'o', '\033', 'n', 'e' };
  g_auto (Story) story = STORY;

  g_assert_nonnull (gbx_console_open_channel (fixture->console, GBX_PROCESS_FIRST, "nothing", 0,
                                              &story_handler, &story));
  guest_expects (fixture, GBX_MSG_OPEN, NUMBER);
  guest_sends_of (fixture, GBX_MSG_REFUSED, 1, NUMBER, reason, sizeof reason);
  g_assert_cmpuint (story.refused, ==, 1);
  g_assert_cmpstr (story.reason, ==, "no ne");
  g_assert_false (fixture->closed);
  /* and once */
  guest_sends_of (fixture, GBX_MSG_REFUSED, 1, NUMBER, reason, sizeof reason);
  g_assert_error (fixture->error, GBX_ERROR, GBX_ERROR_PROTOCOL);
  g_assert_cmpuint (story.refused, ==, 1);
}

static void
test_channel_flood (Fixture *fixture, gconstpointer data)
{
  g_auto (Story) story = STORY;

  open_channel (fixture, &story, 8);
  guest_sends_of (fixture, GBX_MSG_DATA, 0, NUMBER, "12345678", 8);
  g_assert_false (fixture->closed);
  guest_sends_of (fixture, GBX_MSG_DATA, 0, NUMBER, "9", 1);
  g_assert_error (fixture->error, GBX_ERROR, GBX_ERROR_PROTOCOL);
  g_assert_cmpuint (story.data->len, ==, 8);
  g_assert_cmpuint (story.closed, ==, 1); /* with the connection */
}

static void
test_channel_credit_overflow (Fixture *fixture, gconstpointer data)
{
  g_auto (Story) story = STORY;

  open_channel (fixture, &story, 8);
  guest_sends_u32 (fixture, GBX_MSG_CREDIT, 0, NUMBER, GBX_WINDOW_MAX - 4);
  g_assert_false (fixture->closed);
  guest_sends_u32 (fixture, GBX_MSG_CREDIT, 0, NUMBER, 1);
  g_assert_error (fixture->error, GBX_ERROR, GBX_ERROR_PROTOCOL);
}

static void
test_channel_not_open (Fixture *fixture, gconstpointer data)
{
  g_auto (Story) story = STORY;

  open_channel (fixture, &story, 8);
  /* of another process, which has none of that number */
  guest_sends_of (fixture, GBX_MSG_DATA, 1, NUMBER, "1", 1);
  g_assert_error (fixture->error, GBX_ERROR, GBX_ERROR_PROTOCOL);
  g_assert_cmpuint (story.data->len, ==, 0);
}

static void
test_channel_answered_unasked (Fixture *fixture, gconstpointer data)
{
  guest_sends_u32 (fixture, GBX_MSG_OPENED, 0, NUMBER, 4);
  g_assert_error (fixture->error, GBX_ERROR, GBX_ERROR_PROTOCOL);
}

static void
test_channel_too_many (Fixture *fixture, gconstpointer data)
{
  g_auto (Story) story = STORY;

  for (guint i = 0; i < GBX_CHANNELS_EACH; i++)
    {
      g_assert_nonnull (gbx_console_open_channel (fixture->console, GBX_PROCESS_GUEST, "echo", 0,
                                                  &story_handler, &story));
      guest_expects (fixture, GBX_MSG_OPEN, NUMBER + i);
    }
  g_assert_null (gbx_console_open_channel (fixture->console, GBX_PROCESS_GUEST, "echo", 0,
                                           &story_handler, &story));
  gbx_console_close (fixture->console);
  g_assert_cmpuint (story.closed, ==, GBX_CHANNELS_EACH);
  g_assert_null (gbx_console_open_channel (fixture->console, GBX_PROCESS_FIRST, "echo", 0,
                                           &story_handler, &story));
}

/* What the guest still sends is nothing to anybody, until it has closed too. */
static void
test_channel_closed_by_host (Fixture *fixture, gconstpointer data)
{
  g_auto (Story) story = STORY;

  gbx_channel_close (open_channel (fixture, &story, 8));
  guest_expects (fixture, GBX_MSG_CLOSE, NUMBER);
  guest_sends_of (fixture, GBX_MSG_DATA, 0, NUMBER, "12345678", 8);
  guest_sends_u32 (fixture, GBX_MSG_CREDIT, 0, NUMBER, 1);
  guest_sends_of (fixture, GBX_MSG_CLOSE, 0, NUMBER, NULL, 0);
  g_assert_false (fixture->closed);
  g_assert_cmpuint (story.data->len + story.writable + story.closed, ==, 0);
  guest_sends_of (fixture, GBX_MSG_DATA, 0, NUMBER, "1", 1);
  g_assert_true (fixture->closed);
}

static void
test_channel_unwanted (Fixture *fixture, gconstpointer data)
{
  g_auto (Story) story = STORY;
  GbxChannel *channel = gbx_console_open_channel (fixture->console, GBX_PROCESS_GUEST, "echo", 8,
                                                  &story_handler, &story);

  gbx_channel_close (channel);
  guest_expects (fixture, GBX_MSG_OPEN, NUMBER);
  guest_sends_u32 (fixture, GBX_MSG_OPENED, 0, NUMBER, 4);
  guest_expects (fixture, GBX_MSG_CLOSE, NUMBER);
  g_assert_cmpuint (story.opened, ==, 0);
}

/* The host has none to offer; the guest may ask as often as it likes. */
static void
test_channel_of_guest (Fixture *fixture, gconstpointer data)
{
  static const guint8 request[] = { 8, 0, 0, 0, 5, 0, 0, 0, 'f', 'i', 'l', 'e', 's' };

  for (guint i = 0; i < 100; i++)
    {
      guest_sends_of (fixture, GBX_MSG_OPEN, 0, GBX_CHANNEL_OF_GUEST, request, sizeof request);
      guest_expects (fixture, GBX_MSG_REFUSED, GBX_CHANNEL_OF_GUEST);
    }
  g_assert_false (fixture->closed);
}

/* One that asks without end, and reads no answer, is ended. */
static void
test_channel_guest_asks_deaf (Fixture *fixture, gconstpointer data)
{
  static const guint8 request[] = { 8, 0, 0, 0, 5, 0, 0, 0, 'f', 'i', 'l', 'e', 's' };

  for (guint i = 0; i < 1000000 && !fixture->closed; i++)
    guest_sends_of (fixture, GBX_MSG_OPEN, i % 2, GBX_CHANNEL_OF_GUEST, request, sizeof request);
  g_assert_error (fixture->error, GBX_ERROR, GBX_ERROR_PROTOCOL);
}

static void
on_figures (const GbxFigures *figures, gpointer user_data)
{
  *(guint *) user_data += figures->n_processes;
}

static void
test_figures (Fixture *fixture, gconstpointer data)
{
  GbxFigures figures = { .uptime_ms = 1, .memory_total_kib = 1, .n_processes = 3 };
  guint8 record[GBX_FIGURES_SIZE];
  guint sum = 0;
  GbxWriter writer;

  gbx_figures_watch (fixture->console, on_figures, &sum);
  guest_expects (fixture, GBX_MSG_OPEN, NUMBER);
  guest_sends_u32 (fixture, GBX_MSG_OPENED, 0, NUMBER, 0);
  gbx_writer_init (&writer, record, sizeof record);
  gbx_figures_encode (&figures, &writer);
  for (guint i = 0; i < 100; i++)
    {
      guest_sends_of (fixture, GBX_MSG_DATA, 0, NUMBER, record, sizeof record);
      guest_expects (fixture, GBX_MSG_CREDIT, NUMBER);
    }
  g_assert_cmpuint (sum, ==, 300);
  guest_sends_of (fixture, GBX_MSG_DATA, 0, NUMBER, record, sizeof record - 1);
  g_assert_error (fixture->error, GBX_ERROR, GBX_ERROR_PROTOCOL);
}

/* A guest that takes little at a time gets all of it, in order. */
static void
test_input (Fixture *fixture, gconstpointer data)
{
  const GbxInputRecord group = { .kind = GBX_INPUT_GROUP, .group = 2 };
  const GbxInputRecord button = { .kind = GBX_INPUT_BUTTON, .button = 7, .pressed = true };
  static const guint8 expected[] = { 2, 1, 0, 0, 0, 2, 3, 2, 0, 0, 0, 7, 1 };
  guint8 received[sizeof expected];
  gsize length = 0;
  g_autoptr (GbxInputChannel) input = gbx_input_channel_new (fixture->console);

  gbx_input_channel_send (input, &group);
  guest_expects (fixture, GBX_MSG_OPEN, NUMBER);
  guest_sends_u32 (fixture, GBX_MSG_OPENED, 0, NUMBER, 4);
  gbx_input_channel_send (input, &button);
  while (length < sizeof expected)
    {
      guint8 header[GBX_HEADER_SIZE];
      gssize n = read (fixture->guest, header, sizeof header);

      if (n < 0)
        {
          guest_sends_u32 (fixture, GBX_MSG_CREDIT, 0, NUMBER, 3);
          continue;
        }
      g_assert_cmpuint (header[0], ==, GBX_MSG_DATA);
      g_assert_cmpuint (header[4], <=, sizeof expected - length);
      g_assert_cmpint (read (fixture->guest, received + length, header[4]), ==, header[4]);
      length += header[4];
    }
  g_assert_cmpmem (received, length, expected, sizeof expected);
  g_assert_no_error (fixture->error);
}

static void
on_pointer (gboolean hidden, gpointer user_data)
{
  *(int *) user_data = hidden;
}

/* It is hidden or not, and nothing else. */
static void
test_pointer (Fixture *fixture, gconstpointer data)
{
  int hidden = -1;

  gbx_pointer_watch (fixture->console, on_pointer, &hidden);
  guest_expects (fixture, GBX_MSG_OPEN, NUMBER);
  guest_sends_u32 (fixture, GBX_MSG_OPENED, 0, NUMBER, 0);
  guest_sends_of (fixture, GBX_MSG_DATA, 0, NUMBER, "\0", 1);
  guest_expects (fixture, GBX_MSG_CREDIT, NUMBER);
  g_assert_cmpint (hidden, ==, 0);
  guest_sends_of (fixture, GBX_MSG_DATA, 0, NUMBER, "\0\1", 2);
  g_assert_cmpint (hidden, ==, 1);
  guest_sends_of (fixture, GBX_MSG_DATA, 0, NUMBER, "\2", 1);
  g_assert_error (fixture->error, GBX_ERROR, GBX_ERROR_PROTOCOL);
}

/* --------------------------------------------------------------- parts -- */

static void
test_parts (Fixture *fixture, gconstpointer data)
{
  gsize size = 3 * GBX_PAYLOAD_MAX, got = 0;
  g_autofree guint8 *bytes = g_malloc (size);
  g_autoptr (GBytes) whole = NULL;
  g_autofree GbxDecoder *decoder = g_new (GbxDecoder, 1);
  bool last = false;

  for (gsize i = 0; i < size; i++)
    bytes[i] = i * 7 / 5;
  whole = g_bytes_new (bytes, size);
  gbx_console_send_parts (fixture->console, GBX_PROCESS_FIRST, GBX_MSG_START, whole);
  gbx_decoder_init (decoder, GBX_DIRECTION_TO_GUEST);
  while (!last)
    {
      gsize room, length;
      guint8 *space = gbx_decoder_space (decoder, &room);
      gssize n = read (fixture->guest, space, room);
      const guint8 *at;
      GbxFrame frame;

      if (n > 0)
        gbx_decoder_filled (decoder, n);
      else
        g_main_context_iteration (NULL, TRUE);
      while (!last && gbx_decoder_next (decoder, &frame) > 0)
        {
          g_assert_cmpuint (frame.process, ==, GBX_PROCESS_FIRST);
          g_assert_true (gbx_part_decode (&last, &at, &length, &frame));
          g_assert_cmpmem (at, length, bytes + got, length);
          got += length;
        }
      g_assert_null (decoder->error);
    }
  g_assert_cmpuint (got, ==, size);
}

int
main (int argc, char **argv)
{
  signal (SIGPIPE, SIG_IGN); /* as the programs do */
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/console/garbage", test_garbage);
  ADD ("/console/drawing-first", test_drawing_first);
  ADD ("/console/end", test_end);
  ADD ("/console/credit", test_credit_exceeded);
  ADD ("/console/stuck-reader", test_stuck_reader);
  ADD ("/console/all-arrives", test_all_arrives);
  ADD ("/console/credit-renewed", test_credit_renewed);
  ADD ("/console/after-close", test_after_close);
  ADD ("/console/reader-gone", test_reader_gone);
  ADD ("/console/full-disk", test_full_disk);
  ADD ("/console/optional-output", test_optional_output);
  ADD ("/console/credit-overflow", test_credit_overflow);
  ADD ("/console/frames", test_frames_pass);
  ADD ("/console/closed-twice", test_closed_twice);
  ADD ("/console/wrong-process", test_wrong_process);
  ADD ("/console/parts", test_parts);
  ADD ("/console/figures", test_figures);
  ADD ("/console/input", test_input);
  ADD ("/console/pointer", test_pointer);
  ADD ("/console/channel/echo", test_channel_echo);
  ADD ("/console/channel/refused", test_channel_refused);
  ADD ("/console/channel/flood", test_channel_flood);
  ADD ("/console/channel/credit-overflow", test_channel_credit_overflow);
  ADD ("/console/channel/not-open", test_channel_not_open);
  ADD ("/console/channel/answered-unasked", test_channel_answered_unasked);
  ADD ("/console/channel/too-many", test_channel_too_many);
  ADD ("/console/channel/closed-by-host", test_channel_closed_by_host);
  ADD ("/console/channel/unwanted", test_channel_unwanted);
  ADD ("/console/channel/of-guest", test_channel_of_guest);
  ADD ("/console/channel/of-deaf-guest", test_channel_guest_asks_deaf);
  return g_test_run ();
}
