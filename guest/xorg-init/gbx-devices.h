/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-xorg-config.h"

#include <sys/types.h>

/* Where the kernel's own /dev is, only for init. */
#define GBX_KERNEL_DEV "/run/gbx-private/dev"

typedef struct
{
  char path[32]; /* below /dev */
  dev_t number;
} GbxDeviceNode;

/* The only devices that Xorg may open. */
typedef struct
{
  size_t n_nodes;
  GbxDeviceNode nodes[GBX_INPUTS_MAX + 8];
} GbxDisplayDevices;

/* The card, the terminals of the kernel and the input devices. */
void gbx_find_devices (GbxDisplayDevices *self, GbxXorgConfig *config, bool opengl);
/* In its own mount namespace: creates a /dev with these nodes, only for uid. */
bool gbx_make_private_dev (const GbxDisplayDevices *self, uid_t uid, gid_t gid);
