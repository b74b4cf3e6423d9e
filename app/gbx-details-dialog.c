/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-details-dialog"
#include "config.h"

#include "gbx-details-dialog.h"

#include "gbx-close-key.h"
#include "gbx-command-text.h"
#include "gbx-identity.h"
#include "gbx-log-view.h"

#include <glib/gi18n.h>

struct _GbxDetailsDialog
{
  HdyWindow parent_instance;

  GtkGrid *grid;        /* template */
  GbxLogView *log_view; /* template */
  int n_rows;
};

G_DEFINE_FINAL_TYPE (GbxDetailsDialog, gbx_details_dialog, HDY_TYPE_WINDOW)

static void
add_row (GbxDetailsDialog *self, const char *name, const char *value)
{
  GtkWidget *left = gtk_label_new (name);
  GtkWidget *right = gtk_label_new (value);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  /* A hyphen at the end of a line would look like a part of a path or an option. */
  pango_attr_list_insert (attributes, pango_attr_insert_hyphens_new (FALSE));
  gtk_label_set_attributes (GTK_LABEL (right), attributes);
  gtk_label_set_xalign (GTK_LABEL (left), 1);
  gtk_label_set_yalign (GTK_LABEL (left), 0);
  gtk_style_context_add_class (gtk_widget_get_style_context (left), "dim-label");
  gtk_label_set_xalign (GTK_LABEL (right), 0);
  gtk_label_set_line_wrap (GTK_LABEL (right), TRUE);
  gtk_label_set_line_wrap_mode (GTK_LABEL (right), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (right), TRUE);
  gtk_widget_set_can_focus (right, FALSE);
  gtk_widget_set_hexpand (right, TRUE);
  gtk_grid_attach (self->grid, left, 0, self->n_rows, 1, 1);
  gtk_grid_attach (self->grid, right, 1, self->n_rows, 1, 1);
  self->n_rows++;
}

static char *
display_resources (GbxPolicy *policy, GbxAccelerator accelerator)
{
  g_autofree char *memory
      = g_format_size_full (gbx_policy_get_memory (policy), G_FORMAT_SIZE_IEC_UNITS);
  guint cpus = gbx_policy_get_cpus_with (policy, accelerator);

  return g_strdup_printf (
      ngettext ("%s of memory, %u processor", "%s of memory, %u processors", cpus), memory, cpus);
}

static void
fill (GbxDetailsDialog *self, GbxSandbox *sandbox)
{
  GbxPolicy *policy = gbx_sandbox_get_policy (sandbox);
  GbxAccelerator accelerator = gbx_sandbox_get_accelerator (sandbox);
  g_autofree char *identity
      = gbx_identity_describe (gbx_sandbox_get_name (sandbox), policy, accelerator);
  g_autofree char *explanation = gbx_identity_explain (policy, accelerator);
  g_autofree char *command = gbx_command_text (policy);
  g_autofree char *resources = display_resources (policy, accelerator);
  const char *notice = gbx_sandbox_get_notice (sandbox);

  add_row (self, _ ("Identity"), identity);
  add_row (self, _ ("Command"), command);
  add_row (self, _ ("Resources"), resources);
  add_row (self, _ ("Protection"), explanation);
  if (notice)
    add_row (self, _ ("Notice"), notice);
  gtk_widget_show_all (GTK_WIDGET (self->grid));
}

static void
gbx_details_dialog_class_init (GbxDetailsDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (GBX_TYPE_LOG_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/glovebox/Glovebox/ui/gbx-details-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, GbxDetailsDialog, grid);
  gtk_widget_class_bind_template_child (widget_class, GbxDetailsDialog, log_view);
  gbx_close_key_bind (widget_class);
}

static void
gbx_details_dialog_init (GbxDetailsDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
gbx_details_dialog_new (GtkWindow *parent, GbxSandbox *sandbox)
{
  GbxDetailsDialog *self = g_object_new (GBX_TYPE_DETAILS_DIALOG, "transient-for", parent,
                                         "destroy-with-parent", TRUE, NULL);

  fill (self, sandbox);
  gbx_log_view_set_sandbox (self->log_view, sandbox);
  return GTK_WIDGET (self);
}
