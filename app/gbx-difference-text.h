/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Shows the lines of gbx_text_difference_find() in a text: by a sign before each line, and by a
 * colour that goes with every theme. */
void gbx_difference_text_show (GtkTextBuffer *buffer, GPtrArray *lines);

G_END_DECLS
