/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Phase "xorg" of a virtual machine.
 *
 * Should: start Xorg under its own account, without capabilities, with the card, the
 * input devices and one kernel terminal in its own /dev.
 * Mustn't: let it listen on anything but the socket in /tmp, or accept clients without
 * the cookie. */

#include "gbx-xorg.h"

#include "gbx-confine.h"
#include "gbx-devices.h"
#include "gbx-place.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#define XORG_CONF GBX_XORG_FOLDER "/xorg.conf"
#define XORG_EMPTY GBX_XORG_FOLDER "/empty"
#define SYSTEM_CONFS "/usr/share/X11/xorg.conf.d"

/* Descriptors in Xorg: the protocol of socket activation begins at 3. */
#define LISTEN_FD 3
#define DISPLAY_FD 4

static const char *const servers[] = { "/usr/lib/xorg/Xorg", "/usr/libexec/Xorg", "/usr/bin/Xorg" };
static const char *const driver_folders[] = { "/usr/lib/xorg/modules/input",
                                              "/usr/lib64/xorg/modules/input" };

static const char *
find_server (GbxInit *self)
{
  for (size_t i = 0; i < GBX_N_ELEMENTS (servers); i++)
    if (access (servers[i], X_OK) == 0)
      return servers[i];
  gbx_fatal (self, "there is no Xorg on the host, so there can be no display; install it (on "
                   "Debian: apt-get install xserver-xorg-core xserver-xorg-input-evdev)");
}

static bool
has_driver (const char *file)
{
  char path[128];

  for (size_t i = 0; i < GBX_N_ELEMENTS (driver_folders); i++)
    {
      snprintf (path, sizeof path, "%s/%s", driver_folders[i], file);
      if (access (path, R_OK) == 0)
        return true;
    }
  return false;
}

/* ---------------------------------------------------------- preparation -- */

/* libinput opens no device that udev's database does not describe. */
static void
describe_inputs (GbxInit *self, const GbxXorgConfig *config)
{
  gbx_make_folders ("/run/udev/data", 0755, 0, 0);
  for (size_t i = 0; i < config->n_inputs; i++)
    {
      char path[64], text[256], device[64];
      struct stat st;
      size_t length = gbx_udev_entry_write (config->inputs[i].kind, text, sizeof text);

      snprintf (device, sizeof device, GBX_KERNEL_DEV "%s", config->inputs[i].device + 4);
      if (stat (device, &st) != 0)
        continue;
      snprintf (path, sizeof path, "/run/udev/data/c%u:%u", major (st.st_rdev), minor (st.st_rdev));
      if (!gbx_write_file (path, text, length, 0644))
        gbx_fatal (self, "cannot write %s: %s", path, strerror (errno));
    }
}

static void
choose_input_driver (GbxInit *self, GbxXorgConfig *config)
{
  config->input_driver = "evdev";
  if (has_driver ("evdev_drv.so"))
    return;
  config->input_driver = "libinput";
  if (!has_driver ("libinput_drv.so"))
    gbx_fatal (self, "Xorg has no driver for keyboard and pointer; install one (on Debian: apt-get "
                     "install xserver-xorg-input-evdev)");
  describe_inputs (self, config);
}

static void
write_config (GbxInit *self, GbxDisplayDevices *devices)
{
  const GbxGuestConfig *config = &self->config;
  GbxXorgConfig xorg = {
    .xkb_model = config->xkb_model,
    .xkb_layout = config->xkb_layout,
    .xkb_variant = config->xkb_variant,
    .xkb_options = config->xkb_options,
  };
  char text[8192];
  size_t length;

  gbx_find_devices (devices, &xorg, config->opengl);
  choose_input_driver (self, &xorg);
  length = gbx_xorg_config_write (&xorg, text, sizeof text);
  gbx_x_server_write (self, XORG_CONF, text, length, config->display_account, config->display_account);
  gbx_debug (self, "display on %s, %zu input devices by %s",
             xorg.card ? xorg.card : "the frame buffer", xorg.n_inputs, xorg.input_driver);
}

/* Created here and passed to Xorg like systemd does, so that clients can connect while it
 * starts: they wait in the queue of the socket. */
