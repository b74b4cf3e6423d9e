/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-profile-file.h"

G_BEGIN_DECLS

/* The administrator's locks: what no profile of a user and no option may widen. */
typedef struct _GbxLocks GbxLocks;

/* The key of "Shares" among the locks. */
#define GBX_LOCK_SHARES "shares"

GbxLocks *gbx_locks_new (void);
void gbx_locks_free (GbxLocks *self);

/* Adds what is in [Locks] of a layer of the system; that of a user has none. */
void gbx_locks_add (GbxLocks *self, GbxProfileFile *file);

/* Whether the system's value is final.  @origin (out) (optional): where that is written. */
gboolean gbx_locks_is_fixed (GbxLocks *self, const char *key, const char **origin);
/* (transfer none) (nullable): the widest value that all locks allow. */
GVariant *gbx_locks_get_limit (GbxLocks *self, const char *key, const char **origin);
/* (nullable): the strictest of them, as it is written. */
const char *gbx_locks_get_text (GbxLocks *self, const char *key, const char **origin);

G_END_DECLS
