/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-name-dialog.h"

#include "gbx-home-keep.h"

#include <glib/gi18n.h>

struct _GbxNameDialog
{
  GtkDialog parent_instance;

  GtkEntry *entry; /* template */
  GtkLabel *hint;  /* template */
};

enum
{
  CHOSEN,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GbxNameDialog, gbx_name_dialog, GTK_TYPE_DIALOG)

static void
on_changed (GbxNameDialog *self)
{
  g_autoptr (GError) error = NULL;
  gboolean valid = gbx_home_keep_check_name (gtk_entry_get_text (self->entry), &error);

  gtk_label_set_text (self->hint, valid ? _ ("Later runs can use it by this name.")
                                        : error->message);
  gtk_dialog_set_response_sensitive (GTK_DIALOG (self), GTK_RESPONSE_ACCEPT, valid);
}

static void
gbx_name_dialog_response (GtkDialog *dialog, int response)
{
  GbxNameDialog *self = GBX_NAME_DIALOG (dialog);

  if (response == GTK_RESPONSE_ACCEPT)
    g_signal_emit (self, signals[CHOSEN], 0, gtk_entry_get_text (self->entry));
  gtk_widget_destroy (GTK_WIDGET (self));
}

static void
gbx_name_dialog_class_init (GbxNameDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  GTK_DIALOG_CLASS (klass)->response = gbx_name_dialog_response;
  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/glovebox/Glovebox/ui/gbx-name-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, GbxNameDialog, entry);
  gtk_widget_class_bind_template_child (widget_class, GbxNameDialog, hint);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
}

static void
gbx_name_dialog_init (GbxNameDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
gbx_name_dialog_new (GtkWindow *parent, const char *name)
{
  GbxNameDialog *self
      = g_object_new (GBX_TYPE_NAME_DIALOG, "use-header-bar", FALSE, "transient-for", parent, NULL);

  gtk_entry_set_text (self->entry, name);
  on_changed (self);
  return GTK_WIDGET (self);
}
