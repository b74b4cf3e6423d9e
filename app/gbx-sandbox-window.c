/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-sandbox-window"
#include "config.h"

#include "gbx-sandbox-window.h"

#include "gbx-access-button.h"
#include "gbx-closing-bar.h"
#include "gbx-drop.h"
#include "gbx-fullscreen.h"
#include "gbx-host-appearance.h"
#include "gbx-host-keyboard.h"
#include "gbx-identity-strip.h"
#include "gbx-identity.h"
#include "gbx-leftover.h"
#include "gbx-narrow-header.h"
#include "gbx-notice-bars.h"
#include "gbx-open-file.h"
#include "gbx-stop-dialog.h"
#include "gbx-window-actions.h"
#include "gbx-window-keys.h"
#include "gbx-window-list.h"
#include "gbx-window-name.h"
#include "gbx-window-pages.h"
#include "gbx-window-size.h"
#include "gbx-window-view.h"

#include "gbx-control.h"
#include "gbx-end-notice.h"

#include <glib/gi18n.h>
#ifdef GDK_WINDOWING_X11
#include <gdk/gdkx.h>
#endif

/* Of the last picture of a paused sandbox. */
#define PAUSED_OPACITY 0.4

struct _GbxSandboxWindow
{
  HdyApplicationWindow parent_instance;

  HdyHeaderBar *header;            /* template */
  GtkContainer *header_slot;       /* template */
  GtkRevealer *header_revealer;    /* template */
  GtkImage *icon;                  /* template */
  GtkImage *fullscreen_image;      /* template */
  GbxAccessButton *access_button;  /* template */
  GtkWidget *menu_button;          /* template */
  GbxIdentityStrip *strip;         /* template */
  GtkStack *stack;                 /* template */
  GbxBootPage *boot_page;          /* template */
  GbxQuietPage *quiet_page;        /* template */
  GtkScrolledWindow *display_page; /* template */
  GbxFilesPage *files_page;        /* template */
  GbxEndPage *end_page;            /* template */
  GbxNoticeBars *notices;          /* template */
  GbxClosingBar *closing_bar;      /* template */
  GbxWindowList *window_list;      /* template */

  GbxPolicy *policy;
  GbxDisplay *display; /* (unowned): in the display page */
  GbxRunner *runner;
  GbxEndNotice *end_notice;
  GbxDisplayConnection *connection;
  GbxWindowPages *pages;
  GbxWindowName *name;
  GbxFullscreen *fullscreen;
  GbxWindowActions *actions;
  GbxWindowSize *size;
  GbxDrop *drop;
  GbxOpenFile *open_file;
  GbxWindowView *view;
  GbxControl *control; /* (nullable): of the latest sandbox, for other processes */
  GbxHostKeyboard *keyboard;
  GtkWidget *question;    /* (nullable) (unowned): the stop dialog while it asks */
  gboolean release_chord; /* Ctrl and Alt are down, and nothing came after them */
};

enum
{
  FINISHED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GbxSandboxWindow, gbx_sandbox_window, HDY_TYPE_APPLICATION_WINDOW)

/* ---------------------------------------------------------------- pages -- */

static gboolean
on_idle_focus (gpointer data)
{
  GbxSandboxWindow *self = data;

  if (self->pages && gbx_window_pages_shows_display (self->pages))
    gtk_widget_grab_focus (GTK_WIDGET (self->display));
  return G_SOURCE_REMOVE;
}

static void
on_popover_closed (GtkWidget *popover, GbxSandboxWindow *self)
{
  g_signal_handlers_disconnect_by_func (popover, on_popover_closed, self);
  /* The popover gives the focus back to what had it before. */
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, on_idle_focus, g_object_ref (self), g_object_unref);
}

/* A list or a menu that is open would close if it lost the focus.  It has a grab even while
 * nothing in it has the focus, because its rows are being replaced. */
static void
on_display_shown (GbxSandboxWindow *self)
{
  GtkWidget *grab = gtk_grab_get_current ();
  GtkWidget *popover = grab ? gtk_widget_get_ancestor (grab, GTK_TYPE_POPOVER) : NULL;

  if (popover)
    g_signal_connect_object (popover, "closed", G_CALLBACK (on_popover_closed), self, 0);
  else
    gtk_widget_grab_focus (GTK_WIDGET (self->display));
}

