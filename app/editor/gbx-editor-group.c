/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-editor-group"

#include "config.h"

#include "gbx-editor-group.h"

#include <glib/gi18n.h>
#include <string.h>

struct _GbxEditorGroup
{
  GtkBox parent_instance;

  char *title;
  GtkWidget *heading; /* (unowned): the line of the title */
  GtkWidget *list;    /* (unowned) */
  GtkWidget *more;    /* (nullable) (unowned): between the usual rows and the advanced ones */
  guint n_usual;
  gboolean searches;
};

G_DEFINE_FINAL_TYPE (GbxEditorGroup, gbx_editor_group, GTK_TYPE_BOX)

/* In the order of the window. */
static const struct
{
  const char *group;
  const char *title;
} titles[] = {
  { "files", N_ ("Files") },         { "network", N_ ("Network") },
  { "backend", N_ ("Isolation") },   { "resources", N_ ("Limits") },
  { "locale", N_ ("Language and time") }, { "display", N_ ("Display") },
  { "devices", N_ ("Devices") },     { "lifecycle", N_ ("Time") },
  { "kernel", N_ ("Virtual machine") },
};

int
gbx_editor_group_compare (const char *one, const char *other)
{
  guint first = 0, second = 0;

  while (first < G_N_ELEMENTS (titles) && !g_str_equal (titles[first].group, one))
    first++;
  while (second < G_N_ELEMENTS (titles) && !g_str_equal (titles[second].group, other))
    second++;
  return (int)first - (int)second;
}

char *
gbx_editor_group_make_title (const char *group)
{
  char *title;

  for (guint i = 0; i < G_N_ELEMENTS (titles); i++)
    if (g_str_equal (titles[i].group, group))
      return g_strdup (_ (titles[i].title));
  /* A group that is newer than this list. */
  title = g_strdup (group);
  *title = g_ascii_toupper (*title);
  return title;
}

static void
gbx_editor_group_finalize (GObject *object)
{
  g_free (GBX_EDITOR_GROUP (object)->title);
  G_OBJECT_CLASS (gbx_editor_group_parent_class)->finalize (object);
}

static void
gbx_editor_group_class_init (GbxEditorGroupClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gbx_editor_group_finalize;
}

static void
add_class (GtkWidget *widget, const char *name)
{
  gtk_style_context_add_class (gtk_widget_get_style_context (widget), name);
}

static void
gbx_editor_group_init (GbxEditorGroup *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 6);
  self->heading = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  self->list = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  add_class (self->list, "gbx-editor-list");
  gtk_box_pack_start (GTK_BOX (self), self->heading, FALSE, FALSE, 0);
  gtk_box_pack_end (GTK_BOX (self), self->list, FALSE, FALSE, 0);
  gtk_widget_show_all (GTK_WIDGET (self));
}

static GtkWidget *
make_label (const char *text, const char *style)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_line_wrap (GTK_LABEL (label), TRUE);
  add_class (label, style);
  gtk_widget_show (label);
  return label;
}

GtkWidget *
gbx_editor_group_new (const char *title, const char *description)
{
  GbxEditorGroup *self = g_object_new (GBX_TYPE_EDITOR_GROUP, "visible", TRUE, NULL);
  GtkWidget *label = make_label (title, "gbx-editor-heading");
  AtkObject *accessible = gtk_widget_get_accessible (self->list);

  self->title = g_strdup (title);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_set_valign (label, GTK_ALIGN_END);
  gtk_container_add (GTK_CONTAINER (self->heading), label);
  atk_object_set_role (gtk_widget_get_accessible (label), ATK_ROLE_HEADING);
  atk_object_set_role (accessible, ATK_ROLE_PANEL);
  atk_object_set_name (accessible, title);
  if (description)
    {
      label = make_label (description, "dim-label");
      add_class (label, "gbx-editor-help");
      gtk_box_pack_start (GTK_BOX (self), label, FALSE, FALSE, 0);
    }
  return GTK_WIDGET (self);
}

