/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Phase "dbus".
 *
 * Should: offer a session bus at the usual address.
 * Mustn't: use resources before a client connects: init holds the socket, and the first
 * client starts the daemon. */

#include "gbx-init.h"

#include "gbx-confine.h"
#include "gbx-place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define DAEMON "/usr/bin/dbus-daemon"
#define LISTEN_FD 3

void
gbx_phase_dbus (GbxInit *self)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  char variable[128];

  if (access (DAEMON, X_OK) != 0)
    {
      gbx_debug (self, "there is no " DAEMON ", so no session bus");
      return;
    }
  snprintf (address.sun_path, sizeof address.sun_path, "/run/user/%u/bus", self->config.uid);
  self->dbus_fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (self->dbus_fd < 0 || bind (self->dbus_fd, (struct sockaddr *) &address, sizeof address) != 0 ||
      chown (address.sun_path, self->config.uid, self->config.gid) != 0 ||
      listen (self->dbus_fd, 64) != 0)
    gbx_fatal (self, "cannot make the socket of the session bus: %s", strerror (errno));
  snprintf (variable, sizeof variable, "unix:path=%s", address.sun_path);
  gbx_set_environment (self, "DBUS_SESSION_BUS_ADDRESS", variable);
}

static _Noreturn void
run_daemon (GbxInit *self)
{
  char *arguments[] = { (char *) DAEMON, (char *) "--session", (char *) "--address=systemd:",
                        (char *) "--nofork", (char *) "--nopidfile", (char *) "--nosyslog", NULL };
  char pid[32];
  int null = open ("/dev/null", O_RDWR);

  setsid ();
  gbx_confine_process ();
  /* Copy it first: the socket may already be descriptor 3, and then dup2 would not clear
   * its close-on-exec flag. */
  self->dbus_fd = fcntl (self->dbus_fd, F_DUPFD_CLOEXEC, 16);
  if (dup2 (null, 0) < 0 || dup2 (null, 1) < 0 || dup2 (null, 2) < 0 ||
      dup2 (self->dbus_fd, LISTEN_FD) < 0 || close_range (LISTEN_FD + 1, ~0U, 0) != 0 ||
      !gbx_confine_privileges (self->config.uid) ||
      !gbx_confine_account (self->config.uid, self->config.gid, self->config.groups,
                            self->config.n_groups) ||
      !self->place->confine_system_calls () || chdir (self->config.home) != 0)
    _exit (126);
  snprintf (pid, sizeof pid, "LISTEN_PID=%d", getpid ());
  gbx_set_environment (self, "LISTEN_FDS", "1");
  self->environment[self->n_environment] = pid;
  self->environment[self->n_environment + 1] = NULL;
  execve (DAEMON, arguments, self->environment);
  _exit (127);
}

void
gbx_start_dbus (GbxInit *self)
{
  pid_t pid = fork ();

  if (pid == 0)
    run_daemon (self);
  if (pid < 0)
    gbx_warning (self, "cannot start the session bus: %s", strerror (errno));
  else
    self->pids[GBX_CHILD_DBUS] = pid;
  gbx_close_fd (&self->dbus_fd);
}
