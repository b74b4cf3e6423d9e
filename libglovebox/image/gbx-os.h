/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * GbxVideo:
 * @GBX_VIDEO_VIRTIO: virtio-gpu
 * @GBX_VIDEO_QXL: qxl
 * @GBX_VIDEO_VGA: the plain VGA of QEMU
 *
 * The video device of a guest, the best one first.
 */
typedef enum
{
  GBX_VIDEO_VIRTIO,
  GBX_VIDEO_QXL,
  GBX_VIDEO_VGA,
} GbxVideo;

#define GBX_TYPE_OS (gbx_os_get_type ())
/**
 * GbxOs:
 *
 * The host's operating system, which is the guest's too.  Immutable.
 */
G_DECLARE_FINAL_TYPE (GbxOs, gbx_os, GBX, OS, GObject)

GbxOs *gbx_os_detect (GCancellable *cancellable, GError **error);
const char *gbx_os_get_name (GbxOs *self);
const char *gbx_os_get_osinfo_id (GbxOs *self);
GbxVideo gbx_os_get_video (GbxOs *self);

G_END_DECLS
