/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-process"

#include "config.h"

#include "gbx-process.h"

#include <signal.h>

/* For a reader of the last output that may have stopped, once the command has ended. */
#define DRAIN_MS 5000

struct _GbxProcess
{
  GObject parent_instance;

  GbxConsole *console; /* (nullable): until it ends */
  guint number;
  GbxCommandStreams *streams;
  gboolean has_started, has_exit, is_ending, has_ended;
  gboolean is_stopped; /* the sandbox is ending */
  gboolean hung_up;
  GbxExitReport exit;
  guint drain_limit; /* source */
};

enum
{
  SIGNAL_STARTED,
  SIGNAL_ENDED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GbxProcess, gbx_process, G_TYPE_OBJECT)

static void
gbx_process_finalize (GObject *object)
{
  GbxProcess *self = GBX_PROCESS (object);

  g_clear_handle_id (&self->drain_limit, g_source_remove);
  g_clear_object (&self->console);
  g_object_unref (self->streams);
  G_OBJECT_CLASS (gbx_process_parent_class)->finalize (object);
}

static void
gbx_process_class_init (GbxProcessClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gbx_process_finalize;
  signals[SIGNAL_STARTED] = g_signal_new ("started", GBX_TYPE_PROCESS, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_ENDED] = g_signal_new ("ended", GBX_TYPE_PROCESS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                        NULL, G_TYPE_NONE, 0);
}

static void
gbx_process_init (GbxProcess *self)
{
}

GbxProcess *
gbx_process_new (GbxConsole *console, guint number)
{
  GbxProcess *self = g_object_new (GBX_TYPE_PROCESS, NULL);

  self->console = g_object_ref (console);
  self->number = number;
  self->streams = g_object_ref (gbx_console_add_streams (console, number));
  return self;
}

GbxCommandStreams *
gbx_process_get_streams (GbxProcess *self)
{
  return self->streams;
}

/* ------------------------------------------------------------------ life -- */

gboolean
gbx_process_take_started (GbxProcess *self)
{
  if (self->has_started || self->is_ending)
    return FALSE;
  self->has_started = TRUE;
  gbx_command_streams_open (self->streams);
  g_signal_emit (self, signals[SIGNAL_STARTED], 0);
  return TRUE;
}

static gboolean
on_drain_limit (gpointer user_data)
{
  GbxProcess *self = user_data;

  self->drain_limit = 0;
  gbx_command_streams_discard (self->streams);
  return G_SOURCE_REMOVE;
}

static void
drain_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GbxProcess) self = user_data;

  gbx_command_streams_drain_finish (GBX_COMMAND_STREAMS (source), result, NULL);
  g_clear_handle_id (&self->drain_limit, g_source_remove);
  self->has_ended = TRUE;
  g_signal_emit (self, signals[SIGNAL_ENDED], 0);
}

/* A reader of a command that ended by itself may take its time, as for the first command. */
static void
end (GbxProcess *self, gboolean patiently)
{
  self->is_ending = TRUE;
  gbx_command_streams_end (self->streams);
  g_clear_object (&self->console);
  if (!patiently)
    self->drain_limit = g_timeout_add (DRAIN_MS, on_drain_limit, self);
  gbx_command_streams_drain_async (self->streams, drain_cb, g_object_ref (self));
}

gboolean
gbx_process_take_exit (GbxProcess *self, const GbxFrame *frame)
{
  gboolean ran;

  if (self->is_ending || !gbx_exit_decode (&self->exit, frame))
    return FALSE;
  ran = self->exit.kind == GBX_EXIT_STATUS || self->exit.kind == GBX_EXIT_SIGNAL;
  if (ran != self->has_started)
    return FALSE;
  /* What the end of the sandbox has killed did not end by itself. */
  self->has_exit = !(self->is_stopped && self->exit.kind == GBX_EXIT_SIGNAL &&
                     (self->exit.value == SIGTERM || self->exit.value == SIGKILL));
  g_object_unref (gbx_console_take_streams (self->console, self->number));
  end (self, !self->hung_up);
  return TRUE;
}

void
gbx_process_tell_stopped (GbxProcess *self)
{
  self->is_stopped = TRUE;
}

void
gbx_process_lose (GbxProcess *self)
{
  if (!self->is_ending)
    end (self, FALSE);
}

/* --------------------------------------------------------------- control -- */

void
gbx_process_send_signal (GbxProcess *self, int signal_number)
{
  if (self->console)
    gbx_console_send_u32 (self->console, self->number, GBX_MSG_SIGNAL, (guint32) signal_number);
}

void
gbx_process_set_terminal_size (GbxProcess *self, guint rows, guint columns)
{
  if (self->console)
    gbx_console_send_pair (self->console, self->number, GBX_MSG_WINSIZE, rows, columns);
}

void
gbx_process_hang_up (GbxProcess *self)
{
  self->hung_up = TRUE;
  if (self->console)
    {
      gbx_process_send_signal (self, SIGHUP);
      gbx_command_streams_hang_up (self->streams);
    }
  else if (!self->has_ended)
    gbx_command_streams_discard (self->streams);
}

/* --------------------------------------------------------------- getters -- */

guint
gbx_process_get_number (GbxProcess *self)
{
  return self->number;
}

gboolean
gbx_process_has_started (GbxProcess *self)
{
  return self->has_started;
}

gboolean
gbx_process_has_ended (GbxProcess *self)
{
  return self->has_ended;
}

const GbxExitReport *
gbx_process_get_exit (GbxProcess *self)
{
  return self->has_exit ? &self->exit : NULL;
}

int
gbx_process_get_status (GbxProcess *self)
{
  if (!self->has_exit)
    return 125;
  switch (self->exit.kind)
    {
    case GBX_EXIT_STATUS:
      return (int) self->exit.value;
    case GBX_EXIT_SIGNAL:
      return 128 + (int) self->exit.value;
    case GBX_EXIT_NOT_FOUND:
      return 127;
    default:
      return 126;
    }
}
