/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-window-actions"
#include "config.h"

#include "gbx-window-actions.h"

#include "gbx-details-dialog.h"
#include "gbx-screenshot-dialog.h"

#include <glib/gi18n.h>
#ifdef GDK_WINDOWING_X11
#include <gdk/gdkx.h>
#endif

#define KEYS_MAX 4

struct _GbxWindowActions
{
  GObject parent_instance;

  GtkApplicationWindow *window; /* (nullable) (unowned): until it is destroyed */
  GbxDisplay *display;          /* (unowned): of the window */
  GbxFullscreen *fullscreen;    /* (unowned): of the window */
  GbxSandbox *sandbox;          /* (nullable) */
  GtkWidget *details;           /* (nullable) (unowned): the dialog while it is open */
  gboolean saving;              /* a screenshot is taken, or its dialog is open */
};

enum
{
  STOP,
  RESTART,
  PAUSE,
  OPEN_FILE,
  MESSAGE,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GbxWindowActions, gbx_window_actions, G_TYPE_OBJECT)

static void
enable (GbxWindowActions *self, const char *name, gboolean enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->window), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

static void
update (GbxWindowActions *self)
{
  GbxSandboxState state
      = self->sandbox ? gbx_sandbox_get_state (self->sandbox) : GBX_SANDBOX_ENDED;
  gboolean ready = gbx_display_get_state (self->display) == GBX_DISPLAY_READY;
  gboolean alive = state < GBX_SANDBOX_STOPPING;
  gboolean ended = self->sandbox && state == GBX_SANDBOX_ENDED;
  GAction *fullscreen = g_action_map_lookup_action (G_ACTION_MAP (self->window), "fullscreen");

  enable (self, "send-key", ready);
  enable (self, "screenshot", ready && !self->saving);
  enable (self, "stop", alive);
  enable (self, "restart", alive || ended);
  enable (self, "open-file",
          state == GBX_SANDBOX_RUNNING && !gbx_sandbox_get_paused (self->sandbox));
  enable (self, "pause", state == GBX_SANDBOX_RUNNING);
  g_simple_action_set_state (
      G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self->window), "pause")),
      g_variant_new_boolean (self->sandbox && gbx_sandbox_get_paused (self->sandbox)));
  enable (self, "details", self->sandbox != NULL);
  g_simple_action_set_state (G_SIMPLE_ACTION (fullscreen),
                             g_variant_new_boolean (gbx_fullscreen_get_active (self->fullscreen)));
}

/* ------------------------------------------------------------- actions -- */

static void
on_send_key (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GbxWindowActions *self = data;
  g_auto (GStrv) names = g_strsplit (g_variant_get_string (parameter, NULL), "+", KEYS_MAX);
  guint keyvals[KEYS_MAX];
  guint n = 0;

  for (; names[n]; n++)
    {
      keyvals[n] = gdk_keyval_from_name (names[n]);
      if (keyvals[n] == GDK_KEY_VoidSymbol)
        return;
    }
  gbx_display_send_keys (self->display, keyvals, n);
  gtk_widget_grab_focus (GTK_WIDGET (self->display));
}

static void
screenshot_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GbxWindowActions) self = data;
  g_autoptr (GError) error = NULL;

  gboolean saved = gbx_screenshot_dialog_run_finish (result, &error);

  self->saving = FALSE;
  if (!self->window)
    {
      if (error)
        g_printerr ("glovebox: %s\n", error->message);
      return;
    }
  update (self);
  if (saved || error)
    g_signal_emit (self, signals[MESSAGE], 0,
                   error ? error->message : _ ("The screenshot was saved."), error != NULL);
}

static void
on_screenshot (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GbxWindowActions *self = data;

  self->saving = TRUE;
  update (self);
  gbx_screenshot_dialog_run_async (self->display, GTK_WINDOW (self->window),
                                   gbx_policy_get_title (gbx_sandbox_get_policy (self->sandbox)),
                                   screenshot_cb, g_object_ref (self));
}

static void
on_fullscreen (GSimpleAction *action, GVariant *value, gpointer data)
{
  /* The action's state follows when the window manager has done it. */
  gbx_fullscreen_toggle (GBX_WINDOW_ACTIONS (data)->fullscreen);
}

static void
on_stop (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_signal_emit (data, signals[STOP], 0);
}

static void
on_restart (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_signal_emit (data, signals[RESTART], 0);
}

static void
on_details (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GbxWindowActions *self = data;

  if (!self->details)
    g_set_weak_pointer (&self->details,
                        gbx_details_dialog_new (GTK_WINDOW (self->window), self->sandbox));
  gtk_window_present (GTK_WINDOW (self->details));
}

static void
on_about (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gtk_show_about_dialog (
      GTK_WINDOW (GBX_WINDOW_ACTIONS (data)->window), "program-name", _ ("Glovebox"), "version",
      GBX_VERSION, "logo-icon-name", GBX_APPLICATION_ID, "comments",
      _ ("Runs an application of this computer in a virtual machine of its own."), "license-type",
      GTK_LICENSE_LGPL_2_1, NULL);
}

