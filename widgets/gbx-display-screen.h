/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-display-client.h"
#include "gbx-display.h"

G_BEGIN_DECLS

#define GBX_TYPE_DISPLAY_SCREEN (gbx_display_screen_get_type ())
/**
 * GbxDisplayScreen:
 *
 * What a #GbxDisplay shows, across all connections.  Properties, as those of #GbxDisplay:
 * `state`, `weakness`, `desktop-width`, `desktop-height`.
 *
 * Signals: `damaged` (GdkRectangle *part); `cursor` as of #GbxDisplayClient; `turn-done`
 * (gboolean damaged); `begun`: there is a new client, or none.
 */
G_DECLARE_FINAL_TYPE (GbxDisplayScreen, gbx_display_screen, GBX, DISPLAY_SCREEN, GObject)

GbxDisplayScreen *gbx_display_screen_new (GbxDisplayProtocol protocol);
/* For the next connection. */
void gbx_display_screen_set_protocol (GbxDisplayScreen *self, GbxDisplayProtocol protocol);
/* @socket is -1, or as for gbx_display_connect_by_socket(). */
void gbx_display_screen_connect (GbxDisplayScreen *self, GbxSandbox *sandbox, int socket);
void gbx_display_screen_disconnect (GbxDisplayScreen *self);

GbxDisplayState gbx_display_screen_get_state (GbxDisplayScreen *self);
const GError *gbx_display_screen_get_error (GbxDisplayScreen *self);
const char *gbx_display_screen_get_weakness (GbxDisplayScreen *self);
void gbx_display_screen_set_strict (GbxDisplayScreen *self, gboolean strict);
void gbx_display_screen_get_size (GbxDisplayScreen *self, guint *width, guint *height);
GbxSandbox *gbx_display_screen_get_sandbox (GbxDisplayScreen *self);      /* (nullable) */
GbxDisplayClient *gbx_display_screen_get_client (GbxDisplayScreen *self); /* (nullable) */
cairo_surface_t *gbx_display_screen_get_surface (GbxDisplayScreen *self); /* (nullable) */
void gbx_display_screen_set_frozen (GbxDisplayScreen *self, gboolean frozen);

/* Answers the task with a picture or an error, now or with the first frame. */
void gbx_display_screen_take_picture (GbxDisplayScreen *self, GTask *task);

G_END_DECLS
