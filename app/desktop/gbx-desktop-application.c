/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-desktop-application"
#include "config.h"

#include "gbx-desktop-application.h"

#include "gbx-desktop-actions.h"
#include "gbx-desktop-preferences.h"
#include "gbx-desktop-window.h"
#include "gbx-launch.h"
#include "gbx-launcher-keeper.h"
#include "gbx-style.h"
#include "gbx-user-file.h"

#include <glib-unix.h>
#include <glib/gi18n.h>

#define STATUS_FAILURE 125

struct _GbxDesktopApplication
{
  GtkApplication parent_instance;

  GbxDesktopWindow *window; /* (nullable) (unowned) */
  GbxLauncherKeeper *keeper;
  guint signal_sources[2];
};

G_DEFINE_FINAL_TYPE (GbxDesktopApplication, gbx_desktop_application, GTK_TYPE_APPLICATION)

static gboolean
on_unix_signal (gpointer data)
{
  g_application_quit (data);
  return G_SOURCE_CONTINUE;
}

static void
gbx_desktop_application_startup (GApplication *application)
{
  GbxDesktopApplication *self = GBX_DESKTOP_APPLICATION (application);

  G_APPLICATION_CLASS (gbx_desktop_application_parent_class)->startup (application);
  gbx_desktop_preferences_remember_gtk ();
  hdy_init ();
  gtk_window_set_default_icon_name (GBX_APPLICATION_ID);
  gbx_style_load ();
  gbx_desktop_preferences_follow_color_scheme ();
  gbx_desktop_actions_add (GTK_APPLICATION (application));
  self->keeper = gbx_launcher_keeper_new ();
  self->signal_sources[0] = g_unix_signal_add (SIGINT, on_unix_signal, self);
  self->signal_sources[1] = g_unix_signal_add (SIGTERM, on_unix_signal, self);
}

static void
gbx_desktop_application_activate (GApplication *application)
{
  gbx_desktop_application_show_page (GBX_DESKTOP_APPLICATION (application), NULL);
}

/* (nullable): of the words, if the action takes one */
static GVariant *
make_parameter (const GVariantType *type, const char *word)
{
  if (type && word && g_variant_type_equal (type, G_VARIANT_TYPE_STRING) &&
      g_utf8_validate (word, -1, NULL))
    return g_variant_ref_sink (g_variant_new_string (word));
  return NULL;
}

static gboolean
run_action (GActionGroup *actions, char **words)
{
  const GVariantType *type = NULL;
  g_autoptr (GVariant) parameter = NULL;

  if (!g_action_group_query_action (actions, words[0], NULL, &type, NULL, NULL, NULL))
    return FALSE;
  parameter = make_parameter (type, words[1]);
  if (!type != !parameter || g_strv_length (words) > (type ? 2 : 1))
    return FALSE;
  g_action_group_activate_action (actions, words[0], parameter);
  return TRUE;
}

/* The words come from "glovebox desktop", which has checked its options. */
static int
gbx_desktop_application_command_line (GApplication *application,
                                      GApplicationCommandLine *command_line)
{
  g_auto (GStrv) words = g_application_command_line_get_arguments (command_line, NULL);

  if (!words[0] || !words[1])
    g_application_activate (application);
  else if (!run_action (G_ACTION_GROUP (application), words + 1))
    {
      g_application_command_line_printerr (
          command_line, "glovebox: %s\n",
          _ ("the application window does not know what to do; if Glovebox was just updated, quit "
             "its window and try again"));
      return STATUS_FAILURE;
    }
  return 0;
}

static void
gbx_desktop_application_shutdown (GApplication *application)
{
  GbxDesktopApplication *self = GBX_DESKTOP_APPLICATION (application);

  g_clear_handle_id (&self->signal_sources[0], g_source_remove);
  g_clear_handle_id (&self->signal_sources[1], g_source_remove);
  g_clear_object (&self->keeper);
  if (self->window)
    gtk_widget_destroy (GTK_WIDGET (self->window));
  gbx_user_file_flush ();
  G_APPLICATION_CLASS (gbx_desktop_application_parent_class)->shutdown (application);
}

static void
gbx_desktop_application_class_init (GbxDesktopApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  application_class->startup = gbx_desktop_application_startup;
  application_class->activate = gbx_desktop_application_activate;
  application_class->command_line = gbx_desktop_application_command_line;
  application_class->shutdown = gbx_desktop_application_shutdown;
}

static void
gbx_desktop_application_init (GbxDesktopApplication *self)
{
}

GtkApplication *
gbx_desktop_application_new (void)
{
  return g_object_new (GBX_TYPE_DESKTOP_APPLICATION, "application-id", GBX_APPLICATION_ID, "flags",
                       G_APPLICATION_HANDLES_COMMAND_LINE, NULL);
}

void
gbx_desktop_application_show_page (GbxDesktopApplication *self, const char *page)
{
  if (!self->window)
    g_set_weak_pointer (
        &self->window,
        GBX_DESKTOP_WINDOW (gbx_desktop_window_new (GTK_APPLICATION (self))));
  if (page)
    gbx_desktop_window_show_page (self->window, page);
  gtk_window_present (GTK_WINDOW (self->window));
}

void
gbx_desktop_application_launch (GbxDesktopApplication *self, const char *desktop_id)
{
  const char *words[] = { desktop_id, NULL };
  g_autoptr (GbxLaunch) launch = NULL;

  if (self->window)
    {
      gbx_desktop_window_launch (self->window, desktop_id);
      return;
    }
  launch = gbx_launch_new (desktop_id, words);
  gbx_launch_start_alone (launch);
}
