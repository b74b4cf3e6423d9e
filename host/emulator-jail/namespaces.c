/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "jail.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

static bool
write_text (const char *path, const char *text)
{
  int fd = open (path, O_WRONLY | O_CLOEXEC);
  bool written = fd >= 0 && write (fd, text, strlen (text)) == (ssize_t) strlen (text);

  if (fd >= 0)
    close (fd);
  return written;
}

/* Root needs no user namespace to mount, and would lose access to other users' files in it.
 * Other users keep their ID in one. */
bool
enter_namespaces (void)
{
  char map[64];
  uid_t uid = geteuid ();
  gid_t gid = getegid ();
  int flags = CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC;

  if (unshare (uid == 0 ? flags : flags | CLONE_NEWUSER) != 0)
    return false;
  if (uid != 0)
    {
      if (!write_text ("/proc/self/setgroups", "deny"))
        return false;
      snprintf (map, sizeof map, "%u %u 1", uid, uid);
      if (!write_text ("/proc/self/uid_map", map))
        return false;
      snprintf (map, sizeof map, "%u %u 1", gid, gid);
      if (!write_text ("/proc/self/gid_map", map))
        return false;
    }
  /* Later mounts of the host are not visible here, and ours are not visible to the host. */
  return mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}
