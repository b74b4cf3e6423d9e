/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-sandbox.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A button that tells how many windows the application has, and lists them: in the guest's
 * screen they hide each other.  With a single window it is hidden.  The signal "chosen" tells
 * that the user has switched. */
#define GBX_TYPE_WINDOW_LIST (gbx_window_list_get_type ())
G_DECLARE_FINAL_TYPE (GbxWindowList, gbx_window_list, GBX, WINDOW_LIST, GtkMenuButton)

/* sandbox: (nullable) */
void gbx_window_list_set_sandbox (GbxWindowList *self, GbxSandbox *sandbox);

G_END_DECLS
