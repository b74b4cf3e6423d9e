/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Programs of the system are found without the user's PATH. */

#include "gbx-paths.h"

#include <glib/gstdio.h>
#include <unistd.h>

static char *scratch;

static char *
make_program (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (scratch, folder, NULL);
  char *program = g_build_filename (path, name, NULL);

  g_assert_cmpint (g_mkdir_with_parents (path, 0700), ==, 0);
  g_assert_true (g_file_set_contents (program, "#!/bin/sh\n", -1, NULL));
  g_assert_cmpint (g_chmod (program, 0700), ==, 0);
  return program;
}

static void
assert_found (const char *search, const char *name, const char *expected)
{
  g_autofree char *found = NULL;

  if (search)
    g_setenv ("PATH", search, TRUE);
  else
    g_unsetenv ("PATH");
  found = gbx_path_command (name);
  g_assert_cmpstr (found, ==, expected);
}

/* Each system has env in /usr/bin. */
static void
test_standard (void)
{
  assert_found (NULL, "env", "/usr/bin/env");
  assert_found ("", "env", "/usr/bin/env");
  assert_found ("/nonexistent", "env", "/usr/bin/env");
  assert_found ("/bin:/usr/bin", "env", "/usr/bin/env");
  assert_found ("/nonexistent", "no-such-program-here", NULL);
}

static void
test_own (void)
{
  g_autofree char *program = make_program ("one", "env");
  g_autofree char *one = g_path_get_dirname (program);
  g_autofree char *link = g_build_filename (scratch, "link", NULL);
  g_autofree char *search = g_strconcat ("/nonexistent:", link, ":/usr/bin", NULL);

  g_assert_cmpint (symlink ("one", link), ==, 0);
  assert_found (one, "env", program);
  assert_found (search, "env", program);
  /* Not what the working folder holds, and no folder of that name. */
  g_assert_cmpint (g_chdir (one), ==, 0);
  assert_found (".:", "env", "/usr/bin/env");
  g_assert_cmpint (g_chdir ("/"), ==, 0);
  assert_found (scratch, "one", NULL);
}

/* passt looks at the name that it was started by. */
static void
test_name_kept (void)
{
  g_autofree char *program = make_program ("two", "passt");
  g_autofree char *two = g_path_get_dirname (program);
  g_autofree char *alias = g_build_filename (two, "pasta", NULL);

  g_assert_cmpint (symlink ("passt", alias), ==, 0);
  assert_found (two, "pasta", alias);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  scratch = g_dir_make_tmp ("gbx-paths-XXXXXX", NULL);
  g_assert_nonnull (scratch);
  g_test_add_func ("/paths/command/standard", test_standard);
  g_test_add_func ("/paths/command/own", test_own);
  g_test_add_func ("/paths/command/name-kept", test_name_kept);
  status = g_test_run ();
  gbx_path_remove_tree (scratch);
  g_free (scratch);
  return status;
}
