/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-load-graph"
#include "config.h"

#include "gbx-load-graph.h"

#define HEIGHT 28
#define WIDTH 72
#define LINE_WIDTH 1.5
#define AREA_ALPHA 0.2

struct _GbxLoadGraph
{
  GtkDrawingArea parent_instance;

  double heights[GBX_LOAD_SECONDS]; /* 0 to 1; the last one is now; -1: not known */
};

G_DEFINE_FINAL_TYPE (GbxLoadGraph, gbx_load_graph, GTK_TYPE_DRAWING_AREA)

/* --------------------------------------------------------------- drawing -- */

typedef struct
{
  cairo_t *cairo;
  double width, height;
} Canvas;

static double
x_of (const Canvas *canvas, guint at)
{
  return canvas->width * at / (GBX_LOAD_SECONDS - 1);
}

/* The line lies wholly inside. */
static double
y_of (const Canvas *canvas, double part)
{
  return LINE_WIDTH / 2 + (1 - part) * (canvas->height - LINE_WIDTH);
}

/* From "begin" to before "end" all is known. */
static void
draw_piece (GbxLoadGraph *self, const Canvas *canvas, guint begin, guint end, const GdkRGBA *colour)
{
  cairo_t *cairo = canvas->cairo;

  for (guint i = begin; i < end; i++)
    cairo_line_to (cairo, x_of (canvas, i), y_of (canvas, self->heights[i]));
  cairo_set_source_rgba (cairo, colour->red, colour->green, colour->blue, colour->alpha);
  cairo_set_line_width (cairo, LINE_WIDTH);
  cairo_stroke_preserve (cairo);
  cairo_line_to (cairo, x_of (canvas, end - 1), canvas->height);
  cairo_line_to (cairo, x_of (canvas, begin), canvas->height);
  cairo_close_path (cairo);
  cairo_set_source_rgba (cairo, colour->red, colour->green, colour->blue,
                         colour->alpha * AREA_ALPHA);
  cairo_fill (cairo);
}

/* What is not known is a gap. */
static void
draw_pieces (GbxLoadGraph *self, const Canvas *canvas, const GdkRGBA *colour)
{
  guint begin = 0;

  for (guint i = 0; i <= GBX_LOAD_SECONDS; i++)
    if (i == GBX_LOAD_SECONDS || self->heights[i] < 0)
      {
        if (i > begin)
          draw_piece (self, canvas, begin, i, colour);
        begin = i + 1;
      }
}

static gboolean
gbx_load_graph_draw (GtkWidget *widget, cairo_t *cairo)
{
  Canvas canvas
      = { cairo, gtk_widget_get_allocated_width (widget), gtk_widget_get_allocated_height (widget) };
  GtkStyleContext *style = gtk_widget_get_style_context (widget);
  GdkRGBA colour;

  gtk_render_background (style, cairo, 0, 0, canvas.width, canvas.height);
  gtk_style_context_get_color (style, gtk_style_context_get_state (style), &colour);
  cairo_set_line_join (cairo, CAIRO_LINE_JOIN_ROUND);
  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
    {
      cairo_translate (cairo, canvas.width, 0);
      cairo_scale (cairo, -1, 1);
    }
  draw_pieces (GBX_LOAD_GRAPH (widget), &canvas, &colour);
  return GDK_EVENT_PROPAGATE;
}

/* ---------------------------------------------------------------- object -- */

static void
gbx_load_graph_class_init (GbxLoadGraphClass *klass)
{
  GTK_WIDGET_CLASS (klass)->draw = gbx_load_graph_draw;
}

static void
gbx_load_graph_init (GbxLoadGraph *self)
{
  for (guint i = 0; i < GBX_LOAD_SECONDS; i++)
    self->heights[i] = -1;
  gtk_style_context_add_class (gtk_widget_get_style_context (GTK_WIDGET (self)), "gbx-load-graph");
  gtk_widget_set_size_request (GTK_WIDGET (self), WIDTH, HEIGHT);
  atk_object_set_role (gtk_widget_get_accessible (GTK_WIDGET (self)), ATK_ROLE_IMAGE);
}

GtkWidget *
gbx_load_graph_new (void)
{
  return g_object_new (GBX_TYPE_LOAD_GRAPH, "visible", TRUE, NULL);
}

static double
sum_of (GbxLoad *load, GbxLoadKind one, GbxLoadKind other, guint seconds)
{
  double first = gbx_load_get_past (load, one, seconds);
  double second = one == other ? 0 : gbx_load_get_past (load, other, seconds);

  return first < 0 || second < 0 ? -1 : first + second;
}

void
gbx_load_graph_show (GbxLoadGraph *self, GbxLoad *load, GbxLoadKind one, GbxLoadKind other,
                     double least)
{
  double most = MAX (least, 1);

  for (guint i = 0; i < GBX_LOAD_SECONDS; i++)
    {
      self->heights[GBX_LOAD_SECONDS - 1 - i] = sum_of (load, one, other, i);
      most = MAX (most, self->heights[GBX_LOAD_SECONDS - 1 - i]);
    }
  for (guint i = 0; i < GBX_LOAD_SECONDS; i++)
    if (self->heights[i] >= 0)
      self->heights[i] /= most;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
