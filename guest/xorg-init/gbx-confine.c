/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gbx-confine.h"

#include "gbx-system-calls.h"
#include "gbx-util.h"

#include <errno.h>
#include <grp.h>
#include <linux/close_range.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <linux/securebits.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Keeping capabilities is not locked: it has an effect only where a process changes its
 * account, which none may, and ping(8) ends with an error if it may not ask for it. */
#define LOCKED_BITS                                                                                \
  (SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP_LOCKED |                          \
   SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED)

/* The capabilities of the account. */
static uint32_t
capabilities_of (uid_t uid)
{
  return uid == 0 ? 1u << CAP_SETFCAP : 0;
}

/* So that it outlives an exec: with SECBIT_NOROOT, uid 0 is no reason to get any. */
static bool
keep_capabilities (uint32_t kept)
{
  struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
  struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

  if (syscall (SYS_capget, &header, data) != 0)
    return false;
  data[0].inheritable |= kept;
  if (syscall (SYS_capset, &header, data) != 0)
    return false;
  return prctl (PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_SETFCAP, 0, 0) == 0;
}

bool
gbx_confine_privileges (uid_t uid)
{
  uint32_t kept = capabilities_of (uid);

  if (prctl (PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0 ||
      (kept && !keep_capabilities (kept)))
    return false;
  /* EINVAL: the kernel knows fewer capabilities than the number. */
  for (int capability = 0; capability < 64; capability++)
    if ((!kept || capability != CAP_SETFCAP) &&
        prctl (PR_CAPBSET_DROP, capability, 0, 0, 0) != 0 && errno != EINVAL)
      return false;
  /* Without SECBIT_NOROOT, uid 0 would regain capabilities by executing. */
  return prctl (PR_SET_SECUREBITS, LOCKED_BITS, 0, 0, 0) == 0 &&
         prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

bool
gbx_confine_account (uid_t uid, gid_t gid, const gid_t *groups, size_t n_groups)
{
  uint32_t kept = capabilities_of (uid);
  struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
  struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { { kept, kept, kept } };

  return setgroups (n_groups, groups) == 0 && setresgid (gid, gid, gid) == 0 &&
         setresuid (uid, uid, uid) == 0 && syscall (SYS_capset, &header, data) == 0;
}

#ifdef __x86_64__
/* No user program needs these; nearly all of them need capabilities anyway. */
static const unsigned short refused[] = {
  SYS_kexec_load,    SYS_kexec_file_load, SYS_init_module, SYS_finit_module, SYS_delete_module,
  SYS_bpf,           SYS_perf_event_open, SYS_iopl,        SYS_ioperm,       SYS_swapon,
  SYS_swapoff,       SYS_reboot,          SYS_acct,        SYS_settimeofday, SYS_clock_settime,
  SYS_add_key,       SYS_keyctl,          SYS_request_key, SYS_quotactl,     SYS_userfaultfd,
  SYS_open_by_handle_at, SYS_syslog,      SYS_vhangup,
};
static const unsigned short set_groups[] = { SYS_setgroups };

/* 32-bit programs work too, for example Wine's, and any program can make 32-bit calls: the
 * same calls are refused by their 32-bit numbers. */
static const GbxSystemCalls calls_64 = {
  AUDIT_ARCH_X86_64, refused, GBX_N_ELEMENTS (refused), set_groups, GBX_N_ELEMENTS (set_groups),
};

/* A jump covers at most 255 instructions. */
#define FILTER_MAX 256
/* The third set of calls, x32, has this bit in its numbers.  Few kernels have it; x32 calls
 * fail as on the others. */
#define X32_BIT 0x40000000

typedef struct
{
  struct sock_filter code[FILTER_MAX];
  unsigned short length;
} Filter;

static void
add (Filter *self, struct sock_filter instruction)
{
  self->code[self->length++] = instruction;
}

static void
add_load (Filter *self, size_t offset)
{
  add (self, (struct sock_filter) BPF_STMT (BPF_LD | BPF_W | BPF_ABS, offset));
}

static void
add_verdict (Filter *self, uint32_t verdict)
{
  add (self, (struct sock_filter) BPF_STMT (BPF_RET | BPF_K, verdict));
}

static void
add_answers (Filter *self, const unsigned short *calls, size_t n_calls, int error)
{
  for (size_t i = 0; i < n_calls; i++)
    {
      add (self, (struct sock_filter) BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, calls[i], 0, 1));
      add_verdict (self, SECCOMP_RET_ERRNO | error);
    }
}

static void
add_architecture (Filter *self, const GbxSystemCalls *calls)
{
  unsigned short jump;

  add_load (self, offsetof (struct seccomp_data, arch));
  jump = self->length;
  add (self, (struct sock_filter) BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, calls->architecture, 0, 0));
  add_load (self, offsetof (struct seccomp_data, nr));
  add (self, (struct sock_filter) BPF_JUMP (BPF_JMP | BPF_JGE | BPF_K, X32_BIT, 0, 1));
  add_verdict (self, SECCOMP_RET_ERRNO | ENOSYS);
  /* Programs with uid 0, for example xterm, exit if they cannot set their groups.  They
   * have no groups but the user's, so the call reports success. */
  if (getuid () == 0)
    add_answers (self, calls->set_groups, calls->n_set_groups, 0);
  add_answers (self, calls->refused, calls->n_refused, EPERM);
  add_verdict (self, SECCOMP_RET_ALLOW);
  self->code[jump].jf = (unsigned char) (self->length - jump - 1);
}

