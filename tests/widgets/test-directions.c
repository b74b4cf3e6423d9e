/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "test-language.h"

#include <handy.h>
#include <string.h>

/* Each template of data/ui in a language that is written from right to left, has other letters and
 * longer words.  The templates are built from their files, without the code of their classes, so
 * that a new one is tested without a change here. */

#define FOLDER "/org/glovebox/Glovebox/ui"
/* A window has room on a screen of this width, in a language with long words. */
#define WIDTH_MAX 720

typedef struct
{
  const char *file;
  gboolean is_ours; /* we lay it out, and not GTK */
  guint n_labels;
  guint faults;
} Check;

static void
fault (Check *self, GtkWidget *widget, const char *what, const char *text)
{
  g_test_message ("%s: %s: %s: “%s”", self->file, G_OBJECT_TYPE_NAME (widget), what,
                  text ? text : "");
  self->faults++;
}

/* ---------------------------------------------------------------- texts -- */

/* Three letters in a row that are not part of a key's name. */
static gboolean
is_latin (const char *text)
{
  return g_regex_match_simple ("(?<![A-Za-z<])[A-Za-z]{3,}", text, 0, 0);
}

static void
check_text (Check *self, GtkWidget *widget, const char *property)
{
  g_autofree char *text = NULL;

  g_object_get (widget, property, &text, NULL);
  if (text && is_latin (text))
    fault (self, widget, "is not translated", text);
}

static void
check_texts (Check *self, GtkWidget *widget)
{
  static const char *const properties[]
      = { "label", "title", "subtitle", "tooltip-text", "placeholder-text", "description", "text" };

  for (guint i = 0; i < G_N_ELEMENTS (properties); i++)
    {
      GParamSpec *spec
          = g_object_class_find_property (G_OBJECT_GET_CLASS (widget), properties[i]);

      if (spec && spec->value_type == G_TYPE_STRING && (spec->flags & G_PARAM_READABLE))
        check_text (self, widget, properties[i]);
    }
}

/* --------------------------------------------------------------- places -- */

static void
check_label (Check *self, GtkLabel *label)
{
  GtkAllocation place;
  PangoRectangle drawn;

  self->n_labels++;
  if (!self->is_ours || !gtk_widget_get_mapped (GTK_WIDGET (label)) || !*gtk_label_get_text (label))
    return;
  gtk_widget_get_allocation (GTK_WIDGET (label), &place);
  pango_layout_get_pixel_extents (gtk_label_get_layout (label), NULL, &drawn);
  if (drawn.width > place.width + 1 || drawn.height > place.height + 1)
    fault (self, GTK_WIDGET (label), "is cut off", gtk_label_get_text (label));
  if (strchr (gtk_label_get_text (label), '%'))
    fault (self, GTK_WIDGET (label), "shows a format", gtk_label_get_text (label));
}

/* The first of a row is on the right. */
static void
check_row (Check *self, GtkBox *box)
{
  g_autoptr (GList) children = gtk_container_get_children (GTK_CONTAINER (box));
  int last = G_MAXINT;

  for (GList *at = children; at; at = at->next)
    {
      GtkPackType packed;
      GtkAllocation place;

      gtk_container_child_get (GTK_CONTAINER (box), at->data, "pack-type", &packed, NULL);
      if (packed != GTK_PACK_START || !gtk_widget_get_mapped (at->data))
        continue;
      gtk_widget_get_allocation (at->data, &place);
      if (place.x > last)
        fault (self, at->data, "is in a row from left to right", NULL);
      last = place.x;
    }
}

static void
check_widget (GtkWidget *widget, gpointer data)
{
  Check *self = data;

  /* It shows keys, always in this order. */
  if (GTK_IS_SHORTCUT_LABEL (widget))
    return;
  check_texts (self, widget);
  if (gtk_widget_get_direction (widget) != GTK_TEXT_DIR_RTL)
    fault (self, widget, "has the other direction", NULL);
  if (GTK_IS_LABEL (widget))
    check_label (self, GTK_LABEL (widget));
  if (GTK_IS_BOX (widget)
      && gtk_orientable_get_orientation (GTK_ORIENTABLE (widget)) == GTK_ORIENTATION_HORIZONTAL)
    check_row (self, GTK_BOX (widget));
  if (GTK_IS_CONTAINER (widget))
    gtk_container_forall (GTK_CONTAINER (widget), check_widget, self);
}

