/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-quiet-page"
#include "config.h"

#include "gbx-quiet-page.h"

#include "gbx-command-text.h"
#include "gbx-log-view.h"
#include "gbx-page-icon.h"

#include <glib/gi18n.h>
#include <handy.h>

struct _GbxQuietPage
{
  GtkScrolledWindow parent_instance;

  GtkImage *icon;         /* template */
  GtkLabel *title;        /* template */
  GtkLabel *command;      /* template */
  GtkLabel *message;      /* template */
  GtkLabel *hint;         /* template */
  GtkLabel *elapsed;      /* template */
  GtkWidget *stop_button; /* template */
  GtkExpander *expander;  /* template */
  GbxLogView *output;     /* template */
  GbxSandbox *sandbox;
  gint64 since;     /* monotonic: the application runs */
  guint clock;      /* source, while mapped */
  gboolean has_output;
};

enum
{
  STOP,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GbxQuietPage, gbx_quiet_page, GTK_TYPE_SCROLLED_WINDOW)

static void
update_elapsed (GbxQuietPage *self)
{
  guint seconds = (guint)((g_get_monotonic_time () - self->since) / G_USEC_PER_SEC);
  guint hours = seconds / 3600;
  g_autofree char *time
      = hours ? g_strdup_printf ("%u:%02u:%02u", hours, seconds / 60 % 60, seconds % 60)
              : g_strdup_printf ("%u:%02u", seconds / 60, seconds % 60);
  /* Translators: %s is a time, such as 1:07. */
  g_autofree char *text = g_strdup_printf (_ ("Running for %s"), time);

  gtk_label_set_text (self->elapsed, text);
}

static void
update (GbxQuietPage *self)
{
  gboolean stopping = gbx_sandbox_get_state (self->sandbox) >= GBX_SANDBOX_STOPPING;
  gboolean drawn = gbx_sandbox_get_drawn (self->sandbox);

  if (gbx_sandbox_get_state (self->sandbox) == GBX_SANDBOX_RUNNING && !self->since)
    self->since = g_get_monotonic_time ();
  gtk_label_set_text (self->message, stopping ? gbx_sandbox_get_activity (self->sandbox)
                                     : drawn  ? _ ("Still running, without a window")
                                              : _ ("Running, no window yet"));
  gtk_label_set_text (self->hint,
                      drawn ? _ ("It may be about to quit, or have only an icon for a panel. A "
                                 "sandbox has no panel.")
                            : _ ("It may still be loading, or have only an icon for a panel. A "
                                 "sandbox has no panel."));
  gtk_widget_set_visible (GTK_WIDGET (self->hint), !stopping);
  gtk_widget_set_sensitive (self->stop_button, !stopping);
  update_elapsed (self);
}

/* The output opens when there is some for the first time; later it is the user's. */
static void
update_output (GbxQuietPage *self)
{
  gboolean has_output = !gbx_log_view_is_empty (self->output);

  gtk_expander_set_label (self->expander,
                          has_output ? _ ("_Output") : _ ("_Output: none so far"));
  if (has_output && !self->has_output)
    gtk_expander_set_expanded (self->expander, TRUE);
  self->has_output = has_output;
}

static gboolean
on_clock (gpointer data)
{
  update_elapsed (data);
  return G_SOURCE_CONTINUE;
}

static void
on_stop_clicked (GbxQuietPage *self)
{
  g_signal_emit (self, signals[STOP], 0);
}

static void
gbx_quiet_page_map (GtkWidget *widget)
{
  GbxQuietPage *self = GBX_QUIET_PAGE (widget);

  GTK_WIDGET_CLASS (gbx_quiet_page_parent_class)->map (widget);
  if (!self->sandbox)
    return;
  update (self);
  if (!self->clock)
    self->clock = g_timeout_add (500, on_clock, self);
}

static void
gbx_quiet_page_unmap (GtkWidget *widget)
{
  GbxQuietPage *self = GBX_QUIET_PAGE (widget);

  g_clear_handle_id (&self->clock, g_source_remove);
  GTK_WIDGET_CLASS (gbx_quiet_page_parent_class)->unmap (widget);
}

static void
gbx_quiet_page_dispose (GObject *object)
{
  GbxQuietPage *self = GBX_QUIET_PAGE (object);

  g_clear_handle_id (&self->clock, g_source_remove);
  g_clear_object (&self->sandbox);
  G_OBJECT_CLASS (gbx_quiet_page_parent_class)->dispose (object);
}

static void
gbx_quiet_page_class_init (GbxQuietPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gbx_quiet_page_dispose;
  widget_class->map = gbx_quiet_page_map;
  widget_class->unmap = gbx_quiet_page_unmap;
  signals[STOP] = g_signal_new ("stop", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 0);
  g_type_ensure (GBX_TYPE_LOG_VIEW);
  g_type_ensure (HDY_TYPE_CLAMP);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/glovebox/Glovebox/ui/gbx-quiet-page.ui");
  gtk_widget_class_bind_template_child (widget_class, GbxQuietPage, icon);
  gtk_widget_class_bind_template_child (widget_class, GbxQuietPage, title);
  gtk_widget_class_bind_template_child (widget_class, GbxQuietPage, command);
  gtk_widget_class_bind_template_child (widget_class, GbxQuietPage, message);
  gtk_widget_class_bind_template_child (widget_class, GbxQuietPage, hint);
  gtk_widget_class_bind_template_child (widget_class, GbxQuietPage, elapsed);
  gtk_widget_class_bind_template_child (widget_class, GbxQuietPage, stop_button);
  gtk_widget_class_bind_template_child (widget_class, GbxQuietPage, expander);
  gtk_widget_class_bind_template_child (widget_class, GbxQuietPage, output);
  gtk_widget_class_bind_template_callback (widget_class, on_stop_clicked);
}

static void
gbx_quiet_page_init (GbxQuietPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (self->output, "changed", G_CALLBACK (update_output), self,
                           G_CONNECT_SWAPPED);
}

GtkWidget *
gbx_quiet_page_new (void)
{
  return g_object_new (GBX_TYPE_QUIET_PAGE, NULL);
}

void
gbx_quiet_page_set_sandbox (GbxQuietPage *self, GbxSandbox *sandbox)
{
  GbxPolicy *policy = gbx_sandbox_get_policy (sandbox);
  g_autofree char *command = gbx_command_text (policy);

  if (self->sandbox)
    g_signal_handlers_disconnect_by_data (self->sandbox, self);
  g_set_object (&self->sandbox, sandbox);
  g_object_connect (sandbox, "swapped-object-signal::notify::state", update, self,
                    "swapped-object-signal::notify::activity", update, self,
                    "swapped-object-signal::notify::drawn", update, self, NULL);
  self->since = 0;
  self->has_output = FALSE;
  gbx_page_icon_show (self->icon, gbx_policy_get_icon_name (policy));
  gtk_label_set_text (self->title, gbx_policy_get_title (policy));
  gtk_label_set_text (self->command, command);
  gtk_expander_set_expanded (self->expander, FALSE);
  gbx_log_view_set_sandbox (self->output, sandbox);
  update_output (self);
  update (self);
}

void
gbx_quiet_page_set_title (GbxQuietPage *self, const char *title)
{
  gtk_label_set_text (self->title, title);
}

void
gbx_quiet_page_focus (GbxQuietPage *self)
{
  /* The user may just be typing: a key must not end anything. */
  gtk_widget_grab_focus (GTK_WIDGET (self->expander));
}
