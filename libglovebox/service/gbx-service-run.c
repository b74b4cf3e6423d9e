/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-service"

#include "config.h"

#include "gbx-service-run.h"

#include "gbx-control.h"
#include "gbx-error.h"
#include "gbx-sandbox.h"
#include "gbx-service-config.h"
#include "gbx-service-events.h"
#include "gbx-service-log.h"
#include "gbx-service-notify.h"
#include "gbx-service-status.h"
#include "gbx-service-store.h"

#include <fcntl.h>
#include <gio/gunixinputstream.h>
#include <gio/gunixoutputstream.h>
#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <signal.h>
#include <unistd.h>

/* What the sandbox needs to end, beyond what the unit gives the service for it. */
#define END_MS 15000
/* For a service whose unit gives it any time. */
#define END_UNLIMITED_MS 90000

typedef struct
{
  GMainLoop *loop;
  GbxServiceConfig *config;
  GbxUnit *unit;
  GbxServiceStatus *status;
  GbxServiceLog *log;
  char *folder, *root;
  int lock;
  GbxSandbox *sandbox;    /* (nullable) */
  GbxControl *control;    /* (nullable) */
  GOutputStream *orders;  /* (nullable): to the guest */
  GByteArray *unsent;     /* of the orders */
  gboolean is_sending;
  GString *partial;       /* line of the guest's reports */
  GbxServiceEvent last;   /* that decided something */
  gboolean stop_wanted;
  guint killing, restarting; /* sources */
  GQueue starts;          /* times, in milliseconds */
  GError *error;          /* (nullable): why it has failed */
  gboolean error_is_told; /* in the log */
} Run;

static gboolean begin (Run *self);

/* --------------------------------------------------------------- telling -- */

static void
set_state (Run *self, GbxServiceState state, const char *problem)
{
  g_autoptr (GError) error = NULL;

  if (self->status->state != state)
    self->status->since = g_get_real_time () / G_USEC_PER_SEC;
  self->status->state = state;
  if (problem)
    {
      g_free (self->status->problem);
      self->status->problem = g_strdup (problem);
    }
  if (!gbx_service_status_write (self->status, self->folder, &error))
    gbx_service_log_say (self->log, error->message);
}

static void
say (Run *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  gbx_service_log_say (self->log, text);
}

/* ---------------------------------------------------------------- orders -- */

static void send_more (Run *self);

static void
write_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Run *self = user_data;
  gssize n = g_output_stream_write_finish (G_OUTPUT_STREAM (source), result, NULL);

  self->is_sending = FALSE;
  /* The guest reads no more; its end is told by the sandbox. */
  if (n <= 0 || G_OUTPUT_STREAM (source) != self->orders)
    return;
  g_byte_array_remove_range (self->unsent, 0, (guint) n);
  send_more (self);
}

static void
send_more (Run *self)
{
  if (self->is_sending || !self->orders || self->unsent->len == 0)
    return;
  self->is_sending = TRUE;
  g_output_stream_write_async (self->orders, self->unsent->data, self->unsent->len,
                               G_PRIORITY_DEFAULT, NULL, write_cb, self);
}

static void
send (Run *self, const guint8 *bytes, gsize length)
{
  /* What is being written must not move. */
  if (self->is_sending)
    {
      GByteArray *larger = g_byte_array_sized_new (self->unsent->len + (guint) length);

      g_byte_array_append (larger, self->unsent->data, self->unsent->len);
      g_byte_array_append (larger, bytes, (guint) length);
      g_byte_array_unref (self->unsent);
      self->unsent = larger;
      return;
    }
  g_byte_array_append (self->unsent, bytes, (guint) length);
  send_more (self);
}

/* ------------------------------------------------------------------ stop -- */

static gboolean
on_kill (gpointer user_data)
{
  Run *self = user_data;

  self->killing = 0;
  say (self, _ ("the sandbox is ended, because the service does not stop"));
  if (self->sandbox)
    gbx_sandbox_kill (self->sandbox);
  return G_SOURCE_REMOVE;
}

