/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The program of a sandbox's window.  It is not a unique application: each sandbox has a
 * process of its own, so that one that fails takes no other with it. */
#define GBX_TYPE_WINDOW_APPLICATION (gbx_window_application_get_type ())
G_DECLARE_FINAL_TYPE (GbxWindowApplication, gbx_window_application, GBX, WINDOW_APPLICATION,
                      GtkApplication)

GbxWindowApplication *gbx_window_application_new (void);
/* The exit status of the program, after it has run. */
int gbx_window_application_get_status (GbxWindowApplication *self);

G_END_DECLS
