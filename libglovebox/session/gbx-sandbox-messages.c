/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-sandbox-private.h"

#include "gbx-error.h"
#include "gbx-guest-request.h"

#include <glib/gi18n-lib.h>

/* What the guest says in one launch, and what follows from it.  The guest is not
 * trusted: whatever comes malformed, twice or out of order ends the sandbox. */

/* From the good-bye to the end of QEMU. */
#define POWER_OFF_MS 1000
/* The guest counts as idle below this part of its processors' time. */
#define SETTLED_BUSY_PERMILLE 250
/* An application that never idles counts as settled after so many seconds. */
#define SETTLED_HEARTBEATS_MAX 20
/* A longer line of the application's errors is broken in the log. */
#define LOG_LINE_MAX 1024

static const struct
{
  const char *activity;
  double fraction;
} phases[] = {
  [GBX_PHASE_MODULES] = { N_ ("Loading the guest's drivers"), 0.40 },
  [GBX_PHASE_ROOT] = { N_ ("Mounting the system"), 0.45 },
  [GBX_PHASE_CONFIG] = { N_ ("Reading the policy"), 0.50 },
  [GBX_PHASE_MOUNTS] = { N_ ("Mounting the shares"), 0.52 },
  [GBX_PHASE_IDENTITY] = { N_ ("Preparing the home folder"), 0.55 },
  [GBX_PHASE_DBUS] = { N_ ("Starting the message bus"), 0.58 },
  [GBX_PHASE_XORG] = { N_ ("Starting the display server"), 0.60 },
  [GBX_PHASE_WINDOW_MANAGER] = { N_ ("Starting the window manager"), 0.80 },
  [GBX_PHASE_APPLICATION] = { N_ ("Starting the application"), 0.90 },
  [GBX_PHASE_SUPERVISION] = { N_ ("Running"), 1.0 },
  [GBX_PHASE_REPORT] = { N_ ("Ending"), 1.0 },
};

static void
fail_protocol (GbxSandbox *self, const char *what)
{
  gbx_console_fail (self->console, what);
}

static void
send_request (GbxSandbox *self)
{
  GError *error = NULL;
  g_autoptr (GBytes) request =
      gbx_guest_request_new (gbx_launcher_get_plan (self->launcher),
                             gbx_launcher_get_identity (self->launcher),
                             gbx_launcher_get_keyboard (self->launcher), self->scale, &error);
  GbxHello hello = { .version = GBX_PROTOCOL_VERSION, .software = "glovebox " GBX_VERSION };
  guint8 payload[128];
  GbxWriter writer;

  if (!request)
    {
      gbx_session_end (self, GBX_END_FAILED, error);
      return;
    }
  gbx_writer_init (&writer, payload, sizeof payload);
  gbx_hello_encode (&hello, &writer);
  gbx_console_send (self->console, GBX_MSG_HELLO, payload, writer.length);
  gbx_console_send (self->console, GBX_MSG_CONFIG, g_bytes_get_data (request, NULL),
                    g_bytes_get_size (request));
}

static void
on_hello (GbxSandbox *self, const GbxFrame *frame)
{
  GbxHello hello;

  if (self->said_hello || !gbx_hello_decode (&hello, frame))
    {
      fail_protocol (self, _ ("a malformed or repeated greeting"));
      return;
    }
  if (hello.version != GBX_PROTOCOL_VERSION)
    {
      fail_protocol (self, _ ("it speaks another version of the protocol; install Glovebox again, "
                              "and empty ~/.cache/glovebox"));
      return;
    }
  self->said_hello = TRUE;
  gbx_session_clear_deadline (self);
  gbx_session_await_start (self);
  gbx_sandbox_set_state (self, GBX_SANDBOX_STARTING);
  send_request (self);
}

static void
on_phase (GbxSandbox *self, const GbxFrame *frame)
{
  GbxPhaseReport report;
  g_autofree char *line = NULL;

  if (!gbx_phase_decode (&report, frame))
    {
      fail_protocol (self, _ ("a malformed phase report"));
      return;
    }
  line = g_strdup_printf ("phase %u at %u ms: %s", report.phase, report.uptime_ms,
                          phases[report.phase].activity);
  gbx_sandbox_add_log (self, GBX_LOG_DEBUG, line);
  gbx_sandbox_set_activity (self, _ (phases[report.phase].activity),
                            phases[report.phase].fraction);
}

static void
on_started (GbxSandbox *self, const GbxFrame *frame)
{
  if (self->state != GBX_SANDBOX_STARTING || self->has_exit)
    {
      fail_protocol (self, _ ("it says twice, or too late, that the application was started"));
      return;
    }
  self->has_started = TRUE;
  gbx_session_clear_deadline (self);
  gbx_session_judge_kvm (self);
  gbx_console_open_streams (self->console);
  gbx_sandbox_set_state (self, GBX_SANDBOX_RUNNING);
  if (self->pending_width)
    gbx_console_send_pair (self->console, GBX_MSG_DISPLAY, self->pending_width,
                           self->pending_height);
  if (self->launch)
    gbx_sandbox_return_launch (self, NULL);
}

static void
on_exit_report (GbxSandbox *self, const GbxFrame *frame)
{
  if (self->has_exit || !gbx_exit_decode (&self->exit, frame))
    {
      fail_protocol (self, _ ("a malformed or repeated exit status"));
      return;
    }
  self->has_exit = TRUE;
  gbx_session_await_bye (self, 0);
}

