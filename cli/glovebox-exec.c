/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-cli"

#include "config.h"

#include "gbx-inside.h"
#include "gbx-job.h"
#include "gbx-launch-options.h"
#include "gbx-launch-profile.h"
#include "gbx-program.h"
#include "gbx-terminal.h"
#include "gbx-verbs.h"

#include "gbx-control.h"
#include "gbx-sandbox.h"

#include <gio/gunixoutputstream.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* Nothing tells a job that the shell has put it into the foreground. */
#define FOREGROUND_LOOK_MS 300
/* How long the application may take to end after SIGTERM or SIGHUP reached it. */
#define STOP_GRACE_MS 5000

typedef struct
{
  GMainLoop *loop;
  GbxSandbox *sandbox;
  GbxControl *control; /* for other processes */
  GbxTerminal *terminal; /* (nullable) */
  guint foreground_look; /* 0 in the foreground */
  gboolean asked_to_end;
  int interrupted; /* the signal that ended the launch, or 0 */
  gboolean quiet;
  gsize warned; /* bytes of the notice that were printed */
  gboolean in_trouble;
  char *last_trouble; /* (nullable): that was printed */
  GError *launch_error; /* (nullable): why the command did not start */
} Exec;

/* On the second request, the sandbox does not wait for the application. */
static void
end (Exec *self, int number)
{
  GbxSandboxState state = gbx_sandbox_get_state (self->sandbox);

  if (state < GBX_SANDBOX_RUNNING)
    self->interrupted = number;
  if (!self->asked_to_end)
    gbx_sandbox_stop (self->sandbox, STOP_GRACE_MS);
  else
    gbx_sandbox_kill (self->sandbox);
  self->asked_to_end = TRUE;
}

/* Interrupts go to the application, as if it ran here: an interpreter or a debugger handles
 * any number of them.  Before it runs, they end the launch. */
static gboolean
on_sigint (gpointer user_data)
{
  Exec *self = user_data;

  if (gbx_sandbox_get_state (self->sandbox) == GBX_SANDBOX_RUNNING)
    gbx_sandbox_send_signal (self->sandbox, SIGINT);
  else
    end (self, SIGINT);
  return G_SOURCE_CONTINUE;
}

