/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-sandbox-window"
#include "config.h"

#include "gbx-sandbox-window-private.h"

#include "gbx-page-icon.h"
#include "gbx-stop-dialog.h"

/* How long an application has for its own farewell; the user can shorten it. */
#define GRACE_MS 15000

enum
{
  FINISHED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GbxSandboxWindow, gbx_sandbox_window, HDY_TYPE_APPLICATION_WINDOW)

GbxSandboxState
gbx_sandbox_window_get_state (GbxSandboxWindow *self)
{
  return self->sandbox ? gbx_sandbox_get_state (self->sandbox) : GBX_SANDBOX_ENDED;
}

void
gbx_sandbox_window_finish (GbxSandboxWindow *self, int status)
{
  gbx_sandbox_window_forget_display (self);
  g_signal_emit (self, signals[FINISHED], 0, status);
}

/* -------------------------------------------------------------- stopping -- */

static void
stop (GbxSandboxWindow *self, GbxThen then)
{
  GbxSandboxState state = gbx_sandbox_window_get_state (self);

  self->then = then;
  if (state < GBX_SANDBOX_RUNNING)
    g_cancellable_cancel (self->launch);
  else if (state == GBX_SANDBOX_RUNNING)
    gbx_sandbox_stop (self->sandbox, GRACE_MS);
}

static void
on_answer (GtkDialog *dialog, int response, GbxSandboxWindow *self)
{
  GbxThen then = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (dialog), "then"));

  self->question = NULL;
  gtk_widget_destroy (GTK_WIDGET (dialog));
  if (response == GTK_RESPONSE_ACCEPT)
    stop (self, then);
}

static void
ask (GbxSandboxWindow *self, GbxThen then)
{
  if (self->question)
    gtk_widget_destroy (self->question);
  self->question = gbx_stop_dialog_new (GTK_WINDOW (self), gbx_policy_get_title (self->policy),
                                        then == GBX_THEN_RESTART);
  g_object_set_data (G_OBJECT (self->question), "then", GINT_TO_POINTER (then));
  g_signal_connect_object (self->question, "response", G_CALLBACK (on_answer), self, 0);
  gtk_window_present (GTK_WINDOW (self->question));
}

void
gbx_sandbox_window_ask_to_stop (GbxSandboxWindow *self, GbxThen then)
{
  GbxSandboxState state = gbx_sandbox_window_get_state (self);

  if (state == GBX_SANDBOX_RUNNING)
    ask (self, then);
  else if (state < GBX_SANDBOX_RUNNING)
    stop (self, then);
  else if (state == GBX_SANDBOX_STOPPING)
    self->then = then;
  else if (then == GBX_THEN_RESTART)
    gbx_sandbox_window_start (self);
  else if (then == GBX_THEN_CLOSE)
    gbx_sandbox_window_finish (self,
                               self->sandbox ? gbx_sandbox_window_get_final_status (self) : 0);
}

/* --------------------------------------------------------------- handlers -- */

static void
on_cancel (GbxSandboxWindow *self)
{
  stop (self, GBX_THEN_CLOSE);
}

static void
on_end_restart (GbxSandboxWindow *self)
{
  gbx_sandbox_window_start (self);
}

static void
on_end_close (GbxSandboxWindow *self)
{
  gbx_sandbox_window_finish (self, gbx_sandbox_window_get_final_status (self));
}

static void
on_stop (GbxSandboxWindow *self)
{
  gbx_sandbox_window_ask_to_stop (self, GBX_THEN_DECIDE);
}

static void
on_end_now (GbxSandboxWindow *self)
{
  gbx_sandbox_kill (self->sandbox);
}

static gboolean
gbx_sandbox_window_delete_event (GtkWidget *widget, GdkEventAny *event)
{
  gbx_sandbox_window_ask_to_stop (GBX_SANDBOX_WINDOW (widget), GBX_THEN_CLOSE);
  return GDK_EVENT_STOP;
}

static gboolean
key_press (GtkWidget *widget, GdkEventKey *event)
{
  if (gbx_sandbox_window_key_press (widget, event) == GDK_EVENT_STOP)
    return GDK_EVENT_STOP;
  return GTK_WIDGET_CLASS (gbx_sandbox_window_parent_class)->key_press_event (widget, event);
}

static gboolean
key_release (GtkWidget *widget, GdkEventKey *event)
{
  gboolean handled
      = GTK_WIDGET_CLASS (gbx_sandbox_window_parent_class)->key_release_event (widget, event);

  /* After the guest has seen the key come up. */
  gbx_sandbox_window_key_release (GBX_SANDBOX_WINDOW (widget));
  return handled;
}

static void
gbx_sandbox_window_dispose (GObject *object)
{
  GbxSandboxWindow *self = GBX_SANDBOX_WINDOW (object);

  gbx_sandbox_window_forget_display (self);
  g_clear_handle_id (&self->end_limit, g_source_remove);
  self->display = NULL;
  g_clear_object (&self->fullscreen);
  g_clear_object (&self->launch);
  g_clear_object (&self->sandbox);
  G_OBJECT_CLASS (gbx_sandbox_window_parent_class)->dispose (object);
}

