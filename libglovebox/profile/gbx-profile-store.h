/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-profile-file.h"

G_BEGIN_DECLS

/* The folders of profiles, from the system's to the user's.  A profile may have a file in
 * several of them: each is a layer, and the later one wins key by key. */
typedef struct _GbxProfileStore GbxProfileStore;

#define GBX_PROFILE_DEFAULT "default"

/* The folders of this system and account; $GLOVEBOX_PROFILE_PATH replaces those of the system's
 * data (a build tree). */
GbxProfileStore *gbx_profile_store_new (void);
void gbx_profile_store_free (GbxProfileStore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxProfileStore, gbx_profile_store_free)

/* (transfer full): the ids of all profiles, sorted. */
char **gbx_profile_store_list (GbxProfileStore *self);
gboolean gbx_profile_store_contains (GbxProfileStore *self, const char *id);
/* (transfer full) (element-type GbxProfileFile): the layers, the system's first; %NULL with an
 * error if one is damaged, or there is none. */
GPtrArray *gbx_profile_store_load (GbxProfileStore *self, const char *id, GError **error);
/* The same without the layers that are damaged; perhaps none. */
GPtrArray *gbx_profile_store_load_readable (GbxProfileStore *self, const char *id);
/* (transfer full): where the user's layer is, or would be. */
char *gbx_profile_store_get_user_path (GbxProfileStore *self, const char *id);

/* (transfer full): all folders, the weakest first; some may not exist. */
char **gbx_profile_store_get_folders (GbxProfileStore *self);
/* Whether a layer of the system is the administrator's, and not of the packages. */
gboolean gbx_profile_store_is_administrators (GbxProfileStore *self, const char *path);
/* For an editor: from now on this, which need not be saved, is the user's layer of the profile.
 * (nullable): %NULL for what is on the disk. */
void gbx_profile_store_set_user_layer (GbxProfileStore *self, const char *id,
                                       GbxProfileFile *layer);

G_END_DECLS
