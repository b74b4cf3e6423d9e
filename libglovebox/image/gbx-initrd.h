/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-kernel.h"

G_BEGIN_DECLS

/**
 * GbxInitrdFlags:
 * @GBX_INITRD_EXEC: what every guest needs: virtio-pci, console, 9p
 * @GBX_INITRD_DESKTOP: also the display and input drivers
 * @GBX_INITRD_NETWORK: also virtio-net
 * @GBX_INITRD_QXL: for a desktop: the driver of qxl instead of virtio-gpu
 * @GBX_INITRD_VGA: for a desktop: the driver of plain VGA instead of virtio-gpu
 * @GBX_INITRD_VIRTIOFS: also the file system for shares that have their own server
 * @GBX_INITRD_HOME: also virtio-blk and ext4, for a kept home
 *
 * What the guest will have, and so which drivers its initrd contains.
 */
typedef enum
{
  GBX_INITRD_EXEC = 0,
  GBX_INITRD_DESKTOP = 1 << 0,
  GBX_INITRD_NETWORK = 1 << 1,
  GBX_INITRD_QXL = 1 << 2,
  GBX_INITRD_VGA = 1 << 3,
  GBX_INITRD_VIRTIOFS = 1 << 4,
  GBX_INITRD_HOME = 1 << 5,
} GbxInitrdFlags;

GbxInitrdFlags gbx_initrd_flags_for_video (GbxVideo video);
char *gbx_initrd_prepare (GbxKernel *kernel, GbxInitrdFlags flags, GCancellable *cancellable,
                          GError **error);

G_END_DECLS