static void
stop (Run *self)
{
  guint64 limit = gbx_unit_get_stop_limit (self->unit);

  if (self->stop_wanted)
    {
      if (self->sandbox)
        gbx_sandbox_kill (self->sandbox);
      return;
    }
  self->stop_wanted = TRUE;
  set_state (self, GBX_SERVICE_STOPPING, NULL);
  gbx_service_notify ("STOPPING=1");
  if (!self->sandbox)
    {
      g_clear_handle_id (&self->restarting, g_source_remove);
      g_main_loop_quit (self->loop);
      return;
    }
  if (gbx_sandbox_get_state (self->sandbox) < GBX_SANDBOX_RUNNING)
    gbx_sandbox_kill (self->sandbox);
  else
    send (self, (const guint8 *) "s", 1);
  /* The commands of a stop and the signal may each take as long. */
  limit = limit ? 2 * limit + END_MS : END_UNLIMITED_MS;
  self->killing = g_timeout_add ((guint) MIN (limit, G_MAXINT), on_kill, self);
}

static gboolean
on_stop (gpointer user_data)
{
  stop (user_data);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_control_stop (gpointer user_data)
{
  stop (user_data);
  return TRUE;
}

static gboolean
on_reload (gpointer user_data)
{
  Run *self = user_data;

  if (self->status->state == GBX_SERVICE_RUNNING && gbx_unit_can_reload (self->unit))
    {
      send (self, (const guint8 *) "r", 1);
      return G_SOURCE_CONTINUE;
    }
  self->status->reloads++;
  self->status->reload_failed = TRUE;
  set_state (self, self->status->state, NULL);
  return G_SOURCE_CONTINUE;
}

/* ---------------------------------------------------------------- events -- */

static void
on_ready (Run *self)
{
  say (self, _ ("the service is ready"));
  g_clear_pointer (&self->status->problem, g_free);
  set_state (self, GBX_SERVICE_RUNNING, NULL);
  gbx_service_notify ("READY=1");
}

static void
on_reloaded (Run *self, gboolean failed)
{
  say (self, failed ? _ ("the configuration could not be read again")
                    : _ ("the configuration was read again"));
  self->status->reloads++;
  self->status->reload_failed = failed;
  set_state (self, GBX_SERVICE_RUNNING, NULL);
}

static void
on_restarting (Run *self, const char *text)
{
  g_autofree char *meaning = gbx_service_event_describe_result (text);

  say (self, _ ("%s; it is started again"), meaning);
  self->status->restarts++;
  set_state (self, GBX_SERVICE_STARTING, meaning);
}

static void
on_event (GbxServiceEvent event, const char *text, gpointer user_data)
{
  Run *self = user_data;
  g_autofree char *meaning = NULL;

  switch (event)
    {
    case GBX_EVENT_READY:
      on_ready (self);
      break;
    case GBX_EVENT_STATUS:
      g_free (self->status->text);
      self->status->text = g_strdup (text);
      set_state (self, self->status->state, NULL);
      break;
    case GBX_EVENT_RELOADED:
    case GBX_EVENT_RELOAD_FAILED:
      on_reloaded (self, event == GBX_EVENT_RELOAD_FAILED);
      break;
    case GBX_EVENT_RESTARTING:
      on_restarting (self, text);
      break;
    case GBX_EVENT_STOPPED:
      /* Else something has stopped the sandbox, and not we the service. */
      if (self->stop_wanted)
        self->last = event;
      break;
    case GBX_EVENT_ENDED:
    case GBX_EVENT_FAILED:
      self->last = event;
      meaning = gbx_service_event_describe_result (text);
      if (event == GBX_EVENT_FAILED && !self->error)
        self->error = g_error_new (GBX_ERROR, GBX_ERROR_GUEST, "%s", meaning);
      say (self, "%s", meaning);
      self->error_is_told = TRUE;
      break;
    case GBX_EVENT_STARTING:
    case GBX_EVENT_STOPPING:
    case GBX_EVENT_RELOADING:
    case GBX_EVENT_NONE:
    default:
      break;
    }
}

static void
on_output (GbxSandbox *sandbox, gboolean is_stderr, GBytes *data, gpointer user_data)
{
  Run *self = user_data;
  gsize length;
  const guint8 *bytes = g_bytes_get_data (data, &length);

  if (is_stderr)
    gbx_service_log_take (self->log, bytes, length);
  else
    gbx_service_events_take (self->partial, bytes, length, on_event, self);
}

static void
on_notice (GbxSandbox *sandbox, GParamSpec *pspec, gpointer user_data)
{
  Run *self = user_data;
  const char *notice = gbx_sandbox_get_notice (sandbox);

  if (!notice)
    return;
  say (self, _ ("warning: %s"), notice);
  g_free (self->status->notice);
  self->status->notice = g_strdup (notice);
  set_state (self, self->status->state, NULL);
}

static void
on_trouble (GbxSandbox *sandbox, GParamSpec *pspec, gpointer user_data)
{
  const char *trouble = gbx_sandbox_get_trouble (sandbox);

  if (trouble)
    say (user_data, _ ("warning: %s"), trouble);
}

/* ------------------------------------------------------------------- end -- */

static gboolean
restarts_after_crash (Run *self)
{
  static const char *const when[] = { "always", "on-failure", "on-abnormal", "on-abort", NULL };

  return g_strv_contains (when, gbx_unit_get_restart (self->unit));
}

/* The unit's limit counts for the sandbox too. */
static gboolean
may_start (Run *self)
{
  gint64 now = g_get_monotonic_time () / 1000;
  guint burst;
  guint64 interval;

  gbx_unit_get_burst (self->unit, &burst, &interval);
  while (!g_queue_is_empty (&self->starts)
         && now - (gint64) GPOINTER_TO_SIZE (g_queue_peek_head (&self->starts)) >= (gint64) interval)
    g_queue_pop_head (&self->starts);
  if (burst && interval && g_queue_get_length (&self->starts) >= burst)
    return FALSE;
  g_queue_push_tail (&self->starts, GSIZE_TO_POINTER ((gsize) now));
  return TRUE;
}

static gboolean
on_restart (gpointer user_data)
{
  Run *self = user_data;

  self->restarting = 0;
  if (!begin (self))
    g_main_loop_quit (self->loop);
  return G_SOURCE_REMOVE;
}

static void
drop_sandbox (Run *self)
{
  g_clear_handle_id (&self->killing, g_source_remove);
  if (self->sandbox)
    g_signal_handlers_disconnect_by_data (self->sandbox, self);
  if (self->control)
    g_signal_handlers_disconnect_by_data (self->control, self);
  g_clear_object (&self->control);
  g_clear_object (&self->sandbox);
  g_clear_object (&self->orders);
  g_string_truncate (self->partial, 0);
}

/* The sandbox died under the service: of QEMU, libvirt's daemon, or the guest's kernel. */
static gboolean
restart_after_crash (Run *self, const char *reason)
{
  if (!restarts_after_crash (self) || !may_start (self))
    return FALSE;
  say (self, _ ("the sandbox has ended: %s It is started again."), reason);
  self->status->restarts++;
  set_state (self, GBX_SERVICE_STARTING, reason);
  self->restarting
      = g_timeout_add ((guint) MIN (gbx_unit_get_restart_delay (self->unit), G_MAXINT), on_restart,
                       self);
  return TRUE;
}

static void
wait_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Run *self = user_data;
  gboolean ran = self->status->state == GBX_SERVICE_RUNNING || self->status->restarts > 0;
  const GError *failure = gbx_sandbox_get_error (GBX_SANDBOX (source));
  g_autofree char *reason
      = g_strdup (failure ? failure->message : _ ("The sandbox was stopped from outside."));

  gbx_sandbox_wait_finish (GBX_SANDBOX (source), result, NULL);
  if (self->last == GBX_EVENT_NONE && !self->stop_wanted && !self->error)
    {
      GError *error = failure ? g_error_copy (failure)
                              : g_error_new_literal (GBX_ERROR, GBX_ERROR_GUEST, reason);

      drop_sandbox (self);
      if (ran && restart_after_crash (self, reason))
        {
          g_error_free (error);
          return;
        }
      self->error = error;
    }
  drop_sandbox (self);
  g_main_loop_quit (self->loop);
}

