/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-tuning"

#include "config.h"

#include "gbx-tuning-host.h"

#include <mntent.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define GROUPS "/sys/fs/cgroup"

static GbxControllers
parse_controllers (const char *text)
{
  static const struct
  {
    const char *name;
    GbxControllers controller;
  } names[] = {
    { "cpu", GBX_CONTROLLER_CPU },       { "memory", GBX_CONTROLLER_MEMORY },
    { "io", GBX_CONTROLLER_IO },         { "cpuset", GBX_CONTROLLER_CPUSET },
    { "pids", GBX_CONTROLLER_PIDS },
  };
  g_auto (GStrv) words = g_strsplit_set (text, " \n", -1);
  GbxControllers found = 0;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_strv_contains ((const char *const *) words, names[i].name))
      found |= names[i].controller;
  return found;
}

static GbxControllers
read_controllers (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "cgroup.controllers", NULL);
  g_autofree char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) ? parse_controllers (text) : 0;
}

/* The manager listens there even where no session bus runs. */
static void
find_manager (GbxTuningHost *self)
{
  g_autofree char *socket = g_build_filename (g_get_user_runtime_dir (), "systemd", "private", NULL);
  g_autofree char *folder = g_strdup_printf (
      GROUPS "/user.slice/user-%u.slice/user@%u.service", getuid (), getuid ());

  self->has_manager = g_file_test (socket, G_FILE_TEST_EXISTS);
  self->delegated = self->has_manager ? read_controllers (folder) : 0;
}

/* What libvirt's groups of version 1 can do is in files of the root's group; of version 2 it is in
 * those of any other, so the list of controllers has to do. */
static void
look_at_groups (GbxTuningHost *self)
{
  GbxControllers all = read_controllers (GROUPS);

  self->has_unified_groups = g_file_test (GROUPS "/cgroup.controllers", G_FILE_TEST_EXISTS);
  if (self->has_unified_groups)
    {
      self->counts_swap = (all & GBX_CONTROLLER_MEMORY) != 0;
      self->weighs_disks = (all & GBX_CONTROLLER_IO) != 0;
      return;
    }
  self->counts_swap =
      g_file_test (GROUPS "/memory/memory.memsw.limit_in_bytes", G_FILE_TEST_EXISTS);
  self->weighs_disks = g_file_test (GROUPS "/blkio/blkio.weight", G_FILE_TEST_EXISTS) ||
                       g_file_test (GROUPS "/blkio/blkio.bfq.weight", G_FILE_TEST_EXISTS);
}

/* The number of a line such as "HugePages_Free:   12". */
static guint64
get_number (const char *text, const char *name)
{
  const char *line = strstr (text, name);

  return line ? g_ascii_strtoull (line + strlen (name), NULL, 10) : 0;
}

static void
count_huge_pages (GbxTuningHost *self)
{
  g_autofree char *text = NULL;
  struct mntent *entry;
  FILE *mounts;

  if (g_file_get_contents ("/proc/meminfo", &text, NULL, NULL))
    self->huge = get_number (text, "HugePages_Free:") * get_number (text, "Hugepagesize:") * 1024;
  mounts = setmntent ("/proc/self/mounts", "re");
  while (mounts && (entry = getmntent (mounts)))
    if (strcmp (entry->mnt_type, "hugetlbfs") == 0 && access (entry->mnt_dir, W_OK | X_OK) == 0)
      self->has_huge_folder = TRUE;
  if (mounts)
    endmntent (mounts);
}

void
gbx_tuning_host_read (GbxTuningHost *self)
{
  struct rlimit lock = { 0, 0 };

  memset (self, 0, sizeof *self);
  find_manager (self);
  look_at_groups (self);
  count_huge_pages (self);
  getrlimit (RLIMIT_MEMLOCK, &lock);
  self->lockable = geteuid () == 0 || lock.rlim_max == RLIM_INFINITY ? G_MAXUINT64 : lock.rlim_max;
}
