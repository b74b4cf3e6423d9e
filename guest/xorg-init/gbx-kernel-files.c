/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A machine's own files in /proc and /sys, for an application with uid 0.  Even without
 * capabilities it owns them; for any other account their modes are enough.
 *
 * Should: keep settings of the kernel from being read or changed through any mount of
 * these file systems, also one that the application makes in namespaces of its own.
 * Mustn't: mount anything over a file of /proc or /sys if it can be avoided: the kernel then
 * refuses a new mount, and browsers and bubblewrap need one. */

#include "gbx-mounts.h"
#include "gbx-place.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stddef.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CGROUP GBX_PRIVATE "/cgroup"

/* As in container runtimes.  Some exist only in some kernels. */
static const char *const closed[] = {
  "/proc/kcore", "/proc/keys", "/proc/key-users", "/proc/timer_list", "/proc/sysrq-trigger",
  "/proc/kmsg", "/proc/kpagecount", "/proc/kpageflags", "/proc/kpagecgroup", "/proc/acpi",
  "/proc/scsi", "/proc/bus", "/proc/fs", "/proc/irq", "/proc/mtrr", "/sys/firmware",
};

/* Unlike a mount this holds in each instance of the file system. */
static void
close_files (GbxInit *self)
{
  uid_t nobody = self->config.private_account;

  for (size_t i = 0; i < GBX_N_ELEMENTS (closed); i++)
    if ((chmod (closed[i], 0) != 0 || chown (closed[i], nobody, nobody) != 0) && errno != ENOENT)
      gbx_fatal (self, "cannot close %s: %s", closed[i], strerror (errno));
}

/* Returns 0, which refuses, for a write, and 1 for a read. */
static int
load_program (void)
{
  const struct bpf_insn program[] = {
    { .code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = BPF_REG_0, .src_reg = BPF_REG_1,
      .off = offsetof (struct bpf_sysctl, write) },
    { .code = BPF_JMP | BPF_JEQ | BPF_K, .dst_reg = BPF_REG_0, .off = 2, .imm = 0 },
    { .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0 },
    { .code = BPF_JMP | BPF_EXIT },
    { .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 1 },
    { .code = BPF_JMP | BPF_EXIT },
  };
  union bpf_attr attr = {
    .prog_type = BPF_PROG_TYPE_CGROUP_SYSCTL,
    .expected_attach_type = BPF_CGROUP_SYSCTL,
    .insns = (uintptr_t) program,
    .insn_cnt = GBX_N_ELEMENTS (program),
    .license = (uintptr_t) "",
  };

  return (int) syscall (SYS_bpf, BPF_PROG_LOAD, &attr, sizeof attr);
}

/* For every process, since all are in the root of the cgroups.  The program stays when the
 * mount has gone. */
static bool
attach_to_all (int program)
{
  union bpf_attr attr = { .attach_type = BPF_CGROUP_SYSCTL, .attach_bpf_fd = program };
  gbx_autofd root = -1;
  bool attached;

  mkdir (CGROUP, 0700);
  if (mount ("cgroup2", CGROUP, "cgroup2", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) != 0)
    return false;
  root = open (CGROUP, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  attr.target_fd = root;
  attached = root >= 0 && syscall (SYS_bpf, BPF_PROG_ATTACH, &attr, sizeof attr) == 0;
  umount2 (CGROUP, MNT_DETACH);
  return attached;
}

static bool
refuse_settings (void)
{
  gbx_autofd program = load_program ();

  return program >= 0 && attach_to_all (program);
}

void
gbx_machine_close_kernel_files (GbxInit *self)
{
  const unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY | MS_BIND | MS_REMOUNT;

  if (self->config.uid == 0)
    {
      close_files (self);
      /* A kernel without such programs: the settings are protected, but not in a new /proc,
       * and so there can be none. */
      if (!refuse_settings () &&
          (mount ("/proc/sys", "/proc/sys", NULL, MS_BIND, NULL) != 0 ||
           mount (NULL, "/proc/sys", NULL, flags, NULL) != 0))
        gbx_fatal (self, "cannot protect /proc/sys: %s", strerror (errno));
    }
  if (mount (NULL, "/sys", NULL, flags, NULL) != 0)
    gbx_fatal (self, "cannot protect /sys: %s", strerror (errno));
}
