/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-stop-dialog.h"

#include <glib/gi18n.h>

struct _GbxStopDialog
{
  GtkMessageDialog parent_instance;

  GtkButton *keep_button; /* template */
  GtkButton *stop_button; /* template */
};

G_DEFINE_FINAL_TYPE (GbxStopDialog, gbx_stop_dialog, GTK_TYPE_MESSAGE_DIALOG)

static void
gbx_stop_dialog_class_init (GbxStopDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/glovebox/Glovebox/ui/gbx-stop-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, GbxStopDialog, keep_button);
  gtk_widget_class_bind_template_child (widget_class, GbxStopDialog, stop_button);
}

static void
gbx_stop_dialog_init (GbxStopDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  /* Without this the text touches a title that the window manager draws. */
  gtk_widget_set_margin_top (gtk_message_dialog_get_message_area (GTK_MESSAGE_DIALOG (self)), 12);
}

GtkWidget *
gbx_stop_dialog_new (GtkWindow *parent, const char *title, gboolean restart, gboolean asks)
{
  GbxStopDialog *self = g_object_new (GBX_TYPE_STOP_DIALOG, "transient-for", parent, NULL);
  g_autofree char *question = g_strdup_printf (restart ? _ ("Restart %s?") : _ ("Stop %s?"), title);

  g_object_set (self, "text", question, NULL);
  if (asks)
    g_object_set (self, "secondary-text",
                  _ ("What the application has not saved is lost. You are asked before files that it "
                     "has saved in the sandbox are thrown away."),
                  NULL);
  gtk_button_set_label (self->stop_button, restart ? _ ("_Restart") : _ ("_Stop"));
  gtk_widget_grab_focus (GTK_WIDGET (self->keep_button));
  return GTK_WIDGET (self);
}
