/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The refused 32-bit system calls: those of gbx-confine.c.  They have their own file,
 * because the kernel's two lists of numbers use the same names. */

#include "gbx-system-calls.h"

#ifdef __x86_64__
#include <asm/unistd_32.h>
#include <linux/audit.h>

static const unsigned short refused[] = {
  __NR_kexec_load,  __NR_init_module,   __NR_finit_module,      __NR_delete_module,
  __NR_bpf,         __NR_iopl,          __NR_perf_event_open,   __NR_ioperm,
  __NR_swapon,      __NR_swapoff,       __NR_reboot,            __NR_acct,
  __NR_stime,       __NR_settimeofday,  __NR_clock_settime,     __NR_clock_settime64,
  __NR_add_key,     __NR_keyctl,        __NR_request_key,       __NR_quotactl,
  __NR_userfaultfd, __NR_syslog,        __NR_open_by_handle_at, __NR_vhangup,
};
static const unsigned short set_groups[] = { __NR_setgroups, __NR_setgroups32 };

const GbxSystemCalls gbx_system_calls_32 = {
  AUDIT_ARCH_I386, refused, sizeof refused / sizeof *refused,
  set_groups, sizeof set_groups / sizeof *set_groups,
};
#endif
