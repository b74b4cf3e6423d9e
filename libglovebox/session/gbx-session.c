/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-session"

#include "config.h"

#include "gbx-session.h"

#include "gbx-error.h"
#include "gbx-journal.h"
#include "gbx-meter.h"
#include "gbx-phase-text.h"
#include "gbx-runtime.h"
#include "gbx-session-error.h"
#include "gbx-watch.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

/* libvirt takes half a second to start a domain, more on a busy computer. */
#define LAUNCH_SECONDS 60
/* For a cancelled start: before it is interrupted, and after that. */
#define WITHDRAW_SECONDS 5
#define INTERRUPT_SECONDS 5
/* For libvirt to end a domain, or to answer. */
#define ABANDON_SECONDS 30
/* From the end of the grace time, when the guest kills the application, to its exit
 * status. */
#define STOP_MS 10000
/* From the good-bye to the end of QEMU. */
#define POWER_OFF_MS 1000
/* The time for a reader of the output after a failure or a stop. */
#define DRAIN_MS 2000
/* The guest sends a heartbeat each second: without one for this long it is considered dead. */
#define SILENCE_SECONDS 10

struct _GbxSession
{
  GObject parent_instance;

  GbxPolicy *policy;
  GbxBackend *backend;
  GbxStreams streams; /* (owned) */
  GbxGuest *guest;    /* (nullable): of the latest start */
  GbxProgress *progress;
  GCancellable *cancellable; /* of the workers */

  GbxSessionState state;
  guint timer;      /* the state's time limit */
  guint grace_ms;   /* of GBX_SESSION_STOPPING */
  guint drain_ms;   /* of GBX_SESSION_DRAINING; 0: unlimited */
  guint time_divisor;

  /* the final result, once there is one */
  GbxEndReason reason;
  GError *error; /* (nullable): with GBX_END_FAILED */

  guint n_weaknesses;  /* of the backend's weaknesses that were reported */
  guint width, height; /* of the display, until the application runs */
  GbxKeyboard *keyboard; /* (nullable): the same */
  guint group;           /* the same */
  gboolean holds;        /* the guest is to wait at the end */

  guint time_limit;      /* source: the policy's */
  gint64 time_limit_end; /* monotonic, microseconds */
  gint64 time_left;      /* microseconds, while it is paused */
  gboolean paused;
  GbxWatch *watch;  /* (nullable): while the application runs */
  GbxMeter *meter;  /* (nullable): once somebody has looked */
};

enum
{
  SIGNAL_OUTPUT,
  SIGNAL_SIZE,
  SIGNAL_LAUNCHED,
  SIGNAL_ENDED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GbxSession, gbx_session, G_TYPE_OBJECT)

static void launch (GbxSession *self);
static void end (GbxSession *self, GbxEndReason reason, GError *error);

/* ---------------------------------------------------------------- states -- */

static void on_overdue (GbxSession *self);

static gboolean
on_timer (gpointer user_data)
{
  GbxSession *self = user_data;

  self->timer = 0;
  on_overdue (self);
  return G_SOURCE_REMOVE;
}

/* Milliseconds, or 0 for no limit. */
static guint
limit_of (GbxSession *self)
{
  switch (self->state)
    {
    case GBX_SESSION_LAUNCHING:
      return 1000 * LAUNCH_SECONDS;
    case GBX_SESSION_CANCELLING:
    case GBX_SESSION_CLEANING_UP:
      return 1000 * ABANDON_SECONDS;
    case GBX_SESSION_WITHDRAWING:
      return 1000 * WITHDRAW_SECONDS;
    case GBX_SESSION_INTERRUPTING:
      return 1000 * INTERRUPT_SECONDS;
    case GBX_SESSION_BOOTING:
      return gbx_backend_get_patience (self->backend, GBX_WAIT_HELLO);
    case GBX_SESSION_SETTING_UP:
      return gbx_backend_get_patience (self->backend, GBX_WAIT_SET_UP);
    case GBX_SESSION_STOPPING:
      return self->grace_ms + STOP_MS;
    case GBX_SESSION_LEAVING:
      return gbx_backend_get_patience (self->backend, GBX_WAIT_FAREWELL);
    case GBX_SESSION_POWERING_OFF:
      return POWER_OFF_MS;
    case GBX_SESSION_DRAINING:
      return self->drain_ms;
    default:
      return 0;
    }
}

static void
enter (GbxSession *self, GbxSessionState state)
{
  guint limit;

  g_clear_handle_id (&self->timer, g_source_remove);
  self->state = state;
  limit = limit_of (self);
  if (limit > 0)
    self->timer = g_timeout_add (MAX (limit / self->time_divisor, 1), on_timer, self);
  gbx_progress_notify (self->progress, "state");
}

