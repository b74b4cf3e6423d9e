/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-display-client.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What the user does in the widget, on its way to the guest.  Whatever was pressed is let
 * go in the guest too, be it outside of the widget or because the focus has gone. */
typedef struct _GbxDisplayInput GbxDisplayInput;

GbxDisplayInput *gbx_display_input_new (GtkWidget *widget);
void gbx_display_input_free (GbxDisplayInput *self);

/* (nullable): the guest to speak to. */
void gbx_display_input_set_client (GbxDisplayInput *self, GbxDisplayClient *client);
/* Where the guest's screen is in the widget, and of what size it is. */
void gbx_display_input_set_place (GbxDisplayInput *self, const GdkRectangle *place, guint width,
                                  guint height);
/* Keeps nothing pressed in the guest. */
void gbx_display_input_release (GbxDisplayInput *self);
/* The locks of the keyboard become the guest's. */
void gbx_display_input_sync_locks (GbxDisplayInput *self);
void gbx_display_input_click_keys (GbxDisplayInput *self, const guint *keyvals, guint n_keyvals);

void gbx_display_input_key (GbxDisplayInput *self, const GdkEventKey *event);
void gbx_display_input_button (GbxDisplayInput *self, const GdkEventButton *event);
void gbx_display_input_motion (GbxDisplayInput *self, double x, double y);
void gbx_display_input_scroll (GbxDisplayInput *self, const GdkEventScroll *event);

/* The place in the guest of a place in the widget, at its edge if that is outside: pure. */
void gbx_display_input_convert (const GdkRectangle *place, guint width, guint height, double x,
                                double y, guint *guest_x, guint *guest_y);

G_END_DECLS
