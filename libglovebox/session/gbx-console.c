/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-console"

#include "config.h"

#include "gbx-console.h"

#include "gbx-error.h"

#include <errno.h>
#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Only stdin and the configuration are large: the first waits for credit, the second is
 * bounded.  So a longer queue means that the guest does not read at all. */
#define QUEUE_MAX (GBX_WINDOW_MAX + 2 * GBX_PARTS_MAX)

/* GDK_PRIORITY_REDRAW is G_PRIORITY_HIGH_IDLE + 20. */
#define PRIORITY_BELOW_DRAWING (G_PRIORITY_HIGH_IDLE + 25)

struct _GbxConsole
{
  GObject parent_instance;

  int fd;
  GbxDecoder *decoder; /* too large for an instance */
  GByteArray *queue; /* frames to be sent */
  GbxChannelSet *channels;
  guint read_source, write_source;
  guint overflow_source; /* about to fail, because the guest does not read */
  gboolean closed;

  GbxCommandStreams *streams[GBX_N_PROCESSES]; /* by number; the first is always there */
};

enum
{
  SIGNAL_FRAME,
  SIGNAL_OUTPUT,
  SIGNAL_CLOSED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GbxConsole, gbx_console, G_TYPE_OBJECT)

/* ------------------------------------------------------------- sending -- */

static void
close_with (GbxConsole *self, GError *error)
{
  if (self->closed)
    return;
  self->closed = TRUE;
  g_clear_handle_id (&self->read_source, g_source_remove);
  g_clear_handle_id (&self->write_source, g_source_remove);
  g_clear_handle_id (&self->overflow_source, g_source_remove);
  for (guint i = 0; i < GBX_N_PROCESSES; i++)
    if (self->streams[i])
      gbx_command_streams_stop (self->streams[i]);
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
  g_object_ref (self);
  gbx_channel_set_end (self->channels);
  g_signal_emit (self, signals[SIGNAL_CLOSED], 0, error);
  g_object_unref (self);
}

static gboolean
on_writable (int fd, GIOCondition condition, gpointer user_data)
{
  GbxConsole *self = user_data;
  gssize n;

  do
    n = send (fd, self->queue->data, self->queue->len, MSG_NOSIGNAL | MSG_DONTWAIT);
  while (n < 0 && errno == EINTR);

  if (n > 0)
    g_byte_array_remove_range (self->queue, 0, n);
  else if (n < 0 && errno != EAGAIN)
    g_byte_array_set_size (self->queue, 0); /* the reading side will notice the end */

  if (self->queue->len > 0)
    return G_SOURCE_CONTINUE;
  self->write_source = 0;
  return G_SOURCE_REMOVE;
}

static gboolean
on_overflow (gpointer user_data)
{
  GbxConsole *self = user_data;

  self->overflow_source = 0;
  gbx_console_fail (self, _ ("it does not read what is sent to it"));
  return G_SOURCE_REMOVE;
}

static void
send_frame (GbxConsole *self, GbxMessage type, guint process, guint channel, const void *payload,
            gsize length)
{
  guint8 header[GBX_HEADER_SIZE];

  if (self->closed)
    return;
  if (self->queue->len + length > QUEUE_MAX)
    {
      /* Not at once, because the sender does not expect the console to close meanwhile. */
      if (self->overflow_source == 0)
        self->overflow_source = g_idle_add_full (G_PRIORITY_DEFAULT, on_overflow, self, NULL);
      return;
    }
  gbx_frame_header (header, type, process, channel, length);
  g_byte_array_append (self->queue, header, sizeof header);
  if (length > 0)
    g_byte_array_append (self->queue, payload, length);
  if (self->write_source == 0)
    self->write_source = g_unix_fd_add (self->fd, G_IO_OUT, on_writable, self);
}

static void
send_of_channel (gpointer owner, GbxMessage type, guint process, guint channel,
                 const void *payload, gsize length)
{
  send_frame (owner, type, process, channel, payload, length);
}

/* ----------------------------------------------------------- receiving -- */

static void
on_output (gpointer owner, gboolean is_stderr, GBytes *data)
{
  g_signal_emit (owner, signals[SIGNAL_OUTPUT], 0, is_stderr, data);
}

