/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-plan.h"
#include "gbx-rootfs.h"

G_BEGIN_DECLS

/* Prefix of the mount tags of shares. */
#define GBX_EXPORT_SHARE_PREFIX "gbx-share-"

/* Of a shared file, in the folder that is exported in its place. */
#define GBX_EXPORT_FILE_NAME "file"
/* After the place of a shared file: a link to it, for a backend that needs one. */
#define GBX_EXPORT_FILE_SUFFIX ".file"

/* Adds to the plan what the guest may mount: its root, /usr, /opt and the
 * policy's shares.  Each share is exported from a place in the runtime folder,
 * since neither libvirt nor QEMU takes every name that a file may have; see
 * gbx-jail.c for what is in that place.  A single file that the sandbox may write is copied;
 * see gbx-file-copies.h. */
gboolean gbx_exports_prepare (GbxLaunchPlan *plan, const char *root, GbxIdentity *identity,
                              GError **error);
/* Whether the share with that index has a server of its own. */
gboolean gbx_exports_is_served (GbxLaunchPlan *plan, guint index);
/* The mount tag of the share with that index. */
char *gbx_exports_share_tag (guint index);
/* Where the share with that index is for the emulator: a folder; and the shared
 * file in it, if it is one. */
char *gbx_exports_share_path (GbxLaunchPlan *plan, guint index);
char *gbx_exports_file_path (GbxLaunchPlan *plan, guint index);

G_END_DECLS
