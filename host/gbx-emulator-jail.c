/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The emulator jail: libvirt starts this as the domain's <emulator>, and it
 * becomes QEMU after giving up all that the sandbox's policy does not name.  An
 * escape from the virtual machine lands in a process that can open the same
 * files and no others, has no network, and finds no socket of the session.
 *
 *   Should: leave QEMU able to open its libraries, the kernel, the exports and
 *   the accelerator, and to connect to its two sockets.
 *   Mustn't: go on with fewer restrictions than asked for.  What the kernel
 *   cannot enforce ends the start with a message, which libvirt passes on.
 *
 * Two walls.  Landlock says what may be opened; but it knows nothing of
 * connecting to a socket, of changing a mode, nor, before Linux 6.2, of
 * truncating.  So where namespaces are to be had ("isolate") QEMU also gets a
 * file system of its own, in which nothing else is, and an empty network.
 *
 * Without GLOVEBOX_JAIL in the environment libvirt is only probing what the
 * emulator can do: then QEMU is started as it is.  With --can-isolate as its
 * only argument it tells by its exit status whether there are namespaces.
 *
 * It lies in a folder beside a link named "emulator" to the real QEMU.
 */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/landlock.h>
#include <linux/openat2.h>
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ACCESS_READ                                                                                \
  (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
/* Device nodes are never QEMU's to make. */
#define ACCESS_WRITE                                                                               \
  (ACCESS_READ | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |                   \
   LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |    \
   LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_SYM)
#define ACCESS_OF_FILE                                                                             \
  (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE)
#define ACCESS_ALL (ACCESS_WRITE | LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_BLOCK)
/* Landlock 2 (Linux 5.19) and 3 (6.2); older headers may lack the names. */
#define ACCESS_REFER (UINT64_C (1) << 13)
#define ACCESS_TRUNCATE (UINT64_C (1) << 14)

/* Where the new root is put together: any folder that every system has. */
#define NEW_ROOT "/tmp"
#define RULES_MAX 256

static void __attribute__ ((noreturn, format (printf, 1, 2)))
fail (const char *format, ...)
{
  int code = errno;
  va_list args;

  fputs ("glovebox-emulator-jail: ", stderr);
  va_start (args, format);
  vfprintf (stderr, format, args);
  va_end (args);
  fprintf (stderr, ": %s\n", strerror (code));
  exit (125);
}

/* --------------------------------------------------------------- rules -- */

typedef enum
{
  LINKS_KEPT,     /* of the system: what a link leads to has a rule, or has none for
                   * good reason; another system may lack it */
  LINKS_FOLLOWED, /* of Glovebox's own making */
  LINKS_REFUSED,  /* of the user: a folder may have been exchanged for a link since
                   * the launch looked at it */
} Links;

/* What a rule's verb gives. */
typedef struct
{
  const char *name;
  uint64_t access; /* of Landlock */
  bool writable;   /* the mount */
  Links links;
} Verb;

static const Verb verbs[] = {
  { "system-read", ACCESS_READ, false, LINKS_KEPT },
  { "system-write", ACCESS_WRITE, true, LINKS_KEPT },
  { "own-read", ACCESS_READ, false, LINKS_FOLLOWED },
  { "read", ACCESS_READ, false, LINKS_REFUSED },
  { "write", ACCESS_WRITE, true, LINKS_REFUSED },
  /* It is there, for what lies in it or to be connected to; to be opened it needs
   * a rule of its own. */
  { "present", 0, false, LINKS_FOLLOWED },
};

typedef struct
{
  const Verb *verb;
  char *from, *at; /* on the host, and as QEMU sees it */
  char *link;      /* what the link at that place leads to; or NULL */
  int tree;        /* a mount of it, not yet anywhere; or -1 */
} Rule;

static Rule rules[RULES_MAX];
static size_t n_rules;
static bool isolated, with_landlock;

static const Verb *
find_verb (const char *name)
{
  for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
    if (strcmp (name, verbs[i].name) == 0)
      return &verbs[i];
  errno = EINVAL;
  fail ("unknown rule “%s”", name);
}

static char *
read_line (FILE *file)
{
  char *line = NULL;
  size_t size = 0;
  ssize_t length = getline (&line, &size, file);

  if (length > 0 && line[length - 1] == '\n')
    line[length - 1] = '\0';
  if (length > 0)
    return line;
  free (line);
  return NULL;
}

static void
add_rule (const char *verb, char *from, char *at)
{
  if (!from || !at || from[0] != '/' || at[0] != '/')
    {
      errno = EINVAL;
      fail ("malformed rule “%s”", verb);
    }
  if (n_rules == RULES_MAX)
    {
      errno = E2BIG;
      fail ("too many rules");
    }
  rules[n_rules++] = (Rule) { find_verb (verb), from, at, NULL, -1 };
}

/* The walls that are asked for, each a line; then the rules, of three lines each,
 * since a path may hold anything but a line break: the verb, the host's path, the
 * path for QEMU. */
static void
read_rules (const char *path)
{
  FILE *file = fopen (path, "re");
  char *line;

  if (!file)
    fail ("cannot read the rules %s", path);
  for (; (line = read_line (file)); free (line))
    {
      if (strcmp (line, "isolate") == 0)
        isolated = true;
      else if (strcmp (line, "landlock") == 0)
        with_landlock = true;
      else
        {
          char *from = read_line (file);

          add_rule (line, from, read_line (file));
        }
    }
  fclose (file);
}

static int
open_path (const char *path, Links links)
{
  struct open_how how = {
    .flags = O_PATH | O_CLOEXEC, .resolve = links == LINKS_REFUSED ? RESOLVE_NO_SYMLINKS : 0
  };

  return syscall (SYS_openat2, AT_FDCWD, path, &how, sizeof how);
}

/* ---------------------------------------------------------- namespaces -- */

static bool
write_text (const char *path, const char *text)
{
  int fd = open (path, O_WRONLY | O_CLOEXEC);
  bool written = fd >= 0 && write (fd, text, strlen (text)) == (ssize_t) strlen (text);

  if (fd >= 0)
    close (fd);
  return written;
}

/* Root needs no user namespace to mount, and would lose in it the files of
 * others; everybody else stays who he is in one. */
static bool
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
  /* What the host mounts later does not concern us, nor ours the host. */
  return mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

static bool
set_read_only (int tree, unsigned flags)
{
  /* Unlike a remount this leaves the mount's other flags, which are not ours to
   * change in a user namespace. */
  struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY };

  return mount_setattr (tree, "", AT_EMPTY_PATH | flags, &attr, sizeof attr) == 0;
}

