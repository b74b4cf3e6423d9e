/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-editor-shares-group"

#include "config.h"

#include "gbx-editor-shares-group.h"

#include "gbx-editor-group.h"
#include "gbx-editor-share-row.h"

#include "gbx-share-risk.h"

#include <glib/gi18n.h>

/* ------------------------------------------------------------------ rows -- */

static GtkWidget *
find_row (GbxEditorGroup *group, const char *name)
{
  g_autoptr (GList) rows = gbx_editor_group_get_rows (group);

  for (GList *at = rows; at; at = at->next)
    if (g_strcmp0 (g_object_get_data (at->data, "share"), name) == 0)
      return at->data;
  return NULL;
}

static GtkWidget *
add_row (GbxEditorGroup *group, GbxEditorModel *model, const char *name)
{
  GtkWidget *row = gbx_editor_share_row_new (model, name);

  g_object_set_data_full (G_OBJECT (row), "share", g_strdup (name), g_free);
  gbx_editor_row_set_keywords (GBX_EDITOR_ROW (row), name);
  gbx_editor_group_add (group, row);
  return row;
}

static gboolean
is_listed (GPtrArray *list, const char *name)
{
  for (guint i = 0; name && i < list->len; i++)
    if (g_str_equal (((GbxEditorShare *)list->pdata[i])->name, name))
      return TRUE;
  return FALSE;
}

/* Rows stay where they are: one of them may have the focus. */
static void
remove_rows (GbxEditorGroup *group, GPtrArray *list)
{
  g_autoptr (GList) rows = gbx_editor_group_get_rows (group);

  for (GList *at = rows; at; at = at->next)
    {
      gboolean is_empty = g_object_get_data (at->data, "empty") != NULL;

      if (is_empty ? list->len > 0 : !is_listed (list, g_object_get_data (at->data, "share")))
        gtk_widget_destroy (at->data);
    }
}

static void
add_empty (GbxEditorGroup *group)
{
  g_autoptr (GList) rows = gbx_editor_group_get_rows (group);
  GtkWidget *label;

  if (rows)
    return;
  label = gtk_label_new (_ ("The sandbox sees no file of yours, but for those that it is started "
                            "with."));
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_line_wrap (GTK_LABEL (label), TRUE);
  gtk_style_context_add_class (gtk_widget_get_style_context (label), "dim-label");
  gtk_style_context_add_class (gtk_widget_get_style_context (label), "gbx-editor-row");
  g_object_set_data (G_OBJECT (label), "empty", label);
  gtk_widget_show (label);
  gbx_editor_group_add (group, label);
}

static void
on_changed (GbxEditorGroup *group, GbxEditorModel *model)
{
  g_autoptr (GPtrArray) list = gbx_editor_shares_list (model);
  g_autofree char *lock = gbx_editor_shares_dup_lock (model, FALSE);
  GtkWidget *buttons = g_object_get_data (G_OBJECT (group), "buttons");

  remove_rows (group, list);
  for (guint i = 0; i < list->len; i++)
    {
      GbxEditorShare *share = list->pdata[i];
      GtkWidget *row = find_row (group, share->name);

      gbx_editor_share_row_show (row ? row : add_row (group, model, share->name), share);
    }
  add_empty (group);
  gtk_widget_set_sensitive (buttons, !lock);
  gtk_widget_set_tooltip_text (buttons, lock);
}

/* ----------------------------------------------------------------- adding -- */

static void
show_failure (GtkWidget *window, const char *why)
{
  GtkWidget *dialog = gtk_message_dialog_new (GTK_WINDOW (window), GTK_DIALOG_MODAL,
                                              GTK_MESSAGE_ERROR, GTK_BUTTONS_CLOSE, "%s",
                                              _ ("It cannot be shared"));

  gtk_message_dialog_format_secondary_text (GTK_MESSAGE_DIALOG (dialog), "%s", why);
  g_signal_connect (dialog, "response", G_CALLBACK (gtk_widget_destroy), NULL);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
add_path (GtkWidget *group, GbxEditorModel *model, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = gbx_editor_shares_add (model, path, &error);
  g_autofree char *sentence = NULL;
  GtkWidget *row;

  if (!name)
    {
      show_failure (gtk_widget_get_toplevel (group), error->message);
      return;
    }
  sentence = g_strdup_printf (_ ("“%s” is shared, read-only"), name);
  gbx_editor_model_tell (model, sentence);
  row = find_row (GBX_EDITOR_GROUP (group), name);
  if (row)
    gbx_editor_row_grab_focus (GBX_EDITOR_ROW (row));
}

static void
on_chosen (GtkNativeDialog *dialog, int response, gpointer user_data)
{
  g_autofree char *path = response == GTK_RESPONSE_ACCEPT
                              ? gtk_file_chooser_get_filename (GTK_FILE_CHOOSER (dialog))
                              : NULL;

  if (path)
    add_path (user_data, g_object_get_data (user_data, "model"), path);
  g_object_unref (dialog);
}

static void
choose (GtkWidget *group, const char *title, GtkFileChooserAction action)
{
  GtkWidget *window = gtk_widget_get_toplevel (group);
  GtkFileChooserNative *dialog
      = gtk_file_chooser_native_new (title, GTK_WINDOW (window), action, _ ("_Share"), NULL);

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_chosen), group, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
on_add_folder (GtkWidget *group)
{
  choose (group, _ ("Share a folder"), GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER);
}

static void
on_add_file (GtkWidget *group)
{
  choose (group, _ ("Share a file"), GTK_FILE_CHOOSER_ACTION_OPEN);
}

static void
add_button (GtkWidget *box, GtkWidget *group, const char *label, GCallback callback)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (label);

  g_signal_connect_swapped (button, "clicked", callback, group);
  gtk_container_add (GTK_CONTAINER (box), button);
}

GtkWidget *
gbx_editor_shares_group_new (GbxEditorModel *model)
{
  GtkWidget *group = gbx_editor_group_new (_ ("Shared files and folders"), NULL);
  GtkWidget *buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  add_button (buttons, group, _ ("Add F_older…"), G_CALLBACK (on_add_folder));
  add_button (buttons, group, _ ("Add _File…"), G_CALLBACK (on_add_file));
  gtk_widget_show_all (buttons);
  gtk_box_pack_end (GTK_BOX (group), buttons, FALSE, FALSE, 0);
  /* Below the frame, which is packed at the end too. */
  gtk_box_reorder_child (GTK_BOX (group), buttons, 1);
  g_object_set_data (G_OBJECT (group), "buttons", buttons);
  g_object_set_data_full (G_OBJECT (group), "model", g_object_ref (model), g_object_unref);
  g_signal_connect_object (model, "changed", G_CALLBACK (on_changed), group, G_CONNECT_SWAPPED);
  on_changed (GBX_EDITOR_GROUP (group), model);
  return group;
}
