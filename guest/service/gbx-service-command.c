/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gbx-service-runner.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define STANDARD_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* ------------------------------------------------------------- folders -- */

static void
make_parents (char *path)
{
  for (char *at = path + 1; *at; at++)
    if (*at == '/')
      {
        *at = '\0';
        mkdir (path, 0755);
        *at = '/';
      }
}

void
gbx_service_make_folders (GbxService *self)
{
  for (size_t i = 0; i < self->spec.n_folders; i++)
    {
      char *mode = self->spec.folders[i];
      char *path = strchr (mode, ':') + 1;
      /* There is one account here, and a container refuses the other bits. */
      mode_t bits = (mode_t) strtoul (mode, NULL, 8) & 01777;

      make_parents (path);
      if ((mkdir (path, bits) != 0 && errno != EEXIST) || chmod (path, bits) != 0)
        gbx_service_log ("the folder %s cannot be made: %s", path, strerror (errno));
    }
}

/* --------------------------------------------------------- environment -- */

typedef struct
{
  char **list;
  size_t n;
} Environment;

static void
add_variable (Environment *self, const char *name, const char *value)
{
  if (asprintf (&self->list[self->n], "%s=%s", name, value) < 0)
    abort ();
  self->n++;
}

static void
add_number (Environment *self, const char *name, long long value)
{
  char text[32];

  snprintf (text, sizeof text, "%lld", value);
  add_variable (self, name, text);
}

/* How the main process has ended, for the commands that follow. */
static void
add_result (Environment *self, GbxService *service)
{
  int status = service->main.status;

  add_variable (self, "SERVICE_RESULT", service->result ? service->result : "success");
  if (!service->main.ended)
    return;
  add_variable (self, "EXIT_CODE", WIFEXITED (status) ? "exited" : "killed");
  if (WIFEXITED (status))
    add_number (self, "EXIT_STATUS", WEXITSTATUS (status));
  else
    add_variable (self, "EXIT_STATUS", sigabbrev_np (WTERMSIG (status)));
}

static char **
make_environment (GbxService *self, const GbxServiceCommand *command)
{
  Environment environment = { calloc (self->spec.n_environment + 16, sizeof (char *)), 0 };

  if (!environment.list)
    abort ();
  for (size_t i = 0; i < self->spec.n_environment; i++)
    environment.list[environment.n++] = self->spec.environment[i];
  if (self->main.pid && !self->main.ended)
    add_number (&environment, "MAINPID", self->main.pid);
  if (command->kind == GBX_COMMAND_STOP_POST || command->kind == GBX_COMMAND_STOP)
    add_result (&environment, self);
  if (self->notify >= 0)
    add_variable (&environment, "NOTIFY_SOCKET", gbx_service_notify_path ());
  if (self->spec.watchdog_ms && command->kind == GBX_COMMAND_START)
    add_number (&environment, "WATCHDOG_USEC", (long long) self->spec.watchdog_ms * 1000);
  return environment.list;
}

/* --------------------------------------------------------------- child -- */

static bool
open_stream (const char *where, int fd)
{
  int flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY;
  const char *path = where ? strchr (where, ':') : NULL;
  int opened;

  if (!where)
    return dup2 (STDERR_FILENO, fd) >= 0;
  if (strcmp (where, "null") == 0)
    path = ":/dev/null";
  else if (strncmp (where, "append:", 7) == 0)
    flags |= O_APPEND;
  else if (strncmp (where, "truncate:", 9) == 0)
    flags |= O_TRUNC;
  opened = path ? open (path + 1, flags, 0644) : -1;
  return opened >= 0 && dup2 (opened, fd) >= 0;
}

static void
set_limits (const GbxServiceSpec *spec)
{
  for (int i = 0; i < (int) RLIM_NLIMITS; i++)
    {
      struct rlimit limit = spec->limits[i].limit, now;

      if (!spec->limits[i].is_set || getrlimit ((__rlimit_resource_t) i, &now) != 0)
        continue;
      /* Without privileges a limit can only become lower. */
      if (limit.rlim_max > now.rlim_max)
        limit.rlim_max = now.rlim_max;
      if (limit.rlim_cur > limit.rlim_max)
        limit.rlim_cur = limit.rlim_max;
      setrlimit ((__rlimit_resource_t) i, &limit);
    }
}

