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
#include "gbx-x-helper.h"
#include "gbx-xorg.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

/* How long there must be no event before the next check. */
#define IDLE_MS 1000
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
/* What was written to a terminal reaches its master through a kernel thread. */
#define TERMINAL_DRAIN_MS 50

/* -------------------------------------------------------------- children -- */

static void
application_ended (GbxInit *self, int status)
{
  self->ended = true;
  self->settle_ms = gbx_uptime_ms ();
  if (WIFSIGNALED (status))
    {
      self->exit.kind = GBX_EXIT_SIGNAL;
      self->exit.value = WTERMSIG (status);
    }
  else
    {
      self->exit.kind = GBX_EXIT_STATUS;
      self->exit.value = WEXITSTATUS (status);
    }
}

static void
child_ended (GbxInit *self, GbxChild child, int status)
{
  self->pids[child] = 0;
  switch (child)
    {
    case GBX_CHILD_APPLICATION:
      application_ended (self, status);
      break;
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

  while (read (self->signals, &info, sizeof info) > 0)
    ;
  while ((pid = waitpid (-1, &status, WNOHANG)) > 0)
    {
      gbx_files_reaped (pid);
      for (GbxChild child = 0; child < GBX_N_CHILDREN; child++)
        if (self->pids[child] == pid)
          {
            child_ended (self, child, status);
            break;
          }
    }
}

void
gbx_signal_application (GbxInit *self, int number)
{
  pid_t pid = self->pids[GBX_CHILD_APPLICATION];

  /* It has its own session, so its process group has its ID. */
  if (pid > 0)
    kill (-pid, number);
  else if (self->ended)
    gbx_signal_user_processes (self, number, NULL);
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
  ON_STDIN,
  ON_STDOUT,
  ON_STDERR,
  ON_DISPLAY,
  ON_HELPER,
  ON_DBUS,
  ON_FILES, /* and those after it */
  N_POLLED = ON_FILES + GBX_FILE_WORKERS_MAX,
} Polled;

static void
fill_polled (GbxInit *self, struct pollfd *fds)
{
  GbxStreams *streams = &self->streams;
  short port_events = POLLIN | (gbx_port_waiting (&self->port) > 0 ? POLLOUT : 0);
  bool reads_out = gbx_output_wants_read (&streams->out, &self->port);
  bool reads_err = gbx_output_wants_read (&streams->err, &self->port);

  fds[ON_PORT] = (struct pollfd) { self->port.fd, port_events, 0 };
  fds[ON_SIGNAL] = (struct pollfd) { self->signals, POLLIN, 0 };
  fds[ON_STDIN] = (struct pollfd) {
    gbx_input_wants_write (&streams->input) ? streams->input.fd : -1, POLLOUT, 0
  };
  /* A descriptor at end of file would always be ready while there is no credit. */
  fds[ON_STDOUT] = (struct pollfd) { reads_out ? streams->out.fd : -1, POLLIN, 0 };
  fds[ON_STDERR] = (struct pollfd) { reads_err ? streams->err.fd : -1, POLLIN, 0 };
  fds[ON_DISPLAY] = (struct pollfd) { self->display_fd, POLLIN, 0 };
  fds[ON_HELPER] = (struct pollfd) { self->helper_fd, POLLIN, 0 };
  fds[ON_DBUS] = (struct pollfd) { self->dbus_fd, POLLIN, 0 };
  gbx_files_fill_polled (self, &fds[ON_FILES]);
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

static void
pump_streams (GbxInit *self, const struct pollfd *fds)
{
  GbxStreams *streams = &self->streams;
  uint32_t credit = gbx_input_pump (streams);

  if (credit > 0)
    gbx_report_u32 (self, GBX_MSG_CREDIT,
                    (GbxAddress) { GBX_PROCESS_FIRST, GBX_STREAM_STDIN }, credit);
  if (fds[ON_STDOUT].revents)
    gbx_output_pump (&streams->out, &self->port);
  if (fds[ON_STDERR].revents)
    gbx_output_pump (&streams->err, &self->port);
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
  int due_ms = gbx_heartbeat_due_ms (self);

  gbx_port_flush (&self->port);
  fill_polled (self, fds);
  if (poll (fds, N_POLLED, timeout_ms < due_ms ? timeout_ms : due_ms) < 0 && errno != EINTR)
    gbx_fatal (self, "cannot wait for events: %s", strerror (errno));
  if (fds[ON_PORT].revents)
    receive_frames (self);
  if (self->port.gone)
    gbx_power_off (self);
  pump_streams (self, fds);
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

/* A background process of the application may keep its outputs open, or write forever: wait
 * only for what has been written until now. */
static bool
output_is_drained (GbxInit *self, GbxOutput *output)
{
  bool is_terminal = self->command.terminal && output == &self->streams.out;

  if (!is_terminal || gbx_uptime_ms () - self->settle_ms >= TERMINAL_DRAIN_MS)
    gbx_output_limit (output);
  while (gbx_output_pump (output, &self->port))
    ;
  if (output->fd >= 0 && output->rest != 0)
    return false;
  gbx_output_close (output, &self->port);
  return true;
}

/* Many desktop applications fork into the background, or activate a running instance: so
 * check whether there are windows, or may still be. */
static bool
desktop_has_settled (GbxInit *self)
{
  uint32_t now = gbx_uptime_ms ();
  unsigned left, of_bus;

  if (!self->kill_ms && !self->had_window &&
      (self->exit.kind != GBX_EXIT_STATUS || self->exit.value != 0))
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
  GbxStreams *streams = &self->streams;
  bool out_drained, err_drained;

  if (!self->ended || (self->config.desktop && !desktop_has_settled (self)))
    return false;
  gbx_streams_release_terminal (streams);
  out_drained = output_is_drained (self, &streams->out);
  err_drained = output_is_drained (self, &streams->err);
  return out_drained && err_drained;
}

void
gbx_phase_supervision (GbxInit *self)
{
  while (!is_finished (self))
    {
      /* After its end there is no event for the next condition, so check regularly. */
      int timeout = self->ended ? (self->config.desktop ? 100 : 10) : IDLE_MS;

      if (self->kill_ms && timeout > 50)
        timeout = 50;
      gbx_poll_once (self, timeout);
    }
}

/* Whether the kernel has ended any process to get its memory, be it a child of the
 * command's, whose own status need not tell. */
static bool
has_run_out_of_memory (void)
{
  FILE *file = fopen ("/proc/vmstat", "re");
  unsigned long killed = 0;
  char line[128];

  while (file && killed == 0 && fgets (line, sizeof line, file))
    sscanf (line, "oom_kill %lu", &killed);
  if (file)
    fclose (file);
  return killed > 0;
}

void
gbx_phase_report (GbxInit *self)
{
  self->exit.out_of_memory = has_run_out_of_memory ();
  gbx_report_exit (self, GBX_PROCESS_FIRST, &self->exit);
  /* The host may want to save files first. */
  while (gbx_services_is_open (&self->services, GBX_HOLD_CHANNEL))
    gbx_poll_once (self, IDLE_MS);
  gbx_power_off (self);
}
