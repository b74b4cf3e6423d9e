/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-desktop-actions.h"

#include "gbx-desktop-about.h"
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

/* The sandboxes are processes of their own, and go on. */
static void
on_quit (GSimpleAction *action, GVariant *parameter, gpointer application)
{
  g_application_quit (application);
}

void
gbx_desktop_actions_add (GtkApplication *application)
{
  const GActionEntry entries[] = {
    { .name = "about", .activate = on_about },
    { .name = "quit", .activate = on_quit },
    { .name = "review", .activate = on_review, .parameter_type = "s" },
  };
  const char *quit[] = { "<Primary>q", NULL };
  const char *close[] = { "<Primary>w", NULL };

  g_action_map_add_action_entries (G_ACTION_MAP (application), entries, G_N_ELEMENTS (entries),
                                   application);
  gtk_application_set_accels_for_action (application, "app.quit", quit);
  gtk_application_set_accels_for_action (application, "win.close", close);
}
