/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-init.h"

#define GBX_XORG_FOLDER "/run/gbx-xorg"
#define GBX_XORG_AUTHORITY GBX_XORG_FOLDER "/authority"

/* Xorg has written its display number: it accepts clients. */
void gbx_xorg_ready (GbxInit *self);
/* Xorg has ended, so everything ends: reports the end of its log. */
void gbx_xorg_failed (GbxInit *self, int status);

