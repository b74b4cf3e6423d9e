/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <handy.h>

G_BEGIN_DECLS

#define GBX_TYPE_DESKTOP_WINDOW (gbx_desktop_window_get_type ())
G_DECLARE_FINAL_TYPE (GbxDesktopWindow, gbx_desktop_window, GBX, DESKTOP_WINDOW,
                      HdyApplicationWindow)

/* The window with the pages of the table in gbx-desktop-window.c. */
GtkWidget *gbx_desktop_window_new (GtkApplication *application);
void gbx_desktop_window_show_page (GbxDesktopWindow *self, const char *name);
void gbx_desktop_window_launch (GbxDesktopWindow *self, const char *desktop_id);

G_END_DECLS
