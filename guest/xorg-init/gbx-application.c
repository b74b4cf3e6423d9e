/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Phase "application".
 *
 * Should: execute the command as the user, in its own session, with only its three
 * descriptors.
 * Mustn't: let it inherit a capability, a group or a descriptor of init. */

#include "gbx-application.h"

#include "gbx-confine.h"
#include "gbx-files.h"
#include "gbx-place.h"

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

static bool
make_pipe (GbxInit *self, int *reader, int *writer)
{
  int fds[2];

  if (pipe2 (fds, O_CLOEXEC) != 0)
    return false;
  fcntl (fds[0], F_SETPIPE_SZ, PIPE_SIZE); /* only for speed */
  *reader = fds[0];
  *writer = fds[1];
  /* So that the program may open /dev/stdout and the like again. */
  return fchown (fds[0], self->config.uid, self->config.gid) == 0;
}

static void
set_nonblocking (int fd)
{
  fcntl (fd, F_SETFL, fcntl (fd, F_GETFL) | O_NONBLOCK);
}

static bool
open_errors (GbxInit *self, GbxStreams *streams, Ends *ends)
{
  if (!make_pipe (self, &streams->err.fd, &ends->err))
    return false;
  set_nonblocking (streams->err.fd);
  return true;
}

static bool
open_pipes (GbxInit *self, GbxStreams *streams, Ends *ends)
{
  if (!make_pipe (self, &ends->in, &streams->input.fd) ||
      !make_pipe (self, &streams->out.fd, &ends->out) || !open_errors (self, streams, ends))
    return false;
  set_nonblocking (streams->input.fd);
  set_nonblocking (streams->out.fd);
  return true;
}

static void
set_modes (int master, const GbxGuestCommand *command)
{
  struct winsize size = { .ws_row = command->rows, .ws_col = command->columns };
  struct termios modes;

  ioctl (master, TIOCSWINSZ, &size);
  /* Erasing removes a whole UTF-8 character, as in modern terminals. */
  if (tcgetattr (master, &modes) == 0)
    {
      modes.c_iflag |= IUTF8;
      tcsetattr (master, TCSANOW, &modes);
    }
}

