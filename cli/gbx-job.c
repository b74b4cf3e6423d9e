/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-cli"

#include "config.h"

#include "gbx-job.h"

#include <errno.h>
#include <gio/gunixinputstream.h>
#include <glib-unix.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

/* Nothing tells a job that the shell has put it into the foreground. */
#define LOOK_AGAIN_MS 300

gboolean
gbx_job_is_foreground (void)
{
  /* -1: no terminal, or none that controls us and could stop us. */
  pid_t foreground = tcgetpgrp (STDIN_FILENO);

  return foreground < 0 || foreground == getpgrp ();
}

/* ---------------------------------------------------------------- stops -- */

static struct
{
  GbxJobFunc before_stop, after_stop;
  gpointer user_data;
  guint source;
  int pipe[2];
  gboolean stops; /* it does not ignore SIGTSTP */
} job;

static void
on_signal (int number)
{
  int code = errno;
  char byte = (char) number;

  /* A full pipe tells enough. */
  if (write (job.pipe[1], &byte, 1) < 0)
    errno = code;
  errno = code;
}

static void
set_handler (int number, void (*handler) (int))
{
  struct sigaction action = { .sa_handler = handler, .sa_flags = SA_RESTART };

  sigemptyset (&action.sa_mask);
  sigaction (number, &action, NULL);
}

/* Returns when somebody continues it; at once where nobody could. */
static void
stop (void)
{
  job.before_stop (job.user_data);
  set_handler (SIGTSTP, SIG_DFL);
  raise (SIGTSTP);
  set_handler (SIGTSTP, on_signal);
}

static gboolean
on_told (int fd, GIOCondition condition, gpointer user_data)
{
  char numbers[64];
  gssize n = read (fd, numbers, sizeof numbers);

  for (gssize i = 0; i < n; i++)
    if (numbers[i] == SIGTSTP)
      {
        stop ();
        break;
      }
  job.after_stop (job.user_data);
  return G_SOURCE_CONTINUE;
}

void
gbx_job_watch (GbxJobFunc before_stop, GbxJobFunc after_stop, gpointer user_data)
{
  struct sigaction action;

  if (!g_unix_open_pipe (job.pipe, FD_CLOEXEC, NULL))
    return;
  g_unix_set_fd_nonblocking (job.pipe[0], TRUE, NULL);
  g_unix_set_fd_nonblocking (job.pipe[1], TRUE, NULL);
  job.before_stop = before_stop;
  job.after_stop = after_stop;
  job.user_data = user_data;
  job.source = g_unix_fd_add (job.pipe[0], G_IO_IN, on_told, NULL);
  job.stops = sigaction (SIGTSTP, NULL, &action) == 0 && action.sa_handler != SIG_IGN;
  if (job.stops)
    set_handler (SIGTSTP, on_signal);
  set_handler (SIGCONT, on_signal);
}

void
gbx_job_unwatch (void)
{
  if (!job.source)
    return;
  if (job.stops)
    set_handler (SIGTSTP, SIG_DFL);
  set_handler (SIGCONT, SIG_DFL);
  g_clear_handle_id (&job.source, g_source_remove);
  close (job.pipe[0]);
  close (job.pipe[1]);
}

/* ---------------------------------------------------------------- input -- */

#define GBX_TYPE_TERMINAL_INPUT (gbx_terminal_input_get_type ())
G_DECLARE_FINAL_TYPE (GbxTerminalInput, gbx_terminal_input, GBX, TERMINAL_INPUT, GInputStream)

struct _GbxTerminalInput
{
  GInputStream parent_instance;
};

G_DEFINE_FINAL_TYPE (GbxTerminalInput, gbx_terminal_input, G_TYPE_INPUT_STREAM)

/* GInputStream calls this in a thread where it is asked to read meanwhile. */
static gssize
read_terminal (GInputStream *stream, void *buffer, gsize size, GCancellable *cancellable,
               GError **error)
{
  struct pollfd fds[2] = { { g_cancellable_get_fd (cancellable), POLLIN, 0 },
                           { STDIN_FILENO, POLLIN, 0 } };
  gssize n = -1;

  while (n < 0 && !g_cancellable_set_error_if_cancelled (cancellable, error))
    {
      gboolean foreground = gbx_job_is_foreground ();

      if (poll (fds, foreground ? 2 : 1, foreground ? -1 : LOOK_AGAIN_MS) <= 0 || !foreground ||
          !fds[1].revents || !gbx_job_is_foreground ())
        continue;
      n = read (STDIN_FILENO, buffer, size);
      /* A terminal that has gone has nothing more to say. */
      if (n < 0 && errno != EINTR && errno != EAGAIN)
        n = 0;
    }
  g_cancellable_release_fd (cancellable);
  return n;
}

static void
gbx_terminal_input_class_init (GbxTerminalInputClass *klass)
{
  G_INPUT_STREAM_CLASS (klass)->read_fn = read_terminal;
}

static void
gbx_terminal_input_init (GbxTerminalInput *self)
{
}

GInputStream *
gbx_job_open_input (void)
{
  if (isatty (STDIN_FILENO))
    return g_object_new (GBX_TYPE_TERMINAL_INPUT, NULL);
  return g_unix_input_stream_new (STDIN_FILENO, FALSE);
}
