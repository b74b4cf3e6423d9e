/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gdk-pixbuf/gdk-pixbuf.h>

G_BEGIN_DECLS

/* (transfer full): the icon with Glovebox's badge in its lower right corner, which says that the
 * application runs in a sandbox.  The badge is drawn for each size, so that it can be told at 16
 * pixels, and is cut out of the icon, so that it can be told on any colour.
 * icon: (nullable): NULL: a plain tile
 * size: of the square that comes out */
GdkPixbuf *gbx_badge_apply (GdkPixbuf *icon, int size);

G_END_DECLS
