/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Phase "window manager": init's side of the X helper.
 *
 * Should: have a window manager before the application's first window.
 * Mustn't: let init itself read data that the application can write. */

#include "gbx-x-helper.h"

#include "gbx-confine.h"
#include "gbx-input.h"
#include "gbx-place.h"
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
      !gbx_confine_account (account, account, NULL, 0) || !self->place->confine_system_calls ())
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
  gbx_x_helper_ask (self, &(GbxXRequest) {
                              .kind = self->config.fits ? GBX_X_FIT : GBX_X_RESIZE,
                              .width = self->config.width,
                              .height = self->config.height,
                          });
  /* A viewer's pointer begins in the corner too: then there is nothing to draw. */
  if (self->place->draws_pointer)
    gbx_x_helper_ask (self, &(GbxXRequest) { .kind = GBX_X_MOTION, .x = INT16_MIN, .y = INT16_MIN });
}

void
gbx_x_helper_ask (GbxInit *self, const GbxXRequest *request)
{
  /* It is full only if the helper hangs; the host asks again, or its user does. */
  if (self->helper_fd >= 0 &&
      send (self->helper_fd, request, sizeof *request, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
    gbx_debug (self, "a request was not passed on to the window manager: %s", strerror (errno));
}

static void
take_report (GbxInit *self, const GbxWindowReport *report)
{
  if (report->event == GBX_WINDOW_MAPPED)
    self->had_window = self->has_window = true;
  if (report->event == GBX_WINDOW_NONE)
    {
      self->has_window = false;
      self->settle_ms = gbx_uptime_ms ();
    }
  gbx_report_window (self, report);
}

void
gbx_x_helper_dispatch (GbxInit *self)
{
  static uint8_t packet[GBX_X_PACKET_MAX];
  static GbxWindowList list;
  ssize_t n = recv (self->helper_fd, packet, sizeof packet, MSG_DONTWAIT);
  GbxFrame frame = { .type = packet[0], .length = n > 0 ? n - 1 : 0, .payload = packet + 1 };
  GbxWindowReport report;

  if (n == 0)
    gbx_close_fd (&self->helper_fd);
  if (n <= 0)
    return;
  if (frame.type == GBX_MSG_WINDOW && gbx_window_decode (&report, &frame))
    take_report (self, &report);
  else if (frame.type == GBX_MSG_WINDOWS && gbx_windows_decode (&list, &frame))
    gbx_report_windows (self, &list);
  else if (frame.type == GBX_X_POINTER && frame.length == 1)
    gbx_pointer_report (self, packet[1] != 0);
}
