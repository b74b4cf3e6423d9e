/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-policy.h"

G_BEGIN_DECLS

/* The single files that one sandbox may write, and their copies; see gbx-file-copy.h.  They
 * are in a folder of $XDG_STATE_HOME/glovebox, because they may be the only place where the
 * user's work is, and a sandbox may fill the file system that they are on. */
typedef struct _GbxFileCopies GbxFileCopies;

/* Makes the copies.  *copies is NULL if the policy has no such file.  name: of the sandbox;
 * uuid: of its domain. */
gboolean gbx_file_copies_prepare (GbxPolicy *policy, const char *name, const char *uuid,
                                  GbxFileCopies **copies, GError **error);
/* Saves and removes what can be saved. */
void gbx_file_copies_free (GbxFileCopies *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxFileCopies, gbx_file_copies_free)

/* (nullable): the folder that the sandbox gets for the share with that index; NULL if it
 * gets the share itself.  self: (nullable). */
const char *gbx_file_copies_get_folder (GbxFileCopies *self, guint index);
/* From now on another thread writes each changed copy back. */
void gbx_file_copies_watch (GbxFileCopies *self);
/* (nullable) (transfer full): sentences about files that do not hold what the sandbox wrote.
 * From any thread. */
char *gbx_file_copies_describe (GbxFileCopies *self);
/* The sandbox has ended: saves the last changes.  FALSE with an error if they could not be
 * saved in any place of the user's. */
gboolean gbx_file_copies_finish (GbxFileCopies *self, GError **error);

/* Saves the copies of sandboxes whose process was killed.  Call it when their domains have
 * ended. */
void gbx_file_copies_recover (void);
/* Whether there are any. */
gboolean gbx_file_copies_need_recovery (void);

G_END_DECLS
