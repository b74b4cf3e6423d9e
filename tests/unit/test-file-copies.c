/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Single files that a sandbox may write: what it makes of its copy comes back, and what
 * somebody else makes of the file meanwhile is not lost. */

#include "gbx-error.h"
#include "gbx-exports.h"
#include "gbx-file-copies.h"
#include "gbx-paths.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define UUID "8d4a1f3e-5b0c-4b0e-9c36-0d4a3c9f1b2e"
#define BESIDE "letter (changed in sandbox editor).txt"

static char *world;

typedef struct
{
  char *folder, *file;
  GbxPolicy *policy;
  GbxFileCopies *copies;
} Fixture;

static GbxPolicy *
make_policy (const char *file)
{
  const char *argv[] = { "true", NULL };
  g_autoptr (GbxPolicyBuilder) builder = gbx_policy_builder_new (GBX_MODE_EXEC);
  g_autoptr (GError) error = NULL;
  g_autoptr (GbxShare) share = gbx_share_new (file, "/data/letter.txt", TRUE, &error);
  GbxPolicy *policy;

  g_assert_no_error (error);
  gbx_policy_builder_set_command (builder, argv);
  gbx_policy_builder_set_text (builder, "resources.memory", "256M", "test", &error);
  g_assert_no_error (error);
  gbx_policy_builder_add_share (builder, share);
  policy = gbx_policy_builder_build (builder, &error);
  g_assert_no_error (error);
  return policy;
}

static void
begin (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  gbx_file_copies_prepare (self->policy, "editor", UUID, &self->copies, &error);
  g_assert_no_error (error);
  g_assert_nonnull (self->copies);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->folder = g_build_filename (world, "files", NULL);
  self->file = g_build_filename (self->folder, "letter.txt", NULL);
  g_assert_cmpint (g_mkdir (self->folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (self->file, "first", -1, NULL));
  g_assert_cmpint (g_chmod (self->file, 0640), ==, 0);
  self->policy = make_policy (self->file);
  begin (self);
}

static void
assert_nothing_kept (void)
{
  g_autofree char *folder = g_build_filename (world, "state/glovebox/files/" UUID, NULL);

  g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_clear_pointer (&self->copies, gbx_file_copies_free);
  g_chmod (self->folder, 0700);
  gbx_path_remove_tree (self->folder);
  gbx_policy_unref (self->policy);
  g_free (self->folder);
  g_free (self->file);
}

static char *
copy_path (Fixture *self, const char *name)
{
  return g_build_filename (gbx_file_copies_get_folder (self->copies, 0), name, NULL);
}

/* As the guest does it. */
static void
change_copy (Fixture *self, const char *text)
{
  g_autofree char *new = copy_path (self, "new");
  g_autofree char *file = copy_path (self, GBX_EXPORT_FILE_NAME);

  g_assert_true (gbx_path_write_file (new, text, strlen (text), 0600));
  g_assert_cmpint (g_rename (new, file), ==, 0);
}

static void
finish (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  gbx_file_copies_finish (self->copies, &error);
  g_assert_no_error (error);
}

static void
assert_contents (Fixture *self, const char *name, const char *expected)
{
  g_autofree char *path = g_build_filename (self->folder, name, NULL);
  g_autofree char *text = NULL;

  g_file_get_contents (path, &text, NULL, NULL);
  g_assert_cmpstr (text, ==, expected);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* The names in the folder, sorted, between commas. */
static void
assert_names (Fixture *self, const char *expected)
{
  g_autoptr (GDir) dir = g_dir_open (self->folder, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *text = NULL;
  const char *name;

  while ((name = g_dir_read_name (dir)))
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);
  text = g_strjoinv (",", (char **) names->pdata);
  g_assert_cmpstr (text, ==, expected);
}

/* ---------------------------------------------------------- written back -- */

static void
test_replaced (Fixture *self, gconstpointer data)
{
  struct stat before, after;

  g_assert_cmpint (stat (self->file, &before), ==, 0);
  change_copy (self, "second");
  finish (self);
  g_assert_cmpint (stat (self->file, &after), ==, 0);
  assert_contents (self, "letter.txt", "second");
  assert_names (self, "letter.txt");
  g_assert_cmpint (after.st_mode, ==, before.st_mode);
  g_assert_cmpint (after.st_gid, ==, before.st_gid);
  /* At once, and not by and by in the file itself. */
  g_assert_cmpint (after.st_ino, !=, before.st_ino);
  g_assert_null (gbx_file_copies_describe (self->copies));
  g_clear_pointer (&self->copies, gbx_file_copies_free);
  assert_nothing_kept ();
}

static gboolean
has_contents (const char *path, const char *expected)
{
  g_autofree char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) && g_str_equal (text, expected);
}

#define await(condition)                                                                           \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gint64 deadline = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;                               \
    while (!(condition))                                                                           \
      {                                                                                            \
        g_assert_cmpint (g_get_monotonic_time (), <, deadline);                                    \
        g_usleep (5000);                                                                           \
      }                                                                                            \
  }                                                                                                \
  G_STMT_END

