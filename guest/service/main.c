/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The life of a service: start, watch, start again, stop. */

#include "gbx-service-runner.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PID_FILE_LOOK_MS 50
#define KILL_LOOK_MS 50
/* Of what SIGKILL was sent to. */
#define KILL_PATIENCE_MS 10000

/* -------------------------------------------------------------- telling -- */

uint64_t
gbx_service_now (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (uint64_t) now.tv_sec * 1000 + (uint64_t) now.tv_nsec / 1000000;
}

void
gbx_service_tell (GbxService *self, const char *format, ...)
{
  char line[1024];
  va_list arguments;
  int n;

  va_start (arguments, format);
  n = vsnprintf (line, sizeof line - 1, format, arguments);
  va_end (arguments);
  if (n < 0)
    return;
  if ((size_t) n > sizeof line - 2)
    n = (int) sizeof line - 2;
  for (int i = 0; i < n; i++)
    if (line[i] == '\n')
      line[i] = ' ';
  line[n++] = '\n';
  if (write (self->events, line, (size_t) n) < 0)
    self->stop_wanted = true;
}

void
gbx_service_log (const char *format, ...)
{
  char line[1024];
  va_list arguments;

  va_start (arguments, format);
  vsnprintf (line, sizeof line, format, arguments);
  va_end (arguments);
  dprintf (STDERR_FILENO, "glovebox: %s\n", line);
}

/* -------------------------------------------------------------- waiting -- */

static void
take_end (GbxWatched *watched, pid_t pid, int status)
{
  if (watched->pid != pid || watched->ended)
    return;
  watched->ended = true;
  watched->status = status;
}

static void
reap (GbxService *self)
{
  pid_t pid;
  int status;

  while ((pid = waitpid (-1, &status, WNOHANG)) > 0)
    {
      take_end (&self->main, pid, status);
      take_end (&self->control, pid, status);
    }
}

static void
take_signals (GbxService *self)
{
  struct signalfd_siginfo info;

  while (read (self->signals, &info, sizeof info) == sizeof info)
    if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT || info.ssi_signo == SIGHUP)
      self->stop_wanted = true;
  reap (self);
}

/* "r": read the configuration again; "s", or the end: stop. */
static void
take_orders (GbxService *self)
{
  char letters[64];
  ssize_t n = read (self->orders, letters, sizeof letters);

  for (ssize_t i = 0; i < n; i++)
    {
      self->reload_wanted |= letters[i] == 'r';
      self->stop_wanted |= letters[i] == 's';
    }
  if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
    {
      self->stop_wanted = true;
      close (self->orders);
      self->orders = -1;
    }
}

void
gbx_service_pump (GbxService *self, int timeout_ms)
{
  struct pollfd fds[] = { { .fd = self->signals, .events = POLLIN },
                          { .fd = self->notify, .events = POLLIN },
                          { .fd = self->orders, .events = POLLIN } };

  if (poll (fds, sizeof fds / sizeof fds[0], timeout_ms) <= 0)
    return;
  /* What a process has told comes before its end. */
  if (fds[1].revents)
    gbx_service_notify_read (self);
  if (fds[0].revents)
    take_signals (self);
  if (fds[2].revents)
    take_orders (self);
}

/* ---------------------------------------------------------------- start -- */

static const GbxServiceCommand *
find_start (GbxService *self)
{
  for (size_t i = 0; i < self->spec.n_commands; i++)
    if (self->spec.commands[i].kind == GBX_COMMAND_START)
      return &self->spec.commands[i];
  return NULL;
}

static int
remaining (uint64_t deadline, int most)
{
  uint64_t now = gbx_service_now ();

  if (!deadline)
    return most;
  if (deadline <= now)
    return 0;
  return most >= 0 && (uint64_t) most < deadline - now ? most : (int) (deadline - now);
}

/* The main process of a service that has put itself into the background. */
static pid_t
read_pid_file (GbxService *self)
{
  FILE *file = fopen (self->spec.pid_file, "re");
  int pid = 0;

  if (file && fscanf (file, "%d", &pid) != 1)
    pid = 0;
  if (file)
    fclose (file);
  return pid > 1 && gbx_service_has_process (pid) ? pid : 0;
}

static bool
await_pid_file (GbxService *self, uint64_t deadline)
{
  pid_t pid;

  while (!(pid = read_pid_file (self)))
    {
      if (self->stop_wanted || (deadline && gbx_service_now () >= deadline)
          || gbx_service_signal_all (0) == 0)
        {
          gbx_service_log ("no running process of the service is named in %s",
                           self->spec.pid_file);
          self->result = gbx_service_signal_all (0) ? "timeout" : "protocol";
          return false;
        }
      gbx_service_pump (self, remaining (deadline, PID_FILE_LOOK_MS));
    }
  self->main = (GbxWatched) { .pid = pid };
  return true;
}

