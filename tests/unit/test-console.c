/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The host's end of the protocol, with a guest that lies. */

#include "gbx-console.h"
#include "gbx-error.h"

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
guest_sends (Fixture *fixture, GbxMessage type, GbxStream stream, const void *payload, gsize length)
{
  guint8 header[GBX_HEADER_SIZE];

  gbx_frame_header (header, type, stream, length);
  g_assert_cmpint (write (fixture->guest, header, sizeof header), ==, sizeof header);
  if (length > 0)
    g_assert_cmpint (write (fixture->guest, payload, length), ==, (gssize) length);
  settle ();
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

/* With nobody to hold it up it flows for ever. */
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

/* The next frame that the guest gets, without its payload. */
static void
guest_expects (Fixture *fixture, GbxMessage type, GbxStream stream)
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
  return g_test_run ();
}
