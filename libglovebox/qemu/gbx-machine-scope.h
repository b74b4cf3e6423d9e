/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-plan.h"
#include "gbx-user-scope.h"
#include "gbx-setting.h"

#include <sys/types.h>

G_BEGIN_DECLS

/* The scope of a virtual machine: which limits of a policy it holds, and which processes.
 * These block and are for worker threads. */

/* Whether there is a systemd that can make one.  Root's machines are in groups of libvirt's. */
gboolean gbx_machine_scope_is_possible (void);
/* Moves QEMU, which has not run its guest yet, and the helpers into a scope.
 * helpers: (element-type pid_t): and their children
 * weakness: (out) (nullable) (transfer full): what does not hold, as a sentence
 * Returns: (nullable): NULL, with or without a weakness, where there is none */
GbxUserScope *
gbx_machine_scope_start (GbxLaunchPlan *plan, pid_t qemu, GArray *helpers, char **weakness);

/* What a scope is told of a value: G_MAXUINT64 is no limit. */
guint64 gbx_machine_scope_get_amount (const GbxSetting *setting, GVariant *value);

G_END_DECLS
