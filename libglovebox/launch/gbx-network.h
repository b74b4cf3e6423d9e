/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Provides the guest's network at a socket: passt in pasta's namespace, with a guard that
 * blocks the host's own addresses. */
typedef struct _GbxNetworkHelper GbxNetworkHelper;

/* Of one direction; 0 where there is no limit.  With a peak, a burst is sent at that rate;
 * without one, as fast as possible. */
typedef struct
{
  guint64 average; /* bytes a second */
  guint64 peak;    /* bytes a second, while a burst lasts */
  guint64 burst;   /* bytes that may come at once after a pause; 0: a quarter of a second's */
} GbxNetworkRate;

typedef struct
{
  GbxNetworkRate download; /* to the sandbox */
  GbxNetworkRate upload;   /* from the sandbox */
} GbxNetworkLimits;

typedef struct
{
  const char *socket;      /* where it listens */
  const char *interface;   /* (nullable): of the host, for IPv6; NULL for IPv4 only */
  const char *publish;     /* (nullable): ports, as in gbx-publication.h */
  gboolean only_published; /* nothing but answers goes out */
  GbxNetworkLimits limits;
} GbxNetworkOptions;

/* An interface of the host for IPv6; NULL if the host has none now, and so the guest never
 * will. */
char *gbx_network_find_interface (void);
/* Blocks until it listens. */
GbxNetworkHelper *gbx_network_helper_start (const GbxNetworkOptions *options, GError **error);
/* At run time. */
gboolean gbx_network_helper_change_limits (GbxNetworkHelper *self, const GbxNetworkLimits *limits,
                                           GError **error);
/* Bytes of IP packets since the start, and what sandbox and network sent to each other. */
gboolean gbx_network_helper_get_traffic (GbxNetworkHelper *self, guint64 *received, guint64 *sent,
                                         GError **error);
/* A process descriptor that becomes readable when the helper has ended, by itself or
 * because one of its processes was killed.  The guest then has no network.  The descriptor
 * belongs to the helper.  It is -1 if the kernel has no such descriptors. */
int gbx_network_helper_get_process_fd (GbxNetworkHelper *self);
/* pasta's; the others are its children. */
GPid gbx_network_helper_get_pid (GbxNetworkHelper *self);
/* A sentence for the user about what does not work now: names do not resolve, or the host
 * is not connected.  NULL if all is well. */
const char *gbx_network_helper_get_notice (GbxNetworkHelper *self);
/* (nullable): why the limits do not hold here, as the kernel or iproute2 says it. */
const char *gbx_network_helper_get_unlimited (GbxNetworkHelper *self);
void gbx_network_helper_stop (GbxNetworkHelper *self);
/* Ends a helper whose owner has died. folder: the sandbox's folder now; known_as: its path
 * before it was moved. */
void gbx_network_helper_end_orphan (const char *folder, const char *known_as);

G_END_DECLS
