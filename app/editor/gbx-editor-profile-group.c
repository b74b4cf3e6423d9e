/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-editor-profile-group"

#include "config.h"

#include "gbx-editor-profile-group.h"

#include "gbx-editor-applications.h"
#include "gbx-editor-binding.h"
#include "gbx-editor-group.h"
#include "gbx-editor-profile.h"

#include <gio/gdesktopappinfo.h>
#include <glib/gi18n.h>
#include <string.h>

/* What a profile says of itself, as if it were settings. */
static const GbxSetting table[] = {
  { .key = "profile.name", .kind = GBX_KIND_TEXT, .label = N_ ("Name") },
  { .key = "profile.description",
    .kind = GBX_KIND_TEXT,
    .label = N_ ("Description"),
    .help = N_ ("What it is for, in one sentence") },
  { .key = "profile.icon",
    .kind = GBX_KIND_TEXT,
    .label = N_ ("Icon"),
    .help = N_ ("A name in the icon theme, as in web-browser") },
  { .key = "profile.color",
    .kind = GBX_KIND_TEXT,
    .label = N_ ("Colour"),
    .help = N_ ("As in #3584e4") },
};

/* ---------------------------------------------------------------- binding -- */

static const char *
get_key (const GbxSetting *setting)
{
  static const char *const keys[] = { "Name", "Description", "Icon", "Color" };

  return keys[setting - table];
}

static char *
dup_text (GbxEditorModel *model, const GbxSetting *setting, const char *name)
{
  return gbx_editor_profile_dup (model, get_key (setting));
}

static gboolean
set (GbxEditorModel *model, const GbxSetting *setting, const char *name, const char *text,
     GError **error)
{
  return gbx_editor_profile_set (model, get_key (setting), text, _ (setting->label), error);
}

static void
reset (GbxEditorModel *model, const GbxSetting *setting, const char *name)
{
  gbx_editor_model_set (model, "Profile", get_key (setting), NULL, _ (setting->label), NULL);
}

/* Of a profile of one's own everything is from here, which is not worth a mark. */
static GbxEditorSource
get_key_source (GbxEditorModel *model, const char *key, char **words)
{
  if (gbx_editor_model_is_own (model) || !gbx_editor_model_is_here (model, "Profile", key))
    return GBX_SOURCE_DEFAULT;
  *words = g_strdup (_ ("Changed here"));
  return GBX_SOURCE_HERE;
}

static GbxEditorSource
get_source (GbxEditorModel *model, const GbxSetting *setting, const char *name, char **words)
{
  return get_key_source (model, get_key (setting), words);
}

static const GbxEditorBinding binding = {
  .dup_text = dup_text,
  .set = set,
  .reset = reset,
  .keeps_empty = TRUE,
  .get_source = get_source,
};

static const GbxEditorBinding color_binding = {
  .dup_text = dup_text,
  .set = set,
  .reset = reset,
  .get_source = get_source,
};

/* ----------------------------------------------------------------- parent -- */

static void
on_parent_changed (GtkComboBox *combo, gpointer user_data)
{
  GbxEditorRow *row = user_data;
  GbxEditorModel *model = g_object_get_data (user_data, "model");
  g_autoptr (GError) error = NULL;

  if (g_object_get_data (G_OBJECT (combo), "showing") || gtk_combo_box_get_active (combo) < 0)
    return;
  gbx_editor_profile_set_parent (model, gtk_combo_box_get_active_id (combo), &error);
  gbx_editor_row_set_error (row, error ? error->message : NULL);
}

static void
show_parent (GbxEditorRow *row, GbxEditorModel *model)
{
  GtkComboBox *combo = g_object_get_data (G_OBJECT (row), "combo");
  g_autofree char *parent = gbx_editor_profile_dup_parent (model);
  g_autofree char *words = NULL;

  g_object_set_data (G_OBJECT (combo), "showing", combo);
  gtk_combo_box_set_active_id (combo, parent);
  g_object_set_data (G_OBJECT (combo), "showing", NULL);
  gbx_editor_row_set_source (row, get_key_source (model, "Inherits", &words), words);
}

