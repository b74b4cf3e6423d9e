/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Helper functions for all parts of the guest's init. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define GBX_N_ELEMENTS(array) (sizeof (array) / sizeof *(array))

void gbx_close_fd (int *fd);
#define gbx_autofd __attribute__ ((cleanup (gbx_close_fd))) int

/* Since the kernel's start, in milliseconds. */
uint32_t gbx_uptime_ms (void);
/* The guest begins now, and not with its kernel. */
void gbx_uptime_begin (void);

/* At most size - 1 bytes and a NUL; -1 if the file cannot be read. */
ssize_t gbx_read_file (const char *path, char *out, size_t size);
bool gbx_write_file (const char *path, const char *text, size_t length, mode_t mode);

/* Creates every missing folder of the path; the new ones belong to uid and gid. */
bool gbx_make_folders (const char *path, mode_t mode, uid_t uid, gid_t gid);

/* Whether path is folder itself or lies below it. */
bool gbx_path_is_below (const char *path, const char *folder);
/* Writes the parent folder of path to out; false if it does not fit. */
bool gbx_path_parent (const char *path, char *out, size_t size);
