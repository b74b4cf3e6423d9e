/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-policy.h"

G_BEGIN_DECLS

/* (transfer full): the command as one would type it into a shell, of bounded length. */
char *gbx_command_text (GbxPolicy *policy);

G_END_DECLS