/* SIGTERM is a request to end, for example from "glovebox stop". */
static gboolean
on_sigterm (gpointer user_data)
{
  end (user_data, SIGTERM);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_control_stop (gpointer user_data)
{
  end (user_data, SIGTERM);
  return TRUE;
}

static gboolean
on_sighup (gpointer user_data)
{
  Exec *self = user_data;

  gbx_sandbox_send_signal (self->sandbox, SIGHUP);
  if (gbx_sandbox_get_state (self->sandbox) < GBX_SANDBOX_RUNNING)
    self->interrupted = SIGHUP;
  gbx_sandbox_stop (self->sandbox, STOP_GRACE_MS);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_sigusr1 (gpointer user_data)
{
  gbx_sandbox_send_signal (((Exec *) user_data)->sandbox, SIGUSR1);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_sigusr2 (gpointer user_data)
{
  gbx_sandbox_send_signal (((Exec *) user_data)->sandbox, SIGUSR2);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_resized (gpointer user_data)
{
  Exec *self = user_data;
  guint rows, columns;

  if (self->terminal && gbx_terminal_get_size (&rows, &columns))
    gbx_sandbox_set_terminal_size (self->sandbox, rows, columns);
  return G_SOURCE_CONTINUE;
}

/* The command's terminal is in raw mode. */
static const char *
line_end (Exec *self)
{
  return self->terminal ? "\r\n" : "\n";
}

static void
tell (Exec *self, const char *text)
{
  g_printerr ("glovebox: [%6.3f] %s%s", gbx_sandbox_get_elapsed (self->sandbox) / 1e6, text,
              line_end (self));
}

/* At the end a warning is about the user's files, and not about the isolation. */
static void
warn (Exec *self, const char *text)
{
  g_autofree char *warning = g_strdup_printf (_ ("warning: %s"), text);

  if (!self->quiet || gbx_sandbox_get_state (self->sandbox) >= GBX_SANDBOX_STOPPING)
    g_printerr ("glovebox: %s%s", warning, line_end (self));
}

static void
on_log (GbxSandbox *sandbox, guint level, const char *text, gpointer user_data)
{
  Exec *self = user_data;

  if (gbx_policy_get_verbose (gbx_sandbox_get_policy (sandbox)))
    tell (self, text);
  else if (level == 1 && isatty (STDERR_FILENO))
    warn (self, text);
}

/* Weaker isolation is always reported on the standard error, in one line.  The notice only
 * grows, so print the new part. */
static void
on_notice (GbxSandbox *sandbox, GParamSpec *pspec, gpointer user_data)
{
  Exec *self = user_data;
  const char *notice = gbx_sandbox_get_notice (sandbox);

  /* A trouble that lasts until the end is in the notice too. */
  if (!gbx_policy_get_verbose (gbx_sandbox_get_policy (sandbox)) &&
      (self->quiet || g_strcmp0 (self->last_trouble, notice + self->warned) != 0))
    warn (self, notice + self->warned);
  /* The next sentence follows after a space. */
  self->warned = strlen (notice) + 1;
}

static void
on_trouble (GbxSandbox *sandbox, GParamSpec *pspec, gpointer user_data)
{
  Exec *self = user_data;
  const char *trouble = gbx_sandbox_get_trouble (sandbox);

  if (trouble)
    warn (self, trouble);
  else if (self->in_trouble && gbx_sandbox_get_state (sandbox) == GBX_SANDBOX_RUNNING)
    warn (self, _ ("The sandbox works normally again."));
  if (trouble)
    {
      g_free (self->last_trouble);
      self->last_trouble = g_strdup (trouble);
    }
  self->in_trouble = trouble != NULL;
}

static void
on_activity (GbxSandbox *sandbox, GParamSpec *pspec, gpointer user_data)
{
  if (gbx_policy_get_verbose (gbx_sandbox_get_policy (sandbox)))
    tell (user_data, gbx_sandbox_get_activity (sandbox));
}

/* ------------------------------------------------------ the terminal -- */

static void sync_terminal (gpointer user_data);

static gboolean
on_look (gpointer user_data)
{
  Exec *self = user_data;

  self->foreground_look = 0;
  sync_terminal (self);
  return G_SOURCE_REMOVE;
}

/* Until the command runs, ^C is for us; from then on every key is for it.  In the
 * background the terminal is another job's: to change it would stop us. */
static void
sync_terminal (gpointer user_data)
{
  Exec *self = user_data;
  guint rows, columns;

  if (gbx_sandbox_get_state (self->sandbox) != GBX_SANDBOX_RUNNING ||
      !gbx_policy_get_terminal (gbx_sandbox_get_policy (self->sandbox), &rows, &columns))
    return;
  if (!gbx_job_is_foreground ())
    {
      if (self->foreground_look == 0)
        self->foreground_look = g_timeout_add (FOREGROUND_LOOK_MS, on_look, self);
      return;
    }
  if (self->terminal)
    gbx_terminal_set_raw (self->terminal, TRUE);
  else
    self->terminal = gbx_terminal_enter_raw ();
  on_resized (self);
}

static void
before_stop (gpointer user_data)
{
  Exec *self = user_data;

  if (self->terminal && gbx_job_is_foreground ())
    gbx_terminal_set_raw (self->terminal, FALSE);
}

static void
on_state (GbxSandbox *sandbox, GParamSpec *pspec, gpointer user_data)
{
  sync_terminal (user_data);
}

static void
wait_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Exec *self = user_data;

  gbx_sandbox_wait_finish (GBX_SANDBOX (source), result, NULL);
  g_main_loop_quit (self->loop);
}

static void
launch_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Exec *self = user_data;

  /* Printed at the end, unless the sandbox has its own error. */
  gbx_sandbox_launch_finish (GBX_SANDBOX (source), result, &self->launch_error);
}

static void
attach_streams (Exec *self)
{
  g_autoptr (GInputStream) in = gbx_job_open_input ();
  g_autoptr (GOutputStream) out = g_unix_output_stream_new (STDOUT_FILENO, FALSE);
  g_autoptr (GOutputStream) err = g_unix_output_stream_new (STDERR_FILENO, FALSE);

  gbx_sandbox_set_source (self->sandbox, in);
  gbx_sandbox_set_sink (self->sandbox, FALSE, out);
  gbx_sandbox_set_sink (self->sandbox, TRUE, err);
}

/* As a shell gives it for a program that such a signal ends. */
static int
conclude_interrupted (Exec *self)
{
  gbx_complain (_ ("interrupted before the command ran"));
  return self->interrupted ? 128 + self->interrupted : GBX_STATUS_FAILURE;
}

/* A command that went on without a process of its own may not say so. */
static void
tell_of_memory (Exec *self)
{
  guint64 memory = gbx_policy_get_memory (gbx_sandbox_get_policy (self->sandbox));

  if (gbx_sandbox_get_ran_out_of_memory (self->sandbox))
    gbx_complain (_ ("the sandbox ran out of its %u MiB of memory, and a process was killed; give "
                     "it more with --memory"),
                  (guint) (memory >> 20));
}

static int
conclude (Exec *self)
{
  const GError *error = gbx_sandbox_get_error (self->sandbox);
  GbxEndReason reason = gbx_sandbox_get_reason (self->sandbox);
  int status = gbx_sandbox_get_exit_status (self->sandbox);
  guint limit = gbx_policy_get_timeout (gbx_sandbox_get_policy (self->sandbox));

  tell_of_memory (self);
  if (error)
    gbx_complain ("%s", error->message);
  else if (reason == GBX_END_TIMEOUT)
    gbx_complain (ngettext ("the time limit of %u second has passed; the sandbox was stopped",
                            "the time limit of %u seconds has passed; the sandbox was stopped",
                            limit),
                  limit);
  else if (reason == GBX_END_STOPPED && status == GBX_STATUS_FAILURE)
    gbx_complain (_ ("the sandbox was stopped before the command ended"));
  else if (reason == GBX_END_CANCELLED)
    return conclude_interrupted (self);
  /* Only when Glovebox could not start it: a command may itself end with 127. */
  else if ((status == 127 || status == 126) && self->launch_error)
    gbx_complain ("%s", self->launch_error->message);
  return status;
}

/* A signal that was already ignored at the start, as by nohup(1) or by a shell for a
 * background job, stays ignored. */
static guint
watch_signal (int number, GSourceFunc callback, Exec *self)
{
  struct sigaction action;

  if (sigaction (number, NULL, &action) == 0 && action.sa_handler == SIG_IGN)
    return 0;
  return g_unix_signal_add (number, callback, self);
}

static int
run_policy (GbxPolicy *policy, gboolean quiet)
{
  Exec self = { .quiet = quiet };
  guint sources[6];
  int status;

  self.loop = g_main_loop_new (NULL, FALSE);
  self.sandbox = gbx_sandbox_new (policy);
  self.control = gbx_control_new (self.sandbox);
  g_signal_connect_swapped (self.control, "stop", G_CALLBACK (on_control_stop), &self);
  attach_streams (&self);
  g_signal_connect (self.sandbox, "log", G_CALLBACK (on_log), &self);
  g_signal_connect (self.sandbox, "notify::notice", G_CALLBACK (on_notice), &self);
  g_signal_connect (self.sandbox, "notify::trouble", G_CALLBACK (on_trouble), &self);
  g_signal_connect (self.sandbox, "notify::activity", G_CALLBACK (on_activity), &self);
  g_signal_connect (self.sandbox, "notify::state", G_CALLBACK (on_state), &self);
  sources[0] = watch_signal (SIGINT, on_sigint, &self);
  sources[1] = watch_signal (SIGTERM, on_sigterm, &self);
  sources[2] = watch_signal (SIGHUP, on_sighup, &self);
  sources[3] = watch_signal (SIGUSR1, on_sigusr1, &self);
  sources[4] = watch_signal (SIGUSR2, on_sigusr2, &self);
  sources[5] = watch_signal (SIGWINCH, on_resized, &self);

  gbx_sandbox_launch_async (self.sandbox, NULL, launch_cb, &self);
  gbx_sandbox_wait_async (self.sandbox, wait_cb, &self);
  gbx_job_watch (before_stop, sync_terminal, &self);
  g_main_loop_run (self.loop);

  gbx_job_unwatch ();
  g_clear_handle_id (&self.foreground_look, g_source_remove);
  g_clear_pointer (&self.terminal, gbx_terminal_leave);
  status = conclude (&self);
  g_free (self.last_trouble);
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    g_clear_handle_id (&sources[i], g_source_remove);
  g_signal_handlers_disconnect_by_data (self.sandbox, &self);
  g_object_unref (self.control);
  g_object_unref (self.sandbox);
  g_main_loop_unref (self.loop);
  g_clear_error (&self.launch_error);
  return status;
}

int
gbx_verb_exec (int argc, char **argv)
{
  g_auto (GbxLaunchOptions) options = { 0 };
  g_autoptr (GbxResolution) resolution = NULL;
  g_autoptr (GbxPolicyBuilder) builder = NULL;
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GbxPolicy) policy = NULL;
  g_autoptr (GError) error = NULL;
  guint rows = 0, columns = 0;
  int status = 0;

  if (!gbx_launch_options_parse (&options, GBX_MODE_EXEC, argc, argv, &error))
    {
      gbx_complain ("%s", error->message);
      return GBX_STATUS_FAILURE;
    }
  if (options.in)
    return gbx_inside_exec (&options);
  if ((resolution = gbx_launch_profile_resolve (&options, GBX_MODE_EXEC, warnings, &error)) &&
      (builder = gbx_launch_options_to_builder (&options, resolution, GBX_MODE_EXEC, &error)) &&
      gbx_resolution_check_shares (resolution, builder, &error))
    {
      gbx_policy_builder_set_command (builder, (const char *const *) options.command);
      /* As ssh does: a terminal for a terminal, plain streams otherwise.  Errors
       * that go to a file still go there. */
      if (isatty (STDIN_FILENO) && isatty (STDOUT_FILENO) && gbx_job_is_foreground () &&
          gbx_terminal_get_size (&rows, &columns))
        gbx_policy_builder_set_terminal (builder, rows, columns, !isatty (STDERR_FILENO));
      policy = gbx_policy_builder_build (builder, &error);
    }
  if (policy && options.print_xml)
    {
      g_autofree char *xml = gbx_sandbox_describe (policy, &error);

      if (xml)
        {
          g_print ("%s\n", xml);
          return 0;
        }
    }
  else if (policy && (status = gbx_program_check (policy, &error)) == 0)
    {
      if (!options.quiet)
        {
          gbx_warn_all (warnings);
          gbx_warn_shares (policy);
        }
      return run_policy (policy, options.quiet);
    }
  gbx_complain ("%s", error->message);
  return status ? status : GBX_STATUS_FAILURE;
}