/* The first result counts. */
static void
decide (GbxSession *self, GbxEndReason reason, GError *error)
{
  g_autoptr (GError) owned = error;

  if (self->reason != GBX_END_NONE)
    return;
  self->reason = reason;
  self->error = g_steal_pointer (&owned);
}

/* A failure that replaces an earlier, better result. */
static void
decide_failed (GbxSession *self, GError *error)
{
  if (self->error)
    {
      g_error_free (error);
      return;
    }
  self->reason = GBX_END_FAILED;
  self->error = error;
}

/* ------------------------------------------------------------------ end -- */

static void
finish (GbxSession *self)
{
  g_clear_handle_id (&self->time_limit, g_source_remove);
  g_clear_pointer (&self->watch, gbx_watch_free);
  gbx_progress_end (self->progress);
  gbx_progress_notify (self->progress, "reason");
  enter (self, GBX_SESSION_ENDED);
  g_signal_emit (self, signals[SIGNAL_ENDED], 0);
}

static void
drain_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GbxSession) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!gbx_guest_drain_finish (GBX_GUEST (source), result, &error) &&
      self->reason == GBX_END_EXITED)
    decide_failed (self, g_steal_pointer (&error));
  finish (self);
}

/* The guest has ended, but a slow reader may not have received all output.  If the command
 * ended by itself, there is no time limit for this. */
static void
drain (GbxSession *self)
{
  if (!self->guest)
    {
      finish (self);
      return;
    }
  if (self->reason != GBX_END_EXITED && self->drain_ms == 0)
    self->drain_ms = DRAIN_MS;
  enter (self, GBX_SESSION_DRAINING);
  gbx_guest_drain_async (self->guest, drain_cb, g_object_ref (self));
}

static void
add_emulator_log (GbxSession *self, const char *log)
{
  g_autofree char *text = gbx_journal_clean (log);

  if (*text)
    gbx_progress_add_log (self->progress, GBX_LOG_INFO, text);
}

/* A window closes with its application, so there it has to be an error. */
static void
take_remark (GbxSession *self)
{
  g_autofree char *remark = gbx_backend_dup_remark (self->backend);

  if (!remark)
    return;
  if (gbx_policy_get_strict (self->policy) ||
      gbx_policy_get_mode (self->policy) == GBX_MODE_DESKTOP)
    decide_failed (self, g_error_new_literal (GBX_ERROR, GBX_ERROR_SHARE, remark));
  else
    gbx_progress_add_notice (self->progress, remark);
}

static void
end_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GbxSession) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *log = NULL;
  gboolean done = gbx_backend_end_finish (GBX_BACKEND (source), result, &log, &error);

  if (self->state == GBX_SESSION_ENDED) /* it was not waited for */
    return;
  if (log && self->reason == GBX_END_FAILED)
    add_emulator_log (self, log);
  if (!done)
    {
      gbx_progress_add_log (self->progress, GBX_LOG_ERROR, error->message);
      decide_failed (self, g_steal_pointer (&error));
    }
  take_remark (self);
  drain (self);
}

static void
clean_up (GbxSession *self)
{
  gboolean powered_off = self->guest && gbx_guest_get_stage (self->guest) == GBX_GUEST_FINISHED;

  g_clear_pointer (&self->watch, gbx_watch_free);
  g_clear_pointer (&self->meter, gbx_meter_free);
  if (self->guest)
    gbx_guest_close (self->guest);
  self->paused = FALSE;
  gbx_progress_notify (self->progress, "paused");
  gbx_progress_set_activity (self->progress, _ ("Cleaning up"), 1.0);
  enter (self, GBX_SESSION_CLEANING_UP);
  gbx_backend_end_async (self->backend, powered_off, end_cb, g_object_ref (self));
}

/* A worker cannot be interrupted in a call to libvirt.  So the session ends without it: the
 * domain ends with the connection, and the next sweep removes the folder. */
static void
abandon (GbxSession *self)
{
  if (!self->error)
    decide_failed (self, gbx_session_error_of_no_answer ());
  finish (self);
}

/* The only way to end before the application ends. */
static void
end (GbxSession *self, GbxEndReason reason, GError *error)
{
  decide (self, reason, error);
  g_cancellable_cancel (self->cancellable);
  /* If a worker is running, its callback continues from there. */
  if (self->state == GBX_SESSION_PREPARING)
    enter (self, GBX_SESSION_CANCELLING);
  else if (self->state == GBX_SESSION_LAUNCHING)
    enter (self, GBX_SESSION_WITHDRAWING);
  else
    clean_up (self);
}

/* The application has ended, and everything that it wrote is complete. */
static void
conclude (GbxSession *self)
{
  const GbxExitReport *exit = gbx_guest_get_exit (self->guest);

  if (exit->kind == GBX_EXIT_SETUP_FAILED)
    end (self, GBX_END_FAILED, gbx_session_error_of_setup (exit));
  else
    end (self, GBX_END_EXITED, NULL);
}

