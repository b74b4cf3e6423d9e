/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The systemd of this account, on its session bus.  All functions block, for at most some
 * seconds. */
typedef struct _GbxUserManager GbxUserManager;

/* GBX_ERROR_NOT_FOUND where none runs. */
GbxUserManager *gbx_user_manager_open (GError **error);
void gbx_user_manager_close (GbxUserManager *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxUserManager, gbx_user_manager_close)
/* (transfer full): the manager's own control group, from the tree's root. */
char *gbx_user_manager_get_own_group (GbxUserManager *self, GError **error);
/* Likewise, of a scope. */
char *gbx_user_manager_get_group (GbxUserManager *self, const char *unit, GError **error);
/* These wait until it is done.
 * properties: a(sv); existed: (out) (optional): whether it failed because there is such a unit. */
gboolean gbx_user_manager_start_scope (GbxUserManager *self, const char *unit, GVariant *properties,
                                       gboolean *existed, GError **error);
gboolean gbx_user_manager_stop_unit (GbxUserManager *self, const char *unit, GError **error);
/* For the life of the unit. */
gboolean gbx_user_manager_set_properties (GbxUserManager *self, const char *unit,
                                          GVariant *properties, GError **error);

G_END_DECLS
