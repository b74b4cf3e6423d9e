/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-init.h"

/* A process beside init that is a client of Xorg, under Xorg's own account: it sets the
 * size of the screen, manages the windows and reports them.  Init itself does not talk to
 * any program of the guest.  The two exchange whole packets: GbxScreenSize to the helper,
 * GbxWindowReport from it. */

typedef struct
{
  uint16_t width, height;
} GbxScreenSize;

void gbx_x_helper_resize (GbxInit *self, uint16_t width, uint16_t height);
/* Reads what the helper reports. */
void gbx_x_helper_dispatch (GbxInit *self);

/* In the child: does not return. */
_Noreturn void gbx_x_helper_run (int socket);
