/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <handy.h>

G_BEGIN_DECLS

/* In a narrow window the header bar has neither the icon nor the buttons to minimize and to
 * maximize, so that the window can be as narrow as a telephone's screen. */
void gbx_narrow_header_attach (GtkWindow *window, HdyHeaderBar *header, GtkWidget *icon);

G_END_DECLS
