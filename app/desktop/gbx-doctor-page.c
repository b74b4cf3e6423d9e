/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-doctor-page"
#include "config.h"

#include "gbx-doctor-page.h"

#include "gbx-doctor-row.h"

#include <glib/gi18n.h>

struct _GbxDoctorPage
{
  GtkScrolledWindow parent_instance;

  GtkStack *sign;          /* template */
  GtkImage *icon;          /* template */
  GtkSpinner *spinner;     /* template */
  GtkLabel *title;         /* template */
  GtkLabel *body;          /* template */
  GtkWidget *again_button; /* template */
  GtkWidget *done_button;  /* template */
  GtkWidget *frame;        /* template */
  GtkListBox *rows;        /* template */

  GbxDoctor *(*make) (void);
  GbxDoctor *doctor;         /* (nullable): of the last run */
  GCancellable *cancellable; /* (nullable): of a run under way */
};

enum
{
  FINISHED,
  DISMISSED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GbxDoctorPage, gbx_doctor_page, GTK_TYPE_SCROLLED_WINDOW)

/* -------------------------------------------------------------- showing -- */

static void
say (GbxDoctorPage *self, const char *icon, const char *title, const char *body)
{
  gtk_image_set_from_icon_name (self->icon, icon, GTK_ICON_SIZE_DIALOG);
  gtk_stack_set_visible_child_name (self->sign, "icon");
  gtk_spinner_stop (self->spinner);
  gtk_label_set_text (self->title, title);
  gtk_label_set_text (self->body, body);
}

static void
say_running (GbxDoctorPage *self)
{
  gtk_stack_set_visible_child_name (self->sign, "spinner");
  gtk_spinner_start (self->spinner);
  gtk_label_set_text (self->title, _ ("Checking This Computer"));
  gtk_label_set_text (self->body, _ ("Glovebox looks for everything that a sandbox needs. At the "
                                     "end it starts one."));
}

static GbxCheckResult
find_worst (GPtrArray *checks, guint *count)
{
  GbxCheckResult worst = GBX_CHECK_OK;

  *count = 0;
  for (guint i = 0; i < checks->len; i++)
    worst = MAX (worst, ((GbxCheck *)checks->pdata[i])->result);
  for (guint i = 0; i < checks->len; i++)
    *count += ((GbxCheck *)checks->pdata[i])->result == worst;
  return worst;
}

static void
say_result (GbxDoctorPage *self, GbxCheckResult worst, guint count)
{
  g_autofree char *body = NULL;

  if (worst == GBX_CHECK_OK)
    say (self, "emblem-ok-symbolic", _ ("Everything Is Ready"),
         _ ("This computer has all that a sandbox needs."));
  else if (worst == GBX_CHECK_WARNING)
    {
      body = g_strdup_printf (ngettext ("Sandboxes work. %u thing could be better.",
                                        "Sandboxes work. %u things could be better.", count),
                              count);
      say (self, "dialog-warning-symbolic", _ ("Ready, With Limits"), body);
    }
  else
    {
      body = g_strdup_printf (
          ngettext ("%u thing has to be fixed first. Then check again.",
                    "%u things have to be fixed first. Then check again.", count),
          count);
      say (self, "dialog-error-symbolic", _ ("Sandboxes Cannot Start Yet"), body);
    }
  gtk_widget_set_visible (self->done_button, worst != GBX_CHECK_PROBLEM);
}

/* What needs the user comes first, else the order of the checks. */
static int
compare_rows (GtkListBoxRow *one, GtkListBoxRow *other, gpointer data)
{
  return (int)gbx_doctor_row_get_result (GBX_DOCTOR_ROW (other))
         - (int)gbx_doctor_row_get_result (GBX_DOCTOR_ROW (one));
}

static void
add_separator (GtkListBoxRow *row, GtkListBoxRow *before, gpointer data)
{
  if (before && !gtk_list_box_row_get_header (row))
    gtk_list_box_row_set_header (row, gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  else if (!before)
    gtk_list_box_row_set_header (row, NULL);
}

static void
on_checked (GbxDoctorPage *self, const GbxCheck *check)
{
  GtkWidget *row = gbx_doctor_row_new (check);

  g_signal_connect_object (row, "mended", G_CALLBACK (gbx_doctor_page_check), self,
                           G_CONNECT_SWAPPED);
  gtk_widget_show (row);
  gtk_widget_show (self->frame);
  gtk_container_add (GTK_CONTAINER (self->rows), row);
}

/* -------------------------------------------------------------- running -- */

static void
run_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GbxDoctor *doctor = GBX_DOCTOR (source);
  g_autoptr (GbxDoctorPage) self = user_data;
  gboolean done = gbx_doctor_run_finish (doctor, result, NULL);
  GbxCheckResult worst;
  guint count;

  /* Cancelled: another run has taken its place, or the page is gone. */
  if (!done || doctor != self->doctor)
    return;
  g_clear_object (&self->cancellable);
  gtk_widget_set_sensitive (self->again_button, TRUE);
  worst = find_worst (gbx_doctor_get_checks (doctor), &count);
  say_result (self, worst, count);
  /* Who looks at the page later wants to see all of it. */
  if (worst == GBX_CHECK_OK && !gtk_widget_get_mapped (GTK_WIDGET (self)))
    g_clear_object (&self->doctor);
  g_signal_emit (self, signals[FINISHED], 0, worst);
}

