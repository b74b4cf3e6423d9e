/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-display-protocol.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The place of the guest's screen in the widget, and the size of its pixels there. */
typedef struct
{
  GdkRectangle place;
  double x, y;       /* pixels of the widget for one of the guest */
  gboolean is_sharp; /* a pixel of the guest is one of the device, or a square of them */
} GbxDisplayLayout;

void gbx_display_layout_make (GbxDisplayLayout *self, GtkWidget *widget, guint width, guint height,
                              gboolean scaling, guint zoom);
/* The part of the widget to redraw after a change of the guest's screen. */
void gbx_display_layout_convert (const GbxDisplayLayout *self, const GdkRectangle *part,
                                 GdkRectangle *area);
void gbx_display_layout_paint (const GbxDisplayLayout *self, cairo_t *cr, cairo_surface_t *surface);

/* (nullable) (transfer full): NULL means the default pointer */
GdkCursor *gbx_display_make_cursor (GtkWidget *widget, GbxCursorKind kind, GdkPixbuf *shape,
                                    int hot_x, int hot_y);

G_END_DECLS
