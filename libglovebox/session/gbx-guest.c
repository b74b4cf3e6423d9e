/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-guest"

#include "config.h"

#include "gbx-guest.h"

#include "gbx-clock.h"
#include "gbx-file-records.h"
#include "gbx-figures.h"
#include "gbx-files-relay.h"
#include "gbx-journal.h"
#include "gbx-policy.h"

#include <glib/gi18n-lib.h>

/* The guest counts as idle below this part of its processors' time. */
#define SETTLED_BUSY_PERMILLE 250
/* An application that is never idle counts as settled after this many seconds, and one that shows
 * only a splash screen or the like after these. */
#define SETTLED_FIGURES_MAX 20
#define SETTLED_SPLASH_MAX 60
/* Of a title or a class, which the guest chooses. */
#define LINE_LETTERS_MAX 200

#define WINDOWS_TYPE G_VARIANT_TYPE ("a(usbb)")

struct _GbxGuest
{
  GObject parent_instance;

  GbxConsole *console;
  GbxClock clock; /* the guest's beside ours */
  GbxGuestStage stage;
  gboolean is_desktop, has_started;
  GbxExitReport exit;
  char *title; /* (nullable) */
  GVariant *windows;
  char *window_class; /* (nullable) */
  gboolean drawn, settled, has_window;
  GbxFigures figures;
  gboolean has_figures;
  guint figures_since_drawn;
  GbxInputChannel *input; /* (nullable) */
  GbxProcess *processes[GBX_N_PROCESSES]; /* by number, beside the first; NULL */
  GbxChannel *hold;       /* (nullable) */
  gboolean held;
  gboolean pointer_hidden;
  gint64 last_heard; /* monotonic, microseconds */
};

enum
{
  PROP_0,
  PROP_TITLE,
  PROP_WINDOWS,
  PROP_DRAWN,
  PROP_SETTLED,
  PROP_HAS_WINDOW,
  PROP_WINDOW_CLASS,
  PROP_POINTER_HIDDEN,
  N_PROPS,
};

enum
{
  SIGNAL_STAGE,
  SIGNAL_PHASE,
  SIGNAL_LOG,
  SIGNAL_SIZE,
  SIGNAL_FIGURES,
  SIGNAL_OUTPUT,
  SIGNAL_CLOSED,
  N_SIGNALS,
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GbxGuest, gbx_guest, G_TYPE_OBJECT)

static void
set_stage (GbxGuest *self, GbxGuestStage stage)
{
  self->stage = stage;
  g_signal_emit (self, signals[SIGNAL_STAGE], 0, stage);
}

/* ------------------------------------------------------------ messages -- */

static void
on_hello (GbxGuest *self, const GbxFrame *frame)
{
  GbxHello hello;

  if (self->stage != GBX_GUEST_CONNECTED || !gbx_hello_decode (&hello, frame))
    gbx_console_fail (self->console, _ ("a malformed or repeated greeting"));
  else if (hello.version != GBX_PROTOCOL_VERSION)
    gbx_console_fail (self->console, _ ("it speaks another version of the protocol; install "
                                        "Glovebox again, and empty ~/.cache/glovebox"));
  else
    set_stage (self, GBX_GUEST_GREETED);
}

static void
on_phase (GbxGuest *self, const GbxFrame *frame)
{
  GbxPhaseReport report;

  if (!gbx_phase_decode (&report, frame))
    gbx_console_fail (self->console, _ ("a malformed phase report"));
  else
    g_signal_emit (self, signals[SIGNAL_PHASE], 0, report.phase, report.uptime_ms);
}

static void
on_figures (const GbxFigures *figures, gpointer user_data)
{
  GbxGuest *self = user_data;
  gboolean has_windows = g_variant_n_children (self->windows) > 0;

  self->figures = *figures;
  self->has_figures = TRUE;
  g_signal_emit (self, signals[SIGNAL_FIGURES], 0);
  /* The first figures after drawing still cover the time before it. */
  if (!self->drawn || self->settled || self->figures_since_drawn++ == 0)
    return;
  if ((!has_windows || figures->busy_permille >= SETTLED_BUSY_PERMILLE) &&
      self->figures_since_drawn <= (has_windows ? SETTLED_FIGURES_MAX : SETTLED_SPLASH_MAX))
    return;
  self->settled = TRUE;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SETTLED]);
}

