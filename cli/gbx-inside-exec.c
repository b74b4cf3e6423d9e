/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-cli"

#include "config.h"

#include "gbx-inside.h"
#include "gbx-job.h"
#include "gbx-terminal.h"
#include "gbx-verbs.h"

#include "gbx-control-client.h"
#include "gbx-error.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixoutputstream.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>
#include <unistd.h>

/* One command in a running sandbox.  The process of the sandbox writes the output to our own
 * descriptors.  It must not read our input, because only this process knows whether the terminal
 * is its own: that is passed on through a pipe. */
typedef struct
{
  GMainLoop *loop;
  GbxLaunchOptions *options;
  GbxControlClient *client; /* (nullable) */
  GbxTerminal *terminal;    /* (nullable) */
  GCancellable *cancellable;
  gboolean has_terminal;
  int input[2]; /* the pipe; -1 */
  guint process;
  int early;     /* a signal that came while its start was awaited, or 0 */
  guint no_answer; /* source: for that signal */
  int status;
} Inside;

/* For the answer that a command has started, after its output may have come already. */
#define ANSWER_MS 500

static void
finish (Inside *self, int status)
{
  self->status = status;
  g_main_loop_quit (self->loop);
}

static void
fail (Inside *self, GError *error, int status)
{
  g_autoptr (GError) owned = error;

  g_clear_pointer (&self->terminal, gbx_terminal_leave);
  gbx_complain ("%s", owned->message);
  finish (self, status);
}

/* ------------------------------------------------------------ the terminal -- */

static gboolean
on_resized (gpointer user_data)
{
  Inside *self = user_data;
  guint rows, columns;

  if (self->process && self->has_terminal && gbx_terminal_get_size (&rows, &columns))
    gbx_control_client_set_terminal_size (self->client, self->process, rows, columns);
  return G_SOURCE_CONTINUE;
}

static void
after_stop (gpointer user_data)
{
  Inside *self = user_data;

  if (!self->has_terminal || !self->process || !gbx_job_is_foreground ())
    return;
  if (self->terminal)
    gbx_terminal_set_raw (self->terminal, TRUE);
  else
    self->terminal = gbx_terminal_enter_raw ();
  on_resized (self);
}

static void
before_stop (gpointer user_data)
{
  Inside *self = user_data;

  if (self->terminal && gbx_job_is_foreground ())
    gbx_terminal_set_raw (self->terminal, FALSE);
}

/* ----------------------------------------------------------------- signals -- */

static void
give_up (Inside *self, int number)
{
  gbx_complain (_ ("interrupted before the command ran"));
  finish (self, 128 + number);
}

static gboolean
on_no_answer (gpointer user_data)
{
  Inside *self = user_data;

  self->no_answer = 0;
  give_up (self, self->early);
  return G_SOURCE_REMOVE;
}

static void
pass_signal (Inside *self, int number)
{
  if (self->process)
    gbx_control_client_signal (self->client, self->process, number);
  else if (!self->client || self->early)
    give_up (self, number);
  else
    {
      self->early = number;
      self->no_answer = g_timeout_add (ANSWER_MS, on_no_answer, self);
    }
}

static void
pass_early_signal (Inside *self)
{
  g_clear_handle_id (&self->no_answer, g_source_remove);
  if (self->early)
    pass_signal (self, self->early);
}

