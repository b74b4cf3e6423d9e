/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-policy.h"

G_BEGIN_DECLS

/* (transfer full) (element-type filename): the whole disks, "/dev/sda", below the files that a
 * container of the policy sees; empty where these are on no disk of this computer. */
GPtrArray *gbx_tuning_find_disks (GbxPolicy *policy);

G_END_DECLS
