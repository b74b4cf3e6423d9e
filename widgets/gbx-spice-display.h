/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-display-private.h"

G_BEGIN_DECLS

#define GBX_TYPE_SPICE_DISPLAY (gbx_spice_display_get_type ())
G_DECLARE_FINAL_TYPE (GbxSpiceDisplay, gbx_spice_display, GBX, SPICE_DISPLAY, GbxDisplay)

G_END_DECLS
