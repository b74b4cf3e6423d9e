/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Provides the guest's network at a socket: passt in pasta's namespace, with a guard that
 * blocks the host's own addresses. */
typedef struct _GbxNetworkHelper GbxNetworkHelper;

/* An interface of the host for IPv6; NULL if the host has none now, and so the guest never
 * will. */
char *gbx_network_find_interface (void);
/* Blocks until it listens. interface: (nullable): NULL for IPv4 only. */
GbxNetworkHelper *gbx_network_helper_start (const char *socket, const char *interface,
                                            GError **error);
/* A process descriptor that becomes readable when the helper has ended, by itself or
 * because one of its processes was killed.  The guest then has no network.  The descriptor
 * belongs to the helper.  It is -1 if the kernel has no such descriptors. */
int gbx_network_helper_get_process_fd (GbxNetworkHelper *self);
/* A sentence for the user about what does not work now: names do not resolve, or the host
 * is not connected.  NULL if all is well. */
const char *gbx_network_helper_get_notice (GbxNetworkHelper *self);
void gbx_network_helper_stop (GbxNetworkHelper *self);
/* Ends a helper whose owner has died. folder: the sandbox's folder now; known_as: its path
 * before it was moved. */
void gbx_network_helper_end_orphan (const char *folder, const char *known_as);

G_END_DECLS