static void
gbx_sandbox_window_finalize (GObject *object)
{
  GbxSandboxWindow *self = GBX_SANDBOX_WINDOW (object);

  g_clear_pointer (&self->policy, gbx_policy_unref);
  g_free (self->screenshot);
  G_OBJECT_CLASS (gbx_sandbox_window_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  g_type_ensure (GBX_TYPE_IDENTITY_STRIP);
  g_type_ensure (GBX_TYPE_BOOT_PAGE);
  g_type_ensure (GBX_TYPE_END_PAGE);
  g_type_ensure (GBX_TYPE_NOTICE_BARS);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/glovebox/Glovebox/ui/gbx-sandbox-window.ui");
  gtk_widget_class_bind_template_child (widget_class, GbxSandboxWindow, header);
  gtk_widget_class_bind_template_child (widget_class, GbxSandboxWindow, header_slot);
  gtk_widget_class_bind_template_child (widget_class, GbxSandboxWindow, header_revealer);
  gtk_widget_class_bind_template_child (widget_class, GbxSandboxWindow, icon);
  gtk_widget_class_bind_template_child (widget_class, GbxSandboxWindow, fullscreen_image);
  gtk_widget_class_bind_template_child (widget_class, GbxSandboxWindow, release_hint);
  gtk_widget_class_bind_template_child (widget_class, GbxSandboxWindow, menu_button);
  gtk_widget_class_bind_template_child (widget_class, GbxSandboxWindow, strip);
  gtk_widget_class_bind_template_child (widget_class, GbxSandboxWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, GbxSandboxWindow, boot_page);
  gtk_widget_class_bind_template_child (widget_class, GbxSandboxWindow, display_page);
  gtk_widget_class_bind_template_child (widget_class, GbxSandboxWindow, end_page);
  gtk_widget_class_bind_template_child (widget_class, GbxSandboxWindow, notices);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel);
  gtk_widget_class_bind_template_callback (widget_class, on_end_restart);
  gtk_widget_class_bind_template_callback (widget_class, on_end_close);
  gtk_widget_class_bind_template_callback (widget_class, on_stop);
  gtk_widget_class_bind_template_callback (widget_class, on_end_now);
  gtk_widget_class_bind_template_callback_full (widget_class, "on_reconnect",
                                                G_CALLBACK (gbx_sandbox_window_reconnect));
}

static void
gbx_sandbox_window_class_init (GbxSandboxWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gbx_sandbox_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = gbx_sandbox_window_finalize;
  widget_class->delete_event = gbx_sandbox_window_delete_event;
  widget_class->key_press_event = key_press;
  widget_class->key_release_event = key_release;
  signals[FINISHED] = g_signal_new ("finished", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                    NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  bind_template (widget_class);
}

static void
gbx_sandbox_window_init (GbxSandboxWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* ----------------------------------------------------------------- public -- */

GtkWidget *
gbx_sandbox_window_new (GtkApplication *application, GbxPolicy *policy)
{
  GbxSandboxWindow *self = g_object_new (GBX_TYPE_SANDBOX_WINDOW, "application", application, NULL);
  const char *title = gbx_policy_get_title (policy);

  self->policy = gbx_policy_ref (policy);
  self->interactive = TRUE;
  hdy_header_bar_set_title (self->header, title);
  gtk_window_set_title (GTK_WINDOW (self), title);
  gbx_page_icon_show (self->icon, policy);
  gbx_sandbox_window_make_display (self);
  gbx_sandbox_window_add_actions (self);
  gbx_sandbox_window_update_actions (self);
  return GTK_WIDGET (self);
}

void
gbx_sandbox_window_set_screenshot (GbxSandboxWindow *self, const char *path,
                                   gboolean exit_afterwards)
{
  g_free (self->screenshot);
  self->screenshot = g_strdup (path);
  self->exit_after_screenshot = exit_afterwards;
  self->interactive = self->interactive && !exit_afterwards;
}

void
gbx_sandbox_window_quit (GbxSandboxWindow *self)
{
  GbxSandboxState state = gbx_sandbox_window_get_state (self);
  gboolean again = self->then == GBX_THEN_CLOSE;

  self->then = GBX_THEN_CLOSE;
  self->interactive = FALSE;
  if (state == GBX_SANDBOX_ENDED)
    gbx_sandbox_window_finish (self,
                               self->sandbox ? gbx_sandbox_window_get_final_status (self) : 0);
  else if (again)
    gbx_sandbox_kill (self->sandbox);
  else if (state < GBX_SANDBOX_RUNNING)
    g_cancellable_cancel (self->launch);
  else
    gbx_sandbox_stop (self->sandbox, GBX_QUIT_GRACE_MS);
}
