/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-plan.h"
#include "gbx-rootfs.h"

G_BEGIN_DECLS

/* Prefix of the mount tags of shares. */
#define GBX_EXPORT_SHARE_PREFIX "gbx-share-"

/* Adds to the plan what the guest may mount: its root, /usr, /opt and the policy's shares.
 * A shared file gets its own folder in the runtime folder, because 9p only exports folders;
 * see gbx-jail.c for the contents. */
gboolean gbx_exports_prepare (GbxLaunchPlan *plan, const char *root, GbxIdentity *identity,
                              GError **error);
/* The mount tag of the share with that index. */
char *gbx_exports_share_tag (guint index);
/* The path of the shared file in the runtime folder. */
char *gbx_exports_file_path (GbxLaunchPlan *plan, guint index);

G_END_DECLS
