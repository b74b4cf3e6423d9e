/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-setting.h"

G_BEGIN_DECLS

/* A part of the table of settings: where a sandbox runs, and how much of the computer it may
 * use.  Only gbx-settings.c asks for it, and adds each to its group. */
guint gbx_tuning_settings_get_n (void);
const GbxSetting *gbx_tuning_settings_get (guint index);

/* resources.swap: no limit. */
#define GBX_SWAP_UNLIMITED (G_GUINT64_CONSTANT (1) << 46)

G_END_DECLS