/* ------------------------------------------------------------ templates -- */

/* The template as an object of its parent's class. */
static char *
read_template (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_resources_lookup_data (path, 0, &error);
  g_autoptr (GRegex) begin = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) parts = NULL;
  g_autofree char *joined = NULL;

  g_assert_no_error (error);
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  begin = g_regex_new ("<template class=\"\\w+\" parent=\"(\\w+)\">", 0, 0, NULL);
  joined = g_regex_replace (begin, text, -1, 0, "<object class=\"\\1\" id=\"the-template\">", 0,
                            &error);
  g_assert_no_error (error);
  parts = g_strsplit (joined, "</template>", -1);
  return g_strjoinv ("</object>", parts);
}

/* What opens by a click. */
static void
open_widget (GtkWidget *widget, gpointer data)
{
  if (GTK_IS_EXPANDER (widget))
    gtk_expander_set_expanded (GTK_EXPANDER (widget), TRUE);
  if (GTK_IS_CONTAINER (widget))
    gtk_container_forall (GTK_CONTAINER (widget), open_widget, NULL);
}

static void
show_and_check (GtkWidget *widget, const char *file)
{
  Check check = { .file = file, .is_ours = !GTK_IS_SHORTCUTS_WINDOW (widget) };
  GtkWidget *window = widget;
  int least;

  if (!GTK_IS_WINDOW (widget))
    {
      window = gtk_window_new (GTK_WINDOW_TOPLEVEL);
      gtk_container_add (GTK_CONTAINER (window), widget);
    }
  open_widget (window, NULL);
  gtk_widget_show_all (window);
  gtk_test_widget_wait_for_draw (window);
  check_widget (window, &check);
  gtk_widget_get_preferred_width (window, &least, NULL);
  g_test_message ("%s: %u labels, %d pixels", file, check.n_labels, least);
  g_assert_cmpuint (check.faults, ==, 0);
  g_assert_true (least <= WIDTH_MAX || !check.is_ours);
  if (window != widget)
    gtk_container_remove (GTK_CONTAINER (window), widget);
  gtk_widget_destroy (window);
}

static void
test_template (gconstpointer data)
{
  const char *file = data;
  g_autofree char *path = g_build_filename (FOLDER, file, NULL);
  g_autofree char *text = read_template (path);
  g_autoptr (GtkBuilder) builder = gtk_builder_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GSList) objects = NULL;
  GObject *template;

  gtk_builder_add_from_string (builder, text, -1, &error);
  g_assert_no_error (error);
  template = gtk_builder_get_object (builder, "the-template");
  objects = gtk_builder_get_objects (builder);
  /* A file without a template has a window. */
  for (GSList *at = objects; at && !template; at = at->next)
    if (GTK_IS_WINDOW (at->data))
      template = at->data;
  if (GTK_IS_WIDGET (template) && !GTK_IS_POPOVER (template) && !GTK_IS_MENU (template))
    show_and_check (GTK_WIDGET (template), file);
}

int
main (int argc, char **argv)
{
  g_auto (GStrv) files = NULL;

  gtk_test_init (&argc, &argv, NULL);
  hdy_init ();
  g_assert_true (use_test_language ());
  files = g_resources_enumerate_children (FOLDER, 0, NULL);
  g_assert_nonnull (files);
  for (guint i = 0; files[i]; i++)
    if (g_str_has_suffix (files[i], ".ui"))
      {
        g_autofree char *path = g_strconcat ("/directions/", files[i], NULL);

        g_test_add_data_func_full (path, g_strdup (files[i]), test_template, g_free);
      }
  return g_test_run ();
}
