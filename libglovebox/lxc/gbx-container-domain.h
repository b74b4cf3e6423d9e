/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-container-plan.h"
#include "gbx-virt.h"

G_BEGIN_DECLS

/* (transfer full): the description of the plan's container for libvirt.  Its descriptors are
 * those of gbx_container_start(): the console, and then the display and the network, if there
 * are any. */
GVirConfigDomain *gbx_container_domain_new (GbxContainerPlan *plan, GError **error);

G_END_DECLS
