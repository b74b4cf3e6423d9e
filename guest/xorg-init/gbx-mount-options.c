/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The pure part of the mounts: no system calls, tested on the host. */

#include "gbx-mounts.h"

#include <stdio.h>
#include <string.h>

void
gbx_9p_options (char *out, size_t size, bool writable, bool immutable)
{
  /* Files that cannot change while the guest runs are cached without revalidation: a stat
   * then needs no round trip.  In a share, changes must be visible at once on both sides. */
  const char *cache = immutable ? "loose" : "mmap";

  snprintf (out, size, "trans=virtio,version=9p2000.L,msize=262144,cache=%s%s", cache,
            writable ? ",access=client" : ",access=any");
}

void
gbx_sort_shares (const GbxGuestConfig *config, size_t *order)
{
  for (size_t i = 0; i < config->n_shares; i++)
    {
      size_t at = i;

      for (; at > 0 &&
             strlen (config->shares[order[at - 1]].path) > strlen (config->shares[i].path);
           at--)
        order[at] = order[at - 1];
      order[at] = i;
    }
}

bool
gbx_home_mount_point (const char *home, char *out, size_t size)
{
  static const char *const kept[] = { "/usr", "/opt", "/etc", "/proc", "/sys", "/dev", "/bin",
                                      "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/var/lib",
                                      "/var/cache" };

  if (strcmp (home, "/") == 0 || strcmp (home, "/var") == 0)
    return false;
  for (size_t i = 0; i < GBX_N_ELEMENTS (kept); i++)
    if (strcmp (home, kept[i]) == 0)
      return false;
  /* Those are tmpfs already. */
  if (gbx_path_is_below (home, "/home") || gbx_path_is_below (home, "/tmp") ||
      gbx_path_is_below (home, "/run") || gbx_path_is_below (home, "/var/tmp"))
    {
      out[0] = '\0';
      return true;
    }
  return snprintf (out, size, "%s", home) < (int) size;
}
