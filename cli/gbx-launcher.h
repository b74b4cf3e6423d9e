/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether a user of a desktop waits for a window and will not see what is printed: started from
 * a menu or a file manager, rather than a terminal or a program that reads the output. */
gboolean gbx_launcher_is_waiting (void);
/* Becomes a window with the message, which exits with that status.  Returns if it cannot.
 * name: (nullable): of what was to be started */
void gbx_launcher_show_failure (const char *name, const char *message, int status);

G_END_DECLS
