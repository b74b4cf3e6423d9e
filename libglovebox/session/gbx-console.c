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

typedef struct
{
  GOutputStream *sink; /* (owned) (nullable) */
  GQueue chunks;       /* (element-type GBytes): received but not written; at most one window */
  gsize queued;        /* bytes in chunks */
  gint64 credit;       /* that the guest may still send */
  gboolean writing;    /* a write is under way */
  gboolean ended;      /* the guest closed it */
  gboolean closed;     /* we have closed the sink */
  gboolean broken;     /* the sink failed: discard further data */
} Output;

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

  GInputStream *source;      /* (nullable): the application's stdin */
  GCancellable *source_stop; /* cancels the pending read */
  GCancellable *sink_stop;   /* cancels the waiting for readers of the output */
  gsize source_credit;
  gboolean source_open, source_reading;

  Output outputs[GBX_N_STREAMS]; /* by GbxStream; only stdout and stderr are used */
  GError *sink_error;            /* (nullable): why output is lost, unless its reader exited */
  gboolean output_is_optional;
  GTask *drain;
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

static void pump_output (GbxConsole *self, GbxStream stream);
static void pump_source (GbxConsole *self);

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
  g_cancellable_cancel (self->source_stop);
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
send_stream (GbxConsole *self, GbxMessage type, GbxStream stream, const void *payload,
             gsize length)
{
  send_frame (self, type, GBX_PROCESS_FIRST, stream, payload, length);
}

static void
send_of_channel (gpointer owner, GbxMessage type, guint process, guint channel,
                 const void *payload, gsize length)
{
  send_frame (owner, type, process, channel, payload, length);
}

static void
send_credit (GbxConsole *self, GbxStream stream, gsize bytes)
{
  guint8 payload[4];
  GbxWriter writer;

  self->outputs[stream].credit += bytes;
  gbx_writer_init (&writer, payload, sizeof payload);
  gbx_write_u32 (&writer, bytes);
  send_stream (self, GBX_MSG_CREDIT, stream, payload, writer.length);
}

/* -------------------------------------------------------------- output -- */

static void
check_drained (GbxConsole *self)
{
  if (!self->drain)
    return;
  for (guint i = 0; i < GBX_N_STREAMS; i++)
    if ((self->outputs[i].writing || self->outputs[i].queued > 0) &&
        !g_cancellable_is_cancelled (self->sink_stop))
      return;
  if (self->sink_error)
    g_task_return_error (self->drain, g_error_copy (self->sink_error));
  else
    g_task_return_boolean (self->drain, TRUE);
  g_clear_object (&self->drain);
}

/* The application's pipe breaks, as it would outside when the reader exits.  Any other
 * cause, such as a full disk, must be reported to the user here. */
static void
keep_sink_error (GbxConsole *self, GbxStream stream, const GError *error)
{
  if (self->sink_error || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self->sink_error = g_error_new (
      GBX_ERROR, GBX_ERROR_STORAGE,
      stream == GBX_STREAM_STDOUT ? _ ("The standard output cannot be written: %s")
                                  : _ ("The standard error cannot be written: %s"),
      error->message);
}

static void
sink_broke (GbxConsole *self, GbxStream stream, const GError *error)
{
  Output *output = &self->outputs[stream];

  output->broken = TRUE;
  g_queue_clear_full (&output->chunks, (GDestroyNotify) g_bytes_unref);
  output->queued = 0;
  if (self->output_is_optional)
    return;
  if (!output->ended)
    send_stream (self, GBX_MSG_CLOSE, stream, NULL, 0);
  keep_sink_error (self, stream, error);
}

typedef struct
{
  GbxStream stream;
  GOutputStream *sink; /* (owned) */
  GBytes *chunk;       /* (owned) */
} Writing;

static void
writing_free (Writing *writing)
{
  g_object_unref (writing->sink);
  g_bytes_unref (writing->chunk);
  g_free (writing);
}

/* In a thread: a writable pipe accepts one page, and the rest may block forever. */
static void
write_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Writing *writing = data;
  GError *error = NULL;

  if (g_output_stream_write_all (writing->sink, g_bytes_get_data (writing->chunk, NULL),
                                 g_bytes_get_size (writing->chunk), NULL, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
write_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GbxConsole *self = GBX_CONSOLE (source);
  Writing *writing = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  GbxStream stream = writing->stream;

  self->outputs[stream].writing = FALSE;
  if (!g_task_propagate_boolean (G_TASK (result), &error))
    sink_broke (self, stream, error);
  send_credit (self, stream, g_bytes_get_size (writing->chunk));
  pump_output (self, stream);
  check_drained (self);
}

static void
write_chunk (GbxConsole *self, GbxStream stream, GBytes *chunk)
{
  g_autoptr (GTask) task = g_task_new (self, self->sink_stop, write_cb, NULL);
  Writing *writing = g_new0 (Writing, 1);

  self->outputs[stream].writing = TRUE;
  writing->stream = stream;
  writing->sink = g_object_ref (self->outputs[stream].sink);
  writing->chunk = chunk;
  g_task_set_task_data (task, writing, (GDestroyNotify) writing_free);
  g_task_run_in_thread (task, write_thread);
}

static void
pump_output (GbxConsole *self, GbxStream stream)
{
  Output *output = &self->outputs[stream];
  GBytes *chunk;

  if (output->writing)
    return;
  chunk = g_queue_pop_head (&output->chunks);
  if (chunk)
    {
      output->queued -= g_bytes_get_size (chunk);
      write_chunk (self, stream, chunk);
    }
  else if (output->ended && !output->closed && output->sink)
    {
      output->closed = TRUE;
      g_output_stream_close_async (output->sink, G_PRIORITY_DEFAULT, NULL, NULL, NULL);
    }
}

static void
receive_data (GbxConsole *self, const GbxFrame *frame)
{
  Output *output = &self->outputs[frame->channel];
  g_autoptr (GBytes) bytes = NULL;

  if (output->ended || frame->length > output->credit)
    {
      gbx_console_fail (self, output->ended ? _ ("it sent output after closing the stream")
                                            : _ ("it sent more output than it had credit for"));
      return;
    }
  output->credit -= frame->length;
  bytes = g_bytes_new (frame->payload, frame->length);
  g_signal_emit (self, signals[SIGNAL_OUTPUT], 0, frame->channel == GBX_STREAM_STDERR, bytes);
  if (output->broken || !output->sink)
    {
      send_credit (self, frame->channel, frame->length);
      return;
    }
  output->queued += frame->length;
  g_queue_push_tail (&output->chunks, g_steal_pointer (&bytes));
  pump_output (self, frame->channel);
}

/* --------------------------------------------------------------- input -- */

static void
read_source_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GbxConsole) self = user_data;
  g_autoptr (GBytes) bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, NULL);
  gsize size = bytes ? g_bytes_get_size (bytes) : 0;

  self->source_reading = FALSE;
  if (self->closed)
    return;
  if (size == 0) /* end of file, or an error, which is treated the same */
    {
      self->source_open = FALSE;
      send_stream (self, GBX_MSG_CLOSE, GBX_STREAM_STDIN, NULL, 0);
      return;
    }
  self->source_credit -= size;
  send_stream (self, GBX_MSG_DATA, GBX_STREAM_STDIN, g_bytes_get_data (bytes, NULL), size);
  pump_source (self);
}

