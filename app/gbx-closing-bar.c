/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-closing-bar"
#include "config.h"

#include "gbx-closing-bar.h"

#include <glib/gi18n.h>

struct _GbxClosingBar
{
  GtkInfoBar parent_instance;

  GtkSpinner *spinner; /* template */
  GtkLabel *label;     /* template */
};

/* The responses of the template. */
enum
{
  RESPONSE_STOP = 1,
  RESPONSE_KEEP,
};

enum
{
  STOP,
  KEEP,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GbxClosingBar, gbx_closing_bar, GTK_TYPE_INFO_BAR)

static void
gbx_closing_bar_response (GtkInfoBar *bar, int response)
{
  g_signal_emit (bar, signals[response == RESPONSE_STOP ? STOP : KEEP], 0);
}

static void
gbx_closing_bar_class_init (GbxClosingBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  GTK_INFO_BAR_CLASS (klass)->response = gbx_closing_bar_response;
  signals[STOP]
      = g_signal_new ("stop", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[KEEP]
      = g_signal_new ("keep", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/glovebox/Glovebox/ui/gbx-closing-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, GbxClosingBar, spinner);
  gtk_widget_class_bind_template_child (widget_class, GbxClosingBar, label);
}

static void
gbx_closing_bar_init (GbxClosingBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static char *
describe (GbxClosingState state, const char *title)
{
  switch (state)
    {
    case GBX_CLOSING_ASKING:
      return g_strdup_printf (_ ("%s asks something before it closes."), title);
    case GBX_CLOSING_OVERDUE:
      return g_strdup_printf (_ ("%s has not closed. It may be busy, or it waits for an answer."),
                              title);
    default:
      return g_strdup_printf (_ ("Waiting for %s to close…"), title);
    }
}

void
gbx_closing_bar_show_state (GbxClosingBar *self, GbxClosingState state, const char *title)
{
  gboolean shown = state != GBX_CLOSING_NOT;
  g_autofree char *text = describe (state, title);

  /* A bar that slides away takes no click, and keeps its words. */
  if (shown)
    gtk_label_set_text (self->label, text);
  g_object_set (self->spinner, "active", state == GBX_CLOSING_WAITING, "visible",
                state == GBX_CLOSING_WAITING, NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self), shown);
  gtk_info_bar_set_revealed (GTK_INFO_BAR (self), shown);
}
