/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-init.h"

/* A server of a share has a file open for as long as the guest's kernel remembers it, and
 * the kernel forgets only when it needs the memory.  Starts a process that makes it forget
 * before a server has too many files open. */
void gbx_file_limit_watch (GbxInit *self);
/* How many objects of that name the kernel has; from the text of /proc/slabinfo. */
unsigned long gbx_file_limit_count (const char *slabs, const char *name);
