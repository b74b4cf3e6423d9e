/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How the emulator jail sets niceness, scheduler, disk priority and the nodes of memory: read
 * back from the kernel in a process of its own. */

#include "tuning.h"

#include <errno.h>
#include <linux/ioprio.h>
#include <linux/mempolicy.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int number, bad;

static void
report (bool good, const char *what)
{
  printf ("%sok %d - %s\n", good ? "" : "not ", ++number, what);
  fflush (stdout);
  bad += !good;
}

/* In a child, which keeps what it sets: the words and values, and what has to hold then. */
static bool
holds (const char *const *words, bool (*check) (void))
{
  pid_t child = fork ();
  int status;

  if (child == 0)
    {
      Tuning tuning;
      const char *failed;

      tuning_init (&tuning);
      for (; *words; words += 2)
        if (!tuning_knows (words[0]) || !tuning_take (&tuning, words[0], words[1]))
          _exit (2);
      failed = tuning_apply (&tuning);
      if (failed)
        printf ("# %s: %s\n", failed, strerror (errno));
      fflush (stdout);
      _exit (!failed && check () ? 0 : 1);
    }
  return waitpid (child, &status, 0) == child && status == 0;
}

static bool
is_nice (void)
{
  return getpriority (PRIO_PROCESS, 0) == 12;
}

/* What it was before, or that. */
static bool
stays_nice (void)
{
  return getpriority (PRIO_PROCESS, 0) == 14;
}

static bool
is_batch (void)
{
  return sched_getscheduler (0) == SCHED_BATCH;
}

static bool
is_idle (void)
{
  return sched_getscheduler (0) == SCHED_IDLE;
}

static bool
has_io_priority (void)
{
  return syscall (SYS_ioprio_get, IOPRIO_WHO_PROCESS, 0) ==
         IOPRIO_PRIO_VALUE (IOPRIO_CLASS_BE, 6);
}

static bool
has_policy (int wanted)
{
  unsigned long nodes[TUNING_NODES_MAX / TUNING_BITS] = { 0 };
  int mode = -1;

  return syscall (SYS_get_mempolicy, &mode, nodes, TUNING_NODES_MAX + 1, NULL, 0) == 0 &&
         mode == wanted && nodes[0] == 1;
}

static bool
is_bound (void)
{
  return has_policy (MPOL_BIND);
}

static bool
is_interleaved (void)
{
  return has_policy (MPOL_INTERLEAVE);
}

static bool
is_unchanged (void)
{
  int mode = -1;

  return sched_getscheduler (0) == SCHED_OTHER &&
         syscall (SYS_get_mempolicy, &mode, NULL, 0, NULL, 0) == 0 && mode == MPOL_DEFAULT;
}

/* What a parser of the rules must refuse. */
static bool
refuses_malformed (void)
{
  static const char *const pairs[][2] = {
    { "nice", "20" },          { "nice", "-1" },            { "nice", "" },
    { "nice", "5x" },          { "nice", " 5" },            { "scheduler", "fifo" },
    { "scheduler", "" },       { "io-priority", "8" },      { "memory-mode", "local" },
    { "memory-nodes", "" },    { "memory-nodes", "0-" },    { "memory-nodes", "1," },
    { "memory-nodes", "3-1" }, { "memory-nodes", "1024" },  { "memory-nodes", "0-1024" },
    { "memory-nodes", ",1" },  { "memory-nodes", "99999999999999999999" }, { "other", "1" },
  };
  Tuning tuning;

  tuning_init (&tuning);
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
    if (tuning_take (&tuning, pairs[i][0], pairs[i][1]) || errno != EINVAL)
      {
        printf ("# %s %s\n", pairs[i][0], pairs[i][1]);
        return false;
      }
  return true;
}

int
main (void)
{
  puts ("TAP version 13\n1..9");
  fflush (stdout);
  /* Whoever runs the tests may be nice already. */
  if (getpriority (PRIO_PROCESS, 0) < 12)
    report (holds ((const char *[]) { "nice", "12", NULL }, is_nice), "niceness");
  else
    report (true, "niceness # SKIP the test itself is too nice");
  setpriority (PRIO_PROCESS, 0, 14);
  report (holds ((const char *[]) { "nice", "3", NULL }, stays_nice),
          "a process that is nicer stays so");
  report (holds ((const char *[]) { "scheduler", "batch", NULL }, is_batch), "scheduler: batch");
  report (holds ((const char *[]) { "scheduler", "idle", NULL }, is_idle), "scheduler: idle");
  report (holds ((const char *[]) { "io-priority", "6", NULL }, has_io_priority),
          "priority of disk accesses");
  report (holds ((const char *[]) { "memory-mode", "strict", "memory-nodes", "0", NULL }, is_bound),
          "memory of one node");
  report (holds ((const char *[]) { "memory-nodes", "0-0", "memory-mode", "interleave", NULL },
                 is_interleaved),
          "memory of nodes in turn");
  report (holds ((const char *[]) { NULL }, is_unchanged), "nothing is set that was not asked for");
  report (refuses_malformed (), "malformed values are refused");
  return bad > 0;
}