static void
on_parent_reset (GbxEditorRow *row)
{
  GbxEditorModel *model = g_object_get_data (G_OBJECT (row), "model");

  gbx_editor_model_set (model, "Profile", "Inherits", NULL, _ ("Parent"), NULL);
  gbx_editor_model_tell (model, _ ("The parent was reset"));
}

static void
fill_parents (GtkComboBoxText *combo, GbxEditorModel *model)
{
  GbxProfileStore *store = gbx_editor_model_get_store (model);
  g_auto (GStrv) ids = gbx_profile_store_list (store);

  gtk_combo_box_text_append (combo, "", _ ("None"));
  for (guint i = 0; ids[i]; i++)
    {
      g_autofree char *name = gbx_editor_profile_dup_name (store, ids[i]);

      if (!g_str_equal (ids[i], gbx_editor_model_get_id (model)))
        gtk_combo_box_text_append (combo, ids[i], name);
    }
}

static gboolean
on_scroll (GtkWidget *widget)
{
  g_signal_stop_emission_by_name (widget, "scroll-event");
  return GDK_EVENT_PROPAGATE;
}

static GtkWidget *
make_parent_row (GbxEditorModel *model)
{
  GtkWidget *row = gbx_editor_row_new (
      _ ("Inherits from"), _ ("What is not changed here is as in that profile"));
  GtkWidget *combo = gtk_combo_box_text_new ();
  g_autoptr (GList) cells = gtk_cell_layout_get_cells (GTK_CELL_LAYOUT (combo));

  g_object_set (cells->data, "ellipsize", PANGO_ELLIPSIZE_END, "width-chars", 8,
                "max-width-chars", 22, NULL);
  fill_parents (GTK_COMBO_BOX_TEXT (combo), model);
  gbx_editor_row_set_control (GBX_EDITOR_ROW (row), combo, combo, FALSE);
  g_object_set_data (G_OBJECT (row), "combo", combo);
  g_object_set_data_full (G_OBJECT (row), "model", g_object_ref (model), g_object_unref);
  g_signal_connect (combo, "scroll-event", G_CALLBACK (on_scroll), NULL);
  g_signal_connect (combo, "changed", G_CALLBACK (on_parent_changed), row);
  g_signal_connect (row, "reset", G_CALLBACK (on_parent_reset), NULL);
  g_signal_connect_object (model, "changed", G_CALLBACK (show_parent), row, G_CONNECT_SWAPPED);
  show_parent (GBX_EDITOR_ROW (row), model);
  return row;
}

/* ----------------------------------------------------------- applications -- */

static gboolean
is_installed (const char *id)
{
  g_autoptr (GDesktopAppInfo) info = g_desktop_app_info_new (id);

  return info != NULL;
}

static char *
dup_application_name (const char *id)
{
  g_autoptr (GDesktopAppInfo) info = g_desktop_app_info_new (id);

  return info ? g_strdup (g_app_info_get_name (G_APP_INFO (info)))
              : g_strdup_printf (_ ("%s (not installed)"), id);
}

static void
on_application_removed (GtkWidget *button)
{
  GbxEditorModel *model = g_object_get_data (G_OBJECT (button), "model");
  const char *id = g_object_get_data (G_OBJECT (button), "id");
  g_auto (GStrv) ids = gbx_editor_profile_dup_applications (model);
  g_autoptr (GPtrArray) rest = g_ptr_array_new ();
  g_autofree char *name = dup_application_name (id);
  g_autofree char *sentence
      = g_strdup_printf (_ ("The profile is not for “%s” any more"), name);

  for (guint i = 0; ids[i]; i++)
    if (!g_str_equal (ids[i], id))
      g_ptr_array_add (rest, ids[i]);
  g_ptr_array_add (rest, NULL);
  gbx_editor_profile_set_applications (model, (const char *const *)rest->pdata, NULL);
  gbx_editor_model_tell (model, sentence);
}

