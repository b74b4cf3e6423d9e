/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-init.h"

/* The options of a 9p mount. */
void gbx_9p_options (char *out, size_t size, bool writable, bool immutable);
/* Shares in the order in which they have to be mounted: a folder before what
 * lies below it.  order has n_shares entries. */
void gbx_sort_shares (const GbxGuestConfig *config, size_t *order);
/* Which folder has to become a tmpfs so that home can be made; false when
 * home is a place that must stay what it is. */
bool gbx_home_mount_point (const char *home, char *out, size_t size);

void gbx_unmount_shares (GbxInit *self);
