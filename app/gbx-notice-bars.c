/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-notice-bars"
#include "config.h"

#include "gbx-notice-bars.h"

#include <glib/gi18n.h>

#define MESSAGE_SECONDS 8
#define NARROW_WIDTH 520

struct _GbxNoticeBars
{
  GtkBox parent_instance;

  GtkInfoBar *message_bar;  /* template */
  GtkImage *message_icon;   /* template */
  GtkLabel *message;        /* template */
  GtkInfoBar *lost_bar;     /* template */
  GtkLabel *lost;           /* template */
  GtkInfoBar *trouble_bar;  /* template */
  GtkLabel *trouble;        /* template */
  GtkInfoBar *stopping_bar; /* template */
  GtkInfoBar *paused_bar;   /* template */
  guint message_timeout;
  guint narrow_source;
  gboolean narrow;
};

/* The responses of the template. */
enum
{
  TROUBLE_RESTART = 1,
  TROUBLE_STOP,
};

enum
{
  RECONNECT,
  RESTART,
  STOP,
  END_NOW,
  RESUME,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GbxNoticeBars, gbx_notice_bars, GTK_TYPE_BOX)

/* A bar that still slides away takes no click any more. */
static void
reveal (GtkInfoBar *bar, gboolean revealed)
{
  gtk_widget_set_sensitive (GTK_WIDGET (bar), revealed);
  gtk_info_bar_set_revealed (bar, revealed);
}

static void
on_dismissed (GtkInfoBar *bar)
{
  reveal (bar, FALSE);
}

static void
on_lost_response (GbxNoticeBars *self)
{
  reveal (self->lost_bar, FALSE);
  g_signal_emit (self, signals[RECONNECT], 0);
}

static void
on_trouble_response (GtkInfoBar *bar, int response, GbxNoticeBars *self)
{
  if (response == TROUBLE_RESTART)
    g_signal_emit (self, signals[RESTART], 0);
  else if (response == TROUBLE_STOP)
    g_signal_emit (self, signals[STOP], 0);
  else
    on_dismissed (bar);
}

static void
on_stopping_response (GbxNoticeBars *self)
{
  g_signal_emit (self, signals[END_NOW], 0);
}

static void
on_paused_response (GbxNoticeBars *self)
{
  g_signal_emit (self, signals[RESUME], 0);
}

static gboolean
on_message_timeout (gpointer data)
{
  GbxNoticeBars *self = data;

  self->message_timeout = 0;
  reveal (self->message_bar, FALSE);
  return G_SOURCE_REMOVE;
}

static void
set_orientation (GtkWidget *bar, gpointer narrow)
{
  GtkWidget *actions = gtk_info_bar_get_action_area (GTK_INFO_BAR (bar));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (actions), GPOINTER_TO_INT (narrow)
                                                                ? GTK_ORIENTATION_VERTICAL
                                                                : GTK_ORIENTATION_HORIZONTAL);
}

static gboolean
on_narrow (gpointer data)
{
  GbxNoticeBars *self = data;

  self->narrow_source = 0;
  gtk_container_foreach (GTK_CONTAINER (self), set_orientation, GINT_TO_POINTER (self->narrow));
  return G_SOURCE_REMOVE;
}

/* In a narrow window the buttons of a bar are below each other, and leave room for its text. */
static void
gbx_notice_bars_size_allocate (GtkWidget *widget, GtkAllocation *allocation)
{
  GbxNoticeBars *self = GBX_NOTICE_BARS (widget);
  gboolean narrow = allocation->width < NARROW_WIDTH;

  GTK_WIDGET_CLASS (gbx_notice_bars_parent_class)->size_allocate (widget, allocation);
  if (narrow == self->narrow)
    return;
  self->narrow = narrow;
  if (!self->narrow_source)
    self->narrow_source = g_idle_add (on_narrow, self);
}

static void
gbx_notice_bars_dispose (GObject *object)
{
  GbxNoticeBars *self = GBX_NOTICE_BARS (object);

  g_clear_handle_id (&self->message_timeout, g_source_remove);
  g_clear_handle_id (&self->narrow_source, g_source_remove);
  G_OBJECT_CLASS (gbx_notice_bars_parent_class)->dispose (object);
}