static GtkWidget *
make_application (GbxEditorModel *model, const char *id)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  g_autofree char *name = dup_application_name (id);
  g_autofree char *remove = g_strdup_printf (_ ("Not for “%s”"), name);
  GtkWidget *label = gtk_label_new (name);
  GtkWidget *button = gtk_button_new_from_icon_name ("list-remove-symbolic", GTK_ICON_SIZE_MENU);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_tooltip_text (label, id);
  if (!is_installed (id))
    gtk_style_context_add_class (gtk_widget_get_style_context (label), "dim-label");
  gtk_widget_set_tooltip_text (button, remove);
  atk_object_set_name (gtk_widget_get_accessible (button), remove);
  gtk_style_context_add_class (gtk_widget_get_style_context (button), "flat");
  gtk_style_context_add_class (gtk_widget_get_style_context (button), "gbx-editor-button");
  g_object_set_data_full (G_OBJECT (button), "model", g_object_ref (model), g_object_unref);
  g_object_set_data_full (G_OBJECT (button), "id", g_strdup (id), g_free);
  g_signal_connect (button, "clicked", G_CALLBACK (on_application_removed), NULL);
  gtk_box_pack_start (GTK_BOX (box), label, TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (box), button, FALSE, FALSE, 0);
  gtk_widget_show_all (box);
  return box;
}

static void
show_applications (GbxEditorRow *row, GbxEditorModel *model)
{
  GtkWidget *list = g_object_get_data (G_OBJECT (row), "list");
  g_autofree char *now = gbx_editor_profile_dup (model, "Applications");
  g_auto (GStrv) ids = gbx_editor_profile_dup_applications (model);
  g_autofree char *words = NULL;

  gbx_editor_row_set_source (row, get_key_source (model, "Applications", &words), words);
  if (g_strcmp0 (now, g_object_get_data (G_OBJECT (list), "shown")) == 0)
    return;
  g_object_set_data_full (G_OBJECT (list), "shown", g_steal_pointer (&now), g_free);
  gtk_container_foreach (GTK_CONTAINER (list), (GtkCallback)gtk_widget_destroy, NULL);
  for (guint i = 0; ids[i]; i++)
    gtk_container_add (GTK_CONTAINER (list), make_application (model, ids[i]));
}

static void
on_application_chosen (const char *id, gpointer user_data)
{
  GbxEditorModel *model = g_object_get_data (user_data, "model");
  g_auto (GStrv) ids = gbx_editor_profile_dup_applications (model);
  g_autoptr (GPtrArray) all = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  if (g_strv_contains ((const char *const *)ids, id))
    return;
  for (guint i = 0; ids[i]; i++)
    g_ptr_array_add (all, ids[i]);
  g_ptr_array_add (all, (gpointer)id);
  g_ptr_array_add (all, NULL);
  gbx_editor_profile_set_applications (model, (const char *const *)all->pdata, &error);
  gbx_editor_row_set_error (user_data, error ? error->message : NULL);
}

static void
on_add_application (GtkWidget *row)
{
  gbx_editor_applications_choose (GTK_WINDOW (gtk_widget_get_toplevel (row)),
                                  _ ("Add an Application"), on_application_chosen, row);
}

static void
on_applications_reset (GbxEditorRow *row)
{
  GbxEditorModel *model = g_object_get_data (G_OBJECT (row), "model");

  gbx_editor_model_set (model, "Profile", "Applications", NULL, _ ("Applications"), NULL);
  gbx_editor_model_tell (model, _ ("The applications were reset"));
}