static void
on_pointer (gboolean hidden, gpointer user_data)
{
  GbxGuest *self = user_data;

  if (self->pointer_hidden == hidden)
    return;
  self->pointer_hidden = hidden;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_POINTER_HIDDEN]);
}

static void
open_channels (GbxGuest *self)
{
  gbx_pointer_watch (self->console, on_pointer, self);
  self->input = gbx_input_channel_new (self->console);
}

/* The console has refused all that is about a command that does not run. */
static void
on_process_started (GbxGuest *self, GbxProcess *process)
{
  g_autoptr (GbxProcess) held = g_object_ref (process);

  if (!gbx_process_take_started (held))
    gbx_console_fail (self->console, _ ("it reported twice that a command was started"));
}

static void
on_process_exit (GbxGuest *self, GbxProcess *process, const GbxFrame *frame)
{
  if (!gbx_process_take_exit (process, frame))
    gbx_console_fail (self->console, _ ("a malformed or repeated exit status"));
  else
    g_clear_object (&self->processes[frame->process]);
}

static void
lose_processes (GbxGuest *self)
{
  for (guint i = 0; i < GBX_N_PROCESSES; i++)
    {
      g_autoptr (GbxProcess) process = g_steal_pointer (&self->processes[i]);

      if (process)
        gbx_process_lose (process);
    }
}

static void
on_started (GbxGuest *self, const GbxFrame *frame)
{
  if (self->processes[frame->process])
    {
      on_process_started (self, self->processes[frame->process]);
      return;
    }
  if (self->stage != GBX_GUEST_GREETED)
    {
      gbx_console_fail (self->console,
                        _ ("it reported twice, or too late, that the application was started"));
      return;
    }
  self->has_started = TRUE;
  gbx_console_open_streams (self->console);
  gbx_figures_watch (self->console, on_figures, self);
  if (self->is_desktop)
    open_channels (self);
  set_stage (self, GBX_GUEST_STARTED);
}

static void
on_exit_report (GbxGuest *self, const GbxFrame *frame)
{
  if (self->processes[frame->process])
    {
      on_process_exit (self, self->processes[frame->process], frame);
      return;
    }
  if (self->stage >= GBX_GUEST_EXITED || !gbx_exit_decode (&self->exit, frame))
    gbx_console_fail (self->console, _ ("a malformed or repeated exit status"));
  else
    set_stage (self, GBX_GUEST_EXITED);
}

static void
on_log (GbxGuest *self, const GbxFrame *frame)
{
  GbxLogLine line;
  g_autofree char *text = NULL;

  if (!gbx_log_decode (&line, frame))
    {
      gbx_console_fail (self->console, _ ("a malformed log line"));
      return;
    }
  text = gbx_journal_clean (line.text);
  g_signal_emit (self, signals[SIGNAL_LOG], 0, line.level, text);
}

static void
send_time (GbxGuest *self)
{
  gint64 now = g_get_real_time ();
  GbxTime time = { .seconds = now / G_USEC_PER_SEC, .nanoseconds = now % G_USEC_PER_SEC * 1000 };
  guint8 payload[16];
  GbxWriter writer;

  gbx_writer_init (&writer, payload, sizeof payload);
  gbx_time_encode (&time, &writer);
  gbx_console_send (self->console, GBX_PROCESS_GUEST, GBX_MSG_TIME, payload, writer.length);
}

static void
on_heartbeat (GbxGuest *self, const GbxFrame *frame)
{
  GbxHeartbeat heartbeat;
  gint64 guest; /* microseconds since 1970 */

  if (!gbx_heartbeat_decode (&heartbeat, frame))
    {
      gbx_console_fail (self->console, _ ("a malformed heartbeat"));
      return;
    }
  guest = (gint64) heartbeat.clock.seconds * G_USEC_PER_SEC + heartbeat.clock.nanoseconds / 1000;
  if (gbx_clock_heartbeat (&self->clock, guest, g_get_real_time (), g_get_monotonic_time ()))
    send_time (self);
}

/* A text of the guest's for one line of a window: short, without controls. */
static char *
make_line (const char *text)
{
  g_autofree char *line = gbx_journal_clean (text);

  g_strdelimit (line, "\n", ' ');
  g_strstrip (line);
  if (g_utf8_strlen (line, -1) > LINE_LETTERS_MAX)
    *g_utf8_offset_to_pointer (line, LINE_LETTERS_MAX) = '\0';
  return *line ? g_steal_pointer (&line) : NULL;
}

