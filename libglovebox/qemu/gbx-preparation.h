/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-appearance.h"
#include "gbx-keyboard.h"
#include "gbx-plan.h"
#include "gbx-rootfs.h"
#include "gbx-runtime.h"

G_BEGIN_DECLS

/* Creates or finds what a launch needs from the host: the sandbox's folder, kernel, initial
 * file system, root, exports, network helper and the rules of the emulator jail.  All
 * functions block; one worker thread at a time may call them. */
typedef struct _GbxPreparation GbxPreparation;

/* keyboard: (nullable): NULL for the system's.  appearance: (nullable). */
GbxPreparation *gbx_preparation_new (GbxPolicy *policy, GbxKeyboard *keyboard,
                                     GbxAppearance *appearance);
/* It will only be described: no home is created or locked. */
void gbx_preparation_only_describe (GbxPreparation *self);
/* Prepares everything that a description of the domain needs: all but the network helper
 * and the many files of the root. */
gboolean gbx_preparation_make_plan (GbxPreparation *self, GCancellable *cancellable, GError **error);
/* Prepares the rest; another thread writes the files of the root. */
gboolean gbx_preparation_complete (GbxPreparation *self, GCancellable *cancellable,
                                   GError **error);
/* Waits until the guest's root is complete. */
gboolean gbx_preparation_join_root (GbxPreparation *self, GError **error);
/* Starts new helpers, of the network and of shares, because a helper serves one QEMU and
 * ends with it. */
gboolean gbx_preparation_renew_helpers (GbxPreparation *self, GError **error);
/* (nullable) (transfer full): what does not work of the requested network. */
char *gbx_preparation_describe_network_trouble (GbxPreparation *self);
/* If a server of a share has failed: the next start is without servers.  Returns whether it
 * is. */
gboolean gbx_preparation_drop_failed_servers (GbxPreparation *self);
/* (nullable) (transfer full): the same of the shared folders. */
char *gbx_preparation_describe_share_trouble (GbxPreparation *self);
/* Removes the root once nothing uses it any more. */
void gbx_preparation_remove_root (GbxPreparation *self);
/* Undoes everything. keep: leave the folder for the next sweep. */
void gbx_preparation_undo (GbxPreparation *self, gboolean keep);
void gbx_preparation_free (GbxPreparation *self);

GbxLaunchPlan *gbx_preparation_get_plan (GbxPreparation *self);
/* (nullable) */
GbxRuntime *gbx_preparation_get_runtime (GbxPreparation *self);
GbxIdentity *gbx_preparation_get_identity (GbxPreparation *self);
GbxKeyboard *gbx_preparation_get_keyboard (GbxPreparation *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxPreparation, gbx_preparation_free)

G_END_DECLS