static GtkWidget *
make_applications_row (GbxEditorModel *model)
{
  GtkWidget *row = gbx_editor_row_new (
      _ ("Applications"), _ ("They start with this profile if no other is chosen"));
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *list = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *button = gtk_button_new_with_mnemonic (_ ("Add A_pplication…"));

  gtk_widget_set_halign (button, GTK_ALIGN_START);
  gtk_container_add (GTK_CONTAINER (box), list);
  gtk_container_add (GTK_CONTAINER (box), button);
  gtk_widget_show_all (box);
  gbx_editor_row_set_control (GBX_EDITOR_ROW (row), box, button, TRUE);
  atk_object_set_name (gtk_widget_get_accessible (button), _ ("Add Application…"));
  g_object_set_data (G_OBJECT (row), "list", list);
  g_object_set_data_full (G_OBJECT (row), "model", g_object_ref (model), g_object_unref);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (on_add_application), row);
  g_signal_connect (row, "reset", G_CALLBACK (on_applications_reset), NULL);
  g_signal_connect_object (model, "changed", G_CALLBACK (show_applications), row,
                           G_CONNECT_SWAPPED);
  show_applications (GBX_EDITOR_ROW (row), model);
  return row;
}

/* ------------------------------------------------------------------ group -- */

/* The icon and the colour themselves, beside their names. */
static void
show_preview (GtkWidget *image, GbxEditorModel *model)
{
  g_autofree char *icon = gbx_editor_profile_dup (model, "Icon");
  gboolean known = icon && gtk_icon_theme_has_icon (gtk_icon_theme_get_default (), icon);

  gtk_image_set_from_icon_name (GTK_IMAGE (image), known ? icon : "application-x-executable",
                                GTK_ICON_SIZE_LARGE_TOOLBAR);
}

static void
on_color_set (GtkColorButton *button, gpointer user_data)
{
  GdkRGBA color;
  g_autofree char *text = NULL;

  gtk_color_chooser_get_rgba (GTK_COLOR_CHOOSER (button), &color);
  text = g_strdup_printf ("#%02x%02x%02x", (guint)(color.red * 255 + 0.5),
                          (guint)(color.green * 255 + 0.5), (guint)(color.blue * 255 + 0.5));
  gbx_editor_profile_set (user_data, "Color", text, _ ("Colour"), NULL);
}

static void
show_color (GtkWidget *button, GbxEditorModel *model)
{
  g_autofree char *text = gbx_editor_profile_dup (model, "Color");
  GdkRGBA color;

  if (!text || !gdk_rgba_parse (&color, text))
    gdk_rgba_parse (&color, "#77767b");
  gtk_color_chooser_set_rgba (GTK_COLOR_CHOOSER (button), &color);
}

static void
add_preview (GtkWidget *row, GbxEditorModel *model)
{
  GtkWidget *image = gtk_image_new ();

  gbx_editor_row_add_button (GBX_EDITOR_ROW (row), image);
  g_signal_connect_object (model, "changed", G_CALLBACK (show_preview), image, G_CONNECT_SWAPPED);
  show_preview (image, model);
}

static void
add_color_button (GtkWidget *row, GbxEditorModel *model)
{
  GtkWidget *button = gtk_color_button_new ();

  atk_object_set_name (gtk_widget_get_accessible (button), _ ("Choose a colour"));
  gbx_editor_row_add_button (GBX_EDITOR_ROW (row), button);
  g_signal_connect_object (button, "color-set", G_CALLBACK (on_color_set), model, 0);
  g_signal_connect_object (model, "changed", G_CALLBACK (show_color), button, G_CONNECT_SWAPPED);
  show_color (button, model);
}

GtkWidget *
gbx_editor_profile_group_new (GbxEditorModel *model)
{
  GtkWidget *group = gbx_editor_group_new (_ ("Profile"), NULL);

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      gboolean is_color = g_str_equal (table[i].key, "profile.color");
      GtkWidget *row = gbx_editor_binding_make_row (is_color ? &color_binding : &binding, model,
                                                    &table[i], NULL);

      if (is_color)
        add_color_button (row, model);
      else if (g_str_equal (table[i].key, "profile.icon"))
        add_preview (row, model);
      gbx_editor_group_add (GBX_EDITOR_GROUP (group), row);
    }
  if (!g_str_equal (gbx_editor_model_get_id (model), GBX_PROFILE_DEFAULT))
    gbx_editor_group_add (GBX_EDITOR_GROUP (group), make_parent_row (model));
  gbx_editor_group_add (GBX_EDITOR_GROUP (group), make_applications_row (model));
  return group;
}
