/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-guest-config.h"

#include <stdbool.h>
#include <sys/types.h>

/* Each is called in a child before it executes a program, in this order.  It returns false
 * if the kernel refused; the child must then not continue. */

/* Should: leave no way to gain privileges, by exec or otherwise, for this process and
 * its descendants.
 * Mustn't: keep a capability for an account but uid 0.  That one keeps CAP_SETFCAP, without
 * which it could not make user namespaces, as every other account can.  It is of no other
 * use: with no_new_privs, no file gives a capability. */
bool gbx_confine_privileges (uid_t uid);

/* Should: become the account, with these groups and no other capabilities.
 * Mustn't: keep a supplementary group of init's. */
bool gbx_confine_account (uid_t uid, gid_t gid, const gid_t *groups, size_t n_groups);

/* After gbx_confine_account(): the kernel counts the processes of the account.
 * Should: limit what the program and its descendants use, as the host has chosen. */
void gbx_confine_resources (const GbxGuestLimits *limits);

/* After gbx_confine_account().
 * Should: refuse the system calls that only change the machine.
 * Mustn't: break ordinary programs; browsers create user namespaces and mounts in them,
 * debuggers trace their children. */
bool gbx_confine_system_calls (void);

/* Should: give the program the signals, limits and umask of a fresh login.
 * Mustn't: let it inherit a descriptor other than 0, 1 and 2, unless it is meant for it. */
void gbx_confine_process (void);