/* Whatever a rule names is taken hold of while it can still be reached. */
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

static void
make_parents (char *path)
{
  for (char *slash = strchr (path + 1, '/'); slash; slash = strchr (slash + 1, '/'))
    {
      *slash = '\0';
      mkdir (path, 0755); /* what cannot be made, the mount complains of */
      *slash = '/';
    }
}

static bool
is_same (int tree, const char *path)
{
  struct stat a, b;

  return fstatat (tree, "", &a, AT_EMPTY_PATH) == 0 && stat (path, &b) == 0 &&
         a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static void
place (Rule *rule)
{
  char path[PATH_MAX];
  struct stat st;
  int fd;

  if (!rule->link && rule->tree < 0)
    return;
  snprintf (path, sizeof path, NEW_ROOT "%s", rule->at);
  make_parents (path);
  if (rule->link)
    {
      if (symlink (rule->link, path) != 0 && errno != EEXIST)
        fail ("cannot make the link %s", rule->at);
      return;
    }
  /* It may be there already, in a folder that is. */
  if (!rule->verb->writable && is_same (rule->tree, path))
    return;
  if (fstatat (rule->tree, "", &st, AT_EMPTY_PATH) != 0)
    fail ("cannot examine %s", rule->from);
  if (S_ISDIR (st.st_mode))
    mkdir (path, 0755);
  else if ((fd = open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)) >= 0)
    close (fd);
  if (move_mount (rule->tree, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH) != 0)
    fail ("cannot put %s in its place", rule->at);
}

