/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-plan.h"
#include "gbx-user-scope.h"
#include "gbx-setting.h"

G_BEGIN_DECLS

/* The scope of a virtual machine: which limits of a policy it holds, and which processes.
 * These block and are for worker threads. */

/* Whether there is a systemd that can make one.  Root's machines are in groups of libvirt's. */
gboolean gbx_machine_scope_is_possible (GbxControllers *controllers);
/* Moves QEMU, which has not run its guest yet, and its helpers into a scope.
 * pids: (element-type pid_t)
 * expected: the controllers that the user has not been told to be missing
 * weakness: (out) (nullable) (transfer full): what does not hold, as a sentence
 * Returns: (nullable): NULL, with or without a weakness, where there is none */
GbxUserScope *gbx_machine_scope_start (GbxLaunchPlan *plan, GArray *pids, GbxControllers expected,
                                       char **weakness);
/* What a scope is told of a value: G_MAXUINT64 is no limit. */
guint64 gbx_machine_scope_get_amount (const GbxSetting *setting, GVariant *value);

G_END_DECLS
