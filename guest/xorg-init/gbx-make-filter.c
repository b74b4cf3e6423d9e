/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The filter of a container's system calls, written as C source when Glovebox is built: to make
 * it takes longer than all the rest of a container's start.
 *
 * The kernel of a container is the host's: every call that can be made is a
 * way to attack the host.  So, other than in a virtual machine, these are all that may be made,
 * and not some that may not.
 *
 * Should: let ordinary programs run, 32-bit ones too.  The allowed calls are those of container
 * engines (moby, podman), less what flatpak refuses.
 * Mustn't: let a program make namespaces or mounts, look into another process, use the kernel's
 * keyrings, type into a terminal, make a setuid file in a share, or make a call that is newer than this list. */

#define _GNU_SOURCE

#include "gbx-util.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <sched.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif

static const char *const allowed[] = {
  "_llseek", "_newselect", "accept", "accept4", "access", "alarm", "arch_prctl",
  "arm_fadvise64_64", "arm_sync_file_range", "bind", "breakpoint", "brk", "cacheflush", "capget",
  "capset", "chdir", "chmod", "chown", "chown32", "clock_getres", "clock_getres_time64",
  "clock_gettime", "clock_gettime64", "clock_nanosleep", "clock_nanosleep_time64", "close",
  "close_range", "connect", "copy_file_range", "creat", "dup", "dup2", "dup3", "epoll_create",
  "epoll_create1", "epoll_ctl", "epoll_pwait", "epoll_pwait2", "epoll_wait", "eventfd",
  "eventfd2", "execve", "execveat", "exit", "exit_group", "faccessat", "faccessat2", "fadvise64",
  "fadvise64_64", "fallocate", "fchdir", "fchmod", "fchmodat", "fchown", "fchown32", "fchownat",
  "fcntl", "fcntl64", "fdatasync", "fgetxattr", "flistxattr", "flock", "fork", "fremovexattr",
  "fsetxattr", "fstat", "fstat64", "fstatat64", "fstatfs", "fstatfs64", "fsync", "ftruncate",
  "ftruncate64", "futex", "futex_time64", "futex_waitv", "futimesat", "get_robust_list",
  "get_thread_area", "getcpu", "getcwd", "getdents", "getdents64", "getegid", "getegid32",
  "geteuid", "geteuid32", "getgid", "getgid32", "getgroups", "getgroups32", "getitimer",
  "getpeername", "getpgid", "getpgrp", "getpid", "getppid", "getpriority", "getrandom",
  "getresgid", "getresgid32", "getresuid", "getresuid32", "getrlimit", "getrusage", "getsid",
  "getsockname", "getsockopt", "gettid", "gettimeofday", "getuid", "getuid32", "getxattr",
  "inotify_add_watch", "inotify_init", "inotify_init1", "inotify_rm_watch", "io_cancel",
  "io_destroy", "io_getevents", "io_pgetevents", "io_setup", "io_submit", "ioctl", "ioprio_get",
  "ioprio_set", "ipc", "kill", "landlock_add_rule", "landlock_create_ruleset",
  "landlock_restrict_self", "lchown", "lchown32", "lgetxattr", "link", "linkat", "listen",
  "listxattr", "llistxattr", "lremovexattr", "lseek", "lsetxattr", "lstat", "lstat64", "madvise",
  "membarrier", "memfd_create", "mincore", "mkdir", "mkdirat", "mknod", "mknodat", "mlock",
  "mlock2", "mlockall", "mmap", "mmap2", "modify_ldt", "mprotect", "mq_getsetattr", "mq_notify",
  "mq_open", "mq_timedreceive", "mq_timedreceive_time64", "mq_timedsend", "mq_timedsend_time64",
  "mq_unlink", "mremap", "msgctl", "msgget", "msgrcv", "msgsnd", "msync", "munlock", "munlockall",
  "munmap", "name_to_handle_at", "nanosleep", "newfstatat", "nice", "oldfstat", "oldlstat",
  "oldolduname", "oldstat", "olduname", "open", "openat", "pause", "pidfd_open",
  "pidfd_send_signal", "pipe", "pipe2", "pkey_alloc", "pkey_free", "pkey_mprotect", "poll",
  "ppoll", "ppoll_time64", "prctl", "pread64", "preadv", "preadv2", "prlimit64", "pselect6",
  "pselect6_time64", "pwrite64", "pwritev", "pwritev2", "read", "readahead", "readdir",
  "readlink", "readlinkat", "readv", "recv", "recvfrom", "recvmmsg", "recvmmsg_time64", "recvmsg",
  "remap_file_pages", "removexattr", "rename", "renameat", "renameat2", "restart_syscall",
  "rmdir", "rseq", "rt_sigaction", "rt_sigpending", "rt_sigprocmask", "rt_sigqueueinfo",
  "rt_sigreturn", "rt_sigsuspend", "rt_sigtimedwait", "rt_sigtimedwait_time64",
  "rt_tgsigqueueinfo", "s390_pci_mmio_read", "s390_pci_mmio_write", "s390_runtime_instr",
  "sched_get_priority_max", "sched_get_priority_min", "sched_getaffinity", "sched_getattr",
  "sched_getparam", "sched_getscheduler", "sched_rr_get_interval", "sched_rr_get_interval_time64",
  "sched_setaffinity", "sched_setattr", "sched_setparam", "sched_setscheduler", "sched_yield",
  "seccomp", "select", "semctl", "semget", "semop", "semtimedop", "semtimedop_time64", "send",
  "sendfile", "sendfile64", "sendmmsg", "sendmsg", "sendto", "set_robust_list", "set_thread_area",
  "set_tid_address", "set_tls", "setfsgid", "setfsgid32", "setfsuid", "setfsuid32", "setgid",
  "setgid32", "setgroups", "setgroups32", "setitimer", "setpgid", "setpriority", "setregid",
  "setregid32", "setresgid", "setresgid32", "setresuid", "setresuid32", "setreuid", "setreuid32",
  "setrlimit", "setsid", "setsockopt", "setuid", "setuid32", "setxattr", "shmat", "shmctl",
  "shmdt", "shmget", "shutdown", "sigaction", "sigaltstack", "signal", "signalfd", "signalfd4",
  "sigpending", "sigprocmask", "sigreturn", "sigsuspend", "socketcall", "socketpair", "splice",
  "stat", "stat64", "statfs", "statfs64", "statx", "symlink", "symlinkat", "sync",
  "sync_file_range", "sync_file_range2", "syncfs", "sysinfo", "tee", "tgkill", "time",
  "timer_create", "timer_delete", "timer_getoverrun", "timer_gettime", "timer_gettime64",
  "timer_settime", "timer_settime64", "timerfd", "timerfd_create", "timerfd_gettime",
  "timerfd_gettime64", "timerfd_settime", "timerfd_settime64", "times", "tkill", "truncate",
  "truncate64", "ugetrlimit", "umask", "uname", "unlink", "unlinkat", "utime", "utimensat",
  "utimensat_time64", "utimes", "vfork", "wait4", "waitid", "waitpid", "write", "writev",
};