static bool
start_forking (GbxService *self, uint64_t deadline)
{
  if (!gbx_service_run_commands (self, GBX_COMMAND_START, deadline))
    return false;
  self->main = (GbxWatched) { 0 };
  if (self->spec.pid_file)
    return await_pid_file (self, deadline);
  reap (self);
  if (self->spec.guesses_main)
    self->main.pid = gbx_service_find_only_process ();
  if (gbx_service_signal_all (0) > 0)
    return true;
  gbx_service_log ("it has left no process in the background");
  self->result = "protocol";
  return false;
}

static bool
await_ready (GbxService *self, uint64_t deadline)
{
  while (!self->is_ready)
    {
      if (self->main.ended || self->stop_wanted || (deadline && gbx_service_now () >= deadline))
        {
          gbx_service_log ("%s", self->main.ended ? "it ended before it was ready"
                                                  : "it did not tell in time that it is ready");
          self->result = self->main.ended ? "protocol" : "timeout";
          return false;
        }
      gbx_service_pump (self, remaining (deadline, -1));
    }
  return true;
}

static bool
start_main (GbxService *self, uint64_t deadline)
{
  const GbxServiceCommand *command = find_start (self);

  self->is_ready = false;
  if (self->spec.type == GBX_TYPE_ONESHOT)
    return gbx_service_run_commands (self, GBX_COMMAND_START, deadline);
  if (self->spec.type == GBX_TYPE_FORKING)
    return start_forking (self, deadline);
  self->main = (GbxWatched) { 0 };
  self->main.pid = gbx_service_spawn (self, command);
  if (!self->main.pid)
    return false;
  return self->spec.type != GBX_TYPE_NOTIFY || await_ready (self, deadline);
}

static bool
start (GbxService *self)
{
  uint64_t deadline = self->spec.start_ms ? gbx_service_now () + self->spec.start_ms : 0;

  self->result = NULL;
  self->main = (GbxWatched) { 0 };
  gbx_service_tell (self, "starting");
  gbx_service_make_folders (self);
  if (!gbx_service_run_commands (self, GBX_COMMAND_CONDITION, deadline))
    self->result = "exec-condition";
  else if (gbx_service_run_commands (self, GBX_COMMAND_PRE, deadline)
           && start_main (self, deadline)
           && gbx_service_run_commands (self, GBX_COMMAND_POST, deadline))
    return true;
  if (!self->result)
    self->result = "exit-code";
  return false;
}

/* ----------------------------------------------------------------- stop -- */

static bool
is_gone (GbxService *self)
{
  bool main_gone = !self->main.pid || self->main.ended;

  if (self->spec.kill_mode == GBX_KILL_PROCESS || self->spec.kill_mode == GBX_KILL_NONE)
    return main_gone;
  return main_gone && gbx_service_signal_all (0) == 0;
}

static bool
await_gone (GbxService *self, uint64_t patience_ms)
{
  uint64_t deadline = patience_ms ? gbx_service_now () + patience_ms : 0;

  reap (self);
  while (!is_gone (self))
    {
      if (deadline && gbx_service_now () >= deadline)
        return false;
      gbx_service_pump (self, remaining (deadline, KILL_LOOK_MS));
    }
  return true;
}

/* Whether nothing but the main process was left. */
static bool
await_main (GbxService *self)
{
  uint64_t deadline = self->spec.stop_ms ? gbx_service_now () + self->spec.stop_ms : 0;

  reap (self);
  while (!self->main.ended && (!deadline || gbx_service_now () < deadline))
    gbx_service_pump (self, remaining (deadline, -1));
  return is_gone (self);
}

static void
send_signal (GbxService *self, int number, bool to_all)
{
  if (to_all)
    gbx_service_signal_all (number);
  else if (self->main.pid && !self->main.ended)
    kill (self->main.pid, number);
}

static void
end_processes (GbxService *self, int number)
{
  GbxKillMode mode = self->spec.kill_mode;

  if (mode == GBX_KILL_NONE)
    return;
  /* Without a main process there is nobody else to ask. */
  send_signal (self, number, mode == GBX_KILL_ALL || (mode == GBX_KILL_MIXED && !self->main.pid));
  if (self->spec.sends_hangup)
    send_signal (self, SIGHUP, mode == GBX_KILL_ALL);
  /* What a main process leaves behind then is not asked to end by itself. */
  if (mode == GBX_KILL_MIXED && self->main.pid ? await_main (self) : await_gone (self, self->spec.stop_ms))
    return;
  if (self->spec.never_kills || is_gone (self))
    return;
  if (!self->main.ended && self->main.pid)
    gbx_service_log ("it did not end in time, and is killed");
  while (!await_gone (self, KILL_LOOK_MS))
    {
      send_signal (self, self->spec.final_signal, mode != GBX_KILL_PROCESS);
      if (await_gone (self, KILL_PATIENCE_MS))
        break;
    }
}

