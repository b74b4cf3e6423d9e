/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <handy.h>

G_BEGIN_DECLS

/* The window of the preferences; there is one at a time.
 * parent: (nullable) */
void gbx_desktop_preferences_show (GtkApplication *application, GtkWindow *parent);
/* Makes our windows light or dark, as the user prefers, now and after a change. */
/* Before libhandy is initialised, which overwrites GTK's setting. */
void gbx_desktop_preferences_remember_gtk (void);
void gbx_desktop_preferences_follow_color_scheme (void);

G_END_DECLS
