/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-init.h"

#include <sys/mount.h>

/* The one file system that all folders which applications write to are in; but for /run. */
#define GBX_MEMORY GBX_PRIVATE "/memory"
/* The flags of every mount that an application sees. */
#define GBX_PLAIN (MS_NOSUID | MS_NODEV)

/* The options of a 9p mount. */
void gbx_9p_options (char *out, size_t size, bool writable, bool immutable);
/* Sorts the shares in mount order: a folder before the paths below it. order has n_shares
 * entries. */
void gbx_sort_shares (const GbxGuestConfig *config, size_t *order);
/* Which folder must become a tmpfs so that home can be created; false if home is a place
 * that must not change. */
bool gbx_home_mount_point (const char *home, char *out, size_t size);

void gbx_mount_shares (GbxInit *self);
/* The application may have ended, but its data must reach the host. */
void gbx_unmount_shares (GbxInit *self);
/* Makes a mount one for applications, and read-only unless it is writable; other flags stay. */
bool gbx_change_mount (const char *path, bool writable);
/* Whether the path is in a tmpfs of this guest. */
bool gbx_is_in_memory (const char *path);
