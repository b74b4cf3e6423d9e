/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Private to the launchers: which application opens a type of file. */

#include <glib.h>

G_BEGIN_DECLS

/* Before a launcher with these types is written.  The user's entries come before the system's, so
 * a desktop would take the launcher for what opens a type wherever nobody has chosen.  Writes down
 * for each of these what opens it now. */
gboolean gbx_launcher_defaults_keep (const char *const *types, GError **error);
/* Brings the desktop's list of types up to date, if there is the program for it. */
void gbx_launcher_defaults_update (const char *folder);

G_END_DECLS
