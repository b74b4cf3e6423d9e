/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-display-client.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The events of the display's widget, and its grab of the keyboard: they go to a
 * GbxDisplayInput, which these own. */
typedef struct _GbxDisplayEvents GbxDisplayEvents;

/* Listens to the widget's events.  The function is called when the grab begins or ends. */
GbxDisplayEvents *gbx_display_events_new (GtkWidget *widget, GCallback grab_changed);
void gbx_display_events_free (GbxDisplayEvents *self);

/* (nullable): the guest to speak to. */
void gbx_display_events_set_client (GbxDisplayEvents *self, GbxDisplayClient *client);
/* There is a screen to type to, or there is none any more. */
void gbx_display_events_set_ready (GbxDisplayEvents *self, gboolean ready);
void gbx_display_events_set_place (GbxDisplayEvents *self, const GdkRectangle *place, guint width,
                                   guint height);
void gbx_display_events_click_keys (GbxDisplayEvents *self, const guint *keyvals, guint n_keyvals);

/* The keyboard is to be held while the pointer is in the widget and the widget has the
 * focus: moving out of it is always a way to the window manager's keys. */
void gbx_display_events_set_grab (GbxDisplayEvents *self, gboolean grab);
gboolean gbx_display_events_get_grab (GbxDisplayEvents *self);
gboolean gbx_display_events_is_grabbed (GbxDisplayEvents *self);
void gbx_display_events_release_grab (GbxDisplayEvents *self);

G_END_DECLS
