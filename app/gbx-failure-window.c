/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-failure-window"
#include "config.h"

#include "gbx-failure-window.h"

#include "gbx-close-key.h"

#include <glib/gi18n.h>

struct _GbxFailureWindow
{
  HdyWindow parent_instance;

  GtkLabel *heading;       /* template */
  GtkLabel *body;          /* template */
  GtkWidget *close_button; /* template */
};

G_DEFINE_FINAL_TYPE (GbxFailureWindow, gbx_failure_window, HDY_TYPE_WINDOW)

static void
on_copy_clicked (GbxFailureWindow *self)
{
  gtk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self), GDK_SELECTION_CLIPBOARD),
                          gtk_label_get_text (self->body), -1);
}

static void
gbx_failure_window_class_init (GbxFailureWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (HDY_TYPE_HEADER_BAR);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/glovebox/Glovebox/ui/gbx-failure-window.ui");
  gtk_widget_class_bind_template_child (widget_class, GbxFailureWindow, heading);
  gtk_widget_class_bind_template_child (widget_class, GbxFailureWindow, body);
  gtk_widget_class_bind_template_child (widget_class, GbxFailureWindow, close_button);
  gtk_widget_class_bind_template_callback (widget_class, on_copy_clicked);
  gtk_widget_class_bind_template_callback (widget_class, gtk_window_close);
  gbx_close_key_bind (widget_class);
}

static void
gbx_failure_window_init (GbxFailureWindow *self)
{
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  /* A hyphen at the end of a line would look like a part of a path or an option. */
  pango_attr_list_insert (attributes, pango_attr_insert_hyphens_new (FALSE));
  gtk_label_set_attributes (self->body, attributes);
  gtk_widget_grab_default (self->close_button);
  gtk_widget_grab_focus (self->close_button);
}

GtkWidget *
gbx_failure_window_new (GtkApplication *application, const char *name, const char *message)
{
  GbxFailureWindow *self
      = g_object_new (GBX_TYPE_FAILURE_WINDOW, "application", application, NULL);
  g_autofree char *valid = g_utf8_make_valid (message, -1);
  g_autofree char *heading = name ? g_strdup_printf (_ ("%s could not be started"), name)
                                  : g_strdup (_ ("The application could not be started"));

  gtk_label_set_text (self->heading, heading);
  gtk_label_set_text (self->body, valid);
  return GTK_WIDGET (self);
}