static void
on_log (GbxSandbox *self, const GbxFrame *frame)
{
  GbxLogLine line;
  g_autofree char *text = NULL;

  if (!gbx_log_decode (&line, frame))
    {
      fail_protocol (self, _ ("a malformed log line"));
      return;
    }
  text = gbx_sandbox_clean_text (line.text);
  gbx_sandbox_add_log (self, line.level, text);
}

static void
on_heartbeat (GbxSandbox *self, const GbxFrame *frame)
{
  GbxHeartbeat heartbeat;

  if (!gbx_heartbeat_decode (&heartbeat, frame))
    {
      fail_protocol (self, _ ("a malformed heartbeat"));
      return;
    }
  /* The first one after drawing still covers the time before it. */
  if (!self->drawn || self->settled || self->heartbeats_since_drawn++ == 0)
    return;
  if (heartbeat.busy_permille < SETTLED_BUSY_PERMILLE ||
      self->heartbeats_since_drawn > SETTLED_HEARTBEATS_MAX)
    gbx_sandbox_set_flag (self, "settled", &self->settled);
}

static void
on_window (GbxSandbox *self, const GbxFrame *frame)
{
  GbxWindowReport report;
  g_autofree char *title = NULL;

  if (!gbx_window_decode (&report, frame))
    {
      fail_protocol (self, _ ("a malformed window report"));
      return;
    }
  title = gbx_sandbox_clean_text (report.title);
  if (report.event == GBX_WINDOW_TITLE)
    gbx_sandbox_set_title (self, title);
  else if (report.event == GBX_WINDOW_DRAWN && !self->drawn)
    {
      gbx_sandbox_add_log (self, GBX_LOG_DEBUG, "the application has drawn its window");
      gbx_sandbox_set_flag (self, "drawn", &self->drawn);
    }
}

static GError *
setup_error (GbxSandbox *self)
{
  guint phase = self->exit.value;
  const char *last = self->log.tail ? self->log.tail->data : "";

  return g_error_new (GBX_ERROR, GBX_ERROR_GUEST,
                      _ ("The guest could not set itself up (%s): %s"),
                      phase >= 1 && phase <= GBX_PHASE_LAST ? _ (phases[phase].activity) : "?",
                      last);
}

void
gbx_session_conclude (GbxSandbox *self)
{
  GbxEndReason reason = self->reason == GBX_END_NONE ? GBX_END_EXITED : self->reason;

  if (self->exit.kind == GBX_EXIT_SETUP_FAILED)
    gbx_session_end (self, GBX_END_FAILED, setup_error (self));
  else
    gbx_session_end (self, reason, NULL);
}

static gboolean
on_power_off_deadline (gpointer user_data)
{
  GbxSandbox *self = user_data;

  self->deadline = 0;
  gbx_session_conclude (self);
  return G_SOURCE_REMOVE;
}

static void
on_bye (GbxSandbox *self)
{
  if (!self->has_exit || self->said_bye)
    {
      fail_protocol (self, _ ("it said good-bye twice, or without an exit status"));
      return;
    }
  self->said_bye = TRUE;
  gbx_launcher_power_off (self->launcher);
  gbx_session_set_deadline (self, POWER_OFF_MS, on_power_off_deadline);
}

void
gbx_session_handle_frame (GbxConsole *console, guint type, const GbxFrame *frame,
                          gpointer user_data)
{
  GbxSandbox *self = user_data;

  if (!self->said_hello && type != GBX_MSG_HELLO && type != GBX_MSG_LOG && type != GBX_MSG_PHASE)
    {
      fail_protocol (self, _ ("it did not begin with a greeting"));
      return;
    }
  switch (type)
    {
    case GBX_MSG_HELLO:
      on_hello (self, frame);
      break;
    case GBX_MSG_PHASE:
      on_phase (self, frame);
      break;
    case GBX_MSG_STARTED:
      on_started (self, frame);
      break;
    case GBX_MSG_EXIT:
      on_exit_report (self, frame);
      break;
    case GBX_MSG_LOG:
      on_log (self, frame);
      break;
    case GBX_MSG_HEARTBEAT:
      on_heartbeat (self, frame);
      break;
    case GBX_MSG_WINDOW:
      on_window (self, frame);
      break;
    default: /* the decoder lets nothing else through */
      on_bye (self);
    }
}

/* -------------------------------------------------------------- output -- */

void
gbx_session_log_error_line (GbxSandbox *self)
{
  g_autofree char *text = gbx_sandbox_clean_text (self->error_line->str);

  if (self->error_line->len > 0)
    gbx_sandbox_keep_log (self, text);
  g_string_truncate (self->error_line, 0);
}

/* An application with a window tells on its standard error why it ended, and
 * nobody looks at that of a window: the log has it too. */
static void
log_errors (GbxSandbox *self, GBytes *data)
{
  gsize length = 0;
  const char *bytes = g_bytes_get_data (data, &length);

  for (gsize i = 0; i < length; i++)
    {
      if (bytes[i] == '\n' || self->error_line->len == LOG_LINE_MAX)
        gbx_session_log_error_line (self);
      if (bytes[i] != '\n')
        g_string_append_c (self->error_line, bytes[i] ? bytes[i] : ' ');
    }
}

void
gbx_session_handle_output (GbxConsole *console, gboolean is_stderr, GBytes *data,
                           gpointer user_data)
{
  GbxSandbox *self = user_data;

  if (is_stderr && gbx_policy_get_mode (self->policy) == GBX_MODE_DESKTOP)
    log_errors (self, data);
  if (is_stderr ? !self->err_stream : !self->out)
    g_signal_emit_by_name (self, "output", is_stderr, data);
}
