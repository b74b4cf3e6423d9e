/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-closing.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Tells that the application was asked to close.  The signals "stop" and "keep" are of its
 * buttons. */
#define GBX_TYPE_CLOSING_BAR (gbx_closing_bar_get_type ())
G_DECLARE_FINAL_TYPE (GbxClosingBar, gbx_closing_bar, GBX, CLOSING_BAR, GtkInfoBar)

/* title: of the application. */
void gbx_closing_bar_show_state (GbxClosingBar *self, GbxClosingState state, const char *title);

G_END_DECLS
