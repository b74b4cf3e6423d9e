/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Loads the style of all our windows.  Call it once, after GTK has a display. */
void gbx_style_load (void);

G_END_DECLS
