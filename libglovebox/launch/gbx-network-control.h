/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The library's end of the network guard's control socket: what the network is to be, and
 * questions later.  host/gbx-guard-setup.c and gbx-guard-main.c describe the messages. */
typedef struct _GbxNetworkControl GbxNetworkControl;

/* peer: the guard's end. */
GbxNetworkControl *gbx_network_control_new (int *peer, GError **error);
void gbx_network_control_free (GbxNetworkControl *self);
/* The first message, with its descriptors. */
gboolean gbx_network_control_begin (GbxNetworkControl *self, const char *text, const int *fds,
                                    guint n_fds, GError **error);
/* (transfer full): the answer.  Blocks; several threads may ask. */
char *gbx_network_control_ask (GbxNetworkControl *self, const char *question, GError **error);

G_END_DECLS
