/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-sandbox-window"
#include "config.h"

#include "gbx-sandbox-window-private.h"

#include "gbx-auto-screenshot.h"
#include "gbx-host-keyboard.h"
#include "gbx-end-text.h"
#include "gbx-plain-converter.h"

#include <gio/gunixoutputstream.h>
#include <unistd.h>

/* The part of the window that follows one sandbox from its launch to its end. */

#define STATUS_FAILURE 125

/* ---------------------------------------------------------------- end -- */

/* Whoever set a time limit, a script perhaps, waits no longer than that for the window
 * either; until then its user can read why the application failed. */
static gboolean
on_end_limit (gpointer data)
{
  GbxSandboxWindow *self = data;

  self->end_limit = 0;
  gbx_sandbox_window_finish (self, gbx_sandbox_window_get_final_status (self));
  return G_SOURCE_REMOVE;
}

static void
limit_end_page (GbxSandboxWindow *self)
{
  gint64 limit = gbx_policy_get_timeout (self->policy);
  gint64 passed = gbx_sandbox_get_elapsed (self->sandbox) / G_USEC_PER_SEC;

  if (limit > 0)
    self->end_limit = g_timeout_add_seconds ((guint)MAX (limit - passed, 1), on_end_limit, self);
}

static void
show_end_page (GbxSandboxWindow *self)
{
  gbx_notice_bars_clear (self->notices);
  gbx_end_page_set_sandbox (self->end_page, self->sandbox);
  gtk_stack_set_visible_child (self->stack, GTK_WIDGET (self->end_page));
  hdy_header_bar_set_subtitle (self->header, NULL);
  gbx_end_page_focus (self->end_page);
  limit_end_page (self);
}

static gboolean
closes_by_itself (GbxSandboxWindow *self, GbxEndReason reason, int status)
{
  return self->then == GBX_THEN_CLOSE || !self->interactive || reason == GBX_END_CANCELLED
         || reason == GBX_END_TIMEOUT || (reason == GBX_END_EXITED && status == 0);
}

int
gbx_sandbox_window_get_final_status (GbxSandboxWindow *self)
{
  if (self->exit_after_screenshot && self->screenshot_done)
    return 0;
  if (self->screenshot_failed)
    return STATUS_FAILURE;
  return gbx_sandbox_get_exit_status (self->sandbox);
}

/* Also where the window says it: nobody may be looking. */
static void
report_end (GbxSandboxWindow *self, GbxEndReason reason)
{
  const GError *error = gbx_sandbox_get_error (self->sandbox);
  g_autofree char *line = NULL;

  if (gbx_sandbox_window_get_final_status (self) == 0)
    return;
  line = gbx_end_text_line (gbx_policy_get_title (self->policy), reason,
                            gbx_sandbox_get_exit_status (self->sandbox),
                            error ? error->message : NULL, gbx_policy_get_timeout (self->policy));
  g_printerr ("glovebox: %s\n", g_strdelimit (line, "\r\n", ' '));
}

static void
on_ended (GbxSandboxWindow *self)
{
  GbxEndReason reason = gbx_sandbox_get_reason (self->sandbox);
  int status = gbx_sandbox_get_exit_status (self->sandbox);

  gbx_sandbox_window_forget_display (self);
  if (self->question)
    gtk_dialog_response (GTK_DIALOG (self->question), GTK_RESPONSE_CANCEL);
  gbx_sandbox_window_update_actions (self);

  if (self->then == GBX_THEN_RESTART)
    {
      gbx_sandbox_window_start (self);
      return;
    }
  report_end (self, reason);
  if (closes_by_itself (self, reason, status))
    gbx_sandbox_window_finish (self, gbx_sandbox_window_get_final_status (self));
  else
    show_end_page (self);
}

static void
wait_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GbxSandboxWindow) self = data;

  gbx_sandbox_wait_finish (GBX_SANDBOX (object), result, NULL);
  if (self->sandbox == GBX_SANDBOX (object))
    on_ended (self);
}

/* --------------------------------------------------------------- progress -- */

static void
on_state (GbxSandboxWindow *self)
{
  GbxSandboxState state = gbx_sandbox_window_get_state (self);

  gbx_sandbox_window_update_actions (self);
  gbx_sandbox_window_update_display (self);
  gbx_notice_bars_set_stopping (self->notices, state == GBX_SANDBOX_STOPPING
                                                   && gbx_sandbox_get_started (self->sandbox));
}

static void
on_title (GbxSandboxWindow *self)
{
  /* The guest's words: the subtitle, and never the title. */
  hdy_header_bar_set_subtitle (self->header, gbx_sandbox_get_title (self->sandbox));
}

/* What is weaker than it could be: of the sandbox, and of its display. */
void
gbx_sandbox_window_update_notice (GbxSandboxWindow *self)
{
  const char *notice = self->sandbox ? gbx_sandbox_get_notice (self->sandbox) : NULL;
  const char *weakness = gbx_display_get_weakness (self->display);
  g_autofree char *both = notice && weakness ? g_strdup_printf ("%s\n%s", notice, weakness) : NULL;

  gbx_notice_bars_set_notice (self->notices, both ? both : notice ? notice : weakness);
}

