/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-streams"

#include "config.h"

#include "gbx-command-streams.h"

#include "gbx-error.h"

#include <glib/gi18n-lib.h>

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

struct _GbxCommandStreams
{
  GObject parent_instance;

  guint process;
  GbxStreamSendFunc send;
  GbxStreamOutputFunc output;
  gpointer owner; /* (unowned) (nullable): until it stops */

  GInputStream *source;      /* (nullable): the command's stdin */
  GCancellable *source_stop; /* cancels the pending read */
  GCancellable *sink_stop;   /* cancels the waiting for readers of the output */
  gsize source_credit;
  gboolean source_open, source_reading, closed;

  Output outputs[GBX_N_STREAMS]; /* by GbxStream; only stdout and stderr are used */
  GError *sink_error;            /* (nullable): why output is lost, unless its reader exited */
  gboolean output_is_optional;
  GTask *drain;
};

G_DEFINE_FINAL_TYPE (GbxCommandStreams, gbx_command_streams, G_TYPE_OBJECT)

static void pump_output (GbxCommandStreams *self, GbxStream stream);
static void pump_source (GbxCommandStreams *self);

static void
send (GbxCommandStreams *self, GbxMessage type, GbxStream stream, const void *payload, gsize length)
{
  if (self->owner)
    self->send (self->owner, type, self->process, stream, payload, length);
}

static void
send_credit (GbxCommandStreams *self, GbxStream stream, gsize bytes)
{
  guint8 payload[4];
  GbxWriter writer;

  self->outputs[stream].credit += bytes;
  gbx_writer_init (&writer, payload, sizeof payload);
  gbx_write_u32 (&writer, bytes);
  send (self, GBX_MSG_CREDIT, stream, payload, writer.length);
}

/* -------------------------------------------------------------- output -- */

