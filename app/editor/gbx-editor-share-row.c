/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-editor-share-row"

#include "config.h"

#include "gbx-editor-share-row.h"

#include "gbx-editor-binding.h"
#include "gbx-editor-field.h"

#include "gbx-settings.h"
#include "gbx-share-risk.h"

#include <glib/gi18n.h>

/* ---------------------------------------------------------------- binding -- */

static GbxEditorShare *
find_share (GbxEditorModel *model, const char *name)
{
  g_autoptr (GPtrArray) list = gbx_editor_shares_list (model);

  for (guint i = 0; i < list->len; i++)
    if (g_str_equal (((GbxEditorShare *)list->pdata[i])->name, name))
      return g_ptr_array_steal_index (list, i);
  return NULL;
}

static char *
dup_text (GbxEditorModel *model, const GbxSetting *setting, const char *name)
{
  g_autoptr (GbxEditorShare) share = find_share (model, name);

  if (!share)
    return NULL;
  if (g_str_equal (setting->key, "share.path"))
    return g_strdup (share->path);
  if (g_str_equal (setting->key, "share.guest-path"))
    return g_strdup (share->guest_path);
  return g_strdup (g_str_equal (setting->key, "share.access") ? share->access : share->presence);
}

static GVariant *
dup_value (GbxEditorModel *model, const GbxSetting *setting, const char *name)
{
  g_autofree char *text = dup_text (model, setting, name);

  return g_variant_ref_sink (g_variant_new_string (text ? text : setting->words ? setting->words[0]
                                                                                : ""));
}

static gboolean
set (GbxEditorModel *model, const GbxSetting *setting, const char *name, const char *text,
     GError **error)
{
  return gbx_editor_shares_set (model, name, setting, text, error);
}

/* An entry that is empty. */
static void
reset (GbxEditorModel *model, const GbxSetting *setting, const char *name)
{
  if (!g_str_equal (setting->key, "share.path"))
    gbx_editor_shares_set (model, name, setting, "", NULL);
}

static gboolean
allows (GbxEditorModel *model, const GbxSetting *setting, const char *name, guint index)
{
  g_autofree char *lock = NULL;

  if (!g_str_equal (setting->key, "share.access") || index == 0)
    return TRUE;
  lock = gbx_editor_shares_dup_lock (model, index > 1);
  return !lock;
}

static const GbxEditorBinding binding = {
  .dup_text = dup_text,
  .dup_value = dup_value,
  .set = set,
  .reset = reset,
  .allows = allows,
};

/* -------------------------------------------------------------------- row -- */

typedef struct
{
  GbxEditorModel *model;
  char *name;
  GtkWidget *row;      /* (unowned) */
  GtkWidget *revealer; /* (unowned) */
  GtkWidget *more;     /* (unowned) */
  GtkWidget *remove;   /* (unowned) */
  char *risk_of;       /* the path and mode that were looked at */
} Parts;

static void
parts_free (gpointer data)
{
  Parts *parts = data;

  g_object_unref (parts->model);
  g_free (parts->name);
  g_free (parts->risk_of);
  g_free (parts);
}

