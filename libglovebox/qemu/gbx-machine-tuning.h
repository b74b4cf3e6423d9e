/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-policy.h"

G_BEGIN_DECLS

/* How the kernel serves the processes of a virtual machine, as far as libvirt does not see to it:
 * niceness, scheduler, priority of disk accesses, nodes of memory. */

/* For the rules of a jail, which sets it before its program starts.  libvirt binds the memory of the
 * emulator unless it relies on control groups. */
void gbx_machine_tuning_write (GByteArray *rules, GbxPolicy *policy, gboolean is_emulator);
/* For helpers without a jail of ours: (element-type pid_t). */
void gbx_machine_tuning_apply (GbxPolicy *policy, GArray *pids);

G_END_DECLS