/* --------------------------------------------------------------- pausing -- */

static void
set_paused_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GbxSandboxWindow) self = data;
  g_autoptr (GError) error = NULL;

  if (!gbx_sandbox_set_paused_finish (GBX_SANDBOX (object), result, &error)
      && gbx_sandbox_get_state (GBX_SANDBOX (object)) == GBX_SANDBOX_RUNNING && self->display)
    gbx_notice_bars_say (self->notices, error->message, TRUE);
}

static void
on_pause (GbxSandboxWindow *self, gboolean pauses)
{
  GbxSandbox *sandbox = gbx_runner_get_sandbox (self->runner);

  if (sandbox)
    gbx_sandbox_set_paused_async (sandbox, pauses, set_paused_cb, g_object_ref (self));
}

static void
on_resume (GbxSandboxWindow *self)
{
  on_pause (self, FALSE);
}

/* What it is asked next, it can only do while it runs. */
static void
resume (GbxSandboxWindow *self)
{
  GbxSandbox *sandbox = gbx_runner_get_sandbox (self->runner);

  if (sandbox && gbx_sandbox_get_paused (sandbox))
    on_resume (self);
}

/* Its last picture stays, dimmed. */
static void
on_paused (GbxSandboxWindow *self, GParamSpec *pspec, GbxSandbox *sandbox)
{
  gboolean paused = gbx_sandbox_get_paused (sandbox);

  gbx_notice_bars_set_paused (self->notices, paused);
  gtk_widget_set_opacity (GTK_WIDGET (self->stack), paused ? PAUSED_OPACITY : 1.0);
}

/* -------------------------------------------------------------- stopping -- */

static void
on_answer (GtkDialog *dialog, int response, GbxSandboxWindow *self)
{
  GbxThen then = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (dialog), "then"));

  self->question = NULL;
  gtk_widget_destroy (GTK_WIDGET (dialog));
  if (response == GTK_RESPONSE_ACCEPT)
    gbx_runner_stop (self->runner, then);
  else
    gbx_closing_end (gbx_runner_get_closing (self->runner));
}

static void
ask (GbxSandboxWindow *self, GbxThen then)
{
  if (self->question)
    gtk_widget_destroy (self->question);
  self->question = gbx_stop_dialog_new (GTK_WINDOW (self), gbx_window_name_get_title (self->name),
                                        then == GBX_THEN_RESTART,
                                        gbx_leftover_is_possible (self->policy));
  g_object_set_data (G_OBJECT (self->question), "then", GINT_TO_POINTER (then));
  g_signal_connect_object (self->question, "response", G_CALLBACK (on_answer), self, 0);
  gtk_window_present (GTK_WINDOW (self->question));
}

/* The application may have something unsaved: it is asked to close its windows, so that it can
 * put its own question.  The user is asked if it cannot be asked, or the second time. */
static void
ask_or_stop (GbxSandboxWindow *self, GbxThen then)
{
  gboolean waits = gbx_closing_get_state (gbx_runner_get_closing (self->runner));
  gboolean asks = gbx_window_pages_shows_files (self->pages);

  resume (self);
  if (gbx_runner_get_state (self->runner) != GBX_SANDBOX_RUNNING)
    gbx_runner_stop (self->runner, then);
  else if (waits || !gbx_runner_close (self->runner, then))
    ask (self, then);
  if (asks)
    gbx_files_page_discard (self->files_page);
}

static void
on_closing (GbxSandboxWindow *self)
{
  gbx_closing_bar_show_state (self->closing_bar,
                              gbx_closing_get_state (gbx_runner_get_closing (self->runner)),
                              gbx_window_name_get_title (self->name));
}

static void
on_closing_stop (GbxSandboxWindow *self)
{
  gbx_runner_stop (self->runner, gbx_runner_get_then (self->runner));
}

static void
on_closing_keep (GbxSandboxWindow *self)
{
  gbx_closing_end (gbx_runner_get_closing (self->runner));
}

static void
on_close (GbxSandboxWindow *self)
{
  ask_or_stop (self, GBX_THEN_CLOSE);
}

