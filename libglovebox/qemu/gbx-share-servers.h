/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-plan.h"

G_BEGIN_DECLS

/* The servers of shared folders: one virtiofsd for each, confined by glovebox-share-jail.
 * They are faster than QEMU's own 9p server, and can do more; and an escape into QEMU finds
 * no share there. */
typedef struct _GbxShareServers GbxShareServers;

/* Whether this system can confine and run them, and the policy has a folder to serve. */
gboolean gbx_share_servers_are_possible (GbxLaunchPlan *plan);
/* Starts one for each served export of the plan; it waits for QEMU. */
GbxShareServers *gbx_share_servers_start (GbxLaunchPlan *plan, GError **error);
/* pids: (element-type pid_t) */
void gbx_share_servers_add_pids (GbxShareServers *self, GArray *pids);
/* Ends them. */
void gbx_share_servers_stop (GbxShareServers *self);
/* Whether one of them has ended. */
gboolean gbx_share_servers_have_failed (GbxShareServers *self);

G_END_DECLS
