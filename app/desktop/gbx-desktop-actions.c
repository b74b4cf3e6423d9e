/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-desktop-actions.h"

#include "gbx-desktop-about.h"
#include "gbx-desktop-application.h"
#include "gbx-desktop-preferences.h"
#include "gbx-editor.h"
#include "gbx-review-window.h"

static void
on_about (GSimpleAction *action, GVariant *parameter, gpointer application)
{
  gbx_desktop_about_show (gtk_application_get_active_window (application));
}

static void
on_review (GSimpleAction *action, GVariant *uri, gpointer application)
{
  GtkWidget *window = gbx_review_window_new (application, g_variant_get_string (uri, NULL));

  gtk_window_present (GTK_WINDOW (window));
}

static void
on_launch (GSimpleAction *action, GVariant *parameter, gpointer application)
{
  gbx_desktop_application_launch (application, g_variant_get_string (parameter, NULL));
}

/* An id that no profile can have names no file. */
static void
on_edit_profile (GSimpleAction *action, GVariant *id, gpointer application)
{
  if (gbx_profile_id_is_valid (g_variant_get_string (id, NULL)))
    gbx_editor_present (application, g_variant_get_string (id, NULL));
}

static void
on_edit_application (GSimpleAction *action, GVariant *id, gpointer application)
{
  gbx_editor_present_for_application (application, g_variant_get_string (id, NULL));
}

static void
on_doctor (GSimpleAction *action, GVariant *parameter, gpointer application)
{
  gbx_desktop_application_show_page (application, "doctor");
}

/* The sandboxes are processes of their own, and go on. */
static void
on_quit (GSimpleAction *action, GVariant *parameter, gpointer application)
{
  g_application_quit (application);
}

static void
on_running (GSimpleAction *action, GVariant *parameter, gpointer application)
{
  gbx_desktop_application_show_page (application, "running");
}

static void
on_preferences (GSimpleAction *action, GVariant *parameter, gpointer application)
{
  gbx_desktop_preferences_show (application, gtk_application_get_active_window (application));
}

/* data/ui/gbx-desktop-shortcuts.ui shows them. */
static const struct
{
  const char *action, *key;
} accelerators[] = {
  { "app.preferences", "<Primary>comma" },
  { "app.quit", "<Primary>q" },
  { "win.close", "<Primary>w" },
  { "win.menu", "F10" },
  { "win.search", "<Primary>f" },
  { "win.shortcuts", "<Primary>question" },
  { "application.launch-file", "<Primary>o" },
  { "application.edit", "<Primary>e" },
  { "application.toggle-menu", "<Primary>m" },
  { "application.details", "<Alt>Return" },
};

void
gbx_desktop_actions_add (GtkApplication *application)
{
  const GActionEntry entries[] = {
    { .name = "launch", .activate = on_launch, .parameter_type = "s" },
    { .name = "preferences", .activate = on_preferences },
    { .name = "doctor", .activate = on_doctor },
    { .name = "about", .activate = on_about },
    { .name = "edit-application", .activate = on_edit_application, .parameter_type = "s" },
    { .name = "edit-profile", .activate = on_edit_profile, .parameter_type = "s" },
    { .name = "quit", .activate = on_quit },
    { .name = "running", .activate = on_running },
    { .name = "review", .activate = on_review, .parameter_type = "s" },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (application), entries, G_N_ELEMENTS (entries),
                                   application);
  for (guint i = 0; i < G_N_ELEMENTS (accelerators); i++)
    {
      const char *keys[] = { accelerators[i].key, NULL };

      gtk_application_set_accels_for_action (application, accelerators[i].action, keys);
    }
}
