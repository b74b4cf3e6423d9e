/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-display-private.h"

G_BEGIN_DECLS

#define GBX_TYPE_VNC_DISPLAY (gbx_vnc_display_get_type ())
G_DECLARE_FINAL_TYPE (GbxVncDisplay, gbx_vnc_display, GBX, VNC_DISPLAY, GbxDisplay)

G_END_DECLS
