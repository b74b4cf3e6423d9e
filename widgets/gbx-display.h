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

#define GBX_TYPE_DISPLAY (gbx_display_get_type ())
/**
 * GbxDisplay:
 *
 * The screen of a sandbox as a widget, forevery protocol.  A separate, confined program
 * decodes the guest's screen; the widget shows it and sends the user's input.  Properties:
 * - `state` (#GbxDisplayState as int)
 * - `desktop-width`, `desktop-height` (uint): of the guest's screen, in its pixels
 * - `weakness` (string, nullable): what is missing of the decoding program's confinement
 * - `grabbed` (boolean): the widget holds the keyboard
 * - `grab-keyboard` (boolean, writable): take every key while it is focused, also those of
 *   the window manager
 * - `capture-pointer` (boolean, writable): hide the pointer, keep it in the widget, and send
 *   only its motion; ends when the grab is released or the focus is lost
 * - `scaling` (boolean, writable): scale the screen to the widget if the guest's size
 *   differs; otherwise one guest pixel is always one device pixel, with the zoom
 * - `follows` (boolean, writable): the guest's screen gets the size of the widget, divided by
 *   the zoom; otherwise it keeps its size
 * - `zoom` (uint, writable): in percent, from 25 to 400
 *
 * Signals: `updated` (uint pixels): that many pixels of the screen may have changed.
 *
 * The widget does not trust that program: it refuses screens larger than %GBX_DISPLAY_MAX,
 * and shares no clipboard, files, sound or devices.
 */
G_DECLARE_FINAL_TYPE (GbxDisplay, gbx_display, GBX, DISPLAY, GtkDrawingArea)

GtkWidget *gbx_display_new (GbxDisplayProtocol protocol);

/* May be called again after a failure or a disconnection. */
void gbx_display_connect (GbxDisplay *self, GbxSandbox *sandbox);
/* The same with a decoding program that already uses that socket; takes ownership of the socket. */
void gbx_display_connect_by_socket (GbxDisplay *self, GbxSandbox *sandbox, int socket);
void gbx_display_disconnect (GbxDisplay *self);

GbxDisplayState gbx_display_get_state (GbxDisplay *self);
const GError *gbx_display_get_error (GbxDisplay *self); /* (nullable) */
void gbx_display_get_desktop_size (GbxDisplay *self, guint *width, guint *height);
/* A sentence for the user, or NULL. It is notified before any byte of the guest is decoded,
 * so that it is safe to disconnect then. */
const char *gbx_display_get_weakness (GbxDisplay *self);
/* If strict, it fails on a weakness with %GBX_ERROR_ISOLATION, and decodes nothing. */
void gbx_display_set_strict (GbxDisplay *self, gboolean strict);
gboolean gbx_display_get_scaling (GbxDisplay *self);
void gbx_display_set_scaling (GbxDisplay *self, gboolean scaling);
gboolean gbx_display_get_follows (GbxDisplay *self);
void gbx_display_set_follows (GbxDisplay *self, gboolean follows);
guint gbx_display_get_zoom (GbxDisplay *self);
void gbx_display_set_zoom (GbxDisplay *self, guint zoom);
/* One step, if there is one: 1 to enlarge, -1 to reduce, 0 back to 100 %. */
void gbx_display_step_zoom (GbxDisplay *self, int direction);
/* The guest's screen in logical pixels of the widget, with the zoom. */
void gbx_display_get_natural_size (GbxDisplay *self, int *width, int *height);
gboolean gbx_display_get_grab_keyboard (GbxDisplay *self);
void gbx_display_set_grab_keyboard (GbxDisplay *self, gboolean grab_keyboard);
gboolean gbx_display_get_grabbed (GbxDisplay *self);
void gbx_display_release_grab (GbxDisplay *self);

/* Keeps the present picture, also after the connection has gone, until it is set back. */
void gbx_display_set_frozen (GbxDisplay *self, gboolean frozen);

/* Presses the keys in order and releases them in reverse. */
void gbx_display_send_keys (GbxDisplay *self, const guint *keyvals, guint n_keyvals);

/* The guest's screen at the guest's resolution, without the pointer.  Waits for
 * the first frame. */
void gbx_display_screenshot_async (GbxDisplay *self, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data);
GdkPixbuf *gbx_display_screenshot_finish (GbxDisplay *self, GAsyncResult *result, GError **error);

G_END_DECLS
