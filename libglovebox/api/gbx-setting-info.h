/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-policy.h"

G_BEGIN_DECLS

#define GBX_TYPE_SETTING_INFO (gbx_setting_info_get_type ())
/**
 * GbxSettingInfo:
 *
 * What is known of one setting of a policy: its key, what it does, and which values are possible.
 * It belongs to the library and is never freed.
 */
typedef struct _GbxSettingInfo GbxSettingInfo;

GType gbx_setting_info_get_type (void);
char **gbx_setting_info_list (void);
const GbxSettingInfo *gbx_setting_info_find (const char *key);
const char *gbx_setting_info_get_key (const GbxSettingInfo *self);
const char *gbx_setting_info_get_label (const GbxSettingInfo *self);
const char *gbx_setting_info_get_help (const GbxSettingInfo *self);
const char *gbx_setting_info_get_option (const GbxSettingInfo *self);
const char *const *gbx_setting_info_get_words (const GbxSettingInfo *self);
char *gbx_setting_info_dup_value_type (const GbxSettingInfo *self);
gboolean gbx_setting_info_get_range (const GbxSettingInfo *self, GbxMode mode, guint64 *minimum,
                                     guint64 *maximum);
char *gbx_setting_info_dup_default (const GbxSettingInfo *self, GbxMode mode);

G_END_DECLS
