/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Which of the host's files reach a guest's root, and which never. */

#include "gbx-file-store.h"
#include "gbx-host-files.h"
#include "gbx-paths.h"
#include "gbx-tree.h"
#include "gbx-usr-links.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static char *scratch;

static char *
make_root (void)
{
  g_autofree char *template = g_build_filename (scratch, "root-XXXXXX", NULL);
  char *root = g_mkdtemp_full (g_steal_pointer (&template), 0700);

  g_assert_nonnull (root);
  return root;
}

static void
put_file (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);

  g_assert_no_errno (g_mkdir_with_parents (parent, 0700));
  g_assert_true (g_file_set_contents (path, "mine", -1, NULL));
}

static void
copy (const char *root, const char *path)
{
  g_autoptr (GbxHostFiles) files = gbx_host_files_new (root, NULL, NULL);
  g_autoptr (GError) error = NULL;

  gbx_host_files_want (files, path);
  gbx_host_files_copy (files, &error);
  g_assert_no_error (error);
}

static gboolean
has (const char *root, const char *name, GFileTest test)
{
  g_autofree char *path = g_build_filename (root, name, NULL);

  return g_file_test (path, test);
}

static void
test_kept_back (void)
{
  static const char *const never[] = {
    "/etc/shadow",
    "/etc/machine-id",
    "/etc/passwd",
    "/etc/hosts",
    "/etc/ssh/ssh_config",
    "/etc/pam.d",
    "/var/log",
    "/etc",
    "/var",
    "/var/lib",
    "/root",
    "/proc/self/environ",
    "/tmp",
    "/etc/alternatives/../passwd",
    "/usr/../etc/passwd",
    "/etc/ssl/private",
  };

  for (guint i = 0; i < G_N_ELEMENTS (never); i++)
    {
      g_autofree char *root = make_root ();
      g_autoptr (GDir) dir = NULL;

      copy (root, never[i]);
      dir = g_dir_open (root, 0, NULL);
      g_assert_cmpstr (g_dir_read_name (dir), ==, NULL);
    }
}

/* Debian has it as a link to /usr, other systems as a file. */
static void
test_copied (void)
{
  g_autofree char *root = make_root ();

  copy (root, "/usr/../etc/./profile");
  copy (root, "/etc/os-release");
  g_assert_true (has (root, "etc/profile", G_FILE_TEST_IS_REGULAR));
  g_assert_true (has (root, "etc/os-release", G_FILE_TEST_IS_SYMLINK)
                 || has (root, "etc/os-release", G_FILE_TEST_IS_REGULAR));
  g_assert_false (has (root, "usr", G_FILE_TEST_EXISTS));
}

