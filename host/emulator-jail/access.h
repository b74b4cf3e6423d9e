/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <linux/landlock.h>
#include <stdint.h>

/* The Landlock rights of the rules. */
#define ACCESS_READ                                                                                \
  (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
/* QEMU may never create device nodes. */
#define ACCESS_WRITE                                                                               \
  (ACCESS_READ | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |                   \
   LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |    \
   LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_SYM)
#define ACCESS_OF_FILE                                                                             \
  (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE)
#define ACCESS_ALL (ACCESS_WRITE | LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_BLOCK)
/* Landlock 2 (Linux 5.19), 3 (6.2) and 5 (6.10); older headers lack the names. */
#define ACCESS_REFER (UINT64_C (1) << 13)
#define ACCESS_TRUNCATE (UINT64_C (1) << 14)
#define ACCESS_IOCTL_DEVICE (UINT64_C (1) << 15)
