/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-policy.h"

G_BEGIN_DECLS

#define GBX_TYPE_PROFILE (gbx_profile_get_type ())
/**
 * GbxProfile:
 *
 * A profile, as `glovebox run --profile` uses it: its layers, those of its parents, and the
 * administrator's locks, with the options of one launch.
 *
 * gbx_profile_fill() gives all of it to a #GbxPolicyBuilder, and gbx_profile_build() makes the
 * policy.  A program that builds its policies without a profile does not follow the
 * administrator's locks.
 *
 * The functions read files, so they may block for a moment.
 */
G_DECLARE_FINAL_TYPE (GbxProfile, gbx_profile, GBX, PROFILE, GObject)

char **gbx_profile_list (void);
GbxProfile *gbx_profile_new (const char *id, GbxMode mode, GError **error);
const char *gbx_profile_get_id (GbxProfile *self);
gboolean gbx_profile_set_text (GbxProfile *self, const char *key, const char *text,
                               GError **error);
gboolean gbx_profile_answer (GbxProfile *self, const char *share, const char *path,
                             GError **error);
char *gbx_profile_dup_summary (GbxProfile *self);
char **gbx_profile_dup_warnings (GbxProfile *self);
gboolean gbx_profile_fill (GbxProfile *self, GbxPolicyBuilder *builder, GError **error);
GbxPolicy *gbx_profile_build (GbxProfile *self, GbxPolicyBuilder *builder, GError **error);

G_END_DECLS
