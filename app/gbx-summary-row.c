/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-summary-row"
#include "config.h"

#include "gbx-summary-row.h"

#include <glib/gi18n.h>

static GtkWidget *
make_label (const char *text)
{
  GtkWidget *label = gtk_label_new (text);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  /* A hyphen at the end of a line would look like a part of a path. */
  pango_attr_list_insert (attributes, pango_attr_insert_hyphens_new (FALSE));
  gtk_label_set_attributes (GTK_LABEL (label), attributes);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_line_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_line_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  return label;
}

GtkWidget *
gbx_summary_row_new (const char *icon_name, const char *text, const char *detail)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget *image = gtk_image_new_from_icon_name (icon_name, GTK_ICON_SIZE_BUTTON);
  g_autofree char *name = g_strjoin (". ", text, detail, NULL);

  gtk_widget_set_valign (image, GTK_ALIGN_START);
  gtk_container_add (GTK_CONTAINER (texts), make_label (text));
  if (detail)
    {
      GtkWidget *label = make_label (detail);

      gtk_style_context_add_class (gtk_widget_get_style_context (label), "gbx-row-detail");
      gtk_container_add (GTK_CONTAINER (texts), label);
    }
  gtk_container_add (GTK_CONTAINER (box), image);
  gtk_container_add (GTK_CONTAINER (box), texts);
  gtk_container_add (GTK_CONTAINER (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_style_context_add_class (gtk_widget_get_style_context (row), "gbx-summary-row");
  atk_object_set_name (gtk_widget_get_accessible (row), name);
  gtk_widget_show_all (row);
  return row;
}

GtkWidget *
gbx_summary_row_new_for_line (const GbxSummaryLine *line)
{
  gboolean risky = line->severity == GBX_SEVERITY_RISKY;
  g_autofree char *text
      = risky ? g_strdup_printf (_ ("Risky: %s"), line->text) : g_strdup (line->text);
  GtkWidget *row
      = gbx_summary_row_new (risky ? "dialog-warning-symbolic" : line->icon_name, text, line->detail);
  static const char *const classes[] = {
    [GBX_SEVERITY_USUAL] = "gbx-usual",
    [GBX_SEVERITY_NOTABLE] = "gbx-notable",
    [GBX_SEVERITY_RISKY] = "gbx-risky",
  };

  gtk_style_context_add_class (gtk_widget_get_style_context (row), classes[line->severity]);
  return row;
}

GtkWidget *
gbx_summary_row_new_for_difference (const GbxDifference *difference)
{
  gboolean wider = difference->change == GBX_CHANGE_WIDER;
  /* Translators: a setting, its old and its new value. */
  g_autofree char *text = g_strdup_printf (_ ("%s: %s → %s"), difference->label, difference->from,
                                           difference->to);
  const char *detail = wider                                        ? _ ("It allows more")
                       : difference->change == GBX_CHANGE_NARROWER ? _ ("It allows less")
                                                                    : NULL;
  GtkWidget *row = gbx_summary_row_new (wider ? "go-up-symbolic" : detail ? "go-down-symbolic"
                                                                         : "object-flip-horizontal-symbolic",
                                       text, detail);

  if (wider)
    gtk_style_context_add_class (gtk_widget_get_style_context (row), "gbx-notable");
  return row;
}