static void
take_line (GbxGuest *self, char **line, guint property, const char *text)
{
  g_free (*line);
  *line = make_line (text);
  g_object_notify_by_pspec (G_OBJECT (self), props[property]);
}

static void
set_has_window (GbxGuest *self, gboolean has_window)
{
  if (self->has_window == has_window)
    return;
  self->has_window = has_window;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_HAS_WINDOW]);
}

static void
on_window_drawn (GbxGuest *self)
{
  if (!self->drawn)
    {
      self->drawn = TRUE;
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_DRAWN]);
    }
  set_has_window (self, TRUE);
}

static void
take_windows (GbxGuest *self, GVariant *windows)
{
  g_autoptr (GVariant) taken = g_variant_ref_sink (windows);

  if (g_variant_equal (taken, self->windows))
    return;
  /* The first real window begins to load what it shows. */
  if (g_variant_n_children (self->windows) == 0)
    self->figures_since_drawn = 0;
  g_variant_unref (self->windows);
  self->windows = g_steal_pointer (&taken);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_WINDOWS]);
}

static void
on_windows (GbxGuest *self, const GbxFrame *frame)
{
  GbxWindowList list;
  GVariantBuilder builder;

  if (!gbx_windows_decode (&list, frame))
    {
      gbx_console_fail (self->console, _ ("a malformed list of windows"));
      return;
    }
  g_variant_builder_init (&builder, WINDOWS_TYPE);
  for (guint i = 0; i < list.n; i++)
    {
      const GbxWindowEntry *entry = &list.entries[i];
      g_autofree char *title = make_line (entry->title);

      g_variant_builder_add (&builder, "(usbb)", entry->number, title ? title : "",
                             (entry->flags & GBX_WINDOW_CLOSES) != 0,
                             (entry->flags & GBX_WINDOW_MODAL) != 0);
    }
  take_windows (self, g_variant_builder_end (&builder));
}

static void
take_size (GbxGuest *self, const GbxWindowReport *report)
{
  g_signal_emit (self, signals[SIGNAL_SIZE], 0,
                 CLAMP (report->width, GBX_DISPLAY_MIN, GBX_DISPLAY_MAX),
                 CLAMP (report->height, GBX_DISPLAY_MIN, GBX_DISPLAY_MAX));
}

static void
on_window (GbxGuest *self, const GbxFrame *frame)
{
  GbxWindowReport report;

  if (!gbx_window_decode (&report, frame))
    gbx_console_fail (self->console, _ ("a malformed window report"));
  else if (report.event == GBX_WINDOW_TITLE)
    take_line (self, &self->title, PROP_TITLE, report.title);
  else if (report.event == GBX_WINDOW_CLASS)
    take_line (self, &self->window_class, PROP_WINDOW_CLASS, report.title);
  else if (report.event == GBX_WINDOW_DRAWN)
    on_window_drawn (self);
  else if (report.event == GBX_WINDOW_NONE)
    set_has_window (self, FALSE);
  else if (report.event == GBX_WINDOW_SIZE)
    take_size (self, &report);
}

static void
on_bye (GbxGuest *self, const GbxFrame *frame)
{
  if (self->stage == GBX_GUEST_EXITED)
    set_stage (self, GBX_GUEST_FINISHED);
  else
    gbx_console_fail (self->console, _ ("it said good-bye twice, or without an exit status"));
}

/* By type; the decoder of frames refuses other types. */
static void (*const handlers[]) (GbxGuest *self, const GbxFrame *frame) = {
  [GBX_MSG_HELLO] = on_hello,   [GBX_MSG_PHASE] = on_phase,         [GBX_MSG_STARTED] = on_started,
  [GBX_MSG_EXIT] = on_exit_report, [GBX_MSG_LOG] = on_log,          [GBX_MSG_HEARTBEAT] = on_heartbeat,
  [GBX_MSG_WINDOW] = on_window, [GBX_MSG_BYE] = on_bye,             [GBX_MSG_WINDOWS] = on_windows,
};

