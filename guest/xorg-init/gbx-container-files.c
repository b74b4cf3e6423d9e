/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a container shows of the kernel, and of its own making.
 *
 * Should: leave in /proc what programs count on, and nothing in /sys but the number of
 * processors.
 * Mustn't: show more of the host than that: its devices, disks, modules, boot command. */

#include "gbx-container.h"

#include "gbx-mounts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define EMPTY GBX_PRIVATE "/empty"
#define PROCESSORS "/sys/devices/system/cpu"

/* Those of container engines, and more: what only an administrator of the host looks at.  What a
 * kernel does not have is passed over. */
static const char *const hidden[] = {
  "/proc/acpi",        "/proc/asound",       "/proc/buddyinfo",  "/proc/bus",
  "/proc/cmdline",     "/proc/config.gz",    "/proc/consoles",   "/proc/diskstats",
  "/proc/dma",         "/proc/driver",       "/proc/dynamic_debug", "/proc/execdomains",
  "/proc/fs",          "/proc/interrupts",   "/proc/iomem",      "/proc/ioports",
  "/proc/irq",         "/proc/kallsyms",     "/proc/kcore",      "/proc/key-users",
  "/proc/keys",        "/proc/kmsg",         "/proc/kpagecgroup", "/proc/kpagecount",
  "/proc/kpageflags",  "/proc/latency_stats", "/proc/mdstat",    "/proc/modules",
  "/proc/mtrr",        "/proc/pagetypeinfo", "/proc/partitions", "/proc/pressure",
  "/proc/sched_debug", "/proc/schedstat",    "/proc/scsi",       "/proc/slabinfo",
  "/proc/softirqs",    "/proc/swaps",        "/proc/sysrq-trigger",
  "/proc/timer_list",  "/proc/timer_stats",  "/proc/tty",        "/proc/vmallocinfo",
  "/proc/zoneinfo",
};

/* A folder is covered by one that is empty, a file by one that nobody can read. */
static bool
hide (const char *path)
{
  struct stat st;

  if (lstat (path, &st) != 0)
    return errno == ENOENT;
  return mount (S_ISDIR (st.st_mode) ? EMPTY : "/dev/null", path, NULL, MS_BIND, NULL) == 0;
}

static void
hide_kernel_files (GbxInit *self)
{
  if (mkdir (EMPTY, 0555) != 0 ||
      mount ("tmpfs", EMPTY, "tmpfs", GBX_PLAIN | MS_NOEXEC | MS_RDONLY, "size=4k,mode=0555") != 0)
    gbx_fatal (self, "cannot make an empty folder: %s", strerror (errno));
  for (size_t i = 0; i < GBX_N_ELEMENTS (hidden); i++)
    if (!hide (hidden[i]))
      gbx_fatal (self, "cannot hide %s: %s", hidden[i], strerror (errno));
}

static void
replace_meminfo (GbxInit *self)
{
  gbx_container_write_meminfo ();
  if (mount (GBX_MEMINFO, "/proc/meminfo", NULL, MS_BIND, NULL) != 0 ||
      !gbx_change_mount ("/proc/meminfo", false))
    gbx_fatal (self, "cannot replace /proc/meminfo: %s", strerror (errno));
}

/* The C library and many programs look here for how many threads are of use. */
static bool
write_processors (void)
{
  static const char *const files[] = { "online", "possible", "present" };
  char path[128], text[32];
  cpu_set_t set;
  int n = sched_getaffinity (0, sizeof set, &set) == 0 ? CPU_COUNT (&set) : 1;
  int length = n > 1 ? snprintf (text, sizeof text, "0-%d\n", n - 1)
                     : snprintf (text, sizeof text, "0\n");

  if (!gbx_make_folders (PROCESSORS, 0755, 0, 0))
    return false;
  for (size_t i = 0; i < GBX_N_ELEMENTS (files); i++)
    {
      snprintf (path, sizeof path, PROCESSORS "/%s", files[i]);
      if (!gbx_write_file (path, text, (size_t) length, 0644))
        return false;
    }
  for (int i = 0; i < n; i++)
    {
      snprintf (path, sizeof path, PROCESSORS "/cpu%d", i);
      mkdir (path, 0755);
    }
  return true;
}

static void
replace_sys (GbxInit *self)
{
  const unsigned long flags = GBX_PLAIN | MS_NOEXEC;

  if (mount ("tmpfs", "/sys", "tmpfs", flags, "mode=0755,size=256k") != 0 || !write_processors () ||
      mount (NULL, "/sys", NULL, MS_REMOUNT | flags | MS_RDONLY, NULL) != 0)
    gbx_fatal (self, "cannot replace /sys: %s", strerror (errno));
}

/* Each share is in its place by now.  Where the root can still be written, the folders that they
 * were in go too, and init's own file. */
static void
remove_exports (void)
{
  DIR *dir = opendir (GBX_CONTAINER_EXPORTS);
  struct dirent *entry;
  char path[400];

  while (dir && (entry = readdir (dir)))
    {
      if (entry->d_name[0] == '.')
        continue;
      snprintf (path, sizeof path, GBX_CONTAINER_EXPORTS "/%s", entry->d_name);
      rmdir (path);
    }
  if (dir)
    closedir (dir);
  rmdir (GBX_CONTAINER_EXPORTS);
  rmdir ("/.oldroot");
  unlink ("/gbx-init");
}

void
gbx_container_close_kernel_files (GbxInit *self)
{
  hide_kernel_files (self);
  replace_meminfo (self);
  replace_sys (self);
  remove_exports ();
  if (!gbx_change_mount ("/", false))
    gbx_fatal (self, "cannot make the root read-only: %s", strerror (errno));
}
