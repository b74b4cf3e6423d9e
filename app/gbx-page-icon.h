/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-policy.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Shows the application's icon, from the theme or a file, else Glovebox's own. */
void gbx_page_icon_show (GtkImage *image, GbxPolicy *policy);

G_END_DECLS
