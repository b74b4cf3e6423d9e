/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-policy.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The size of a sandbox's window, until the user changes it: the one that was asked for on the
 * command line, or else that of the application's first window.  For a later, larger window it
 * grows. */
#define GBX_TYPE_WINDOW_SIZE (gbx_window_size_get_type ())
G_DECLARE_FINAL_TYPE (GbxWindowSize, gbx_window_size, GBX, WINDOW_SIZE, GObject)

/* content: shows the guest's screen. */
GbxWindowSize *gbx_window_size_new (GtkWindow *window, GtkWidget *content, GbxPolicy *policy);
/* In percent: how large a pixel of the guest is. */
void gbx_window_size_set_zoom (GbxWindowSize *self, guint zoom);
/* Whether the window is neither maximized, tiled nor in full screen. */
gboolean gbx_window_size_is_free (GbxWindowSize *self);
/* At the user's wish: as large as that content needs, in logical pixels, and the screen has. */
void gbx_window_size_fit (GbxWindowSize *self, int width, int height);
/* The guest needs a screen of that size, in device pixels. */
void gbx_window_size_want (GbxWindowSize *self, guint width, guint height);

G_END_DECLS
