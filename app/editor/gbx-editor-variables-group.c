/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-editor-variables-group"

#include "config.h"

#include "gbx-editor-variables-group.h"

#include "gbx-editor-binding.h"
#include "gbx-editor-group.h"
#include "gbx-editor-variables.h"

#include <glib/gi18n.h>

/* One row for each variable; the key is its name. */
typedef struct
{
  GbxSetting setting;
  char *name;
} Variable;

static void
variable_free (gpointer data)
{
  Variable *variable = data;

  g_free (variable->name);
  g_free (variable);
}

/* ---------------------------------------------------------------- binding -- */

static char *
dup_text (GbxEditorModel *model, const GbxSetting *setting, const char *name)
{
  return g_strdup (gbx_editor_variable_get_value (model, name));
}

static gboolean
set (GbxEditorModel *model, const GbxSetting *setting, const char *name, const char *text,
     GError **error)
{
  return gbx_editor_variable_set (model, name, text, error);
}

static void
reset (GbxEditorModel *model, const GbxSetting *setting, const char *name)
{
  gbx_editor_variable_reset (model, name);
}

static GbxEditorSource
get_source (GbxEditorModel *model, const GbxSetting *setting, const char *name, char **words)
{
  return gbx_editor_variable_get_source (model, name, words);
}

static const GbxEditorBinding binding = {
  .dup_text = dup_text,
  .set = set,
  .reset = reset,
  .keeps_empty = TRUE,
  .get_source = get_source,
};

/* ------------------------------------------------------------------ rows -- */

static GtkWidget *
make_row (GbxEditorModel *model, const char *name)
{
  Variable *variable = g_new0 (Variable, 1);
  GtkWidget *row;

  variable->name = g_strdup (name);
  variable->setting.key = "environment.variable";
  variable->setting.kind = GBX_KIND_TEXT;
  variable->setting.label = variable->name;
  row = gbx_editor_binding_make_row (&binding, model, &variable->setting, name);
  g_object_set_data_full (G_OBJECT (row), "variable", variable, variable_free);
  return row;
}

static const char *
get_name (gpointer row)
{
  Variable *variable = g_object_get_data (row, "variable");

  return variable ? variable->name : NULL;
}

static gboolean
has_row (GbxEditorGroup *group, const char *name)
{
  g_autoptr (GList) rows = gbx_editor_group_get_rows (group);

  for (GList *at = rows; at; at = at->next)
    if (g_strcmp0 (get_name (at->data), name) == 0)
      return TRUE;
  return FALSE;
}

static void
remove_rows (GbxEditorGroup *group, GbxEditorModel *model)
{
  g_autoptr (GList) rows = gbx_editor_group_get_rows (group);

  for (GList *at = rows; at; at = at->next)
    if (get_name (at->data) && !gbx_editor_variable_get_value (model, get_name (at->data)))
      gtk_widget_destroy (at->data);
}

static void
on_changed (GbxEditorGroup *group, GbxEditorModel *model)
{
  GbxResolution *resolution = gbx_editor_model_get_resolution (model);
  GPtrArray *names = resolution ? gbx_resolution_get_variables (resolution) : NULL;
  GtkWidget *adder = g_object_get_data (G_OBJECT (group), "adder");

  remove_rows (group, model);
  for (guint i = 0; names && i < names->len; i++)
    if (!has_row (group, names->pdata[i]))
      gbx_editor_group_add (group, make_row (model, names->pdata[i]));
  gtk_box_reorder_child (GTK_BOX (gtk_widget_get_parent (adder)), adder, -1);
}

/* ----------------------------------------------------------------- adding -- */

static void
on_add (GtkWidget *group)
{
  GtkWidget *entry = g_object_get_data (G_OBJECT (group), "entry");
  GbxEditorRow *adder = g_object_get_data (G_OBJECT (group), "adder");
  g_autoptr (GError) error = NULL;
  const char *text = gtk_entry_get_text (GTK_ENTRY (entry));

  if (!*text)
    gtk_widget_grab_focus (entry);
  else if (gbx_editor_variable_add (g_object_get_data (G_OBJECT (group), "model"), text, &error))
    gtk_entry_set_text (GTK_ENTRY (entry), "");
  gbx_editor_row_set_error (adder, error ? error->message : NULL);
}

static void
on_entry_changed (GtkWidget *group)
{
  gbx_editor_row_set_error (g_object_get_data (G_OBJECT (group), "adder"), NULL);
}

static GtkWidget *
make_adder (GtkWidget *group)
{
  GtkWidget *row = gbx_editor_row_new (_ ("Add a variable"), NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *entry = gtk_entry_new ();
  GtkWidget *button = gtk_button_new_with_mnemonic (_ ("_Add"));

  gtk_entry_set_placeholder_text (GTK_ENTRY (entry), _ ("NAME=value"));
  gtk_entry_set_width_chars (GTK_ENTRY (entry), 12);
  gtk_box_pack_start (GTK_BOX (box), entry, TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (box), button, FALSE, FALSE, 0);
  gtk_widget_show_all (box);
  gbx_editor_row_set_resettable (GBX_EDITOR_ROW (row), FALSE);
  gbx_editor_row_set_control (GBX_EDITOR_ROW (row), box, entry, TRUE);
  g_signal_connect_swapped (entry, "activate", G_CALLBACK (on_add), group);
  g_signal_connect_swapped (entry, "changed", G_CALLBACK (on_entry_changed), group);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (on_add), group);
  g_object_set_data (G_OBJECT (group), "entry", entry);
  return row;
}

GtkWidget *
gbx_editor_variables_group_new (GbxEditorModel *model)
{
  GtkWidget *group = gbx_editor_group_new (_ ("Environment variables"), NULL);
  GtkWidget *adder = make_adder (group);

  g_object_set_data (G_OBJECT (group), "adder", adder);
  g_object_set_data_full (G_OBJECT (group), "model", g_object_ref (model), g_object_unref);
  gbx_editor_group_add (GBX_EDITOR_GROUP (group), adder);
  g_signal_connect_object (model, "changed", G_CALLBACK (on_changed), group, G_CONNECT_SWAPPED);
  on_changed (GBX_EDITOR_GROUP (group), model);
  return group;
}