/* The application has ended, but the guest has not said good-bye. */
static void
conclude_unwritten (GbxSession *self)
{
  const GbxExitReport *exit = gbx_guest_get_exit (self->guest);

  if (exit->kind == GBX_EXIT_SETUP_FAILED)
    {
      conclude (self);
      return;
    }
  if (self->reason != GBX_END_TIMEOUT)
    decide_failed (self, gbx_session_error_of_unwritten ());
  end (self, GBX_END_FAILED, NULL);
}

/* ---------------------------------------------------------------- faults -- */

/* The isolation is weaker than it could be: report it always, and end a strict run. */
static gboolean
accept_weaknesses (GbxSession *self)
{
  const char *const *all = gbx_backend_get_weaknesses (self->backend);

  if (all[self->n_weaknesses] && gbx_policy_get_strict (self->policy))
    {
      g_autofree char *text = g_strjoinv (" ", (char **) all + self->n_weaknesses);

      end (self, GBX_END_FAILED, gbx_session_error_of_weakness (text));
      return FALSE;
    }
  for (; all[self->n_weaknesses]; self->n_weaknesses++)
    gbx_progress_add_notice (self->progress, all[self->n_weaknesses]);
  return TRUE;
}

static void
drop_guest (GbxSession *self)
{
  if (!self->guest)
    return;
  g_signal_handlers_disconnect_by_data (self->guest, self);
  gbx_guest_close (self->guest);
  g_clear_object (&self->guest);
}

/* The backend may have a fallback to start the guest. error: (transfer full) (nullable):
 * the error if it has none. */
static void
handle_fault (GbxSession *self, GbxFault fault, GError *error)
{
  g_autoptr (GError) cause = error;
  GError *refusal = NULL;

  if (!gbx_backend_fall_back (self->backend, fault, cause, &refusal))
    {
      if (!refusal)
        refusal = cause ? g_error_copy (cause) : gbx_session_error_of_fault (fault, self->backend);
      end (self, GBX_END_FAILED, refusal);
      return;
    }
  drop_guest (self);
  gbx_progress_notify (self->progress, "accelerator");
  if (accept_weaknesses (self))
    launch (self);
}

static void
on_overdue (GbxSession *self)
{
  switch (self->state)
    {
    case GBX_SESSION_LAUNCHING:
      decide (self, GBX_END_FAILED, gbx_session_error_of_overdue_launch (LAUNCH_SECONDS));
      G_GNUC_FALLTHROUGH;
    case GBX_SESSION_WITHDRAWING:
      gbx_backend_interrupt (self->backend);
      enter (self, GBX_SESSION_INTERRUPTING);
      break;
    case GBX_SESSION_BOOTING:
      handle_fault (self, GBX_FAULT_SILENT, NULL);
      break;
    case GBX_SESSION_SETTING_UP:
      handle_fault (self, GBX_FAULT_HANGS, NULL);
      break;
    case GBX_SESSION_STOPPING: /* it was told to end and does not: do not ask again */
      clean_up (self);
      break;
    case GBX_SESSION_LEAVING:
      /* A slow share may take any time, while the guest sends heartbeats; a lost one for ever. */
      if (!gbx_backend_has_lost_share (self->backend) &&
          gbx_guest_get_silence (self->guest) <
          SILENCE_SECONDS * G_USEC_PER_SEC / self->time_divisor)
        enter (self, GBX_SESSION_LEAVING);
      else
        conclude_unwritten (self);
      break;
    case GBX_SESSION_POWERING_OFF:
      conclude (self);
      break;
    case GBX_SESSION_DRAINING:
      gbx_guest_discard_output (self->guest);
      break;
    default:
      abandon (self);
    }
}

/* ----------------------------------------------------------------- guest -- */

static void
configure_guest (GbxSession *self)
{
  GError *error = NULL;
  g_autoptr (GbxGuestRequest) request = gbx_backend_create_request (self->backend, &error);

  enter (self, GBX_SESSION_SETTING_UP);
  if (request)
    gbx_guest_configure (self->guest, request);
  else
    end (self, GBX_END_FAILED, error);
}

static void
send_keyboard (GbxSession *self)
{
  GbxInputChannel *input = gbx_guest_get_input (self->guest);

  if (input && self->keyboard)
    gbx_input_channel_set_keyboard (input, self->keyboard);
  g_clear_pointer (&self->keyboard, gbx_keyboard_free);
  if (self->group > 0)
    gbx_session_set_keyboard_group (self, self->group);
}

/* The application has ended.  Whether its files are still to be saved. */
static gboolean
hold (GbxSession *self)
{
  if (!gbx_guest_is_held (self->guest) || self->reason == GBX_END_TIMEOUT ||
      gbx_guest_get_exit (self->guest)->kind == GBX_EXIT_SETUP_FAILED)
    return FALSE;
  gbx_progress_set_activity (self->progress, _ ("Looking for changed files"), 1.0);
  enter (self, GBX_SESSION_HOLDING);
  gbx_backend_publish (self->backend, GBX_CONDITION_STOPPING);
  gbx_progress_notify (self->progress, "holding");
  return TRUE;
}

