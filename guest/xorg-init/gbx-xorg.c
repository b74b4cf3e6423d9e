/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Phase "xorg".
 *
 * Should: start Xorg under its own account, without capabilities, with the card, the
 * input devices and one kernel terminal in its own /dev.
 * Mustn't: let it listen on anything but the socket in /tmp, or accept clients without
 * the cookie. */

#include "gbx-xorg.h"

#include "gbx-confine.h"
#include "gbx-devices.h"
#include "gbx-place.h"
#include "gbx-supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#define XORG_CONF GBX_XORG_FOLDER "/xorg.conf"
#define XORG_LOG GBX_XORG_FOLDER "/Xorg.log"
#define XORG_OUTPUT GBX_XORG_FOLDER "/output"
#define XORG_EMPTY GBX_XORG_FOLDER "/empty"
#define SYSTEM_CONFS "/usr/share/X11/xorg.conf.d"
#define XKBCOMP "/usr/bin/xkbcomp"
#define XKBCOMP_REAL GBX_XORG_FOLDER "/xkbcomp"
#define XKBCOMP_SCRIPT GBX_XORG_FOLDER "/xkbcomp-once"
/* Where Xorg expects the keymap of display 0. */
#define XKB_OUTPUT "/tmp/server-0.xkm"

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

static bool
give_to_display (GbxInit *self, const char *path)
{
  uid_t account = self->config.display_account;

  return chown (path, account, account) == 0;
}

static void
write_owned (GbxInit *self, const char *path, const void *data, size_t length, uid_t uid, gid_t gid)
{
  if (length == 0 || !gbx_write_file (path, data, length, 0600) || chown (path, uid, gid) != 0)
    gbx_fatal (self, "cannot write %s: %s", path, strerror (errno));
}

static void
write_authority (GbxInit *self)
{
  uid_t account = self->config.display_account;
  uint8_t cookie[16], entry[64];
  char path[64];
  size_t length;

  if (getrandom (cookie, sizeof cookie, 0) != sizeof cookie)
    gbx_fatal (self, "the kernel has no random numbers: %s", strerror (errno));
  length = gbx_xauthority_write (cookie, entry, sizeof entry);
  write_owned (self, GBX_XORG_AUTHORITY, entry, length, account, account);
  snprintf (path, sizeof path, "/run/user/%u/Xauthority", self->config.uid);
  write_owned (self, path, entry, length, self->config.uid, self->config.gid);
  gbx_set_environment (self, "XAUTHORITY", path);
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
  write_owned (self, XORG_CONF, text, length, config->display_account, config->display_account);
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

  mkdir ("/tmp/.X11-unix", 01777);
  chmod ("/tmp/.X11-unix", 01777);
  if (fd < 0 || bind (fd, (struct sockaddr *) &address, sizeof address) != 0 ||
      chmod (address.sun_path, 0777) != 0 || listen (fd, 128) != 0)
    gbx_fatal (self, "cannot make the socket of the display: %s", strerror (errno));
  return fd;
}

/* --------------------------------------------------------------- keymap -- */

/* Xorg compiles its keymap with xkbcomp, from a dozen files, which takes a quarter of a
 * second without KVM. The host has already done this in milliseconds.  So the first time
 * that Xorg runs xkbcomp, the result is already there; later, for example when the
 * application sets another layout, the real xkbcomp runs. */
static const char xkbcomp_script[] =
    "#!/bin/sh\n"
    "if [ -O " XKB_OUTPUT " ]; then while read -r line; do :; done; exit 0; fi\n"
    "exec " XKBCOMP_REAL " \"$@\"\n";

static bool
provide_keymap (GbxInit *self)
{
  static char keymap[65536];
  ssize_t length = gbx_read_file (GBX_KEYMAP, keymap, sizeof keymap);

  return length > 0 && (size_t) length < sizeof keymap - 1 &&
         gbx_write_file (XKB_OUTPUT, keymap, length, 0600) &&
         give_to_display (self, XKB_OUTPUT) &&
         gbx_write_file (XKBCOMP_SCRIPT, xkbcomp_script, sizeof xkbcomp_script - 1, 0755) &&
         gbx_write_file (XKBCOMP_REAL, "", 0, 0755);
}

