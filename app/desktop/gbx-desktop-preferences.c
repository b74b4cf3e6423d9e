/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-desktop-preferences"
#include "config.h"

#include "gbx-desktop-preferences.h"

#include "gbx-preferences.h"
#include "gbx-recent.h"

#include <glib/gi18n.h>

/* The names of the file, in the order of the list. */
static const struct
{
  const char *name, *title;
  HdyColorScheme scheme;
} schemes[] = {
  { "desktop", N_ ("As the desktop"), HDY_COLOR_SCHEME_PREFER_LIGHT },
  { "light", N_ ("Light"), HDY_COLOR_SCHEME_FORCE_LIGHT },
  { "dark", N_ ("Dark"), HDY_COLOR_SCHEME_FORCE_DARK },
};

static guint
get_scheme (void)
{
  const char *name = gbx_preferences_get_color_scheme (gbx_preferences_get_default ());

  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (g_str_equal (schemes[i].name, name))
      return i;
  return 0;
}

static gboolean gtk_prefers_dark;

void
gbx_desktop_preferences_remember_gtk (void)
{
  g_object_get (gtk_settings_get_default (), "gtk-application-prefer-dark-theme",
                &gtk_prefers_dark, NULL);
}

/* Where the desktop has no preference, libhandy takes ours for an order, and would overrule GTK's
 * own setting. */
static void
apply_scheme (void)
{
  HdyStyleManager *manager = hdy_style_manager_get_default ();
  HdyColorScheme scheme = schemes[get_scheme ()].scheme;

  if (scheme == HDY_COLOR_SCHEME_PREFER_LIGHT && gtk_prefers_dark)
    scheme = HDY_COLOR_SCHEME_PREFER_DARK;
  hdy_style_manager_set_color_scheme (manager, scheme);
}

void
gbx_desktop_preferences_follow_color_scheme (void)
{
  apply_scheme ();
  g_signal_connect (gbx_preferences_get_default (), "notify::color-scheme",
                    G_CALLBACK (apply_scheme), NULL);
}

/* ------------------------------------------------------------------ rows -- */

static GtkWidget *
make_row (const char *title, const char *subtitle, GtkWidget *control)
{
  GtkWidget *row = hdy_action_row_new ();

  hdy_preferences_row_set_title (HDY_PREFERENCES_ROW (row), title);
  hdy_action_row_set_subtitle (HDY_ACTION_ROW (row), subtitle);
  hdy_action_row_set_title_lines (HDY_ACTION_ROW (row), 0);
  hdy_action_row_set_subtitle_lines (HDY_ACTION_ROW (row), 0);
  gtk_widget_set_valign (control, GTK_ALIGN_CENTER);
  gtk_container_add (GTK_CONTAINER (row), control);
  hdy_action_row_set_activatable_widget (HDY_ACTION_ROW (row), control);
  atk_object_set_name (gtk_widget_get_accessible (control), title);
  return row;
}

