/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A passt that serves the guest's network at a socket. */
typedef struct _GbxNetworkHelper GbxNetworkHelper;

/* Blocking, until it listens. */
GbxNetworkHelper *gbx_network_helper_start (const char *socket, GError **error);
void gbx_network_helper_stop (GbxNetworkHelper *self);

G_END_DECLS