static void
test_under_way (Fixture *self, gconstpointer data)
{
  g_autofree char *file = copy_path (self, GBX_EXPORT_FILE_NAME);

  gbx_file_copies_watch (self->copies);
  change_copy (self, "second");
  await (has_contents (self->file, "second"));
  change_copy (self, "third");
  await (has_contents (self->file, "third"));
  /* Where the guest writes in the copy itself. */
  g_assert_true (gbx_path_write_file (file, "fourth", 6, 0600));
  await (has_contents (self->file, "fourth"));
  finish (self);
  assert_names (self, "letter.txt");
}

static void
test_hard_link (Fixture *self, gconstpointer data)
{
  g_autofree char *other = g_build_filename (self->folder, "other", NULL);

  g_assert_cmpint (link (self->file, other), ==, 0);
  change_copy (self, "2nd");
  finish (self);
  assert_contents (self, "letter.txt", "2nd");
  assert_contents (self, "other", "2nd");
}

static void
test_folder_not_writable (Fixture *self, gconstpointer data)
{
  if (geteuid () == 0)
    {
      g_test_skip ("root can write everywhere");
      return;
    }
  g_assert_cmpint (g_chmod (self->folder, 0500), ==, 0);
  change_copy (self, "second, and longer");
  finish (self);
  assert_contents (self, "letter.txt", "second, and longer");
}

static void
test_unchanged (Fixture *self, gconstpointer data)
{
  g_assert_true (g_file_set_contents (self->file, "of the host", -1, NULL));
  finish (self);
  assert_contents (self, "letter.txt", "of the host");
  assert_names (self, "letter.txt");
  g_assert_null (gbx_file_copies_describe (self->copies));
}

static void
test_removed (Fixture *self, gconstpointer data)
{
  g_autofree char *file = copy_path (self, GBX_EXPORT_FILE_NAME);

  g_assert_cmpint (g_unlink (file), ==, 0);
  finish (self);
  assert_contents (self, "letter.txt", "first");
}

/* ------------------------------------------------------------- conflicts -- */

static gboolean
is_told (Fixture *self, const char *words)
{
  g_autofree char *text = gbx_file_copies_describe (self->copies);

  return text && strstr (text, words);
}

static void
test_conflict (Fixture *self, gconstpointer data)
{
  g_autofree char *beside = g_build_filename (self->folder, BESIDE, NULL);
  struct stat st;

  gbx_file_copies_watch (self->copies);
  g_assert_true (g_file_set_contents (self->file, "of the host", -1, NULL));
  change_copy (self, "of the guest");
  await (has_contents (beside, "of the guest"));
  await (is_told (self, BESIDE));
  /* It is the one that is written from then on. */
  change_copy (self, "of the guest again");
  await (has_contents (beside, "of the guest again"));
  finish (self);
  assert_contents (self, "letter.txt", "of the host");
  assert_names (self, BESIDE ",letter.txt");
  g_assert_cmpint (stat (beside, &st), ==, 0);
  g_assert_cmpint (st.st_mode & 0777, ==, 0640);
}

static void
test_conflict_twice (Fixture *self, gconstpointer data)
{
  g_autofree char *beside = g_build_filename (self->folder, BESIDE, NULL);

  g_assert_true (g_file_set_contents (beside, "of last time", -1, NULL));
  g_assert_true (g_file_set_contents (self->file, "of the host", -1, NULL));
  change_copy (self, "of the guest");
  finish (self);
  assert_contents (self, BESIDE, "of last time");
  assert_contents (self, "letter (changed in sandbox editor 2).txt", "of the guest");
}