static void
on_stop (GbxSandboxWindow *self)
{
  ask_or_stop (self, GBX_THEN_DECIDE);
}

static void
on_restart (GbxSandboxWindow *self)
{
  ask_or_stop (self, GBX_THEN_RESTART);
}

/* A sandbox that does not answer does not listen either. */
static void
on_trouble_stop (GbxSandboxWindow *self)
{
  ask (self, GBX_THEN_DECIDE);
}

static void
on_trouble_restart (GbxSandboxWindow *self)
{
  ask (self, GBX_THEN_RESTART);
}

static void
on_end_restart (GbxSandboxWindow *self)
{
  gbx_runner_start (self->runner);
}

static void
on_end_now (GbxSandboxWindow *self)
{
  if (gbx_runner_get_state (self->runner) == GBX_SANDBOX_STOPPING)
    gbx_runner_kill (self->runner);
}

static void
on_reconnect (GbxSandboxWindow *self)
{
  gbx_display_connection_reconnect (self->connection);
}

/* ------------------------------------------------------- files left over -- */

static void
on_files_found (GbxSandboxWindow *self)
{
  gbx_notice_bars_clear (self->notices);
  gbx_window_pages_show_files (self->pages, gbx_runner_get_leftover (self->runner));
  if (!gtk_window_is_active (GTK_WINDOW (self)))
    gtk_window_set_urgency_hint (GTK_WINDOW (self), TRUE);
}

static void
on_files_done (GbxSandboxWindow *self)
{
  gtk_window_set_urgency_hint (GTK_WINDOW (self), FALSE);
  gbx_leftover_release (gbx_runner_get_leftover (self->runner));
}

/* ----------------------------------------------------------- the sandbox -- */

static void
update_lost (GbxSandboxWindow *self)
{
  const GError *error = gbx_display_get_error (self->display);
  gboolean lost = gbx_display_connection_get_lost (self->connection)
                  && gbx_runner_get_state (self->runner) == GBX_SANDBOX_RUNNING;

  gbx_notice_bars_set_lost (
      self->notices, !lost   ? NULL
                     : error ? error->message
                             : _ ("The connection to the sandbox's display was closed."));
}

static void
on_state (GbxSandboxWindow *self, GParamSpec *pspec, GbxSandbox *sandbox)
{
  gboolean stopping = gbx_sandbox_get_state (sandbox) == GBX_SANDBOX_STOPPING;
  GbxEndReason reason = gbx_sandbox_get_reason (sandbox);

  /* Of an application that quits by itself there is nothing to say. */
  gbx_notice_bars_set_stopping (self->notices,
                                stopping && gbx_sandbox_get_started (sandbox)
                                    && (reason == GBX_END_STOPPED || reason == GBX_END_TIMEOUT));
  update_lost (self);
}

/* The page of the start shows a notice, and the strip keeps it.  One that comes later is told
 * in passing. */
static void
on_notice (GbxSandboxWindow *self, GParamSpec *pspec, GbxSandbox *sandbox)
{
  g_autofree char *text = gbx_identity_warn (gbx_sandbox_get_notice (sandbox));

  if (gbx_window_pages_shows_display (self->pages))
    gbx_notice_bars_say (self->notices, text, FALSE);
}

/* The sandbox tells of it as of any other, and a strict one ends. */
static void
on_weakness (GbxSandboxWindow *self)
{
  GbxSandbox *sandbox = gbx_runner_get_sandbox (self->runner);
  const char *weakness = gbx_display_get_weakness (self->display);

  if (sandbox && weakness)
    gbx_sandbox_add_weakness (sandbox, weakness);
}

static void
on_trouble (GbxSandboxWindow *self, GParamSpec *pspec, GbxSandbox *sandbox)
{
  gbx_notice_bars_set_trouble (self->notices, gbx_sandbox_get_trouble (sandbox));
}

