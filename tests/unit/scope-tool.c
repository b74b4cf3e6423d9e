/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The library's scopes for tests:
 *
 *   scope-tool probe
 *   scope-tool doctor
 *   scope-tool start NAME PID [KEY=VALUE…]
 *
 * The last prints the folder and what is missing; then each line of its input is a KEY=VALUE
 * to set.  At the end of its input it ends the scope.  An answer is a line; one that begins
 * with "error " is an error. */

#include "gbx-doctor-private.h"
#include "gbx-user-scope.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
complain (GError *error)
{
  printf ("error %s\n", error->message);
  fflush (stdout);
  g_error_free (error);
  return 1;
}

static void
add (GbxScopeLimits *limits, const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, "=", 2);

  if (!parts[0] || !parts[1]
      || !gbx_scope_limits_set (limits, parts[0], g_ascii_strtoull (parts[1], NULL, 10)))
    exit (2);
}

static int
probe (void)
{
  GError *error = NULL;
  GbxControllers controllers = 0;
  g_autofree char *lack = NULL;

  if (!gbx_user_scope_probe (&controllers, &error))
    return complain (error);
  lack = gbx_user_scope_describe_lack (GBX_CONTROLLER_CPU | GBX_CONTROLLER_MEMORY
                                           | GBX_CONTROLLER_IO | GBX_CONTROLLER_PIDS,
                                       controllers);
  printf ("lack %s\n", lack ? lack : "nothing");
  return 0;
}

static void
print_check (GbxDoctor *doctor, const GbxCheck *check, gpointer user_data)
{
  printf ("%d %s\n%s\n", check->result, check->explanation, check->command ? check->command : "");
}

static void
quit_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_main_loop_quit (user_data);
}

/* What "glovebox doctor" says of it, and which command it offers. */
static int
doctor (void)
{
  static const GbxCheckup checkups[] = { { "limits", "Limits", gbx_check_limits } };
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GbxDoctor) self = gbx_doctor_new_with (checkups, 1, 60000);

  g_signal_connect (self, "checked", G_CALLBACK (print_check), NULL);
  gbx_doctor_run_async (self, NULL, quit_cb, loop);
  g_main_loop_run (loop);
  return 0;
}

static void
change (GbxUserScope *scope, char *line)
{
  g_autoptr (GbxScopeLimits) limits = gbx_scope_limits_new ();
  GError *error = NULL;

  add (limits, g_strchomp (line));
  if (!gbx_user_scope_change (scope, limits, &error))
    complain (error);
  else
    puts ("set");
  fflush (stdout);
}

static void
count (const char *key, gpointer user_data)
{
  g_string_append_printf (user_data, " %s", key);
}

static int
start (const char *name, pid_t pid, char **settings)
{
  g_autoptr (GbxScopeLimits) limits = gbx_scope_limits_new ();
  g_autoptr (GArray) pids = g_array_new (FALSE, FALSE, sizeof (pid_t));
  g_autoptr (GString) unheld = g_string_new (NULL);
  g_autoptr (GbxUserScope) scope = NULL;
  g_autofree char *folder = NULL;
  GError *error = NULL;
  char line[256];

  g_array_append_val (pids, pid);
  for (; *settings; settings++)
    add (limits, *settings);
  scope = gbx_user_scope_start (name, pids, limits, &error);
  if (!scope)
    return complain (error);
  gbx_scope_limits_foreach_unheld (limits, gbx_user_scope_get_controllers (scope), count, unheld);
  folder = gbx_user_scope_get_folder (scope);
  printf ("%s%s\n", folder, unheld->str);
  fflush (stdout);
  while (fgets (line, sizeof line, stdin))
    change (scope, line);
  gbx_user_scope_end (scope);
  return 0;
}

int
main (int argc, char **argv)
{
  if (argc == 2 && strcmp (argv[1], "probe") == 0)
    return probe ();
  if (argc == 2 && strcmp (argv[1], "doctor") == 0)
    return doctor ();
  if (argc >= 4 && strcmp (argv[1], "start") == 0)
    return start (argv[2], atoi (argv[3]), argv + 4);
  return 2;
}
