/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* One client of a control socket.  A client that hangs, while it connects or later, is dropped;
 * what waits to be sent to it is bounded by that time.
 *
 * Signal: gone: it is connected no more, or never was. */
#define GBX_TYPE_CONTROL_PEER (gbx_control_peer_get_type ())
G_DECLARE_FINAL_TYPE (GbxControlPeer, gbx_control_peer, GBX, CONTROL_PEER, GObject)

/* Another account gets no answer: NULL. */
GbxControlPeer *gbx_control_peer_new (GSocketConnection *socket, GDBusInterfaceSkeleton *skeleton);
/* Whether it has said who it is. */
gboolean gbx_control_peer_is_known (GbxControlPeer *self);
/* Something was sent to it: it has to take it. */
void gbx_control_peer_push (GbxControlPeer *self);
void gbx_control_peer_close (GbxControlPeer *self);

G_END_DECLS