static void
on_trouble (GbxSandboxWindow *self)
{
  gbx_notice_bars_set_trouble (self->notices, gbx_sandbox_get_trouble (self->sandbox));
}

static void
on_log (GbxSandboxWindow *self, guint level, const char *text)
{
  if (gbx_policy_get_verbose (self->policy))
    g_printerr ("glovebox: [%6.3f] %s\n", gbx_sandbox_get_elapsed (self->sandbox) / 1e6, text);
}

static void
on_activity (GbxSandboxWindow *self)
{
  on_log (self, 0, gbx_sandbox_get_activity (self->sandbox));
}

static void
launch_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GbxSandboxWindow) self = data;
  g_autoptr (GError) error = NULL;

  /* The end, with its reason, comes by wait_cb(). */
  if (!gbx_sandbox_launch_finish (GBX_SANDBOX (object), result, &error))
    g_debug ("The launch failed: %s", error->message);
}

static void
auto_screenshot_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GbxSandboxWindow) self = data;
  g_autoptr (GError) error = NULL;

  self->screenshot_done = gbx_auto_screenshot_finish (result, &error);
  self->screenshot_failed = !self->screenshot_done;
  if (error)
    g_printerr ("glovebox: %s\n", error->message);
  if (self->exit_after_screenshot && gbx_sandbox_window_get_state (self) < GBX_SANDBOX_STOPPING)
    {
      self->then = GBX_THEN_CLOSE;
      gbx_sandbox_stop (self->sandbox, GBX_QUIT_GRACE_MS);
    }
}

/* Nobody who starts a window expects its application to command the terminal that it
 * was started from: there only its text arrives, in a pipe or a file every byte. */
static void
set_sink (GbxSandbox *sandbox, gboolean is_stderr)
{
  int fd = is_stderr ? STDERR_FILENO : STDOUT_FILENO;
  g_autoptr (GOutputStream) stream = g_unix_output_stream_new (fd, FALSE);

  if (isatty (fd))
    {
      g_autoptr (GConverter) plain = gbx_plain_converter_new ();
      g_autoptr (GOutputStream) raw = g_steal_pointer (&stream);

      stream = g_converter_output_stream_new (raw, plain);
    }
  gbx_sandbox_set_sink (sandbox, is_stderr, stream);
}

static void
set_sandbox (GbxSandboxWindow *self, GbxSandbox *sandbox)
{
  if (self->sandbox)
    g_signal_handlers_disconnect_by_data (self->sandbox, self);
  g_clear_object (&self->sandbox);
  self->sandbox = sandbox;
  g_object_connect (sandbox, "swapped-object-signal::notify::state", on_state, self,
                    "swapped-object-signal::notify::drawn", gbx_sandbox_window_update_display, self,
                    "swapped-object-signal::notify::title", on_title, self,
                    "swapped-object-signal::notify::notice", gbx_sandbox_window_update_notice, self,
                    "swapped-object-signal::notify::trouble", on_trouble, self,
                    "swapped-object-signal::notify::activity", on_activity, self,
                    "swapped-object-signal::log", on_log, self, NULL);
  gbx_identity_strip_set_sandbox (self->strip, sandbox);
  gbx_boot_page_set_sandbox (self->boot_page, sandbox);
}

void
gbx_sandbox_window_start (GbxSandboxWindow *self)
{
  g_clear_handle_id (&self->end_limit, g_source_remove);
  gbx_notice_bars_clear (self->notices);
  hdy_header_bar_set_subtitle (self->header, NULL);
  gtk_stack_set_visible_child (self->stack, GTK_WIDGET (self->boot_page));
  gbx_boot_page_focus (self->boot_page);

  set_sandbox (self, gbx_sandbox_new (self->policy));
  gbx_host_keyboard_apply (GTK_WIDGET (self), self->sandbox);
  gbx_sandbox_set_scale (self->sandbox, (guint)gtk_widget_get_scale_factor (GTK_WIDGET (self)));
  set_sink (self->sandbox, FALSE);
  set_sink (self->sandbox, TRUE);
  self->then = GBX_THEN_DECIDE;
  g_clear_object (&self->launch);
  self->launch = g_cancellable_new ();
  gbx_sandbox_launch_async (self->sandbox, self->launch, launch_cb, g_object_ref (self));
  gbx_sandbox_wait_async (self->sandbox, wait_cb, g_object_ref (self));
  if (self->screenshot)
    gbx_auto_screenshot_async (self->sandbox, self->display, self->screenshot, NULL,
                               auto_screenshot_cb, g_object_ref (self));
  g_clear_pointer (&self->screenshot, g_free);
  gbx_sandbox_window_update_actions (self);
}
