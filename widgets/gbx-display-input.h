/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-display-client.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Sends the user's input in the widget to the guest.  Every pressed key and button is
 * released in the guest too, also when that happens outside of the widget or the focus is
 * lost. */
typedef struct _GbxDisplayInput GbxDisplayInput;

GbxDisplayInput *gbx_display_input_new (GtkWidget *widget);
void gbx_display_input_free (GbxDisplayInput *self);

/* (nullable): the connection for the input, and the sandbox for what does not go that way. */
void gbx_display_input_set_client (GbxDisplayInput *self, GbxDisplayClient *client,
                                   GbxSandbox *sandbox);
/* The place of the guest's screen in the widget, and its size. */
void gbx_display_input_set_place (GbxDisplayInput *self, const GdkRectangle *place, guint width,
                                  guint height);
/* Releases everything that is pressed in the guest. */
void gbx_display_input_release (GbxDisplayInput *self);
/* Copies the keyboard's locks to the guest. */
void gbx_display_input_sync_locks (GbxDisplayInput *self);
void gbx_display_input_click_keys (GbxDisplayInput *self, const guint *keyvals, guint n_keyvals);

void gbx_display_input_key (GbxDisplayInput *self, const GdkEventKey *event);
void gbx_display_input_button (GbxDisplayInput *self, const GdkEventButton *event);
void gbx_display_input_motion (GbxDisplayInput *self, double x, double y);
/* From where the pointer is, in the widget's pixels. */
void gbx_display_input_move (GbxDisplayInput *self, double x, double y);
/* Whether the pointer only moves that way. */
void gbx_display_input_set_relative (GbxDisplayInput *self, gboolean relative);
void gbx_display_input_scroll (GbxDisplayInput *self, const GdkEventScroll *event);

/* Converts a place in the widget to one in the guest, at its edge if it is outside: pure. */
void gbx_display_input_convert (const GdkRectangle *place, guint width, guint height, double x,
                                double y, guint *guest_x, guint *guest_y);

G_END_DECLS
