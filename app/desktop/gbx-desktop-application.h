/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define GBX_TYPE_DESKTOP_APPLICATION (gbx_desktop_application_get_type ())
G_DECLARE_FINAL_TYPE (GbxDesktopApplication, gbx_desktop_application, GBX, DESKTOP_APPLICATION,
                      GtkApplication)

/* The application with the window that lists the applications.  There is one in a session; a
 * second process passes its command line on to it: an action's name and its parameter. */
GtkApplication *gbx_desktop_application_new (void);
/* Shows the window, and in it a page; NULL: the one that is shown. */
void gbx_desktop_application_show_page (GbxDesktopApplication *self, const char *page);
/* Shows a failure in the window, if there is one; else it has a window of its own. */
void gbx_desktop_application_launch (GbxDesktopApplication *self, const char *desktop_id);

G_END_DECLS
