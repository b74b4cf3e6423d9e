/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

/* Each is called in a child before it executes a program, in this order, and
 * says false when the kernel refused: the child then must not go on. */

/* Should: leave no way to gain privileges, by exec or otherwise, for this
 * process and all that come from it.
 * Mustn't: need to know who it will be. */
bool gbx_confine_privileges (void);

/* Should: become the account, with its one group and no capabilities.
 * Mustn't: keep a supplementary group. */
bool gbx_confine_account (uid_t uid, gid_t gid);

/* After gbx_confine_account().
 * Should: refuse the system calls that only serve to change the machine.
 * Mustn't: break ordinary programs; browsers make user namespaces and mounts
 * within them, debuggers trace their children. */
bool gbx_confine_system_calls (void);

/* Should: give the program the signals, limits and umask of a fresh login.
 * Mustn't: let it inherit a descriptor beside 0, 1 and 2 that was not put there for it. */
void gbx_confine_process (void);
