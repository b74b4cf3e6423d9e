/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The third wall: which system calls are allowed, with which arguments.
 *
 *   Should: let QEMU run with each display, accelerator and network that we give it.
 *   Mustn't: let it create a socket, execute another program, or touch another process.
 *
 * There are two filters, and the kernel applies the stricter result: one refuses certain
 * arguments of needed calls, the other lists the allowed calls.  Numbers and modes are
 * compared in their lower half, since the kernel does not look at the upper. */

#include "jail.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/prctl.h>
#include <linux/sched.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define N_ELEMENTS(array) (sizeof (array) / sizeof *(array))
#define LOWER_HALF UINT64_C (0xffffffff)
/* The kernel's __O_TMPFILE; the C library's O_TMPFILE has O_DIRECTORY in it. */
#define TMPFILE_BIT (O_TMPFILE & ~O_DIRECTORY)
#define ANY_NAMESPACE                                                                              \
  (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID |    \
   CLONE_NEWNET)

#define IS(argument, value) SCMP_CMP ((argument), SCMP_CMP_MASKED_EQ, LOWER_HALF, (value))
#define HAS(argument, bit) SCMP_CMP ((argument), SCMP_CMP_MASKED_EQ, (bit), (bit))

static void
need (int result, const char *what)
{
  errno = -result;
  if (result < 0)
    fail ("cannot make a filter of system calls (%s)", what);
}

