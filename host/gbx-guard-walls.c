/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the relay of published ports may do.
 *
 *   Should: accept callers, open sockets for IPv4 in its namespace, and copy bytes.
 *   Mustn't: open files, reach processes, change the namespace, or write to the pipe that it
 *   keeps open so that its end is noticed. */

#include "gbx-guard-relay.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <linux/capability.h>
#include <seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NOBODY 65534

static const int calls[] = {
  SCMP_SYS (accept4),     SCMP_SYS (bind),       SCMP_SYS (brk),
  SCMP_SYS (clock_gettime), SCMP_SYS (clock_gettime64), SCMP_SYS (close),
  SCMP_SYS (connect),     SCMP_SYS (epoll_ctl),  SCMP_SYS (epoll_pwait),
  SCMP_SYS (epoll_wait),  SCMP_SYS (exit),       SCMP_SYS (exit_group),
  SCMP_SYS (recvfrom),    SCMP_SYS (recvmsg),    SCMP_SYS (restart_syscall),
  SCMP_SYS (rt_sigreturn), SCMP_SYS (sendmsg),   SCMP_SYS (sendto),
  SCMP_SYS (setsockopt),  SCMP_SYS (shutdown),
};

static void
close_others (const Relay *self)
{
  unsigned first = STDERR_FILENO + 1, next;

  /* Each gap between two that are kept. */
  do
    {
      next = (unsigned) self->epoll >= first ? (unsigned) self->epoll : UINT_MAX;
      for (size_t i = 0; i < self->setup->n_ports; i++)
        {
          unsigned fd = (unsigned) self->setup->ports[i].fd;

          next = fd >= first && fd < next ? fd : next;
        }
      if (first < next)
        close_range (first, next - 1, 0);
      first = next + 1;
    }
  while (next != UINT_MAX);
}

static void
drop_rights (void)
{
  struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
  struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { 0 };

  /* Where root started the sandbox; in a user namespace there is no other account. */
  if (setgroups (0, NULL) == 0 && setresgid (NOBODY, NOBODY, NOBODY) == 0 &&
      setresuid (NOBODY, NOBODY, NOBODY) != 0)
    _exit (1);
  if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || syscall (SYS_capset, &head, none) != 0 ||
      prctl (PR_SET_DUMPABLE, 0) != 0)
    _exit (1);
}

void
relay_confine (const Relay *self)
{
  scmp_filter_ctx filter = seccomp_init (SCMP_ACT_KILL_PROCESS);
  int trouble = filter ? 0 : -ENOMEM;

  close_others (self);
  drop_rights ();
  for (size_t i = 0; !trouble && i < sizeof calls / sizeof calls[0]; i++)
    trouble = seccomp_rule_add (filter, SCMP_ACT_ALLOW, calls[i], 0);
  if (!trouble)
    trouble = seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (socket), 1,
                                SCMP_CMP (0, SCMP_CMP_EQ, AF_INET));
  if (!trouble)
    trouble = seccomp_load (filter);
  seccomp_release (filter);
  if (trouble)
    _exit (1);
}