static void
on_open_file (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_signal_emit (data, signals[OPEN_FILE], 0);
}

/* The action's state follows the sandbox. */
static void
on_pause (GSimpleAction *action, GVariant *value, gpointer data)
{
  g_signal_emit (data, signals[PAUSE], 0, g_variant_get_boolean (value));
}

/* GTK gives the search of its shortcuts window no accessible names. */
static void
name_search (GtkWidget *widget, gpointer data)
{
  AtkObject *accessible = gtk_widget_get_accessible (widget);

  if ((GTK_IS_TOGGLE_BUTTON (widget) || GTK_IS_ENTRY (widget)) && !atk_object_get_name (accessible))
    atk_object_set_name (accessible, _ ("Search"));
  if (GTK_IS_CONTAINER (widget))
    gtk_container_forall (GTK_CONTAINER (widget), name_search, data);
}

/* It is made when it is wanted: GTK does not free all of one that was never shown, and complains
 * of what is left when the style changes. */
static void
on_shortcuts (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GbxWindowActions *self = data;
  g_autoptr (GtkBuilder) builder
      = gtk_builder_new_from_resource ("/org/glovebox/Glovebox/ui/help-overlay.ui");
  GtkWindow *shortcuts = GTK_WINDOW (gtk_builder_get_object (builder, "help_overlay"));

  name_search (GTK_WIDGET (shortcuts), NULL);
  gtk_window_set_transient_for (shortcuts, GTK_WINDOW (self->window));
  gtk_window_present (shortcuts);
}

static const GActionEntry entries[] = {
  { "send-key", on_send_key, "s", NULL, NULL, { 0 } },
  { "screenshot", on_screenshot, NULL, NULL, NULL, { 0 } },
  { "fullscreen", on_fullscreen, NULL, "false", NULL, { 0 } },
  { "stop", on_stop, NULL, NULL, NULL, { 0 } },
  { "restart", on_restart, NULL, NULL, NULL, { 0 } },
  { "open-file", on_open_file, NULL, NULL, NULL, { 0 } },
  { "pause", NULL, NULL, "false", on_pause, { 0 } },
  { "details", on_details, NULL, NULL, NULL, { 0 } },
  { "about", on_about, NULL, NULL, NULL, { 0 } },
  { "show-help-overlay", on_shortcuts, NULL, NULL, NULL, { 0 } },
};

static void
add_property_action (GbxWindowActions *self, const char *property)
{
  g_autoptr (GPropertyAction) action = g_property_action_new (property, self->display, property);

  g_action_map_add_action (G_ACTION_MAP (self->window), G_ACTION (action));
}

/* -------------------------------------------------------------- object -- */

static void
gbx_window_actions_dispose (GObject *object)
{
  GbxWindowActions *self = GBX_WINDOW_ACTIONS (object);

  if (self->window)
    for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
      g_action_map_remove_action (G_ACTION_MAP (self->window), entries[i].name);
  g_clear_weak_pointer (&self->window);
  g_clear_weak_pointer (&self->details);
  g_clear_object (&self->sandbox);
  G_OBJECT_CLASS (gbx_window_actions_parent_class)->dispose (object);
}

static void
gbx_window_actions_class_init (GbxWindowActionsClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gbx_window_actions_dispose;
  signals[STOP]
      = g_signal_new ("stop", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[RESTART]
      = g_signal_new ("restart", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[PAUSE] = g_signal_new ("pause", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                 1, G_TYPE_BOOLEAN);
  signals[OPEN_FILE]
      = g_signal_new ("open-file", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[MESSAGE] = g_signal_new ("message", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_BOOLEAN);
}

static void
gbx_window_actions_init (GbxWindowActions *self)
{
}

GbxWindowActions *
gbx_window_actions_new (GtkApplicationWindow *window, GbxDisplay *display,
                        GbxFullscreen *fullscreen)
{
  GbxWindowActions *self = g_object_new (GBX_TYPE_WINDOW_ACTIONS, NULL);

  g_set_weak_pointer (&self->window, window);
  self->display = display;
  self->fullscreen = fullscreen;
  g_action_map_add_action_entries (G_ACTION_MAP (window), entries, G_N_ELEMENTS (entries), self);
  add_property_action (self, "grab-keyboard");
#ifdef GDK_WINDOWING_X11
  /* No other display lets a program move the pointer. */
  if (GDK_IS_X11_DISPLAY (gtk_widget_get_display (GTK_WIDGET (window))))
    add_property_action (self, "capture-pointer");
#endif
  g_signal_connect_object (display, "notify::state", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (fullscreen, "notify::active", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  update (self);
  return self;
}

void
gbx_window_actions_set_sandbox (GbxWindowActions *self, GbxSandbox *sandbox)
{
  if (self->sandbox)
    g_signal_handlers_disconnect_by_data (self->sandbox, self);
  /* An open dialog keeps showing the sandbox before. */
  g_clear_weak_pointer (&self->details);
  g_set_object (&self->sandbox, sandbox);
  g_object_connect (sandbox, "swapped-object-signal::notify::state", update, self,
                    "swapped-object-signal::notify::paused", update, self, NULL);
  update (self);
}
