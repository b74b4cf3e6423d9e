/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What is refused to QEMU and to the servers of shares: certain arguments of calls that they
 * need, and calls that only an attacker makes. */

#include "filter.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The kernel's __O_TMPFILE; the C library's O_TMPFILE has O_DIRECTORY in it. */
#define TMPFILE_BIT (O_TMPFILE & ~O_DIRECTORY)

void
filter_need (int result, const char *what)
{
  errno = -result;
  if (result < 0)
    fail ("cannot make a filter of system calls (%s)", what);
}

scmp_filter_ctx
filter_begin (uint32_t otherwise)
{
  scmp_filter_ctx filter = seccomp_init (otherwise);

  errno = ENOMEM;
  if (!filter)
    fail ("cannot make a filter of system calls");
  /* 32-bit and x32 calls have other numbers and would bypass the filter. */
  filter_need (seccomp_attr_set (filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS), "architecture");
  /* A binary tree instead of a list, because QEMU makes many calls. */
  (void) seccomp_attr_set (filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
  return filter;
}

void
filter_add (scmp_filter_ctx filter, uint32_t action, const char *call, unsigned n,
            const struct scmp_arg_cmp *arguments)
{
  int number = seccomp_syscall_resolve_name (call);

  /* Other architectures and older versions of libseccomp lack some of them. */
  if (number >= 0)
    filter_need (seccomp_rule_add_array (filter, action, number, n, arguments), call);
}

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

static bool
is_among (const char *name, const char *const *names)
{
  for (; *names; names++)
    if (strcmp (name, *names) == 0)
      return true;
  return false;
}

scmp_filter_ctx
filter_begin_refusals (const char *const *needed)
{
  scmp_filter_ctx filter = filter_begin (SCMP_ACT_ALLOW);

  refuse_modes (filter);
  refuse_changed_modes (filter, "chmod", 1);
  refuse_changed_modes (filter, "fchmodat", 2);
  refuse_devices (filter);
  refuse_owners (filter);
  for (size_t i = 0; i < calls_fatal.n; i++)
    if (!is_among (calls_fatal.names[i], needed))
      filter_add (filter, SCMP_ACT_KILL_PROCESS, calls_fatal.names[i], 0, NULL);
  return filter;
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
