/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Phase "window manager": init's side of the X helper.
 *
 * Should: have a window manager before the application's first window.
 * Mustn't: let init itself read data that the application can write. */

#include "gbx-x-helper.h"

#include "gbx-confine.h"
#include "gbx-xorg.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *const languages[] = { "LANG", "LC_ALL", "LC_CTYPE" };

static _Noreturn void
run_child (GbxInit *self, int socket)
{
  uid_t account = self->config.display_account;

  gbx_confine_process ();
  if (dup2 (socket, 3) < 0 || close_range (4, ~0U, 0) != 0 || !gbx_confine_privileges (account) ||
      !gbx_confine_account (account, account, NULL, 0) || !gbx_confine_system_calls ())
    _exit (126);
  /* Which script's characters a text has can depend on the language. */
  for (size_t i = 0; i < GBX_N_ELEMENTS (languages); i++)
    if (gbx_get_environment (self, languages[i]))
      setenv (languages[i], gbx_get_environment (self, languages[i]), 1);
  setenv ("DISPLAY", ":0", 1);
  setenv ("XAUTHORITY", GBX_XORG_AUTHORITY, 1);
  gbx_x_helper_run (3);
}

void
gbx_phase_window_manager (GbxInit *self)
{
  int ends[2];

  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    gbx_fatal (self, "cannot make a socket: %s", strerror (errno));
  self->pids[GBX_CHILD_X_HELPER] = fork ();
  if (self->pids[GBX_CHILD_X_HELPER] < 0)
    gbx_fatal (self, "cannot start the window manager: %s", strerror (errno));
  if (self->pids[GBX_CHILD_X_HELPER] == 0)
    run_child (self, ends[1]);
  close (ends[1]);
  self->helper_fd = ends[0];
  gbx_x_helper_resize (self, self->config.width, self->config.height);
}

void
gbx_x_helper_resize (GbxInit *self, uint16_t width, uint16_t height)
{
  GbxScreenSize size = { width, height };

  /* It is full only if the helper hangs; a later size replaces this one anyway. */
  if (self->helper_fd >= 0 &&
      send (self->helper_fd, &size, sizeof size, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
    gbx_debug (self, "the size %ux%u was not passed on: %s", width, height, strerror (errno));
}

void
gbx_x_helper_dispatch (GbxInit *self)
{
  GbxWindowReport report;
  ssize_t n = recv (self->helper_fd, &report, sizeof report, MSG_DONTWAIT);

  if (n == 0)
    gbx_close_fd (&self->helper_fd);
  if (n != sizeof report || report.event > GBX_WINDOW_LAST)
    return;
  report.title[GBX_TITLE_MAX] = '\0';
  if (report.event == GBX_WINDOW_MAPPED)
    self->had_window = self->has_window = true;
  if (report.event == GBX_WINDOW_NONE)
    {
      self->has_window = false;
      self->settle_ms = gbx_uptime_ms ();
    }
  gbx_report_window (self, &report);
}
