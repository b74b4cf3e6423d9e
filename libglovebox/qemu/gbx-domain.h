/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-plan.h"
#include "gbx-virt.h"

G_BEGIN_DECLS

/* (transfer full): the description of the plan's virtual machine for libvirt. */
GVirConfigDomain *gbx_domain_new (GbxLaunchPlan *plan, GError **error);

G_END_DECLS
