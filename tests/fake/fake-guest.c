/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the guest of a fake backend says. */

#include "fake-backend.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void
say (FakeBackend *self, GbxMessage type, guint process, GbxStream stream, const void *payload,
     gsize length)
{
  guint8 frame[GBX_HEADER_SIZE + 4096];

  g_assert_cmpuint (length, <=, sizeof frame - GBX_HEADER_SIZE);
  gbx_frame_header (frame, type, process, stream, length);
  if (length > 0)
    memcpy (frame + GBX_HEADER_SIZE, payload, length);
  /* The host may have hung up. */
  if (send (fake_backend_get_guest (self), frame, GBX_HEADER_SIZE + length, MSG_NOSIGNAL) < 0)
    g_test_message ("the host does not listen");
}

static void
say_writer (FakeBackend *self, GbxMessage type, GbxWriter *writer)
{
  g_assert_false (writer->failed);
  say (self, type, GBX_PROCESS_GUEST, GBX_STREAM_NONE, writer->buffer, writer->length);
}

void
fake_guest_say_hello (FakeBackend *self)
{
  GbxHello hello = { .version = GBX_PROTOCOL_VERSION, .software = "fake" };
  guint8 payload[128];
  GbxWriter writer;

  gbx_writer_init (&writer, payload, sizeof payload);
  gbx_hello_encode (&hello, &writer);
  say_writer (self, GBX_MSG_HELLO, &writer);
}

void
fake_guest_say_phase (FakeBackend *self, GbxPhase phase)
{
  GbxPhaseReport report = { .phase = phase, .uptime_ms = 1 };
  guint8 payload[64];
  GbxWriter writer;

  gbx_writer_init (&writer, payload, sizeof payload);
  gbx_phase_encode (&report, &writer);
  say_writer (self, GBX_MSG_PHASE, &writer);
}

void
fake_guest_say_started_of (FakeBackend *self, guint process)
{
  say (self, GBX_MSG_STARTED, process, GBX_STREAM_NONE, "\1\0\0\0", 4);
}

void
fake_guest_say_started (FakeBackend *self)
{
  fake_guest_say_started_of (self, GBX_PROCESS_FIRST);
}

void
fake_guest_say_exit_of (FakeBackend *self, guint process, GbxExitKind kind, guint value,
                        const char *text)
{
  GbxExitReport report = { .kind = kind, .value = value };
  guint8 payload[GBX_TEXT_MAX + 64];
  GbxWriter writer;

  g_strlcpy (report.text, text ? text : "", sizeof report.text);
  gbx_writer_init (&writer, payload, sizeof payload);
  gbx_exit_encode (&report, &writer);
  g_assert_false (writer.failed);
  say (self, GBX_MSG_EXIT, process, GBX_STREAM_NONE, payload, writer.length);
}

void
fake_guest_say_exit (FakeBackend *self, GbxExitKind kind, guint value, const char *text)
{
  fake_guest_say_exit_of (self,
                          kind == GBX_EXIT_SETUP_FAILED ? GBX_PROCESS_GUEST : GBX_PROCESS_FIRST,
                          kind, value, text);
}

void
fake_guest_say_bye (FakeBackend *self)
{
  say (self, GBX_MSG_BYE, GBX_PROCESS_GUEST, GBX_STREAM_NONE, NULL, 0);
}

void
fake_guest_say_heartbeat (FakeBackend *self)
{
  GbxHeartbeat beat = { .uptime_ms = 1 };
  guint8 payload[256];
  GbxWriter writer;

  gbx_writer_init (&writer, payload, sizeof payload);
  gbx_heartbeat_encode (&beat, &writer);
  say_writer (self, GBX_MSG_HEARTBEAT, &writer);
}

void
fake_guest_say_log (FakeBackend *self, GbxLogLevel level, const char *text)
{
  GbxLogLine line = { .level = level, .uptime_ms = 1 };
  guint8 payload[GBX_TEXT_MAX + 64];
  GbxWriter writer;

  g_strlcpy (line.text, text, sizeof line.text);
  gbx_writer_init (&writer, payload, sizeof payload);
  gbx_log_encode (&line, &writer);
  say_writer (self, GBX_MSG_LOG, &writer);
}

void
fake_guest_say_window (FakeBackend *self, GbxWindowEvent event, const char *title)
{
  GbxWindowReport report = { .event = event, .width = 100, .height = 100 };
  guint8 payload[GBX_TITLE_MAX + 64];
  GbxWriter writer;

  g_strlcpy (report.title, title, sizeof report.title);
  gbx_writer_init (&writer, payload, sizeof payload);
  gbx_window_encode (&report, &writer);
  say_writer (self, GBX_MSG_WINDOW, &writer);
}

void
fake_guest_say_windows (FakeBackend *self, const guint *numbers, guint8 flags)
{
  GbxWindowList list = { 0 };
  guint8 payload[4096];
  GbxWriter writer;

  for (; numbers[list.n]; list.n++)
    {
      GbxWindowEntry *entry = &list.entries[list.n];

      entry->number = numbers[list.n];
      entry->flags = flags;
      g_snprintf (entry->title, sizeof entry->title, "Window <%u>", entry->number);
    }
  gbx_writer_init (&writer, payload, sizeof payload);
  gbx_windows_encode (&list, &writer);
  say_writer (self, GBX_MSG_WINDOWS, &writer);
}

void
fake_guest_say_figures (FakeBackend *self, const GbxFigures *figures)
{
  guint8 payload[GBX_FIGURES_SIZE];
  GbxWriter writer;

  say (self, GBX_MSG_OPENED, GBX_PROCESS_GUEST, GBX_CHANNEL_OF_HOST, "\0\0\0\0", 4);
  gbx_writer_init (&writer, payload, sizeof payload);
  gbx_figures_encode (figures, &writer);
  say (self, GBX_MSG_DATA, GBX_PROCESS_GUEST, GBX_CHANNEL_OF_HOST, payload, writer.length);
}

void
fake_guest_write_of (FakeBackend *self, guint process, GbxStream stream, const char *text)
{
  say (self, GBX_MSG_DATA, process, stream, text, strlen (text));
}

void
fake_guest_say_held (FakeBackend *self)
{
  /* After that of the figures. */
  say (self, GBX_MSG_OPENED, GBX_PROCESS_GUEST, GBX_CHANNEL_OF_HOST + 1, "\0\0\0\0", 4);
}

void
fake_guest_write (FakeBackend *self, GbxStream stream, const char *text)
{
  fake_guest_write_of (self, GBX_PROCESS_FIRST, stream, text);
}

/* The main context goes on meanwhile: the host sends from there. */
void
fake_guest_await (FakeBackend *self, GbxMessage type)
{
  g_autofree GbxDecoder *decoder = g_new (GbxDecoder, 1);
  GbxFrame frame;

  gbx_decoder_init (decoder, GBX_DIRECTION_TO_GUEST);
  for (;;)
    {
      gsize space;
      guint8 *at = gbx_decoder_space (decoder, &space);
      gssize n = recv (fake_backend_get_guest (self), at, space, MSG_DONTWAIT);
      int got;

      g_assert_cmpint (n, !=, 0);
      if (n > 0)
        gbx_decoder_filled (decoder, n);
      else
        g_main_context_iteration (NULL, TRUE);
      while ((got = gbx_decoder_next (decoder, &frame)) > 0)
        if (frame.type == type)
          return;
      g_assert_cmpint (got, ==, 0);
    }
}
