/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The parts of a container's place. */

#include "gbx-place.h"

/* Where libvirt mounts what the host exports, each below its tag. */
#define GBX_CONTAINER_EXPORTS "/gbx-exports"

/* The descriptors that the host passes; -1: there is none. */
typedef struct
{
  int console; /* connected to the host */
  int display; /* listens for the host's viewers */
  int network; /* connected to the network helper, which takes frames */
  int home;    /* the image of a kept home */
} GbxPassed;

const GbxPassed *gbx_container_passed (void);

/* gbx-container-mounts.c */
void gbx_container_enter_root (GbxInit *self);
bool gbx_container_make_node (const GbxNode *node, const char *path);
bool gbx_container_mount_proc (void);
bool gbx_container_mount_share (GbxInit *self, const GbxGuestShare *share, const char *target);

/* gbx-tap.c */
bool gbx_container_make_interface (GbxInit *self, char *name);

/* gbx-xvnc.c */
void gbx_container_start_display (GbxInit *self);

/* gbx-container-files.c */
void gbx_container_close_kernel_files (GbxInit *self);

/* gbx-container-figures.c: opens the container's control groups, before they are hidden. */
void gbx_container_open_groups (void);
uint64_t gbx_container_get_memory_kib (void);
uint32_t gbx_container_get_available_kib (void);
/* In place of /proc/meminfo. */
#define GBX_MEMINFO GBX_PRIVATE "/meminfo"
void gbx_container_write_meminfo (void);
uint32_t gbx_container_get_busy_permille (void);
bool gbx_container_has_run_out_of_memory (void);

/* gbx-container-calls.c */
bool gbx_container_confine_calls (void);
