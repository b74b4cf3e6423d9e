/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-setting.h"

G_BEGIN_DECLS

/* How a setting is called in a profile: "files.home-size" is "HomeSize" in "[Files]". */
char *gbx_profile_key_group (const GbxSetting *setting);
char *gbx_profile_key_name (const GbxSetting *setting);
/* (nullable) */
const GbxSetting *gbx_profile_key_find (const char *group, const char *name);
/* (nullable): by "Files.HomeSize", as in "[Locks]". */
const GbxSetting *gbx_profile_key_find_joined (const char *text);
/* (nullable): the keys of "[Share NAME]". */
const GbxSetting *gbx_profile_key_find_of_share (const char *name);

/* Whether the group belongs to the settings: "[Network]". */
gboolean gbx_profile_key_is_group (const char *group);
/* "documents" of "[Share documents]", or NULL for another group. */
const char *gbx_profile_key_share (const char *group);

G_END_DECLS
