/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-virt"

#include "config.h"

#include "gbx-virt-usage.h"

#include <libvirt/virterror.h>
#include <string.h>

/* The statistics that libvirt gives of all kinds of domains in one call.  The account's own
 * daemon has no control groups, and reads some of them of QEMU's process instead.  What is
 * listed more than once, for each disk or interface, is added up. */

#define STATS                                                                                      \
  (VIR_DOMAIN_STATS_CPU_TOTAL | VIR_DOMAIN_STATS_BALLOON | VIR_DOMAIN_STATS_INTERFACE |            \
   VIR_DOMAIN_STATS_BLOCK)

static const struct
{
  const char *name; /* or its end, if it is of one disk or interface */
  const char *prefix;
  GbxUsageKind kind;
  guint64 factor;
} fields[] = {
  { "cpu.time", NULL, GBX_USAGE_CPU_TIME, 1 },
  { "balloon.rss", NULL, GBX_USAGE_MEMORY, 1024 },
  { "balloon.current", NULL, GBX_USAGE_MEMORY_LIMIT, 1024 },
  { ".rd.bytes", "block.", GBX_USAGE_DISK_READ, 1 },
  { ".wr.bytes", "block.", GBX_USAGE_DISK_WRITTEN, 1 },
  /* As the guest sees it. */
  { ".rx.bytes", "net.", GBX_USAGE_NETWORK_RECEIVED, 1 },
  { ".tx.bytes", "net.", GBX_USAGE_NETWORK_SENT, 1 },
};

static void
take (const char *name, guint64 value, GbxUsage *usage)
{
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    if (fields[i].prefix ? g_str_has_prefix (name, fields[i].prefix)
                               && g_str_has_suffix (name, fields[i].name)
                         : g_str_equal (name, fields[i].name))
      gbx_usage_add (usage, fields[i].kind, value * fields[i].factor);
}

void
gbx_virt_usage_take (virTypedParameterPtr params, int n_params, GbxUsage *usage)
{
  for (int i = 0; i < n_params; i++)
    if (params[i].type == VIR_TYPED_PARAM_ULLONG)
      take (params[i].field, params[i].value.ul, usage);
}

/* -------------------------------------------------------------- container -- */

/* libvirt has no bulk statistics of containers, and does not count their processes: their control
 * group has them, in the hierarchy of version 2 or in one of version 1. */
static char *
find_group (guint process)
{
  static const struct
  {
    const char *mark;
    const char *folder;
  } hierarchies[] = {
    { ":freezer:", "/sys/fs/cgroup/freezer" },
    { ":cpuacct:", "/sys/fs/cgroup/cpuacct" },
    { ":cpu,cpuacct:", "/sys/fs/cgroup/cpu,cpuacct" },
    { "0::", "/sys/fs/cgroup" },
  };
  g_autofree char *path = g_strdup_printf ("/proc/%u/cgroup", process);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return NULL;
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; i < G_N_ELEMENTS (hierarchies); i++)
    for (guint j = 0; lines[j]; j++)
      {
        const char *at = strstr (lines[j], hierarchies[i].mark);

        if (at && strlen (at + strlen (hierarchies[i].mark)) > 1)
          return g_build_filename (hierarchies[i].folder, at + strlen (hierarchies[i].mark), NULL);
      }
  return NULL;
}

/* Without libvirt's own, which runs the container. */
static void
count_processes (virDomainPtr domain, GbxUsage *usage)
{
  guint process = virDomainGetID (domain), n = 0;
  g_autofree char *folder = find_group (process);
  g_autofree char *path = folder ? g_build_filename (folder, "cgroup.procs", NULL) : NULL;
  g_autofree char *text = NULL;

  if (!path || !g_file_get_contents (path, &text, NULL, NULL))
    return;
  for (const char *at = text; *at; at++)
    n += *at == '\n';
  gbx_usage_set (usage, GBX_USAGE_PROCESSES, n > 0 ? n - 1 : 0);
}

static gboolean
read_container (virDomainPtr domain, GbxUsage *usage)
{
  virDomainBlockStatsStruct disk = { 0 };
  virDomainInfo info = { 0 };

  if (virDomainGetInfo (domain, &info) < 0)
    return FALSE;
  gbx_usage_set (usage, GBX_USAGE_CPU_TIME, info.cpuTime);
  gbx_usage_set (usage, GBX_USAGE_MEMORY, (guint64) info.memory * 1024);
  gbx_usage_set (usage, GBX_USAGE_MEMORY_LIMIT, (guint64) info.maxMem * 1024);
  /* An empty name is all disks together. */
  if (virDomainBlockStats (domain, "", &disk, sizeof disk) == 0)
    {
      gbx_usage_set (usage, GBX_USAGE_DISK_READ, MAX (disk.rd_bytes, 0));
      gbx_usage_set (usage, GBX_USAGE_DISK_WRITTEN, MAX (disk.wr_bytes, 0));
    }
  count_processes (domain, usage);
  return TRUE;
}

gboolean
gbx_virt_usage_read (virDomainPtr domain, GbxUsage *usage)
{
  virDomainPtr domains[] = { domain, NULL };
  virDomainStatsRecordPtr *records = NULL;
  /* Where another call waits for QEMU, this one does without the figures of QEMU. */
  int n = virDomainListGetStats (domains, STATS, &records,
                                 VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT);

  for (int i = 0; i < n; i++)
    gbx_virt_usage_take (records[i]->params, records[i]->nparams, usage);
  if (n < 0 && virGetLastErrorCode () == VIR_ERR_NO_SUPPORT)
    return read_container (domain, usage);
  virDomainStatsRecordListFree (records);
  return n >= 0;
}
