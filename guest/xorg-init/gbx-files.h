/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The channels "files" and "put": init passes their bytes on to workers, and reads none of
 * them. */

#include "gbx-init.h"

#include <poll.h>

/* Workers at a time; each holds one buffer. */
#define GBX_FILE_WORKERS_MAX 8

/* Before the application starts: what changes from now on is a change of the user's. */
void gbx_files_begin (GbxInit *self);

void gbx_files_opened (GbxServices *services, GbxAddress address);
void gbx_put_opened (GbxServices *services, GbxAddress address);
void gbx_files_take (GbxServices *services, GbxAddress address, const uint8_t *data,
                     size_t length);
void gbx_files_closed (GbxServices *services, GbxAddress address);

/* What to wait for, GBX_FILE_WORKERS_MAX entries, and what to do then. */
void gbx_files_fill_polled (GbxInit *self, struct pollfd *fds);
void gbx_files_pump (GbxInit *self, const struct pollfd *fds);

/* Workers are processes of root's, and so of the user's if that is root. */
bool gbx_files_is_worker (pid_t pid);
void gbx_files_reaped (pid_t pid);
