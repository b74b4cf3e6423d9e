/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A virtual machine: the kernel is the guest's own, and so are its figures and its end. */

#include "gbx-place.h"

#include "gbx-confine.h"
#include "gbx-power.h"

#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/sysmacros.h>

static bool
make_node (const GbxNode *node, const char *path)
{
  return mknod (path, S_IFCHR | node->mode, makedev (node->major, node->minor)) == 0 &&
         chmod (path, node->mode) == 0;
}

static bool
mount_proc (void)
{
  return mount ("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, "hidepid=invisible") == 0;
}

/* -------------------------------------------------------------- figures -- */

static uint64_t
memory_kib (void)
{
  struct sysinfo info;

  return sysinfo (&info) == 0 ? (uint64_t) info.totalram * info.mem_unit / 1024 : 0;
}

/* Since the last call, of all processors, 0 to 1000. */
static uint32_t
busy_permille (void)
{
  static unsigned long long last_busy, last_all;
  unsigned long long t[8] = { 0 }, busy, all, permille;
  char text[512];

  if (gbx_read_file ("/proc/stat", text, sizeof text) < 0)
    return 0;
  sscanf (text, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &t[0], &t[1], &t[2], &t[3], &t[4],
          &t[5], &t[6], &t[7]);
  busy = t[0] + t[1] + t[2] + t[5] + t[6] + t[7];
  all = busy + t[3] + t[4]; /* idle, waiting for I/O */
  permille = all > last_all && busy >= last_busy ? (busy - last_busy) * 1000 / (all - last_all) : 0;
  last_busy = busy;
  last_all = all;
  return permille > 1000 ? 1000 : (uint32_t) permille;
}

/* Cached pages of /usr can be given back, so "free" alone would mislead. */
static uint32_t
available_kib (void)
{
  char text[1024];
  const char *at;
  unsigned long kib = 0;

  if (gbx_read_file ("/proc/meminfo", text, sizeof text) < 0)
    return 0;
  at = strstr (text, "MemAvailable:");
  if (at)
    sscanf (at, "MemAvailable: %lu", &kib);
  return (uint32_t) kib;
}

/* Whether the kernel has ended any process to get its memory, be it a child of the
 * command's, whose own status need not tell. */
static bool
has_run_out_of_memory (void)
{
  FILE *file = fopen ("/proc/vmstat", "re");
  unsigned long killed = 0;
  char line[128];

  while (file && killed == 0 && fgets (line, sizeof line, file))
    sscanf (line, "oom_kill %lu", &killed);
  if (file)
    fclose (file);
  return killed > 0;
}

/* ------------------------------------------------------------------------ */

static const GbxPlace machine = {
  .connect = gbx_machine_connect,
  .enter_root = gbx_machine_enter_root,
  .get_memory_kib = memory_kib,
  .make_node = make_node,
  .mount_proc = mount_proc,
  .mount_share = gbx_machine_mount_share,
  .shares_need_sync = true,
  .mount_disk = gbx_machine_mount_disk,
  .close_disk = gbx_machine_close_disk,
  .close_kernel_files = gbx_machine_close_kernel_files,
  .make_interface = gbx_machine_find_interface,
  .start_display = gbx_machine_start_display,
  .confine_system_calls = gbx_confine_system_calls,
  .set_clock = gbx_machine_set_clock,
  .get_busy_permille = busy_permille,
  .get_available_kib = available_kib,
  .has_run_out_of_memory = has_run_out_of_memory,
  .end = gbx_reset_machine,
};

const GbxPlace *
gbx_machine_place (void)
{
  return &machine;
}
