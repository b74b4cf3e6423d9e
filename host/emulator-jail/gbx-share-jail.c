/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The share jail: becomes virtiofsd, QEMU's server for a shared folder, after giving up
 * everything but that folder.
 *
 *   glovebox-share-jail RULES SERVER [ARGUMENT…]
 *
 *   Should: leave the server able to serve the folder, with the rights of the user.
 *   Mustn't: continue with fewer restrictions than requested.
 *
 * There are three walls, as for the emulator: its own file system with only the folder and
 * the system's libraries, and an empty network; Landlock; and seccomp filters.  The server
 * loads a list of allowed calls itself; the filter here refuses what of it the server does
 * not need. */

#include "filter.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The server changes its root to the folder, and gives up these rights itself then.  They
 * are rights in its own user namespace only. */
static const int capabilities[] = { CAP_SYS_CHROOT, CAP_SETPCAP };

void
fail (const char *format, ...)
{
  int code = errno;
  va_list args;

  fputs ("glovebox-share-jail: ", stderr);
  va_start (args, format);
  vfprintf (stderr, format, args);
  va_end (args);
  fprintf (stderr, ": %s\n", strerror (code));
  exit (125);
}

/* The server has a descriptor for each file that the guest's kernel remembers. */
static void
allow_many_files (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) == 0)
    {
      limit.rlim_cur = limit.rlim_max;
      setrlimit (RLIMIT_NOFILE, &limit);
    }
}

/* Otherwise an ordinary user loses them when the server is executed. */
static void
keep_capabilities (void)
{
  struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
  struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };

  for (size_t i = 0; i < N_ELEMENTS (capabilities); i++)
    data[0].permitted |= 1U << capabilities[i];
  data[0].effective = data[0].inheritable = data[0].permitted;
  if (syscall (SYS_capset, &header, data) != 0)
    fail ("cannot give up capabilities");
  for (size_t i = 0; i < N_ELEMENTS (capabilities); i++)
    if (prctl (PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capabilities[i], 0, 0) != 0)
      fail ("cannot keep a capability");
}

/* Its own threads, and nothing of any other process. */
static void
refuse_processes (scmp_filter_ctx filter)
{
  static const char *const unknown[] = { "clone3", "fork", "vfork", "kill", "tkill", "pidfd_open" };

  for (size_t i = 0; i < N_ELEMENTS (unknown); i++)
    filter_add (filter, SCMP_ACT_ERRNO (ENOSYS), unknown[i], 0, NULL);
  ADD (filter, SCMP_ACT_ERRNO (EPERM), "clone",
       SCMP_CMP (0, SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));
  ADD (filter, SCMP_ACT_ERRNO (EPERM), "tgkill", SCMP_CMP (0, SCMP_CMP_NE, (scmp_datum_t) getpid ()));
  /* A thread may have its own umask and working folder, but no namespace. */
  ADD (filter, SCMP_ACT_KILL_PROCESS, "unshare", SCMP_CMP (0, SCMP_CMP_NE, CLONE_FS));
}

static void
refuse_attributes (scmp_filter_ctx filter)
{
  static const char *const calls[] = {
    "setxattr", "lsetxattr", "fsetxattr", "removexattr", "lremovexattr", "fremovexattr",
  };

  for (size_t i = 0; i < N_ELEMENTS (calls); i++)
    filter_add (filter, SCMP_ACT_ERRNO (EOPNOTSUPP), calls[i], 0, NULL);
}

static void
load_filter (void)
{
  static const char *const needed[] = { "chroot", "unshare", NULL };
  scmp_filter_ctx filter = filter_begin_refusals (needed);

  refuse_processes (filter);
  refuse_attributes (filter);
  /* An ordinary user cannot give up groups, and the server insists.  The call only seems to
   * be done: the groups are the user's, as everywhere. */
  filter_add (filter, SCMP_ACT_ERRNO (0), "setgroups", 0, NULL);
  filter_need (seccomp_load (filter), "load");
  seccomp_release (filter);
}

int
main (int argc, char **argv)
{
  static Jail jail;

  if (argc < 3)
    {
      fputs ("glovebox-share-jail is a part of Glovebox, and of no use elsewhere\n", stderr);
      return 2;
    }
  jail_read (&jail, argv[1]);
  jail_tune (&jail);
  leave_keyring ();
  umask (0);
  allow_many_files ();
  if (!enter_namespaces ())
    fail ("cannot make namespaces for the share");
  change_root (&jail);
  if (jail.with_landlock)
    restrict_files (&jail);
  keep_capabilities ();
  if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
    fail ("cannot refuse new privileges");
  load_filter ();
  execv (argv[2], argv + 2);
  fail ("cannot start %s", argv[2]);
}