/* The rules are sorted, so that a folder comes before what lies in it. */
static void
change_root (void)
{
  int root;

  for (size_t i = 0; i < n_rules; i++)
    take_source (&rules[i]);
  if (mount ("tmpfs", NEW_ROOT, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=1m") != 0)
    fail ("cannot make a root for the emulator");
  for (size_t i = 0; i < n_rules; i++)
    place (&rules[i]);
  root = open (NEW_ROOT, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (root < 0 || !set_read_only (root, 0))
    fail ("cannot make the emulator's root read-only");
  close (root);
  /* The old root is put over the new one and taken away. */
  if (chdir (NEW_ROOT) != 0 || syscall (SYS_pivot_root, ".", ".") != 0 ||
      umount2 (".", MNT_DETACH) != 0 || chdir ("/") != 0)
    fail ("cannot enter the emulator's root");
  for (size_t i = 0; i < n_rules; i++)
    if (rules[i].tree >= 0)
      close (rules[i].tree);
}

/* ------------------------------------------------------------ landlock -- */

static void
allow (int ruleset, const Rule *rule, uint64_t newer)
{
  struct landlock_path_beneath_attr attr = { .allowed_access = rule->verb->access };
  struct stat st;

  if (rule->verb->access == 0)
    return;
  if (rule->verb->writable)
    attr.allowed_access |= newer;
  attr.parent_fd = open_path (rule->at, rule->verb->links);
  if (attr.parent_fd < 0 && rule->verb->links == LINKS_KEPT)
    return; /* what is not there needs no permission */
  if (attr.parent_fd < 0 || fstat (attr.parent_fd, &st) != 0)
    fail ("cannot examine %s", rule->at);
  if (!S_ISDIR (st.st_mode))
    attr.allowed_access &= ACCESS_OF_FILE | ACCESS_TRUNCATE;
  if (syscall (SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &attr, 0) != 0)
    fail ("cannot allow %s", rule->at);
  close (attr.parent_fd);
}

static void
restrict_files (void)
{
  int version = syscall (SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
  uint64_t newer = (version >= 2 ? ACCESS_REFER : 0) | (version >= 3 ? ACCESS_TRUNCATE : 0);
  struct landlock_ruleset_attr attr = { .handled_access_fs = ACCESS_ALL | newer };
  int ruleset;

  if (version < 1)
    fail ("the kernel does not offer Landlock, which confines QEMU (boot it with "
          "lsm=landlock,lockdown,yama,integrity,apparmor)");
  ruleset = syscall (SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
  if (ruleset < 0)
    fail ("cannot make a Landlock ruleset");
  for (size_t i = 0; i < n_rules; i++)
    allow (ruleset, &rules[i], newer);
  if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      syscall (SYS_landlock_restrict_self, ruleset, 0) != 0)
    fail ("cannot enforce the Landlock ruleset");
  close (ruleset);
}

static void
enter_jail (const char *path)
{
  read_rules (path);
  if (isolated)
    {
      if (!enter_namespaces ())
        fail ("cannot make namespaces for the emulator");
      change_root ();
    }
  if (with_landlock)
    restrict_files ();
}

/* ---------------------------------------------------------------- main -- */

static int
can_isolate (void)
{
  if (enter_namespaces () &&
      mount ("tmpfs", NEW_ROOT, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=1m") == 0)
    return 0;
  return 1;
}

int
main (int argc, char **argv)
{
  const char *jail = getenv ("GLOVEBOX_JAIL");
  const char *slash = strrchr (argv[0], '/');
  char link[PATH_MAX], emulator[PATH_MAX];

  if (argc == 2 && strcmp (argv[1], "--can-isolate") == 0)
    return can_isolate ();
  if (!slash)
    {
      errno = EINVAL;
      fail ("has to be started by its full path");
    }
  snprintf (link, sizeof link, "%.*s/emulator", (int) (slash - argv[0]), argv[0]);
  if (!realpath (link, emulator))
    fail ("cannot find the emulator %s", link);
  if (jail)
    enter_jail (jail);
  unsetenv ("GLOVEBOX_JAIL");
  argv[0] = emulator;
  execv (emulator, argv);
  fail ("cannot start %s", emulator);
}