static void
follow (GbxSandboxWindow *self, GbxSandbox *sandbox)
{
  g_object_connect (sandbox, "swapped-object-signal::notify::state", on_state, self,
                    "swapped-object-signal::notify::notice", on_notice, self,
                    "swapped-object-signal::notify::trouble", on_trouble, self,
                    "swapped-object-signal::notify::paused", on_paused, self,
                    "swapped-object-signal::size-wanted", gbx_window_size_want, self->size, NULL);
  gbx_window_list_set_sandbox (self->window_list, sandbox);
  gbx_identity_strip_set_sandbox (self->strip, sandbox);
  gbx_window_actions_set_sandbox (self->actions, sandbox);
  gbx_display_connection_set_sandbox (self->connection, sandbox);
  gbx_window_pages_set_sandbox (self->pages, sandbox);
  gbx_window_name_set_sandbox (self->name, sandbox);
}

static gboolean
on_control_present (GbxSandboxWindow *self)
{
  guint32 time = GDK_CURRENT_TIME;

#ifdef GDK_WINDOWING_X11
  /* Another program's click asks for it: without a time it would only be marked. */
  if (GDK_IS_X11_WINDOW (gtk_widget_get_window (GTK_WIDGET (self))))
    time = gdk_x11_get_server_time (gtk_widget_get_window (GTK_WIDGET (self)));
#endif
  gtk_window_present_with_time (GTK_WINDOW (self), time);
  return TRUE;
}

static gboolean
on_control_stop (GbxSandboxWindow *self)
{
  ask_or_stop (self, GBX_THEN_CLOSE);
  return TRUE;
}

static void
make_control (GbxSandboxWindow *self, GbxSandbox *sandbox)
{
  g_clear_object (&self->control);
  self->control = gbx_control_new (sandbox);
  g_object_connect (self->control, "swapped-object-signal::present", on_control_present, self,
                    "swapped-object-signal::stop", on_control_stop, self, NULL);
}

static void
on_begun (GbxSandboxWindow *self, GbxSandbox *sandbox)
{
  make_control (self, sandbox);
  gbx_notice_bars_clear (self->notices);
  gbx_access_button_set_sandbox (self->access_button, sandbox);
  gbx_host_keyboard_set_sandbox (self->keyboard, sandbox);
  gbx_host_appearance_apply (GTK_WIDGET (self), sandbox);
  gbx_sandbox_set_scale (sandbox, (guint)gtk_widget_get_scale_factor (GTK_WIDGET (self)));
  follow (self, sandbox);
}

static void
on_ended (GbxSandboxWindow *self, gboolean stays)
{
  GbxSandbox *sandbox = gbx_runner_get_sandbox (self->runner);

  /* The next launch has another sandbox. */
  g_signal_handlers_disconnect_by_data (sandbox, self);
  gbx_display_connection_close (self->connection);
  gbx_files_page_stop (self->files_page);
  if (self->question)
    gtk_dialog_response (GTK_DIALOG (self->question), GTK_RESPONSE_CANCEL);
  if (!stays)
    return;
  gbx_notice_bars_clear (self->notices);
  gbx_window_pages_show_end (self->pages);
  gbx_end_notice_show (self->end_notice, sandbox);
}

static void
on_finished (GbxSandboxWindow *self, int status)
{
  gbx_display_connection_close (self->connection);
  g_signal_emit (self, signals[FINISHED], 0, status);
}

/* ----------------------------------------------------------- the display -- */

static void
on_grabbed (GbxSandboxWindow *self)
{
  gboolean captured;

  g_object_get (self->display, "capture-pointer", &captured, NULL);
  gbx_identity_strip_set_grab (self->strip, gbx_display_get_grabbed (self->display), captured);
}

static void
on_fullscreen (GbxSandboxWindow *self)
{
  gboolean active = gbx_fullscreen_get_active (self->fullscreen);

  gtk_image_set_from_icon_name (self->fullscreen_image,
                                active ? "view-restore-symbolic" : "view-fullscreen-symbolic",
                                GTK_ICON_SIZE_BUTTON);
  /* The header, which moves, may have had the focus. */
  if (gbx_window_pages_shows_display (self->pages))
    gtk_widget_grab_focus (GTK_WIDGET (self->display));
}

/* A drag or a scroll with Ctrl and Alt belongs to the application: these keys then do
 * not leave the guest. */
static gboolean
on_display_event (GbxSandboxWindow *self, GdkEvent *event)
{
  if (event->type == GDK_BUTTON_PRESS || event->type == GDK_SCROLL)
    self->release_chord = FALSE;
  return GDK_EVENT_PROPAGATE;
}

