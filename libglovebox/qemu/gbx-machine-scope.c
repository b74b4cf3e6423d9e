/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-machine"

#include "config.h"

#include "gbx-machine-scope.h"

#include "gbx-settings.h"
#include "gbx-tuning-settings.h"

#include <glib/gi18n-lib.h>
#include <unistd.h>

#define MIB (G_GUINT64_CONSTANT (1) << 20)

/* What a virtual machine may take beside its guest's memory: the emulator itself, the code that
 * it translates (256 MiB at most), the pictures that wait for the display, and the helpers.
 * What the kernel keeps of files that they read is counted too, and given up first. */
#define BESIDE_GUEST (768 * MIB)

gboolean
gbx_machine_scope_is_possible (GbxControllers *controllers)
{
  g_autoptr (GError) error = NULL;

  *controllers = 0;
  if (geteuid () == 0)
    return FALSE;
  if (gbx_user_scope_probe (controllers, &error))
    return TRUE;
  g_debug ("there is no scope: %s", error->message);
  return FALSE;
}

/* -------------------------------------------------------------- limits -- */

/* The settings that only a scope can hold. */
static const char *const held[] = {
  "resources.cpu-weight", "resources.cpu-quota",   "resources.memory-soft",
  "resources.swap",       "resources.disk-weight",
};

/* The most that can be written is no limit. */
static gboolean
is_unlimited (const GbxSetting *setting, guint64 number)
{
  return setting->zero_is_unlimited ? number == 0 : number >= GBX_SWAP_UNLIMITED;
}

guint64
gbx_machine_scope_get_amount (const GbxSetting *setting, GVariant *value)
{
  guint64 number = g_variant_is_of_type (value, G_VARIANT_TYPE_UINT32)
                       ? g_variant_get_uint32 (value)
                       : g_variant_get_uint64 (value);

  return is_unlimited (setting, number) ? G_MAXUINT64 : number;
}

static void
take_setting (GbxScopeLimits *limits, GbxLaunchPlan *plan, const char *key)
{
  g_autoptr (GVariant) value = gbx_policy_dup_value (plan->policy, key);

  if (gbx_launch_plan_holds (plan, key))
    gbx_scope_limits_set (limits, key,
                          gbx_machine_scope_get_amount (gbx_settings_find (key), value));
}

static GbxScopeLimits *
make_limits (GbxLaunchPlan *plan)
{
  GbxScopeLimits *limits = gbx_scope_limits_new ();

  for (guint i = 0; i < G_N_ELEMENTS (held); i++)
    take_setting (limits, plan, held[i]);
  return limits;
}

/* --------------------------------------------------------------- start -- */

GbxUserScope *
gbx_machine_scope_start (GbxLaunchPlan *plan, GArray *pids, GbxControllers expected,
                         char **weakness)
{
  g_autoptr (GbxScopeLimits) limits = make_limits (plan);
  GbxControllers needed = gbx_scope_limits_get_needed (limits) & expected;
  g_autoptr (GError) error = NULL;
  GbxUserScope *scope;

  gbx_scope_limits_set (limits, "resources.memory",
                        gbx_policy_get_memory (plan->policy) + BESIDE_GUEST);
  scope = gbx_user_scope_start (plan->name, pids, limits, &error);
  if (scope)
    *weakness = gbx_user_scope_describe_lack (needed, gbx_user_scope_get_controllers (scope));
  else if (needed)
    *weakness = g_strdup_printf (_ ("The sandbox's limits do not hold: %s."), error->message);
  else
    g_debug ("the sandbox has no scope: %s", error->message);
  return scope;
}
