/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The position of the guest's screen in the widget: pure functions.
 *
 * A widget is measured in logical pixels, each `scale` device pixels wide; the
 * guest's screen is measured in device pixels, so that what an application
 * draws in the sandbox is as sharp as what one draws outside of it.  With a zoom,
 * a pixel of the guest is more or less than one of the device, and `density` says
 * how many of the guest there are for a logical one. */

/* In percent. */
#define GBX_ZOOM_MIN 25
#define GBX_ZOOM_MAX 400

double gbx_geometry_density (int scale, guint zoom);

/* The next step of the zoom in that direction; the same at its end. */
guint gbx_geometry_step_zoom (guint zoom, int direction);

/* Whether a screen of that size is shown. */
gboolean gbx_geometry_is_acceptable (int width, int height);

/* The guest resolution that fills an area of logical pixels. */
void gbx_geometry_guest_size (int width, int height, double density, guint *guest_width,
                              guint *guest_height);

/* The guest's screen in logical pixels, with that zoom. */
void gbx_geometry_natural_size (guint guest_width, guint guest_height, double density, int *width,
                                int *height);

/* The position of the guest's screen in the area: at its own size if it fits exactly or
 * nearly; otherwise, with @fit, as large as its shape allows. */
void gbx_geometry_place (const GdkRectangle *area, double density, guint guest_width, guint guest_height,
                         gboolean fit, GdkRectangle *place);

G_END_DECLS
