/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Names are claimed once, given back, and taken from the dead. */

#include "gbx-error.h"
#include "gbx-paths.h"
#include "gbx-runtime.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static char *base; /* $XDG_RUNTIME_DIR/glovebox */

static void
test_claim_twice (void)
{
  g_autoptr (GbxRuntime) one = gbx_runtime_claim ("name", TRUE, NULL);
  g_autoptr (GbxRuntime) numbered = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (one);
  g_assert_null (gbx_runtime_claim ("name", TRUE, &error));
  g_assert_error (error, GBX_ERROR, GBX_ERROR_NAME_IN_USE);
  numbered = gbx_runtime_claim ("name", FALSE, NULL);
  g_assert_cmpstr (gbx_runtime_get_name (numbered), ==, "name-2");
  g_clear_pointer (&one, gbx_runtime_free);
  one = gbx_runtime_claim ("name", TRUE, NULL);
  g_assert_nonnull (one);
}

static void
test_nothing_left (void)
{
  GbxRuntime *one = gbx_runtime_claim ("gone", TRUE, NULL);
  g_autofree char *path = g_strdup (gbx_runtime_get_path (one));
  g_autofree char *deep = gbx_runtime_get_file (one, "a/b");
  g_autofree char *file = gbx_runtime_get_file (one, "a/b/c");

  g_assert_cmpint (g_mkdir_with_parents (deep, 0700), ==, 0);
  g_assert_true (g_file_set_contents (file, "x", 1, NULL));
  g_assert_cmpint (g_chmod (deep, 0500), ==, 0);
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_DIR));
  gbx_runtime_free (one);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

/* A file may have 16 bytes and no more: for a program that is a full disk. */
static void
test_full_disk (void)
{
  g_autoptr (GbxRuntime) one = gbx_runtime_claim ("full", TRUE, NULL);
  g_autoptr (GError) error = NULL;
  struct rlimit before, limit;
  gboolean written;

  signal (SIGXFSZ, SIG_IGN);
  g_assert_no_errno (getrlimit (RLIMIT_FSIZE, &before));
  limit = before;
  limit.rlim_cur = 16;
  g_assert_no_errno (setrlimit (RLIMIT_FSIZE, &limit));
  written = gbx_runtime_write_state (one, "Title", "uuid", "tcg", &error);
  g_assert_no_errno (setrlimit (RLIMIT_FSIZE, &before));
  g_assert_false (written);
  g_assert_error (error, GBX_ERROR, GBX_ERROR_STORAGE);
  g_assert_nonnull (strstr (error->message, base));
  g_assert_nonnull (strstr (error->message, "XDG_RUNTIME_DIR"));
}

static gboolean
lists (const char *name)
{
  g_autoptr (GPtrArray) list = gbx_running_list (NULL);

  for (guint i = 0; i < list->len; i++)
    if (g_str_equal (((GbxRunning *) list->pdata[i])->name, name))
      return TRUE;
  return FALSE;
}

/* Looking at a sandbox of this very process must not drop its lock. */
static void
test_list_keeps_lock (void)
{
  g_autoptr (GbxRuntime) one = gbx_runtime_claim ("listed", TRUE, NULL);

  g_assert_false (lists ("listed")); /* no state yet */
  g_assert_true (gbx_runtime_write_state (one, "Title", "u-u-i-d", "tcg", NULL));
  g_assert_true (lists ("listed"));
  g_assert_true (lists ("listed"));
  g_assert_true (gbx_running_is_alive ("listed"));
  g_assert_false (gbx_running_is_alive ("other"));
}

/* A process that dies as by SIGKILL leaves its folder; the sweep takes it, tells
 * of the domain, and takes nothing of the living. */
static void
test_sweep_the_dead (void)
{
  const char *uuid = "8d4a1f3e-5b0c-4b0e-9c36-0d4a3c9f1b2e";
  g_autoptr (GbxRuntime) alive = gbx_runtime_claim ("alive", TRUE, NULL);
  g_autoptr (GbxRuntime) reclaimed = NULL;
  g_autoptr (GPtrArray) taken = NULL;
  g_autoptr (GPtrArray) again = NULL;
  g_autofree char *dead = g_build_filename (base, "dead", NULL);
  pid_t pid = fork ();
  int status;

  if (pid == 0)
    {
      GbxRuntime *mine = gbx_runtime_claim ("dead", TRUE, NULL);

      _exit (mine && gbx_runtime_write_state (mine, "T", uuid, "kvm", NULL) ? 0 : 1);
    }
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_cmpint (status, ==, 0);
  g_assert_true (g_file_test (dead, G_FILE_TEST_IS_DIR));
  g_assert_false (gbx_running_is_alive ("dead"));
  g_assert_cmpuint (gbx_runtime_count_dead (), ==, 1);
  taken = gbx_runtime_take_dead (NULL);
  g_assert_cmpuint (taken->len, ==, 1);
  g_assert_cmpstr (((GbxDead *) taken->pdata[0])->uuid, ==, uuid);
  g_assert_false (g_file_test (dead, G_FILE_TEST_EXISTS));
  g_assert_true (gbx_running_is_alive ("alive"));
  reclaimed = gbx_runtime_claim ("dead", TRUE, NULL);
  g_assert_nonnull (reclaimed);
  /* One whose domain could not be ended is not forgotten. */
  again = gbx_runtime_take_dead (NULL);
  g_assert_cmpuint (again->len, ==, 1);
  g_assert_cmpstr (((GbxDead *) again->pdata[0])->uuid, ==, uuid);
  gbx_runtime_remove_dead (again->pdata[0]);
  g_assert_cmpuint (gbx_runtime_count_dead (), ==, 0);
}

/* Somebody else's folder in our place is refused, not used. */
static void
test_base_is_a_link (void)
{
  g_autofree char *moved = g_strconcat (base, "-moved", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_rename (base, moved), ==, 0);
  g_assert_cmpint (symlink ("/tmp", base), ==, 0);
  g_assert_null (gbx_runtime_claim ("linked", TRUE, &error));
  g_assert_error (error, GBX_ERROR, GBX_ERROR_STORAGE);
  g_assert_cmpint (unlink (base), ==, 0);
  g_assert_cmpint (g_rename (moved, base), ==, 0);
}

int
main (int argc, char **argv)
{
  g_autofree char *scratch = g_dir_make_tmp ("glovebox-test-XXXXXX", NULL);
  int status;

  g_setenv ("XDG_RUNTIME_DIR", scratch, TRUE);
  base = g_build_filename (scratch, "glovebox", NULL);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/runtime/claim-twice", test_claim_twice);
  g_test_add_func ("/runtime/nothing-left", test_nothing_left);
  g_test_add_func ("/runtime/full-disk", test_full_disk);
  g_test_add_func ("/runtime/list-keeps-lock", test_list_keeps_lock);
  g_test_add_func ("/runtime/sweep", test_sweep_the_dead);
  g_test_add_func ("/runtime/base-is-a-link", test_base_is_a_link);
  status = g_test_run ();
  gbx_path_remove_tree (scratch);
  g_free (base);
  return status;
}