static void
receive_of_stream (GbxConsole *self, const GbxFrame *frame)
{
  const char *error = gbx_command_streams_take (self->streams[frame->process], frame);

  if (error)
    gbx_console_fail (self, error);
}

static void
receive_of_channel (GbxConsole *self, const GbxFrame *frame)
{
  const char *error = gbx_channel_set_handle (self->channels, frame);

  if (error)
    gbx_console_fail (self, error);
}

static void
dispatch (GbxConsole *self, const GbxFrame *frame)
{
  if (frame->process != GBX_PROCESS_GUEST && !self->streams[frame->process])
    {
      gbx_console_fail (self, _ ("a message about a command that does not run"));
      return;
    }
  if (gbx_channel_is_named (frame->channel))
    {
      receive_of_channel (self, frame);
      return;
    }
  switch (frame->type)
    {
    case GBX_MSG_DATA:
    case GBX_MSG_CLOSE:
    case GBX_MSG_CREDIT:
      receive_of_stream (self, frame);
      break;
    default:
      g_debug ("message %u of process %u", frame->type, frame->process);
      g_signal_emit (self, signals[SIGNAL_FRAME], 0, frame->type, frame);
    }
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  g_autoptr (GbxConsole) self = g_object_ref (user_data);
  GbxFrame frame;
  gsize space;
  guint8 *at = gbx_decoder_space (self->decoder, &space);
  gssize n = recv (fd, at, space, MSG_DONTWAIT);
  int got = 0;

  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return G_SOURCE_CONTINUE;
  if (n <= 0)
    {
      self->read_source = 0;
      close_with (self, NULL);
      return G_SOURCE_REMOVE;
    }
  gbx_decoder_filled (self->decoder, n);
  while (!self->closed && (got = gbx_decoder_next (self->decoder, &frame)) > 0)
    dispatch (self, &frame);
  if (got < 0)
    gbx_console_fail (self, self->decoder->error);
  return self->closed ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

/* -------------------------------------------------------------- object -- */

static void
gbx_console_dispose (GObject *object)
{
  GbxConsole *self = GBX_CONSOLE (object);

  gbx_console_close (self);
  for (guint i = 0; i < GBX_N_PROCESSES; i++)
    g_clear_object (&self->streams[i]);
  G_OBJECT_CLASS (gbx_console_parent_class)->dispose (object);
}

static void
gbx_console_finalize (GObject *object)
{
  GbxConsole *self = GBX_CONSOLE (object);

  g_byte_array_unref (self->queue);
  gbx_channel_set_free (self->channels);
  g_free (self->decoder);
  G_OBJECT_CLASS (gbx_console_parent_class)->finalize (object);
}

static void
gbx_console_class_init (GbxConsoleClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = gbx_console_dispose;
  object_class->finalize = gbx_console_finalize;
  signals[SIGNAL_FRAME] = g_signal_new ("frame", GBX_TYPE_CONSOLE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                        NULL, G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_POINTER);
  signals[SIGNAL_OUTPUT] =
      g_signal_new ("output", GBX_TYPE_CONSOLE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                    2, G_TYPE_BOOLEAN, G_TYPE_BYTES);
  signals[SIGNAL_CLOSED] = g_signal_new ("closed", GBX_TYPE_CONSOLE, G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
gbx_console_init (GbxConsole *self)
{
  self->fd = -1;
  self->queue = g_byte_array_new ();
  self->channels = gbx_channel_set_new (send_of_channel, self);
  self->decoder = g_new (GbxDecoder, 1);
  gbx_decoder_init (self->decoder, GBX_DIRECTION_TO_HOST);
  gbx_console_add_streams (self, GBX_PROCESS_FIRST);
}

GbxConsole *
gbx_console_new (int fd)
{
  GbxConsole *self = g_object_new (GBX_TYPE_CONSOLE, NULL);

  self->fd = fd;
  self->read_source = g_unix_fd_add (fd, G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable, self);
  return self;
}

void
gbx_console_yield_to_drawing (GbxConsole *self)
{
  GSource *source = g_main_context_find_source_by_id (NULL, self->read_source);

  g_source_set_priority (source, PRIORITY_BELOW_DRAWING);
}

GbxCommandStreams *
gbx_console_add_streams (GbxConsole *self, guint process)
{
  self->streams[process] = gbx_command_streams_new (process, send_of_channel, on_output, self);
  return self->streams[process];
}

GbxCommandStreams *
gbx_console_get_streams (GbxConsole *self, guint process)
{
  return self->streams[process];
}

GbxCommandStreams *
gbx_console_take_streams (GbxConsole *self, guint process)
{
  return g_steal_pointer (&self->streams[process]);
}

void
gbx_console_set_source (GbxConsole *self, GInputStream *source)
{
  gbx_command_streams_set_source (self->streams[GBX_PROCESS_FIRST], source);
}

void
gbx_console_set_sink (GbxConsole *self, GbxStream stream, GOutputStream *sink)
{
  gbx_command_streams_set_sink (self->streams[GBX_PROCESS_FIRST], stream, sink);
}

void
gbx_console_set_output_optional (GbxConsole *self, gboolean optional)
{
  gbx_command_streams_set_optional (self->streams[GBX_PROCESS_FIRST], optional);
}

void
gbx_console_open_streams (GbxConsole *self)
{
  gbx_command_streams_open (self->streams[GBX_PROCESS_FIRST]);
}

void
gbx_console_send (GbxConsole *self, guint process, GbxMessage type, const void *payload,
                  gsize length)
{
  send_frame (self, type, process, GBX_STREAM_NONE, payload, length);
}

void
gbx_console_send_parts (GbxConsole *self, guint process, GbxMessage type, GBytes *whole)
{
  g_autofree guint8 *part = g_malloc (GBX_PAYLOAD_MAX);
  gsize left = 0;
  const guint8 *at = g_bytes_get_data (whole, &left);

  while (left > 0)
    {
      gsize length = MIN (left, GBX_PAYLOAD_MAX - 1);

      part[0] = length == left;
      memcpy (part + 1, at, length);
      gbx_console_send (self, process, type, part, length + 1);
      at += length;
      left -= length;
    }
}

GbxChannel *
gbx_console_open_channel (GbxConsole *self, guint process, const char *name, guint32 window,
                          const GbxChannelHandler *handler, gpointer user_data)
{
  return self->closed ? NULL
                      : gbx_channel_set_open (self->channels, process, name, window, handler,
                                              user_data);
}

void
gbx_console_send_u32 (GbxConsole *self, guint process, GbxMessage type, guint32 value)
{
  guint8 payload[4];
  GbxWriter writer;

  gbx_writer_init (&writer, payload, sizeof payload);
  gbx_write_u32 (&writer, value);
  gbx_console_send (self, process, type, payload, writer.length);
}

void
gbx_console_send_pair (GbxConsole *self, guint process, GbxMessage type, guint first,
                       guint second)
{
  guint8 payload[4];
  GbxWriter writer;

  if (first == 0 || second == 0 || first > G_MAXUINT16 || second > G_MAXUINT16)
    return;
  gbx_writer_init (&writer, payload, sizeof payload);
  gbx_write_u16 (&writer, first);
  gbx_write_u16 (&writer, second);
  gbx_console_send (self, process, type, payload, writer.length);
}

void
gbx_console_fail (GbxConsole *self, const char *what)
{
  g_autoptr (GError) error =
      g_error_new (GBX_ERROR, GBX_ERROR_PROTOCOL,
                   _ ("The sandbox was ended because its guest broke the protocol: %s"), what);

  close_with (self, error);
}

void
gbx_console_close (GbxConsole *self)
{
  close_with (self, NULL);
}

static void
drain_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (gbx_command_streams_drain_finish (GBX_COMMAND_STREAMS (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
gbx_console_drain_async (GbxConsole *self, GAsyncReadyCallback callback, gpointer user_data)
{
  gbx_command_streams_drain_async (self->streams[GBX_PROCESS_FIRST], drain_cb,
                                   g_task_new (self, NULL, callback, user_data));
}

gboolean
gbx_console_drain_finish (GbxConsole *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
gbx_console_discard_output (GbxConsole *self)
{
  gbx_command_streams_discard (self->streams[GBX_PROCESS_FIRST]);
}