static void
on_frame (GbxConsole *console, guint type, const GbxFrame *frame, gpointer user_data)
{
  GbxGuest *self = user_data;

  self->last_heard = g_get_monotonic_time ();
  if (self->stage == GBX_GUEST_CONNECTED && type != GBX_MSG_HELLO && type != GBX_MSG_LOG &&
      type != GBX_MSG_PHASE)
    gbx_console_fail (console, _ ("it did not begin with a greeting"));
  else if (type < G_N_ELEMENTS (handlers) && handlers[type])
    handlers[type](self, frame);
}

static void
on_output (GbxConsole *console, gboolean is_stderr, GBytes *data, gpointer user_data)
{
  GbxGuest *self = user_data;

  self->last_heard = g_get_monotonic_time ();
  g_signal_emit (self, signals[SIGNAL_OUTPUT], 0, is_stderr, data);
}

static void
on_closed (GbxConsole *console, GError *error, gpointer user_data)
{
  lose_processes (user_data);
  g_signal_emit (user_data, signals[SIGNAL_CLOSED], 0, error);
}

/* -------------------------------------------------------------- object -- */

static void
gbx_guest_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GbxGuest *self = GBX_GUEST (object);

  switch (id)
    {
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;
    case PROP_WINDOWS:
      g_value_set_variant (value, self->windows);
      break;
    case PROP_DRAWN:
      g_value_set_boolean (value, self->drawn);
      break;
    case PROP_SETTLED:
      g_value_set_boolean (value, self->settled);
      break;
    case PROP_HAS_WINDOW:
      g_value_set_boolean (value, self->has_window);
      break;
    case PROP_WINDOW_CLASS:
      g_value_set_string (value, self->window_class);
      break;
    case PROP_POINTER_HIDDEN:
      g_value_set_boolean (value, self->pointer_hidden);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
gbx_guest_finalize (GObject *object)
{
  GbxGuest *self = GBX_GUEST (object);

  g_signal_handlers_disconnect_by_data (self->console, self);
  g_clear_pointer (&self->input, gbx_input_channel_free);
  gbx_guest_release (self);
  lose_processes (self);
  gbx_console_close (self->console); /* others may still hold it */
  g_object_unref (self->console);
  g_free (self->title);
  g_free (self->window_class);
  g_variant_unref (self->windows);
  G_OBJECT_CLASS (gbx_guest_parent_class)->finalize (object);
}

static guint
new_signal (const char *name, guint n, GType first, GType second)
{
  GType types[] = { first, second };

  return g_signal_newv (name, GBX_TYPE_GUEST, G_SIGNAL_RUN_LAST, NULL, NULL, NULL, NULL,
                        G_TYPE_NONE, n, types);
}

#define FLAGS (G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY)

static void
gbx_guest_class_init (GbxGuestClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = gbx_guest_get_property;
  object_class->finalize = gbx_guest_finalize;

  props[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, FLAGS);
  props[PROP_WINDOWS] =
      g_param_spec_variant ("windows", NULL, NULL, WINDOWS_TYPE, NULL, FLAGS);
  props[PROP_DRAWN] = g_param_spec_boolean ("drawn", NULL, NULL, FALSE, FLAGS);
  props[PROP_SETTLED] = g_param_spec_boolean ("settled", NULL, NULL, FALSE, FLAGS);
  props[PROP_HAS_WINDOW] = g_param_spec_boolean ("has-window", NULL, NULL, FALSE, FLAGS);
  props[PROP_WINDOW_CLASS] = g_param_spec_string ("window-class", NULL, NULL, NULL, FLAGS);
  props[PROP_POINTER_HIDDEN] =
      g_param_spec_boolean ("pointer-hidden", NULL, NULL, FALSE, FLAGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  signals[SIGNAL_STAGE] = new_signal ("stage", 1, G_TYPE_UINT, 0);
  signals[SIGNAL_PHASE] = new_signal ("phase", 2, G_TYPE_UINT, G_TYPE_UINT);
  signals[SIGNAL_LOG] = new_signal ("log", 2, G_TYPE_UINT, G_TYPE_STRING);
  signals[SIGNAL_SIZE] = new_signal ("size", 2, G_TYPE_UINT, G_TYPE_UINT);
  signals[SIGNAL_FIGURES] = new_signal ("figures", 0, 0, 0);
  signals[SIGNAL_OUTPUT] = new_signal ("output", 2, G_TYPE_BOOLEAN, G_TYPE_BYTES);
  signals[SIGNAL_CLOSED] = new_signal ("closed", 1, G_TYPE_ERROR, 0);
}

static void
gbx_guest_init (GbxGuest *self)
{
  self->last_heard = g_get_monotonic_time ();
  self->windows = g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE ("(usbb)"), NULL, 0));
  gbx_clock_init (&self->clock);
}