static scmp_filter_ctx
begin (uint32_t otherwise)
{
  scmp_filter_ctx filter = seccomp_init (otherwise);

  errno = ENOMEM;
  if (!filter)
    fail ("cannot make a filter of system calls");
  /* 32-bit and x32 calls have other numbers and would bypass the filter. */
  need (seccomp_attr_set (filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS), "architecture");
  /* A binary tree instead of a list, because QEMU makes many calls. */
  (void) seccomp_attr_set (filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
  return filter;
}

static void
add (scmp_filter_ctx filter, uint32_t action, const char *call, unsigned n,
     const struct scmp_arg_cmp *arguments)
{
  int number = seccomp_syscall_resolve_name (call);

  /* Other architectures and older versions of libseccomp lack some of them. */
  if (number >= 0)
    need (seccomp_rule_add_array (filter, action, number, n, arguments), call);
}

#define ADD(filter, action, call, ...)                                                             \
  add ((filter), (action), (call),                                                                 \
       sizeof ((struct scmp_arg_cmp[]) { __VA_ARGS__ }) / sizeof (struct scmp_arg_cmp),            \
       (struct scmp_arg_cmp[]) { __VA_ARGS__ })

/* ------------------------------------------------------------- refused -- */

/* Whoever starts a setuid file of the user in a share becomes the user.  The kernel ignores
 * these bits in mkdir's mode. */
static void
refuse_modes (scmp_filter_ctx filter)
{
  static const struct
  {
    const char *call;
    unsigned argument;
  } modes[] = {
    { "fchmod", 1 }, { "creat", 1 }, { "mknod", 1 }, { "mknodat", 2 },
  };
  static const mode_t bits[] = { S_ISUID, S_ISGID };
  static const unsigned creating[] = { O_CREAT, TMPFILE_BIT };
  uint32_t refuse = SCMP_ACT_ERRNO (EPERM);

  for (size_t b = 0; b < N_ELEMENTS (bits); b++)
    {
      for (size_t i = 0; i < N_ELEMENTS (modes); i++)
        ADD (filter, refuse, modes[i].call, HAS (modes[i].argument, bits[b]));
      for (size_t i = 0; i < N_ELEMENTS (creating); i++)
        {
          ADD (filter, refuse, "open", HAS (1, creating[i]), HAS (2, bits[b]));
          ADD (filter, refuse, "openat", HAS (2, creating[i]), HAS (3, bits[b]));
        }
    }
}

/* In a folder that has the setgid bit, the guest's kernel asks for it in the mode of a new
 * folder.  The host's kernel gives it by itself; then QEMU's 9p server sets the mode once
 * more.  This call is ignored but reported as done; otherwise no folder could be created
 * there.  It differs from an application's request by the file type, which the guest's
 * kernel adds to the mode only then. */
static void
refuse_changed_modes (scmp_filter_ctx filter, const char *call, unsigned argument)
{
  static const mode_t types[] = { 0010000, 0020000, 0040000, 0100000 }; /* S_IFMT, bit by bit */
  uint32_t refuse = SCMP_ACT_ERRNO (EPERM);

  ADD (filter, refuse, call, HAS (argument, S_ISUID));
  for (size_t i = 0; i < N_ELEMENTS (types); i++)
    ADD (filter, refuse, call, HAS (argument, S_ISGID | types[i]));
  ADD (filter, SCMP_ACT_ERRNO (0), call,
       SCMP_CMP (argument, SCMP_CMP_MASKED_EQ, S_IFMT | S_ISUID | S_ISGID, S_ISGID));
}

static void
refuse_devices (scmp_filter_ctx filter)
{
  static const mode_t types[] = { S_IFCHR, S_IFBLK };

  for (size_t i = 0; i < N_ELEMENTS (types); i++)
    {
      ADD (filter, SCMP_ACT_ERRNO (EPERM), "mknod",
           SCMP_CMP (1, SCMP_CMP_MASKED_EQ, S_IFMT, types[i]));
      ADD (filter, SCMP_ACT_ERRNO (EPERM), "mknodat",
           SCMP_CMP (2, SCMP_CMP_MASKED_EQ, S_IFMT, types[i]));
    }
}

/* The owner of a descriptor, which may be any process, gets a chosen signal when there is
 * data to read. */
static void
refuse_owners (scmp_filter_ctx filter)
{
  static const int commands[] = { F_SETOWN, F_SETOWN_EX, F_SETSIG };
  /* FIOSETOWN and SIOCSPGRP do the same for a socket; TIOCSTI and TIOCLINUX simulate input
   * on the user's terminal. */
  static const unsigned requests[] = { 0x8901, 0x8902, 0x5412, 0x541c };

  for (size_t i = 0; i < N_ELEMENTS (commands); i++)
    ADD (filter, SCMP_ACT_ERRNO (EPERM), "fcntl", IS (1, commands[i]));
  for (size_t i = 0; i < N_ELEMENTS (requests); i++)
    ADD (filter, SCMP_ACT_ERRNO (EPERM), "ioctl", IS (1, requests[i]));
}

static void
load_refusals (void)
{
  scmp_filter_ctx filter = begin (SCMP_ACT_ALLOW);

  refuse_modes (filter);
  refuse_changed_modes (filter, "chmod", 1);
  refuse_changed_modes (filter, "fchmodat", 2);
  refuse_devices (filter);
  refuse_owners (filter);
  for (size_t i = 0; i < calls_fatal.n; i++)
    add (filter, SCMP_ACT_KILL_PROCESS, calls_fatal.names[i], 0, NULL);
  need (seccomp_load (filter), "load");
  seccomp_release (filter);
}

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
    add (filter, SCMP_ACT_ERRNO (EOPNOTSUPP), calls[i], 0, NULL);
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
  filter = begin (SCMP_ACT_ERRNO (ENOSYS));
  for (size_t i = 0; i < calls_allowed.n; i++)
    add (filter, SCMP_ACT_ALLOW, calls_allowed.names[i], 0, NULL);
  allow_own_process (filter);
  allow_connected_sockets (filter);
  allow_settings (filter);
  refuse_attributes (filter);
  add (filter, execute, "execve", 0, NULL);
  result = seccomp_load (filter);
  if (execute == SCMP_ACT_NOTIFY)
    listener = result == 0 ? seccomp_notify_fd (filter) : -1;
  else
    need (result, "load");
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

/* ------------------------------------------------------------- keyring -- */

/* The session keyring is inherited; a new one is empty. */
void
leave_keyring (void)
{
  const int join_session_keyring = 1;

  if (syscall (SYS_keyctl, join_session_keyring, NULL, 0, 0, 0) < 0 && errno != ENOSYS)
    fail ("cannot leave the session's keyring");
}