static void
stop (GbxService *self, bool is_wanted)
{
  uint64_t deadline = self->spec.stop_ms ? gbx_service_now () + self->spec.stop_ms : 0;

  if (is_wanted)
    gbx_service_run_commands (self, GBX_COMMAND_STOP, deadline);
  end_processes (self, self->result && strcmp (self->result, "watchdog") == 0
                           ? self->spec.watchdog_signal
                           : self->spec.kill_signal);
  deadline = self->spec.stop_ms ? gbx_service_now () + self->spec.stop_ms : 0;
  gbx_service_run_commands (self, GBX_COMMAND_STOP_POST, deadline);
}

/* -------------------------------------------------------------- running -- */

static void
reload (GbxService *self)
{
  uint64_t deadline = self->spec.start_ms ? gbx_service_now () + self->spec.start_ms : 0;
  const char *result = self->result;

  self->reload_wanted = false;
  gbx_service_tell (self, "reloading");
  if (gbx_service_run_commands (self, GBX_COMMAND_RELOAD, deadline))
    gbx_service_tell (self, "reloaded");
  else
    gbx_service_tell (self, "reload-failed");
  self->result = result;
}

static bool
has_ended (GbxService *self)
{
  if (self->main.pid)
    return self->main.ended;
  /* Nobody knows which process it is: it runs while there is one. */
  return gbx_service_signal_all (0) == 0;
}

/* When the next time limit is over; 0 for none. */
static uint64_t
next_limit (GbxService *self, uint64_t started)
{
  uint64_t watchdog = self->spec.watchdog_ms ? self->fed_ms + self->spec.watchdog_ms : 0;
  uint64_t runtime = self->spec.runtime_ms ? started + self->spec.runtime_ms : 0;

  return !watchdog || (runtime && runtime < watchdog) ? runtime : watchdog;
}

/* Until it ends, is to stop, or has reached a limit. */
static void
watch (GbxService *self)
{
  uint64_t started = gbx_service_now ();

  self->fed_ms = started;
  while (!self->stop_wanted)
    {
      uint64_t limit = next_limit (self, started);

      if (self->reload_wanted)
        reload (self);
      if (has_ended (self))
        return;
      if (limit && gbx_service_now () >= limit)
        {
          bool by_watchdog = self->spec.watchdog_ms
                             && gbx_service_now () >= self->fed_ms + self->spec.watchdog_ms;

          self->result = by_watchdog ? "watchdog" : "timeout";
          gbx_service_log ("%s", by_watchdog ? "it has not fed its watchdog"
                                             : "it has run as long as it may");
          return;
        }
      gbx_service_pump (self, remaining (limit, -1));
    }
}

/* ------------------------------------------------------------ deciding -- */

/* How the main process has ended by itself. */
static const char *
judge (GbxService *self)
{
  int status = self->main.status;

  if (!self->main.pid || !self->main.ended)
    return "success";
  if (WIFEXITED (status))
    return WEXITSTATUS (status) == 0 || self->spec.success.statuses[WEXITSTATUS (status)]
               ? "success"
               : "exit-code";
  switch (WTERMSIG (status))
    {
    case SIGHUP:
    case SIGINT:
    case SIGTERM:
    case SIGPIPE:
      return "success";
    default:
      if (self->spec.success.signals[WTERMSIG (status)])
        return "success";
      return WCOREDUMP (status) ? "core-dump" : "signal";
    }
}

static bool
is_in (const GbxStatusSet *set, const GbxWatched *process)
{
  if (!process->ended)
    return false;
  return WIFEXITED (process->status) ? set->statuses[WEXITSTATUS (process->status)]
                                     : set->signals[WTERMSIG (process->status)];
}

static bool
wants_restart (GbxService *self)
{
  bool good = strcmp (self->result, "success") == 0;
  bool by_status = strcmp (self->result, "exit-code") == 0;
  bool by_signal = strcmp (self->result, "signal") == 0 || strcmp (self->result, "core-dump") == 0;
  bool by_watchdog = strcmp (self->result, "watchdog") == 0;

  if (strcmp (self->result, "exec-condition") == 0
      || is_in (&self->spec.prevents_restart, &self->main))
    return false;
  if (is_in (&self->spec.forces_restart, &self->main))
    return true;
  switch (self->spec.restart)
    {
    case GBX_RESTART_ALWAYS:
      return true;
    case GBX_RESTART_ON_SUCCESS:
      return good;
    case GBX_RESTART_ON_FAILURE:
      return !good;
    case GBX_RESTART_ON_ABNORMAL:
      return !good && !by_status;
    case GBX_RESTART_ON_ABORT:
      return by_signal;
    case GBX_RESTART_ON_WATCHDOG:
      return by_watchdog;
    case GBX_RESTART_NO:
    default:
      return false;
    }
}

