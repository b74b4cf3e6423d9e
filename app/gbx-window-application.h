/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The program of one sandbox's window.  It is not unique: each sandbox has a process
 * of its own, since it decodes what an untrusted guest sends. */
#define GBX_TYPE_WINDOW_APPLICATION (gbx_window_application_get_type ())
G_DECLARE_FINAL_TYPE (GbxWindowApplication, gbx_window_application, GBX, WINDOW_APPLICATION,
                      GtkApplication)

GbxWindowApplication *gbx_window_application_new (void);
/* Once it has run: what main() returns. */
int gbx_window_application_get_status (GbxWindowApplication *self);

G_END_DECLS
