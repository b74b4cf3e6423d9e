/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-display-link.h"
#include "gbx-display-picture.h"
#include "gbx-sandbox.h"

G_BEGIN_DECLS

#define GBX_TYPE_DISPLAY_CLIENT (gbx_display_client_get_type ())
/**
 * GbxDisplayClient:
 *
 * One connection to the display of a sandbox: the decoding program, its link, and the
 * picture.  A new connection has a new client.
 *
 * Signals, in the order of one turn of the program:
 * - `hello`: it is known how the program is confined; no byte of the guest has reached it
 *   yet
 * - `answered`: the server of the display speaks its protocol
 * - `damaged` (GdkRectangle *part): that part of the picture has changed
 * - `cursor` (GbxCursorKind, GdkPixbuf * or NULL, int hot x, int hot y)
 * - `turn-done` (gboolean damaged): see gbx_display_client_give_turn()
 * - `closed` (GError * or NULL): the connection has ended; the error if it failed
 */
G_DECLARE_FINAL_TYPE (GbxDisplayClient, gbx_display_client, GBX, DISPLAY_CLIENT, GObject)

/* Errors before the connection are returned here. */
GbxDisplayClient *
gbx_display_client_new (GbxDisplayProtocol protocol, GbxSandbox *sandbox, GError **error);
/* For a program that already uses that socket; takes ownership of the socket. */
GbxDisplayClient *
gbx_display_client_new_for_socket (GbxDisplayProtocol protocol, GbxSandbox *sandbox, int socket,
                                   GError **error);
/* Ends the connection; emits nothing afterwards. */
void gbx_display_client_close (GbxDisplayClient *self);

GbxDisplayPicture *gbx_display_client_get_picture (GbxDisplayClient *self);
/* A sentence about what is missing of the decoding program's confinement, or NULL. */
const char *gbx_display_client_get_weakness (GbxDisplayClient *self);
/* The last turn's changes are on the screen: the program may continue. */
void gbx_display_client_give_turn (GbxDisplayClient *self);

void
gbx_display_client_send_key (GbxDisplayClient *self, guint number, gboolean pressed, guint keyval);
void gbx_display_client_move_pointer (GbxDisplayClient *self, guint x, guint y);
void gbx_display_client_send_button (GbxDisplayClient *self, guint button, gboolean pressed);
void gbx_display_client_set_locks (GbxDisplayClient *self, GbxDisplayLocks locks);

G_END_DECLS
