/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The confinement of the code that decodes a hostile guest's display.
 *
 *   Should: keep its descriptors, non-executable memory, and clocks.
 *   Mustn't: need anything else of the system afterwards.
 *
 * Each wall works without the others.  The namespaces have an empty root and an empty
 * network.  Landlock allows no file. seccomp allows only the system calls listed here; none
 * takes a path, an address or another process. */

#include "gbx-decoder-walls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The largest screen takes 256 MiB, three times: the library's decoded picture, its screen,
 * and the window's frame. */
#define MEMORY_MAX ((rlim_t)2 << 30)
#define DESCRIPTORS_MAX 64

/* Any folder that every system has; an empty one is mounted there, and then becomes the root. */
#define NEW_ROOT "/tmp"

/* ---------------------------------------------------------- namespaces -- */

static bool
write_text (const char *path, const char *text)
{
  int fd = open (path, O_WRONLY | O_CLOEXEC);
  bool written = fd >= 0 && write (fd, text, strlen (text)) == (ssize_t)strlen (text);

  if (fd >= 0)
    close (fd);
  return written;
}

/* All users but root need a user namespace to create the others, and keep their ID in it. */
static bool
unshare_all (void)
{
  int flags = CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;
  uid_t uid = geteuid ();
  gid_t gid = getegid ();
  char map[64];

  if (uid == 0)
    return unshare (flags) == 0;
  if (unshare (flags | CLONE_NEWUSER) != 0 || !write_text ("/proc/self/setgroups", "deny"))
    return false;
  snprintf (map, sizeof map, "%u %u 1", uid, uid);
  if (!write_text ("/proc/self/uid_map", map))
    return false;
  snprintf (map, sizeof map, "%u %u 1", gid, gid);
  return write_text ("/proc/self/gid_map", map);
}

static bool
enter_empty_root (void)
{
  unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;

  return mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0
         && mount ("none", NEW_ROOT, "tmpfs", flags, "size=4k,nr_inodes=2,mode=0555") == 0
         && chdir (NEW_ROOT) == 0 && syscall (SYS_pivot_root, ".", ".") == 0
         && umount2 (".", MNT_DETACH) == 0 && chdir ("/") == 0
         && mount (NULL, "/", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | flags, NULL) == 0;
}

bool
gbx_decoder_enter_namespaces (void)
{
  return unshare_all () && enter_empty_root ();
}

static void
drop_capabilities (void)
{
  struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
  struct __user_cap_data_struct none[2] = { 0 };

  syscall (SYS_capset, &header, none);
}

/* ------------------------------------------------------------ landlock -- */

/* From newer kernel headers. */
struct ruleset
{
  uint64_t handled_access_fs;
  uint64_t handled_access_net;
  uint64_t scoped;
};

/* Everything that the kernel's version of Landlock can deny. */
static struct ruleset
everything (long version)
{
  /* The number of rights to files of each version, beginning with the first. */
  static const int rights[] = { 13, 14, 15, 15, 16, 16 };
  long last = sizeof rights / sizeof *rights;
  struct ruleset all = { 0 };

  all.handled_access_fs = (UINT64_C (1) << rights[(version < last ? version : last) - 1]) - 1;
  if (version >= 4)
    all.handled_access_net = 3; /* to bind, to connect */
  if (version >= 6)
    all.scoped = 3; /* abstract sockets, signals */
  return all;
}

static size_t
ruleset_size (long version)
{
  if (version >= 6)
    return sizeof (struct ruleset);
  return version >= 4 ? 2 * sizeof (uint64_t) : sizeof (uint64_t);
}

