/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What the user prefers, in $XDG_CONFIG_HOME/glovebox/preferences: the properties, which can be
 * bound to widgets.  A change is saved at once, and keys that this version does not know are
 * kept.
 *
 *   remember-recent      boolean  keep a list of the launched applications
 *   close-after-launch   boolean  close the application window when a sandbox has its own
 *   launcher-suffix      boolean  add "(Sandbox)" to the names of launchers in the menu
 *   color-scheme         string   "desktop", "light" or "dark"
 */
#define GBX_TYPE_PREFERENCES (gbx_preferences_get_type ())
G_DECLARE_FINAL_TYPE (GbxPreferences, gbx_preferences, GBX, PREFERENCES, GObject)

GbxPreferences *gbx_preferences_new (void);
/* (transfer none): the one of this program. */
GbxPreferences *gbx_preferences_get_default (void);
gboolean gbx_preferences_get_remember_recent (GbxPreferences *self);
gboolean gbx_preferences_get_close_after_launch (GbxPreferences *self);
gboolean gbx_preferences_get_launcher_suffix (GbxPreferences *self);
const char *gbx_preferences_get_color_scheme (GbxPreferences *self);

G_END_DECLS
