/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>

/* How the kernel serves a process: what is set before it executes a program, and stays. */

#define TUNING_NODES_MAX 1024
#define TUNING_BITS (8 * sizeof (unsigned long))

typedef struct
{
  int nice;        /* 0 to 19 */
  int scheduler;   /* one of SCHED_ */
  int io_priority; /* 0, the first, to 7; or -1 */
  int memory_mode; /* one of MPOL_, or 0 */
  unsigned long nodes[TUNING_NODES_MAX / TUNING_BITS];
} Tuning;

void tuning_init (Tuning *self);
bool tuning_knows (const char *word);
/* Takes one word and its value: "nice" and "5".  If it is malformed, FALSE and errno. */
bool tuning_take (Tuning *self, const char *word, const char *value);
/* What could not be set, with errno; or NULL. */
const char *tuning_apply (const Tuning *self);
