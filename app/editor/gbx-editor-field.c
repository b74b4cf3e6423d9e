/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-editor-field"

#include "config.h"

#include "gbx-editor-field.h"

#include <glib/gi18n.h>

struct _GbxEditorField
{
  GtkBox parent_instance;

  const GbxSetting *setting;
  GtkWidget *control; /* (unowned): switch, combo box, spin button or entry */
  char *shown;        /* the text of the last time; or NULL */
  gboolean is_showing; /* what changes now is not from the user */
  gboolean is_editing; /* what is shown now is from here */
};

enum
{
  EDITED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

enum
{
  COLUMN_TITLE,
  COLUMN_ALLOWED
};

G_DEFINE_FINAL_TYPE (GbxEditorField, gbx_editor_field, GTK_TYPE_BOX)

static void
edit (GbxEditorField *self, const char *text)
{
  if (self->is_showing)
    return;
  self->is_editing = TRUE;
  g_signal_emit (self, signals[EDITED], 0, text);
  self->is_editing = FALSE;
}

/* ---------------------------------------------------------- what is edited -- */

static void
on_active_changed (GbxEditorField *self)
{
  edit (self, gtk_switch_get_active (GTK_SWITCH (self->control)) ? "on" : "off");
}

static void
on_choice_changed (GbxEditorField *self)
{
  int index = gtk_combo_box_get_active (GTK_COMBO_BOX (self->control));

  if (index >= 0)
    edit (self, self->setting->words[index]);
}

static void
on_number_changed (GbxEditorField *self)
{
  g_autofree char *text = g_strdup_printf (
      "%.0f", gtk_spin_button_get_value (GTK_SPIN_BUTTON (self->control)));

  edit (self, text);
}

static void
on_text_changed (GbxEditorField *self)
{
  edit (self, gtk_entry_get_text (GTK_ENTRY (self->control)));
}

static void
set_entry (GbxEditorField *self, const char *text)
{
  self->is_showing = TRUE;
  gtk_entry_set_text (GTK_ENTRY (self->control), text);
  gtk_editable_set_position (GTK_EDITABLE (self->control), -1);
  self->is_showing = FALSE;
}

/* Escape takes back what is not valid. */
static gboolean
on_key (GbxEditorField *self, GdkEventKey *event)
{
  const char *text = gtk_entry_get_text (GTK_ENTRY (self->control));
  const char *shown = self->shown ? self->shown : "";

  if (event->keyval != GDK_KEY_Escape || g_str_equal (text, shown))
    return GDK_EVENT_PROPAGATE;
  gtk_entry_set_text (GTK_ENTRY (self->control), shown);
  return GDK_EVENT_STOP;
}

/* A wheel that scrolls the page must not change what it comes across. */
static gboolean
on_scroll (GtkWidget *control)
{
  g_signal_stop_emission_by_name (control, "scroll-event");
  return GDK_EVENT_PROPAGATE;
}

/* ------------------------------------------------------------ the controls -- */

static GtkWidget *
make_switch (GbxEditorField *self)
{
  GtkWidget *control = gtk_switch_new ();

  g_signal_connect_swapped (control, "notify::active", G_CALLBACK (on_active_changed), self);
  return control;
}

static GtkWidget *
make_combo (GbxEditorField *self)
{
  g_autoptr (GtkListStore) store = gtk_list_store_new (2, G_TYPE_STRING, G_TYPE_BOOLEAN);
  GtkCellRenderer *renderer = gtk_cell_renderer_text_new ();
  GtkWidget *control;

  for (guint i = 0; self->setting->words[i]; i++)
    gtk_list_store_insert_with_values (store, NULL, -1, COLUMN_TITLE,
                                       gbx_setting_get_title (self->setting, i), COLUMN_ALLOWED,
                                       TRUE, -1);
  control = gtk_combo_box_new_with_model (GTK_TREE_MODEL (store));
  g_object_set (renderer, "ellipsize", PANGO_ELLIPSIZE_END, "width-chars", 8, "max-width-chars", 22,
                NULL);
  gtk_cell_layout_pack_start (GTK_CELL_LAYOUT (control), renderer, TRUE);
  gtk_cell_layout_set_attributes (GTK_CELL_LAYOUT (control), renderer, "text", COLUMN_TITLE,
                                  "sensitive", COLUMN_ALLOWED, NULL);
  g_signal_connect (control, "scroll-event", G_CALLBACK (on_scroll), NULL);
  g_signal_connect_swapped (control, "changed", G_CALLBACK (on_choice_changed), self);
  return control;
}

static GtkWidget *
make_spin (GbxEditorField *self)
{
  guint64 minimum = self->setting->minimum, maximum = self->setting->maximum;
  GtkWidget *control;

  if (self->setting->get_range)
    self->setting->get_range (TRUE, &minimum, &maximum);
  control = gtk_spin_button_new_with_range ((double)minimum,
                                            (double)(maximum ? maximum : G_MAXUINT32), 1);
  gtk_spin_button_set_numeric (GTK_SPIN_BUTTON (control), TRUE);
  gtk_entry_set_width_chars (GTK_ENTRY (control), 4);
  g_signal_connect (control, "scroll-event", G_CALLBACK (on_scroll), NULL);
  g_signal_connect_swapped (control, "value-changed", G_CALLBACK (on_number_changed), self);
  return control;
}

static GtkWidget *
make_entry (GbxEditorField *self)
{
  const GbxSetting *setting = self->setting;
  GtkWidget *control = gtk_entry_new ();
  gboolean wide = gbx_editor_field_is_wide (self);

  gtk_entry_set_width_chars (GTK_ENTRY (control), wide ? 12 : 10);
  if (setting->unset)
    gtk_entry_set_placeholder_text (GTK_ENTRY (control), _ ("Not set"));
  if (setting->examples)
    {
      g_autofree char *all = g_strjoinv (", ", (char **)setting->examples);
      g_autofree char *tip = g_strdup_printf (_ ("As in %s"), all);

      gtk_widget_set_tooltip_text (control, tip);
    }
  gtk_widget_set_hexpand (control, wide);
  g_signal_connect_swapped (control, "changed", G_CALLBACK (on_text_changed), self);
  g_signal_connect_swapped (control, "key-press-event", G_CALLBACK (on_key), self);
  return control;
}

/* A path can be chosen, too. */
static void
on_chosen (GtkNativeDialog *dialog, int response, gpointer user_data)
{
  g_autofree char *path = response == GTK_RESPONSE_ACCEPT
                              ? gtk_file_chooser_get_filename (GTK_FILE_CHOOSER (dialog))
                              : NULL;

  if (path)
    gtk_entry_set_text (GTK_ENTRY (GBX_EDITOR_FIELD (user_data)->control), path);
  g_object_unref (dialog);
}

static void
on_choose_clicked (GbxEditorField *self)
{
  GtkWidget *window = gtk_widget_get_toplevel (GTK_WIDGET (self));
  GtkFileChooserNative *dialog
      = gtk_file_chooser_native_new (_ (self->setting->label), GTK_WINDOW (window),
                                     GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, NULL, NULL);

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_chosen), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
add_chooser (GbxEditorField *self)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("folder-open-symbolic", GTK_ICON_SIZE_MENU);

