/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The system calls of QEMU: observed with both kinds of display, with a network, with
 * writes to shares and with the emulated processor, plus alternatives of the C library,
 * GLib, spice-server and KVM on other systems.  Other calls fail as on a kernel that does
 * not know them, so that the libraries use fallbacks.  The calls that depend on their
 * arguments are in filter.c. */

#include "jail.h"

#define N_ELEMENTS(array) (sizeof (array) / sizeof *(array))

static const char *const allowed[] = {
  /* Files; the other walls decide which ones. */
  "access", "chdir", "chmod", "chown", "close", "close_range", "copy_file_range", "creat", "dup",
  "dup2", "dup3", "faccessat", "faccessat2", "fadvise64", "fallocate", "fchdir", "fchmod",
  "fchmodat", "fchown", "fchownat", "fcntl", "fdatasync", "fgetxattr", "flistxattr", "flock",
  "fstat", "fstatfs", "fsync", "ftruncate", "futimesat", "getcwd", "getdents", "getdents64",
  "getxattr", "ioctl", "lchown", "lgetxattr", "link", "linkat", "listxattr", "llistxattr", "lseek",
  "lstat", "mkdir", "mkdirat", "mknod", "mknodat", "newfstatat", "open", "openat", "pread64",
  "preadv", "preadv2", "pwrite64", "pwritev", "pwritev2", "read", "readahead", "readlink",
  "readlinkat", "readv", "rename", "renameat", "renameat2", "rmdir", "sendfile", "stat", "statfs",
  "statx", "symlink", "symlinkat", "sync", "sync_file_range", "syncfs", "truncate", "umask",
  "unlink", "unlinkat", "utime", "utimensat", "utimes", "write", "writev",
  /* Waiting. */
  "epoll_create", "epoll_create1", "epoll_ctl", "epoll_pwait", "epoll_pwait2", "epoll_wait",
  "eventfd", "eventfd2", "inotify_add_watch", "inotify_init1", "inotify_rm_watch", "pause", "pipe",
  "pipe2", "poll", "ppoll", "pselect6", "select", "signalfd", "signalfd4", "timerfd_create",
  "timerfd_gettime", "timerfd_settime",
  /* Its own memory. */
  "brk", "get_mempolicy", "madvise", "map_shadow_stack", "mbind", "membarrier", "memfd_create", "mincore", "mlock",
  "mlock2", "mlockall", "mmap", "mprotect", "mremap", "msync", "munlock", "munlockall", "munmap",
  "pkey_alloc", "pkey_free", "pkey_mprotect", "set_mempolicy",
  /* Its own threads. */
  "arch_prctl", "exit", "exit_group", "futex", "futex_requeue", "futex_wait", "futex_waitv",
  "futex_wake", "get_robust_list", "restart_syscall", "rseq", "sched_get_priority_max",
  "sched_get_priority_min", "sched_getaffinity", "sched_getattr", "sched_getparam",
  "sched_getscheduler", "sched_yield", "seccomp", "set_robust_list", "set_tid_address", "wait4",
  "waitid",
  /* Signals that it gets. */
  "rt_sigaction", "rt_sigpending", "rt_sigprocmask", "rt_sigreturn", "rt_sigsuspend",
  "rt_sigtimedwait", "sigaltstack",
  /* Time. */
  "alarm", "clock_getres", "clock_gettime", "clock_nanosleep", "getitimer", "gettimeofday",
  "nanosleep", "setitimer", "time", "timer_create", "timer_delete", "timer_getoverrun",
  "timer_gettime", "timer_settime", "times",
  /* What it may know. */
  "capget", "getcpu", "getegid", "geteuid", "getgid", "getgroups", "getpgid", "getpgrp", "getpid",
  "getpriority", "getrandom", "getresgid", "getresuid", "getrlimit", "getrusage", "getsid",
  "gettid", "getppid", "getuid", "sysinfo", "uname",
  /* Sockets that it has, or gets from libvirt. */
  "accept", "accept4", "getpeername", "getsockname", "getsockopt", "listen", "recvfrom", "recvmmsg",
  "recvmsg", "sendmsg", "setsockopt", "shutdown",
};

/* Only an attacker makes these calls. */
static const char *const fatal[] = {
  "bpf", "chroot", "delete_module", "finit_module", "fsconfig", "fsmount", "fsopen", "fspick",
  "init_module", "ioperm", "iopl", "kcmp", "kexec_file_load", "kexec_load", "mount",
  "mount_setattr", "move_mount", "open_by_handle_at", "open_tree", "pidfd_getfd",
  "pidfd_send_signal", "pivot_root", "process_vm_readv", "process_vm_writev", "ptrace", "reboot",
  "setns", "swapoff", "swapon", "umount2", "unshare",
};

const Calls calls_allowed = { allowed, N_ELEMENTS (allowed) };
const Calls calls_fatal = { fatal, N_ELEMENTS (fatal) };
