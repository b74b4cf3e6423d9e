/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Phase "root" of a virtual machine: from the initramfs to the root that the host created.
 *
 * Should: end with / and /usr served read-only by the host, and the initramfs empty.
 * Mustn't: leave a way back to the initramfs or a writable root. */

#include "gbx-mounts.h"
#include "gbx-place.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define NEW_ROOT "/root"

/* The memory of the initramfs is freed only when its files are removed. */
static void
empty_initramfs (void)
{
  DIR *dir = opendir ("/modules");
  struct dirent *entry;

  while (dir && (entry = readdir (dir)))
    if (entry->d_name[0] != '.')
      unlinkat (dirfd (dir), entry->d_name, 0);
  if (dir)
    closedir (dir);
  rmdir ("/modules");
  unlink ("/init");
}

static void
mount_tree (GbxInit *self, const char *tag, const char *target, bool required)
{
  char options[128];

  gbx_9p_options (options, sizeof options, false, true);
  if (mount (tag, target, "9p", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOATIME, options) == 0)
    return;
  /* Without the device there is no such channel. */
  if (!required && errno == ENOENT)
    return;
  gbx_fatal (self, "cannot mount the host's tree %s: %s", tag, strerror (errno));
}

void
gbx_machine_enter_root (GbxInit *self)
{
  mkdir (NEW_ROOT, 0755);
  mount_tree (self, "gbx-root", NEW_ROOT, true);
  mount_tree (self, "gbx-usr", NEW_ROOT "/usr", true);
  mount_tree (self, "gbx-opt", NEW_ROOT "/opt", false);
  if (mount ("/sys", NEW_ROOT "/sys", NULL, MS_MOVE, NULL) != 0 ||
      mount ("/dev", NEW_ROOT "/dev", NULL, MS_MOVE, NULL) != 0)
    gbx_fatal (self, "the host's root lacks /sys or /dev: %s", strerror (errno));
  empty_initramfs ();
  /* pivot_root() refuses an initramfs; moving the mount over / is the way. */
  if (chdir (NEW_ROOT) != 0 || mount (".", "/", NULL, MS_MOVE, NULL) != 0 || chroot (".") != 0 ||
      chdir ("/") != 0)
    gbx_fatal (self, "cannot change to the host's root: %s", strerror (errno));
}
