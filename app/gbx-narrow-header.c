/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-narrow-header"
#include "config.h"

#include "gbx-narrow-header.h"

#define NARROW_WIDTH 520

typedef struct
{
  GtkWindow *window;    /* (unowned): owns this */
  HdyHeaderBar *header; /* (unowned) */
  GtkWidget *icon;      /* (unowned) */
  gboolean narrow;
  guint source;
} NarrowHeader;

static void
narrow_header_free (gpointer data)
{
  NarrowHeader *self = data;

  g_clear_handle_id (&self->source, g_source_remove);
  g_free (self);
}

/* The user's own order of the buttons, without two of them. */
static char *
make_layout (GtkWindow *window)
{
  g_autofree char *layout = NULL;
  g_autoptr (GRegex) expression
      = g_regex_new ("(minimize|maximize),?|,(minimize|maximize)(?=:|$)", 0, 0, NULL);

  g_object_get (gtk_widget_get_settings (GTK_WIDGET (window)), "gtk-decoration-layout", &layout,
                NULL);
  return g_regex_replace_literal (expression, layout ? layout : ":close", -1, 0, "", 0, NULL);
}

static gboolean
on_idle (gpointer data)
{
  NarrowHeader *self = data;
  g_autofree char *layout = self->narrow ? make_layout (self->window) : NULL;

  self->source = 0;
  hdy_header_bar_set_decoration_layout (self->header, layout);
  gtk_widget_set_visible (self->icon, !self->narrow);
  return G_SOURCE_REMOVE;
}

/* Not at once: it would change what is just given its size. */
static void
on_size (GtkWindow *window, GtkAllocation *allocation, NarrowHeader *self)
{
  int width;
  gboolean narrow;

  gtk_window_get_size (window, &width, NULL);
  narrow = width < NARROW_WIDTH;
  if (narrow == self->narrow)
    return;
  self->narrow = narrow;
  if (!self->source)
    self->source = g_idle_add (on_idle, self);
}

static void
on_destroy (GtkWindow *window, NarrowHeader *self)
{
  g_clear_handle_id (&self->source, g_source_remove);
  g_signal_handlers_disconnect_by_data (window, self);
}

void
gbx_narrow_header_attach (GtkWindow *window, HdyHeaderBar *header, GtkWidget *icon)
{
  NarrowHeader *self = g_new0 (NarrowHeader, 1);

  self->window = window;
  self->header = header;
  self->icon = icon;
  g_object_set_data_full (G_OBJECT (window), "narrow-header", self, narrow_header_free);
  g_signal_connect (window, "size-allocate", G_CALLBACK (on_size), self);
  g_signal_connect (window, "destroy", G_CALLBACK (on_destroy), self);
}