GbxGuest *
gbx_guest_new (int fd, const GbxStreams *streams, gboolean is_desktop)
{
  GbxGuest *self = g_object_new (GBX_TYPE_GUEST, NULL);

  self->is_desktop = is_desktop;
  self->console = gbx_console_new (fd);
  if (is_desktop)
    gbx_console_yield_to_drawing (self->console);
  gbx_console_set_source (self->console, streams->source);
  gbx_console_set_sink (self->console, GBX_STREAM_STDOUT, streams->out);
  gbx_console_set_sink (self->console, GBX_STREAM_STDERR, streams->err);
  gbx_console_set_output_optional (self->console, is_desktop);
  g_signal_connect (self->console, "frame", G_CALLBACK (on_frame), self);
  g_signal_connect (self->console, "output", G_CALLBACK (on_output), self);
  g_signal_connect (self->console, "closed", G_CALLBACK (on_closed), self);
  return self;
}

/* ------------------------------------------------------------- sending -- */

void
gbx_guest_configure (GbxGuest *self, const GbxGuestRequest *request)
{
  GbxHello hello = { .version = GBX_PROTOCOL_VERSION, .software = "glovebox " GBX_VERSION };
  guint8 payload[128];
  GbxWriter writer;

  gbx_writer_init (&writer, payload, sizeof payload);
  gbx_hello_encode (&hello, &writer);
  gbx_console_send (self->console, GBX_PROCESS_GUEST, GBX_MSG_HELLO, payload, writer.length);
  gbx_console_send_parts (self->console, GBX_PROCESS_GUEST, GBX_MSG_CONFIG, request->config);
  gbx_console_send_parts (self->console, GBX_PROCESS_FIRST, GBX_MSG_START, request->command);
}

void
gbx_guest_ask_to_stop (GbxGuest *self, guint grace_ms)
{
  gbx_console_send_u32 (self->console, GBX_PROCESS_GUEST, GBX_MSG_STOP, grace_ms);
  for (guint i = 0; i < GBX_N_PROCESSES; i++)
    if (self->processes[i])
      gbx_process_tell_stopped (self->processes[i]);
}

void
gbx_guest_send_signal (GbxGuest *self, int signal_number)
{
  gbx_console_send_u32 (self->console, GBX_PROCESS_FIRST, GBX_MSG_SIGNAL, signal_number);
}

GbxProcess *
gbx_guest_run (GbxGuest *self, GBytes *command, const GbxStreams *streams)
{
  GbxCommandStreams *own;
  guint number = GBX_PROCESS_SECOND;

  while (number < GBX_N_PROCESSES && self->processes[number])
    number++;
  if (number == GBX_N_PROCESSES)
    return NULL;
  self->processes[number] = gbx_process_new (self->console, number);
  own = gbx_process_get_streams (self->processes[number]);
  gbx_command_streams_set_source (own, streams->source);
  gbx_command_streams_set_sink (own, GBX_STREAM_STDOUT, streams->out);
  gbx_command_streams_set_sink (own, GBX_STREAM_STDERR, streams->err);
  gbx_console_send_parts (self->console, number, GBX_MSG_START, command);
  return g_object_ref (self->processes[number]);
}

void
gbx_guest_set_terminal_size (GbxGuest *self, guint rows, guint columns)
{
  if (self->stage > GBX_GUEST_CONNECTED)
    gbx_console_send_pair (self->console, GBX_PROCESS_FIRST, GBX_MSG_WINSIZE, rows, columns);
}

void
gbx_guest_set_display_size (GbxGuest *self, guint width, guint height)
{
  gbx_console_send_pair (self->console, GBX_PROCESS_GUEST, GBX_MSG_DISPLAY, width, height);
}

/* ---------------------------------------------------------------- files -- */

static void
on_held (GbxChannel *channel, gpointer user_data)
{
  ((GbxGuest *) user_data)->held = TRUE;
}

