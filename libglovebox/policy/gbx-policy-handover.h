/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-policy.h"

G_BEGIN_DECLS

/* A policy on its way from one process of Glovebox to another, through a memory file.
 * The format is private to one version. */

/* A descriptor at the beginning of the file, which outlives execve(); or -1 with
 * GBX_ERROR_STORAGE. */
int gbx_policy_hand_over (GbxPolicy *self, GError **error);
/* Closes the descriptor.  (transfer full): the policy, checked as one that is built is:
 * a share may have been exchanged meanwhile.  NULL with GBX_ERROR_INVALID for anything
 * that hand_over() did not write, or an error of gbx_policy_builder_build(). */
GbxPolicy *gbx_policy_take_over (int fd, GError **error);

G_END_DECLS
