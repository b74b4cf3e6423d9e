/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the host knows of a command before anything boots. */

#include "gbx-paths.h"
#include "gbx-program.h"

#include <glib/gstdio.h>
#include <string.h>

static char *scratch;

static char *
make_file (const char *name, guint mode)
{
  char *path = g_build_filename (scratch, name, NULL);

  g_assert_true (g_file_set_contents (path, "#!/bin/sh\n", -1, NULL));
  g_assert_no_errno (g_chmod (path, mode));
  return path;
}

static int
check (const char *share, const char *at, const char *const *command, const char *words)
{
  g_autoptr (GbxPolicyBuilder) builder = gbx_policy_builder_new (GBX_MODE_EXEC);
  g_autoptr (GbxShare) shared = share ? gbx_share_new (share, at, FALSE, NULL) : NULL;
  g_autoptr (GbxPolicy) policy = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  if (shared)
    gbx_policy_builder_add_share (builder, shared);
  gbx_policy_builder_set_command (builder, command);
  policy = gbx_policy_builder_build (builder, &error);
  g_assert_no_error (error);
  status = gbx_program_check (policy, &error);
  g_assert_true ((status == 0) == (error == NULL));
  if (words)
    g_assert_nonnull (strstr (error->message, words));
  return status;
}

#define COMMAND(...) ((const char *const[]) { __VA_ARGS__, NULL })

static void
test_not_shared (void)
{
  g_autofree char *program = make_file ("x y.AppImage", 0755);
  g_autofree char *words = g_strdup_printf ("--share '%s'", program);

  g_assert_cmpint (check (NULL, NULL, COMMAND (program), words), ==, 127);
  g_assert_no_errno (g_chdir (scratch));
  g_assert_cmpint (check (NULL, NULL, COMMAND ("./x y.AppImage"), words), ==, 127);
  g_assert_no_errno (g_chdir ("/"));
  g_assert_cmpint (check (scratch, NULL, COMMAND (program), NULL), ==, 0);
  /* The share shows it somewhere else. */
  g_assert_cmpint (check (scratch, "/elsewhere", COMMAND (program), words), ==, 127);
  g_assert_cmpint (check (scratch, "/elsewhere", COMMAND ("/elsewhere/x y.AppImage"), NULL), ==, 0);
}

static void
test_not_executable (void)
{
  g_autofree char *program = make_file ("plain", 0644);

  g_assert_cmpint (check (scratch, NULL, COMMAND (program), "chmod +x"), ==, 126);
  g_assert_cmpint (check (scratch, "/there", COMMAND ("/there/plain"), "chmod +x"), ==, 126);
}

static void
test_name (void)
{
  g_autofree char *program = make_file ("gbx-own-tool", 0755);
  g_autofree char *before = g_strdup (g_getenv ("PATH"));

  g_assert_cmpint (check (NULL, NULL, COMMAND ("gbx-own-tool"), NULL), ==, 0);
  g_setenv ("PATH", scratch, TRUE);
  g_assert_cmpint (check (NULL, NULL, COMMAND ("gbx-own-tool"), "--share"), ==, 127);
  g_assert_cmpint (check (scratch, NULL, COMMAND ("gbx-own-tool"), program), ==, 127);
  g_assert_cmpint (check (NULL, NULL, COMMAND ("true"), NULL), ==, 0);
  g_setenv ("PATH", before, TRUE);
}

static void
test_installers (void)
{
  static const char words[] = "install it as a package";

  g_assert_cmpint (check (NULL, NULL, COMMAND ("/usr/bin/flatpak", "run", "--x", "org.a.B"), words),
                   ==, 127);
  g_assert_cmpint (check (NULL, NULL, COMMAND ("snap", "run", "a"), words), ==, 127);
  g_assert_cmpint (check (NULL, NULL, COMMAND ("/usr/bin/flatpak", "--version"), NULL), ==, 0);
  /* As in the entries of snaps. */
  g_assert_cmpint (check (NULL, NULL, COMMAND ("env", "HINT=/a", "snap", "run", "b"), words), ==,
                   127);
}

/* What the host does not have, or the guest has as well, is the guest's to say. */
static void
test_guest_says (void)
{
  g_assert_cmpint (check (NULL, NULL, COMMAND ("no-such-program-here"), NULL), ==, 0);
  g_assert_cmpint (check (NULL, NULL, COMMAND ("/no/such/program"), NULL), ==, 0);
  g_assert_cmpint (check (NULL, NULL, COMMAND ("/etc/passwd"), NULL), ==, 0);
  g_assert_cmpint (check (NULL, NULL, COMMAND ("/bin/true"), NULL), ==, 0);
  g_assert_cmpint (check (NULL, NULL, COMMAND ("/proc/self/exe"), NULL), ==, 0);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  scratch = g_dir_make_tmp ("gbx-program-XXXXXX", NULL);
  g_assert_nonnull (scratch);
  g_test_add_func ("/program/not-shared", test_not_shared);
  g_test_add_func ("/program/not-executable", test_not_executable);
  g_test_add_func ("/program/name", test_name);
  g_test_add_func ("/program/installers", test_installers);
  g_test_add_func ("/program/guest-says", test_guest_says);
  status = g_test_run ();
  gbx_path_remove_tree (scratch);
  g_free (scratch);
  return status;
}
