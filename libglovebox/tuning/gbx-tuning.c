/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-tuning"

#include "config.h"

#include "gbx-tuning.h"

#include "gbx-user-scope.h"
#include "gbx-settings.h"
#include "gbx-tuning-disks.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

/* Which limits hold here: what the table of settings says of the platform, and whether this
 * computer and this account have what that needs. */

/* (transfer full) (nullable), as the following. */
static char *
find_scope_reason (const GbxSetting *setting, const GbxTuningHost *host)
{
  if (!host->has_manager)
    return g_strdup (_ ("Your account has no systemd that could hold it. Log in to a session that "
                        "systemd manages."));
  return gbx_user_scope_describe_lack (gbx_scope_limits_need (setting->key), host->delegated);
}

static const char *
get_memory_reason (GbxNeed need, guint64 memory, const GbxTuningHost *host)
{
  if (need == GBX_NEED_LOCKED_MEMORY)
    return host->may_lock ? NULL
                          : _ ("Your account may not lock memory without a limit. The "
                               "administrator can set its limit “memlock” to “unlimited”.");
  return host->huge < memory || host->huge == 0
             ? _ ("There are not enough free huge pages. The administrator can set more aside in "
                  "/proc/sys/vm/nr_hugepages.")
             : NULL;
}

static const char *
get_reason (const GbxHold *hold, guint64 memory, const GbxTuningHost *host)
{
  switch (hold->need)
    {
    case GBX_NEED_GROUP_SWAP:
      return host->counts_swap ? NULL : _ ("The kernel does not count swap space. Start it with "
                                           "swapaccount=1.");
    case GBX_NEED_GROUP_WEIGHT:
      return host->weighs_disks ? NULL : _ ("The kernel does not divide the time of disks. It "
                                            "needs the disk scheduler BFQ.");
    case GBX_NEED_LOCKED_MEMORY:
    case GBX_NEED_HUGE_PAGES:
      return get_memory_reason (hold->need, memory, host);
    case GBX_NEED_BLOCK_DEVICE:
    case GBX_NEED_DISK:
    case GBX_NEED_SCOPE:
    case GBX_NEED_NOTHING:
    default:
      return NULL;
    }
}

/* What is missing. memory: bytes of the sandbox. */
static char *
find_reason (const GbxSetting *setting, GbxPlatform platform, guint64 memory,
             const GbxTuningHost *host)
{
  const GbxHold *hold = &setting->holds[platform];

  if (!hold->by)
    return g_strdup (hold->lacks ? _ (hold->lacks) : _ ("Nothing can hold it."));
  if (hold->need == GBX_NEED_SCOPE)
    return find_scope_reason (setting, host);
  /* Version 1 limits swap space together with memory, so that needs a limit too; and libvirt then
   * raises the limit of locked memory (qemuDomainGetMemLockLimitBytes of 9.0). */
  if (hold->need == GBX_NEED_GROUP_SWAP && platform == GBX_PLATFORM_QEMU_SYSTEM &&
      !host->has_unified_groups && !host->may_lock)
    return g_strdup (get_memory_reason (GBX_NEED_LOCKED_MEMORY, memory, host));
  return g_strdup (get_reason (hold, memory, host));
}

/* Whether the policy asks for more than what holds anyway. */
static gboolean
is_asked_for (GbxPolicy *policy, const GbxSetting *setting)
{
  gboolean desktop = gbx_policy_get_mode (policy) == GBX_MODE_DESKTOP;
  g_autoptr (GVariant) by_default = gbx_setting_get_default (setting, desktop);
  g_autoptr (GVariant) value = gbx_policy_dup_value (policy, setting->key);

  if (g_variant_equal (value, by_default) || !gbx_policy_get_origin (policy, setting->key))
    return FALSE;
  if (g_str_has_prefix (setting->key, "network."))
    return gbx_policy_get_network (policy) != GBX_NETWORK_NONE;
  return !g_str_equal (setting->key, "resources.numa-mode") ||
         *gbx_policy_get_text (policy, "resources.numa-nodes");
}

static char *
find_policy_reason (GbxPolicy *policy, const GbxSetting *setting, GbxPlatform platform,
                    const GbxTuningHost *host)
{
  const GbxHold *hold = &setting->holds[platform];
  g_autoptr (GPtrArray) disks = NULL;

  if (hold->by && hold->need == GBX_NEED_DISK &&
      g_str_equal (gbx_policy_get_text (policy, "files.home"), "temporary"))
    return g_strdup (_ ("A temporary home is in memory; only a kept one has a virtual disk."));
  if (hold->by && hold->need == GBX_NEED_BLOCK_DEVICE)
    {
      disks = gbx_tuning_find_disks (policy);
      return disks->len > 0 ? NULL : g_strdup (_ ("The files of the sandbox are on no disk of "
                                                  "this computer."));
    }
  return find_reason (setting, platform, gbx_policy_get_memory (policy), host);
}

static void
unheld_free (gpointer data)
{
  GbxUnheld *self = data;

  g_free (self->reason);
  g_free (self);
}

GPtrArray *
gbx_tuning_check (GbxPolicy *policy, GbxPlatform platform, const GbxTuningHost *host)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (unheld_free);

  for (guint i = 0; i < gbx_settings_get_n (); i++)
    {
      const GbxSetting *setting = gbx_settings_get (i);
      char *reason = is_asked_for (policy, setting)
                         ? find_policy_reason (policy, setting, platform, host)
                         : NULL;
      GbxUnheld *unheld;

      if (!reason)
        continue;
      unheld = g_new0 (GbxUnheld, 1);
      unheld->setting = setting;
      unheld->reason = reason;
      g_ptr_array_add (list, unheld);
    }
  return list;
}

char *
gbx_unheld_describe (const GbxUnheld *self)
{
  return g_strdup_printf (_ ("The limit “%s” (%s) does not hold. %s"), _ (self->setting->label),
                          self->setting->key, self->reason);
}

char *
gbx_tuning_dup_obstacle (const GbxSetting *setting, GbxPlatform platform,
                         const GbxTuningHost *host)
{
  return find_reason (setting, platform, 0, host);
}

gboolean
gbx_tuning_is_asked_for (GbxPolicy *policy, const char *key)
{
  return is_asked_for (policy, gbx_settings_find (key));
}

gboolean
gbx_tuning_needs_scope (GbxPolicy *policy, GbxPlatform platform)
{
  for (guint i = 0; i < gbx_settings_get_n (); i++)
    if (gbx_settings_get (i)->holds[platform].need == GBX_NEED_SCOPE &&
        is_asked_for (policy, gbx_settings_get (i)))
      return TRUE;
  return FALSE;
}

GbxPlatform
gbx_tuning_choose_platform (gboolean is_container)
{
  if (is_container)
    return GBX_PLATFORM_LXC;
  return geteuid () == 0 ? GBX_PLATFORM_QEMU_SYSTEM : GBX_PLATFORM_QEMU_SESSION;
}
