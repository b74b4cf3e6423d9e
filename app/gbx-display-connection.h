/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-display.h"

G_BEGIN_DECLS

/**
 * GbxDisplayConnection:
 *
 * Connects a display to a sandbox as soon as it has one, and says when there is
 * something to look at.
 *
 * Properties: `lost` (boolean): the connection failed or was closed some seconds ago;
 * `showing` (boolean): a window of the application is on the screen.  Otherwise the display
 * keeps the last picture of one.
 */
#define GBX_TYPE_DISPLAY_CONNECTION (gbx_display_connection_get_type ())
G_DECLARE_FINAL_TYPE (GbxDisplayConnection, gbx_display_connection, GBX, DISPLAY_CONNECTION,
                      GObject)

GbxDisplayConnection *gbx_display_connection_new (GbxDisplay *display);
void gbx_display_connection_set_sandbox (GbxDisplayConnection *self, GbxSandbox *sandbox);
/* Does nothing unless it is lost. */
void gbx_display_connection_reconnect (GbxDisplayConnection *self);
void gbx_display_connection_close (GbxDisplayConnection *self);
gboolean gbx_display_connection_get_showing (GbxDisplayConnection *self);
gboolean gbx_display_connection_get_lost (GbxDisplayConnection *self);

G_END_DECLS
