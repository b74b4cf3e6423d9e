/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-profile-store.h"

G_BEGIN_DECLS

/* (transfer full): the profile for a launch.  In this order: one that names the desktop entry,
 * one that names a MIME type, one that names a category, the default.  Of several, one that the user made it for.  All but the store may be
 * %NULL.  A damaged profile is left out, with a warning, unless a layer of it that is not damaged
 * names one of them: then it is the one, and cannot be loaded. */
char *gbx_profile_match (GbxProfileStore *store, const char *desktop_id,
                         const char *const *mime_types, const char *const *categories,
                         GPtrArray *warnings);

/* The same for many applications: the profiles are read once.  What a launch would warn of is left
 * to the launch. */
typedef struct _GbxProfileMatcher GbxProfileMatcher;

GbxProfileMatcher *gbx_profile_matcher_new (GbxProfileStore *store);
void gbx_profile_matcher_free (GbxProfileMatcher *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxProfileMatcher, gbx_profile_matcher_free)
/* @is_changed: whether the user has a layer of it, or it is the user's own. */
const char *gbx_profile_matcher_find (GbxProfileMatcher *self, const char *desktop_id,
                                      const char *const *mime_types,
                                      const char *const *categories, gboolean *is_changed);

G_END_DECLS
