/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-policy.h"

G_BEGIN_DECLS

/* Passes a policy from one process of Glovebox to another, in a memory file.  The format is
 * private to one version. */

/* Returns a descriptor at the beginning of the file, which stays open across execve(); or
 * -1 with GBX_ERROR_STORAGE. */
int gbx_policy_hand_over (GbxPolicy *self, GError **error);
/* Closes the descriptor. (transfer full): the policy, validated by the builder again,
 * because a share may have been replaced meanwhile.  NULL with GBX_ERROR_INVALID for
 * anything that hand_over() did not write, or with an error of gbx_policy_builder_build(). */
GbxPolicy *gbx_policy_take_over (int fd, GError **error);

G_END_DECLS