static void
leave (GbxSession *self)
{
  gbx_guest_release (self->guest);
  g_clear_pointer (&self->watch, gbx_watch_free);
  gbx_progress_set_activity (self->progress, _ ("Writing the last changes"), 1.0);
  enter (self, GBX_SESSION_LEAVING);
}

static void
application_started (GbxSession *self)
{
  gbx_backend_confirm (self->backend);
  enter (self, GBX_SESSION_RUNNING);
  self->watch = gbx_watch_new (self->backend, self->guest, self->progress, self->time_divisor);
  if (self->width)
    gbx_guest_set_display_size (self->guest, self->width, self->height);
  send_keyboard (self);
  if (self->holds)
    gbx_guest_hold (self->guest);
  g_signal_emit (self, signals[SIGNAL_LAUNCHED], 0);
}

static void
on_stage (GbxGuest *guest, guint stage, gpointer user_data)
{
  GbxSession *self = user_data;

  switch (stage)
    {
    case GBX_GUEST_GREETED:
      configure_guest (self);
      break;
    case GBX_GUEST_STARTED:
      application_started (self);
      break;
    case GBX_GUEST_EXITED:
      if (!hold (self))
        leave (self);
      break;
    default:
      enter (self, GBX_SESSION_POWERING_OFF);
      gbx_backend_power_off (self->backend);
    }
}

static void
on_phase (GbxGuest *guest, guint phase, guint uptime_ms, gpointer user_data)
{
  GbxSession *self = user_data;
  g_autofree char *line = g_strdup_printf ("phase %u at %u ms: %s", phase, uptime_ms,
                                           gbx_phase_text_name (phase));

  gbx_progress_add_log (self->progress, GBX_LOG_DEBUG, line);
  if (self->state < GBX_SESSION_STOPPING)
    gbx_progress_set_activity (self->progress, gbx_phase_text_describe (phase), gbx_phase_text_get_fraction (phase));
}

static void
on_log (GbxGuest *guest, guint level, const char *text, gpointer user_data)
{
  gbx_progress_add_log (((GbxSession *) user_data)->progress, level, text);
}

static void
on_notify (GbxGuest *guest, GParamSpec *pspec, gpointer user_data)
{
  GbxSession *self = user_data;

  if (g_str_equal (pspec->name, "drawn"))
    gbx_progress_add_log (self->progress, GBX_LOG_DEBUG, "the application has drawn its window");
  gbx_progress_notify (self->progress, pspec->name);
}

static void
on_figures (GbxGuest *guest, gpointer user_data)
{
  gbx_progress_notify (((GbxSession *) user_data)->progress, "figures");
}

static void
on_size (GbxGuest *guest, guint width, guint height, gpointer user_data)
{
  GbxSession *self = user_data;

  if (gbx_policy_get_fits_display (self->policy))
    g_signal_emit (self, signals[SIGNAL_SIZE], 0, width, height);
}

/* An application with a window often prints why it ended, where nobody looks: so the log has
 * it too. */
static void
on_output (GbxGuest *guest, gboolean is_stderr, GBytes *data, gpointer user_data)
{
  GbxSession *self = user_data;

  if (gbx_policy_get_mode (self->policy) == GBX_MODE_DESKTOP)
    gbx_progress_add_output (self->progress, is_stderr, data);
  if (is_stderr ? !self->streams.err : !self->streams.out)
    g_signal_emit (self, signals[SIGNAL_OUTPUT], 0, is_stderr, data);
}

static void
on_closed (GbxGuest *guest, GError *error, gpointer user_data)
{
  GbxSession *self = user_data;

  if (self->state == GBX_SESSION_POWERING_OFF)
    conclude (self);
  else if (self->state == GBX_SESSION_LEAVING || self->state == GBX_SESSION_HOLDING)
    conclude_unwritten (self);
  else if (error)
    end (self, GBX_END_FAILED, g_error_copy (error));
  else if (self->state == GBX_SESSION_STOPPING) /* it was asked to stop, and did */
    clean_up (self);
  else if (self->state == GBX_SESSION_BOOTING)
    handle_fault (self, GBX_FAULT_DIED, NULL);
  else
    end (self, GBX_END_FAILED, gbx_session_error_of_fault (GBX_FAULT_DIED, self->backend));
}

