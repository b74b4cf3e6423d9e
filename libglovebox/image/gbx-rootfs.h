/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-policy.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* The account of Xorg in the guest; the host has no such account.  Its ID is chosen for
 * each launch, different from the user's. */
#define GBX_XORG_USER "gbx-xorg"

/* The kernel's overflow ID: what an ID looks like that a user namespace does not have. */
#define GBX_NOBODY 65534u

/* The account that the application runs as: the host's user. */
typedef struct
{
  guint32 uid, gid;
  gid_t *groups; /* the other ones */
  guint n_groups;
  char *user, *group, *full_name, *home, *shell;
  guint32 display_account; /* user and group of Xorg in the guest */
  guint32 private_account; /* and of the private files of the guest's init */
  char *account_home; /* from the user database; home is $HOME */
  char *listed_home;  /* (nullable): in the guest's user database, if it is not home */
} GbxIdentity;

GbxIdentity *gbx_identity_new_for_host (GError **error);
void gbx_identity_free (GbxIdentity *self);
/* A service has a name of its own in the guest; the numbers stay. */
void gbx_identity_rename (GbxIdentity *self, GbxPolicy *policy);
/* Chooses the guest's two own accounts, different from the user and these groups. */
void gbx_identity_choose_accounts (GbxIdentity *self, const gid_t *groups, guint n_groups);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxIdentity, gbx_identity_free)

/* Creates the guest's root at path, which must not exist yet, in two blocking steps.  The
 * first creates what the guest needs to mount the root and its mount points.  The second
 * creates the many files that applications read; they are needed only when the guest is
 * configured.  store: (nullable): as gbx_host_files_new() has it. */
gboolean gbx_rootfs_begin (const char *path, GbxPolicy *policy, GbxIdentity *identity,
                           const char *hostname, const char *name_servers, GError **error);
/* Gives the user's other groups names, for a guest that sees their IDs. */
gboolean gbx_rootfs_name_groups (const char *path, GbxIdentity *identity, GError **error);
gboolean gbx_rootfs_fill (const char *path, const char *store, GCancellable *cancellable,
                          GError **error);

G_END_DECLS