static void
pump_source (GbxConsole *self)
{
  if (self->closed || !self->source_open || self->source_reading || self->source_credit == 0)
    return;
  self->source_reading = TRUE;
  g_input_stream_read_bytes_async (self->source, MIN (self->source_credit, GBX_DATA_MAX),
                                   G_PRIORITY_DEFAULT, self->source_stop, read_source_cb,
                                   g_object_ref (self));
}

static void
receive_credit (GbxConsole *self, const GbxFrame *frame)
{
  guint32 bytes;

  if (!gbx_u32_decode (&bytes, frame) || self->source_credit + bytes > GBX_WINDOW_MAX)
    {
      gbx_console_fail (self, _ ("it gave too much credit"));
      return;
    }
  self->source_credit += bytes;
  pump_source (self);
}

/* ----------------------------------------------------------- receiving -- */

static void
receive_close (GbxConsole *self, const GbxFrame *frame)
{
  Output *output = &self->outputs[frame->channel];

  if (output->ended)
    {
      gbx_console_fail (self, _ ("it closed a stream twice"));
      return;
    }
  output->ended = TRUE;
  pump_output (self, frame->channel);
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
  if (gbx_channel_is_named (frame->channel))
    {
      receive_of_channel (self, frame);
      return;
    }
  switch (frame->type)
    {
    case GBX_MSG_DATA:
      receive_data (self, frame);
      break;
    case GBX_MSG_CLOSE:
      receive_close (self, frame);
      break;
    case GBX_MSG_CREDIT:
      receive_credit (self, frame);
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
  g_clear_object (&self->source);
  for (guint i = 0; i < GBX_N_STREAMS; i++)
    {
      g_clear_object (&self->outputs[i].sink);
      g_queue_clear_full (&self->outputs[i].chunks, (GDestroyNotify) g_bytes_unref);
    }
  G_OBJECT_CLASS (gbx_console_parent_class)->dispose (object);
}

static void
gbx_console_finalize (GObject *object)
{
  GbxConsole *self = GBX_CONSOLE (object);

  g_byte_array_unref (self->queue);
  gbx_channel_set_free (self->channels);
  g_clear_error (&self->sink_error);
  g_free (self->decoder);
  g_object_unref (self->source_stop);
  g_object_unref (self->sink_stop);
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
  self->source_stop = g_cancellable_new ();
  self->sink_stop = g_cancellable_new ();
  self->decoder = g_new (GbxDecoder, 1);
  gbx_decoder_init (self->decoder, GBX_DIRECTION_TO_HOST);
  for (guint i = 0; i < GBX_N_STREAMS; i++)
    {
      g_queue_init (&self->outputs[i].chunks);
      self->outputs[i].credit = GBX_WINDOW_INITIAL;
    }
  self->source_credit = GBX_WINDOW_INITIAL;
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

void
gbx_console_set_source (GbxConsole *self, GInputStream *source)
{
  g_set_object (&self->source, source);
}

void
gbx_console_set_sink (GbxConsole *self, GbxStream stream, GOutputStream *sink)
{
  g_set_object (&self->outputs[stream].sink, sink);
}

void
gbx_console_set_output_optional (GbxConsole *self, gboolean optional)
{
  self->output_is_optional = optional;
}

void
gbx_console_open_streams (GbxConsole *self)
{
  if (!self->source)
    {
      send_stream (self, GBX_MSG_CLOSE, GBX_STREAM_STDIN, NULL, 0);
      return;
    }
  self->source_open = TRUE;
  pump_source (self);
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

void
gbx_console_drain_async (GbxConsole *self, GAsyncReadyCallback callback, gpointer user_data)
{
  self->drain = g_task_new (self, NULL, callback, user_data);
  check_drained (self);
}

gboolean
gbx_console_drain_finish (GbxConsole *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
gbx_console_discard_output (GbxConsole *self)
{
  g_cancellable_cancel (self->sink_stop);
  check_drained (self);
}
