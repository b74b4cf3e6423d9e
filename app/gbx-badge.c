/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-badge"
#include "config.h"

#include "gbx-badge.h"

#include <gdk/gdk.h>
#include <math.h>

/* The badge is the mark of Glovebox: a case with a pane and two glove ports. */

typedef struct
{
  double x, y, side;
} Square;

static void
add_rounded (cairo_t *cr, double x, double y, double width, double height, double radius)
{
  cairo_new_sub_path (cr);
  cairo_arc (cr, x + width - radius, y + radius, radius, -G_PI / 2, 0);
  cairo_arc (cr, x + width - radius, y + height - radius, radius, 0, G_PI / 2);
  cairo_arc (cr, x + radius, y + height - radius, radius, G_PI / 2, G_PI);
  cairo_arc (cr, x + radius, y + radius, radius, G_PI, 3 * G_PI / 2);
  cairo_close_path (cr);
}

static void
set_colour (cairo_t *cr, guint rgb)
{
  cairo_set_source_rgb (cr, (rgb >> 16 & 0xff) / 255.0, (rgb >> 8 & 0xff) / 255.0,
                        (rgb & 0xff) / 255.0);
}

/* On whole pixels: half of a small icon, less of a large one. */
static Square
place (int size)
{
  double side = size <= 16 ? 9 : size <= 22 ? 11 : size <= 24 ? 12 : size <= 32 ? 15 : 0;

  if (side == 0)
    side = round (size * (size <= 64 ? 0.44 : 0.4));
  return (Square) { size - side, size - side, side };
}

static void
draw_icon (cairo_t *cr, GdkPixbuf *icon, int size)
{
  double width = gdk_pixbuf_get_width (icon), height = gdk_pixbuf_get_height (icon);
  double scale = MIN (size / width, size / height);

  cairo_save (cr);
  cairo_translate (cr, (size - width * scale) / 2, (size - height * scale) / 2);
  cairo_scale (cr, scale, scale);
  gdk_cairo_set_source_pixbuf (cr, icon, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_BEST);
  cairo_paint (cr);
  cairo_restore (cr);
}

/* An application without an icon. */
static void
draw_tile (cairo_t *cr, int size)
{
  double edge = round (size / 12.0);

  add_rounded (cr, edge, edge, size - 2 * edge, size - 2 * edge, size / 8.0);
  set_colour (cr, 0x9aa5b1);
  cairo_fill (cr);
}

static void
cut_out (cairo_t *cr, const Square *at)
{
  double gap = MAX (1, round (at->side / 14));

  add_rounded (cr, at->x - gap, at->y - gap, at->side + 2 * gap, at->side + 2 * gap,
               at->side * 0.22 + gap);
  cairo_save (cr);
  cairo_set_operator (cr, CAIRO_OPERATOR_CLEAR);
  cairo_fill (cr);
  cairo_restore (cr);
}

static void
draw_case (cairo_t *cr, const Square *at)
{
  double line = at->side < 14 ? 1 : MAX (1, at->side / 24);
  cairo_pattern_t *fill = cairo_pattern_create_linear (0, at->y, 0, at->y + at->side);

  cairo_pattern_add_color_stop_rgb (fill, 0, 0.25, 0.46, 0.66);
  cairo_pattern_add_color_stop_rgb (fill, 1, 0.13, 0.28, 0.44);
  add_rounded (cr, at->x, at->y, at->side, at->side, at->side * 0.2);
  cairo_set_source (cr, fill);
  cairo_fill_preserve (cr);
  cairo_pattern_destroy (fill);
  /* A light edge keeps it apart from a dark background. */
  cairo_clip (cr);
  add_rounded (cr, at->x, at->y, at->side, at->side, at->side * 0.2);
  cairo_set_source_rgba (cr, 1, 1, 1, at->side < 14 ? 0.25 : 0.35);
  cairo_set_line_width (cr, 2 * line);
  cairo_stroke (cr);
  cairo_reset_clip (cr);
}

static void
draw_port (cairo_t *cr, double x, double y, double radius, double rim)
{
  cairo_arc (cr, x, y, radius, 0, 2 * G_PI);
  set_colour (cr, 0xf08a24);
  cairo_fill (cr);
  if (rim <= 0)
    return;
  cairo_arc (cr, x, y, radius, 0, 2 * G_PI);
  set_colour (cr, 0xf2f6fa);
  cairo_set_line_width (cr, rim);
  cairo_stroke (cr);
}

/* Below about 14 pixels every line has to be a whole pixel. */
static void
draw_small_mark (cairo_t *cr, const Square *at)
{
  double port = at->side < 11 ? 2 : 3;
  double edge = 2, y = at->y + at->side - edge - port;

  set_colour (cr, 0xe4eff7);
  cairo_rectangle (cr, at->x + edge, at->y + edge, at->side - 2 * edge, y - at->y - edge - 1);
  cairo_fill (cr);
  set_colour (cr, 0xffa040);
  cairo_rectangle (cr, at->x + edge, y, port, port);
  cairo_rectangle (cr, at->x + at->side - edge - port, y, port, port);
  cairo_fill (cr);
}

static void
draw_mark (cairo_t *cr, const Square *at)
{
  double unit = at->side / 32, radius = 5.2 * unit;

  add_rounded (cr, at->x + 5 * unit, at->y + 5 * unit, 22 * unit, 9.5 * unit, 2 * unit);
  set_colour (cr, 0xe4eff7);
  cairo_fill (cr);
  draw_port (cr, at->x + 9.8 * unit, at->y + 21.8 * unit, radius, 1.6 * unit);
  draw_port (cr, at->x + 22.2 * unit, at->y + 21.8 * unit, radius, 1.6 * unit);
}

GdkPixbuf *
gbx_badge_apply (GdkPixbuf *icon, int size)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, size, size);
  cairo_t *cr = cairo_create (surface);
  Square at = place (size);
  GdkPixbuf *badged;

  if (icon)
    draw_icon (cr, icon, size);
  else
    draw_tile (cr, size);
  cut_out (cr, &at);
  draw_case (cr, &at);
  if (at.side < 14)
    draw_small_mark (cr, &at);
  else
    draw_mark (cr, &at);
  badged = gdk_pixbuf_get_from_surface (surface, 0, 0, size, size);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  return badged;
}
