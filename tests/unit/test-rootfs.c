/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the guest's root holds, and what it must never hold. */

#include "gbx-error.h"
#include "gbx-paths.h"
#include "gbx-input-records.h"
#include "gbx-keyboard.h"
#include "gbx-rootfs.h"
#include "gbx-terminfo.h"

#include <ftw.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

static char *scratch, *root;

static GbxPolicy *
make_policy (void)
{
  const char *argv[] = { "true", NULL };
  g_autofree char *file = g_build_filename (scratch, "file", NULL);
  g_autoptr (GbxPolicyBuilder) builder = gbx_policy_builder_new (GBX_MODE_EXEC);
  g_autoptr (GbxShare) folder_share = gbx_share_new (scratch, "/data/deep/folder", FALSE, NULL);
  g_autoptr (GbxShare) file_share = NULL;

  g_file_set_contents (file, "x", 1, NULL);
  file_share = gbx_share_new (file, "/data/file.txt", FALSE, NULL);
  gbx_policy_builder_set_command (builder, argv);
  gbx_policy_builder_add_share (builder, folder_share);
  gbx_policy_builder_add_share (builder, file_share);
  return gbx_policy_builder_build (builder, NULL);
}

static gboolean
has (const char *name, GFileTest test)
{
  g_autofree char *path = g_build_filename (root, name, NULL);

  return g_file_test (path, test);
}

static char *
contents (const char *name)
{
  g_autofree char *path = g_build_filename (root, name, NULL);
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, NULL);
  return text;
}

static void
test_layout (void)
{
  g_autofree char *passwd = contents ("etc/passwd");
  g_autofree char *hosts = contents ("etc/hosts");
  g_autofree char *machine_id = contents ("etc/machine-id");
  g_autofree char *resolv = contents ("etc/resolv.conf");
  g_autofree char *own_line = g_strdup_printf ("%s:x:", g_get_user_name ());

  g_assert_true (has ("bin", G_FILE_TEST_IS_SYMLINK));
  g_assert_true (has ("usr", G_FILE_TEST_IS_DIR));
  g_assert_true (has ("data/deep/folder", G_FILE_TEST_IS_DIR));
  g_assert_true (has ("data/file.txt", G_FILE_TEST_IS_REGULAR));
  g_assert_true (has ("etc/ld.so.cache", G_FILE_TEST_IS_REGULAR));
  g_assert_nonnull (strstr (passwd, own_line));
  g_assert_nonnull (strstr (passwd, GBX_XORG_USER));
  g_assert_nonnull (strstr (hosts, "guestname"));
  g_assert_cmpuint (strlen (machine_id), ==, 33);
  g_assert_cmpstr (resolv, ==, "nameserver 10.0.2.3\n");
}

static void
test_secrets_stay_out (void)
{
  static const char *const never[] = { "etc/shadow", "etc/gshadow", "etc/ssl/private", "etc/sudoers",
                                       "etc/ssh",    "etc/NetworkManager", "var/lib/apt",
                                       "etc/xdg/autostart" };

  for (guint i = 0; i < G_N_ELEMENTS (never); i++)
    g_assert_false (has (never[i], G_FILE_TEST_EXISTS));
}

/* Other accounts of the host are nobody's business. */
static void
test_accounts_reduced (void)
{
  g_autofree char *passwd = contents ("etc/passwd");
  g_auto (GStrv) lines = g_strsplit (g_strchomp (passwd), "\n", -1);

  g_assert_cmpuint (g_strv_length (lines), <=, 4);
}

static int
check_mode (const char *path, const struct stat *st, int type, struct FTW *walk)
{
  /* set-user-id, set-group-id, devices: nothing of the kind */
  g_assert_cmpuint (st->st_mode & (S_ISUID | S_ISGID), ==, 0);
  g_assert_true (S_ISREG (st->st_mode) || S_ISDIR (st->st_mode) || S_ISLNK (st->st_mode));
  /* Also Xorg's account reads it, whatever the user's umask is. */
  if (!S_ISLNK (st->st_mode) && !g_str_has_suffix (path, "/root/root"))
    g_assert_cmpuint (st->st_mode & 0044, ==, 0044);
  return 0;
}

static void
test_modes (void)
{
  g_assert_cmpint (nftw (root, check_mode, 16, FTW_PHYS), ==, 0);
}