static void
take_console (GbxSession *self, int fd)
{
  self->guest = gbx_guest_new (fd, &self->streams,
                               gbx_policy_get_mode (self->policy) == GBX_MODE_DESKTOP);
  g_signal_connect (self->guest, "stage", G_CALLBACK (on_stage), self);
  g_signal_connect (self->guest, "phase", G_CALLBACK (on_phase), self);
  g_signal_connect (self->guest, "log", G_CALLBACK (on_log), self);
  g_signal_connect (self->guest, "size", G_CALLBACK (on_size), self);
  g_signal_connect (self->guest, "figures", G_CALLBACK (on_figures), self);
  g_signal_connect (self->guest, "notify", G_CALLBACK (on_notify), self);
  g_signal_connect (self->guest, "output", G_CALLBACK (on_output), self);
  g_signal_connect (self->guest, "closed", G_CALLBACK (on_closed), self);
  enter (self, GBX_SESSION_BOOTING);
}

/* ---------------------------------------------------------------- launch -- */

static void
start_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GbxSession) self = user_data;
  GError *error = NULL;
  int fd = gbx_backend_start_finish (GBX_BACKEND (source), result, &error);

  if (self->state == GBX_SESSION_LAUNCHING && fd >= 0)
    {
      gbx_progress_add_log (self->progress, GBX_LOG_DEBUG, "libvirt has started the sandbox");
      take_console (self, fd);
      accept_weaknesses (self); /* a limit that does not hold */
      return;
    }
  if (self->state == GBX_SESSION_LAUNCHING)
    {
      enter (self, GBX_SESSION_BOOTING); /* no worker is running any more */
      handle_fault (self, GBX_FAULT_START, error);
      return;
    }
  g_clear_error (&error);
  if (fd >= 0)
    close (fd);
  if (self->state == GBX_SESSION_ENDED) /* abandoned: its result is still freed */
    gbx_backend_end_async (self->backend, FALSE, end_cb, g_object_ref (self));
  else
    clean_up (self);
}

static void
launch (GbxSession *self)
{
  gbx_progress_set_activity (self->progress, _ ("Starting the sandbox"), 0.25);
  enter (self, GBX_SESSION_LAUNCHING);
  gbx_backend_start_async (self->backend, self->cancellable, start_cb, g_object_ref (self));
}

static void
prepare_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GbxSession) self = user_data;
  GError *error = NULL;
  gboolean prepared = gbx_backend_prepare_finish (GBX_BACKEND (source), result, &error);

  if (self->state == GBX_SESSION_ENDED)
    {
      g_clear_error (&error);
      gbx_backend_end_async (self->backend, FALSE, end_cb, g_object_ref (self));
      return;
    }
  if (self->state != GBX_SESSION_PREPARING || !prepared)
    {
      if (!prepared)
        decide (self, GBX_END_FAILED, error);
      clean_up (self);
      return;
    }
  enter (self, GBX_SESSION_NEW); /* no worker is running */
  gbx_progress_set_name (self->progress, gbx_backend_get_name (self->backend));
  gbx_progress_notify (self->progress, "accelerator");
  if (accept_weaknesses (self))
    launch (self);
}

static gboolean
on_time_limit (gpointer user_data)
{
  GbxSession *self = user_data;

  self->time_limit = 0;
  gbx_session_release (self); /* nobody may be there to answer */
  if (self->state >= GBX_SESSION_STOPPING)
    return G_SOURCE_REMOVE;
  decide (self, GBX_END_TIMEOUT, NULL);
  gbx_session_stop (self, 2000);
  return G_SOURCE_REMOVE;
}

static void
begin_time_limit (GbxSession *self, gint64 microseconds)
{
  self->time_limit_end = g_get_monotonic_time () + microseconds;
  self->time_limit = g_timeout_add ((guint) MIN (microseconds / 1000, G_MAXUINT), on_time_limit,
                                    self);
}

void
gbx_session_begin (GbxSession *self)
{
  guint timeout = gbx_policy_get_timeout (self->policy);

  gbx_progress_begin (self->progress);
  if (timeout > 0)
    begin_time_limit (self, timeout * G_TIME_SPAN_SECOND);
  gbx_progress_set_activity (self->progress, _ ("Preparing kernel and file systems"), 0.05);
  enter (self, GBX_SESSION_PREPARING);
  gbx_backend_prepare_async (self->backend, self->cancellable, prepare_cb, g_object_ref (self));
}

/* ------------------------------------------------------------------ stop -- */

/* A worker is running, and the next step is already decided. */
static gboolean
is_withdrawn (GbxSession *self)
{
  return self->state == GBX_SESSION_CANCELLING || self->state == GBX_SESSION_WITHDRAWING ||
         self->state == GBX_SESSION_INTERRUPTING;
}

static gboolean
is_being_cleaned_up (GbxSession *self)
{
  return self->state == GBX_SESSION_CLEANING_UP || self->state == GBX_SESSION_DRAINING;
}

/* The reader of the application's last output may be slow, or may have stopped. */
static void
limit_drain (GbxSession *self, guint milliseconds)
{
  self->drain_ms = MAX (milliseconds, 1);
  if (self->state == GBX_SESSION_DRAINING)
    {
      g_clear_handle_id (&self->timer, g_source_remove);
      self->timer = g_timeout_add (self->drain_ms, on_timer, self);
    }
}

