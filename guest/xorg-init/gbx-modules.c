/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Phase "modules".  The host put them into the initrd in the order in which
 * they have to be loaded, uncompressed.
 *
 * Should: leave every driver of the guest's devices loaded and the port to the
 * host open, with our hello sent.
 * Mustn't: load anything that the initrd does not name. */

#include "gbx-init.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ORDER "/modules/order"
#define PORT_DEADLINE_MS 60000

/* Xorg sets the modes by itself.  Without this the kernel first sets one for its
 * console, and draws it: a fifth of a second under TCG. */
static const struct
{
  const char *module;
  const char *parameters;
} module_parameters[] = {
  { "drm_kms_helper.ko", "fbdev_emulation=0" },
};

static const char *
parameters_for (const char *name)
{
  for (size_t i = 0; i < sizeof module_parameters / sizeof *module_parameters; i++)
    if (strcmp (name, module_parameters[i].module) == 0)
      return module_parameters[i].parameters;
  return "";
}

static void
load_module (GbxInit *self, const char *name)
{
  char path[300];
  gbx_autofd fd = -1;

  snprintf (path, sizeof path, "/modules/%s", name);
  fd = open (path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    gbx_fatal (self, "the initrd lacks the kernel module %s that it lists; remove the cached "
                     "initrd so that it is made anew", name);
  if (syscall (SYS_finit_module, fd, parameters_for (name), 0) != 0 && errno != EEXIST)
    gbx_fatal (self, "the kernel refused its module %s: %s; the initrd may have been made for "
                     "another kernel", name, strerror (errno));
}

static void
load_modules (GbxInit *self)
{
  static char order[8192];
  char *rest = order, *name;

  if (gbx_read_file (ORDER, order, sizeof order) < 0)
    gbx_fatal (self, "the initrd has no list of kernel modules (" ORDER ")");
  while ((name = strsep (&rest, "\n")))
    if (*name)
      load_module (self, name);
}

static void
mount_early (GbxInit *self)
{
  /* /dev keeps what the kernel puts there, for init and Xorg alone. */
  mkdir ("/dev", 0755);
  mkdir ("/sys", 0755);
  if (mount ("devtmpfs", "/dev", "devtmpfs", MS_NOSUID | MS_NOEXEC, "mode=0755") != 0 ||
      mount ("sysfs", "/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) != 0)
    gbx_fatal (self, "cannot mount the kernel's file systems: %s", strerror (errno));
}

static void
send_hello (GbxInit *self)
{
  uint8_t buffer[GBX_HEADER_SIZE + 128];
  GbxHello hello = { GBX_PROTOCOL_VERSION, "glovebox-init " GBX_VERSION };
  GbxWriter writer;

  gbx_writer_init (&writer, buffer, sizeof buffer);
  gbx_hello_encode (&hello, &writer);
  gbx_port_send (&self->port, GBX_MSG_HELLO, GBX_TO_GUEST, buffer, writer.length, GBX_QUEUE_SIZE);
}

void
gbx_phase_modules (GbxInit *self)
{
  /* The first thing in the queue, before the report of this very phase. */
  send_hello (self);
  gbx_report_phase (self, GBX_PHASE_MODULES);
  mount_early (self);
  self->devices = gbx_port_watch_devices ();
  load_modules (self);
  if (!gbx_port_connect (&self->port, self->devices, PORT_DEADLINE_MS))
    {
      /* Nobody to tell but the kernel's log. */
      gbx_write_file ("/dev/kmsg", "glovebox: no port to the host\n", 30, 0600);
      gbx_power_off (self);
    }
  gbx_close_fd (&self->devices);
}
