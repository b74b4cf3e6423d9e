/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-sandbox-window"
#include "config.h"

#include "gbx-sandbox-window-private.h"

#include "gbx-details-dialog.h"
#include "gbx-png.h"

#include <glib/gi18n.h>

/* What the window's menu and buttons do. */

#define KEYS_MAX 4

static void
on_send_key (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GbxSandboxWindow *self = data;
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

/* -------------------------------------------------------- screenshots -- */

/* The window may close while its user still looks for a folder: the picture is saved
 * all the same, and the application stays for it. */
typedef struct
{
  GApplication *application;
  GbxSandboxWindow *self;
  GdkPixbuf *pixbuf;
  GtkFileChooserNative *chooser;
} Save;

static void
save_free (Save *save)
{
  g_object_unref (save->self);
  g_object_unref (save->pixbuf);
  g_clear_object (&save->chooser);
  g_application_release (save->application);
  g_object_unref (save->application);
  g_free (save);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Save, save_free)

static void
say (GbxSandboxWindow *self, const GError *error)
{
  if (self->notices)
    gbx_notice_bars_say (self->notices, error ? error->message : _ ("The screenshot was saved."),
                         error != NULL);
  else if (error)
    g_printerr ("glovebox: %s\n", error->message);
}

static void
save_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (Save) save = data;
  g_autoptr (GError) error = NULL;

  gbx_png_save_finish (result, &error);
  say (save->self, error);
}

static void
on_chosen (GtkNativeDialog *dialog, int response, gpointer data)
{
  g_autoptr (Save) save = data;
  GdkPixbuf *pixbuf = save->pixbuf;
  g_autofree char *path = NULL;

  if (response != GTK_RESPONSE_ACCEPT)
    return;
  path = gtk_file_chooser_get_filename (GTK_FILE_CHOOSER (dialog));
  if (path)
    gbx_png_save_async (pixbuf, path, NULL, save_cb, g_steal_pointer (&save));
}

static void
suggest_file (GtkFileChooser *chooser, const char *title)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *time = g_date_time_format (now, "%Y-%m-%d %H-%M-%S");
  /* Translators: a file name, of the application's title and the time. */
  g_autofree char *name = g_strdup_printf (_ ("Screenshot of %s, %s.png"), title, time);
  const char *pictures = g_get_user_special_dir (G_USER_DIRECTORY_PICTURES);

  g_strdelimit (name, "/", '-');
  gtk_file_chooser_set_current_name (chooser, name);
  gtk_file_chooser_set_current_folder (chooser, pictures ? pictures : g_get_home_dir ());
}

/* The picture is taken first, or the chooser would decide what is on it. */
static void
screenshot_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GbxSandboxWindow) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkPixbuf) pixbuf
      = gbx_display_screenshot_finish (GBX_DISPLAY (object), result, &error);
  Save *save;

  if (!pixbuf || !self->notices)
    {
      say (self, error);
      return;
    }
  save = g_new0 (Save, 1);
  save->application = g_object_ref (g_application_get_default ());
  g_application_hold (save->application);
  save->self = g_object_ref (self);
  save->pixbuf = g_steal_pointer (&pixbuf);
  save->chooser = gtk_file_chooser_native_new (_ ("Save the Screenshot"), GTK_WINDOW (self),
                                               GTK_FILE_CHOOSER_ACTION_SAVE, NULL, NULL);
  gtk_file_chooser_set_do_overwrite_confirmation (GTK_FILE_CHOOSER (save->chooser), TRUE);
  suggest_file (GTK_FILE_CHOOSER (save->chooser), gbx_policy_get_title (self->policy));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (save->chooser), TRUE);
  g_signal_connect (save->chooser, "response", G_CALLBACK (on_chosen), save);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (save->chooser));
}

static void
on_screenshot (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GbxSandboxWindow *self = data;

  gbx_display_screenshot_async (self->display, NULL, screenshot_cb, g_object_ref (self));
}

/* -------------------------------------------------------------- others -- */

static void
on_fullscreen (GSimpleAction *action, GVariant *value, gpointer data)
{
  GbxSandboxWindow *self = data;

  /* The state follows when the window manager has done it. */
  gbx_fullscreen_toggle (self->fullscreen);
}

static void
on_stop (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gbx_sandbox_window_ask_to_stop (data, GBX_THEN_DECIDE);
}

static void
on_restart (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gbx_sandbox_window_ask_to_stop (data, GBX_THEN_RESTART);
}

static void
on_details (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GbxSandboxWindow *self = data;

  gtk_window_present (GTK_WINDOW (gbx_details_dialog_new (GTK_WINDOW (self), self->sandbox)));
}

static void
on_about (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gtk_show_about_dialog (
      GTK_WINDOW (data), "program-name", _ ("Glovebox"), "version", GBX_VERSION, "logo-icon-name",
      GBX_APPLICATION_ID, "comments",
      _ ("Runs an application of this computer in a virtual machine of its own."), "license-type",
      GTK_LICENSE_LGPL_2_1, NULL);
}

static const GActionEntry entries[] = {
  { "send-key", on_send_key, "s", NULL, NULL, { 0 } },
  { "screenshot", on_screenshot, NULL, NULL, NULL, { 0 } },
  { "fullscreen", on_fullscreen, NULL, "false", NULL, { 0 } },
  { "stop", on_stop, NULL, NULL, NULL, { 0 } },
  { "restart", on_restart, NULL, NULL, NULL, { 0 } },
  { "details", on_details, NULL, NULL, NULL, { 0 } },
  { "about", on_about, NULL, NULL, NULL, { 0 } },
};

static void
add_property_action (GbxSandboxWindow *self, const char *property)
{
  g_autoptr (GPropertyAction) action = g_property_action_new (property, self->display, property);

  g_action_map_add_action (G_ACTION_MAP (self), G_ACTION (action));
}

static void
add_help_overlay (GbxSandboxWindow *self)
{
  g_autoptr (GtkBuilder) builder
      = gtk_builder_new_from_resource ("/org/glovebox/Glovebox/ui/help-overlay.ui");

  gtk_application_window_set_help_overlay (
      GTK_APPLICATION_WINDOW (self),
      GTK_SHORTCUTS_WINDOW (gtk_builder_get_object (builder, "help_overlay")));
}

void
gbx_sandbox_window_add_actions (GbxSandboxWindow *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  add_property_action (self, "scaling");
  add_property_action (self, "grab-keyboard");
  add_help_overlay (self);
}

static void
enable (GbxSandboxWindow *self, const char *name, gboolean enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

void
gbx_sandbox_window_update_actions (GbxSandboxWindow *self)
{
  gboolean ready = gbx_display_get_state (self->display) == GBX_DISPLAY_READY;
  gboolean alive = self->sandbox && gbx_sandbox_get_state (self->sandbox) < GBX_SANDBOX_STOPPING;
  gboolean ended = self->sandbox && gbx_sandbox_get_state (self->sandbox) == GBX_SANDBOX_ENDED;
  GAction *fullscreen = g_action_map_lookup_action (G_ACTION_MAP (self), "fullscreen");

  enable (self, "send-key", ready);
  enable (self, "screenshot", ready);
  enable (self, "stop", alive);
  enable (self, "restart", alive || ended);
  enable (self, "details", self->sandbox != NULL);
  g_simple_action_set_state (G_SIMPLE_ACTION (fullscreen),
                             g_variant_new_boolean (gbx_fullscreen_get_active (self->fullscreen)));
}
