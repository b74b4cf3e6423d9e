/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-boot-page"
#include "config.h"

#include "gbx-boot-page.h"

#include "gbx-identity.h"
#include "gbx-page-icon.h"

#include <glib/gi18n.h>

struct _GbxBootPage
{
  GtkBox parent_instance;

  GtkImage *icon;           /* template */
  GtkLabel *title;          /* template */
  GtkLabel *activity;       /* template */
  GtkProgressBar *progress; /* template */
  GtkLabel *elapsed;        /* template */
  GtkWidget *warning_box;   /* template */
  GtkLabel *warning;        /* template */
  GtkWidget *cancel_button; /* template */
  GbxSandbox *sandbox;
  guint clock; /* source, while mapped */
};

enum
{
  CANCEL,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GbxBootPage, gbx_boot_page, GTK_TYPE_BOX)

static void
update_elapsed (GbxBootPage *self)
{
  guint seconds = (guint)(gbx_sandbox_get_elapsed (self->sandbox) / G_USEC_PER_SEC);
  g_autofree char *text = g_strdup_printf ("%u:%02u", seconds / 60, seconds % 60);

  gtk_label_set_text (self->elapsed, text);
}

static char *
describe_activity (GbxSandbox *sandbox)
{
  const char *activity = gbx_sandbox_get_activity (sandbox);

  if (gbx_sandbox_get_state (sandbox) == GBX_SANDBOX_RUNNING)
    return g_strdup (_ ("Waiting for the application's window…"));
  return g_strdup_printf (_ ("%s…"), activity && *activity ? activity : _ ("Preparing"));
}

static void
update (GbxBootPage *self)
{
  gboolean stopping = gbx_sandbox_get_state (self->sandbox) >= GBX_SANDBOX_STOPPING;
  g_autofree char *activity = describe_activity (self->sandbox);

  gtk_label_set_text (self->activity, activity);
  gtk_progress_bar_set_fraction (self->progress, gbx_sandbox_get_fraction (self->sandbox));
  gtk_widget_set_sensitive (self->cancel_button, !stopping);
  update_elapsed (self);
}

static void
update_warning (GbxBootPage *self)
{
  g_autofree char *text = gbx_identity_warn (gbx_sandbox_get_notice (self->sandbox));

  gtk_label_set_text (self->warning, text);
  gtk_widget_set_visible (self->warning_box, *text != '\0');
}

static gboolean
on_clock (gpointer data)
{
  update_elapsed (data);
  return G_SOURCE_CONTINUE;
}

static void
on_cancel_clicked (GbxBootPage *self)
{
  g_signal_emit (self, signals[CANCEL], 0);
}

static void
gbx_boot_page_map (GtkWidget *widget)
{
  GbxBootPage *self = GBX_BOOT_PAGE (widget);

  GTK_WIDGET_CLASS (gbx_boot_page_parent_class)->map (widget);
  if (self->sandbox && !self->clock)
    self->clock = g_timeout_add (500, on_clock, self);
}

static void
gbx_boot_page_unmap (GtkWidget *widget)
{
  GbxBootPage *self = GBX_BOOT_PAGE (widget);

  g_clear_handle_id (&self->clock, g_source_remove);
  GTK_WIDGET_CLASS (gbx_boot_page_parent_class)->unmap (widget);
}

static void
gbx_boot_page_dispose (GObject *object)
{
  GbxBootPage *self = GBX_BOOT_PAGE (object);

  g_clear_handle_id (&self->clock, g_source_remove);
  g_clear_object (&self->sandbox);
  G_OBJECT_CLASS (gbx_boot_page_parent_class)->dispose (object);
}

static void
gbx_boot_page_class_init (GbxBootPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gbx_boot_page_dispose;
  widget_class->map = gbx_boot_page_map;
  widget_class->unmap = gbx_boot_page_unmap;
  signals[CANCEL] = g_signal_new ("cancel", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/glovebox/Glovebox/ui/gbx-boot-page.ui");
  gtk_widget_class_bind_template_child (widget_class, GbxBootPage, icon);
  gtk_widget_class_bind_template_child (widget_class, GbxBootPage, title);
  gtk_widget_class_bind_template_child (widget_class, GbxBootPage, activity);
  gtk_widget_class_bind_template_child (widget_class, GbxBootPage, progress);
  gtk_widget_class_bind_template_child (widget_class, GbxBootPage, elapsed);
  gtk_widget_class_bind_template_child (widget_class, GbxBootPage, warning_box);
  gtk_widget_class_bind_template_child (widget_class, GbxBootPage, warning);
  gtk_widget_class_bind_template_child (widget_class, GbxBootPage, cancel_button);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel_clicked);
}

static void
gbx_boot_page_init (GbxBootPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
gbx_boot_page_new (void)
{
  return g_object_new (GBX_TYPE_BOOT_PAGE, NULL);
}

void
gbx_boot_page_set_sandbox (GbxBootPage *self, GbxSandbox *sandbox)
{
  GbxPolicy *policy = gbx_sandbox_get_policy (sandbox);

  if (self->sandbox)
    g_signal_handlers_disconnect_by_data (self->sandbox, self);
  g_set_object (&self->sandbox, sandbox);
  g_object_connect (sandbox, "swapped-object-signal::notify::activity", update, self,
                    "swapped-object-signal::notify::fraction", update, self,
                    "swapped-object-signal::notify::state", update, self,
                    "swapped-object-signal::notify::notice", update_warning, self, NULL);

  gbx_page_icon_show (self->icon, gbx_policy_get_icon_name (policy));
  gtk_label_set_text (self->title, gbx_policy_get_title (policy));
  update (self);
  update_warning (self);
  if (gtk_widget_get_mapped (GTK_WIDGET (self)) && !self->clock)
    self->clock = g_timeout_add (500, on_clock, self);
}

void
gbx_boot_page_focus (GbxBootPage *self)
{
  /* The user may just be typing: a key must not press Cancel. */
  gtk_widget_grab_focus (GTK_WIDGET (self->progress));
}
