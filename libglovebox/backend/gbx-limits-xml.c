/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-limits"

#include "config.h"

#include "gbx-limits-xml.h"

#include "gbx-tuning.h"

#include <string.h>

/* What libvirt 9.0 does with each element, by its source and by starts on a computer with
 * version 1 of control groups (tests/vm/test-tuning.py, test-set.py):
 *
 * - QEMU 7.2 limits each folder that it serves over 9p itself; libvirt has no element for that, and
 *   QEMU's "-set" adds to libvirt's own options.
 * - A virtual machine of a session has no control groups: shares, periods, quotas, memtune and
 *   a weight of blkiotune make its start fail (qemu_command.c: "cgroup … is required"), and
 *   devices of blkiotune are ignored.  It gets none of them.
 * - A vcpupin is refused where QEMU emulates all processors in one thread (qemuDomainHasVcpuPids).
 *   The set of "vcpu" holds for all threads of the emulator, those of its disks too.
 * - vcpusched and emulatorsched reach single threads, and come after QEMU has started them.  So the
 *   emulator's jail sets the scheduler, before QEMU starts.
 * - With a hard_limit libvirt sets the limit of locked memory of QEMU, which needs a capability
 *   that root may lack in a container of the computer (qemuDomainGetMemLockLimitBytes).
 * - LXC gives a mode "strict" of numatune to nobody: the controller relies on the control group
 *   (lxc_controller.c, virLXCControllerSetupResourceLimits), which is set for all modes but this
 *   one (lxc_cgroup.c, virLXCCgroupSetupCpusetTune).  "interleave" and "preferred" set the
 *   group, so the memory comes from these nodes alone. */

/* --------------------------------------------------------------- numbers -- */

/* Version 1 counts from 1024, and version 2 from 100; libvirt passes the number on. */
guint64
gbx_limits_get_shares (GbxLaunchPlan *plan, guint64 weight)
{
  return plan->tuning.has_unified_groups ? weight : weight * 1024 / 100;
}

gint64
gbx_limits_get_quota (GbxLaunchPlan *plan, guint64 percent)
{
  return percent == 0 ? -1 : (gint64) (percent * (GBX_LIMITS_PERIOD / 100));
}

/* A container sees all processors of the computer.  Time is what can be limited. */
guint64
gbx_limits_get_container_percent (GbxLaunchPlan *plan, guint64 quota)
{
  guint64 cpus = gbx_policy_get_cpus (plan->policy) * G_GUINT64_CONSTANT (100);

  if (cpus >= 100 * (guint64) plan->tuning.processors)
    return quota;
  return quota ? MIN (quota, cpus) : cpus;
}

/* Version 1 limits memory and swap space together, version 2 swap space alone. */
guint64
gbx_limits_get_swap (GbxLaunchPlan *plan, guint64 memory, guint64 swap)
{
  return (plan->tuning.has_unified_groups ? swap : memory + swap) / 1024;
}

/* ------------------------------------------------------------------- tree -- */

static xmlNode *
find_child (xmlNode *parent, const char *name)
{
  xmlNode *node = parent->children;

  while (node && !xmlStrEqual (node->name, BAD_CAST name))
    node = node->next;
  return node;
}

static xmlNode *
get_child (xmlNode *parent, const char *name)
{
  xmlNode *node = find_child (parent, name);

  return node ? node : xmlNewChild (parent, NULL, BAD_CAST name, NULL);
}

static xmlNode *
add_number (xmlNode *parent, const char *name, gint64 number)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, number);

  return xmlNewTextChild (parent, NULL, BAD_CAST name, BAD_CAST text);
}

static void
add_kib (xmlNode *parent, const char *name, guint64 kib)
{
  xmlSetProp (add_number (parent, name, (gint64) kib), BAD_CAST "unit", BAD_CAST "KiB");
}

/* ------------------------------------------------------ processors, memory -- */

static guint64
get_number (GbxLaunchPlan *plan, const char *key)
{
  return gbx_policy_get_number (plan->policy, key);
}

static const char *
get_text (GbxLaunchPlan *plan, const char *key)
{
  return gbx_policy_get_text (plan->policy, key);
}