static void
test_unwritable (void)
{
  g_autoptr (GbxPolicy) policy = make_policy ();
  g_autoptr (GbxIdentity) identity = gbx_identity_new_for_host (NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (gbx_rootfs_begin ("/proc/nowhere", policy, identity, "n", NULL, &error));
  g_assert_error (error, GBX_ERROR, GBX_ERROR_STORAGE);
  g_assert_nonnull (strstr (error->message, "/proc/nowhere"));
}

/* A file may have 16 bytes and no more: for a program that is a full disk. */
static void
test_full_disk (void)
{
  g_autoptr (GbxPolicy) policy = make_policy ();
  g_autoptr (GbxIdentity) identity = gbx_identity_new_for_host (NULL);
  g_autofree char *path = g_build_filename (scratch, "full", NULL);
  g_autoptr (GError) error = NULL;
  struct rlimit before, limit;
  gboolean begun;

  signal (SIGXFSZ, SIG_IGN);
  g_assert_no_errno (getrlimit (RLIMIT_FSIZE, &before));
  limit = before;
  limit.rlim_cur = 16;
  g_assert_no_errno (setrlimit (RLIMIT_FSIZE, &limit));
  begun = gbx_rootfs_begin (path, policy, identity, "n", NULL, &error);
  g_assert_no_errno (setrlimit (RLIMIT_FSIZE, &before));
  g_assert_false (begun);
  g_assert_error (error, GBX_ERROR, GBX_ERROR_STORAGE);
  g_assert_nonnull (strstr (error->message, "no space left in the runtime folder"));
  g_assert_nonnull (strstr (error->message, "XDG_RUNTIME_DIR"));
}

static void
test_cancelled (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autofree char *path = g_build_filename (scratch, "cancelled", NULL);
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_false (gbx_rootfs_fill (path, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* The guest's own accounts have numbers that the user has not, be it as a group. */
static void
test_own_accounts (void)
{
  const gid_t groups[] = { 64000, 64003 };
  GbxIdentity who = { .uid = 64001, .gid = 64002 };
  g_autoptr (GbxIdentity) me = gbx_identity_new_for_host (NULL);
  g_autofree char *passwd = contents ("etc/passwd");
  g_autofree char *line = g_strdup_printf (GBX_XORG_USER ":x:%u:%u:", me->display_account,
                                           me->display_account);

  gbx_identity_choose_accounts (&who, groups, G_N_ELEMENTS (groups));
  g_assert_cmpuint (who.display_account, ==, 64004);
  g_assert_cmpuint (who.private_account, ==, 64005);
  gbx_identity_choose_accounts (&who, NULL, 0);
  g_assert_cmpuint (who.display_account, ==, 64000);
  g_assert_cmpuint (who.private_account, ==, 64003);
  g_assert_nonnull (strstr (passwd, line));
}

/* The keymap that Xorg reads: of XKB's compiled format, version 15 of it, and none
 * for a layout that there is not. */
static void
test_keymap (void)
{
  g_autoptr (GbxKeyboard) keyboard = gbx_keyboard_new_for_host ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) keymap = gbx_keyboard_compile (keyboard, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (keymap), >, 4000);
  g_assert_cmpuint (g_bytes_get_size (keymap), <=, GBX_KEYMAP_MAX);
  g_assert_cmpmem (g_bytes_get_data (keymap, NULL), 4, "\017mkx", 4);
  g_free (keyboard->layout);
  keyboard->layout = g_strdup ("no-such-layout");
  g_assert_null (gbx_keyboard_compile (keyboard, &error));
  g_assert_nonnull (error);
}

/* A terminal that only its user has a description of; and no path from a variable. */
static void
test_terminfo (void)
{
  g_autofree char *folder = g_dir_make_tmp ("gbx-terminfo-XXXXXX", NULL);
  g_autofree char *own = g_build_filename (folder, "own", "q", NULL);
  g_autofree char *file = g_build_filename (own, "quaint", NULL);
  g_autofree char *parent = g_path_get_dirname (own);
  g_autofree char *copy = g_build_filename (folder, "etc", "terminfo", "q", "quaint", NULL);
  g_autofree char *text = NULL;
  const char *const terms[] = { "../own/q/quaint", "", "q/../quaint", "unknown" };

  g_assert_cmpint (g_mkdir_with_parents (own, 0700), ==, 0);
  g_assert_true (g_file_set_contents (file, "quaint", -1, NULL));
  g_setenv ("TERMINFO", parent, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (terms); i++)
    {
      g_setenv ("TERM", terms[i], TRUE);
      g_assert_true (gbx_terminfo_write (folder, NULL));
      g_assert_false (g_file_test (copy, G_FILE_TEST_EXISTS));
    }
  g_setenv ("TERM", "quaint", TRUE);
  g_assert_true (gbx_terminfo_write (folder, NULL));
  g_assert_true (g_file_get_contents (copy, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "quaint");
  g_unsetenv ("TERMINFO");
  gbx_path_remove_tree (folder);
}

int
main (int argc, char **argv)
{
  g_autoptr (GbxPolicy) policy = NULL;
  g_autoptr (GbxIdentity) identity = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  umask (077);
  scratch = g_dir_make_tmp ("glovebox-test-XXXXXX", NULL);
  g_setenv ("XDG_CACHE_HOME", scratch, TRUE);
  root = g_build_filename (scratch, "root", NULL);
  policy = make_policy ();
  identity = gbx_identity_new_for_host (NULL);
  if (gbx_rootfs_begin (root, policy, identity, "guestname", "10.0.2.3", &error))
    gbx_rootfs_fill (root, NULL, NULL, &error);
  g_assert_no_error (error);
  g_test_add_func ("/rootfs/layout", test_layout);
  g_test_add_func ("/rootfs/secrets", test_secrets_stay_out);
  g_test_add_func ("/rootfs/accounts", test_accounts_reduced);
  g_test_add_func ("/rootfs/own-accounts", test_own_accounts);
  g_test_add_func ("/rootfs/modes", test_modes);
  g_test_add_func ("/rootfs/keymap", test_keymap);
  g_test_add_func ("/rootfs/unwritable", test_unwritable);
  g_test_add_func ("/rootfs/full-disk", test_full_disk);
  g_test_add_func ("/rootfs/terminfo", test_terminfo);
  g_test_add_func ("/rootfs/cancelled", test_cancelled);
  status = g_test_run ();
  gbx_path_remove_tree (scratch);
  g_free (root);
  g_free (scratch);
  return status;
}
