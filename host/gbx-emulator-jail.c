/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The emulator jail: libvirt starts this as the domain's <emulator>, and it
 * becomes QEMU after giving up every file that the sandbox's policy does not
 * name.  An escape from the virtual machine lands in a process that can open
 * the same files and no others.
 *
 *   Should: leave QEMU able to open its libraries, the kernel, the exports, the
 *   accelerator and its monitor socket.
 *   Mustn't: go on with fewer restrictions than asked for.  What the kernel
 *   cannot enforce ends the start with a message, which libvirt passes on.
 *
 * Without GLOVEBOX_JAIL in the environment libvirt is only probing what the
 * emulator can do: then QEMU is started as it is.
 *
 * It lies in a folder beside a link named "emulator" to the real QEMU.
 */

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <limits.h>
#include <sched.h>
#include <stdarg.h>
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

typedef struct
{
  FILE *file;
  char *line;
  size_t size;
  char *value; /* into line */
} Rules;

/* The next "VERB VALUE" line, its verb in line and its value in value. */
static int
next_rule (Rules *rules)
{
  ssize_t length = getline (&rules->line, &rules->size, rules->file);

  if (length <= 0)
    return 0;
  if (rules->line[length - 1] == '\n')
    rules->line[length - 1] = '\0';
  rules->value = strchr (rules->line, ' ');
  if (!rules->value || rules->value[1] != '/')
    {
      errno = EINVAL;
      fail ("malformed rule “%s”", rules->line);
    }
  *rules->value++ = '\0';
  return 1;
}

/* ---------------------------------------------------------- namespaces -- */

static void
write_text (const char *path, const char *text)
{
  int fd = open (path, O_WRONLY | O_CLOEXEC);

  if (fd < 0 || write (fd, text, strlen (text)) != (ssize_t) strlen (text))
    fail ("cannot write %s", path);
  close (fd);
}

/* Bind mounts need a mount namespace, and without privileges that needs a user
 * namespace, in which we stay who we are. */
static void
enter_namespaces (void)
{
  char map[64];
  uid_t uid = geteuid ();
  gid_t gid = getegid ();

  if (unshare (CLONE_NEWUSER | CLONE_NEWNS) != 0)
    fail ("sharing a single file needs user namespaces, which this system does not let you make "
          "(share the folder that holds the file instead)");
  write_text ("/proc/self/setgroups", "deny");
  snprintf (map, sizeof map, "%u %u 1", uid, uid);
  write_text ("/proc/self/uid_map", map);
  snprintf (map, sizeof map, "%u %u 1", gid, gid);
  write_text ("/proc/self/gid_map", map);
  if (mount (NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) != 0)
    fail ("cannot detach from the host's mounts");
}

static void
bind_file (const char *from, const char *to, int read_only)
{
  if (mount (from, to, NULL, MS_BIND, NULL) != 0)
    fail ("cannot bind %s", from);
  if (read_only && mount (NULL, to, NULL,
                          MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV, NULL) != 0)
    fail ("cannot make %s read-only", from);
}

static void
bind_shared_files (Rules *rules)
{
  int entered = 0;

  while (next_rule (rules))
    {
      int read_only = strcmp (rules->line, "bind-read") == 0;
      char from[PATH_MAX];

      if (!read_only && strcmp (rules->line, "bind") != 0)
        continue;
      if (!entered++)
        enter_namespaces ();
      snprintf (from, sizeof from, "%s", rules->value);
      if (!next_rule (rules) || strcmp (rules->line, "to") != 0)
        {
          errno = EINVAL;
          fail ("a bind rule without its target");
        }
      bind_file (from, rules->value, read_only);
    }
}

/* ------------------------------------------------------------ landlock -- */

static void
allow (int ruleset, const char *path, uint64_t access)
{
  struct landlock_path_beneath_attr rule = { .allowed_access = access };
  struct stat st;

  rule.parent_fd = open (path, O_PATH | O_CLOEXEC);
  if (rule.parent_fd < 0)
    return; /* what is not there needs no permission */
  if (fstat (rule.parent_fd, &st) != 0)
    fail ("cannot examine %s", path);
  if (!S_ISDIR (st.st_mode))
    rule.allowed_access &= ACCESS_OF_FILE | ACCESS_TRUNCATE;
  if (syscall (SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0)
    fail ("cannot allow %s", path);
  close (rule.parent_fd);
}

static void
restrict_files (Rules *rules)
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
  while (next_rule (rules))
    {
      if (strcmp (rules->line, "read") == 0)
        allow (ruleset, rules->value, ACCESS_READ);
      else if (strcmp (rules->line, "write") == 0)
        allow (ruleset, rules->value, ACCESS_WRITE | newer);
    }
  if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      syscall (SYS_landlock_restrict_self, ruleset, 0) != 0)
    fail ("cannot enforce the Landlock ruleset");
  close (ruleset);
}

static void
enter_jail (const char *path)
{
  Rules rules = { .file = fopen (path, "re") };

  if (!rules.file)
    fail ("cannot read the rules %s", path);
  bind_shared_files (&rules);
  rewind (rules.file);
  restrict_files (&rules);
  fclose (rules.file);
  free (rules.line);
}

/* ---------------------------------------------------------------- main -- */

int
main (int argc, char **argv)
{
  const char *rules = getenv ("GLOVEBOX_JAIL");
  const char *slash = strrchr (argv[0], '/');
  char link[PATH_MAX], emulator[PATH_MAX];

  if (!slash)
    {
      errno = EINVAL;
      fail ("has to be started by its full path");
    }
  snprintf (link, sizeof link, "%.*s/emulator", (int) (slash - argv[0]), argv[0]);
  if (!realpath (link, emulator))
    fail ("cannot find the emulator %s", link);
  if (rules)
    enter_jail (rules);
  unsetenv ("GLOVEBOX_JAIL");
  argv[0] = emulator;
  execv (emulator, argv);
  fail ("cannot start %s", emulator);
}
