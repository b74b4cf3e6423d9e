/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Private to the launchers: the icon with a badge, in the user's icon theme. */

#include <gio/gio.h>

G_BEGIN_DECLS

/* Draws the icon in all sizes, by another program.  icon: (nullable): the Icon of an entry
 * Returns: (transfer full): the files that it was made from; %NULL: nothing could be drawn, and
 * nothing is left; with an error if there is no space or no permission. */
char **gbx_launcher_icon_make (const char *icon, const char *name, GError **error);
void gbx_launcher_icon_remove (const char *name);

G_END_DECLS