  gtk_widget_set_tooltip_text (button, _ ("Choose a folder"));
  atk_object_set_name (gtk_widget_get_accessible (button), _ ("Choose a folder"));
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (on_choose_clicked), self);
  gtk_box_pack_start (GTK_BOX (self), button, FALSE, FALSE, 0);
  gtk_style_context_add_class (gtk_widget_get_style_context (GTK_WIDGET (self)), "linked");
}

static GtkWidget *
make_control (GbxEditorField *self)
{
  switch (self->setting->kind)
    {
    case GBX_KIND_SWITCH:
      return make_switch (self);
    case GBX_KIND_CHOICE:
      return make_combo (self);
    case GBX_KIND_INTEGER:
      return make_spin (self);
    case GBX_KIND_BYTES:
    case GBX_KIND_DURATION:
    case GBX_KIND_SIZE:
    case GBX_KIND_TEXT:
    case GBX_KIND_PATH:
    default:
      return make_entry (self);
    }
}

/* --------------------------------------------------------------- object -- */

static void
gbx_editor_field_finalize (GObject *object)
{
  g_free (GBX_EDITOR_FIELD (object)->shown);
  G_OBJECT_CLASS (gbx_editor_field_parent_class)->finalize (object);
}

static void
gbx_editor_field_class_init (GbxEditorFieldClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gbx_editor_field_finalize;
  signals[EDITED] = g_signal_new ("edited", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
gbx_editor_field_init (GbxEditorField *self)
{
}

GtkWidget *
gbx_editor_field_new (const GbxSetting *setting)
{
  GbxEditorField *self = g_object_new (GBX_TYPE_EDITOR_FIELD, "visible", TRUE, NULL);

  self->setting = setting;
  self->control = make_control (self);
  gtk_box_pack_start (GTK_BOX (self), self->control, TRUE, TRUE, 0);
  if (setting->kind == GBX_KIND_PATH)
    add_chooser (self);
  gtk_widget_show_all (GTK_WIDGET (self));
  return GTK_WIDGET (self);
}

GtkWidget *
gbx_editor_field_get_focus (GbxEditorField *self)
{
  return self->control;
}

gboolean
gbx_editor_field_is_wide (GbxEditorField *self)
{
  return self->setting->kind == GBX_KIND_TEXT || self->setting->kind == GBX_KIND_PATH;
}

static void
show_value (GbxEditorField *self, const char *text, GVariant *value)
{
  switch (self->setting->kind)
    {
    case GBX_KIND_SWITCH:
      gtk_switch_set_active (GTK_SWITCH (self->control), g_variant_get_boolean (value));
      break;
    case GBX_KIND_CHOICE:
      gtk_combo_box_set_active (GTK_COMBO_BOX (self->control),
                                (int)gbx_setting_get_index (self->setting, value));
      break;
    case GBX_KIND_INTEGER:
      gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->control), g_variant_get_uint32 (value));
      break;
    case GBX_KIND_BYTES:
    case GBX_KIND_DURATION:
    case GBX_KIND_SIZE:
    case GBX_KIND_TEXT:
    case GBX_KIND_PATH:
    default:
      set_entry (self, text ? text : "");
    }
}

static gboolean
is_entry (GbxEditorField *self)
{
  return GTK_IS_ENTRY (self->control) && !GTK_IS_SPIN_BUTTON (self->control);
}

void
gbx_editor_field_show (GbxEditorField *self, const char *text, GVariant *value)
{
  gboolean same = g_strcmp0 (text, self->shown) == 0;
  char *owned = g_strdup (text);

  g_free (self->shown);
  self->shown = owned;
  if (self->is_editing || (is_entry (self) && same))
    return;
  self->is_showing = TRUE;
  show_value (self, text, value);
  self->is_showing = FALSE;
}

void
gbx_editor_field_set_allowed (GbxEditorField *self, guint index, gboolean allowed)
{
  GtkTreeModel *model;
  GtkTreeIter iter;

  if (self->setting->kind != GBX_KIND_CHOICE)
    return;
  model = gtk_combo_box_get_model (GTK_COMBO_BOX (self->control));
  if (gtk_tree_model_iter_nth_child (model, &iter, NULL, (int)index))
    gtk_list_store_set (GTK_LIST_STORE (model), &iter, COLUMN_ALLOWED, allowed, -1);
}
