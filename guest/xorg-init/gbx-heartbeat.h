/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-init.h"

/* Call it before the first frame of the host. */
void gbx_offer_services (GbxInit *self);