/* ----------------------------------------------------------------- begin -- */

static void
launch_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  /* The sandbox has its error, which its end tells. */
  gbx_sandbox_launch_finish (GBX_SANDBOX (source), result, NULL);
}

static gboolean
attach_orders (Run *self, GBytes *description)
{
  g_autoptr (GInputStream) source = NULL;
  gsize length;
  const guint8 *bytes = g_bytes_get_data (description, &length);
  int pipe[2];

  if (!g_unix_open_pipe (pipe, FD_CLOEXEC, &self->error))
    return FALSE;
  source = g_unix_input_stream_new (pipe[0], TRUE);
  self->orders = g_unix_output_stream_new (pipe[1], TRUE);
  fcntl (pipe[1], F_SETFL, fcntl (pipe[1], F_GETFL) | O_NONBLOCK);
  gbx_sandbox_set_source (self->sandbox, source);
  g_byte_array_set_size (self->unsent, 0);
  send (self, bytes, length);
  return TRUE;
}

static gboolean
begin (Run *self)
{
  g_autoptr (GBytes) description = gbx_unit_describe (self->unit, self->root, &self->error);
  g_autoptr (GbxPolicy) policy
      = description ? gbx_service_config_make_policy (self->config, self->unit, self->folder, &self->error)
                    : NULL;

  if (!policy)
    return FALSE;
  self->last = GBX_EVENT_NONE;
  self->sandbox = gbx_sandbox_new (policy);
  if (!attach_orders (self, description))
    {
      drop_sandbox (self);
      return FALSE;
    }
  self->control = gbx_control_new (self->sandbox);
  g_signal_connect_swapped (self->control, "stop", G_CALLBACK (on_control_stop), self);
  g_signal_connect (self->sandbox, "output", G_CALLBACK (on_output), self);
  g_signal_connect (self->sandbox, "notify::notice", G_CALLBACK (on_notice), self);
  g_signal_connect (self->sandbox, "notify::trouble", G_CALLBACK (on_trouble), self);
  set_state (self, GBX_SERVICE_STARTING, NULL);
  gbx_sandbox_launch_async (self->sandbox, NULL, launch_cb, NULL);
  gbx_sandbox_wait_async (self->sandbox, wait_cb, self);
  return TRUE;
}

