/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-policy.h"

G_BEGIN_DECLS

/* The host path that the shares show at a path of the sandbox, without links; NULL: none. */
char *gbx_program_find_on_host (GPtrArray *shares, const char *guest_path);

/* Whether the command can be started in the sandbox, as far as the host knows before the
 * boot.  It fails if the host has the program, but the sandbox will not have it or may not
 * execute it.  If the host does not have it either, the guest searches for it.  Returns 0,
 * or 126 or 127 like a shell, with an error. */
int gbx_program_check (GbxPolicy *policy, GError **error);
/* The same for a program that the policy's command starts. */
int gbx_program_check_command (GbxPolicy *policy, const char *const *command, GError **error);

G_END_DECLS