static void
add_switch (GtkWidget *group, const char *property, const char *title, const char *subtitle)
{
  GtkWidget *control = gtk_switch_new ();

  g_object_bind_property (gbx_preferences_get_default (), property, control, "active",
                          G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
  gtk_container_add (GTK_CONTAINER (group), make_row (title, subtitle, control));
}

static void
on_scheme (HdyComboRow *row)
{
  int index = hdy_combo_row_get_selected_index (row);

  if (index >= 0)
    g_object_set (gbx_preferences_get_default (), "color-scheme", schemes[index].name, NULL);
}

static void
add_scheme (GtkWidget *group)
{
  g_autoptr (GListStore) list = g_list_store_new (HDY_TYPE_VALUE_OBJECT);
  GtkWidget *row = hdy_combo_row_new ();

  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    {
      g_autoptr (HdyValueObject) item = hdy_value_object_new_string (_ (schemes[i].title));

      g_list_store_append (list, item);
    }
  hdy_preferences_row_set_title (HDY_PREFERENCES_ROW (row), _ ("Colours"));
  hdy_combo_row_bind_name_model (HDY_COMBO_ROW (row), G_LIST_MODEL (list),
                                 (HdyComboRowGetNameFunc)hdy_value_object_dup_string, NULL, NULL);
  hdy_combo_row_set_selected_index (HDY_COMBO_ROW (row), (int)get_scheme ());
  g_signal_connect (row, "notify::selected-index", G_CALLBACK (on_scheme), NULL);
  gtk_container_add (GTK_CONTAINER (group), row);
}

static void
on_clear (GtkButton *button)
{
  gbx_recent_clear (gbx_recent_get_default ());
  gtk_widget_set_sensitive (GTK_WIDGET (button), FALSE);
}

static void
add_clear (GtkWidget *group)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (_ ("_Clear"));

  gtk_widget_set_sensitive (button, gbx_recent_get (gbx_recent_get_default ())[0] != NULL);
  g_signal_connect (button, "clicked", G_CALLBACK (on_clear), NULL);
  gtk_container_add (GTK_CONTAINER (group),
                     make_row (_ ("Clear the list of recent applications"), NULL, button));
}

static void
on_edit_default (GtkButton *button, GtkApplication *application)
{
  g_action_group_activate_action (G_ACTION_GROUP (application), "edit-profile",
                                  g_variant_new_string ("default"));
}

/* Only if this program can edit profiles. */
static void
add_default_profile (GtkWidget *group, GtkApplication *application)
{
  GtkWidget *button;

  if (!g_action_group_has_action (G_ACTION_GROUP (application), "edit-profile"))
    return;
  button = gtk_button_new_with_mnemonic (_ ("_Edit…"));
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_edit_default), application, 0);
  gtk_container_add (GTK_CONTAINER (group),
                     make_row (_ ("Default profile"),
                               _ ("What an application may touch that has no profile of its own"),
                               button));
}

/* ---------------------------------------------------------------- window -- */

static GtkWidget *
add_group (GtkWidget *page, const char *title)
{
  GtkWidget *group = hdy_preferences_group_new ();

  hdy_preferences_group_set_title (HDY_PREFERENCES_GROUP (group), title);
  gtk_container_add (GTK_CONTAINER (page), group);
  return group;
}

static GtkWidget *
make_page (GtkApplication *application)
{
  GtkWidget *page = hdy_preferences_page_new ();
  GtkWidget *group = add_group (page, _ ("Launching"));

  add_default_profile (group, application);
  add_switch (group, "close-after-launch", _ ("Close this window after a launch"),
              _ ("Once the window of the sandbox is on the screen"));
  add_switch (group, "launcher-suffix", _ ("Mark launchers in the menu"),
              _ ("Adds “(Sandbox)” to the name of an application that is added to the menu"));
  group = add_group (page, _ ("Privacy"));
  add_switch (group, "remember-recent", _ ("Remember recent applications"),
              _ ("Shows them first, above all others"));
  add_clear (group);
  group = add_group (page, _ ("Appearance"));
  add_scheme (group);
  return page;
}

void
gbx_desktop_preferences_show (GtkApplication *application, GtkWindow *parent)
{
  static GtkWidget *window;
  GtkWidget *page;

  if (!window)
    {
      window = hdy_preferences_window_new ();
      page = make_page (application);
      g_signal_connect (window, "destroy", G_CALLBACK (gtk_widget_destroyed), &window);
      gtk_window_set_title (GTK_WINDOW (window), _ ("Preferences"));
      gtk_window_set_default_size (GTK_WINDOW (window), 560, 560);
      gtk_window_set_application (GTK_WINDOW (window), application);
      hdy_preferences_window_set_search_enabled (HDY_PREFERENCES_WINDOW (window), FALSE);
      gtk_widget_show_all (page);
      gtk_container_add (GTK_CONTAINER (window), page);
    }
  gtk_window_set_transient_for (GTK_WINDOW (window), parent);
  gtk_window_present (GTK_WINDOW (window));
}