static void
add_processors (xmlNode *domain, GbxLaunchPlan *plan)
{
  const char *set = get_text (plan, "resources.cpu-set");
  xmlNode *vcpu;

  if (!gbx_launch_plan_holds (plan, "resources.cpu-set"))
    return;
  vcpu = get_child (domain, "vcpu");
  if (!vcpu->children)
    xmlNodeAddContent (vcpu, BAD_CAST "1");
  xmlSetProp (vcpu, BAD_CAST "placement", BAD_CAST "static");
  xmlSetProp (vcpu, BAD_CAST "cpuset", BAD_CAST set);
}

static void
add_shares (xmlNode *domain, GbxLaunchPlan *plan)
{
  if (gbx_launch_plan_holds (plan, "resources.cpu-weight"))
    add_number (get_child (domain, "cputune"), "shares",
                (gint64) gbx_limits_get_shares (plan, get_number (plan, "resources.cpu-weight")));
}

static void
add_quota (xmlNode *domain, gint64 quota, const char *period_name, const char *quota_name)
{
  xmlNode *tune = get_child (domain, "cputune");

  add_number (tune, period_name, GBX_LIMITS_PERIOD);
  add_number (tune, quota_name, quota);
}

/* memory: bytes of the group, which version 1 needs for the swap space; 0: unlimited. */
static void
add_memory (xmlNode *domain, GbxLaunchPlan *plan, guint64 memory, gboolean is_limited)
{
  gboolean has_swap = gbx_launch_plan_holds (plan, "resources.swap");

  if (has_swap && !is_limited && !plan->tuning.has_unified_groups)
    add_kib (get_child (domain, "memtune"), "hard_limit", memory / 1024);
  if (gbx_launch_plan_holds (plan, "resources.memory-soft"))
    add_kib (get_child (domain, "memtune"), "soft_limit",
             get_number (plan, "resources.memory-soft") / 1024);
  if (has_swap)
    add_kib (get_child (domain, "memtune"), "swap_hard_limit",
             gbx_limits_get_swap (plan, memory, get_number (plan, "resources.swap")));
}

static void
add_numa (xmlNode *domain, GbxLaunchPlan *plan, const char *mode)
{
  xmlNode *memory;

  if (!gbx_launch_plan_holds (plan, "resources.numa-nodes"))
    return;
  memory = xmlNewChild (get_child (domain, "numatune"), NULL, BAD_CAST "memory", NULL);
  xmlSetProp (memory, BAD_CAST "mode", BAD_CAST mode);
  xmlSetProp (memory, BAD_CAST "nodeset", BAD_CAST get_text (plan, "resources.numa-nodes"));
}

/* libvirt asks for pages of one size by default; QEMU takes them by memfd, which needs no folder
 * (qemuProcessNeedHugepagesPath). */
static void
add_backing (xmlNode *domain, GbxLaunchPlan *plan)
{
  xmlNode *backing;

  if (gbx_launch_plan_holds (plan, "resources.huge-pages"))
    {
      backing = get_child (domain, "memoryBacking");
      xmlNewChild (backing, NULL, BAD_CAST "hugepages", NULL);
      xmlSetProp (get_child (backing, "source"), BAD_CAST "type", BAD_CAST "memfd");
    }
  if (gbx_launch_plan_holds (plan, "resources.lock-memory"))
    xmlNewChild (get_child (domain, "memoryBacking"), NULL, BAD_CAST "locked", NULL);
}

/* ------------------------------------------------------------------ disks -- */

/* libvirt's names in a disk and in blkiotune, and QEMU's in a folder. */
static const struct
{
  const char *key, *of_disk, *of_device, *of_folder;
} rates[] = {
  { "resources.disk-read", "read_bytes_sec", "read_bytes_sec", "bps-read" },
  { "resources.disk-write", "write_bytes_sec", "write_bytes_sec", "bps-write" },
  { "resources.disk-read-operations", "read_iops_sec", "read_iops_sec", "iops-read" },
  { "resources.disk-write-operations", "write_iops_sec", "write_iops_sec", "iops-write" },
};

static void
add_rates (xmlNode *disk, GbxLaunchPlan *plan)
{
  for (guint i = 0; i < G_N_ELEMENTS (rates); i++)
    if (gbx_launch_plan_holds (plan, rates[i].key))
      add_number (get_child (disk, "iotune"), rates[i].of_disk,
                  (gint64) get_number (plan, rates[i].key));
}

