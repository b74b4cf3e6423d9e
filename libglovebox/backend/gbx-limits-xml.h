/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-plan.h"

#include <libxml/tree.h>

G_BEGIN_DECLS

/* The limits of a plan in libvirt's description of the guest: only those that hold there, so
 * that libvirt neither refuses an element nor drops it silently.  domain: the root element. */

/* For a virtual machine; its other parts are complete. */
void gbx_limits_add_to_machine (xmlNode *domain, GbxLaunchPlan *plan);
/* (element-type utf8): QEMU's own arguments, for what libvirt has no element. */
GPtrArray *gbx_limits_list_arguments (GbxLaunchPlan *plan);
/* For a container of libvirt's LXC driver. */
void gbx_limits_add_to_container (xmlNode *domain, GbxLaunchPlan *plan);

/* Numbers as libvirt wants them. */
guint64 gbx_limits_get_shares (GbxLaunchPlan *plan, guint64 weight);
/* Microseconds of each period of GBX_LIMITS_PERIOD; -1: no limit. */
gint64 gbx_limits_get_quota (GbxLaunchPlan *plan, guint64 percent);
/* KiB; memory: bytes. */
guint64 gbx_limits_get_swap (GbxLaunchPlan *plan, guint64 memory, guint64 swap);
#define GBX_LIMITS_PERIOD 100000

G_END_DECLS
