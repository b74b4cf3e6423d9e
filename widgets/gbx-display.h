/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-sandbox.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum
{
  GBX_DISPLAY_DISCONNECTED,
  GBX_DISPLAY_CONNECTING,
  GBX_DISPLAY_CONNECTED, /* the server answers, but nothing has been drawn */
  GBX_DISPLAY_READY,     /* there is a first frame */
  GBX_DISPLAY_FAILED,    /* see the error */
} GbxDisplayState;

typedef enum
{
  GBX_DISPLAY_HAS_AGENT = 1 << 0, /* the display protocol's own agent runs in the guest */
} GbxDisplayCapabilities;

#define GBX_TYPE_DISPLAY (gbx_display_get_type ())
/**
 * GbxDisplay:
 *
 * The screen of a sandbox as a widget, whatever the protocol.  Properties:
 * - `state` (#GbxDisplayState as int)
 * - `desktop-width`, `desktop-height` (uint): of the guest's screen, in its pixels
 * - `capabilities` (#GbxDisplayCapabilities as uint)
 * - `grabbed` (boolean): the widget holds the keyboard or the pointer
 * - `grab-keyboard` (boolean, writable): take every key while it is focused,
 *   also those that the window manager would have
 * - `scaling` (boolean, writable): scale the screen to the widget where the guest
 *   does not follow; otherwise one guest pixel is always one device pixel
 *
 * Signals: `updated` (uint pixels): that many pixels of the screen may have changed.
 *
 * The widget trusts no byte from the server: it refuses screens beyond
 * %GBX_DISPLAY_MAX, and shares neither clipboard, files, sound nor devices.
 */
G_DECLARE_DERIVABLE_TYPE (GbxDisplay, gbx_display, GBX, DISPLAY, GtkBin)

GtkWidget *gbx_display_new (GbxDisplayProtocol protocol);

/* Each channel gets its descriptor from the sandbox.  May be called again after a
 * failure or a disconnection. */
void gbx_display_connect (GbxDisplay *self, GbxSandbox *sandbox);
void gbx_display_disconnect (GbxDisplay *self);

GbxDisplayState gbx_display_get_state (GbxDisplay *self);
const GError *gbx_display_get_error (GbxDisplay *self); /* (nullable) */
void gbx_display_get_desktop_size (GbxDisplay *self, guint *width, guint *height);
GbxDisplayCapabilities gbx_display_get_capabilities (GbxDisplay *self);
gboolean gbx_display_get_scaling (GbxDisplay *self);
void gbx_display_set_scaling (GbxDisplay *self, gboolean scaling);
gboolean gbx_display_get_grab_keyboard (GbxDisplay *self);
void gbx_display_set_grab_keyboard (GbxDisplay *self, gboolean grab_keyboard);
gboolean gbx_display_get_grabbed (GbxDisplay *self);
void gbx_display_release_grab (GbxDisplay *self);

/* Presses the keys in order and releases them in reverse. */
void gbx_display_send_keys (GbxDisplay *self, const guint *keyvals, guint n_keyvals);

/* The guest's screen at the guest's resolution, without the pointer.  Waits for
 * the first frame. */
void gbx_display_screenshot_async (GbxDisplay *self, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data);
GdkPixbuf *gbx_display_screenshot_finish (GbxDisplay *self, GAsyncResult *result, GError **error);

G_END_DECLS