static gboolean
on_sigint (gpointer user_data)
{
  pass_signal (user_data, SIGINT);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_sigterm (gpointer user_data)
{
  pass_signal (user_data, SIGTERM);
  return G_SOURCE_CONTINUE;
}

/* The terminal is gone: the end of the connection hangs the command up. */
static gboolean
on_sighup (gpointer user_data)
{
  finish (user_data, 128 + SIGHUP);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_sigusr1 (gpointer user_data)
{
  pass_signal (user_data, SIGUSR1);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_sigusr2 (gpointer user_data)
{
  pass_signal (user_data, SIGUSR2);
  return G_SOURCE_CONTINUE;
}

/* One that was ignored at the start stays ignored, as by nohup(1). */
static void
watch_signals (Inside *self)
{
  const struct
  {
    int number;
    GSourceFunc callback;
  } watched[] = { { SIGINT, on_sigint },   { SIGTERM, on_sigterm }, { SIGHUP, on_sighup },
                  { SIGUSR1, on_sigusr1 }, { SIGUSR2, on_sigusr2 }, { SIGWINCH, on_resized } };

  for (guint i = 0; i < G_N_ELEMENTS (watched); i++)
    {
      struct sigaction action;

      if (sigaction (watched[i].number, NULL, &action) == 0 && action.sa_handler == SIG_IGN)
        continue;
      g_unix_signal_add (watched[i].number, watched[i].callback, self);
    }
}

/* -------------------------------------------------------------------- life -- */

static void
on_ended (GbxControlClient *client, guint process, int status, gboolean by_sandbox,
          gpointer user_data)
{
  Inside *self = user_data;

  if (process != self->process)
    return;
  g_clear_pointer (&self->terminal, gbx_terminal_leave);
  if (by_sandbox)
    gbx_complain (_ ("the sandbox “%s” ended before the command did"), self->options->in);
  finish (self, status);
}

static void
on_closed (GbxControlClient *client, gpointer user_data)
{
  on_ended (client, ((Inside *) user_data)->process, GBX_STATUS_FAILURE, TRUE, user_data);
}

/* The rest of it: the pipe's end is the end of the command's input. */
static void
send_input (Inside *self)
{
  g_autoptr (GInputStream) input = gbx_job_open_input ();
  g_autoptr (GOutputStream) pipe = g_unix_output_stream_new (self->input[1], TRUE);

  self->input[1] = -1;
  g_output_stream_splice_async (pipe, input, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET,
                                G_PRIORITY_DEFAULT, self->cancellable, NULL, NULL);
}

static int
get_status (const GError *error)
{
  if (g_error_matches (error, GBX_ERROR, GBX_ERROR_NOT_FOUND))
    return 127;
  return g_error_matches (error, GBX_ERROR, GBX_ERROR_INVALID) ? 126 : GBX_STATUS_FAILURE;
}

static void
run_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Inside *self = user_data;
  GError *error = NULL;

  self->process = gbx_control_client_run_finish (GBX_CONTROL_CLIENT (source), result, &error);
  close (self->input[0]);
  self->input[0] = -1;
  if (!self->process)
    {
      fail (self, error, get_status (error));
      return;
    }
  pass_early_signal (self);
  after_stop (self);
  send_input (self);
}

static void
open_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Inside *self = user_data;
  GError *error = NULL;
  const int streams[] = { self->input[0], STDOUT_FILENO, STDERR_FILENO };

  self->client = gbx_control_client_open_finish (result, &error);
  if (!self->client)
    {
      fail (self, error, GBX_STATUS_FAILURE);
      return;
    }
  g_signal_connect (self->client, "ended", G_CALLBACK (on_ended), self);
  g_signal_connect (self->client, "closed", G_CALLBACK (on_closed), self);
  gbx_control_client_run_async (
      self->client, (const char *const *) self->options->command,
      gbx_inside_make_request (self->options, FALSE, self->has_terminal), streams, NULL, run_cb, self);
}

static void
clear (Inside *self)
{
  gbx_job_unwatch ();
  g_clear_handle_id (&self->no_answer, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  g_clear_pointer (&self->terminal, gbx_terminal_leave);
  for (guint i = 0; i < G_N_ELEMENTS (self->input); i++)
    if (self->input[i] >= 0)
      close (self->input[i]);
  if (self->client)
    g_signal_handlers_disconnect_by_data (self->client, self);
  g_clear_object (&self->client);
  g_main_loop_unref (self->loop);
}

int
gbx_inside_exec (GbxLaunchOptions *options)
{
  Inside self = { .options = options, .input = { -1, -1 } };
  GError *error = NULL;
  guint rows, columns;

  if (!gbx_inside_check (options, &error))
    {
      gbx_complain ("%s", error->message);
      g_error_free (error);
      return GBX_STATUS_FAILURE;
    }
  if (!g_unix_open_pipe (self.input, FD_CLOEXEC, &error))
    {
      gbx_complain (_ ("cannot make a pipe: %s"), error->message);
      g_error_free (error);
      return GBX_STATUS_FAILURE;
    }
  self.loop = g_main_loop_new (NULL, FALSE);
  self.cancellable = g_cancellable_new ();
  self.has_terminal = isatty (STDIN_FILENO) && isatty (STDOUT_FILENO) && gbx_job_is_foreground () &&
                      gbx_terminal_get_size (&rows, &columns);
  watch_signals (&self);
  gbx_job_watch (before_stop, after_stop, &self);
  gbx_control_client_open_async (options->in, NULL, open_cb, &self);
  g_main_loop_run (self.loop);
  clear (&self);
  return self.status;
}
