/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The walls around the reader: a filter of system calls, and Landlock without a rule where the
 * kernel has it. */

#include "reader.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MEMORY_MAX ((rlim_t) 1 << 30)
/* A file system can be made so that looking for a file in it has no end. */
#define SECONDS_MAX 3600

static const int allowed[] = {
  SCMP_SYS (read), SCMP_SYS (pread64), SCMP_SYS (readv), SCMP_SYS (write), SCMP_SYS (writev),
  SCMP_SYS (pwrite64), SCMP_SYS (lseek), SCMP_SYS (fstat), SCMP_SYS (ftruncate), SCMP_SYS (fsync),
  SCMP_SYS (fadvise64), SCMP_SYS (close), SCMP_SYS (brk), SCMP_SYS (munmap), SCMP_SYS (mremap),
  SCMP_SYS (madvise), SCMP_SYS (futex), SCMP_SYS (rt_sigprocmask), SCMP_SYS (rt_sigaction),
  SCMP_SYS (rt_sigreturn), SCMP_SYS (restart_syscall), SCMP_SYS (getpid), SCMP_SYS (gettid),
  SCMP_SYS (getuid), SCMP_SYS (geteuid), SCMP_SYS (getgid), SCMP_SYS (getegid),
  SCMP_SYS (getrandom), SCMP_SYS (clock_gettime), SCMP_SYS (gettimeofday), SCMP_SYS (time),
  SCMP_SYS (exit), SCMP_SYS (exit_group),
};

static bool
allow (scmp_filter_ctx filter)
{
  struct scmp_arg_cmp no_code = SCMP_A2 (SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);

  for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
    if (seccomp_rule_add (filter, SCMP_ACT_ALLOW, allowed[i], 0) != 0)
      return false;
  /* fstat() of newer C libraries: of a descriptor, since no path is allowed with it. */
  return seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (newfstatat), 1,
                           SCMP_A3 (SCMP_CMP_MASKED_EQ, AT_EMPTY_PATH, AT_EMPTY_PATH)) == 0 &&
         seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (fcntl), 1,
                           SCMP_A1 (SCMP_CMP_EQ, F_GETFL)) == 0 &&
         seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (fcntl), 1,
                           SCMP_A1 (SCMP_CMP_EQ, F_GETFD)) == 0 &&
         seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (mmap), 1, no_code) == 0 &&
         seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (mprotect), 1, no_code) == 0;
}

static bool
restrict_calls (void)
{
  scmp_filter_ctx filter = seccomp_init (SCMP_ACT_ERRNO (EPERM));
  bool done = filter && allow (filter) && seccomp_load (filter) == 0;

  if (filter)
    seccomp_release (filter);
  return done;
}

/* The filter alone is enough; this is for a hole in it. */
static void
restrict_files (void)
{
  struct landlock_ruleset_attr attr = { .handled_access_fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1 };
  int fd = (int) syscall (SYS_landlock_create_ruleset, &attr, sizeof attr, 0);

  if (fd < 0)
    return;
  syscall (SYS_landlock_restrict_self, fd, 0);
  close (fd);
}

static void
limit (int resource, rlim_t most)
{
  setrlimit (resource, &(struct rlimit) { most, most });
}

bool
raise_walls (void)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  prctl (PR_SET_DUMPABLE, 0);
  signal (SIGXFSZ, SIG_IGN);
  signal (SIGPIPE, SIG_IGN);
  for (int fd = STDERR_FILENO + 1; fd < 64; fd++)
    close (fd);
  limit (RLIMIT_AS, MEMORY_MAX);
  limit (RLIMIT_CPU, SECONDS_MAX);
  limit (RLIMIT_CORE, 0);
  limit (RLIMIT_NPROC, 0);
  if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
    return false;
  restrict_files ();
  return restrict_calls ();
}
