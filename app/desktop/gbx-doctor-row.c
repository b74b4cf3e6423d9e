/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-doctor-row"
#include "config.h"

#include "gbx-doctor-row.h"

#include <glib/gi18n.h>

struct _GbxDoctorRow
{
  GtkListBoxRow parent_instance;

  GtkImage *icon;         /* template */
  GtkLabel *title;        /* template */
  GtkLabel *explanation;  /* template */
  GtkWidget *remedy;      /* template */
  GtkLabel *command;      /* template */
  GtkButton *copy_button; /* template */
  GtkWidget *mend_button; /* template */
  GbxCheck *check;
  GCancellable *cancellable;
};

enum
{
  MENDED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GbxDoctorRow, gbx_doctor_row, GTK_TYPE_LIST_BOX_ROW)

static const struct
{
  const char *icon, *class, *name;
} looks[] = {
  [GBX_CHECK_OK] = { "emblem-ok-symbolic", "gbx-fine", N_ ("In order") },
  [GBX_CHECK_WARNING] = { "dialog-warning-symbolic", "gbx-warning", N_ ("Warning") },
  [GBX_CHECK_PROBLEM] = { "dialog-error-symbolic", "gbx-error", N_ ("Problem") },
};

static void
on_copy_clicked (GbxDoctorRow *self)
{
  gtk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self), GDK_SELECTION_CLIPBOARD),
                          self->check->command, -1);
  gtk_button_set_label (self->copy_button, _ ("Copied"));
}

static void
mend_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GbxDoctorRow *self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean done = gbx_check_mend_finish (result, &error);

  if (g_cancellable_is_cancelled (self->cancellable))
    done = FALSE; /* The row is gone. */
  else if (!done)
    {
      gtk_label_set_text (self->explanation, error->message);
      gtk_widget_set_sensitive (self->mend_button, TRUE);
    }
  if (done)
    g_signal_emit (self, signals[MENDED], 0);
  g_object_unref (self);
}

static void
on_mend_clicked (GbxDoctorRow *self)
{
  gtk_widget_set_sensitive (self->mend_button, FALSE);
  gbx_check_mend_async (self->check, self->cancellable, mend_cb, g_object_ref (self));
}

static void
gbx_doctor_row_destroy (GtkWidget *widget)
{
  g_cancellable_cancel (GBX_DOCTOR_ROW (widget)->cancellable);
  GTK_WIDGET_CLASS (gbx_doctor_row_parent_class)->destroy (widget);
}

static void
gbx_doctor_row_finalize (GObject *object)
{
  GbxDoctorRow *self = GBX_DOCTOR_ROW (object);

  g_clear_pointer (&self->check, gbx_check_free);
  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (gbx_doctor_row_parent_class)->finalize (object);
}

static void
gbx_doctor_row_class_init (GbxDoctorRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = gbx_doctor_row_finalize;
  widget_class->destroy = gbx_doctor_row_destroy;
  signals[MENDED] = g_signal_new ("mended", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/glovebox/Glovebox/ui/gbx-doctor-row.ui");
  gtk_widget_class_bind_template_child (widget_class, GbxDoctorRow, icon);
  gtk_widget_class_bind_template_child (widget_class, GbxDoctorRow, title);
  gtk_widget_class_bind_template_child (widget_class, GbxDoctorRow, explanation);
  gtk_widget_class_bind_template_child (widget_class, GbxDoctorRow, remedy);
  gtk_widget_class_bind_template_child (widget_class, GbxDoctorRow, command);
  gtk_widget_class_bind_template_child (widget_class, GbxDoctorRow, copy_button);
  gtk_widget_class_bind_template_child (widget_class, GbxDoctorRow, mend_button);
  gtk_widget_class_bind_template_callback (widget_class, on_copy_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_mend_clicked);
}

static void
gbx_doctor_row_init (GbxDoctorRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->cancellable = g_cancellable_new ();
}

static void
show_check (GbxDoctorRow *self)
{
  const GbxCheck *check = self->check;
  gboolean can_mend = gbx_check_can_mend (check);
  const char *result = _ (looks[check->result].name);
  g_autofree char *spoken = g_strdup_printf ("%s: %s", check->title, result);

  gtk_image_set_from_icon_name (self->icon, looks[check->result].icon, GTK_ICON_SIZE_BUTTON);
  gtk_style_context_add_class (gtk_widget_get_style_context (GTK_WIDGET (self->icon)),
                               looks[check->result].class);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->icon), result);
  gtk_label_set_text (self->title, check->title);
  gtk_label_set_text (self->explanation, check->explanation);
  atk_object_set_name (gtk_widget_get_accessible (GTK_WIDGET (self)), spoken);
  gtk_widget_set_visible (self->remedy, check->command != NULL);
  if (!check->command)
    return;
  gtk_label_set_text (self->command, check->command);
  gtk_widget_set_visible (self->mend_button, can_mend);
  gtk_widget_set_visible (GTK_WIDGET (self->copy_button), !can_mend);
}

GtkWidget *
gbx_doctor_row_new (const GbxCheck *check)
{
  GbxDoctorRow *self = g_object_new (GBX_TYPE_DOCTOR_ROW, NULL);

  self->check = gbx_check_copy ((GbxCheck *)check);
  show_check (self);
  return GTK_WIDGET (self);
}

GbxCheckResult
gbx_doctor_row_get_result (GbxDoctorRow *self)
{
  return self->check->result;
}
