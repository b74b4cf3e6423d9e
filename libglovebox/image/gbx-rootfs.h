/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-policy.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* The account of Xorg in the guest: there is no such account on the host.  Its number
 * is chosen for each launch, away from the user's. */
#define GBX_XORG_USER "gbx-xorg"

/* Who the application runs as: the host's user. */
typedef struct
{
  guint32 uid, gid;
  char *user, *group, *full_name, *home, *shell;
  guint32 display_account; /* user and group of Xorg in the guest */
  guint32 private_account; /* and of what the guest's init keeps to itself */
  char *account_home; /* as the user database has it; home is $HOME */
} GbxIdentity;

GbxIdentity *gbx_identity_new_for_host (GError **error);
void gbx_identity_free (GbxIdentity *self);
/* Chooses the guest's own two, which are neither the user's nor one of these groups'. */
void gbx_identity_choose_accounts (GbxIdentity *self, const gid_t *groups, guint n_groups);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxIdentity, gbx_identity_free)

/* Composes the guest's root below path, which must not exist yet, in two steps, both
 * blocking: what the guest needs to mount it and upon it, and then the many files
 * that applications read, for which there is time until the guest is configured. */
gboolean gbx_rootfs_begin (const char *path, GbxPolicy *policy, GbxIdentity *identity,
                           const char *hostname, const char *name_servers, GError **error);
gboolean gbx_rootfs_fill (const char *path, GCancellable *cancellable, GError **error);

G_END_DECLS