/* The composed files, and where shared files are to be mounted. */
static void
test_present_stays (void)
{
  g_autofree char *root = make_root ();
  g_autofree char *profile = g_build_filename (root, "etc/profile", NULL);
  g_autofree char *text = NULL;

  put_file (root, "etc/profile");
  put_file (root, "etc/ssl");
  copy (root, "/etc/profile");
  copy (root, "/etc/ssl/certs");
  copy (root, "/etc/ssl");
  g_assert_true (has (root, "etc/ssl", G_FILE_TEST_IS_REGULAR));
  g_assert_true (g_file_get_contents (profile, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "mine");
}

static void
make_link (const char *target, const char *name)
{
  g_autofree char *path = g_build_filename (scratch, "usr", name, NULL);
  g_autofree char *folder = g_path_get_dirname (path);

  g_assert_no_errno (g_mkdir_with_parents (folder, 0700));
  g_assert_no_errno (symlink (target, path));
}

/* Links of links are somebody else's matter: each is looked at by itself. */
static void
test_links (void)
{
  g_autofree char *usr = g_build_filename (scratch, "usr", NULL);
  g_autofree char *up = g_strconcat ("../../../../../../../../../../..", "/etc/two", NULL);
  g_auto (GStrv) found = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  make_link ("/etc/one\nline", "share/a");
  make_link ("/etc/one\nline", "share/again");
  make_link (up, "share/deep/b");
  make_link ("/var/lib/three", "c");
  make_link ("a", "share/inside");
  make_link ("/home/somebody", "share/home");
  make_link ("/usr/share", "share/loop");
  make_link ("/etcetera", "share/other");
  found = gbx_usr_links_find (usr, NULL, NULL);
  g_assert_cmpuint (g_strv_length (found), ==, 3);
  g_assert_true (g_strv_contains ((const char *const *)found, "/etc/one\nline"));
  g_assert_true (g_strv_contains ((const char *const *)found, "/etc/two"));
  g_assert_true (g_strv_contains ((const char *const *)found, "/var/lib/three"));
  g_cancellable_cancel (cancellable);
  g_assert_null (gbx_usr_links_find (usr, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* What is kept says the same as what is looked up. */
static void
test_links_kept (void)
{
  g_auto (GStrv) first = gbx_usr_links_obtain (NULL, NULL);
  g_auto (GStrv) second = gbx_usr_links_obtain (NULL, NULL);

  g_assert_nonnull (first);
  g_assert_cmpstrv (first, second);
}

/* A file of the system, which nobody changes meanwhile. */
#define SETTLED "/etc/debian_version"

static ino_t
get_inode (const char *root, const char *name)
{
  g_autofree char *path = g_build_filename (root, name, NULL);
  struct stat st;

  return g_stat (path, &st) == 0 ? st.st_ino : 0;
}

static void
copy_with_store (const char *root, const char *store)
{
  g_autoptr (GbxHostFiles) files = gbx_host_files_new (root, store, NULL);
  g_autoptr (GError) error = NULL;

  gbx_host_files_want (files, SETTLED);
  gbx_host_files_copy (files, &error);
  g_assert_no_error (error);
}

static void
test_store (void)
{
  g_autofree char *store = g_build_filename (scratch, "store", NULL);
  g_autofree char *one = make_root ();
  g_autofree char *two = make_root ();
  g_autofree char *path = g_build_filename (two, SETTLED, NULL);
  g_autofree char *original = NULL;
  g_autofree char *text = NULL;

  if (!g_file_get_contents (SETTLED, &original, NULL, NULL))
    {
      g_test_skip (SETTLED " is missing");
      return;
    }
  copy_with_store (one, store);
  copy_with_store (two, store);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, original);
  g_assert_cmpuint (get_inode (one, SETTLED), !=, 0);
  g_assert_cmpuint (get_inode (one, SETTLED), ==, get_inode (two, SETTLED));
  /* What one root gets instead is not in the other. */
  g_assert_true (gbx_tree_write_file (one, &SETTLED[1], "changed", -1, NULL));
  g_clear_pointer (&text, g_free);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, original);
}

static void
test_store_changed (void)
{
  g_autofree char *folder = g_build_filename (scratch, "other-store", NULL);
  g_autofree char *path = g_build_filename (scratch, "file", NULL);
  g_autofree char *to = g_build_filename (scratch, "link", NULL);
  g_autoptr (GbxFileStore) store = gbx_file_store_new (folder);
  struct stat st;

  g_assert_nonnull (store);
  /* It may change again with the same time. */
  g_assert_true (g_file_set_contents (path, "new", -1, NULL));
  g_assert_no_errno (g_stat (path, &st));
  g_assert_false (gbx_file_store_link (store, path, &st, to));
  g_assert_false (g_file_test (to, G_FILE_TEST_EXISTS));
  /* It was replaced after it was looked at. */
  g_assert_no_errno (g_stat (SETTLED, &st));
  g_assert_false (gbx_file_store_link (store, path, &st, to));
  /* Others can write there. */
  g_assert_no_errno (g_chmod (folder, 0770));
  g_assert_null (gbx_file_store_new (folder));
}

int
main (int argc, char **argv)
{
  int status;

  scratch = g_dir_make_tmp ("gbx-files-XXXXXX", NULL);
  g_assert_nonnull (scratch);
  g_setenv ("XDG_CACHE_HOME", scratch, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/host-files/kept-back", test_kept_back);
  g_test_add_func ("/host-files/copied", test_copied);
  g_test_add_func ("/host-files/present-stays", test_present_stays);
  g_test_add_func ("/host-files/links", test_links);
  g_test_add_func ("/host-files/links-kept", test_links_kept);
  g_test_add_func ("/host-files/store", test_store);
  g_test_add_func ("/host-files/store-changed", test_store_changed);
  status = g_test_run ();
  gbx_path_remove_tree (scratch);
  g_free (scratch);
  return status;
}