/* Whoever tries learns that it is not permitted.  All others seem not to exist. */
static const char *const refused[] = {
  "_sysctl", "acct", "add_key", "adjtimex", "afs_syscall", "bdflush", "bpf", "chroot",
  "clock_adjtime", "clock_adjtime64", "clock_settime", "clock_settime64", "create_module",
  "delete_module", "fanotify_init", "fanotify_mark", "finit_module", "fsconfig", "fsmount",
  "fsopen", "fspick", "get_kernel_syms", "get_mempolicy", "init_module", "io_uring_enter",
  "io_uring_register", "io_uring_setup", "ioperm", "iopl", "kcmp", "kexec_file_load",
  "kexec_load", "keyctl", "lookup_dcookie", "mbind", "memfd_secret", "migrate_pages", "mount",
  "mount_setattr", "move_mount", "move_pages", "nfsservctl", "open_by_handle_at", "open_tree",
  "perf_event_open", "pidfd_getfd", "pivot_root", "process_madvise", "process_mrelease",
  "process_vm_readv", "process_vm_writev", "ptrace", "query_module", "quotactl", "quotactl_fd",
  "reboot", "request_key", "set_mempolicy", "set_mempolicy_home_node", "setdomainname",
  "sethostname", "setns", "settimeofday", "stime", "swapoff", "swapon", "sysfs", "syslog",
  "umount", "umount2", "uselib", "userfaultfd", "ustat", "vhangup", "vm86", "vm86old", "vmsplice",
};

static const uint64_t namespaces[] = {
  CLONE_NEWNS,  CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC,
  CLONE_NEWUSER, CLONE_NEWPID,   CLONE_NEWNET,
};
#define ALL_NAMESPACES                                                                             \
  (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID |    \
   CLONE_NEWNET)

/* As in container engines: ordinary ones, 32-bit ones, both for a kernel of version 2.6, and the
 * question which it is. */
