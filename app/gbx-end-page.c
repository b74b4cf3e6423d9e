/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-end-page"
#include "config.h"

#include "gbx-end-page.h"

#include "gbx-end-text.h"
#include "gbx-log-view.h"
#include "gbx-page-icon.h"

#include <handy.h>

struct _GbxEndPage
{
  GtkScrolledWindow parent_instance;

  GtkImage *icon;            /* template */
  GtkLabel *heading;         /* template */
  GbxLogView *output;        /* template */
  GtkLabel *body;            /* template */
  GtkWidget *restart_button; /* template */
  GtkExpander *log_expander; /* template */
  GbxLogView *log_view;      /* template */
};

enum
{
  RESTART,
  CLOSE,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GbxEndPage, gbx_end_page, GTK_TYPE_SCROLLED_WINDOW)

/* A failure of the sandbox has a sign of its own; else it is the application that ended. */
static void
show_icon (GbxEndPage *self, const GbxEnd *end, GbxPolicy *policy)
{
  GtkStyleContext *style = gtk_widget_get_style_context (GTK_WIDGET (self->icon));
  gboolean failed = end->reason == GBX_END_FAILED;

  if (failed)
    gtk_image_set_from_icon_name (self->icon, "dialog-error-symbolic", GTK_ICON_SIZE_DIALOG);
  else
    gbx_page_icon_show (self->icon, gbx_policy_get_icon_name (policy));
  if (failed)
    gtk_style_context_add_class (style, "dim-label");
  else
    gtk_style_context_remove_class (style, "dim-label");
}

static void
suggest_restart (GbxEndPage *self, gboolean suggested)
{
  GtkStyleContext *style = gtk_widget_get_style_context (self->restart_button);

  if (suggested)
    gtk_style_context_add_class (style, GTK_STYLE_CLASS_SUGGESTED_ACTION);
  else
    gtk_style_context_remove_class (style, GTK_STYLE_CLASS_SUGGESTED_ACTION);
}

static void
on_restart_clicked (GbxEndPage *self)
{
  g_signal_emit (self, signals[RESTART], 0);
}

static void
on_close_clicked (GbxEndPage *self)
{
  g_signal_emit (self, signals[CLOSE], 0);
}

static void
gbx_end_page_class_init (GbxEndPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  signals[RESTART] = g_signal_new ("restart", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
  signals[CLOSE] = g_signal_new ("close", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
  g_type_ensure (GBX_TYPE_LOG_VIEW);
  g_type_ensure (HDY_TYPE_CLAMP);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/glovebox/Glovebox/ui/gbx-end-page.ui");
  gtk_widget_class_bind_template_child (widget_class, GbxEndPage, icon);
  gtk_widget_class_bind_template_child (widget_class, GbxEndPage, heading);
  gtk_widget_class_bind_template_child (widget_class, GbxEndPage, output);
  gtk_widget_class_bind_template_child (widget_class, GbxEndPage, body);
  gtk_widget_class_bind_template_child (widget_class, GbxEndPage, restart_button);
  gtk_widget_class_bind_template_child (widget_class, GbxEndPage, log_expander);
  gtk_widget_class_bind_template_child (widget_class, GbxEndPage, log_view);
  gtk_widget_class_bind_template_callback (widget_class, on_restart_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_close_clicked);
}

static void
gbx_end_page_init (GbxEndPage *self)
{
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  /* A hyphen at the end of a line would look like a part of a path. */
  pango_attr_list_insert (attributes, pango_attr_insert_hyphens_new (FALSE));
  gtk_label_set_attributes (self->body, attributes);
}

GtkWidget *
gbx_end_page_new (void)
{
  return g_object_new (GBX_TYPE_END_PAGE, NULL);
}

void
gbx_end_page_set_sandbox (GbxEndPage *self, GbxSandbox *sandbox, const char *title)
{
  g_autofree char *heading = NULL;
  g_autofree char *body = NULL;
  GbxEnd end;

  gbx_end_read (&end, sandbox);
  end.title = title;
  heading = gbx_end_text_heading (&end);
  body = gbx_end_text_body (&end);
  show_icon (self, &end, gbx_sandbox_get_policy (sandbox));
  suggest_restart (self, gbx_end_text_restart_helps (&end));
  gtk_label_set_text (self->heading, heading);
  gtk_label_set_text (self->body, body);
  gbx_log_view_set_sandbox (self->output, sandbox);
  gtk_widget_set_visible (GTK_WIDGET (self->output), !gbx_log_view_is_empty (self->output));
  gbx_log_view_set_sandbox (self->log_view, sandbox);
  /* Of a failed sandbox the log is the first thing to read, of others the last. */
  gtk_expander_set_expanded (self->log_expander, end.reason == GBX_END_FAILED);
}

void
gbx_end_page_focus (GbxEndPage *self)
{
  /* The user may just be typing: a key must not start or close anything. */
  gtk_widget_grab_focus (GTK_WIDGET (self->log_expander));
}
