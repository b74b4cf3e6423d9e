/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-usage.h"

G_BEGIN_DECLS

/* Fills in what the kernel tells of a process of this account: its disk, which replaces what
 * was known of it, and, unless they are known, processor time and memory. */
void gbx_process_usage_read (int pid, GbxUsage *usage);

/* Adds what the kernel tells of the disk of another one. */
void gbx_process_usage_add_disk (int pid, GbxUsage *usage);

G_END_DECLS
