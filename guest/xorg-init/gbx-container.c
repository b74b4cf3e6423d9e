/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A container: the kernel is the host's.  libvirt has made the namespaces, the root and the
 * exports.  Init is root in there, and nobody outside.
 *
 * Should: do for the application what a machine does, with the same phases.
 * Mustn't: start any program that is not confined as in gbx-container-calls.c, or change anything
 * that belongs to the host: its clock, its figures, its modules. */

#include "gbx-container.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LAST_WORDS_MS 1000
/* Away from the numbers that children need. */
#define FIRST_FD 32

static GbxPassed passed = { -1, -1, -1, -1 };

static const struct
{
  const char *name;
  int *fd;
} options[] = {
  { "--console-fd=", &passed.console },
  { "--display-fd=", &passed.display },
  { "--network-fd=", &passed.network },
  { "--home-fd=", &passed.home },
};

const GbxPassed *
gbx_container_passed (void)
{
  return &passed;
}

static void
read_argument (const char *argument)
{
  for (size_t i = 0; i < GBX_N_ELEMENTS (options); i++)
    {
      size_t length = strlen (options[i].name);
      int fd;

      if (strncmp (argument, options[i].name, length) != 0)
        continue;
      fd = atoi (argument + length);
      *options[i].fd = fcntl (fd, F_DUPFD_CLOEXEC, FIRST_FD);
    }
}

static void
connect_to_host (GbxInit *self)
{
  /* Without it there is nobody to tell. */
  if (passed.console < 0 || fcntl (passed.console, F_SETFL, O_NONBLOCK) != 0)
    _exit (1);
  self->port.fd = passed.console;
  gbx_port_flush (&self->port);
  gbx_container_open_groups ();
}

static void
mount_disk (GbxInit *self, const char *folder)
{
  gbx_fatal (self, "a kept home needs a virtual machine; choose the backend qemu, or another home");
}

static int
close_disk (const char *folder)
{
  return 0;
}

/* What init needs no more when all is mounted. */
static const int given_up[] = {
  CAP_SYS_ADMIN,    CAP_SYS_CHROOT, CAP_SYS_MODULE,         CAP_SYS_RAWIO,   CAP_SYS_BOOT,
  CAP_SYS_TIME,     CAP_MKNOD,      CAP_NET_ADMIN,          CAP_NET_RAW,     CAP_SYSLOG,
  CAP_MAC_OVERRIDE, CAP_MAC_ADMIN,  CAP_CHECKPOINT_RESTORE, CAP_PERFMON,     CAP_BPF,
  CAP_LEASE,        CAP_LINUX_IMMUTABLE, CAP_SYS_PACCT,     CAP_SYS_TTY_CONFIG,
};

/* Only init keeps the system's files from being written to: libvirt does not, and the files of the
 * root are those of other sandboxes too.  So what it has mounted must stay as it is, even if an
 * application takes over init later. */
static void
give_up_rights (GbxInit *self)
{
  struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
  struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

  if (syscall (SYS_capget, &header, data) != 0)
    gbx_fatal (self, "cannot read init's capabilities: %s", strerror (errno));
  for (size_t i = 0; i < GBX_N_ELEMENTS (given_up); i++)
    {
      struct __user_cap_data_struct *half = &data[CAP_TO_INDEX (given_up[i])];

      half->effective &= ~CAP_TO_MASK (given_up[i]);
      half->permitted &= ~CAP_TO_MASK (given_up[i]);
      half->inheritable &= ~CAP_TO_MASK (given_up[i]);
      /* EINVAL: a kernel that does not know it. */
      if (prctl (PR_CAPBSET_DROP, given_up[i], 0, 0, 0) != 0 && errno != EINVAL)
        gbx_fatal (self, "cannot give up a capability: %s", strerror (errno));
    }
  if (syscall (SYS_capset, &header, data) != 0)
    gbx_fatal (self, "cannot give up capabilities: %s", strerror (errno));
}

/* It is the host's clock. */
static void
set_clock (GbxInit *self, uint32_t seconds, uint32_t nanoseconds)
{
}

static void
second (void)
{
  /* Before that phase, /proc has another one. */
  if (access (GBX_MEMINFO, F_OK) == 0)
    gbx_container_write_meminfo ();
}

/* The kernel ends all others with the first process.  A socket that is closed with something unread
 * is an error at the host's end: so read until the host, which has our good-bye, closes or ends
 * all of this. */
static void
end (void)
{
  struct pollfd more = { passed.console, POLLIN, 0 };
  char rest[4096];

  shutdown (passed.console, SHUT_WR);
  while (poll (&more, 1, LAST_WORDS_MS) > 0 && read (passed.console, rest, sizeof rest) > 0)
    ;
  _exit (0);
}

/* libvirt sends it to all processes when it destroys a container.  How they end then is not how the
 * application has ended. */
static void
terminated (void)
{
  _exit (1);
}

static const GbxPlace container = {
  .connect = connect_to_host,
  .enter_root = gbx_container_enter_root,
  .get_memory_kib = gbx_container_get_memory_kib,
  .make_node = gbx_container_make_node,
  .mount_proc = gbx_container_mount_proc,
  .mount_share = gbx_container_mount_share,
  .shares_need_sync = false,
  .mount_disk = mount_disk,
  .close_disk = close_disk,
  .close_kernel_files = gbx_container_close_kernel_files,
  .make_interface = gbx_container_make_interface,
  .start_display = gbx_container_start_display,
  .draws_pointer = true,
  .give_up_rights = give_up_rights,
  .confine_system_calls = gbx_container_confine_calls,
  .set_clock = set_clock,
  .get_busy_permille = gbx_container_get_busy_permille,
  .get_available_kib = gbx_container_get_available_kib,
  .has_run_out_of_memory = gbx_container_has_run_out_of_memory,
  .second = second,
  .end = end,
  .terminated = terminated,
};

const GbxPlace *
gbx_container_place (int argc, char **argv)
{
  for (int i = 1; i < argc; i++)
    read_argument (argv[i]);
  /* libvirt's own, and the first copies of ours. */
  close_range (STDERR_FILENO + 1, FIRST_FD - 1, 0);
  gbx_uptime_begin ();
  return &container;
}