static void
test_gone (Fixture *self, gconstpointer data)
{
  g_assert_cmpint (g_unlink (self->file), ==, 0);
  change_copy (self, "of the guest");
  finish (self);
  assert_names (self, BESIDE);
  assert_contents (self, BESIDE, "of the guest");
}

static void
test_same_contents (Fixture *self, gconstpointer data)
{
  g_assert_true (g_file_set_contents (self->file, "the same", -1, NULL));
  change_copy (self, "the same");
  finish (self);
  assert_names (self, "letter.txt");
  g_assert_null (gbx_file_copies_describe (self->copies));
}

/* A second sandbox, with the folder as a share, may try this. */
static void
test_link_in_the_way (Fixture *self, gconstpointer data)
{
  g_autofree char *other = g_build_filename (world, "other", NULL);

  g_assert_true (g_file_set_contents (other, "private", -1, NULL));
  g_assert_cmpint (g_unlink (self->file), ==, 0);
  g_assert_cmpint (symlink (other, self->file), ==, 0);
  change_copy (self, "of the guest");
  finish (self);
  g_assert_true (has_contents (other, "private"));
  assert_contents (self, BESIDE, "of the guest");
}

/* --------------------------------------------------------- hostile guests -- */

static void
test_not_a_file (Fixture *self, gconstpointer data)
{
  g_autofree char *file = copy_path (self, GBX_EXPORT_FILE_NAME);
  g_autofree char *secret = g_build_filename (world, "secret", NULL);

  g_assert_true (g_file_set_contents (secret, "private", -1, NULL));
  g_assert_cmpint (g_unlink (file), ==, 0);
  g_assert_cmpint (symlink (secret, file), ==, 0);
  finish (self);
  assert_contents (self, "letter.txt", "first");
  g_assert_cmpint (g_unlink (file), ==, 0);
  g_assert_cmpint (mkfifo (file, 0600), ==, 0);
  finish (self);
  g_assert_cmpint (g_unlink (file), ==, 0);
  g_assert_cmpint (g_mkdir (file, 0), ==, 0);
  finish (self);
  assert_contents (self, "letter.txt", "first");
  g_clear_pointer (&self->copies, gbx_file_copies_free);
  assert_nothing_kept ();
}

static void
test_setuid (Fixture *self, gconstpointer data)
{
  g_autofree char *file = copy_path (self, GBX_EXPORT_FILE_NAME);
  struct stat st;

  g_assert_cmpint (g_chmod (self->file, 04750), ==, 0);
  change_copy (self, "of the guest");
  g_assert_cmpint (g_chmod (file, 06777), ==, 0);
  finish (self);
  assert_contents (self, "letter.txt", "of the guest");
  g_assert_cmpint (stat (self->file, &st), ==, 0);
  g_assert_cmpint (st.st_mode & 07777, ==, 0750);
}

/* Larger than the guest's memory can hold: nothing of it comes to the user's disk. */
static void
test_too_large (Fixture *self, gconstpointer data)
{
  g_autofree char *file = copy_path (self, GBX_EXPORT_FILE_NAME);
  g_autofree char *kept = g_strdup (file);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (truncate (file, G_GINT64_CONSTANT (1) << 40), ==, 0);
  g_assert_false (gbx_file_copies_finish (self->copies, &error));
  g_assert_error (error, GBX_ERROR, GBX_ERROR_STORAGE);
  g_assert_nonnull (strstr (error->message, file));
  assert_contents (self, "letter.txt", "first");
  g_clear_pointer (&self->copies, gbx_file_copies_free);
  g_assert_true (g_file_test (kept, G_FILE_TEST_EXISTS));
  /* A later start tries again. */
  g_assert_cmpint (truncate (kept, 3), ==, 0);
  g_assert_true (gbx_file_copies_need_recovery ());
  gbx_file_copies_recover ();
  assert_contents (self, "letter.txt", "fir");
  assert_nothing_kept ();
}

/* -------------------------------------------------------------- recovery -- */

