/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-policy.h"

G_BEGIN_DECLS

/* What the host has at a path of the sandbox, by the shares, without links; NULL: nothing. */
char *gbx_program_find_on_host (GPtrArray *shares, const char *guest_path);

/* Whether the command can be started in the sandbox, as far as the host knows it before
 * anything boots: the host has that program, but the sandbox will not, or it may not be
 * executed.  What the host does not have either is the guest's to look for.
 * Returns 0, or 126 or 127 as a shell does, with an error. */
int gbx_program_check (GbxPolicy *policy, GError **error);

G_END_DECLS
