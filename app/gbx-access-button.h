/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-sandbox.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * GbxAccessButton:
 *
 * What a sandbox may touch, at a glance: its network, its shares, a mark where it may change
 * files, and its devices.  It opens a list of all in words, and of what it uses now.
 */
#define GBX_TYPE_ACCESS_BUTTON (gbx_access_button_get_type ())
G_DECLARE_FINAL_TYPE (GbxAccessButton, gbx_access_button, GBX, ACCESS_BUTTON, GtkMenuButton)

void gbx_access_button_set_policy (GbxAccessButton *self, GbxPolicy *policy);
/* Whose use is shown: the latest one. */
void gbx_access_button_set_sandbox (GbxAccessButton *self, GbxSandbox *sandbox);

G_END_DECLS