static int
listen_for_clients (GbxInit *self)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "/tmp/.X11-unix/X0" };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  if (fd < 0 || bind (fd, (struct sockaddr *) &address, sizeof address) != 0 ||
      chmod (address.sun_path, 0777) != 0 || listen (fd, 128) != 0)
    gbx_fatal (self, "cannot make the socket of the display: %s", strerror (errno));
  return fd;
}

/* -------------------------------------------------------------- the child -- */

/* Several VT calls of Xorg need a controlling terminal. */
static bool
take_terminal (void)
{
  int fd;

  setsid ();
  fd = open ("/dev/tty1", O_RDWR);
  /* Without kernel terminals Xorg works too. */
  return fd < 0 || ioctl (fd, TIOCSCTTY, 1) == 0;
}

static bool
arrange_descriptors (int listener, int display)
{
  int null = open ("/dev/null", O_RDONLY);
  int output = open (GBX_X_SERVER_OUTPUT, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  /* Moved away from the numbers that are needed for them. */
  int high_listener = fcntl (listener, F_DUPFD_CLOEXEC, 16);
  int high_display = fcntl (display, F_DUPFD_CLOEXEC, 16);

  return null >= 0 && output >= 0 && dup2 (null, 0) >= 0 && dup2 (output, 1) >= 0 &&
         dup2 (output, 2) >= 0 && dup2 (high_listener, LISTEN_FD) >= 0 &&
         dup2 (high_display, DISPLAY_FD) >= 0 && close_range (DISPLAY_FD + 1, ~0U, 0) == 0;
}

static _Noreturn void
run_xorg (GbxInit *self, const char *server, const GbxDisplayDevices *devices, int listener,
          int display)
{
  /* "local" is an abstract socket, which has no file permissions; the one in /tmp is passed
   * in. */
  char *arguments[] = {
    (char *) server, (char *) ":0", (char *) "vt1", (char *) "-keeptty", (char *) "-novtswitch",
    (char *) "-nolisten", (char *) "tcp", (char *) "-nolisten", (char *) "local",
    (char *) "-noreset", (char *) "-s", (char *) "0",
    (char *) "-auth", (char *) GBX_XORG_AUTHORITY, (char *) "-config", (char *) XORG_CONF,
    (char *) "-configdir", (char *) XORG_EMPTY, (char *) "-logfile", (char *) GBX_X_SERVER_LOG,
    (char *) "-displayfd", (char *) "4", self->config.opengl ? NULL : (char *) "-extension",
    (char *) "GLX", NULL,
  };
  uid_t account = self->config.display_account;
  char pid[32];
  char *environment[] = { (char *) "PATH=/usr/bin:/bin", (char *) "LISTEN_FDS=1", pid,
                          (char *) "HOME=/nonexistent", NULL };

  gbx_confine_process ();
  /* ENOENT: a system without that folder. */
  if (unshare (CLONE_NEWNS) != 0 || !gbx_make_private_dev (devices, account, account) ||
      (mount (XORG_EMPTY, SYSTEM_CONFS, NULL, MS_BIND, NULL) != 0 && errno != ENOENT) ||
      !gbx_x_server_replace_xkbcomp () || !take_terminal () || !arrange_descriptors (listener, display) ||
      !gbx_confine_privileges (account) || !gbx_confine_account (account, account, NULL, 0) ||
      !self->place->confine_system_calls ())
    _exit (126);
  snprintf (pid, sizeof pid, "LISTEN_PID=%d", getpid ());
  execve (server, arguments, environment);
  _exit (127);
}

void
gbx_machine_start_display (GbxInit *self)
{
  const char *server = find_server (self);
  GbxDisplayDevices devices = { 0 };
  int ready[2], listener;

  gbx_x_server_prepare (self);
  if (mkdir (XORG_EMPTY, 0755) != 0 || pipe2 (ready, O_CLOEXEC) != 0)
    gbx_fatal (self, "cannot prepare the display: %s", strerror (errno));
  gbx_await_late_modules (self);
  write_config (self, &devices);
  listener = listen_for_clients (self);

  self->pids[GBX_CHILD_XORG] = fork ();
  if (self->pids[GBX_CHILD_XORG] < 0)
    gbx_fatal (self, "cannot start Xorg: %s", strerror (errno));
  if (self->pids[GBX_CHILD_XORG] == 0)
    run_xorg (self, server, &devices, listener, ready[1]);
  close (listener);
  close (ready[1]);
  self->display_fd = ready[0];
}