bool
gbx_confine_system_calls (void)
{
  Filter filter = { .length = 0 };
  struct sock_fprog program = { 0, filter.code };

  add_architecture (&filter, &calls_64);
  add_architecture (&filter, &gbx_system_calls_32);
  add_verdict (&filter, SECCOMP_RET_ERRNO | ENOSYS);
  program.len = filter.length;
  /* ENOSYS, EINVAL: a kernel without filters; the other layers remain. */
  return prctl (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0 || errno == ENOSYS ||
         errno == EINVAL;
}
#else
bool
gbx_confine_system_calls (void)
{
  return true;
}
#endif

/* After the account was set: the kernel counts the processes of an account, and refuses a call
 * beyond the limit, not the limit itself.  It does not count those of uid 0. */
/* Root in a container cannot exceed the limit of libvirt's daemon. */
static void
limit (int resource, rlim_t soft, rlim_t hard)
{
  struct rlimit now, wanted = { soft, hard };

  if (setrlimit (resource, &wanted) == 0 || getrlimit (resource, &now) != 0)
    return;
  wanted.rlim_max = hard < now.rlim_max ? hard : now.rlim_max;
  wanted.rlim_cur = soft < wanted.rlim_max ? soft : wanted.rlim_max;
  setrlimit (resource, &wanted);
}

void
gbx_confine_resources (const GbxGuestLimits *limits)
{
  if (limits->processes)
    limit (RLIMIT_NPROC, limits->processes, limits->processes);
  if (limits->files)
    limit (RLIMIT_NOFILE, limits->files < 1024 ? limits->files : 1024, limits->files);
  umask (limits->umask);
}

void
gbx_confine_process (void)
{
  const struct rlimit no_core = { 0, 0 };
  sigset_t none;

  for (int number = 1; number < NSIG; number++)
    signal (number, SIG_DFL);
  sigemptyset (&none);
  sigprocmask (SIG_SETMASK, &none, NULL);
  setrlimit (RLIMIT_CORE, &no_core);
  /* As in systemd: a low soft limit for select(), and a high hard limit. */
  limit (RLIMIT_NOFILE, 1024, 524288);
  /* All of init's descriptors have the flag already; this is a second safeguard. */
  close_range (STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
  umask (022);
}
