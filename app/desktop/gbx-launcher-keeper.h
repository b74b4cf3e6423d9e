/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define GBX_TYPE_LAUNCHER_KEEPER (gbx_launcher_keeper_get_type ())
/**
 * GbxLauncherKeeper:
 *
 * Keeps the launchers in the menu up to date while it exists: makes them again when an application
 * changes, and removes them with the application or the profile.
 */
G_DECLARE_FINAL_TYPE (GbxLauncherKeeper, gbx_launcher_keeper, GBX, LAUNCHER_KEEPER, GObject)

GbxLauncherKeeper *gbx_launcher_keeper_new (void);

G_END_DECLS