void
gbx_editor_group_add (GbxEditorGroup *self, GtkWidget *row)
{
  gtk_box_pack_start (GTK_BOX (self->list), row, FALSE, FALSE, 0);
  gtk_box_reorder_child (GTK_BOX (self->list), row, (int)self->n_usual++);
}

/* ------------------------------------------------------------ advanced rows -- */

static gboolean
is_advanced (GtkWidget *row)
{
  return g_object_get_data (G_OBJECT (row), "advanced") != NULL;
}

static gboolean
is_open (GbxEditorGroup *self)
{
  return !self->more || gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->more));
}

static void
on_toggled (GbxEditorGroup *self)
{
  g_autoptr (GList) rows = gbx_editor_group_get_rows (self);

  for (GList *at = rows; at && !self->searches; at = at->next)
    if (is_advanced (at->data))
      gtk_widget_set_visible (at->data, is_open (self));
}

static gboolean
choose_arrow (GBinding *binding, const GValue *from, GValue *to, gpointer user_data)
{
  g_value_set_static_string (to, g_value_get_boolean (from) ? "pan-down-symbolic"
                                                            : "pan-end-symbolic");
  return TRUE;
}

static void
add_more_button (GbxEditorGroup *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *arrow = gtk_image_new_from_icon_name ("pan-end-symbolic", GTK_ICON_SIZE_BUTTON);
  GtkWidget *label = gtk_label_new (_ ("More settings"));

  self->more = gtk_toggle_button_new ();
  gtk_container_add (GTK_CONTAINER (box), arrow);
  gtk_container_add (GTK_CONTAINER (box), label);
  gtk_container_add (GTK_CONTAINER (self->more), box);
  gtk_button_set_relief (GTK_BUTTON (self->more), GTK_RELIEF_NONE);
  add_class (self->more, "gbx-editor-more");
  atk_object_set_name (gtk_widget_get_accessible (self->more), _ ("More settings"));
  g_object_bind_property_full (self->more, "active", arrow, "icon-name", G_BINDING_DEFAULT,
                               choose_arrow, NULL, NULL, NULL);
  g_signal_connect_object (self->more, "toggled", G_CALLBACK (on_toggled), self,
                           G_CONNECT_SWAPPED);
  gtk_widget_show_all (self->more);
  gtk_box_pack_start (GTK_BOX (self->list), self->more, FALSE, FALSE, 0);
}

void
gbx_editor_group_add_advanced (GbxEditorGroup *self, GtkWidget *row)
{
  if (!self->more)
    add_more_button (self);
  g_object_set_data (G_OBJECT (row), "advanced", self);
  gtk_box_pack_start (GTK_BOX (self->list), row, FALSE, FALSE, 0);
  gtk_widget_set_visible (row, is_open (self));
}

void
gbx_editor_group_open (GbxEditorGroup *self)
{
  if (self->more)
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->more), TRUE);
}

/* ------------------------------------------------------------------- search -- */

GList *
gbx_editor_group_get_rows (GbxEditorGroup *self)
{
  return gtk_container_get_children (GTK_CONTAINER (self->list));
}

static gboolean
has_all (const char *text, const char *const *words)
{
  g_autofree char *folded = g_utf8_casefold (text, -1);

  for (guint i = 0; words[i]; i++)
    if (!strstr (folded, words[i]))
      return FALSE;
  return TRUE;
}

gboolean
gbx_editor_group_filter (GbxEditorGroup *self, const char *const *words)
{
  g_autoptr (GList) rows = gbx_editor_group_get_rows (self);
  gboolean whole = has_all (self->title, words), some = whole;

  self->searches = words[0] != NULL;
  for (GList *at = rows; at; at = at->next)
    {
      gboolean found = whole
                       || (GBX_IS_EDITOR_ROW (at->data)
                           && gbx_editor_row_matches (at->data, words));

      if (!self->searches && is_advanced (at->data))
        found = is_open (self);
      gtk_widget_set_visible (at->data, found);
      some = some || found;
    }
  if (self->more)
    gtk_widget_set_visible (self->more, !self->searches);
  gtk_widget_set_visible (GTK_WIDGET (self), some);
  return some;
}
