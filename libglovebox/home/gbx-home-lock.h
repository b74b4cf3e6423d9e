/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Who uses a home: one user alone, or several that only read it.  A lock ends with the process
 * that holds it, however that ends. */
typedef struct _GbxHomeLock GbxHomeLock;

typedef enum
{
  GBX_HOME_READ,  /* together with others that read */
  GBX_HOME_WRITE, /* alone */
} GbxHomeUse;

/* Locks the home in that folder, which has to exist.  sandbox: the name of the sandbox that uses
 * it, or NULL for a command.  GBX_ERROR_HOME names who uses it already. */
GbxHomeLock *gbx_home_lock_take (const char *folder, GbxHomeUse use, const char *sandbox,
                                 GError **error);
void gbx_home_lock_free (GbxHomeLock *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxHomeLock, gbx_home_lock_free)

/* (nullable) (transfer full): who uses the home now, for people. */
char *gbx_home_lock_describe_user (const char *folder);

G_END_DECLS
