/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-category-list"
#include "config.h"

#include "gbx-category-list.h"

#include <glib/gi18n.h>

/* In the order of the list. */
static const struct
{
  guint category;
  const char *title;
} rows[] = {
  { 0, N_ ("All Applications") },
  { GBX_CATEGORY_INTERNET, N_ ("Internet") },
  { GBX_CATEGORY_OFFICE, N_ ("Office") },
  { GBX_CATEGORY_GRAPHICS, N_ ("Graphics") },
  { GBX_CATEGORY_MULTIMEDIA, N_ ("Sound & Video") },
  { GBX_CATEGORY_GAMES, N_ ("Games") },
  { GBX_CATEGORY_EDUCATION, N_ ("Education & Science") },
  { GBX_CATEGORY_DEVELOPMENT, N_ ("Development") },
  { GBX_CATEGORY_ACCESSORIES, N_ ("Accessories") },
  { GBX_CATEGORY_SYSTEM, N_ ("System") },
  { GBX_CATEGORY_SETTINGS, N_ ("Settings") },
  { GBX_CATEGORY_OTHER, N_ ("Other") },
};

struct _GbxCategoryList
{
  GtkListBox parent_instance;

  GtkListBoxRow *rows[G_N_ELEMENTS (rows)];
  GtkLabel *counts[G_N_ELEMENTS (rows)];
  guint selected; /* index */
};

G_DEFINE_FINAL_TYPE (GbxCategoryList, gbx_category_list, GTK_TYPE_LIST_BOX)

enum
{
  CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
gbx_category_list_row_selected (GtkListBox *box, GtkListBoxRow *row)
{
  GbxCategoryList *self = GBX_CATEGORY_LIST (box);
  guint index = row ? (guint)gtk_list_box_row_get_index (row) : self->selected;

  if (index == self->selected)
    return;
  self->selected = index;
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
gbx_category_list_class_init (GbxCategoryListClass *klass)
{
  GTK_LIST_BOX_CLASS (klass)->row_selected = gbx_category_list_row_selected;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static GtkWidget *
make_title (const char *text)
{
  GtkWidget *title = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_ellipsize (GTK_LABEL (title), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (title, TRUE);
  return title;
}

static void
add_row (GbxCategoryList *self, guint i)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *count = gtk_label_new (NULL);
  GtkWidget *row = gtk_list_box_row_new ();

  gtk_style_context_add_class (gtk_widget_get_style_context (count), "dim-label");
  gtk_style_context_add_class (gtk_widget_get_style_context (count), "gbx-numeric");
  gtk_style_context_add_class (gtk_widget_get_style_context (row), "gbx-category");
  gtk_container_add (GTK_CONTAINER (box), make_title (_ (rows[i].title)));
  gtk_container_add (GTK_CONTAINER (box), count);
  gtk_container_add (GTK_CONTAINER (row), box);
  gtk_widget_show_all (row);
  gtk_widget_set_visible (row, rows[i].category == 0);
  gtk_container_add (GTK_CONTAINER (self), row);
  self->rows[i] = GTK_LIST_BOX_ROW (row);
  self->counts[i] = GTK_LABEL (count);
}

static void
gbx_category_list_init (GbxCategoryList *self)
{
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self), GTK_SELECTION_BROWSE);
  gtk_style_context_add_class (gtk_widget_get_style_context (GTK_WIDGET (self)),
                               "navigation-sidebar");
  atk_object_set_name (gtk_widget_get_accessible (GTK_WIDGET (self)), _ ("Categories"));
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    add_row (self, i);
  gbx_category_list_select_all (self);
}

GtkWidget *
gbx_category_list_new (void)
{
  return g_object_new (GBX_TYPE_CATEGORY_LIST, NULL);
}

static guint
count (GPtrArray *applications, guint category)
{
  guint n = 0;

  if (category == 0)
    return applications->len;
  for (guint i = 0; i < applications->len; i++)
    n += (gbx_application_get_categories (applications->pdata[i]) & category) != 0;
  return n;
}

static void
show_count (GbxCategoryList *self, guint i, guint n)
{
  g_autofree char *text = g_strdup_printf ("%u", n);
  g_autofree char *told
      = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u application", "%u applications", n), n);

  gtk_label_set_text (self->counts[i], text);
  atk_object_set_name (gtk_widget_get_accessible (GTK_WIDGET (self->rows[i])), _ (rows[i].title));
  atk_object_set_description (gtk_widget_get_accessible (GTK_WIDGET (self->rows[i])), told);
  gtk_widget_set_visible (GTK_WIDGET (self->rows[i]), n > 0 || i == 0);
}

void
gbx_category_list_set_applications (GbxCategoryList *self, GPtrArray *applications)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    show_count (self, i, count (applications, rows[i].category));
  if (!gtk_widget_get_visible (GTK_WIDGET (self->rows[self->selected])))
    gbx_category_list_select_all (self);
}

guint
gbx_category_list_get (GbxCategoryList *self)
{
  return rows[self->selected].category;
}

const char *
gbx_category_list_get_title (GbxCategoryList *self)
{
  return _ (rows[self->selected].title);
}

void
gbx_category_list_select_all (GbxCategoryList *self)
{
  gtk_list_box_select_row (GTK_LIST_BOX (self), self->rows[0]);
}
