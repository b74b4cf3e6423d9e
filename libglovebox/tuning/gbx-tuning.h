/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-policy.h"
#include "gbx-setting.h"
#include "gbx-tuning-host.h"

G_BEGIN_DECLS

/* A limit of a policy that cannot be held. */
typedef struct
{
  const GbxSetting *setting;
  char *reason; /* translated: sentences that say what is missing, and what helps */
} GbxUnheld;

/* (transfer full) (element-type GbxUnheld): the limits of the policy that cannot be held on the
 * platform, in the order of the table. */
GPtrArray *gbx_tuning_check (GbxPolicy *policy, GbxPlatform platform, const GbxTuningHost *host);
/* (transfer full): as a sentence for the user: "The limit “Locked memory” … does not hold. …". */
char *gbx_unheld_describe (const GbxUnheld *self);

/* (nullable) (transfer full): why a setting can never be held there, whatever its value is; %NULL
 * if it can, or only the policy can tell. */
char *gbx_tuning_dup_obstacle (const GbxSetting *setting, GbxPlatform platform,
                               const GbxTuningHost *host);

/* Whether the policy has a value for that key that is not what holds anyway. */
gboolean gbx_tuning_is_asked_for (GbxPolicy *policy, const char *key);
/* Whether a limit of the policy can only be held by a scope, so that systemd has to be asked. */
gboolean gbx_tuning_needs_scope (GbxPolicy *policy, GbxPlatform platform);
/* The platform of a backend's kind for this process: root has the system's libvirt. */
GbxPlatform gbx_tuning_choose_platform (gboolean is_container);

G_END_DECLS
