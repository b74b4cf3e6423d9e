/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Where init runs: in a virtual machine, with a kernel of its own, or in a container of the
 * host's kernel.  The phases are the same.  What differs is in one table for each. */

#include "gbx-init.h"

struct _GbxPlace
{
  /* Phase "modules": ends with an open port to the host, and our hello sent. */
  void (*connect) (GbxInit *self);
  /* Phase "root": ends with / and /usr as the host has made them. */
  void (*enter_root) (GbxInit *self);
  /* KiB of memory that all of the guest may use. */
  uint64_t (*get_memory_kib) (void);
  /* A node of /dev that each program may open.  False: errno tells why. */
  bool (*make_node) (const GbxNode *node, const char *path);
  /* /proc shows to each account only its own processes. */
  bool (*mount_proc) (void);
  /* Puts an export of the host at the target, as the share's flags say. */
  bool (*mount_share) (GbxInit *self, const GbxGuestShare *share, const char *target);
  /* Whether what is written in a share reaches the host only when it is synced. */
  bool shares_need_sync;
  /* A kept home: makes it reachable at the folder, and takes it away again.  The second
   * returns 0, or the errno of what failed. */
  void (*mount_disk) (GbxInit *self, const char *folder);
  int (*close_disk) (const char *folder);
  /* The last of phase "mounts": the kernel's own files, and ways to the surroundings. */
  void (*close_kernel_files) (GbxInit *self);
  /* Phase "identity": name has IFNAMSIZ bytes.  False: there is no interface. */
  bool (*make_interface) (GbxInit *self, char *name);
  /* Phase "xorg": the display server, as a child. */
  void (*start_display) (GbxInit *self);
  /* Whether that draws the pointer into the picture until the user has moved it there. */
  bool draws_pointer;
  /* Before the application is started: all is mounted; or NULL. */
  void (*give_up_rights) (GbxInit *self);
  /* In a child; see gbx-confine.h. */
  bool (*confine_system_calls) (void);
  /* To the host's time, unless it is the host's clock. */
  void (*set_clock) (GbxInit *self, uint32_t seconds, uint32_t nanoseconds);
  /* For the host: what the guest uses. */
  uint32_t (*get_busy_permille) (void);
  uint32_t (*get_available_kib) (void);
  bool (*has_run_out_of_memory) (void);
  /* Called each second; or NULL. */
  void (*second) (void);
  /* Ends the guest, whose host has its good-bye. */
  void (*end) (void);
  /* Something outside of the guest has sent a SIGTERM to init; or NULL. */
  void (*terminated) (void);
};

/* By init's arguments, which the host gives. */
const GbxPlace *gbx_place_choose (int argc, char **argv);
const GbxPlace *gbx_machine_place (void);
const GbxPlace *gbx_container_place (int argc, char **argv);

/* The machine's parts, in the files of their phases. */
void gbx_machine_connect (GbxInit *self);
void gbx_machine_enter_root (GbxInit *self);
bool gbx_machine_mount_share (GbxInit *self, const GbxGuestShare *share, const char *target);
void gbx_machine_mount_disk (GbxInit *self, const char *folder);
int gbx_machine_close_disk (const char *folder);
void gbx_machine_close_kernel_files (GbxInit *self);
bool gbx_machine_find_interface (GbxInit *self, char *name);
void gbx_machine_start_display (GbxInit *self);
void gbx_machine_set_clock (GbxInit *self, uint32_t seconds, uint32_t nanoseconds);