void
gbx_session_stop (GbxSession *self, guint grace_ms)
{
  if (is_being_cleaned_up (self))
    limit_drain (self, grace_ms);
  if (self->state < GBX_SESSION_RUNNING && !is_withdrawn (self))
    end (self, GBX_END_CANCELLED, NULL);
  if (self->state != GBX_SESSION_RUNNING)
    return;
  decide (self, GBX_END_STOPPED, NULL);
  self->grace_ms = grace_ms;
  gbx_progress_set_activity (self->progress, _ ("Asking the application to close"), 1.0);
  enter (self, GBX_SESSION_STOPPING);
  gbx_watch_set_usual (self->watch, GBX_CONDITION_STOPPING);
  gbx_guest_ask_to_stop (self->guest, grace_ms);
  if (self->paused) /* it must hear that */
    gbx_session_set_paused_async (self, FALSE, NULL, NULL);
}

static void
end_now (GbxSession *self, GbxEndReason reason)
{
  if (is_being_cleaned_up (self)) /* a repeated request */
    limit_drain (self, 0);
  else if (!is_withdrawn (self) && self->state != GBX_SESSION_ENDED)
    end (self, reason, NULL);
}

void
gbx_session_kill (GbxSession *self)
{
  end_now (self, GBX_END_STOPPED);
}

void
gbx_session_cancel (GbxSession *self)
{
  end_now (self, GBX_END_CANCELLED);
}

/* ---------------------------------------------------------------- object -- */

static void
gbx_session_finalize (GObject *object)
{
  GbxSession *self = GBX_SESSION (object);

  /* Workers hold references: none is running here. */
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_handle_id (&self->time_limit, g_source_remove);
  g_clear_pointer (&self->watch, gbx_watch_free);
  g_clear_pointer (&self->meter, gbx_meter_free);
  if (self->guest)
    g_signal_handlers_disconnect_by_data (self->guest, self);
  g_clear_object (&self->guest);
  g_clear_pointer (&self->keyboard, gbx_keyboard_free);
  g_object_unref (self->backend);
  g_object_unref (self->cancellable);
  g_clear_object (&self->streams.source);
  g_clear_object (&self->streams.out);
  g_clear_object (&self->streams.err);
  g_object_unref (self->progress);
  g_clear_error (&self->error);
  gbx_policy_unref (self->policy);
  G_OBJECT_CLASS (gbx_session_parent_class)->finalize (object);
}

static guint
new_signal (const char *name, guint n, GType first, GType second)
{
  GType types[] = { first, second };

  return g_signal_newv (name, GBX_TYPE_SESSION, G_SIGNAL_RUN_LAST, NULL, NULL, NULL, NULL,
                        G_TYPE_NONE, n, types);
}

static void
gbx_session_class_init (GbxSessionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gbx_session_finalize;

  signals[SIGNAL_OUTPUT] = new_signal ("output", 2, G_TYPE_BOOLEAN, G_TYPE_BYTES);
  signals[SIGNAL_SIZE] = new_signal ("size", 2, G_TYPE_UINT, G_TYPE_UINT);
  signals[SIGNAL_LAUNCHED] = new_signal ("launched", 0, 0, 0);
  signals[SIGNAL_ENDED] = new_signal ("ended", 0, 0, 0);
}

static void
gbx_session_init (GbxSession *self)
{
  self->cancellable = g_cancellable_new ();
  self->time_divisor = 1;
}

GbxSession *
gbx_session_new (GbxPolicy *policy, GbxBackend *backend, const GbxStreams *streams)
{
  GbxSession *self = g_object_new (GBX_TYPE_SESSION, NULL);

  self->policy = gbx_policy_ref (policy);
  self->backend = g_object_ref (backend);
  g_set_object (&self->streams.source, streams->source);
  g_set_object (&self->streams.out, streams->out);
  g_set_object (&self->streams.err, streams->err);
  self->progress = gbx_progress_new (gbx_policy_get_name (policy));
  return self;
}

void
gbx_session_set_time_divisor (GbxSession *self, guint factor)
{
  self->time_divisor = factor;
}

/* ----------------------------------------------------------------- pause -- */

/* A paused sandbox does not use up its time. */
static void
hold_time_limit (GbxSession *self)
{
  if (self->time_limit == 0)
    return;
  self->time_left = MAX (self->time_limit_end - g_get_monotonic_time (), 1000);
  g_clear_handle_id (&self->time_limit, g_source_remove);
}