static const uint64_t personalities[] = { 0, 8, 0x20000, 0x20008, 0xffffffff };
static const uint64_t families[] = { AF_UNIX, AF_INET, AF_INET6 };
static const uint64_t netlinks[] = { NETLINK_ROUTE, NETLINK_KOBJECT_UEVENT };
/* Both can type into a terminal that others use too. */
static const uint64_t typing[] = { TIOCSTI, TIOCLINUX };

/* The name's number is that of this machine's own architecture, or one that stands for the name
 * in others.  A rule that cannot be added is a call that cannot be made. */
static void
add (scmp_filter_ctx filter, uint32_t action, const char *name, unsigned n,
     const struct scmp_arg_cmp *arguments)
{
  int number = seccomp_syscall_resolve_name (name);

  if (number != __NR_SCMP_ERROR)
    seccomp_rule_add_array (filter, action, number, n, arguments);
}

static void
add_names (scmp_filter_ctx filter, uint32_t action, const char *const *names, size_t n_names)
{
  for (size_t i = 0; i < n_names; i++)
    add (filter, action, names[i], 0, NULL);
}

static void
add_equal (scmp_filter_ctx filter, uint32_t action, const char *name, unsigned argument,
           const uint64_t *values, size_t n_values)
{
  for (size_t i = 0; i < n_values; i++)
    add (filter, action, name, 1,
         &(struct scmp_arg_cmp) { argument, SCMP_CMP_MASKED_EQ, 0xffffffff, values[i] });
}

/* clone() has other bits where unshare() has that of a namespace for time.  clone3() has its
 * flags in memory, where no filter sees them; the C library then takes clone(). */
static void
add_processes (scmp_filter_ctx filter)
{
  const uint64_t all = ALL_NAMESPACES;

  add (filter, SCMP_ACT_ALLOW, "clone", 1,
       &(struct scmp_arg_cmp) { 0, SCMP_CMP_MASKED_EQ, all, 0 });
  add (filter, SCMP_ACT_ALLOW, "unshare", 1,
       &(struct scmp_arg_cmp) { 0, SCMP_CMP_MASKED_EQ, all | CLONE_NEWTIME, 0 });
  for (size_t i = 0; i < GBX_N_ELEMENTS (namespaces); i++)
    {
      struct scmp_arg_cmp one = { 0, SCMP_CMP_MASKED_EQ, namespaces[i], namespaces[i] };

      add (filter, SCMP_ACT_ERRNO (EPERM), "clone", 1, &one);
      add (filter, SCMP_ACT_ERRNO (EPERM), "unshare", 1, &one);
    }
}

/* 32-bit programs reach sockets by socketcall(), whose arguments no filter sees. */
static void
add_sockets (scmp_filter_ctx filter)
{
  add_equal (filter, SCMP_ACT_ALLOW, "socket", 0, families, GBX_N_ELEMENTS (families));
  for (size_t i = 0; i < GBX_N_ELEMENTS (netlinks); i++)
    {
      const struct scmp_arg_cmp netlink[] = {
        { 0, SCMP_CMP_MASKED_EQ, 0xffffffff, AF_NETLINK },
        { 2, SCMP_CMP_MASKED_EQ, 0xffffffff, netlinks[i] },
      };

      add (filter, SCMP_ACT_ALLOW, "socket", GBX_N_ELEMENTS (netlink), netlink);
    }
}

static bool
add_architectures (scmp_filter_ctx filter)
{
#ifdef __x86_64__
  return seccomp_arch_add (filter, SCMP_ARCH_X86) == 0;
#elif defined(__aarch64__)
  return seccomp_arch_add (filter, SCMP_ARCH_ARM) == 0;
#else
  return true;
#endif
}

