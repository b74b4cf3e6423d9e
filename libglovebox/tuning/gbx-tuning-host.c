/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-tuning"

#include "config.h"

#include "gbx-tuning-host.h"

#include "gbx-user-scope.h"

#include <linux/capability.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define GROUPS "/sys/fs/cgroup"

static GbxControllers
read_controllers (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "cgroup.controllers", NULL);
  g_autofree char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) ? gbx_controllers_parse (text) : 0;
}

static void
find_manager (GbxTuningHost *self)
{
  g_autoptr (GError) error = NULL;

  self->has_manager = gbx_user_scope_probe (&self->delegated, &error);
  if (!self->has_manager)
    g_debug ("no scope: %s", error->message);
}

/* Whether any group has that file: the root's own has none for weights. */
static gboolean
has_file_below (const char *folder, const char *name)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  gboolean found = FALSE;
  const char *group;

  while (dir && !found && (group = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (folder, group, name, NULL);

      found = g_file_test (path, G_FILE_TEST_EXISTS);
    }
  return found;
}

/* Without a weight's file libvirt refuses to start (virCgroupV1SetBlkioWeight,
 * virCgroupV2SetBlkioWeight in libvirt 9.0).  A computer without any group has none to look at;
 * then the weight counts as missing. */
static void
look_at_groups (GbxTuningHost *self)
{
  GbxControllers all = read_controllers (GROUPS);

  self->has_unified_groups = g_file_test (GROUPS "/cgroup.controllers", G_FILE_TEST_EXISTS);
  if (self->has_unified_groups)
    {
      self->counts_swap = (all & GBX_CONTROLLER_MEMORY) != 0;
      self->weighs_disks
          = has_file_below (GROUPS, "io.weight") || has_file_below (GROUPS, "io.bfq.weight");
      return;
    }
  self->counts_swap
      = g_file_test (GROUPS "/memory/memory.memsw.limit_in_bytes", G_FILE_TEST_EXISTS);
  self->weighs_disks = has_file_below (GROUPS "/blkio", "blkio.bfq.weight");
}

/* The number of a line such as "HugePages_Free:   12". */
static guint64
get_number (const char *text, const char *name)
{
  const char *line = strstr (text, name);

  return line ? g_ascii_strtoull (line + strlen (name), NULL, 10) : 0;
}

/* QEMU takes them by memfd_create(), for which it needs no folder and no right. */
static void
count_huge_pages (GbxTuningHost *self)
{
  g_autofree char *text = NULL;

  if (g_file_get_contents ("/proc/meminfo", &text, NULL, NULL))
    self->huge = get_number (text, "HugePages_Free:") * get_number (text, "Hugepagesize:") * 1024;
}

/* Root in a container of the computer may lack the capability; then its libvirt does too. */
static gboolean
may_raise_limits (void)
{
  g_autofree char *text = NULL;
  const char *line;

  if (!g_file_get_contents ("/proc/self/status", &text, NULL, NULL))
    return FALSE;
  line = strstr (text, "\nCapEff:\t");
  return line && (g_ascii_strtoull (line + strlen ("\nCapEff:\t"), NULL, 16) >> CAP_SYS_RESOURCE) & 1;
}

void
gbx_tuning_host_read (GbxTuningHost *self, gboolean asks_systemd)
{
  struct rlimit lock = { 0, 0 };

  memset (self, 0, sizeof *self);
  self->processors = g_get_num_processors ();
  if (asks_systemd)
    find_manager (self);
  look_at_groups (self);
  count_huge_pages (self);
  getrlimit (RLIMIT_MEMLOCK, &lock);
  /* virProcessSetMaxMemLock of libvirt 9.0 asks for no limit at all, and fails with less. */
  self->may_lock = lock.rlim_max == RLIM_INFINITY || may_raise_limits ();
}
