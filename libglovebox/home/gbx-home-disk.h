/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-policy.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* The home of one launch: the image for its disk, and the lock of the home. */
typedef struct _GbxHomeDisk GbxHomeDisk;

/* Whether the policy wants one at all. */
gboolean gbx_home_disk_is_wanted (GbxPolicy *policy);
/* Creates the home if there is none yet.  Blocks; sandbox: its name, for whoever wants the same
 * home. */
GbxHomeDisk *gbx_home_disk_open (GbxPolicy *policy, const char *sandbox, GCancellable *cancellable,
                                 GError **error);
/* The paths that an open one would have; creates and locks nothing. */
GbxHomeDisk *gbx_home_disk_describe (GbxPolicy *policy, GError **error);
/* Releases the home, and throws the changes to a template away. */
void gbx_home_disk_close (GbxHomeDisk *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxHomeDisk, gbx_home_disk_close)

const char *gbx_home_disk_get_image (GbxHomeDisk *self);
/* (nullable): what the image has the changes of. */
const char *gbx_home_disk_get_base (GbxHomeDisk *self);

/* Removes changes to templates that killed sandboxes have left. */
void gbx_home_disk_sweep (void);

G_END_DECLS