static scmp_filter_ctx
make_filter (void)
{
  scmp_filter_ctx filter = seccomp_init (SCMP_ACT_ERRNO (ENOSYS));

  if (!filter || !add_architectures (filter) ||
      seccomp_attr_set (filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ERRNO (ENOSYS)) != 0)
    return NULL;
  /* Sorted as a tree: hundreds of comparisons for each call would be felt. */
  seccomp_attr_set (filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
  add_names (filter, SCMP_ACT_ALLOW, allowed, GBX_N_ELEMENTS (allowed));
  add_names (filter, SCMP_ACT_ERRNO (EPERM), refused, GBX_N_ELEMENTS (refused));
  add_processes (filter);
  add_sockets (filter);
  add_equal (filter, SCMP_ACT_ALLOW, "personality", 0, personalities,
             GBX_N_ELEMENTS (personalities));
  return filter;
}

/* Calls that give a file a mode, and the arguments that have the mode and, if it is not always used,
 * the flags. */
static const struct
{
  const char *name;
  unsigned mode;
  int flags;
} givers[] = {
  { "chmod", 1, -1 },   { "fchmod", 1, -1 }, { "fchmodat", 2, -1 }, { "creat", 1, -1 },
  { "mknod", 1, -1 },   { "mknodat", 2, -1 }, { "open", 2, 1 },      { "openat", 3, 2 },
};
static const uint64_t privileged_modes[] = { S_ISUID, S_ISGID };
/* That of O_TMPFILE alone. */
#define TEMPORARY_BIT (O_TMPFILE & ~O_DIRECTORY)
static const uint64_t creating_flags[] = { O_CREAT, TEMPORARY_BIT };

static void
add_mode (scmp_filter_ctx filter, size_t giver, uint64_t bit)
{
  struct scmp_arg_cmp conditions[] = {
    { givers[giver].mode, SCMP_CMP_MASKED_EQ, bit, bit },
    { (unsigned) givers[giver].flags, SCMP_CMP_MASKED_EQ, 0, 0 },
  };

  if (givers[giver].flags < 0)
    {
      add (filter, SCMP_ACT_ERRNO (EPERM), givers[giver].name, 1, conditions);
      return;
    }
  for (size_t i = 0; i < GBX_N_ELEMENTS (creating_flags); i++)
    {
      conditions[1].datum_a = conditions[1].datum_b = creating_flags[i];
      add (filter, SCMP_ACT_ERRNO (EPERM), givers[giver].name, 2, conditions);
    }
}

/* Files in shares are the host's: other accounts of the host could run a program that has got such
 * a mode there.  openat2() has its mode in memory; without it, programs take openat(). */
static void
add_modes (scmp_filter_ctx filter)
{
  for (size_t i = 0; i < GBX_N_ELEMENTS (givers); i++)
    for (size_t j = 0; j < GBX_N_ELEMENTS (privileged_modes); j++)
      add_mode (filter, i, privileged_modes[j]);
  add (filter, SCMP_ACT_ERRNO (ENOSYS), "openat2", 0, NULL);
}

/* A filter of its own: in one that allows a call with any arguments, a rule about some of them has
 * no effect.  Of two filters, the kernel obeys the stricter. */
static scmp_filter_ctx
make_narrow_filter (void)
{
  scmp_filter_ctx filter = seccomp_init (SCMP_ACT_ALLOW);

  if (!filter || !add_architectures (filter) ||
      seccomp_attr_set (filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ERRNO (ENOSYS)) != 0)
    return NULL;
  add_equal (filter, SCMP_ACT_ERRNO (EPERM), "ioctl", 1, typing, GBX_N_ELEMENTS (typing));
  add_modes (filter);
  return filter;
}

/* For the process that carries the frames of the network. */
static const char *const carrying[] = {
  "exit", "exit_group", "poll", "ppoll", "read", "restart_syscall", "rt_sigreturn", "write",
};

static scmp_filter_ctx
make_carrier_filter (void)
{
  scmp_filter_ctx filter = seccomp_init (SCMP_ACT_KILL_PROCESS);

  if (filter)
    add_names (filter, SCMP_ACT_ALLOW, carrying, GBX_N_ELEMENTS (carrying));
  return filter;
}

/* -------------------------------------------------------------- source -- */

static bool
write_instructions (const char *name, int fd)
{
  struct sock_filter instruction;
  size_t n = 0;

  printf ("static const struct sock_filter %s[] __attribute__ ((unused)) = {\n", name);
  for (; read (fd, &instruction, sizeof instruction) == sizeof instruction; n++)
    printf ("  { %#x, %u, %u, %#x },\n", instruction.code, instruction.jt, instruction.jf,
            instruction.k);
  printf ("};\n");
  return n > 0 && n <= BPF_MAXINSNS;
}

static bool
write_filter (const char *name, scmp_filter_ctx filter)
{
  gbx_autofd fd = memfd_create ("filter", MFD_CLOEXEC);
  bool written = filter && fd >= 0 && seccomp_export_bpf (filter, fd) == 0 &&
                 lseek (fd, 0, SEEK_SET) == 0 && write_instructions (name, fd);

  if (filter)
    seccomp_release (filter);
  return written;
}

int
main (void)
{
  printf ("/* Made by gbx-make-filter.c. */\n");
  if (write_filter ("instructions", make_filter ()) &&
      write_filter ("narrow_instructions", make_narrow_filter ()) &&
      write_filter ("carrier_instructions", make_carrier_filter ()) && fflush (stdout) == 0)
    return 0;
  fprintf (stderr, "the filters of system calls cannot be made\n");
  return 1;
}
