/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a container uses.  The figures in /proc are mostly the host's; those of its control groups
 * are its own.  libvirt mounts them in /sys, in one of two versions. */

#include "gbx-container.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define GROUPS "/sys/fs/cgroup"

typedef struct
{
  int memory, processor; /* folders; -1 */
  bool first;            /* the first version of control groups */
} Groups;

static Groups groups = { -1, -1, false };

/* The line of /proc/self/cgroup is NUMBER:CONTROLLERS:PATH; the second version has one, without
 * controllers.  libvirt mounts each hierarchy below a folder that is called like the second field,
 * and shows the host's groups there too. */
static int
open_group (const char *controllers, const char *path)
{
  char folder[512];

  snprintf (folder, sizeof folder, GROUPS "%s%s%s", *controllers ? "/" : "", controllers, path);
  return open (folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static bool
lists (const char *controllers, const char *name)
{
  char list[128], *rest = list, *one;

  snprintf (list, sizeof list, "%s", controllers);
  while ((one = strsep (&rest, ",")))
    if (strcmp (one, name) == 0)
      return true;
  return false;
}

void
gbx_container_open_groups (void)
{
  char text[4096], *rest = text, *line;
  int second = -1;

  if (gbx_read_file ("/proc/self/cgroup", text, sizeof text) < 0)
    return;
  while ((line = strsep (&rest, "\n")))
    {
      char *number = strsep (&line, ":"), *controllers = line ? strsep (&line, ":") : NULL;

      if (!number || !controllers || !line)
        continue;
      if (lists (controllers, "memory"))
        groups.memory = open_group (controllers, line);
      if (lists (controllers, "cpuacct"))
        groups.processor = open_group (controllers, line);
      if (!*controllers)
        second = open_group (controllers, line);
    }
  groups.first = groups.memory >= 0 || groups.processor >= 0;
  if (groups.first)
    gbx_close_fd (&second);
  else
    groups.memory = groups.processor = second;
}

/* The number after the name at the start of a line, or of the whole file if there is no name. */
static bool
read_number (int folder, const char *file, const char *name, unsigned long long *number)
{
  gbx_autofd fd = openat (folder, file, O_RDONLY | O_CLOEXEC);
  static char text[8192];
  ssize_t length = fd >= 0 ? read (fd, text, sizeof text - 1) : -1;
  char *rest = text, *line;

  if (length <= 0)
    return false;
  text[length] = '\0';
  while ((line = strsep (&rest, "\n")))
    if (!name)
      return sscanf (line, "%llu", number) == 1;
    else if (strncmp (line, name, strlen (name)) == 0 && line[strlen (name)] == ' ')
      return sscanf (line + strlen (name), "%llu", number) == 1;
  return false;
}

/* -------------------------------------------------------------- memory -- */

/* In libvirt's /proc: the total is the container's. */
static unsigned long long
from_meminfo (const char *name)
{
  char text[2048];
  const char *at;
  unsigned long long kib = 0;

  if (gbx_read_file ("/proc/meminfo", text, sizeof text) < 0)
    return 0;
  at = strstr (text, name);
  if (at)
    sscanf (at + strlen (name), ": %llu", &kib);
  return kib;
}

uint64_t
gbx_container_get_memory_kib (void)
{
  const char *file = groups.first ? "memory.limit_in_bytes" : "memory.max";
  unsigned long long limit, total = from_meminfo ("MemTotal");

  if (read_number (groups.memory, file, NULL, &limit) && (total == 0 || limit / 1024 < total))
    return limit / 1024;
  return total;
}

/* Cached pages can be given back, so they are counted as available. */
uint32_t
gbx_container_get_available_kib (void)
{
  unsigned long long used = 0, cached = 0, total = gbx_container_get_memory_kib ();

  if (!read_number (groups.memory, groups.first ? "memory.usage_in_bytes" : "memory.current", NULL, &used))
    return (uint32_t) from_meminfo ("MemAvailable");
  read_number (groups.memory, "memory.stat", groups.first ? "total_inactive_file" : "inactive_file", &cached);
  used = (used > cached ? used - cached : 0) / 1024;
  return (uint32_t) (used < total ? total - used : 0);
}

/* libvirt has a file of its own in /proc, but not one that programs can read twice: free and top
 * fail.  This one lies in memory, and always has the same length. */
void
gbx_container_write_meminfo (void)
{
  gbx_autofd fd = open (GBX_MEMINFO, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  unsigned long long total = gbx_container_get_memory_kib ();
  unsigned long long left = gbx_container_get_available_kib (), cached = 0;
  char text[512];
  int length;

  read_number (groups.memory, "memory.stat", groups.first ? "total_cache" : "file", &cached);
  cached /= 1024;
  length = snprintf (text, sizeof text,
                     "MemTotal:       %12llu kB\nMemFree:        %12llu kB\n"
                     "MemAvailable:   %12llu kB\nBuffers:        %12d kB\n"
                     "Cached:         %12llu kB\nSwapCached:     %12d kB\n"
                     "SwapTotal:      %12d kB\nSwapFree:       %12d kB\n"
                     "Shmem:          %12d kB\nSReclaimable:   %12d kB\n",
                     total, left > cached ? left - cached : 0, left, 0, cached, 0, 0, 0, 0, 0);
  if (fd >= 0 && pwrite (fd, text, (size_t) length, 0) != length)
    return;
}

bool
gbx_container_has_run_out_of_memory (void)
{
  unsigned long long killed = 0;

  read_number (groups.memory, groups.first ? "memory.oom_control" : "memory.events", "oom_kill", &killed);
  return killed > 0;
}

/* ----------------------------------------------------------- processors -- */

static unsigned long long
used_us (void)
{
  unsigned long long used = 0;

  if (groups.first && read_number (groups.processor, "cpuacct.usage", NULL, &used))
    return used / 1000;
  read_number (groups.processor, "cpu.stat", "usage_usec", &used);
  return used;
}

static unsigned long long
now_us (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000ull + now.tv_nsec / 1000;
}

uint32_t
gbx_container_get_busy_permille (void)
{
  static unsigned long long last_used, last_now;
  unsigned long long used = used_us (), now = now_us (), permille = 0;
  cpu_set_t set;
  int processors = sched_getaffinity (0, sizeof set, &set) == 0 ? CPU_COUNT (&set) : 1;

  if (last_now && now > last_now && used >= last_used)
    permille = (used - last_used) * 1000 / ((now - last_now) * (unsigned) processors);
  last_used = used;
  last_now = now;
  return permille > 1000 ? 1000 : (uint32_t) permille;
}
