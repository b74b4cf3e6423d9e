/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-display"
#include "config.h"

#include "gbx-display-paint.h"

#include "gbx-display-geometry.h"

#include <math.h>

void
gbx_display_layout_make (GbxDisplayLayout *self, GtkWidget *widget, guint width, guint height,
                         gboolean scaling, guint zoom)
{
  double density = gbx_geometry_density (gtk_widget_get_scale_factor (widget), zoom);
  int natural_width, natural_height;
  gboolean is_natural;
  GdkRectangle area
      = { 0, 0, gtk_widget_get_allocated_width (widget), gtk_widget_get_allocated_height (widget) };

  gbx_geometry_place (&area, density, width, height, scaling, &self->place);
  gbx_geometry_natural_size (width, height, density, &natural_width, &natural_height);
  is_natural = self->place.width == natural_width && self->place.height == natural_height;
  self->is_sharp = is_natural && zoom % 100 == 0;
  self->x = is_natural || width == 0 ? 1.0 / density : (double)self->place.width / width;
  self->y = is_natural || height == 0 ? 1.0 / density : (double)self->place.height / height;
}

void
gbx_display_layout_convert (const GbxDisplayLayout *self, const GdkRectangle *part,
                            GdkRectangle *area)
{
  /* A filter also reads neighbouring pixels. */
  int margin = self->is_sharp ? 0 : (int)ceil (2 / MIN (self->x, 1));
  int left = (int)floor (self->place.x + (part->x - margin) * self->x);
  int top = (int)floor (self->place.y + (part->y - margin) * self->y);
  int right = (int)ceil (self->place.x + (part->x + part->width + margin) * self->x);
  int bottom = (int)ceil (self->place.y + (part->y + part->height + margin) * self->y);

  *area = (GdkRectangle){ left, top, right - left, bottom - top };
}

void
gbx_display_layout_paint (const GbxDisplayLayout *self, cairo_t *cr, cairo_surface_t *surface)
{
  cairo_save (cr);
  cairo_translate (cr, self->place.x, self->place.y);
  cairo_rectangle (cr, 0, 0, self->place.width, self->place.height);
  cairo_clip (cr);
  cairo_scale (cr, self->x, self->y);
  cairo_set_source_surface (cr, surface, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr),
                            self->is_sharp ? CAIRO_FILTER_NEAREST : CAIRO_FILTER_GOOD);
  cairo_paint (cr);
  cairo_restore (cr);
}

/* The guest's pixels are device pixels, its pointer's too. */
GdkCursor *
gbx_display_make_cursor (GtkWidget *widget, GbxCursorKind kind, GdkPixbuf *shape, int hot_x,
                         int hot_y)
{
  GdkDisplay *display = gtk_widget_get_display (widget);
  int scale = gtk_widget_get_scale_factor (widget);
  cairo_surface_t *surface;
  GdkCursor *cursor;

  if (kind == GBX_CURSOR_HIDDEN)
    return gdk_cursor_new_for_display (display, GDK_BLANK_CURSOR);
  if (kind != GBX_CURSOR_SHAPE || !shape)
    return NULL;
  surface = gdk_cairo_surface_create_from_pixbuf (shape, scale, NULL);
  cursor = gdk_cursor_new_from_surface (display, surface, (double)hot_x / scale,
                                        (double)hot_y / scale);
  cairo_surface_destroy (surface);
  return cursor;
}
