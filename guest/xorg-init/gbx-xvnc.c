/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Phase "xorg" of a container: it has no screen, so its X server draws into memory, and shows that
 * over VNC to whoever connects to a socket of the host.
 *
 * Should: start Xtigervnc under its own account, without capabilities.
 * Mustn't: let it listen on anything but the host's socket and the one in /tmp, or pass on a
 * clipboard. */

#include "gbx-container.h"

#include "gbx-confine.h"
#include "gbx-xorg.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#define START_MS 30000

/* The server takes its VNC socket as inetd would give it: one that listens, as its input.  It makes 3 a
 * copy of that. */
#define DISPLAY_FD 4

static const char *const servers[] = { "/usr/bin/Xtigervnc", "/usr/bin/Xvnc" };

static const char *
find_server (GbxInit *self)
{
  for (size_t i = 0; i < GBX_N_ELEMENTS (servers); i++)
    if (access (servers[i], X_OK) == 0)
      return servers[i];
  gbx_fatal (self, "there is no Xtigervnc on the host, so a container can have no display; install "
                   "it (on Debian: apt-get install tigervnc-standalone-server), or use a virtual "
                   "machine");
}

static bool
arrange_descriptors (int listener, int display)
{
  int output = open (GBX_X_SERVER_OUTPUT, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  /* Moved away from the number that is needed for it. */
  int high_display = fcntl (display, F_DUPFD_CLOEXEC, 16);

  return output >= 0 && dup2 (listener, 0) >= 0 && dup2 (output, 1) >= 0 && dup2 (output, 2) >= 0 &&
         dup2 (high_display, DISPLAY_FD) >= 0 && close_range (DISPLAY_FD + 1, ~0U, 0) == 0;
}

static _Noreturn void
run_server (GbxInit *self, const char *server, int display)
{
  const GbxGuestConfig *config = &self->config;
  uid_t account = config->display_account;
  char size[32];
  /* The keys come as the keyboard numbers them, and the host's keymap gives them their meaning. */
  const char *arguments[] = {
    server, ":0", "-inetd", "-rfbport", "-1", "-SecurityTypes", "None", "-AlwaysShared",
    "-AcceptSetDesktopSize=0", "-AcceptCutText=0", "-SendCutText=0", "-SendPrimary=0",
    "-SetPrimary=0", "-AllowOverride=", "-UseBlacklist=0", "-RawKeyboard=1", "-nolisten", "tcp", "-nolisten", "local", "-noreset",
    "-s", "0", "-auth", GBX_XORG_AUTHORITY, "-desktop", "sandbox", "-depth", "24",
    "-geometry", size, "-displayfd", "4", config->opengl ? NULL : "-extension", "GLX", NULL,
  };
  char *environment[] = { (char *) "PATH=/usr/bin:/bin", (char *) "HOME=/nonexistent", NULL };

  snprintf (size, sizeof size, "%ux%u", config->width, config->height);
  setsid ();
  gbx_confine_process ();
  if (unshare (CLONE_NEWNS) != 0 || !gbx_x_server_replace_xkbcomp () ||
      !arrange_descriptors (gbx_container_passed ()->display, display) ||
      !gbx_confine_privileges (account) || !gbx_confine_account (account, account, NULL, 0) ||
      !self->place->confine_system_calls ())
    _exit (126);
  execve (server, (char **) arguments, environment);
  _exit (127);
}

/* It makes the socket for clients itself, and tells when they can connect. */
static void
await_server (GbxInit *self)
{
  uint32_t deadline = gbx_uptime_ms () + START_MS;
  struct pollfd told = { self->display_fd, POLLIN, 0 };
  char number[16];
  int status;

  while (poll (&told, 1, gbx_heartbeat_due_ms (self)) <= 0)
    {
      if (gbx_uptime_ms () > deadline)
        gbx_fatal (self, "the display server does not start");
      gbx_heartbeat_tick (self);
    }
  if (read (self->display_fd, number, sizeof number) > 0)
    return;
  status = gbx_await_child (self, self->pids[GBX_CHILD_XORG]);
  gbx_xorg_failed (self, status);
}

void
gbx_container_start_display (GbxInit *self)
{
  const char *server = find_server (self);
  int ready[2];

  if (gbx_container_passed ()->display < 0)
    gbx_fatal (self, "the host gave no socket for the display");
  gbx_x_server_prepare (self);
  if (pipe2 (ready, O_CLOEXEC) != 0)
    gbx_fatal (self, "cannot prepare the display: %s", strerror (errno));
  self->pids[GBX_CHILD_XORG] = fork ();
  if (self->pids[GBX_CHILD_XORG] < 0)
    gbx_fatal (self, "cannot start the display server: %s", strerror (errno));
  if (self->pids[GBX_CHILD_XORG] == 0)
    run_server (self, server, ready[1]);
  close (ready[1]);
  self->display_fd = ready[0];
  await_server (self);
}
