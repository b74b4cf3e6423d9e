/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-scope-limits.h"

#include <sys/types.h>

G_BEGIN_DECLS

/* The processes of one sandbox as a transient scope of the user's systemd, which holds limits
 * that libvirt's daemon of an ordinary account cannot: it owns a part of the tree of control
 * groups.  The scope ends with its last process.
 *
 * All functions block, for at most some seconds, and are for worker threads. */
typedef struct _GbxUserScope GbxUserScope;

/* Whether a systemd of this account can be asked, and which controllers its scopes have.  An
 * error, GBX_ERROR_NOT_FOUND, where none runs. */
gboolean gbx_user_scope_probe (GbxControllers *controllers, GError **error);
/* What of the controllers is missing for limits that need these, with the way out, as a
 * translated sentence; (nullable) (transfer full). */
char *gbx_user_scope_describe_lack (GbxControllers needed, GbxControllers controllers);
/* What root has to do so that scopes get all controllers: the lines of a shell. */
char *gbx_user_scope_get_delegation_command (void);

/* Moves the processes into the scope "app-glovebox-NAME.scope".  No limit holds before it
 * returns, and memory that a process already has is not counted.
 * pids: (element-type pid_t) */
GbxUserScope *
gbx_user_scope_start (const char *name, GArray *pids, GbxScopeLimits *limits, GError **error);
/* Those that this scope really has. */
GbxControllers gbx_user_scope_get_controllers (GbxUserScope *self);
/* Replaces these limits; the others stay. */
gboolean gbx_user_scope_change (GbxUserScope *self, GbxScopeLimits *limits, GError **error);
/* (transfer full): where its figures are, in the tree of control groups. */
char *gbx_user_scope_get_folder (GbxUserScope *self);
/* Ends what still runs in it, which should be nothing. */
void gbx_user_scope_end (GbxUserScope *self);
void gbx_user_scope_free (GbxUserScope *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxUserScope, gbx_user_scope_free)

G_END_DECLS
