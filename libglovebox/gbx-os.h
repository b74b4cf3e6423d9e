/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  GBX_VIDEO_VIRTIO,
  GBX_VIDEO_QXL,
  GBX_VIDEO_VGA,
} GbxVideo;

#define GBX_TYPE_OS (gbx_os_get_type ())
G_DECLARE_FINAL_TYPE (GbxOs, gbx_os, GBX, OS, GObject)

/* The host's operating system, from os-release and libosinfo's database;
 * blocking (the database is some 3,000 files), so the answer is cached. */
GbxOs *gbx_os_detect (GCancellable *cancellable, GError **error);
const char *gbx_os_get_name (GbxOs *self);       /* "Debian GNU/Linux 12 (bookworm)" */
const char *gbx_os_get_osinfo_id (GbxOs *self);  /* (nullable): "http://debian.org/debian/12" */
GbxVideo gbx_os_get_video (GbxOs *self);

G_END_DECLS
