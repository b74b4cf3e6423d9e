/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Phase "application".
 *
 * Should: execute the command as the user, in its own session, with only its three
 * descriptors.
 * Mustn't: let it inherit a capability, a group or a descriptor of init. */

#include "gbx-application.h"

#include "gbx-confine.h"
#include "gbx-files.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#define PIPE_SIZE (256 * 1024)

/* Of the application: 0, 1 and 2. */
typedef struct
{
  int in, out, err;
} Ends;

static void
make_pipe (GbxInit *self, int *reader, int *writer)
{
  int fds[2];

  if (pipe2 (fds, O_CLOEXEC) != 0)
    gbx_fatal (self, "cannot make a pipe: %s", strerror (errno));
  fcntl (fds[0], F_SETPIPE_SZ, PIPE_SIZE); /* only for speed */
  /* So that the program may open /dev/stdout and the like again. */
  if (fchown (fds[0], self->config.uid, self->config.gid) != 0)
    gbx_fatal (self, "cannot give a pipe to the user: %s", strerror (errno));
  *reader = fds[0];
  *writer = fds[1];
}

static void
set_nonblocking (int fd)
{
  fcntl (fd, F_SETFL, fcntl (fd, F_GETFL) | O_NONBLOCK);
}

static void
open_errors (GbxInit *self, Ends *ends)
{
  make_pipe (self, &self->streams.err.fd, &ends->err);
  set_nonblocking (self->streams.err.fd);
}

static void
open_pipes (GbxInit *self, Ends *ends)
{
  GbxStreams *streams = &self->streams;

  make_pipe (self, &ends->in, &streams->input.fd);
  make_pipe (self, &streams->out.fd, &ends->out);
  open_errors (self, ends);
  set_nonblocking (streams->input.fd);
  set_nonblocking (streams->out.fd);
}

static void
open_terminal (GbxInit *self, Ends *ends)
{
  GbxStreams *streams = &self->streams;
  struct winsize size = { .ws_row = self->command.rows, .ws_col = self->command.columns };
  struct termios modes;
  int master = open ("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
  int unlock = 0, number = 0;
  char path[32];

  if (master < 0 || ioctl (master, TIOCSPTLCK, &unlock) != 0 || ioctl (master, TIOCGPTN, &number) != 0)
    gbx_fatal (self, "cannot make a terminal: %s", strerror (errno));
  ioctl (master, TIOCSWINSZ, &size);
  /* Erasing removes a whole UTF-8 character, as in modern terminals. */
  if (tcgetattr (master, &modes) == 0)
    {
      modes.c_iflag |= IUTF8;
      tcsetattr (master, TCSANOW, &modes);
    }
  snprintf (path, sizeof path, "/dev/pts/%d", number);
  ends->in = ends->out = ends->err = open (path, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (ends->in < 0 || fchown (ends->in, self->config.uid, 5) != 0)
    gbx_fatal (self, "cannot open the terminal %s: %s", path, strerror (errno));
  streams->terminal = streams->input.fd = streams->out.fd = master;
  /* If all slaves were closed, the master would be at end of file; but a command may close
   * its terminal and continue. */
  streams->slave = ends->in;
  if (self->command.separate_stderr)
    open_errors (self, ends);
  else
    gbx_output_close (&streams->err, &self->port); /* the terminal has it */
}

/* Except for the terminal, which stays open until the application has ended. */
static void
close_ends (GbxInit *self, const Ends *ends)
{
  const int fds[] = { ends->in, ends->out, ends->err };

  for (size_t i = 0; i < GBX_N_ELEMENTS (fds); i++)
    if (fds[i] != self->streams.slave)
      close (fds[i]);
}

/* The child's report to init if the command does not start. */
typedef enum
{
  STEP_PREPARE,
  STEP_DIRECTORY,
  STEP_EXECUTE,
} Step;

typedef struct
{
  Step step;
  int error;
} Failure;

static Failure
run_child (GbxInit *self, const Ends *ends)
{
  setsid ();
  if (self->command.terminal && ioctl (ends->in, TIOCSCTTY, 0) != 0)
    return (Failure) { STEP_PREPARE, errno };
  if (dup2 (ends->in, 0) < 0 || dup2 (ends->out, 1) < 0 || dup2 (ends->err, 2) < 0)
    return (Failure) { STEP_PREPARE, errno };
  gbx_confine_process ();
  if (!gbx_confine_privileges (self->config.uid) ||
      !gbx_confine_account (self->config.uid, self->config.gid, self->config.groups,
                            self->config.n_groups) ||
      !gbx_confine_system_calls ())
    return (Failure) { STEP_PREPARE, errno };
  gbx_confine_resources (&self->config.limits);
  /* As the user, who has fewer rights than init. */
  if (chdir (self->directory) != 0)
    return (Failure) { STEP_DIRECTORY, errno };
  return (Failure) { STEP_EXECUTE, gbx_execute (self->command.args, self->environment,
                                                gbx_get_environment (self, "PATH")) };
}

static void
report_failure (GbxInit *self, const Failure *failure)
{
  int error = failure->error;
  bool missing = error == ENOENT || error == ENOTDIR;

  if (failure->step == STEP_PREPARE)
    gbx_fatal (self, "cannot confine the command's process: %s", strerror (error));
  if (failure->step == STEP_DIRECTORY)
    gbx_fatal (self, "%s cannot work in the folder %s: %s; choose another working directory", self->config.user,
               self->directory, strerror (error));
  snprintf (self->exit.text, sizeof self->exit.text, "%s", strerror (error));
  gbx_log (self, GBX_LOG_ERROR, "%s cannot be executed in the guest: %s", self->command.args[0],
           self->exit.text);
  self->ended = true;
  self->exit.kind = missing ? GBX_EXIT_NOT_FOUND : GBX_EXIT_NOT_EXECUTABLE;
  self->exit.value = error;
}

/* A share may be slow to give the program. */
static void
await_execution (GbxInit *self, int fd)
{
  struct pollfd told = { fd, POLLIN, 0 };

  while (poll (&told, 1, gbx_heartbeat_due_ms (self)) <= 0)
    gbx_heartbeat_tick (self);
}

void
gbx_phase_application (GbxInit *self)
{
  Ends ends;
  Failure failure;
  int status[2];
  pid_t pid;

  gbx_files_begin (self);
  if (self->command.terminal)
    open_terminal (self, &ends);
  else
    open_pipes (self, &ends);
  if (pipe2 (status, O_CLOEXEC) != 0)
    gbx_fatal (self, "cannot make a pipe: %s", strerror (errno));

  pid = fork ();
  if (pid < 0)
    gbx_fatal (self, "cannot start a process for %s: %s", self->command.args[0], strerror (errno));
  if (pid == 0)
    {
      failure = run_child (self, &ends);
      if (write (status[1], &failure, sizeof failure) < 0)
        _exit (126);
      _exit (127);
    }

  close (status[1]);
  close_ends (self, &ends);
  await_execution (self, status[0]);
  /* Reaches end of file when the exec succeeds. */
  if (read (status[0], &failure, sizeof failure) == sizeof failure)
    report_failure (self, &failure);
  else
    {
      self->pids[GBX_CHILD_APPLICATION] = pid;
      gbx_report_u32 (self, GBX_MSG_STARTED, GBX_TO_FIRST, (uint32_t) pid);
    }
  close (status[0]);
}
