/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-init.h"

/* A home that is kept on the guest's disk. */

/* Mounts it at the home's place, which exists. */
void gbx_mount_home_disk (GbxInit *self);
/* A kept home is filled at its first run, and at the first of a desktop: what the user has removed
 * since stays so. */
bool gbx_home_is_filled (GbxInit *self, bool desktop);
void gbx_mark_home_filled (GbxInit *self, bool desktop);
/* Whether a path, in the home or not, can be reached without a link of the home in it: an
 * application of an earlier run may have made one. */
bool gbx_home_has_no_link (GbxInit *self, const char *path);
/* Flushes and freezes the file system, so that the disk can be taken away. */
void gbx_close_home_disk (GbxInit *self);
