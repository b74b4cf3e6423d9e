/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-cli"

#include "config.h"

#include "gbx-application-name.h"
#include "gbx-desktop-entry.h"
#include "gbx-inside.h"
#include "gbx-launcher.h"
#include "gbx-launch-options.h"
#include "gbx-launch-profile.h"
#include "gbx-program.h"
#include "gbx-verbs.h"
#include "gbx-window-start.h"

#include "gbx-error.h"
#include "gbx-launchers.h"
#include "gbx-paths.h"
#include "gbx-sandbox.h"
#include "gbx-window-class.h"

#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

/* A launcher of ours stands for its application.  A desktop or a user may name it like any other
 * entry. */
static void
resolve_launcher (GbxLaunchOptions *options)
{
  g_autofree char *profile = NULL;
  char *application = gbx_launchers_get_application (options->command[0], &profile);

  if (!application)
    return;
  g_free (options->command[0]);
  options->command[0] = application;
  if (!options->profile)
    options->profile = g_steal_pointer (&profile);
}

/* In the background: this launch does not need it. */
static void
refresh_launcher (GbxLaunchOptions *options)
{
  g_autofree char *program = NULL;
  const char *argv[] = { NULL, "launcher", "refresh", NULL };

  if (!gbx_desktop_entry_is_named (options->command[0]) ||
      !gbx_launchers_look_old (options->command[0], options->profile))
    return;
  program = gbx_path_program ("glovebox");
  argv[0] = program;
  if (program)
    g_spawn_async (NULL, (char **) argv, NULL,
                   G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL, NULL);
}

static gboolean
check_action (GbxLaunchOptions *options, GError **error)
{
  if (!options->action || gbx_desktop_entry_is_named (options->command[0]))
    return TRUE;
  g_set_error_literal (error, GBX_ERROR, GBX_ERROR_INVALID,
                       _ ("--action needs a desktop entry, such as “firefox.desktop”"));
  return FALSE;
}

static GbxPolicy *
make_policy (GbxLaunchOptions *options, GStrv *program, GPtrArray *warnings, GError **error)
{
  g_autoptr (GbxResolution) resolution =
      gbx_launch_profile_resolve (options, GBX_MODE_DESKTOP, warnings, error);
  g_autoptr (GbxPolicyBuilder) builder =
      resolution ? gbx_launch_options_to_builder (options, resolution, GBX_MODE_DESKTOP, error)
                 : NULL;

  if (!builder)
    return NULL;
  if (!gbx_desktop_entry_is_named (options->command[0]))
    {
      gbx_policy_builder_set_command (builder, (const char *const *) options->command);
      gbx_application_name_apply ((const char *const *) options->command, builder);
      *program = g_strdupv (options->command);
    }
  else if (!gbx_desktop_entry_apply (options->command[0], options->action, options->command + 1,
                                     builder, program, error))
    return NULL;
  if (!gbx_resolution_check_shares (resolution, builder, error))
    return NULL;
  return gbx_policy_builder_build (builder, error);
}

/* A launcher with a profile of its own is another one to the task bar. */
static char *
make_class (GbxLaunchOptions *options)
{
  g_autofree char *name = g_path_get_basename (options->command[0]);

  return gbx_window_class_make (name, options->profile);
}

static void
become_window (GbxPolicy *policy, GbxLaunchOptions *options, GError **error)
{
  g_autofree char *class = options->profile && gbx_desktop_entry_is_named (options->command[0])
                               ? make_class (options) : NULL;
  const GbxWindowStart start = {
    .screenshot = options->screenshot,
    .exit_after_screenshot = options->exit_after_screenshot,
    .window_class = class,
    .report_fd = options->report_fd,
  };

  gbx_window_start_become (policy, &start, error);
}

/* On stderr, and for a user who has none in a window, unless that user has cancelled it. */
static int
fail (GbxLaunchOptions *options, const char *message, gboolean is_cancelled, int status)
{
  g_autofree char *name = options->command && options->command[0]
                              ? g_filename_display_basename (options->command[0]) : NULL;

  gbx_complain ("%s", message);
  /* Whoever started it shows the reason.  The user knows that of a cancelled launch: what is told
   * is the same as of a window that is shown. */
  if (is_cancelled)
    message = "\n";
  if (options->report_fd > STDERR_FILENO
      && write (options->report_fd, message, strlen (message)) > 0)
    return status;
  if (!options->exit_after_screenshot && !is_cancelled && gbx_launcher_is_waiting ())
    gbx_launcher_show_failure (name, message, status);
  return status;
}

int
gbx_verb_run (int argc, char **argv)
{
  g_auto (GbxLaunchOptions) options = { 0 };
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GbxPolicy) policy = NULL;
  g_auto (GStrv) program = NULL;
  g_autoptr (GError) error = NULL;
  int status = 0;

  if (gbx_launch_options_parse (&options, GBX_MODE_DESKTOP, argc, argv, &error))
    {
      if (options.in)
        return gbx_inside_run (&options);
      if (options.wait)
        return fail (&options, _ ("--wait needs --in NAME; without it “glovebox run” always waits"), FALSE,
                     GBX_STATUS_FAILURE);
      if (options.exit_after_screenshot && !options.screenshot)
        return fail (&options, _ ("--exit-after-screenshot needs --screenshot FILE"), FALSE,
                     GBX_STATUS_FAILURE);
      resolve_launcher (&options);
      if (check_action (&options, &error))
        policy = make_policy (&options, &program, warnings, &error);
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
  else if (policy && (status = gbx_program_check_command (
                          policy, (const char *const *) program, &error)) == 0)
    {
      gbx_warn_root ();
      gbx_warn_all (warnings);
      gbx_warn_shares (policy);
      refresh_launcher (&options);
      become_window (policy, &options, &error);
    }
  return fail (&options, error->message,
               g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED),
               status ? status : GBX_STATUS_FAILURE);
}
