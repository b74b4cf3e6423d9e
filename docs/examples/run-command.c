/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs a command in a sandbox, and passes on its output and its exit status.
 *
 *   run-command [SETTING=VALUE…] -- COMMAND [ARGUMENT…]
 *   run-command backend.kind=lxc resources.memory=256M -- uname -a */
#include <libglovebox.h>
#include <locale.h>
#include <stdio.h>

/* What stands before the "--" are settings of the launch. */
static GbxPolicy *
make_policy (char **arguments, GError **error)
{
  g_autoptr (GbxProfile) profile = gbx_profile_new ("default", GBX_MODE_EXEC, error);
  g_autoptr (GbxPolicyBuilder) builder = gbx_policy_builder_new (GBX_MODE_EXEC);

  if (!profile)
    return NULL;
  for (; *arguments && !g_str_equal (*arguments, "--"); arguments++)
    {
      g_auto (GStrv) parts = g_strsplit (*arguments, "=", 2);

      if (!gbx_profile_set_text (profile, parts[0], parts[1] ? parts[1] : "", error))
        return NULL;
    }
  if (*arguments)
    arguments++;
  gbx_policy_builder_set_command (builder, (const char *const *) arguments);
  if (!gbx_profile_fill (profile, builder, error))
    return NULL;
  return gbx_profile_build (profile, builder, error);
}

static void
on_output (GbxSandbox *sandbox, gboolean is_stderr, GBytes *data, gpointer user_data)
{
  gsize size;
  const void *bytes = g_bytes_get_data (data, &size);

  fwrite (bytes, 1, size, is_stderr ? stderr : stdout);
  fflush (stdout);
}

/* A weakness of the isolation; it is never hidden from the user. */
static void
on_notice (GbxSandbox *sandbox, GParamSpec *pspec, gpointer user_data)
{
  g_printerr ("warning: %s\n", gbx_sandbox_get_notice (sandbox));
}

static void
launched_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!gbx_sandbox_launch_finish (GBX_SANDBOX (source), result, &error))
    g_printerr ("%s\n", error->message);
}

static void
ended_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  gbx_sandbox_wait_finish (GBX_SANDBOX (source), result, NULL);
  g_main_loop_quit (user_data);
}

int
main (int argc, char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GError) error = NULL;
  g_autoptr (GbxPolicy) policy = make_policy (argv + 1, &error);
  g_autoptr (GbxSandbox) sandbox = NULL;
  g_autoptr (GbxControl) control = NULL;

  setlocale (LC_ALL, "");
  if (!policy)
    {
      g_printerr ("%s\n", error->message);
      return 125;
    }
  sandbox = gbx_sandbox_new (policy);
  /* For "glovebox list", "stop" and others. */
  control = gbx_control_new (sandbox);
  g_signal_connect (sandbox, "output", G_CALLBACK (on_output), NULL);
  g_signal_connect (sandbox, "notify::notice", G_CALLBACK (on_notice), NULL);
  gbx_sandbox_launch_async (sandbox, NULL, launched_cb, NULL);
  gbx_sandbox_wait_async (sandbox, ended_cb, loop);
  g_main_loop_run (loop);
  return gbx_sandbox_get_exit_status (sandbox);
}
