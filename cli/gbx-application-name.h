/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-policy.h"

G_BEGIN_DECLS

/* For a command: the name and icon of the installed application that it starts, found by the
 * program, through links and scripts; else the program's own name.  Nothing else of the
 * application's desktop entry is used. */
void gbx_application_name_apply (const char *const *command, GbxPolicyBuilder *builder);

G_END_DECLS