static bool
open_terminal (GbxInit *self, GbxCommand *command, Ends *ends)
{
  GbxStreams *streams = &command->streams;
  int master = open ("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
  int unlock = 0, number = 0;
  char path[32];

  streams->terminal = streams->input.fd = streams->out.fd = master;
  if (master < 0 || ioctl (master, TIOCSPTLCK, &unlock) != 0 || ioctl (master, TIOCGPTN, &number) != 0)
    return false;
  set_modes (master, &command->command);
  snprintf (path, sizeof path, "/dev/pts/%d", number);
  ends->in = ends->out = ends->err = open (path, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (ends->in < 0 || fchown (ends->in, self->config.uid, 5) != 0)
    return false;
  /* If all slaves were closed, the master would be at end of file; but a command may close
   * its terminal and continue. */
  streams->slave = ends->in;
  if (command->command.separate_stderr)
    return open_errors (self, streams, ends);
  gbx_output_close (&streams->err, &self->port); /* the terminal has it */
  return true;
}

/* Except for the terminal, which stays open until the application has ended. */
static void
close_ends (const GbxStreams *streams, const Ends *ends)
{
  const int fds[] = { ends->in, ends->out, ends->err };

  for (size_t i = 0; i < GBX_N_ELEMENTS (fds); i++)
    if (fds[i] >= 0 && fds[i] != streams->slave)
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
run_child (GbxInit *self, const GbxCommand *command, const Ends *ends)
{
  setsid ();
  if (command->command.terminal && ioctl (ends->in, TIOCSCTTY, 0) != 0)
    return (Failure) { STEP_PREPARE, errno };
  if (dup2 (ends->in, 0) < 0 || dup2 (ends->out, 1) < 0 || dup2 (ends->err, 2) < 0)
    return (Failure) { STEP_PREPARE, errno };
  gbx_confine_process ();
  if (!gbx_confine_privileges (self->config.uid) ||
      !gbx_confine_account (self->config.uid, self->config.gid, self->config.groups,
                            self->config.n_groups) ||
      !self->place->confine_system_calls ())
    return (Failure) { STEP_PREPARE, errno };
  gbx_confine_resources (&self->config.limits);
  /* As the user, who has fewer rights than init. */
  if (chdir (command->directory) != 0)
    return (Failure) { STEP_DIRECTORY, errno };
  return (Failure) { STEP_EXECUTE, gbx_execute (command->command.args, command->environment,
                                                gbx_get_environment (self, "PATH")) };
}

static void
describe_failure (GbxInit *self, const GbxCommand *command, const Failure *failure, char *text,
                  size_t size)
{
  if (failure->step == STEP_PREPARE)
    snprintf (text, size, "cannot confine the command's process: %s", strerror (failure->error));
  else if (failure->step == STEP_DIRECTORY)
    snprintf (text, size, "%s cannot work in the folder %.600s: %s; choose another working directory",
              self->config.user, command->directory, strerror (failure->error));
  else
    snprintf (text, size, "%s", strerror (failure->error));
}

/* Without the first command there is no guest. */
static void
report_failure (GbxInit *self, GbxCommand *command, const Failure *failure)
{
  GbxExitReport *report = &command->exit;
  int error = failure->error;
  bool missing = failure->step == STEP_EXECUTE && (error == ENOENT || error == ENOTDIR);

  describe_failure (self, command, failure, report->text, sizeof report->text);
  if (command->process == GBX_PROCESS_FIRST && failure->step != STEP_EXECUTE)
    gbx_fatal (self, "%s", report->text);
  gbx_log (self, GBX_LOG_ERROR, "%s cannot be executed in the guest: %s", command->command.args[0],
           report->text);
  command->ended = true;
  command->pid = 0;
  report->kind = missing ? GBX_EXIT_NOT_FOUND : GBX_EXIT_NOT_EXECUTABLE;
  report->value = error;
}

void
gbx_command_executed (GbxInit *self, GbxCommand *command)
{
  Failure failure;

  /* Reaches end of file when the exec succeeds. */
  if (read (command->told, &failure, sizeof failure) == sizeof failure)
    report_failure (self, command, &failure);
  else
    gbx_report_u32 (self, GBX_MSG_STARTED, (GbxAddress) { command->process, GBX_STREAM_NONE },
                    (uint32_t) command->pid);
  gbx_close_fd (&command->told);
}

static void
fail_to_start (GbxInit *self, GbxCommand *command, const char *what)
{
  if (command->process == GBX_PROCESS_FIRST)
    gbx_fatal (self, "%s: %s", what, strerror (errno));
  command->ended = true;
  command->exit.kind = GBX_EXIT_NOT_EXECUTABLE;
  command->exit.value = (uint32_t) errno;
  snprintf (command->exit.text, sizeof command->exit.text, "%s: %s", what, strerror (errno));
}

static void
fork_command (GbxInit *self, GbxCommand *command, const Ends *ends)
{
  Failure failure;
  int status[2];
  pid_t pid;

  if (pipe2 (status, O_CLOEXEC) != 0)
    {
      fail_to_start (self, command, "cannot make a pipe");
      return;
    }
  pid = fork ();
  if (pid == 0)
    {
      failure = run_child (self, command, ends);
      if (write (status[1], &failure, sizeof failure) < 0)
        _exit (126);
      _exit (127);
    }
  close (status[1]);
  command->told = status[0];
  if (pid > 0)
    {
      command->pid = pid;
      return;
    }
  gbx_close_fd (&command->told);
  fail_to_start (self, command, "cannot start a process");
}

void
gbx_start_command (GbxInit *self, GbxCommand *command)
{
  Ends ends = { -1, -1, -1 };
  bool opened = command->command.terminal ? open_terminal (self, command, &ends)
                                          : open_pipes (self, &command->streams, &ends);

  if (opened)
    fork_command (self, command, &ends);
  else
    fail_to_start (self, command, command->command.terminal ? "cannot make a terminal"
                                                            : "cannot make a pipe");
  close_ends (&command->streams, &ends);
}

/* A share may be slow to give the program. */
void
gbx_phase_application (GbxInit *self)
{
  struct pollfd told;

  if (self->place->give_up_rights)
    self->place->give_up_rights (self);
  gbx_files_begin (self);
  self->first.environment = self->environment;
  gbx_start_command (self, &self->first);
  told = (struct pollfd) { self->first.told, POLLIN, 0 };
  while (poll (&told, 1, gbx_heartbeat_due_ms (self)) <= 0)
    gbx_heartbeat_tick (self);
  gbx_command_executed (self, &self->first);
}
