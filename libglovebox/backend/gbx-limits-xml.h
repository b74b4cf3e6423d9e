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
/* Percent of one processor for a container with that quota: it has no number of processors. */
guint64 gbx_limits_get_container_percent (GbxLaunchPlan *plan, guint64 quota);
/* KiB; memory: bytes. */
guint64 gbx_limits_get_swap (GbxLaunchPlan *plan, guint64 memory, guint64 swap);
#define GBX_LIMITS_PERIOD 100000
/* Bytes beside the guest's memory: QEMU, its cache of translated code and its screens. */
#define GBX_LIMITS_EMULATOR_MEMORY (G_GUINT64_CONSTANT (1) << 30)

G_END_DECLS
