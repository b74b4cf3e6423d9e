/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Options that are not settings; test-settings.c has the others. */

#include "config.h"

#include "gbx-launch-options.h"

#include "gbx-error.h"

#include <string.h>

static gboolean
parse (GbxLaunchOptions *options, GbxMode mode, const char *line, GError **error)
{
  g_auto (GStrv) argv = g_strsplit (line, " ", -1);

  return gbx_launch_options_parse (options, mode, (int) g_strv_length (argv), argv, error);
}

/* What follows the command belongs to it. */
static void
test_command (void)
{
  g_auto (GbxLaunchOptions) options = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_true (parse (&options, GBX_MODE_EXEC, "exec --name x -- ls --cpus 9", &error));
  g_assert_no_error (error);
  g_assert_cmpstr (options.name, ==, "x");
  g_assert_cmpuint (g_strv_length (options.command), ==, 3);
  g_assert_null (gbx_values_get (options.settings, "resources.cpus"));
}

static void
test_refused (void)
{
  static const struct
  {
    GbxMode mode;
    const char *line;
    const char *because;
  } cases[] = {
    { GBX_MODE_EXEC, "exec", "no command" },
    { GBX_MODE_EXEC, "exec --size 800x600 true", "--size" },
    { GBX_MODE_DESKTOP, "run --quiet true", "--quiet" },
    { GBX_MODE_DESKTOP, "run --opengl maybe true", "--opengl cannot be “maybe”" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (GbxLaunchOptions) options = { 0 };
      g_autoptr (GError) error = NULL;

      g_assert_false (parse (&options, cases[i].mode, cases[i].line, &error));
      g_assert_error (error, GBX_ERROR, GBX_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, cases[i].because));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/launch-options/command", test_command);
  g_test_add_func ("/launch-options/refused", test_refused);
  return g_test_run ();
}