/* The process of a sandbox is killed after its guest has written. */
static void
leave_dead (Fixture *self)
{
  pid_t pid;
  int status;

  g_clear_pointer (&self->copies, gbx_file_copies_free);
  pid = fork ();
  if (pid == 0)
    {
      begin (self);
      change_copy (self, "of the dead");
      _exit (gbx_file_copies_need_recovery () ? 1 : 0); /* it still lives */
    }
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_cmpint (status, ==, 0);
  assert_contents (self, "letter.txt", "first");
}

static void
test_recover (Fixture *self, gconstpointer data)
{
  leave_dead (self);
  g_assert_true (gbx_file_copies_need_recovery ());
  gbx_file_copies_recover ();
  g_assert_false (gbx_file_copies_need_recovery ());
  assert_contents (self, "letter.txt", "of the dead");
  assert_names (self, "letter.txt");
  assert_nothing_kept ();
}

static void
test_recover_conflict (Fixture *self, gconstpointer data)
{
  leave_dead (self);
  g_assert_true (g_file_set_contents (self->file, "of the host", -1, NULL));
  gbx_file_copies_recover ();
  assert_contents (self, "letter.txt", "of the host");
  assert_contents (self, BESIDE, "of the dead");
  assert_nothing_kept ();
}

static void
test_live_is_left_alone (Fixture *self, gconstpointer data)
{
  change_copy (self, "of the guest");
  g_assert_false (gbx_file_copies_need_recovery ());
  gbx_file_copies_recover ();
  assert_contents (self, "letter.txt", "first");
  finish (self);
  assert_contents (self, "letter.txt", "of the guest");
}

/* ------------------------------------------------------------- big files -- */

/* It is shared itself; only what would be lost is copied. */
static void
test_big (Fixture *self, gconstpointer data)
{
  g_autofree char *away = g_build_filename (self->folder, "away", NULL);
  int fd;

  g_clear_pointer (&self->copies, gbx_file_copies_free);
  g_assert_cmpint (truncate (self->file, 65 << 20), ==, 0);
  begin (self);
  g_assert_null (gbx_file_copies_get_folder (self->copies, 0));
  fd = open (self->file, O_WRONLY | O_CLOEXEC); /* the emulator's */
  g_assert_cmpint (write (fd, "guest", 5), ==, 5);
  finish (self);
  assert_names (self, "letter.txt");
  g_assert_cmpint (g_rename (self->file, away), ==, 0);
  g_assert_cmpint (g_unlink (away), ==, 0);
  g_assert_true (g_file_set_contents (self->file, "of the host", -1, NULL));
  finish (self);
  close (fd);
  assert_contents (self, "letter.txt", "of the host");
  assert_names (self, BESIDE ",letter.txt");
  g_assert_true (is_told (self, BESIDE));
}

/* ------------------------------------------------------------------------ */

static void
add (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_autofree char *name = g_build_filename (g_get_tmp_dir (), "glovebox-test-XXXXXX", NULL);
  g_autofree char *state = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  g_assert_nonnull (g_mkdtemp (name));
  world = realpath (name, NULL);
  state = g_build_filename (world, "state", NULL);
  g_setenv ("XDG_STATE_HOME", state, TRUE);
  add ("/file-copies/replaced", test_replaced);
  add ("/file-copies/under-way", test_under_way);
  add ("/file-copies/hard-link", test_hard_link);
  add ("/file-copies/folder-not-writable", test_folder_not_writable);
  add ("/file-copies/unchanged", test_unchanged);
  add ("/file-copies/removed", test_removed);
  add ("/file-copies/conflict", test_conflict);
  add ("/file-copies/conflict-twice", test_conflict_twice);
  add ("/file-copies/gone", test_gone);
  add ("/file-copies/same-contents", test_same_contents);
  add ("/file-copies/link-in-the-way", test_link_in_the_way);
  add ("/file-copies/not-a-file", test_not_a_file);
  add ("/file-copies/setuid", test_setuid);
  add ("/file-copies/too-large", test_too_large);
  add ("/file-copies/recover", test_recover);
  add ("/file-copies/recover-conflict", test_recover_conflict);
  add ("/file-copies/live-is-left-alone", test_live_is_left_alone);
  add ("/file-copies/big", test_big);
  status = g_test_run ();
  gbx_path_remove_tree (world);
  return status;
}
