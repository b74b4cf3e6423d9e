/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Brings a window into full screen and back.  In full screen the header bar slides in
 * from the top when the pointer touches the identity strip, which always stays.
 * Property: `active` (boolean), as the window manager has it. */
#define GBX_TYPE_FULLSCREEN (gbx_fullscreen_get_type ())
G_DECLARE_FINAL_TYPE (GbxFullscreen, gbx_fullscreen, GBX, FULLSCREEN, GObject)

/* The widgets belong to the window and live longer than this object. */
GbxFullscreen *gbx_fullscreen_new (GtkWindow *window, GtkWidget *header, GtkContainer *slot,
                                   GtkRevealer *revealer, GtkWidget *strip);
gboolean gbx_fullscreen_get_active (GbxFullscreen *self);
/* Shows the header, where the focus is about to go; it hides when the focus leaves. */
void gbx_fullscreen_reveal (GbxFullscreen *self);
void gbx_fullscreen_toggle (GbxFullscreen *self);

G_END_DECLS