static void
on_hold_ended (GbxChannel *channel, gpointer user_data)
{
  GbxGuest *self = user_data;

  self->held = FALSE;
  self->hold = NULL;
}

static void
on_hold_refused (GbxChannel *channel, const char *reason, gpointer user_data)
{
  on_hold_ended (channel, user_data);
}

static const GbxChannelHandler hold_handler = {
  .opened = on_held,
  .refused = on_hold_refused,
  .closed = on_hold_ended,
};

void
gbx_guest_hold (GbxGuest *self)
{
  if (!self->hold)
    self->hold = gbx_console_open_channel (self->console, GBX_PROCESS_GUEST, GBX_HOLD_CHANNEL, 0,
                                           &hold_handler, self);
}

void
gbx_guest_release (GbxGuest *self)
{
  if (self->hold)
    gbx_channel_close (g_steal_pointer (&self->hold));
  self->held = FALSE;
}

gboolean
gbx_guest_is_held (GbxGuest *self)
{
  return self->held;
}

int
gbx_guest_open_files (GbxGuest *self, gboolean put)
{
  return self->stage < GBX_GUEST_STARTED || self->stage == GBX_GUEST_FINISHED
             ? -1
             : gbx_files_relay_open (self->console, put ? GBX_PUT_CHANNEL : GBX_FILES_CHANNEL);
}

GbxInputChannel *
gbx_guest_get_input (GbxGuest *self)
{
  return self->input;
}

void
gbx_guest_close_windows (GbxGuest *self)
{
  gbx_console_send (self->console, GBX_PROCESS_GUEST, GBX_MSG_CLOSE_WINDOWS, NULL, 0);
}

void
gbx_guest_use_window (GbxGuest *self, guint number)
{
  gbx_console_send_u32 (self->console, GBX_PROCESS_GUEST, GBX_MSG_USE_WINDOW, number);
}

void
gbx_guest_close (GbxGuest *self)
{
  g_signal_handlers_disconnect_by_func (self->console, on_frame, self);
  g_signal_handlers_disconnect_by_func (self->console, on_closed, self);
  gbx_console_close (self->console);
  lose_processes (self);
}

/* ------------------------------------------------------------- getters -- */

GbxGuestStage
gbx_guest_get_stage (GbxGuest *self)
{
  return self->stage;
}

const GbxExitReport *
gbx_guest_get_exit (GbxGuest *self)
{
  return self->stage >= GBX_GUEST_EXITED ? &self->exit : NULL;
}

gboolean
gbx_guest_has_started (GbxGuest *self)
{
  return self->has_started;
}

const char *
gbx_guest_get_title (GbxGuest *self)
{
  return self->title;
}

GVariant *
gbx_guest_get_windows (GbxGuest *self)
{
  return self->windows;
}

gboolean
gbx_guest_get_drawn (GbxGuest *self)
{
  return self->drawn;
}

gboolean
gbx_guest_get_settled (GbxGuest *self)
{
  return self->settled;
}

gboolean
gbx_guest_get_has_window (GbxGuest *self)
{
  return self->has_window;
}

const char *
gbx_guest_get_window_class (GbxGuest *self)
{
  return self->window_class;
}

gboolean
gbx_guest_get_pointer_hidden (GbxGuest *self)
{
  return self->pointer_hidden;
}

void
gbx_guest_tell_resumed (GbxGuest *self)
{
  self->last_heard = g_get_monotonic_time ();
  gbx_clock_init (&self->clock);
  send_time (self);
}

gboolean
gbx_guest_get_figures (GbxGuest *self, GbxFigures *figures)
{
  *figures = self->figures;
  return self->has_figures;
}

gint64
gbx_guest_get_silence (GbxGuest *self)
{
  return g_get_monotonic_time () - self->last_heard;
}

/* -------------------------------------------------------------- output -- */

static void
drain_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (gbx_console_drain_finish (GBX_CONSOLE (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
gbx_guest_drain_async (GbxGuest *self, GAsyncReadyCallback callback, gpointer user_data)
{
  gbx_console_drain_async (self->console, drain_cb, g_task_new (self, NULL, callback, user_data));
}

gboolean
gbx_guest_drain_finish (GbxGuest *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
gbx_guest_discard_output (GbxGuest *self)
{
  gbx_console_discard_output (self->console);
}