static void
check_drained (GbxCommandStreams *self)
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
keep_sink_error (GbxCommandStreams *self, GbxStream stream, const GError *error)
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
sink_broke (GbxCommandStreams *self, GbxStream stream, const GError *error)
{
  Output *output = &self->outputs[stream];

  output->broken = TRUE;
  g_queue_clear_full (&output->chunks, (GDestroyNotify) g_bytes_unref);
  output->queued = 0;
  if (self->output_is_optional)
    return;
  if (!output->ended)
    send (self, GBX_MSG_CLOSE, stream, NULL, 0);
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
write_thread (gpointer data, gpointer user_data)
{
  g_autoptr (GTask) task = data;
  Writing *writing = g_task_get_task_data (task);
  GError *error = NULL;

  if (g_output_stream_write_all (writing->sink, g_bytes_get_data (writing->chunk, NULL),
                                 g_bytes_get_size (writing->chunk), NULL,
                                 g_task_get_cancellable (task), &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* Threads of their own, as many as there are streams: readers that hang must not take those
 * that GTask has for everything else. */
static GThreadPool *
get_writers (void)
{
  static gsize once = 0;
  static GThreadPool *writers;

  if (g_once_init_enter (&once))
    {
      writers = g_thread_pool_new (write_thread, NULL, -1, FALSE, NULL);
      g_once_init_leave (&once, 1);
    }
  return writers;
}

static void
write_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GbxCommandStreams *self = GBX_COMMAND_STREAMS (source);
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
write_chunk (GbxCommandStreams *self, GbxStream stream, GBytes *chunk)
{
  g_autoptr (GTask) task = g_task_new (self, self->sink_stop, write_cb, NULL);
  Writing *writing = g_new0 (Writing, 1);

  self->outputs[stream].writing = TRUE;
  writing->stream = stream;
  writing->sink = g_object_ref (self->outputs[stream].sink);
  writing->chunk = chunk;
  g_task_set_task_data (task, writing, (GDestroyNotify) writing_free);
  g_thread_pool_push (get_writers (), g_steal_pointer (&task), NULL);
}

static void
pump_output (GbxCommandStreams *self, GbxStream stream)
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

static const char *
receive_data (GbxCommandStreams *self, const GbxFrame *frame)
{
  Output *output = &self->outputs[frame->channel];
  g_autoptr (GBytes) bytes = NULL;

  if (output->ended || frame->length > output->credit)
    {
      return output->ended ? _ ("it sent output after closing the stream")
                           : _ ("it sent more output than it had credit for");
    }
  output->credit -= frame->length;
  bytes = g_bytes_new (frame->payload, frame->length);
  if (self->process == GBX_PROCESS_FIRST || !output->sink)
    self->output (self->owner, frame->channel == GBX_STREAM_STDERR, bytes);
  if (output->broken || !output->sink)
    {
      send_credit (self, frame->channel, frame->length);
      return NULL;
    }
  output->queued += frame->length;
  g_queue_push_tail (&output->chunks, g_steal_pointer (&bytes));
  pump_output (self, frame->channel);
  return NULL;
}

/* --------------------------------------------------------------- input -- */

static void
read_source_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GbxCommandStreams) self = user_data;
  g_autoptr (GBytes) bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, NULL);
  gsize size = bytes ? g_bytes_get_size (bytes) : 0;

  self->source_reading = FALSE;
  if (self->closed)
    return;
  if (size == 0) /* end of file, or an error, which is treated the same */
    {
      self->source_open = FALSE;
      send (self, GBX_MSG_CLOSE, GBX_STREAM_STDIN, NULL, 0);
      return;
    }
  self->source_credit -= size;
  send (self, GBX_MSG_DATA, GBX_STREAM_STDIN, g_bytes_get_data (bytes, NULL), size);
  pump_source (self);
}

static void
pump_source (GbxCommandStreams *self)
{
  if (self->closed || !self->source_open || self->source_reading || self->source_credit == 0)
    return;
  self->source_reading = TRUE;
  g_input_stream_read_bytes_async (self->source, MIN (self->source_credit, GBX_DATA_MAX),
                                   G_PRIORITY_DEFAULT, self->source_stop, read_source_cb,
                                   g_object_ref (self));
}

static const char *
receive_credit (GbxCommandStreams *self, const GbxFrame *frame)
{
  guint32 bytes;

  if (!gbx_u32_decode (&bytes, frame) || self->source_credit + bytes > GBX_WINDOW_MAX)
    return _ ("it gave too much credit");
  self->source_credit += bytes;
  pump_source (self);
  return NULL;
}

static const char *
receive_close (GbxCommandStreams *self, const GbxFrame *frame)
{
  Output *output = &self->outputs[frame->channel];

  if (output->ended)
    return _ ("it closed a stream twice");
  output->ended = TRUE;
  pump_output (self, frame->channel);
  return NULL;
}

const char *
gbx_command_streams_take (GbxCommandStreams *self, const GbxFrame *frame)
{
  if (frame->type == GBX_MSG_DATA)
    return receive_data (self, frame);
  return frame->type == GBX_MSG_CLOSE ? receive_close (self, frame) : receive_credit (self, frame);
}

/* -------------------------------------------------------------- object -- */

static void
gbx_command_streams_dispose (GObject *object)
{
  GbxCommandStreams *self = GBX_COMMAND_STREAMS (object);

  gbx_command_streams_stop (self);
  g_clear_object (&self->source);
  for (guint i = 0; i < GBX_N_STREAMS; i++)
    {
      g_clear_object (&self->outputs[i].sink);
      g_queue_clear_full (&self->outputs[i].chunks, (GDestroyNotify) g_bytes_unref);
    }
  G_OBJECT_CLASS (gbx_command_streams_parent_class)->dispose (object);
}

static void
gbx_command_streams_finalize (GObject *object)
{
  GbxCommandStreams *self = GBX_COMMAND_STREAMS (object);

  g_clear_error (&self->sink_error);
  g_object_unref (self->source_stop);
  g_object_unref (self->sink_stop);
  G_OBJECT_CLASS (gbx_command_streams_parent_class)->finalize (object);
}

static void
gbx_command_streams_class_init (GbxCommandStreamsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = gbx_command_streams_dispose;
  G_OBJECT_CLASS (klass)->finalize = gbx_command_streams_finalize;
}

static void
gbx_command_streams_init (GbxCommandStreams *self)
{
  self->source_stop = g_cancellable_new ();
  self->sink_stop = g_cancellable_new ();
  for (guint i = 0; i < GBX_N_STREAMS; i++)
    {
      g_queue_init (&self->outputs[i].chunks);
      self->outputs[i].credit = GBX_WINDOW_INITIAL;
    }
  self->source_credit = GBX_WINDOW_INITIAL;
}

GbxCommandStreams *
gbx_command_streams_new (guint process, GbxStreamSendFunc send_func, GbxStreamOutputFunc output,
                         gpointer owner)
{
  GbxCommandStreams *self = g_object_new (GBX_TYPE_COMMAND_STREAMS, NULL);

  self->process = process;
  self->send = send_func;
  self->output = output;
  self->owner = owner;
  return self;
}

void
gbx_command_streams_set_source (GbxCommandStreams *self, GInputStream *source)
{
  g_set_object (&self->source, source);
}

void
gbx_command_streams_set_sink (GbxCommandStreams *self, GbxStream stream, GOutputStream *sink)
{
  g_set_object (&self->outputs[stream].sink, sink);
}

void
gbx_command_streams_set_optional (GbxCommandStreams *self, gboolean optional)
{
  self->output_is_optional = optional;
}

void
gbx_command_streams_open (GbxCommandStreams *self)
{
  if (!self->source)
    {
      send (self, GBX_MSG_CLOSE, GBX_STREAM_STDIN, NULL, 0);
      return;
    }
  self->source_open = TRUE;
  pump_source (self);
}

void
gbx_command_streams_hang_up (GbxCommandStreams *self)
{
  for (guint i = GBX_STREAM_STDOUT; i <= GBX_STREAM_STDERR; i++)
    {
      if (!self->outputs[i].ended && !self->outputs[i].broken)
        send (self, GBX_MSG_CLOSE, i, NULL, 0);
      self->outputs[i].broken = TRUE;
    }
  gbx_command_streams_discard (self);
}

void
gbx_command_streams_stop (GbxCommandStreams *self)
{
  self->owner = NULL;
  self->closed = TRUE;
  g_cancellable_cancel (self->source_stop);
}

void
gbx_command_streams_end (GbxCommandStreams *self)
{
  gbx_command_streams_stop (self);
  for (guint i = GBX_STREAM_STDOUT; i <= GBX_STREAM_STDERR; i++)
    {
      self->outputs[i].ended = TRUE;
      pump_output (self, i);
    }
}

void
gbx_command_streams_drain_async (GbxCommandStreams *self, GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  self->drain = g_task_new (self, NULL, callback, user_data);
  check_drained (self);
}

gboolean
gbx_command_streams_drain_finish (GbxCommandStreams *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
gbx_command_streams_discard (GbxCommandStreams *self)
{
  g_cancellable_cancel (self->sink_stop);
  check_drained (self);
}