static gboolean
set_up (Run *self, const char *name, GError **error)
{
  self->lock = -1;
  self->config = gbx_service_config_read (name, error);
  if (!self->config)
    return FALSE;
  self->folder = gbx_service_store_get_folder (name);
  self->root = g_build_filename (self->folder, "root", NULL);
  self->lock = gbx_service_store_lock (self->folder, name, error);
  if (self->lock < 0)
    return FALSE;
  self->status->pid = getpid ();
  self->status->since = g_get_real_time () / G_USEC_PER_SEC;
  self->status->state = GBX_SERVICE_STARTING;
  self->log = gbx_service_log_open (self->folder, error);
  if (!self->log || !gbx_service_status_write (self->status, self->folder, error))
    return FALSE;
  say (self, _ ("the service “%s” (%s) is started"), name, self->config->unit);
  self->unit = gbx_service_config_load_unit (self->config, self->folder, error);
  return self->unit && gbx_unit_check (self->unit, error);
}

static void
conclude (Run *self)
{
  self->status->pid = 0;
  if (self->error && !self->stop_wanted)
    set_state (self, GBX_SERVICE_FAILED, self->error->message);
  else
    {
      say (self, _ ("the service has ended"));
      g_clear_pointer (&self->status->problem, g_free);
      set_state (self, GBX_SERVICE_STOPPED, NULL);
      g_clear_error (&self->error);
    }
}

static void
clear (Run *self)
{
  g_clear_pointer (&self->config, gbx_service_config_free);
  g_clear_pointer (&self->unit, gbx_unit_free);
  g_clear_pointer (&self->status, gbx_service_status_free);
  g_clear_pointer (&self->log, gbx_service_log_close);
  g_free (self->folder);
  g_free (self->root);
  g_queue_clear (&self->starts);
  if (self->partial)
    g_string_free (self->partial, TRUE);
  g_clear_pointer (&self->unsent, g_byte_array_unref);
  /* The last thing, for those who wait for it. */
  if (self->lock >= 0)
    close (self->lock);
}

static void
loop (Run *self)
{
  guint sources[] = { g_unix_signal_add (SIGTERM, on_stop, self),
                      g_unix_signal_add (SIGINT, on_stop, self),
                      g_unix_signal_add (SIGHUP, on_reload, self) };

  self->loop = g_main_loop_new (NULL, FALSE);
  may_start (self);
  if (begin (self))
    g_main_loop_run (self->loop);
  g_main_loop_unref (self->loop);
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    g_source_remove (sources[i]);
}

gboolean
gbx_service_run (const char *name, GError **error)
{
  Run self = { .status = gbx_service_status_new (), .partial = g_string_new (NULL),
               .unsent = g_byte_array_new () };
  gboolean done;

  gbx_service_notify_begin ();
  if (set_up (&self, name, &self.error))
    loop (&self);
  if (self.error && self.log && !self.error_is_told)
    say (&self, "%s", self.error->message);
  if (self.lock >= 0 && self.log)
    conclude (&self);
  done = self.error == NULL;
  if (self.error)
    g_propagate_error (error, g_steal_pointer (&self.error));
  clear (&self);
  return done;
}
