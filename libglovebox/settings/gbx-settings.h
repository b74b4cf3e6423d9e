/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-setting.h"

G_BEGIN_DECLS

/* The settings in the order of the table, which is the order of help, manual and editor. */
guint gbx_settings_get_n (void);
const GbxSetting *gbx_settings_get (guint index);
/* (nullable): %NULL for an unknown key. */
const GbxSetting *gbx_settings_find (const char *key);
const GbxSetting *gbx_settings_find_option (const char *option);

/* What a share of a profile may say: "share.path" and so on. */
guint gbx_share_settings_get_n (void);
const GbxSetting *gbx_share_settings_get (guint index);

/* For tests: adds a setting at the end, from then on.  It must live as long as the process. */
void gbx_settings_add (const GbxSetting *setting);

G_END_DECLS