static void
add_io_thread (xmlNode *domain, xmlNode *disk, GbxLaunchPlan *plan)
{
  if (!gbx_launch_plan_holds (plan, "resources.io-threads"))
    return;
  add_number (domain, "iothreads", 1);
  xmlSetProp (get_child (disk, "driver"), BAD_CAST "iothread", BAD_CAST "1");
}

static void
add_to_disk (xmlNode *domain, GbxLaunchPlan *plan)
{
  xmlNode *disk = find_child (get_child (domain, "devices"), "disk");

  if (!disk)
    return;
  add_rates (disk, plan);
  add_io_thread (domain, disk, plan);
}

/* libvirt names the folders that QEMU serves itself in the order of the document, and numbers
 * those of virtiofsd with them. */
GPtrArray *
gbx_limits_list_arguments (GbxLaunchPlan *plan)
{
  GPtrArray *arguments = g_ptr_array_new_with_free_func (g_free);

  for (guint e = 0; e < plan->exports->len; e++)
    for (guint i = 0; i < G_N_ELEMENTS (rates); i++)
      {
        if (((GbxExport *) plan->exports->pdata[e])->socket ||
            !gbx_launch_plan_holds (plan, rates[i].key))
          continue;
        g_ptr_array_add (arguments, g_strdup ("-set"));
        g_ptr_array_add (arguments,
                         g_strdup_printf ("fsdev.fsdev-fs%u.throttling.%s=%" G_GUINT64_FORMAT, e,
                                          rates[i].of_folder, get_number (plan, rates[i].key)));
      }
  return arguments;
}

static void
add_weight (xmlNode *domain, GbxLaunchPlan *plan)
{
  if (gbx_launch_plan_holds (plan, "resources.disk-weight"))
    add_number (get_child (domain, "blkiotune"), "weight",
                (gint64) get_number (plan, "resources.disk-weight"));
}

/* (nullable): the first rate adds the element. */
static void
add_device (xmlNode *domain, GbxLaunchPlan *plan, const char *path)
{
  xmlNode *device = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (rates); i++)
    {
      if (!gbx_launch_plan_holds (plan, rates[i].key))
        continue;
      if (!device)
        {
          device = xmlNewChild (get_child (domain, "blkiotune"), NULL, BAD_CAST "device", NULL);
          xmlNewTextChild (device, NULL, BAD_CAST "path", BAD_CAST path);
        }
      add_number (device, rates[i].of_device, (gint64) get_number (plan, rates[i].key));
    }
}

/* ----------------------------------------------------------------- public -- */

void
gbx_limits_add_to_machine (xmlNode *domain, GbxLaunchPlan *plan)
{
  guint64 memory = gbx_policy_get_memory (plan->policy) + GBX_LIMITS_EMULATOR_MEMORY;

  add_processors (domain, plan);
  add_backing (domain, plan);
  add_numa (domain, plan, get_text (plan, "resources.numa-mode"));
  add_to_disk (domain, plan);
  /* In a session a scope of systemd has these. */
  if (plan->platform != GBX_PLATFORM_QEMU_SYSTEM)
    return;
  add_shares (domain, plan);
  if (gbx_launch_plan_holds (plan, "resources.cpu-quota"))
    add_quota (domain, gbx_limits_get_quota (plan, get_number (plan, "resources.cpu-quota")),
               "global_period", "global_quota");
  add_memory (domain, plan, memory, FALSE);
  add_weight (domain, plan);
}

void
gbx_limits_add_to_container (xmlNode *domain, GbxLaunchPlan *plan)
{
  gint64 quota = gbx_limits_get_quota (
      plan, gbx_limits_get_container_percent (plan, get_number (plan, "resources.cpu-quota")));
  const char *mode = get_text (plan, "resources.numa-mode");

  add_processors (domain, plan);
  add_shares (domain, plan);
  if (quota > 0)
    add_quota (domain, quota, "period", "quota");
  add_memory (domain, plan, gbx_policy_get_memory (plan->policy), TRUE);
  add_numa (domain, plan, g_str_equal (mode, "strict") ? "interleave" : mode);
  add_weight (domain, plan);
  for (guint i = 0; i < plan->disks->len; i++)
    add_device (domain, plan, plan->disks->pdata[i]);
}
