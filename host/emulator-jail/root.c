/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The first wall: a root that contains only the paths in the rules.
 *
 *   Should: have each path where QEMU expects it, as on the host.
 *   Mustn't: follow a link that an attacker created, or create anything in a folder
 *   of the host. */

#include "jail.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Where the new root is put together: any folder that every system has. */
#define NEW_ROOT "/tmp"

bool
mount_new_root (void)
{
  return mount ("tmpfs", NEW_ROOT, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=1m") == 0;
}

static bool
set_read_only (int tree, unsigned flags)
{
  /* Unlike a remount this keeps the mount's other flags, which we may not change in a user
   * namespace. */
  struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY };

  return mount_setattr (tree, "", AT_EMPTY_PATH | flags, &attr, sizeof attr) == 0;
}

/* Opens the path of each rule while it can still be reached. */
static void
take_source (Rule *rule)
{
  struct stat st;
  char link[PATH_MAX];
  ssize_t length;
  int fd;

  if (rule->verb->links == LINKS_KEPT && lstat (rule->from, &st) == 0 && S_ISLNK (st.st_mode))
    {
      length = readlink (rule->from, link, sizeof link - 1);
      if (length > 0)
        rule->link = strndup (link, length);
      return;
    }
  fd = open_path (rule->from, rule->verb->links);
  if (fd < 0 && rule->verb->links == LINKS_KEPT && (errno == ENOENT || errno == EACCES))
    return;
  if (fd < 0)
    fail ("cannot open %s", rule->from);
  rule->tree = open_tree (fd, "", AT_EMPTY_PATH | AT_RECURSIVE | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
  if (rule->tree < 0)
    fail ("cannot take hold of %s", rule->from);
  close (fd);
  if (!rule->verb->writable && !set_read_only (rule->tree, AT_RECURSIVE))
    fail ("cannot make %s read-only", rule->from);
}

/* ------------------------------------------------------------- placing -- */

/* Whether it is already there, in another rule's folder. */
static bool
is_in_place (int root, const Rule *rule)
{
  struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT };
  int fd = syscall (SYS_openat2, root, rule->at, &how, sizeof how);
  struct stat a, b;
  bool same = fd >= 0 && fstat (fd, &a) == 0 && fstatat (rule->tree, "", &b, AT_EMPTY_PATH) == 0 &&
              a.st_dev == b.st_dev && a.st_ino == b.st_ino;

  if (fd >= 0)
    close (fd);
  return same;
}

/* Never create anything in a folder of the host, even if it is writable. */
static bool
is_ours (int root, int folder)
{
  struct stat a, b;

  return fstat (root, &a) == 0 && fstat (folder, &b) == 0 && a.st_dev == b.st_dev;
}

/* Opens a path below the new root, one component at a time; creates missing components. */
static int
open_place (int root, const char *path, bool folder)
{
  char copy[PATH_MAX];
  char *rest = NULL;
  int at = fcntl (root, F_DUPFD_CLOEXEC, 0);

  if (strlen (path) >= sizeof copy)
    return errno = ENAMETOOLONG, -1;
  strcpy (copy, path);
  for (char *name = strtok_r (copy, "/", &rest); name && at >= 0;)
    {
      char *next_name = strtok_r (NULL, "/", &rest);
      int next, made;

      if (is_ours (root, at) && (next_name || folder))
        mkdirat (at, name, 0755); /* what cannot be made cannot be opened */
      else if (is_ours (root, at) &&
               (made = openat (at, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) >= 0)
        close (made);
      next = openat (at, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
      close (at);
      at = next;
      name = next_name;
    }
  return at;
}

/* With O_PATH a link itself can be opened too; nothing may be mounted on a link. */
static bool
is_link (int fd)
{
  struct stat st;

  return fstat (fd, &st) != 0 || S_ISLNK (st.st_mode);
}

static void
place_link (int root, const Rule *rule)
{
  char folder[PATH_MAX];
  const char *name = strrchr (rule->at, '/') + 1;
  int fd;

  if (strlen (rule->at) >= sizeof folder)
    return;
  memcpy (folder, rule->at, name - rule->at);
  folder[name - rule->at] = '\0';
  fd = open_place (root, folder, true);
  if (fd < 0 || (is_ours (root, fd) && symlinkat (rule->link, fd, name) != 0 && errno != EEXIST))
    fail ("cannot make the link %s", rule->at);
  close (fd);
}

static void
place (int root, const Rule *rule)
{
  struct stat st;
  int fd;

  if (rule->link)
    {
      place_link (root, rule);
      return;
    }
  if (rule->tree < 0 || (!rule->verb->writable && is_in_place (root, rule)))
    return;
  if (fstatat (rule->tree, "", &st, AT_EMPTY_PATH) != 0)
    fail ("cannot examine %s", rule->from);
  fd = open_place (root, rule->at, S_ISDIR (st.st_mode));
  if (fd >= 0 && is_link (fd))
    errno = ELOOP;
  else if (fd >= 0 && move_mount (rule->tree, "", fd, "",
                                  MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) == 0)
    {
      close (fd);
      return;
    }
  fail ("cannot put %s in its place", rule->at);
}

/* ------------------------------------------------------------ entering -- */

/* The rules are sorted, so that a folder comes before its contents. */
void
change_root (Jail *jail)
{
  int root;

  for (size_t i = 0; i < jail->n_rules; i++)
    take_source (&jail->rules[i]);
  if (!mount_new_root ())
    fail ("cannot make a root for the emulator");
  root = open (NEW_ROOT, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (root < 0)
    fail ("cannot open the emulator's root");
  for (size_t i = 0; i < jail->n_rules; i++)
    place (root, &jail->rules[i]);
  if (!set_read_only (root, 0))
    fail ("cannot make the emulator's root read-only");
  close (root);
  /* The old root is moved over the new one and unmounted. */
  if (chdir (NEW_ROOT) != 0 || syscall (SYS_pivot_root, ".", ".") != 0 ||
      umount2 (".", MNT_DETACH) != 0 || chdir ("/") != 0)
    fail ("cannot enter the emulator's root");
  for (size_t i = 0; i < jail->n_rules; i++)
    if (jail->rules[i].tree >= 0)
      close (jail->rules[i].tree);
}