/* In Xorg's own mounts. */
static bool
replace_xkbcomp (void)
{
  return access (XKBCOMP_SCRIPT, F_OK) != 0 ||
         (mount (XKBCOMP, XKBCOMP_REAL, NULL, MS_BIND, NULL) == 0 &&
          mount (XKBCOMP_SCRIPT, XKBCOMP, NULL, MS_BIND, NULL) == 0);
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
  int output = open (XORG_OUTPUT, O_WRONLY | O_CREAT | O_TRUNC, 0600);
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
    (char *) "-configdir", (char *) XORG_EMPTY, (char *) "-logfile", (char *) XORG_LOG,
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
      !replace_xkbcomp () || !take_terminal () || !arrange_descriptors (listener, display) ||
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

  if (mkdir (GBX_XORG_FOLDER, 0700) != 0 || mkdir (XORG_EMPTY, 0755) != 0 ||
      !give_to_display (self, GBX_XORG_FOLDER) || pipe2 (ready, O_CLOEXEC) != 0)
    gbx_fatal (self, "cannot prepare the display: %s", strerror (errno));
  write_authority (self);
  gbx_await_late_modules (self);
  write_config (self, &devices);
  if (!provide_keymap (self))
    gbx_debug (self, "Xorg compiles its keymap by itself");
  listener = listen_for_clients (self);
  gbx_set_environment (self, "DISPLAY", ":0");

  self->pids[GBX_CHILD_XORG] = fork ();
  if (self->pids[GBX_CHILD_XORG] < 0)
    gbx_fatal (self, "cannot start Xorg: %s", strerror (errno));
  if (self->pids[GBX_CHILD_XORG] == 0)
    run_xorg (self, server, &devices, listener, ready[1]);
  close (listener);
  close (ready[1]);
  self->display_fd = ready[0];
}

/* ------------------------------------------------------------- afterwards -- */

void
gbx_xorg_ready (GbxInit *self)
{
  char number[16];
  ssize_t n = read (self->display_fd, number, sizeof number);

  /* The number and the end of the line come in two writes, and Xorg exits if either fails:
   * so wait until Xorg closes the pipe. */
  if (n <= 0)
    gbx_close_fd (&self->display_fd);
  else if (memchr (number, '\n', n))
    gbx_debug (self, "Xorg is ready");
}

/* After the time, if any; the log's legend has the mark later in the line. */
static bool
is_error (const char *line)
{
  const char *mark = strchr (line, '(');

  return mark && strncmp (mark, "(EE) ", 5) == 0;
}

/* The error lines, or else the last lines. */
static void
log_errors (GbxInit *self, const char *path)
{
  static char text[65536];
  ssize_t length = gbx_read_file (path, text, sizeof text);
  char *rest = text, *last = length > 3000 ? text + length - 3000 : text, *line;
  bool found = false;

  if (length <= 0)
    return;
  while ((line = strsep (&rest, "\n")))
    if (is_error (line))
      {
        gbx_log (self, GBX_LOG_ERROR, "Xorg: %s", line);
        found = true;
      }
  if (found)
    return;
  for (line = last; line < text + length; line += strlen (line) + 1)
    if (*line)
      gbx_log (self, GBX_LOG_ERROR, "Xorg: %s", line);
}

void
gbx_xorg_failed (GbxInit *self, int status)
{
  /* The first process may have ended long before the application. */
  if (self->kill_ms || (self->first.ended && !gbx_commands_keep (self) && !self->has_window &&
                        gbx_signal_user_processes (self, 0, NULL) == 0))
    return;
  log_errors (self, XORG_LOG);
  log_errors (self, XORG_OUTPUT);
  gbx_fatal (self, "the display server ended (status %#x)", status);
}
