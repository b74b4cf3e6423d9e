/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The position of the guest's screen in the widget: pure functions.
 *
 * A widget is measured in logical pixels, each `scale` device pixels wide; the
 * guest's screen is measured in device pixels, so that what an application
 * draws in the sandbox is as sharp as what one draws outside of it. */

/* Whether a screen of that size is shown. */
gboolean gbx_geometry_is_acceptable (int width, int height);

/* The guest resolution that fills an area of logical pixels. */
void
gbx_geometry_guest_size (int width, int height, int scale, guint *guest_width, guint *guest_height);

/* The guest's screen in logical pixels, if one guest pixel is one device pixel. */
void gbx_geometry_natural_size (guint guest_width, guint guest_height, int scale, int *width,
                                int *height);

/* The position of the guest's screen in the area: at its own size if it fits exactly or
 * nearly; otherwise, with @fit, as large as its shape allows. */
void gbx_geometry_place (const GdkRectangle *area, int scale, guint guest_width, guint guest_height,
                         gboolean fit, GdkRectangle *place);

G_END_DECLS
