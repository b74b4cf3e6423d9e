/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-init.h"

/* The candidates for name in the folders of path, one after the other; false
 * when there are no more.  *at starts as 0. */
bool gbx_next_candidate (const char *name, const char *path, size_t *at, char *out, size_t size);

/* In a child: executes the first candidate that can be; else the errno that
 * tells the most. */
int gbx_execute (char *const *arguments, char *const *environment, const char *path);