bool
gbx_decoder_restrict_files (void)
{
  long version = syscall (SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
  struct ruleset ruleset;
  int fd;
  bool done;

  if (version < 1)
    return false;
  ruleset = everything (version);
  fd = syscall (SYS_landlock_create_ruleset, &ruleset, ruleset_size (version), 0);
  if (fd < 0)
    return false;
  done = syscall (SYS_landlock_restrict_self, fd, 0) == 0;
  close (fd);
  return done;
}

/* ------------------------------------------------------------- seccomp -- */

/* Refused like all other calls, but with the error that libraries expect. */
static const int absent[] = {
  SCMP_SYS (open),      SCMP_SYS (openat),     SCMP_SYS (openat2),    SCMP_SYS (stat),
  SCMP_SYS (lstat),     SCMP_SYS (statx),      SCMP_SYS (newfstatat), SCMP_SYS (access),
  SCMP_SYS (faccessat), SCMP_SYS (faccessat2), SCMP_SYS (readlink),   SCMP_SYS (readlinkat),
};

static const int allowed[] = {
  /* calls on its own descriptors */
  SCMP_SYS (read),
  SCMP_SYS (readv),
  SCMP_SYS (write),
  SCMP_SYS (writev),
  SCMP_SYS (recvmsg),
  SCMP_SYS (recvfrom),
  SCMP_SYS (shutdown),
  SCMP_SYS (close),
  SCMP_SYS (fstat),
  SCMP_SYS (getsockopt),
  SCMP_SYS (getsockname),
  SCMP_SYS (getpeername),
  /* waiting */
  SCMP_SYS (poll),
  SCMP_SYS (ppoll),
  SCMP_SYS (eventfd2),
  SCMP_SYS (futex),
  SCMP_SYS (sched_yield),
  SCMP_SYS (nanosleep),
  SCMP_SYS (clock_nanosleep),
  SCMP_SYS (restart_syscall),
  /* memory */
  SCMP_SYS (brk),
  SCMP_SYS (munmap),
  SCMP_SYS (mremap),
  SCMP_SYS (madvise),
  /* itself; the coroutines switch signal masks */
  SCMP_SYS (rt_sigprocmask),
  SCMP_SYS (rt_sigaction),
  SCMP_SYS (rt_sigreturn),
  SCMP_SYS (getpid),
  SCMP_SYS (gettid),
  SCMP_SYS (exit),
  SCMP_SYS (exit_group),
  SCMP_SYS (getrandom),
  SCMP_SYS (clock_gettime),
  SCMP_SYS (clock_getres),
  SCMP_SYS (gettimeofday),
  SCMP_SYS (time),
  SCMP_SYS (sysinfo),
  SCMP_SYS (getuid),
  SCMP_SYS (geteuid),
  SCMP_SYS (getgid),
  SCMP_SYS (getegid),
};

static const int commands[] = { F_GETFD, F_SETFD, F_GETFL, F_SETFL };

static bool
add_plain_rules (scmp_filter_ctx filter)
{
  for (size_t i = 0; i < sizeof absent / sizeof *absent; i++)
    if (seccomp_rule_add (filter, SCMP_ACT_ERRNO (ENOENT), absent[i], 0) != 0)
      return false;
  for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
    if (seccomp_rule_add (filter, SCMP_ACT_ALLOW, allowed[i], 0) != 0)
      return false;
  return true;
}

/* Calls that are allowed only with certain arguments. */
static bool
add_rules_by_argument (scmp_filter_ctx filter)
{
  struct scmp_arg_cmp no_code = SCMP_A2 (SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
  struct scmp_arg_cmp no_address = SCMP_A4 (SCMP_CMP_EQ, 0);

  for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
    if (seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (fcntl), 1,
                          SCMP_A1 (SCMP_CMP_EQ, (scmp_datum_t)commands[i]))
        != 0)
      return false;
  /* The filter cannot check the address of sendmsg(), but all sockets here are connected
   * and use no address. */
  return seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (mmap), 1, no_code) == 0
         && seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (mprotect), 1, no_code) == 0
         && seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (sendto), 1, no_address) == 0
         && seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (sendmsg), 0) == 0;
}

bool
gbx_decoder_restrict_calls (void)
{
  /* Calls by the numbers of another architecture end the process. */
  scmp_filter_ctx filter = seccomp_init (SCMP_ACT_ERRNO (EPERM));
  bool done;

  if (!filter)
    return false;
  /* There is one thread; if a library has started another, it is confined too. */
  done = seccomp_attr_set (filter, SCMP_FLTATR_CTL_TSYNC, 1) == 0 && add_plain_rules (filter)
         && add_rules_by_argument (filter) && seccomp_load (filter) == 0;
  seccomp_release (filter);
  return done;
}

/* ----------------------------------------------------------------- all -- */

static void
limit (int resource, rlim_t most)
{
  setrlimit (resource, &(struct rlimit){ most, most });
}

static void
limit_resources (void)
{
  limit (RLIMIT_AS, MEMORY_MAX);
  limit (RLIMIT_NOFILE, DESCRIPTORS_MAX);
  /* Logging to a file must not end the program. */
  signal (SIGXFSZ, SIG_IGN);
  limit (RLIMIT_FSIZE, 0);
  limit (RLIMIT_NPROC, 0);
  limit (RLIMIT_CORE, 0);
  limit (RLIMIT_MEMLOCK, 0);
  limit (RLIMIT_MSGQUEUE, 0);
}

GbxDisplayWalls
gbx_decoder_raise_walls (void)
{
  unsigned walls = 0;

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  if (gbx_decoder_enter_namespaces ())
    walls |= GBX_DISPLAY_WALL_NAMESPACES;
  limit_resources ();
  prctl (PR_SET_DUMPABLE, 0);
  drop_capabilities ();
  if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
    return walls;
  if (gbx_decoder_restrict_files ())
    walls |= GBX_DISPLAY_WALL_LANDLOCK;
  if (gbx_decoder_restrict_calls ())
    walls |= GBX_DISPLAY_WALL_SECCOMP;
  return walls;
}