static void
take_paused (GbxSession *self, gboolean paused)
{
  if (self->paused == paused)
    return;
  self->paused = paused;
  if (paused)
    hold_time_limit (self);
  else
    gbx_guest_tell_resumed (self->guest);
  if (!paused && self->time_left > 0)
    begin_time_limit (self, self->time_left);
  if (!paused)
    self->time_left = 0;
  if (self->watch && self->state == GBX_SESSION_RUNNING)
    gbx_watch_set_usual (self->watch, paused ? GBX_CONDITION_PAUSED : GBX_CONDITION_RUNNING);
  gbx_progress_notify (self->progress, "paused");
}

static gboolean
is_alive (GbxSession *self)
{
  return self->state == GBX_SESSION_RUNNING || self->state == GBX_SESSION_STOPPING;
}

static void
set_paused_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GbxSession *self = g_task_get_source_object (task);
  gboolean paused = GPOINTER_TO_INT (g_task_get_task_data (task));
  GError *error = NULL;

  if (!gbx_backend_set_paused_finish (GBX_BACKEND (source), result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (is_alive (self))
    take_paused (self, paused);
  g_task_return_boolean (task, TRUE);
  /* It was stopped meanwhile, and has to hear of that. */
  if (paused && self->state == GBX_SESSION_STOPPING)
    gbx_session_set_paused_async (self, FALSE, NULL, NULL);
}

void
gbx_session_set_paused_async (GbxSession *self, gboolean paused, GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  g_task_set_task_data (task, GINT_TO_POINTER (paused), NULL);
  if (paused ? self->state == GBX_SESSION_RUNNING : is_alive (self))
    gbx_backend_set_paused_async (self->backend, paused, set_paused_cb, g_steal_pointer (&task));
  else
    g_task_return_new_error (task, GBX_ERROR, GBX_ERROR_INVALID,
                             _ ("The sandbox cannot be paused now: its application does not run"));
}

gboolean
gbx_session_set_paused_finish (GbxSession *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
change_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (gbx_backend_change_finish (GBX_BACKEND (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
gbx_session_change_async (GbxSession *self, const GbxSetting *setting, GVariant *value,
                          GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  if (is_alive (self))
    gbx_backend_change_async (self->backend, setting, value, change_cb, g_steal_pointer (&task));
  else
    g_task_return_new_error (task, GBX_ERROR, GBX_ERROR_INVALID,
                             _ ("Nothing can be changed now: the application of the sandbox does "
                                "not run"));
}

gboolean
gbx_session_change_finish (GbxSession *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

gboolean
gbx_session_get_paused (GbxSession *self)
{
  return self->paused;
}

/* ----------------------------------------------------------------- files -- */

void
gbx_session_set_holds (GbxSession *self, gboolean holds)
{
  self->holds = holds;
}

void
gbx_session_release (GbxSession *self)
{
  if (self->state != GBX_SESSION_HOLDING)
    return;
  leave (self);
  gbx_progress_notify (self->progress, "holding");
}

int
gbx_session_open_files (GbxSession *self, gboolean put, GError **error)
{
  gboolean alive = self->state >= GBX_SESSION_RUNNING && self->state <= GBX_SESSION_HOLDING;
  int fd = alive ? gbx_guest_open_files (self->guest, put) : -1;

  if (fd < 0)
    g_set_error_literal (error, GBX_ERROR, GBX_ERROR_GUEST,
                         alive ? _ ("The sandbox hands over too many files at the same time; try "
                                    "it again")
                               : _ ("The sandbox cannot hand over files: its application does not "
                                    "run"));
  return fd;
}

/* -------------------------------------------------------------- commands -- */

static gboolean
can_run (GbxSession *self, const GbxCommandSpec *spec, GError **error)
{
  const char *problem = NULL;

  if (self->state != GBX_SESSION_RUNNING)
    problem = _ ("Nothing can be started in the sandbox now: its application does not run");
  else if (self->paused)
    problem = _ ("Nothing can be started in the sandbox while it is paused; let it go on first");
  else if (spec->keeps && gbx_policy_get_mode (self->policy) != GBX_MODE_DESKTOP)
    problem = _ ("The sandbox has no display: only commands can be started in it");
  if (problem)
    g_set_error_literal (error, GBX_ERROR, GBX_ERROR_GUEST, problem);
  return !problem;
}

GbxProcess *
gbx_session_run (GbxSession *self, const GbxCommandSpec *spec, const GbxStreams *streams,
                 GError **error)
{
  g_autoptr (GBytes) command = NULL;
  GbxProcess *process;

  if (!can_run (self, spec, error) || !(command = gbx_guest_request_make_command (spec, error)))
    return NULL;
  process = gbx_guest_run (self->guest, command, streams);
  if (!process)
    g_set_error (error, GBX_ERROR, GBX_ERROR_GUEST,
                 _ ("Too many commands run in the sandbox at the same time, %u; wait until one has "
                    "ended"),
                 GBX_PROCESS_LAST);
  return process;
}

/* -------------------------------------------------------------- weakness -- */

void
gbx_session_add_weakness (GbxSession *self, const char *weakness)
{
  const char *told = gbx_progress_get_notice (self->progress);

  if (gbx_policy_get_strict (self->policy))
    {
      decide_failed (self, gbx_session_error_of_weakness (weakness));
      gbx_session_kill (self);
    }
  else if (!told || !strstr (told, weakness))
    gbx_progress_add_notice (self->progress, weakness);
}

/* --------------------------------------------------------------- guest's -- */

void
gbx_session_send_signal (GbxSession *self, int signal_number)
{
  if (self->state == GBX_SESSION_RUNNING)
    gbx_guest_send_signal (self->guest, signal_number);
}

void
gbx_session_set_terminal_size (GbxSession *self, guint rows, guint columns)
{
  if (self->guest)
    gbx_guest_set_terminal_size (self->guest, rows, columns);
}

void
gbx_session_set_display_size (GbxSession *self, guint width, guint height)
{
  self->width = width;
  self->height = height;
  if (self->state == GBX_SESSION_RUNNING)
    gbx_guest_set_display_size (self->guest, width, height);
}

void
gbx_session_close_windows (GbxSession *self)
{
  if (self->state == GBX_SESSION_RUNNING)
    gbx_guest_close_windows (self->guest);
}

void
gbx_session_use_window (GbxSession *self, guint number)
{
  if (self->state == GBX_SESSION_RUNNING)
    gbx_guest_use_window (self->guest, number);
}

void
gbx_session_send_input (GbxSession *self, const GbxInputRecord *record)
{
  GbxInputChannel *input
      = self->state == GBX_SESSION_RUNNING ? gbx_guest_get_input (self->guest) : NULL;

  if (input)
    gbx_input_channel_send (input, record);
}

void
gbx_session_set_keyboard (GbxSession *self, const GbxKeyboard *keyboard)
{
  g_clear_pointer (&self->keyboard, gbx_keyboard_free);
  self->keyboard = gbx_keyboard_copy (keyboard);
  if (self->state == GBX_SESSION_RUNNING)
    send_keyboard (self);
}

void
gbx_session_set_keyboard_group (GbxSession *self, guint group)
{
  GbxInputRecord record = { .kind = GBX_INPUT_GROUP, .group = (guint8) group };

  self->group = group;
  gbx_session_send_input (self, &record);
}

static void
open_display_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  int fd = gbx_backend_open_display_finish (GBX_BACKEND (source), result, &error);

  if (fd >= 0)
    g_task_return_int (task, fd);
  else
    g_task_return_error (task, error);
}

void
gbx_session_open_display_async (GbxSession *self, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_check_cancellable (task, FALSE);
  if (self->state < GBX_SESSION_BOOTING || self->state > GBX_SESSION_RUNNING)
    g_task_return_new_error (task, GBX_ERROR, GBX_ERROR_DISPLAY,
                             _ ("The sandbox has no display now"));
  else
    gbx_backend_open_display_async (self->backend, cancellable, open_display_cb,
                                    g_steal_pointer (&task));
}

int
gbx_session_open_display_finish (GbxSession *self, GAsyncResult *result, GError **error)
{
  return (int) g_task_propagate_int (G_TASK (result), error);
}

/* --------------------------------------------------------------- getters -- */

GbxSessionState
gbx_session_get_state (GbxSession *self)
{
  return self->state;
}

const char *
gbx_session_get_condition (GbxSession *self)
{
  if (self->watch)
    return gbx_watch_get_condition (self->watch);
  return self->state < GBX_SESSION_RUNNING ? GBX_CONDITION_STARTING : GBX_CONDITION_STOPPING;
}

static void
on_measured (gpointer user_data)
{
  gbx_progress_notify (((GbxSession *) user_data)->progress, "figures");
}

/* Before the guest was started nothing can be measured, and after its end nothing is left. */
void
gbx_session_look (GbxSession *self)
{
  if (self->state < GBX_SESSION_BOOTING || self->state >= GBX_SESSION_CLEANING_UP)
    return;
  if (!self->meter)
    self->meter = gbx_meter_new (self->backend, on_measured, self);
  gbx_meter_look (self->meter);
}

gboolean
gbx_session_get_usage (GbxSession *self, GbxUsage *usage)
{
  return self->meter && gbx_meter_get (self->meter, usage);
}

GbxEndReason
gbx_session_get_reason (GbxSession *self)
{
  return self->reason;
}

const GError *
gbx_session_get_error (GbxSession *self)
{
  return self->error;
}

GbxAccelerator
gbx_session_get_accelerator (GbxSession *self)
{
  return self->state == GBX_SESSION_PREPARING ? GBX_ACCELERATOR_AUTO
                                              : gbx_backend_get_accelerator (self->backend);
}

GbxGuest *
gbx_session_get_guest (GbxSession *self)
{
  return self->guest;
}

GbxProgress *
gbx_session_get_progress (GbxSession *self)
{
  return self->progress;
}