static void
on_window_chosen (GbxSandboxWindow *self)
{
  if (gbx_window_pages_shows_display (self->pages))
    gtk_widget_grab_focus (GTK_WIDGET (self->display));
}

/* ------------------------------------------------------------------ keys -- */

/* GTK would take Alt and a letter for a mnemonic, F10 for a menu, Tab for moving the
 * focus.  While the display has the focus, all but the window's few keys are the guest's. */
static gboolean
key_press (GtkWidget *widget, GdkEventKey *event)
{
  GbxSandboxWindow *self = GBX_SANDBOX_WINDOW (widget);

  if (gtk_window_get_focus (GTK_WINDOW (self)) == GTK_WIDGET (self->display))
    {
      self->release_chord = gbx_window_keys_completes_release (event);
      if (!gbx_window_keys_is_own (event))
        {
          gtk_window_propagate_key_event (GTK_WINDOW (self), event);
          return GDK_EVENT_STOP;
        }
    }
  if (gbx_window_keys_opens_menu (event))
    {
      gbx_fullscreen_reveal (self->fullscreen);
      gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->menu_button), TRUE);
      return GDK_EVENT_STOP;
    }
  return GTK_WIDGET_CLASS (gbx_sandbox_window_parent_class)->key_press_event (widget, event);
}

/* Ctrl and Alt, pressed and let go with nothing between, leave the guest: the grab is
 * released and the focus goes to the header bar, which no other key could reach. */
static gboolean
key_release (GtkWidget *widget, GdkEventKey *event)
{
  GbxSandboxWindow *self = GBX_SANDBOX_WINDOW (widget);
  gboolean handled
      = GTK_WIDGET_CLASS (gbx_sandbox_window_parent_class)->key_release_event (widget, event);

  /* The guest has seen the key come up by now. */
  if (!self->release_chord)
    return handled;
  self->release_chord = FALSE;
  gbx_display_release_grab (self->display);
  gbx_fullscreen_reveal (self->fullscreen);
  gtk_widget_grab_focus (self->menu_button);
  return handled;
}

/* ---------------------------------------------------------------- object -- */

static gboolean
gbx_sandbox_window_delete_event (GtkWidget *widget, GdkEventAny *event)
{
  on_close (GBX_SANDBOX_WINDOW (widget));
  return GDK_EVENT_STOP;
}

static void
gbx_sandbox_window_dispose (GObject *object)
{
  GbxSandboxWindow *self = GBX_SANDBOX_WINDOW (object);

  if (self->display)
    {
      g_signal_handlers_disconnect_by_data (self->display, self);
      gbx_display_connection_close (self->connection);
    }
  g_clear_pointer (&self->keyboard, gbx_host_keyboard_free);
  g_clear_object (&self->actions);
  g_clear_object (&self->view);
  g_clear_object (&self->pages);
  g_clear_object (&self->name);
  g_clear_object (&self->size);
  g_clear_object (&self->drop);
  g_clear_object (&self->connection);
  g_clear_object (&self->fullscreen);
  g_clear_object (&self->open_file);
  g_clear_object (&self->control);
  g_clear_object (&self->end_notice);
  g_clear_object (&self->runner);
  self->display = NULL;
  G_OBJECT_CLASS (gbx_sandbox_window_parent_class)->dispose (object);
}

