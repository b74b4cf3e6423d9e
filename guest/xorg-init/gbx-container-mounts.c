/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The mounts of a container.
 *
 * Should: put each export where a machine has it.
 * Mustn't: let a mount spread to the host, or a new one of the host come in. */

#include "gbx-container.h"

#include "gbx-mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define KERNEL_DEV GBX_PRIVATE "/dev"

static void
export_path (const char *tag, char *out, size_t size)
{
  snprintf (out, size, GBX_CONTAINER_EXPORTS "/%s", tag);
}

/* Moved, and not bound: so nothing is left to unmount, which would take milliseconds each. */
static bool
take_export (const char *source, const char *target, bool writable)
{
  return mount (source, target, NULL, MS_MOVE, NULL) == 0 && gbx_change_mount (target, writable);
}

static void
take_tree (GbxInit *self, const char *tag, const char *target)
{
  char source[128];

  export_path (tag, source, sizeof source);
  /* As in a machine: an export that the host does not make is none that is needed. */
  if (access (source, F_OK) != 0)
    return;
  if (!take_export (source, target, false))
    gbx_fatal (self, "cannot mount the host's tree %s: %s", tag, strerror (errno));
}

void
gbx_container_enter_root (GbxInit *self)
{
  if (mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
    gbx_fatal (self, "cannot part the container's mounts from the host's: %s", strerror (errno));
  take_tree (self, "gbx-usr", "/usr");
  take_tree (self, "gbx-opt", "/opt");
}

bool
gbx_container_mount_share (GbxInit *self, const GbxGuestShare *share, const char *target)
{
  char source[128];

  export_path (share->tag, source, sizeof source);
  return take_export (source, target, share->flags & GBX_SHARE_WRITABLE);
}

/* Nobody but the host may make a node.  libvirt has put these there. */
bool
gbx_container_make_node (const GbxNode *node, const char *path)
{
  gbx_autofd point = open (path, O_WRONLY | O_CREAT | O_CLOEXEC, node->mode);
  char source[64];

  snprintf (source, sizeof source, KERNEL_DEV "/%s", node->name);
  return point >= 0 && mount (source, path, NULL, MS_BIND, NULL) == 0;
}

/* libvirt's mount stays, with its own figures of memory in it. */
bool
gbx_container_mount_proc (void)
{
  return mount (NULL, "/proc", NULL, MS_REMOUNT | MS_NOSUID | MS_NODEV | MS_NOEXEC,
                "hidepid=invisible") == 0;
}
