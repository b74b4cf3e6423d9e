/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Shows the icon of that name in the theme, or of that path, else Glovebox's own. */
void gbx_page_icon_show (GtkImage *image, const char *name);

G_END_DECLS
