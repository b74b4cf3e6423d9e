/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Shows the icon in the image once it is loaded, a few at a time and in threads: a page may have
 * hundreds, and to draw an SVG takes several milliseconds.  size: in pixels, of scale 1 */
void gbx_icon_loader_show (GtkImage *image, GIcon *icon, int size);

G_END_DECLS
