/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-display.h"
#include "gbx-window-size.h"

G_BEGIN_DECLS

/**
 * GbxWindowView:
 *
 * How a window shows the guest's screen: its zoom, and whether the screen follows the window, is
 * scaled to it, or keeps its size; remembered for the application.  Adds the actions "screen",
 * "zoom-in", "zoom-out", "zoom-normal" and "fit-window" to the window.
 *
 * Signals: `message` (const char *text, gboolean is_error): what an action did.
 */
#define GBX_TYPE_WINDOW_VIEW (gbx_window_view_get_type ())
G_DECLARE_FINAL_TYPE (GbxWindowView, gbx_window_view, GBX, WINDOW_VIEW, GObject)

/* All live longer than this object.  @page: scrolls what does not fit. */
GbxWindowView *gbx_window_view_new (GtkApplicationWindow *window, GbxDisplay *display,
                                    GtkScrolledWindow *page, GbxWindowSize *size,
                                    GbxPolicy *policy);

G_END_DECLS
