/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-launch-bar"
#include "config.h"

#include "gbx-launch-bar.h"

#include <glib/gi18n.h>

static GtkWidget *
make_label (const char *text, const char *style)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_line_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_line_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_lines (GTK_LABEL (label), 5);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  if (style)
    gtk_style_context_add_class (gtk_widget_get_style_context (label), style);
  return label;
}

static void
on_response (GtkInfoBar *bar, int response, gpointer data)
{
  gtk_widget_destroy (GTK_WIDGET (bar));
}

/* The button to close has an icon alone. */
static void
name_button (GtkWidget *widget, gpointer data)
{
  if (GTK_IS_BUTTON (widget) && !gtk_button_get_label (GTK_BUTTON (widget)))
    atk_object_set_name (gtk_widget_get_accessible (widget), _ ("Close"));
  else if (GTK_IS_CONTAINER (widget) && !GTK_IS_BUTTON (widget))
    gtk_container_forall (GTK_CONTAINER (widget), name_button, NULL);
}

GtkWidget *
gbx_launch_bar_new (const char *heading, const char *sentence, const char *again)
{
  GtkWidget *bar = gtk_info_bar_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);

  gtk_info_bar_set_message_type (GTK_INFO_BAR (bar), GTK_MESSAGE_ERROR);
  gtk_info_bar_set_show_close_button (GTK_INFO_BAR (bar), TRUE);
  gtk_widget_set_hexpand (box, TRUE);
  gtk_container_add (GTK_CONTAINER (box), make_label (heading, "heading"));
  gtk_container_add (GTK_CONTAINER (box), make_label (sentence, NULL));
  gtk_container_add (GTK_CONTAINER (gtk_info_bar_get_content_area (GTK_INFO_BAR (bar))), box);
  if (again)
    gtk_info_bar_add_button (GTK_INFO_BAR (bar), again, GTK_RESPONSE_ACCEPT);
  g_signal_connect_after (bar, "response", G_CALLBACK (on_response), NULL);
  atk_object_set_name (gtk_widget_get_accessible (bar), heading);
  atk_object_set_description (gtk_widget_get_accessible (bar), sentence);
  gtk_widget_show_all (bar);
  name_button (bar, NULL);
  return bar;
}
