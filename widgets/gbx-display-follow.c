/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-display"
#include "config.h"

#include "gbx-display-follow.h"

#include "gbx-display-geometry.h"

/* The guest needs a moment to change its mode, and a resize of the window goes through
 * dozens of sizes. */
#define DELAY_MS 250

struct _GbxDisplayFollow
{
  GtkWidget *widget; /* (unowned): the owner */
  GbxDisplayAsk ask;
  gpointer user_data;
  guint asked_width, asked_height; /* last */
  GbxDisplayProtocol protocol;
  gboolean enabled;
  guint zoom;
  guint source;
};

GbxDisplayFollow *
gbx_display_follow_new (GtkWidget *widget, GbxDisplayAsk ask, gpointer user_data)
{
  GbxDisplayFollow *self = g_new0 (GbxDisplayFollow, 1);

  self->widget = widget;
  self->ask = ask;
  self->user_data = user_data;
  self->enabled = TRUE;
  self->zoom = 100;
  return self;
}

void
gbx_display_follow_set_protocol (GbxDisplayFollow *self, GbxDisplayProtocol protocol)
{
  self->protocol = protocol;
}

void
gbx_display_follow_set_enabled (GbxDisplayFollow *self, gboolean enabled)
{
  self->enabled = enabled;
  gbx_display_follow_queue (self);
}

void
gbx_display_follow_set_zoom (GbxDisplayFollow *self, guint zoom)
{
  self->zoom = zoom;
  gbx_display_follow_queue (self);
}

void
gbx_display_follow_free (GbxDisplayFollow *self)
{
  gbx_display_follow_cancel (self);
  g_free (self);
}

void
gbx_display_follow_cancel (GbxDisplayFollow *self)
{
  g_clear_handle_id (&self->source, g_source_remove);
}

/* The visible part of the widget, which may scroll. */
static void
get_wanted_size (GbxDisplayFollow *self, guint *width, guint *height)
{
  GtkWidget *viewport = gtk_widget_get_ancestor (self->widget, GTK_TYPE_VIEWPORT);
  GtkWidget *visible = viewport ? viewport : self->widget;

  gbx_geometry_guest_size (gtk_widget_get_allocated_width (visible),
                           gtk_widget_get_allocated_height (visible),
                           gbx_geometry_density (gtk_widget_get_scale_factor (self->widget),
                                                 self->zoom),
                           width, height);
  gbx_display_protocol_fit (self->protocol, width, height);
}

static gboolean
on_timeout (gpointer data)
{
  GbxDisplayFollow *self = data;

  self->source = 0;
  if (self->enabled && gtk_widget_get_mapped (self->widget))
    {
      get_wanted_size (self, &self->asked_width, &self->asked_height);
      self->ask (self->asked_width, self->asked_height, self->user_data);
    }
  return G_SOURCE_REMOVE;
}

void
gbx_display_follow_queue (GbxDisplayFollow *self)
{
  gbx_display_follow_cancel (self);
  self->source = g_timeout_add (DELAY_MS, on_timeout, self);
}

void
gbx_display_follow_check (GbxDisplayFollow *self)
{
  guint width, height;

  get_wanted_size (self, &width, &height);
  /* The guest's own change of mode also gets here, and must not cause a request; otherwise
   * host and guest could change sizes forever. */
  if (width != self->asked_width || height != self->asked_height)
    gbx_display_follow_queue (self);
}
