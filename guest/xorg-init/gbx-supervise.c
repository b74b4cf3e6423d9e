/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Phases "supervision" and "report", and the one poll loop.
 *
 * Should: reap every process, transfer the streams within their credit, and detect the
 * application's end.
 * Mustn't: block on anything that the application or the host controls. */

#include "gbx-supervise.h"

#include "gbx-file-records.h"
#include "gbx-files.h"
#include "gbx-input.h"
#include "gbx-place.h"
#include "gbx-x-helper.h"
#include "gbx-xorg.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

/* How long there must be no event before the next check. */
#define IDLE_MS 1000
/* The same while a command has ended and its last output is on the way. */
#define ENDING_MS 10
/* After the first process has ended: how long a desktop application may be
 * without a window, between a splash screen and the main window, say ... */
#define SETTLE_MS 700
/* ... or a launcher's background process before its first window. */
#define LAUNCH_MS 30000
/* ... or a process that the session bus has started for it, if no other is left: it may be
 * a service that will never have a window. */
#define BUS_LAUNCH_MS 10000
/* The bus may be about to start a service that a process requested without waiting. */
#define BUS_REQUEST_MS 2000
/* -------------------------------------------------------------- children -- */

static void
child_ended (GbxInit *self, GbxChild child, int status)
{
  self->pids[child] = 0;
  switch (child)
    {
    case GBX_CHILD_XORG:
      gbx_xorg_failed (self, status);
      break;
    case GBX_CHILD_X_HELPER:
      gbx_warning (self, "the window manager ended (status %#x)", status);
      gbx_close_fd (&self->helper_fd);
      break;
    case GBX_CHILD_FILES:
      gbx_warning (self, "changes of single files reach the host only at the end (status %#x)",
                   status);
      break;
    case GBX_CHILD_FRAMES:
      gbx_warning (self, "the network ended (status %#x)", status);
      break;
    case GBX_CHILD_KEYMAP:
      gbx_input_keymap_loaded (self, status);
      break;
    default:
      gbx_debug (self, "the session bus ended (status %#x)", status);
      break;
    }
}

static void
reap (GbxInit *self)
{
  struct signalfd_siginfo info;
  pid_t pid;
  int status;

  /* Whoever is in the guest has a process ID. */
  while (read (self->signals, &info, sizeof info) > 0)
    if (info.ssi_signo == SIGTERM && info.ssi_pid == 0 && self->place->terminated)
      self->place->terminated ();
  while ((pid = waitpid (-1, &status, WNOHANG)) > 0)
    {
      gbx_files_reaped (pid);
      if (gbx_commands_reaped (self, pid, status))
        continue;
      for (GbxChild child = 0; child < GBX_N_CHILDREN; child++)
        if (self->pids[child] == pid)
          {
            child_ended (self, child, status);
            break;
          }
    }
}

void
gbx_stop_application (GbxInit *self, uint32_t grace_ms)
{
  uint32_t now = gbx_uptime_ms ();

  if (self->phase < GBX_PHASE_APPLICATION)
    {
      gbx_report_exit (self, GBX_PROCESS_FIRST,
                       &(GbxExitReport) { .kind = GBX_EXIT_SIGNAL, .value = SIGTERM });
      gbx_power_off (self);
    }
  gbx_signal_user_processes (self, SIGTERM, NULL);
  self->kill_ms = now + grace_ms;
  if (self->kill_ms == 0)
    self->kill_ms = 1;
}

/* --------------------------------------------------------------- polling -- */

typedef enum
{
  ON_PORT,
  ON_SIGNAL,
  ON_DISPLAY,
  ON_HELPER,
  ON_DBUS,
  ON_FILES, /* and those after it */
  ON_COMMANDS = ON_FILES + GBX_FILE_WORKERS_MAX, /* the same */
  N_POLLED = ON_COMMANDS + GBX_N_PROCESSES * GBX_COMMAND_POLLED,
} Polled;

/* Returns how many commands there are. */
static size_t
fill_polled (GbxInit *self, struct pollfd *fds, GbxCommand **polled)
{
  short port_events = POLLIN | (gbx_port_waiting (&self->port) > 0 ? POLLOUT : 0);
  size_t n = 0;

  fds[ON_PORT] = (struct pollfd) { self->port.fd, port_events, 0 };
  fds[ON_SIGNAL] = (struct pollfd) { self->signals, POLLIN, 0 };
  fds[ON_DISPLAY] = (struct pollfd) { self->display_fd, POLLIN, 0 };
  fds[ON_HELPER] = (struct pollfd) { self->helper_fd, POLLIN, 0 };
  fds[ON_DBUS] = (struct pollfd) { self->dbus_fd, POLLIN, 0 };
  gbx_files_fill_polled (self, &fds[ON_FILES]);
  for (uint16_t process = GBX_PROCESS_FIRST; process < GBX_N_PROCESSES; process++)
    {
      GbxCommand *command = gbx_command_find (self, process);

      if (!command)
        continue;
      gbx_command_fill_polled (self, command, &fds[ON_COMMANDS + n * GBX_COMMAND_POLLED]);
      polled[n++] = command;
    }
  return n;
}

