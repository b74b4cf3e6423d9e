/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-policy.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* The account of Xorg in the guest: there is no such account on the host. */
#define GBX_XORG_UID 64000
#define GBX_XORG_USER "gbx-xorg"

/* Who the application runs as: the host's user. */
typedef struct
{
  guint32 uid, gid;
  char *user, *group, *full_name, *home, *shell;
  char *account_home; /* as the user database has it; home is $HOME */
} GbxIdentity;

GbxIdentity *gbx_identity_new_for_host (GError **error);
void gbx_identity_free (GbxIdentity *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxIdentity, gbx_identity_free)

/* Composes the guest's root below path, which must not exist yet, in two steps, both
 * blocking: what the guest needs to mount it and upon it, and then the many files
 * that applications read, for which there is time until the guest is configured. */
gboolean gbx_rootfs_begin (const char *path, GbxPolicy *policy, GbxIdentity *identity,
                           const char *hostname, const char *name_server, GError **error);
gboolean gbx_rootfs_fill (const char *path, GCancellable *cancellable, GError **error);

G_END_DECLS
