/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Phase "application".
 *
 * Should: execute the command as the user, in a session of its own, with
 * nothing but its three descriptors.
 * Mustn't: let it inherit a capability, a group or a descriptor of init. */

#include "gbx-application.h"

#include "gbx-confine.h"

#include <errno.h>
#include <fcntl.h>
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
  /* So that the program may open /dev/stdout and the like anew. */
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
open_pipes (GbxInit *self, Ends *ends)
{
  GbxStreams *streams = &self->streams;

  make_pipe (self, &ends->in, &streams->input.fd);
  make_pipe (self, &streams->out.fd, &ends->out);
  make_pipe (self, &streams->err.fd, &ends->err);
  set_nonblocking (streams->input.fd);
  set_nonblocking (streams->out.fd);
  set_nonblocking (streams->err.fd);
}

static void
open_terminal (GbxInit *self, Ends *ends)
{
  GbxStreams *streams = &self->streams;
  struct winsize size = { .ws_row = self->config.rows, .ws_col = self->config.columns };
  int master = open ("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
  int unlock = 0, number = 0;
  char path[32];

  if (master < 0 || ioctl (master, TIOCSPTLCK, &unlock) != 0 || ioctl (master, TIOCGPTN, &number) != 0)
    gbx_fatal (self, "cannot make a terminal: %s", strerror (errno));
  ioctl (master, TIOCSWINSZ, &size);
  snprintf (path, sizeof path, "/dev/pts/%d", number);
  ends->in = ends->out = ends->err = open (path, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (ends->in < 0 || fchown (ends->in, self->config.uid, 5) != 0)
    gbx_fatal (self, "cannot open the terminal %s: %s", path, strerror (errno));
  streams->terminal = streams->input.fd = streams->out.fd = master;
  streams->err.closed = true; /* the terminal has it */
  gbx_channel_send (&self->channel, GBX_MSG_CLOSE, GBX_STREAM_STDERR, NULL, 0, GBX_QUEUE_SIZE);
}

/* The number of a step that failed is of no use to the user; errno is. */
static int
run_child (GbxInit *self, const Ends *ends)
{
  setsid ();
  if (self->config.terminal && ioctl (ends->in, TIOCSCTTY, 0) != 0)
    return errno;
  if (dup2 (ends->in, 0) < 0 || dup2 (ends->out, 1) < 0 || dup2 (ends->err, 2) < 0)
    return errno;
  gbx_confine_process ();
  if (!gbx_confine_privileges () || !gbx_confine_account (self->config.uid, self->config.gid) ||
      !gbx_confine_system_calls ())
    return errno;
  /* After the change of account, which may see less; home is there for sure. */
  if (chdir (self->directory) != 0 && chdir (self->config.home) != 0)
    return errno;
  return gbx_execute (self->config.args, self->environment, gbx_get_environment (self, "PATH"));
}

static void
report_failed_exec (GbxInit *self, int error)
{
  bool missing = error == ENOENT || error == ENOTDIR;

  if (missing)
    gbx_log (self, GBX_LOG_ERROR, "%s: command not found in the guest", self->config.args[0]);
  else
    gbx_log (self, GBX_LOG_ERROR, "%s cannot be executed: %s", self->config.args[0],
             strerror (error));
  self->ended = true;
  self->exit.kind = missing ? GBX_EXIT_NOT_FOUND : GBX_EXIT_NOT_EXECUTABLE;
  self->exit.value = error;
}

void
gbx_phase_application (GbxInit *self)
{
  Ends ends;
  int status[2], error = 0;
  pid_t pid;

  if (self->config.terminal)
    open_terminal (self, &ends);
  else
    open_pipes (self, &ends);
  if (pipe2 (status, O_CLOEXEC) != 0)
    gbx_fatal (self, "cannot make a pipe: %s", strerror (errno));

  pid = fork ();
  if (pid < 0)
    gbx_fatal (self, "cannot start a process for %s: %s", self->config.args[0], strerror (errno));
  if (pid == 0)
    {
      error = run_child (self, &ends);
      if (write (status[1], &error, sizeof error) < 0)
        _exit (126);
      _exit (127);
    }

  close (status[1]);
  close (ends.in);
  if (ends.out != ends.in)
    {
      close (ends.out);
      close (ends.err);
    }
  /* Ends of itself when the exec succeeds. */
  if (read (status[0], &error, sizeof error) == sizeof error)
    report_failed_exec (self, error);
  else
    {
      self->pids[GBX_CHILD_APPLICATION] = pid;
      gbx_report_u32 (self, GBX_MSG_STARTED, GBX_STREAM_NONE, (uint32_t) pid);
    }
  close (status[0]);
}
