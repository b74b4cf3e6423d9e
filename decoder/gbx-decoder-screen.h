/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-display-protocol.h"

#include <glib.h>

G_BEGIN_DECLS

/* Collects the changes from the protocols until the program's turn.  Then it copies the
 * changed parts of the screen to the window's frame, and notifies the window.  So a guest
 * that draws all the time cannot flood the window. */
typedef struct _GbxScreen GbxScreen;

typedef void (*GbxScreenFlushed) (gpointer user_data);

GbxScreen *gbx_screen_new (void);
/* Called after each turn that showed something: the time to request more. */
void gbx_screen_set_flushed (GbxScreen *self, GbxScreenFlushed flushed, gpointer user_data);

/* From the window. */
void gbx_screen_handle_turn (GbxScreen *self);
void gbx_screen_handle_cursor_memory (GbxScreen *self, int fd);
void gbx_screen_handle_frame (GbxScreen *self, const GbxDisplayMessage *message, int fd);

/* From the protocols.  The caller owns the pixels (four bytes each, the last one unused),
 * which must stay valid until the next call. */
void gbx_screen_set_pixels (GbxScreen *self, const guint8 *pixels, guint width, guint height,
                            guint stride);
/* The screen is too large to be shown; the window is notified. */
void gbx_screen_claim_size (GbxScreen *self, guint width, guint height);
void gbx_screen_damage (GbxScreen *self, int x, int y, int width, int height);
/* @rgba is NULL unless the cursor is a shape. */
void gbx_screen_set_cursor (GbxScreen *self, GbxCursorKind kind, const guint8 *rgba, guint width,
                            guint height, guint hot_x, guint hot_y);
void gbx_screen_want_fd (GbxScreen *self, guint channel);
void gbx_screen_answered (GbxScreen *self);
void gbx_screen_fail (GbxScreen *self, GbxDisplayFault fault);
void gbx_screen_closed (GbxScreen *self);

G_END_DECLS
