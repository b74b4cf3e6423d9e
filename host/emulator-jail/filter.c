/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The third wall: which system calls are allowed, with which arguments.
 *
 *   Should: let QEMU run with each display, accelerator and network that we give it.
 *   Mustn't: let it create a socket, execute another program, or touch another process.
 *
 * There are two filters, and the kernel applies the stricter result: one refuses certain
 * arguments of needed calls (refusals.c), the other lists the allowed calls. */

#include "filter.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/prctl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ------------------------------------------------------------- allowed -- */

/* Only for its own process. */
static void
allow_own_process (scmp_filter_ctx filter)
{
  pid_t own = getpid ();

  ADD (filter, SCMP_ACT_ALLOW, "kill", IS (0, own));
  ADD (filter, SCMP_ACT_ALLOW, "tgkill", IS (0, own));
  ADD (filter, SCMP_ACT_ALLOW, "prlimit64", IS (0, 0));
  ADD (filter, SCMP_ACT_ALLOW, "prlimit64", IS (0, own));
  /* Threads.  The flags of clone3 cannot be checked, so it fails as unknown, and the C
   * library falls back to clone. */
  ADD (filter, SCMP_ACT_ALLOW, "clone",
       SCMP_CMP (0, SCMP_CMP_MASKED_EQ, CLONE_THREAD | ANY_NAMESPACE, CLONE_THREAD));
}

/* A socket pair without a name, but not for datagrams, which could be sent to any name. */
static void
allow_connected_sockets (scmp_filter_ctx filter)
{
  ADD (filter, SCMP_ACT_ALLOW, "socketpair", IS (0, AF_UNIX),
       SCMP_CMP (1, SCMP_CMP_MASKED_EQ, LOWER_HALF & ~(SOCK_CLOEXEC | SOCK_NONBLOCK), SOCK_STREAM));
  ADD (filter, SCMP_ACT_ALLOW, "sendto", SCMP_CMP (4, SCMP_CMP_EQ, 0));
}

static void
allow_settings (scmp_filter_ctx filter)
{
  static const int options[] = {
    PR_SET_PDEATHSIG, PR_GET_PDEATHSIG, PR_GET_DUMPABLE, PR_SET_DUMPABLE, PR_SET_NAME, PR_GET_NAME,
    PR_GET_SECCOMP, PR_SET_SECCOMP, PR_CAPBSET_READ, PR_SET_TIMERSLACK, PR_GET_TIMERSLACK,
    PR_MCE_KILL, PR_MCE_KILL_GET, PR_SET_NO_NEW_PRIVS, PR_GET_NO_NEW_PRIVS, PR_SET_THP_DISABLE,
    PR_GET_THP_DISABLE, PR_GET_SPECULATION_CTRL, PR_SET_VMA,
  };

  for (size_t i = 0; i < N_ELEMENTS (options); i++)
    ADD (filter, SCMP_ACT_ALLOW, "prctl", IS (0, options[i]));
}

/* A sandbox may not set extended attributes and access lists of the user's files; programs
 * get the error of a file system without them. */
static void
refuse_attributes (scmp_filter_ctx filter)
{
  static const char *const calls[] = {
    "setxattr", "lsetxattr", "fsetxattr", "removexattr", "lremovexattr", "fremovexattr",
  };

  for (size_t i = 0; i < N_ELEMENTS (calls); i++)
    filter_add (filter, SCMP_ACT_ERRNO (EOPNOTSUPP), calls[i], 0, NULL);
}

/* The descriptor that reports calls of "execute"; -1 if the kernel does not support it. */
static int
load_list (uint32_t execute)
{
  scmp_filter_ctx filter;
  int result, listener = -1;

  /* What libseccomp and the kernel can do together; asking came with 5. */
  if (execute == SCMP_ACT_NOTIFY && seccomp_api_get () < 5)
    return -1;
  filter = filter_begin (SCMP_ACT_ERRNO (ENOSYS));
  for (size_t i = 0; i < calls_allowed.n; i++)
    filter_add (filter, SCMP_ACT_ALLOW, calls_allowed.names[i], 0, NULL);
  allow_own_process (filter);
  allow_connected_sockets (filter);
  allow_settings (filter);
  refuse_attributes (filter);
  filter_add (filter, execute, "execve", 0, NULL);
  result = seccomp_load (filter);
  if (execute == SCMP_ACT_NOTIFY)
    listener = result == 0 ? seccomp_notify_fd (filter) : -1;
  else
    filter_need (result, "load");
  seccomp_release (filter);
  return listener;
}

/* ------------------------------------------------------------ executing -- */

/* The filter allows to start QEMU, but no program after it.  The kernel asks a helper,
 * which shares our descriptors until QEMU starts.  The helper approves once and exits;
 * without it the call fails. */
static void __attribute__ ((noreturn))
approve_once (int question)
{
  struct seccomp_notif *request;
  struct seccomp_notif_resp *answer;
  sigset_t none;
  int listener;

  sigemptyset (&none);
  sigprocmask (SIG_SETMASK, &none, NULL);
  signal (SIGALRM, SIG_DFL);
  alarm (60); /* even if the other process fails */
  if (read (question, &listener, sizeof listener) != sizeof listener || listener < 0 ||
      seccomp_notify_alloc (&request, &answer) != 0 ||
      seccomp_notify_receive (listener, request) != 0)
    _exit (1);
  answer->id = request->id;
  answer->flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
  _exit (seccomp_notify_respond (listener, answer) == 0 ? 0 : 1);
}

/* Returns where to write the listener to.  The helper is a sibling of QEMU, not a child, so
 * QEMU need not wait for it. */
static int
begin_helper (void)
{
  int ends[2];
  long helper;

  if (pipe2 (ends, O_CLOEXEC) != 0)
    fail ("cannot make a pipe");
  helper = syscall (SYS_clone, CLONE_FILES | CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);
  if (helper < 0)
    fail ("cannot start a helper");
  if (helper == 0)
    approve_once (ends[0]);
  return ends[1];
}

static void
load_refusals (void)
{
  static const char *const none[] = { NULL };
  scmp_filter_ctx filter = filter_begin_refusals (none);

  filter_need (seccomp_load (filter), "load");
  seccomp_release (filter);
}

void
filter_and_execute (const char *program, char **argv)
{
  int helper, listener;

  load_refusals ();
  helper = begin_helper ();
  listener = load_list (SCMP_ACT_NOTIFY);
  /* Before Linux 5.5, or if a container's own filter already uses notifications. */
  if (listener < 0)
    load_list (SCMP_ACT_ALLOW);
  if (write (helper, &listener, sizeof listener) != sizeof listener)
    fail ("cannot tell the helper");
  execv (program, argv);
  fail ("cannot start %s", program);
}
