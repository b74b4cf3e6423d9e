/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-keyboard.h"
#include "gbx-plan.h"
#include "gbx-rootfs.h"
#include "gbx-runtime.h"

G_BEGIN_DECLS

/* What a launch needs of the host, made or found: the sandbox's folder, kernel, initial
 * file system, root, exports, network helper and the rules of the emulator jail.  All of
 * it blocks, for one worker thread at a time. */
typedef struct _GbxPreparation GbxPreparation;

/* keyboard: (nullable): the system's otherwise. */
GbxPreparation *gbx_preparation_new (GbxPolicy *policy, GbxKeyboard *keyboard);
/* Everything but the helper of the network and the many files of the root: what a
 * description of the domain needs. */
gboolean gbx_preparation_make_plan (GbxPreparation *self, GCancellable *cancellable, GError **error);
/* The rest; the files of the root come in a thread of their own. */
gboolean gbx_preparation_complete (GbxPreparation *self, GCancellable *cancellable,
                                   GError **error);
/* Waits until the guest's root is complete. */
gboolean gbx_preparation_join_root (GbxPreparation *self, GError **error);
/* The helper serves one QEMU and ends with it: a second start needs another. */
gboolean gbx_preparation_renew_network (GbxPreparation *self, GError **error);
/* (nullable) (transfer full): what does not work of the network that was asked for. */
char *gbx_preparation_describe_network_trouble (GbxPreparation *self);
/* Removes the root, which nothing uses any more. */
void gbx_preparation_remove_root (GbxPreparation *self);
/* Undoes it all.  keep: the folder stays, for the next sweep. */
void gbx_preparation_undo (GbxPreparation *self, gboolean keep);
void gbx_preparation_free (GbxPreparation *self);

GbxLaunchPlan *gbx_preparation_get_plan (GbxPreparation *self);
/* (nullable) */
GbxRuntime *gbx_preparation_get_runtime (GbxPreparation *self);
GbxIdentity *gbx_preparation_get_identity (GbxPreparation *self);
GbxKeyboard *gbx_preparation_get_keyboard (GbxPreparation *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxPreparation, gbx_preparation_free)

G_END_DECLS