static void
gbx_sandbox_window_finalize (GObject *object)
{
  GbxSandboxWindow *self = GBX_SANDBOX_WINDOW (object);

  g_clear_pointer (&self->policy, gbx_policy_unref);
  G_OBJECT_CLASS (gbx_sandbox_window_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  g_type_ensure (HDY_TYPE_SQUEEZER);
  g_type_ensure (GBX_TYPE_ACCESS_BUTTON);
  g_type_ensure (GBX_TYPE_IDENTITY_STRIP);
  g_type_ensure (GBX_TYPE_BOOT_PAGE);
  g_type_ensure (GBX_TYPE_QUIET_PAGE);
  g_type_ensure (GBX_TYPE_FILES_PAGE);
  g_type_ensure (GBX_TYPE_END_PAGE);
  g_type_ensure (GBX_TYPE_NOTICE_BARS);
  g_type_ensure (GBX_TYPE_CLOSING_BAR);
  g_type_ensure (GBX_TYPE_WINDOW_LIST);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/glovebox/Glovebox/ui/gbx-sandbox-window.ui");
  gtk_widget_class_bind_template_child (widget_class, GbxSandboxWindow, header);
  gtk_widget_class_bind_template_child (widget_class, GbxSandboxWindow, header_slot);
  gtk_widget_class_bind_template_child (widget_class, GbxSandboxWindow, header_revealer);
  gtk_widget_class_bind_template_child (widget_class, GbxSandboxWindow, icon);
  gtk_widget_class_bind_template_child (widget_class, GbxSandboxWindow, fullscreen_image);
  gtk_widget_class_bind_template_child (widget_class, GbxSandboxWindow, access_button);
  gtk_widget_class_bind_template_child (widget_class, GbxSandboxWindow, menu_button);
  gtk_widget_class_bind_template_child (widget_class, GbxSandboxWindow, strip);
  gtk_widget_class_bind_template_child (widget_class, GbxSandboxWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, GbxSandboxWindow, boot_page);
  gtk_widget_class_bind_template_child (widget_class, GbxSandboxWindow, quiet_page);
  gtk_widget_class_bind_template_child (widget_class, GbxSandboxWindow, display_page);
  gtk_widget_class_bind_template_child (widget_class, GbxSandboxWindow, files_page);
  gtk_widget_class_bind_template_child (widget_class, GbxSandboxWindow, end_page);
  gtk_widget_class_bind_template_child (widget_class, GbxSandboxWindow, notices);
  gtk_widget_class_bind_template_child (widget_class, GbxSandboxWindow, closing_bar);
  gtk_widget_class_bind_template_child (widget_class, GbxSandboxWindow, window_list);
  gtk_widget_class_bind_template_callback (widget_class, on_close);
  gtk_widget_class_bind_template_callback (widget_class, on_end_restart);
  gtk_widget_class_bind_template_callback (widget_class, on_files_done);
  gtk_widget_class_bind_template_callback (widget_class, on_stop);
  gtk_widget_class_bind_template_callback (widget_class, on_trouble_restart);
  gtk_widget_class_bind_template_callback (widget_class, on_trouble_stop);
  gtk_widget_class_bind_template_callback (widget_class, on_closing_stop);
  gtk_widget_class_bind_template_callback (widget_class, on_closing_keep);
  gtk_widget_class_bind_template_callback (widget_class, on_window_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_end_now);
  gtk_widget_class_bind_template_callback (widget_class, on_resume);
  gtk_widget_class_bind_template_callback (widget_class, on_reconnect);
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
  gbx_narrow_header_attach (GTK_WINDOW (self), self->header, GTK_WIDGET (self->icon));
}

static void
make_display (GbxSandboxWindow *self)
{
  self->display = GBX_DISPLAY (gbx_display_new (gbx_policy_get_display_protocol (self->policy)));
  gbx_display_set_strict (self->display, gbx_policy_get_strict (self->policy));
  gtk_container_add (GTK_CONTAINER (self->display_page), GTK_WIDGET (self->display));
  g_object_connect (self->display, "swapped-object-signal::notify::weakness", on_weakness, self,
                    "swapped-object-signal::notify::grabbed", on_grabbed, self,
                    "swapped-object-signal::notify::capture-pointer", on_grabbed, self,
                    "swapped-object-signal::event", on_display_event, self, NULL);
  self->connection = gbx_display_connection_new (self->display);
  g_object_connect (self->connection, "swapped-object-signal::notify::lost", update_lost, self, NULL);
  self->size = gbx_window_size_new (GTK_WINDOW (self), GTK_WIDGET (self->stack), self->policy);
  self->view = gbx_window_view_new (GTK_APPLICATION_WINDOW (self), self->display,
                                    self->display_page, self->size, self->policy);
  g_signal_connect_object (self->view, "message", G_CALLBACK (gbx_notice_bars_say), self->notices,
                           G_CONNECT_SWAPPED);
  gbx_access_button_set_policy (self->access_button, self->policy);
}

static void
on_name_changed (GbxSandboxWindow *self)
{
  gbx_window_pages_set_title (self->pages, gbx_window_name_get_title (self->name));
}

static void
make_pages (GbxSandboxWindow *self)
{
  const GbxPages pages = { .stack = self->stack,
                           .boot = self->boot_page,
                           .quiet = self->quiet_page,
                           .display = GTK_WIDGET (self->display_page),
                           .files = self->files_page,
                           .end = self->end_page };

  self->pages = gbx_window_pages_new (&pages, self->connection);
  g_signal_connect_object (self->pages, "display-shown", G_CALLBACK (on_display_shown), self,
                           G_CONNECT_SWAPPED);
  self->name = gbx_window_name_new (GTK_WINDOW (self), self->header, self->icon, self->policy);
  g_signal_connect_object (self->name, "changed", G_CALLBACK (on_name_changed), self,
                           G_CONNECT_SWAPPED);
}

static void
make_parts (GbxSandboxWindow *self)
{
  self->keyboard = gbx_host_keyboard_new (GTK_WINDOW (self));
  self->runner = gbx_runner_new (self->policy);
  self->end_notice = gbx_end_notice_new (GTK_WINDOW (self));
  g_object_connect (self->runner, "swapped-object-signal::begun", on_begun, self,
                    "swapped-object-signal::ended", on_ended, self,
                    "swapped-object-signal::finished", on_finished, self, NULL);
  g_signal_connect_object (gbx_runner_get_closing (self->runner), "notify::state",
                           G_CALLBACK (on_closing), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (gbx_runner_get_leftover (self->runner), "found",
                           G_CALLBACK (on_files_found), self, G_CONNECT_SWAPPED);
  make_display (self);
  make_pages (self);
  self->drop = gbx_drop_new (GTK_WINDOW (self), self->runner);
  g_signal_connect_object (self->drop, "message", G_CALLBACK (gbx_notice_bars_say), self->notices,
                           G_CONNECT_SWAPPED);
  self->fullscreen
      = gbx_fullscreen_new (GTK_WINDOW (self), GTK_WIDGET (self->header), self->header_slot,
                            self->header_revealer, GTK_WIDGET (self->strip));
  g_signal_connect_object (self->fullscreen, "notify::active", G_CALLBACK (on_fullscreen), self,
                           G_CONNECT_SWAPPED);
  self->open_file = gbx_open_file_new (GTK_WINDOW (self), self->runner);
  g_signal_connect_object (self->open_file, "message", G_CALLBACK (gbx_notice_bars_say),
                           self->notices, G_CONNECT_SWAPPED);
  self->actions
      = gbx_window_actions_new (GTK_APPLICATION_WINDOW (self), self->display, self->fullscreen);
  g_object_connect (self->actions, "swapped-object-signal::stop", on_stop, self,
                    "swapped-object-signal::restart", on_restart, self,
                    "swapped-object-signal::pause", on_pause, self,
                    "swapped-object-signal::open-file", gbx_open_file_ask, self->open_file,
                    "swapped-object-signal::message", gbx_notice_bars_say, self->notices, NULL);
}

/* ---------------------------------------------------------------- public -- */

GtkWidget *
gbx_sandbox_window_new (GtkApplication *application, GbxPolicy *policy)
{
  GbxSandboxWindow *self = g_object_new (GBX_TYPE_SANDBOX_WINDOW, "application", application, NULL);

  self->policy = gbx_policy_ref (policy);
  make_parts (self);
  return GTK_WIDGET (self);
}

void
gbx_sandbox_window_set_screenshot (GbxSandboxWindow *self, const char *path,
                                   gboolean exit_afterwards)
{
  gbx_runner_set_screenshot (self->runner, self->display, path, exit_afterwards);
}

void
gbx_sandbox_window_start (GbxSandboxWindow *self)
{
  gbx_runner_start (self->runner);
}

void
gbx_sandbox_window_quit (GbxSandboxWindow *self)
{
  gbx_runner_quit (self->runner);
}

GbxRunner *
gbx_sandbox_window_get_runner (GbxSandboxWindow *self)
{
  return self->runner;
}

GbxDisplay *
gbx_sandbox_window_get_display (GbxSandboxWindow *self)
{
  return self->display;
}

GbxDisplayConnection *
gbx_sandbox_window_get_connection (GbxSandboxWindow *self)
{
  return self->connection;
}
