/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* (transfer full): the command that a user means, without what only starts it: "env", "nice",
 * a shell with a script.  It is for names only: what a script does cannot be known. */
char **gbx_command_name_unwrap (const char *const *command);

G_END_DECLS
