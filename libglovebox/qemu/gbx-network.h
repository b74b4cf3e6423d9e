/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Serves the guest's network at a socket: passt, in a namespace of pasta's. */
typedef struct _GbxNetworkHelper GbxNetworkHelper;

/* Blocking, until it listens. */
GbxNetworkHelper *gbx_network_helper_start (const char *socket, GError **error);
void gbx_network_helper_stop (GbxNetworkHelper *self);
/* A descriptor of its process, readable once that has ended; or -1. */
int gbx_network_helper_get_process_fd (GbxNetworkHelper *self);
/* Ends one whose holder has died: of a sandbox's folder, now and as it was called. */
void gbx_network_helper_end_orphan (const char *folder, const char *known_as);

G_END_DECLS