/* As many starts as the unit allows in its time. */
static bool
may_start (GbxService *self)
{
  const unsigned most = sizeof self->starts_ms / sizeof self->starts_ms[0];
  unsigned burst = self->spec.burst < most ? self->spec.burst : most;
  uint64_t now = gbx_service_now ();

  if (burst && self->spec.burst_ms && self->n_starts >= burst
      && now - self->starts_ms[(self->n_starts - burst) % most] < self->spec.burst_ms)
    return false;
  self->starts_ms[self->n_starts++ % most] = now;
  return true;
}

static void
wait_for_restart (GbxService *self)
{
  uint64_t until = gbx_service_now () + self->spec.restart_ms;

  while (!self->stop_wanted && gbx_service_now () < until)
    gbx_service_pump (self, remaining (until, -1));
}

static const char *
describe_end (GbxService *self, char *text, size_t size)
{
  int status = self->main.status;

  if (!self->main.pid || !self->main.ended)
    snprintf (text, size, "-");
  else if (WIFEXITED (status))
    snprintf (text, size, "status %d", WEXITSTATUS (status));
  else
    snprintf (text, size, "SIG%s", sigabbrev_np (WTERMSIG (status)));
  return text;
}

/* One start and all that follows; whether there is to be another. */
static bool
live (GbxService *self)
{
  bool started = start (self);
  bool wanted;
  char end[64];

  if (started)
    {
      gbx_service_tell (self, "ready %d", (int) self->main.pid);
      if (self->spec.type != GBX_TYPE_ONESHOT)
        watch (self);
      else
        while (self->spec.remains && !self->stop_wanted)
          {
            if (self->reload_wanted)
              reload (self);
            gbx_service_pump (self, -1);
          }
      if (!self->result && !self->stop_wanted)
        self->result = judge (self);
    }
  wanted = self->stop_wanted;
  gbx_service_tell (self, "stopping");
  stop (self, started && (wanted || (self->result && strcmp (self->result, "success") == 0)));
  describe_end (self, end, sizeof end);
  if (wanted)
    gbx_service_tell (self, "stopped");
  else if (!wants_restart (self))
    gbx_service_tell (self, strcmp (self->result, "success") == 0 ? "ended %s %s" : "failed %s %s",
                      self->result, end);
  else
    {
      gbx_service_tell (self, "restarting %s %s", self->result, end);
      wait_for_restart (self);
      if (self->stop_wanted)
        gbx_service_tell (self, "stopped");
      else if (may_start (self))
        return true;
      else
        gbx_service_tell (self, "failed start-limit-hit %s", end);
    }
  return false;
}

/* ------------------------------------------------------------------------ */

static bool
set_up (GbxService *self)
{
  sigset_t all;
  int null = open ("/dev/null", O_RDWR | O_CLOEXEC);

  sigfillset (&all);
  sigprocmask (SIG_SETMASK, &all, NULL);
  self->signals = signalfd (-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
  self->orders = fcntl (STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
  self->events = fcntl (STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
  self->notify = -1;
  return null >= 0 && self->signals >= 0 && self->orders >= 0 && self->events >= 0
         && dup2 (null, STDIN_FILENO) == STDIN_FILENO
         && dup2 (STDERR_FILENO, STDOUT_FILENO) == STDOUT_FILENO
         && prctl (PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0;
}

int
main (void)
{
  static GbxService self;
  const char *problem;

  if (!set_up (&self))
    {
      gbx_service_log ("cannot set up: %s", strerror (errno));
      return 1;
    }
  problem = gbx_service_spec_read (&self.spec, self.orders);
  if (!problem && !find_start (&self) && self.spec.type != GBX_TYPE_ONESHOT)
    problem = "there is no command to start";
  if (problem)
    {
      gbx_service_log ("the host's description of the service cannot be read: %s", problem);
      return 1;
    }
  self.notify = gbx_service_notify_open ();
  if (self.notify < 0)
    gbx_service_log ("there is no socket for notifications: %s", strerror (errno));
  may_start (&self);
  while (live (&self))
    ;
  gbx_service_notify_close (&self);
  return self.stop_wanted || (self.result && strcmp (self.result, "success") == 0) ? 0 : 1;
}