static void
tell (Parts *parts, const char *format)
{
  g_autofree char *sentence = NULL;

  /* Both formats are ours. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  sentence = g_strdup_printf (format, parts->name);
#pragma GCC diagnostic pop
  gbx_editor_model_tell (parts->model, sentence);
}

static void
on_remove_clicked (Parts *parts)
{
  g_autoptr (GtkWidget) row = g_object_ref (parts->row);

  gbx_editor_shares_remove (parts->model, parts->name);
  tell (parts, _ ("“%s” is not shared any more"));
}

static void
on_reset (Parts *parts)
{
  g_autoptr (GtkWidget) row = g_object_ref (parts->row);

  gbx_editor_shares_reset (parts->model, parts->name);
  tell (parts, _ ("The share “%s” was reset"));
}

static void
on_more_toggled (Parts *parts)
{
  gboolean more = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (parts->more));

  gtk_revealer_set_reveal_child (GTK_REVEALER (parts->revealer), more);
  gtk_button_set_image (GTK_BUTTON (parts->more),
                        gtk_image_new_from_icon_name (more ? "pan-up-symbolic" : "pan-down-symbolic",
                                                      GTK_ICON_SIZE_MENU));
}

static GtkWidget *
make_button (GtkWidget *button, const char *icon, const char *words)
{
  gtk_button_set_image (GTK_BUTTON (button),
                        gtk_image_new_from_icon_name (icon, GTK_ICON_SIZE_MENU));
  gtk_widget_set_tooltip_text (button, words);
  atk_object_set_name (gtk_widget_get_accessible (button), words);
  gtk_style_context_add_class (gtk_widget_get_style_context (button), "flat");
  gtk_style_context_add_class (gtk_widget_get_style_context (button), "gbx-editor-button");
  return button;
}

static const GbxSetting *
find_setting (const char *key)
{
  for (guint i = 0; i < gbx_share_settings_get_n (); i++)
    if (g_str_equal (gbx_share_settings_get (i)->key, key))
      return gbx_share_settings_get (i);
  return NULL;
}

/* All that a share may say, but for the access, which is always in sight. */
static GtkWidget *
make_details (Parts *parts)
{
  GtkWidget *revealer = gtk_revealer_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  for (guint i = 0; i < gbx_share_settings_get_n (); i++)
    {
      const GbxSetting *setting = gbx_share_settings_get (i);

      if (!g_str_equal (setting->key, "share.access"))
        gtk_container_add (GTK_CONTAINER (box), gbx_editor_binding_make_row (
                                                    &binding, parts->model, setting, parts->name));
    }
  gtk_container_add (GTK_CONTAINER (revealer), box);
  gtk_widget_show_all (revealer);
  return revealer;
}

static void
on_access_edited (GbxEditorField *field, const char *text, gpointer user_data)
{
  Parts *parts = user_data;
  g_autoptr (GtkWidget) row = g_object_ref (parts->row);
  g_autoptr (GError) error = NULL;

  gbx_editor_shares_set (parts->model, parts->name, find_setting ("share.access"), text, &error);
  if (gtk_widget_get_parent (row))
    gbx_editor_row_set_error (GBX_EDITOR_ROW (row), error ? error->message : NULL);
}

static void
add_access (Parts *parts)
{
  GtkWidget *field = gbx_editor_field_new (find_setting ("share.access"));

  gtk_widget_set_halign (field, GTK_ALIGN_START);
  g_signal_connect (field, "edited", G_CALLBACK (on_access_edited), parts);
  gbx_editor_row_set_control (GBX_EDITOR_ROW (parts->row), field,
                              gbx_editor_field_get_focus (GBX_EDITOR_FIELD (field)), TRUE);
  g_object_set_data (G_OBJECT (parts->row), "access", field);
}

GtkWidget *
gbx_editor_share_row_new (GbxEditorModel *model, const char *name)
{
  Parts *parts = g_new0 (Parts, 1);
  g_autofree char *more = g_strdup_printf (_ ("More about “%s”"), name);
  g_autofree char *remove = g_strdup_printf (_ ("Do not share “%s”"), name);

  parts->model = g_object_ref (model);
  parts->name = g_strdup (name);
  parts->row = gbx_editor_row_new (name, NULL);
  g_object_set_data_full (G_OBJECT (parts->row), "parts", parts, parts_free);
  add_access (parts);
  parts->more = make_button (gtk_toggle_button_new (), "pan-down-symbolic", more);
  parts->remove = make_button (gtk_button_new (), "user-trash-symbolic", remove);
  gbx_editor_row_add_button (GBX_EDITOR_ROW (parts->row), parts->more);
  gbx_editor_row_add_button (GBX_EDITOR_ROW (parts->row), parts->remove);
  parts->revealer = make_details (parts);
  gtk_box_pack_end (GTK_BOX (parts->row), parts->revealer, FALSE, FALSE, 0);
  g_signal_connect_swapped (parts->more, "toggled", G_CALLBACK (on_more_toggled), parts);
  g_signal_connect_swapped (parts->remove, "clicked", G_CALLBACK (on_remove_clicked), parts);
  g_signal_connect_swapped (parts->row, "reset", G_CALLBACK (on_reset), parts);
  return parts->row;
}

/* ------------------------------------------------------------------- show -- */

static char *
make_title (const GbxEditorShare *share)
{
  if (g_str_equal (share->presence, "ask"))
    return g_strdup_printf (_ ("“%s”, chosen at each launch"), share->name);
  return g_strdup (share->path ? share->path : share->name);
}

static char *
make_help (const GbxEditorShare *share)
{
  g_autofree char *where = share->guest_path
                               ? g_strdup_printf (_ ("In the sandbox it is %s"), share->guest_path)
                               : NULL;
  const char *optional
      = g_str_equal (share->presence, "optional") ? _ ("Left out if it does not exist") : NULL;

  if (where && optional)
    return g_strdup_printf ("%s. %s", where, optional);
  return where ? g_steal_pointer (&where) : g_strdup (optional);
}

/* It looks at the disk, so it is asked only once for each. */
static void
show_risk (Parts *parts, const GbxEditorShare *share)
{
  g_autofree char *place = gbx_editor_share_dup_place (share);
  g_autofree char *risk = NULL;
  g_autofree char *of = g_strjoin ("|", share->access, place ? place : "", NULL);

  if (g_strcmp0 (of, parts->risk_of) == 0)
    return;
  if (place && !g_str_equal (share->access, "none"))
    risk = gbx_share_risk (place, g_str_equal (share->access, "rw"));
  gbx_editor_row_set_warning (GBX_EDITOR_ROW (parts->row), risk);
  g_free (parts->risk_of);
  parts->risk_of = g_steal_pointer (&of);
}

void
gbx_editor_share_row_show (GtkWidget *row, const GbxEditorShare *share)
{
  Parts *parts = g_object_get_data (G_OBJECT (row), "parts");
  GbxEditorField *access = g_object_get_data (G_OBJECT (row), "access");
  g_autofree char *title = make_title (share);
  g_autofree char *help = make_help (share);
  g_autofree char *lock = gbx_editor_shares_dup_lock (parts->model, FALSE);
  g_autoptr (GVariant) value = g_variant_ref_sink (g_variant_new_string (share->access));
  gboolean removed = g_str_equal (share->access, "none");

  gbx_editor_row_set_title (GBX_EDITOR_ROW (row), title);
  gbx_editor_row_set_help (GBX_EDITOR_ROW (row), help);
  gbx_editor_row_set_source (GBX_EDITOR_ROW (row), share->source, share->words);
  gbx_editor_row_set_resettable (GBX_EDITOR_ROW (row), share->is_here && share->is_inherited);
  gbx_editor_row_set_obstacle (GBX_EDITOR_ROW (row), lock);
  gbx_editor_field_show (access, share->access, value);
  for (guint i = 0; i < 3; i++)
    gbx_editor_field_set_allowed (access, i,
                                  allows (parts->model, find_setting ("share.access"), NULL, i));
  gtk_widget_set_visible (parts->remove, !removed && !lock);
  gtk_widget_set_visible (parts->more, !removed && !lock);
  show_risk (parts, share);
}
