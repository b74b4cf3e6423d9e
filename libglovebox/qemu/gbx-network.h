/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Serves the guest's network at a socket: passt, behind a guard that keeps it from the
 * host's own addresses, in a namespace of pasta's. */
typedef struct _GbxNetworkHelper GbxNetworkHelper;

/* Blocking, until it listens. */
GbxNetworkHelper *gbx_network_helper_start (const char *socket, GError **error);
/* A process descriptor that becomes readable when the helper has ended, by itself or
 * because somebody killed one of its processes: from then on the guest has no network.
 * It belongs to the helper.  It is -1 where the kernel has no such descriptors. */
int gbx_network_helper_get_process_fd (GbxNetworkHelper *self);
/* A sentence for the user on what does not work at present: that names do not resolve,
 * that the host is not connected.  (nullable): when all is well. */
const char *gbx_network_helper_get_notice (GbxNetworkHelper *self);
void gbx_network_helper_stop (GbxNetworkHelper *self);
/* Ends one whose holder has died: of a sandbox's folder, now and as it was called. */
void gbx_network_helper_end_orphan (const char *folder, const char *known_as);

G_END_DECLS
