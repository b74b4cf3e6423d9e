/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Phase "modules" of a virtual machine.  The host put them into the initrd in the order in which
 * they have to be loaded, uncompressed.
 *
 * Should: leave every driver of the guest's devices loaded and the port to the host
 * open, with our hello sent; the display's drivers follow in a process of their own.
 * Mustn't: load anything that the initrd does not name. */

#include "gbx-place.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ORDER "/modules/order"
#define PORT_DEADLINE_MS 60000
#define LATE_MAX 64

/* Xorg sets the modes itself.  Without this the kernel first sets a mode for its console
 * and draws it, which takes a fifth of a second under TCG. */
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

typedef struct
{
  const char *name;
  int fd;
} Module;

typedef struct
{
  Module modules[LATE_MAX];
  size_t n;
} Late;

static int
open_module (GbxInit *self, const char *name)
{
  char path[300];
  int fd;

  snprintf (path, sizeof path, "/modules/%s", name);
  fd = open (path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    gbx_fatal (self, "the initrd lacks the kernel module %s that it lists; remove the cached "
                     "initrd so that it is created again", name);
  return fd;
}

/* 0, or the kernel's error. */
static int
insert_module (const Module *module)
{
  bool done = syscall (SYS_finit_module, module->fd, parameters_for (module->name), 0) == 0;

  return done || errno == EEXIST ? 0 : errno;
}

static void
refuse_module (GbxInit *self, const char *name, int error)
{
  gbx_fatal (self, "the kernel refused its module %s: %s; the initrd may have been made for "
                   "another kernel", name, strerror (error));
}

static void
load_module (GbxInit *self, const char *name)
{
  gbx_autofd fd = open_module (self, name);
  int error = insert_module (&(Module) { name, fd });

  if (error)
    refuse_module (self, name, error);
}

/* The others are opened only: soon their names will be gone. */
static void
load_modules (GbxInit *self, Late *late)
{
  static char order[8192];
  char *rest = order, *name;
  bool early = true;

  if (gbx_read_file (ORDER, order, sizeof order) < 0)
    gbx_fatal (self, "the initrd has no list of kernel modules (" ORDER ")");
  while ((name = strsep (&rest, "\n")))
    if (!*name)
      early = false;
    else if (early)
      load_module (self, name);
    else if (late->n < LATE_MAX)
      late->modules[late->n++] = (Module) { name, open_module (self, name) };
    else
      gbx_fatal (self, "the initrd lists too many kernel modules");
}

/* ----------------------------------------------------------------- late -- */

/* The child's report: the first module that failed, or none. */
typedef struct
{
  size_t module;
  int error;
} Outcome;

static Late late_modules;

static _Noreturn void
load_late (int outcome_fd)
{
  Outcome outcome = { 0, 0 };

  while (outcome.module < late_modules.n && outcome.error == 0)
    {
      outcome.error = insert_module (&late_modules.modules[outcome.module]);
      outcome.module += outcome.error == 0;
    }
  _exit (write (outcome_fd, &outcome, sizeof outcome) == sizeof outcome ? 0 : 1);
}

/* The display's drivers take a fifth of a second without KVM. Meanwhile the host handles
 * our hello, and init mounts the file systems. */
static void
begin_late (GbxInit *self)
{
  int ends[2];
  pid_t pid;

  if (late_modules.n == 0)
    return;
  if (pipe2 (ends, O_CLOEXEC) != 0 || (pid = fork ()) < 0)
    gbx_fatal (self, "cannot load the drivers of the display: %s", strerror (errno));
  if (pid == 0)
    load_late (ends[1]);
  close (ends[1]);
  self->late_modules = ends[0];
  for (size_t i = 0; i < late_modules.n; i++)
    close (late_modules.modules[i].fd);
}

void
gbx_await_late_modules (GbxInit *self)
{
  struct pollfd news = { self->late_modules, POLLIN, 0 };
  Outcome outcome = { 0, EIO };

  if (self->late_modules < 0)
    return;
  while (poll (&news, 1, gbx_heartbeat_due_ms (self)) <= 0)
    gbx_heartbeat_tick (self);
  if (read (self->late_modules, &outcome, sizeof outcome) != sizeof outcome || outcome.error)
    refuse_module (self, late_modules.modules[outcome.module].name, outcome.error);
  gbx_close_fd (&self->late_modules);
}

/* ------------------------------------------------------------------------ */

static void
mount_early (GbxInit *self)
{
  /* The kernel's device nodes stay here, only for init and Xorg. */
  mkdir ("/dev", 0755);
  mkdir ("/sys", 0755);
  if (mount ("devtmpfs", "/dev", "devtmpfs", MS_NOSUID | MS_NOEXEC, "mode=0755") != 0 ||
      mount ("sysfs", "/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) != 0)
    gbx_fatal (self, "cannot mount the kernel's file systems: %s", strerror (errno));
}

void
gbx_machine_connect (GbxInit *self)
{
  mount_early (self);
  self->late_modules = -1;
  self->devices = gbx_port_watch_devices ();
  load_modules (self, &late_modules);
  if (!gbx_port_connect (&self->port, self->devices, PORT_DEADLINE_MS))
    {
      /* Before the hello there is only the kernel's log. */
      gbx_write_file ("/dev/kmsg", "glovebox: no port to the host\n", 30, 0600);
      gbx_power_off (self);
    }
  gbx_close_fd (&self->devices);
  begin_late (self);
}