static void
stop (GbxDoctorPage *self)
{
  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->doctor)
    g_signal_handlers_disconnect_by_data (self->doctor, self);
  g_clear_object (&self->doctor);
}

static void
run (GbxDoctorPage *self, GbxDoctor *doctor)
{
  stop (self);
  gtk_container_foreach (GTK_CONTAINER (self->rows), (GtkCallback)gtk_widget_destroy, NULL);
  gtk_widget_hide (self->frame);
  gtk_widget_hide (self->done_button);
  gtk_widget_set_sensitive (self->again_button, FALSE);
  say_running (self);
  self->doctor = doctor;
  self->cancellable = g_cancellable_new ();
  g_signal_connect_swapped (doctor, "checked", G_CALLBACK (on_checked), self);
  gbx_doctor_run_async (doctor, self->cancellable, run_cb, g_object_ref (self));
}

static void
on_done_clicked (GbxDoctorPage *self)
{
  g_signal_emit (self, signals[DISMISSED], 0);
}

/* --------------------------------------------------------------- object -- */

static void
gbx_doctor_page_map (GtkWidget *widget)
{
  GbxDoctorPage *self = GBX_DOCTOR_PAGE (widget);

  GTK_WIDGET_CLASS (gbx_doctor_page_parent_class)->map (widget);
  if (!self->doctor)
    gbx_doctor_page_check (self);
}

static void
gbx_doctor_page_destroy (GtkWidget *widget)
{
  stop (GBX_DOCTOR_PAGE (widget));
  GTK_WIDGET_CLASS (gbx_doctor_page_parent_class)->destroy (widget);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, GbxDoctorPage, sign);
  gtk_widget_class_bind_template_child (widget_class, GbxDoctorPage, icon);
  gtk_widget_class_bind_template_child (widget_class, GbxDoctorPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, GbxDoctorPage, title);
  gtk_widget_class_bind_template_child (widget_class, GbxDoctorPage, body);
  gtk_widget_class_bind_template_child (widget_class, GbxDoctorPage, again_button);
  gtk_widget_class_bind_template_child (widget_class, GbxDoctorPage, done_button);
  gtk_widget_class_bind_template_child (widget_class, GbxDoctorPage, frame);
  gtk_widget_class_bind_template_child (widget_class, GbxDoctorPage, rows);
  gtk_widget_class_bind_template_callback (widget_class, gbx_doctor_page_check);
  gtk_widget_class_bind_template_callback (widget_class, on_done_clicked);
}

static void
gbx_doctor_page_class_init (GbxDoctorPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->map = gbx_doctor_page_map;
  widget_class->destroy = gbx_doctor_page_destroy;
  signals[FINISHED] = g_signal_new ("finished", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                    NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[DISMISSED] = g_signal_new ("dismissed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                     NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/glovebox/Glovebox/ui/gbx-doctor-page.ui");
  bind_children (widget_class);
}

static void
gbx_doctor_page_init (GbxDoctorPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_list_box_set_sort_func (self->rows, compare_rows, NULL, NULL);
  gtk_list_box_set_header_func (self->rows, add_separator, NULL, NULL);
}

GtkWidget *
gbx_doctor_page_new_with (GbxDoctor *(*make) (void))
{
  GbxDoctorPage *self = g_object_new (GBX_TYPE_DOCTOR_PAGE, NULL);

  self->make = make;
  return GTK_WIDGET (self);
}

GtkWidget *
gbx_doctor_page_new (void)
{
  return gbx_doctor_page_new_with (gbx_doctor_new);
}

void
gbx_doctor_page_check (GbxDoctorPage *self)
{
  run (self, self->make ());
}

void
gbx_doctor_page_check_quickly (GbxDoctorPage *self)
{
  run (self, gbx_doctor_new_quick ());
}
