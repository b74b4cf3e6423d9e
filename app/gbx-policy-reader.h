/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-policy.h"

G_BEGIN_DECLS

/* The policy that the parent process left in a descriptor: a serialised variant that
 * holds the one of gbx_policy_to_variant().  Closes the descriptor. */
GbxPolicy *gbx_policy_read_fd (int fd, GError **error);

G_END_DECLS