static void
gbx_notice_bars_class_init (GbxNoticeBarsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gbx_notice_bars_dispose;
  widget_class->size_allocate = gbx_notice_bars_size_allocate;
  signals[RECONNECT] = g_signal_new ("reconnect", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                     NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[RESTART] = g_signal_new ("restart", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
  signals[STOP] = g_signal_new ("stop", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                NULL, NULL, G_TYPE_NONE, 0);
  signals[END_NOW] = g_signal_new ("end-now", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
  signals[RESUME] = g_signal_new ("resume", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/glovebox/Glovebox/ui/gbx-notice-bars.ui");
  gtk_widget_class_bind_template_child (widget_class, GbxNoticeBars, message_bar);
  gtk_widget_class_bind_template_child (widget_class, GbxNoticeBars, message_icon);
  gtk_widget_class_bind_template_child (widget_class, GbxNoticeBars, message);
  gtk_widget_class_bind_template_child (widget_class, GbxNoticeBars, lost_bar);
  gtk_widget_class_bind_template_child (widget_class, GbxNoticeBars, lost);
  gtk_widget_class_bind_template_child (widget_class, GbxNoticeBars, trouble_bar);
  gtk_widget_class_bind_template_child (widget_class, GbxNoticeBars, trouble);
  gtk_widget_class_bind_template_child (widget_class, GbxNoticeBars, stopping_bar);
  gtk_widget_class_bind_template_child (widget_class, GbxNoticeBars, paused_bar);
  gtk_widget_class_bind_template_callback (widget_class, on_dismissed);
  gtk_widget_class_bind_template_callback (widget_class, on_lost_response);
  gtk_widget_class_bind_template_callback (widget_class, on_trouble_response);
  gtk_widget_class_bind_template_callback (widget_class, on_stopping_response);
  gtk_widget_class_bind_template_callback (widget_class, on_paused_response);
}

/* A click on a button leaves the focus in the display, where the user goes on typing.
 * GTK gives its close button no accessible name. */
static void
complete_buttons (GtkWidget *widget, gpointer data)
{
  if (GTK_IS_BUTTON (widget))
    {
      gtk_widget_set_focus_on_click (widget, FALSE);
      if (!gtk_button_get_label (GTK_BUTTON (widget)))
        atk_object_set_name (gtk_widget_get_accessible (widget), _ ("Dismiss"));
    }
  else if (GTK_IS_CONTAINER (widget))
    gtk_container_forall (GTK_CONTAINER (widget), complete_buttons, data);
}

static void
gbx_notice_bars_init (GbxNoticeBars *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  complete_buttons (GTK_WIDGET (self), NULL);
}

GtkWidget *
gbx_notice_bars_new (void)
{
  return g_object_new (GBX_TYPE_NOTICE_BARS, NULL);
}

void
gbx_notice_bars_say (GbxNoticeBars *self, const char *text, gboolean is_error)
{
  g_clear_handle_id (&self->message_timeout, g_source_remove);
  gtk_info_bar_set_message_type (self->message_bar,
                                 is_error ? GTK_MESSAGE_ERROR : GTK_MESSAGE_INFO);
  gtk_image_set_from_icon_name (self->message_icon,
                                is_error ? "dialog-error-symbolic" : "dialog-information-symbolic",
                                GTK_ICON_SIZE_BUTTON);
  gtk_label_set_text (self->message, text);
  reveal (self->message_bar, TRUE);
  self->message_timeout = g_timeout_add_seconds (MESSAGE_SECONDS, on_message_timeout, self);
}

void
gbx_notice_bars_set_lost (GbxNoticeBars *self, const char *text)
{
  gtk_label_set_text (self->lost, text ? text : "");
  reveal (self->lost_bar, text != NULL);
}

void
gbx_notice_bars_set_trouble (GbxNoticeBars *self, const char *text)
{
  if (text)
    gtk_label_set_text (self->trouble, text);
  reveal (self->trouble_bar, text != NULL);
}

void
gbx_notice_bars_set_stopping (GbxNoticeBars *self, gboolean stopping)
{
  reveal (self->stopping_bar, stopping);
}

void
gbx_notice_bars_set_paused (GbxNoticeBars *self, gboolean paused)
{
  reveal (self->paused_bar, paused);
}

void
gbx_notice_bars_clear (GbxNoticeBars *self)
{
  gbx_notice_bars_set_paused (self, FALSE);
  gbx_notice_bars_set_lost (self, NULL);
  gbx_notice_bars_set_trouble (self, NULL);
  gbx_notice_bars_set_stopping (self, FALSE);
  reveal (self->message_bar, FALSE);
}
