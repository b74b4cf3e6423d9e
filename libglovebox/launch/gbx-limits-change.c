/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-limits"

#include "config.h"

#include "gbx-limits-change.h"

#include "gbx-error.h"
#include "gbx-limits-xml.h"
#include "gbx-tuning-settings.h"

#include <glib/gi18n-lib.h>
#include <libvirt/libvirt.h>

/* Of a disk of the computer libvirt wants "PATH,NUMBER"; its names for operations say no unit. */
static const struct
{
  const char *key, *of_device, *of_disk;
} rates[] = {
  { "resources.disk-read", VIR_DOMAIN_BLKIO_DEVICE_READ_BPS,
    VIR_DOMAIN_BLOCK_IOTUNE_READ_BYTES_SEC },
  { "resources.disk-write", VIR_DOMAIN_BLKIO_DEVICE_WRITE_BPS,
    VIR_DOMAIN_BLOCK_IOTUNE_WRITE_BYTES_SEC },
  { "resources.disk-read-operations", VIR_DOMAIN_BLKIO_DEVICE_READ_IOPS,
    VIR_DOMAIN_BLOCK_IOTUNE_READ_IOPS_SEC },
  { "resources.disk-write-operations", VIR_DOMAIN_BLKIO_DEVICE_WRITE_IOPS,
    VIR_DOMAIN_BLOCK_IOTUNE_WRITE_IOPS_SEC },
};

static int
find_rate (const char *key)
{
  for (guint i = 0; i < G_N_ELEMENTS (rates); i++)
    if (g_str_equal (rates[i].key, key))
      return (int) i;
  return -1;
}

gboolean
gbx_limits_refuse (const char *key, GError **error)
{
  g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
               _ ("%s cannot be changed while the sandbox runs; set it in the profile, and start "
                  "the sandbox again"),
               key);
  return FALSE;
}

/* ------------------------------------------------------------------ group -- */

static gboolean
change_memory (GbxVirt *connection, GbxLaunchPlan *plan, const char *name, guint64 kib,
               GError **error)
{
  return gbx_virt_change (connection, plan->uuid, GBX_VIRT_MEMORY, name,
                          g_variant_new_uint64 (kib), error);
}

/* libvirt 9.0 compares the new limit with that of memory (virDomainCgroupSetMemoryLimitParameters),
 * which has to be one that it knows.  In version 2, where the two have nothing to do with each other,
 * that makes a change impossible. */
static gboolean
change_swap (GbxVirt *connection, GbxLaunchPlan *plan, guint64 memory, guint64 swap, GError **error)
{
  if (swap >= GBX_SWAP_UNLIMITED)
    return change_memory (connection, plan, VIR_DOMAIN_MEMORY_SWAP_HARD_LIMIT,
                          VIR_DOMAIN_MEMORY_PARAM_UNLIMITED, error);
  if (plan->tuning.has_unified_groups)
    return gbx_limits_refuse ("resources.swap", error);
  if (!change_memory (connection, plan, VIR_DOMAIN_MEMORY_HARD_LIMIT, memory / 1024, error))
    return FALSE;
  return change_memory (connection, plan, VIR_DOMAIN_MEMORY_SWAP_HARD_LIMIT,
                        gbx_limits_get_swap (plan, memory, swap), error);
}

static gboolean
change_quota (GbxVirt *connection, GbxLaunchPlan *plan, guint64 percent, GError **error)
{
  gboolean is_container = plan->platform == GBX_PLATFORM_LXC;
  const char *name = is_container ? VIR_DOMAIN_SCHEDULER_VCPU_QUOTA
                                  : VIR_DOMAIN_SCHEDULER_GLOBAL_QUOTA;

  if (is_container)
    percent = gbx_limits_get_container_percent (plan, percent);
  return gbx_virt_change (connection, plan->uuid, GBX_VIRT_SCHEDULER, name,
                          g_variant_new_int64 (gbx_limits_get_quota (plan, percent)), error);
}

static gboolean
change_devices (GbxVirt *connection, GbxLaunchPlan *plan, int rate, guint64 number, GError **error)
{
  gboolean done = TRUE;

  for (guint i = 0; i < plan->disks->len && done; i++)
    {
      g_autofree char *text = g_strdup_printf ("%s,%" G_GUINT64_FORMAT,
                                               (char *) plan->disks->pdata[i], number);

      done = gbx_virt_change (connection, plan->uuid, GBX_VIRT_DISKS, rates[rate].of_device,
                              g_variant_new_string (text), error);
    }
  return done;
}

static const char *const of_group[] = { "resources.cpu-weight",  "resources.cpu-quota",
                                        "resources.memory-soft", "resources.swap",
                                        "resources.disk-weight", NULL };

gboolean
gbx_limits_are_of_group (const char *key)
{
  return g_strv_contains (of_group, key);
}

gboolean
gbx_limits_change_group (GbxVirt *connection, GbxLaunchPlan *plan, guint64 memory, const char *key,
                         guint64 number, GError **error)
{
  if (g_str_equal (key, "resources.cpu-weight"))
    return gbx_virt_change (connection, plan->uuid, GBX_VIRT_SCHEDULER,
                            VIR_DOMAIN_SCHEDULER_CPU_SHARES,
                            g_variant_new_uint64 (gbx_limits_get_shares (plan, number)), error);
  if (g_str_equal (key, "resources.cpu-quota"))
    return change_quota (connection, plan, number, error);
  if (g_str_equal (key, "resources.memory-soft"))
    return change_memory (connection, plan, VIR_DOMAIN_MEMORY_SOFT_LIMIT,
                          number ? number / 1024 : VIR_DOMAIN_MEMORY_PARAM_UNLIMITED, error);
  if (g_str_equal (key, "resources.swap"))
    return change_swap (connection, plan, memory, number, error);
  if (g_str_equal (key, "resources.disk-weight"))
    return gbx_virt_change (connection, plan->uuid, GBX_VIRT_DISKS, VIR_DOMAIN_BLKIO_WEIGHT,
                            g_variant_new_uint32 ((guint32) number), error);
  return find_rate (key) >= 0 ? change_devices (connection, plan, find_rate (key), number, error)
                              : gbx_limits_refuse (key, error);
}

/* ------------------------------------------------------------------- disk -- */

gboolean
gbx_limits_are_of_disk (const char *key)
{
  return find_rate (key) >= 0;
}

/* QEMU 7.2 cannot change the limit of a folder that it serves. */
gboolean
gbx_limits_change_disk (GbxVirt *connection, GbxLaunchPlan *plan, const char *key, guint64 number,
                        GError **error)
{
  if (plan->home_image)
    return gbx_virt_change (connection, plan->uuid, GBX_VIRT_DISK,
                            rates[find_rate (key)].of_disk, g_variant_new_uint64 (number), error);
  g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
               _ ("%s can be changed only for the disk of a kept home, and this sandbox has none; "
                  "set it in the profile, and start the sandbox again"),
               key);
  return FALSE;
}
