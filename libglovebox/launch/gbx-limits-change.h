/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-plan.h"
#include "gbx-virt.h"

G_BEGIN_DECLS

/* Limits of a running guest that control groups of libvirt's hold: a container's, and those of a
 * virtual machine of root. */

/* Whether they hold the setting of that key. */
gboolean gbx_limits_are_of_group (const char *key);
/* memory: bytes of the group.  Blocks. */
gboolean gbx_limits_change_group (GbxVirt *connection, GbxLaunchPlan *plan, guint64 memory,
                                  const char *key, guint64 number, GError **error);
/* Rates of a virtual machine's disk.  Blocks. */
gboolean gbx_limits_are_of_disk (const char *key);
gboolean gbx_limits_change_disk (GbxVirt *connection, GbxLaunchPlan *plan, const char *key,
                                 guint64 number, GError **error);
/* An error that says why the setting cannot be changed now. */
gboolean gbx_limits_refuse (const char *key, GError **error);

G_END_DECLS