static void
set_scores (const GbxServiceSpec *spec)
{
  int fd = spec->has_oom_score ? open ("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC) : -1;

  if (fd >= 0)
    {
      dprintf (fd, "%d", spec->oom_score);
      close (fd);
    }
  if (spec->has_nice && setpriority (PRIO_PROCESS, 0, spec->nice) != 0)
    return;
}

/* A name without a slash is looked for. */
static void
execute (GbxService *self, const GbxServiceCommand *command, char **argv, char **environment)
{
  const char *search = gbx_service_spec_get (&self->spec, "PATH");
  char path[4096];

  if (strchr (command->program, '/'))
    {
      execve (command->program, argv, environment);
      return;
    }
  if (!search)
    search = STANDARD_PATH;
  for (const char *at = search; *at; at += strspn (at, ":"))
    {
      int length = (int) strcspn (at, ":");

      snprintf (path, sizeof path, "%.*s/%s", length, at, command->program);
      execve (path, argv, environment);
      at += length;
    }
}

static _Noreturn void
become (GbxService *self, const GbxServiceCommand *command, int told)
{
  const GbxServiceSpec *spec = &self->spec;
  char **environment = make_environment (self, command);
  char **words = gbx_service_expand (command, environment);
  char **argv = words;
  sigset_t none;
  int error;

  if (!command->own_name)
    {
      size_t n = 0;

      while (words[n])
        n++;
      argv = calloc (n + 2, sizeof *argv);
      argv[0] = command->program;
      memcpy (argv + 1, words, n * sizeof *argv);
    }
  setsid ();
  for (int number = 1; number < NSIG; number++)
    signal (number, number == SIGPIPE && spec->ignores_pipe ? SIG_IGN : SIG_DFL);
  sigemptyset (&none);
  sigprocmask (SIG_SETMASK, &none, NULL);
  set_limits (spec);
  set_scores (spec);
  umask (spec->umask);
  if (open_stream (spec->output, STDOUT_FILENO)
      && (!spec->errors || open_stream (spec->errors, STDERR_FILENO))
      && (chdir (spec->directory ? spec->directory : "/") == 0 || spec->directory_may_fail))
    execute (self, command, argv, environment);
  error = errno;
  _exit (write (told, &error, sizeof error) < 0 ? 255 : 254);
}

pid_t
gbx_service_spawn (GbxService *self, const GbxServiceCommand *command)
{
  int told[2], error = 0;
  pid_t pid;

  if (pipe2 (told, O_CLOEXEC) != 0)
    return 0;
  pid = fork ();
  if (pid == 0)
    become (self, command, told[1]);
  close (told[1]);
  if (pid < 0)
    error = errno;
  else
    while (read (told[0], &error, sizeof error) < 0 && errno == EINTR)
      ;
  close (told[0]);
  if (!error)
    return pid;
  if (pid > 0)
    waitpid (pid, NULL, 0);
  gbx_service_log ("%s cannot be run: %s", command->program, strerror (error));
  return 0;
}

/* ------------------------------------------------------------ sequences -- */

static bool
succeeded (const GbxServiceCommand *command, pid_t pid, int status)
{
  if (command->may_fail || (pid && WIFEXITED (status) && WEXITSTATUS (status) == 0))
    return true;
  if (pid && WIFEXITED (status))
    gbx_service_log ("%s ended with the status %d", command->program, WEXITSTATUS (status));
  else if (pid)
    gbx_service_log ("%s was ended by SIG%s", command->program, sigabbrev_np (WTERMSIG (status)));
  return false;
}

static bool
run_command (GbxService *self, const GbxServiceCommand *command, uint64_t deadline)
{
  bool stoppable = !self->stop_wanted;
  GbxWatched *control = &self->control;
  bool good;

  *control = (GbxWatched) { .pid = gbx_service_spawn (self, command) };
  while (control->pid && !control->ended)
    {
      uint64_t now = gbx_service_now ();

      if ((deadline && now >= deadline) || (stoppable && self->stop_wanted))
        {
          gbx_service_log ("%s was ended: %s", command->program,
                           stoppable && self->stop_wanted ? "the service is to stop"
                                                          : "it took too long");
          self->result = "timeout";
          kill (control->pid, SIGKILL);
          while (!control->ended)
            gbx_service_pump (self, -1);
          *control = (GbxWatched) { 0 };
          return false;
        }
      gbx_service_pump (self, deadline ? (int) (deadline - now) : -1);
    }
  good = succeeded (command, control->pid, control->status);
  if (command->kind == GBX_COMMAND_START)
    self->main = *control;
  *control = (GbxWatched) { 0 };
  return good;
}

bool
gbx_service_run_commands (GbxService *self, GbxCommandKind kind, uint64_t deadline)
{
  for (size_t i = 0; i < self->spec.n_commands; i++)
    if (self->spec.commands[i].kind == kind
        && !run_command (self, &self->spec.commands[i], deadline))
      return false;
  return true;
}
