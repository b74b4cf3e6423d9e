/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-sandbox.h"

#include "gbx-policy.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The guest's screen follows the size of the window: it requests a screen that fills the
 * visible part of the widget, once its size no longer changes. */
typedef struct _GbxDisplayFollow GbxDisplayFollow;

typedef void (*GbxDisplayAsk) (guint width, guint height, gpointer user_data);

GbxDisplayFollow *gbx_display_follow_new (GtkWidget *widget, GbxDisplayAsk ask, gpointer user_data);
void gbx_display_follow_free (GbxDisplayFollow *self);

/* Only sizes that the protocol can show are requested; SPICE at first. */
/* Otherwise the guest keeps its size. */
void gbx_display_follow_set_enabled (GbxDisplayFollow *self, gboolean enabled);
/* In percent. */
void gbx_display_follow_set_zoom (GbxDisplayFollow *self, guint zoom);
void gbx_display_follow_set_protocol (GbxDisplayFollow *self, GbxDisplayProtocol protocol);

/* Asks soon. */
void gbx_display_follow_queue (GbxDisplayFollow *self);
/* The same, if the widget's size differs from the last request. */
void gbx_display_follow_check (GbxDisplayFollow *self);
void gbx_display_follow_cancel (GbxDisplayFollow *self);

G_END_DECLS
