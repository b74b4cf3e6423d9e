/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-display-client.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The events of the display widget and its keyboard grab.  It owns a GbxDisplayInput and
 * passes the events to it. */
typedef struct _GbxDisplayEvents GbxDisplayEvents;

/* Listens to the widget's events.  The function is called when the grab begins or ends. */
GbxDisplayEvents *gbx_display_events_new (GtkWidget *widget, GCallback grab_changed);
void gbx_display_events_free (GbxDisplayEvents *self);

/* (nullable): the connection for the input, and the sandbox for what does not go that way. */
void gbx_display_events_set_client (GbxDisplayEvents *self, GbxDisplayClient *client,
                                    GbxSandbox *sandbox);
/* Whether there is a screen to type to. */
void gbx_display_events_set_ready (GbxDisplayEvents *self, gboolean ready);
void gbx_display_events_set_place (GbxDisplayEvents *self, const GdkRectangle *place, guint width,
                                   guint height);
void gbx_display_events_click_keys (GbxDisplayEvents *self, const guint *keyvals, guint n_keyvals);

/* Whether to grab the keyboard while the widget has the focus and the pointer is in it.
 * Moving the pointer out always gives back the window manager's keys. */
void gbx_display_events_set_grab (GbxDisplayEvents *self, gboolean grab);
gboolean gbx_display_events_get_grab (GbxDisplayEvents *self);
gboolean gbx_display_events_is_grabbed (GbxDisplayEvents *self);
void gbx_display_events_release_grab (GbxDisplayEvents *self);

/* Whether the pointer is hidden in the widget, and only its motion counts.  It ends with the
 * grab. The function of the grab is called then too. */
void gbx_display_events_set_capture (GbxDisplayEvents *self, gboolean capture);
gboolean gbx_display_events_get_capture (GbxDisplayEvents *self);

G_END_DECLS