static void
receive_frames (GbxInit *self)
{
  GbxFrame frame;
  int got;

  while ((got = gbx_port_receive (&self->port, &frame)) > 0)
    gbx_handle_frame (self, &frame);
  if (got >= 0)
    return;
  if (self->port.decoder.error)
    {
      self->port.gone = false; /* it still listens */
      gbx_fatal (self, "the host broke the protocol: %s", self->port.decoder.error);
    }
  /* The host has closed the port, so the guest ends. */
  gbx_power_off (self);
}

/* In the order of fill_polled().  A command that the host has started since then has no entry. */
static void
pump_commands (GbxInit *self, const struct pollfd *fds, GbxCommand *const *polled, size_t n)
{
  for (size_t i = 0; i < n; i++)
    gbx_command_pump (self, polled[i], &fds[ON_COMMANDS + i * GBX_COMMAND_POLLED]);
}

static void
run_timers (GbxInit *self)
{
  uint32_t now = gbx_uptime_ms ();

  gbx_heartbeat_tick (self);
  if (self->kill_ms && now >= self->kill_ms)
    {
      gbx_signal_user_processes (self, SIGKILL, NULL);
      self->kill_ms = now + IDLE_MS; /* for processes that were just being created */
    }
}

void
gbx_poll_once (GbxInit *self, int timeout_ms)
{
  struct pollfd fds[N_POLLED];
  GbxCommand *polled[GBX_N_PROCESSES];
  int due_ms = gbx_heartbeat_due_ms (self);
  size_t n;

  gbx_commands_finish (self);
  gbx_port_flush (&self->port);
  n = fill_polled (self, fds, polled);
  if (gbx_commands_are_ending (self) && timeout_ms > ENDING_MS)
    timeout_ms = ENDING_MS;
  if (poll (fds, ON_COMMANDS + n * GBX_COMMAND_POLLED, timeout_ms < due_ms ? timeout_ms : due_ms) < 0 &&
      errno != EINTR)
    gbx_fatal (self, "cannot wait for events: %s", strerror (errno));
  if (fds[ON_PORT].revents)
    receive_frames (self);
  if (self->port.gone)
    gbx_power_off (self);
  pump_commands (self, fds, polled, n);
  gbx_files_pump (self, &fds[ON_FILES]);
  if (fds[ON_DISPLAY].revents)
    gbx_xorg_ready (self);
  if (fds[ON_HELPER].revents)
    gbx_x_helper_dispatch (self);
  if (fds[ON_DBUS].revents)
    gbx_start_dbus (self);
  if (fds[ON_SIGNAL].revents)
    reap (self);
  run_timers (self);
}

/* ------------------------------------------------------------ the phases -- */

/* Many desktop applications fork into the background, or activate a running instance: so
 * check whether there are windows, or may still be. */
static bool
desktop_has_settled (GbxInit *self)
{
  uint32_t now = gbx_uptime_ms ();
  unsigned left, of_bus;

  if (!self->kill_ms && !self->had_window &&
      (self->first.exit.kind != GBX_EXIT_STATUS || self->first.exit.value != 0))
    return true;
  left = gbx_signal_user_processes (self, 0, &of_bus);
  if (left == 0)
    return self->kill_ms || self->had_window || self->pids[GBX_CHILD_DBUS] == 0 ||
           now - self->settle_ms >= BUS_REQUEST_MS;
  /* If SIGKILL does not work, the host's time limit ends the guest. */
  if (self->kill_ms)
    return false;
  /* Without the helper nobody reports the end of the window. */
  if (self->has_window && (self->helper_fd >= 0 || left > of_bus))
    {
      self->settle_ms = now;
      return false;
    }
  if (self->had_window)
    return now - self->settle_ms >= SETTLE_MS;
  return now - self->settle_ms >= (of_bus == left ? BUS_LAUNCH_MS : LAUNCH_MS);
}

static bool
is_finished (GbxInit *self)
{
  if (!self->first.ended || gbx_commands_keep (self) ||
      (self->config.desktop && !desktop_has_settled (self)))
    return false;
  return gbx_command_is_drained (self, &self->first);
}

void
gbx_phase_supervision (GbxInit *self)
{
  while (!is_finished (self))
    {
      /* After its end there is no event for the next condition, so check regularly. */
      int timeout = self->first.ended ? (self->config.desktop ? 100 : ENDING_MS) : IDLE_MS;

      if (self->kill_ms && timeout > 50)
        timeout = 50;
      gbx_poll_once (self, timeout);
    }
}

void
gbx_phase_report (GbxInit *self)
{
  self->first.exit.out_of_memory = self->place->has_run_out_of_memory ();
  gbx_report_exit (self, GBX_PROCESS_FIRST, &self->first.exit);
  /* The host may want to save files first. */
  while (gbx_services_is_open (&self->services, GBX_HOLD_CHANNEL))
    gbx_poll_once (self, IDLE_MS);
  gbx_power_off (self);
}
