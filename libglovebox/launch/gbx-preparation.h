/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-appearance.h"
#include "gbx-keyboard.h"
#include "gbx-plan.h"
#include "gbx-rootfs.h"
#include "gbx-runtime.h"
#include "gbx-usage.h"

G_BEGIN_DECLS

/* Creates or finds what a launch needs from the host, whichever backend it has: the sandbox's
 * folder, root, exports, kept home and network helper.  All functions block; one worker
 * thread at a time may call them. */
typedef struct _GbxPreparation GbxPreparation;

/* keyboard: (nullable): NULL for the system's.  appearance: (nullable). */
GbxPreparation *gbx_preparation_new (GbxPolicy *policy, GbxKeyboard *keyboard,
                                     GbxAppearance *appearance);
/* It will only be described: no home is created or locked. */
void gbx_preparation_only_describe (GbxPreparation *self);
/* The steps to the plan, in this order; a backend does its own in between.  Claims the
 * sandbox's name and folder. */
gboolean gbx_preparation_claim (GbxPreparation *self, GError **error);
/* Locks a kept home, if the policy has one. */
gboolean gbx_preparation_open_home (GbxPreparation *self, GCancellable *cancellable,
                                    GError **error);
/* Makes the root, but for its many files, and finds what the guest may mount. */
gboolean gbx_preparation_compose_root (GbxPreparation *self, GError **error);
/* Where the network helper will listen, if the policy has a network. */
void gbx_preparation_place_network (GbxPreparation *self);
/* Names the user's groups in the guest, if it sees their IDs. */
gboolean gbx_preparation_name_groups (GbxPreparation *self, GError **error);
/* Prepares the rest; another thread writes the files of the root. */
gboolean gbx_preparation_complete (GbxPreparation *self, GCancellable *cancellable,
                                   GError **error);
/* Waits until the guest's root is complete. */
gboolean gbx_preparation_join_root (GbxPreparation *self, GError **error);
/* Starts a new network helper, because a helper serves one guest and ends with it. */
gboolean gbx_preparation_renew_network (GbxPreparation *self, GError **error);
/* Changes "network.download" and the like of the running helper. */
gboolean gbx_preparation_change_network (GbxPreparation *self, const char *key, GVariant *value,
                                         GError **error);
/* Adds its processes: (element-type pid_t). */
void gbx_preparation_add_pids (GbxPreparation *self, GArray *pids);
/* Beside: what the sandbox has received and sent, if it has a network. */
void gbx_preparation_measure_network (GbxPreparation *self, GbxUsage *usage);
/* (nullable) (transfer full): what does not work of the requested network, and what could not
 * be written back. */
char *gbx_preparation_describe_trouble (GbxPreparation *self);
/* (nullable) (transfer full): both sentences, each (nullable) (transfer full). */
char *gbx_preparation_join_sentences (char *one, char *other);
/* Writes the copies of files back, once nothing of the guest can write any more.  *remark:
 * (nullable) (transfer full): what the user has to know. */
gboolean gbx_preparation_finish_files (GbxPreparation *self, char **remark, GError **error);
/* Removes the root once nothing uses it any more. */
void gbx_preparation_remove_root (GbxPreparation *self);
/* Undoes everything. keep: leave the folder for the next sweep. */
void gbx_preparation_undo (GbxPreparation *self, gboolean keep);
void gbx_preparation_free (GbxPreparation *self);

GbxLaunchPlan *gbx_preparation_get_plan (GbxPreparation *self);
/* (nullable) */
GbxRuntime *gbx_preparation_get_runtime (GbxPreparation *self);
GbxIdentity *gbx_preparation_get_identity (GbxPreparation *self);
/* (nullable): before the plan is made. */
GbxKeyboard *gbx_preparation_get_keyboard (GbxPreparation *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxPreparation, gbx_preparation_free)

G_END_DECLS
