/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-policy.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * GbxAccessButton:
 *
 * What a sandbox may touch, at a glance: its network, its shares, a mark where it may change
 * files, and its devices.  It opens a list of all in words.
 */
#define GBX_TYPE_ACCESS_BUTTON (gbx_access_button_get_type ())
G_DECLARE_FINAL_TYPE (GbxAccessButton, gbx_access_button, GBX, ACCESS_BUTTON, GtkMenuButton)

void gbx_access_button_set_policy (GbxAccessButton *self, GbxPolicy *policy);

G_END_DECLS
