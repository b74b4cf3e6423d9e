/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Files that are edited as copies: nothing is replaced unasked, and nothing is lost. */

#include "gbx-edits.h"
#include "gbx-paths.h"
#include "gbx-policy.h"
#include "gbx-text-difference.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char *world;

typedef struct
{
  char *folder, *file;
  GbxEdits *edits;
  GbxEdit *edit;
} Fixture;

static char *
make_path (Fixture *self, const char *name)
{
  return g_build_filename (self->folder, name, NULL);
}

static void
assert_contents (Fixture *self, const char *name, const char *expected)
{
  g_autofree char *path = make_path (self, name);
  g_autofree char *contents = NULL;

  g_assert_true (g_file_get_contents (path, &contents, NULL, NULL));
  g_assert_cmpstr (contents, ==, expected);
}

/* As the sandbox does it: by a new file. */
static void
change_copy (Fixture *self, const char *contents)
{
  g_assert_true (g_file_set_contents (gbx_edit_get_copy (self->edit), contents, -1, NULL));
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->folder = g_build_filename (world, "documents", NULL);
  self->file = make_path (self, "letter.txt");
  g_assert_no_errno (g_mkdir (self->folder, 0700));
  g_assert_true (g_file_set_contents (self->file, "first", -1, NULL));
  g_assert_no_errno (g_chmod (self->file, 0640));
  self->edits = gbx_edits_new (&error);
  g_assert_no_error (error);
  self->edit = gbx_edits_add (self->edits, self->file, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_clear_pointer (&self->edits, gbx_edits_free);
  g_chmod (self->folder, 0700);
  gbx_path_remove_tree (self->folder);
  g_free (self->folder);
  g_free (self->file);
}

static guint
count_kept (void)
{
  g_autofree char *base = g_build_filename (world, "state/glovebox/edits", NULL);
  g_autoptr (GDir) dir = g_dir_open (base, 0, NULL);
  guint count = 0;

  while (dir && g_dir_read_name (dir))
    count++;
  return count;
}

static void
test_unchanged (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GbxShare) share
      = gbx_share_new (gbx_edit_get_copy (self->edit), self->file, TRUE, &error);

  /* The folder of states cannot be shared for writing; a copy in it can. */
  g_assert_no_error (error);
  g_assert_false (gbx_edit_is_open (self->edit));
  g_clear_pointer (&self->edits, gbx_edits_free);
  g_assert_cmpuint (count_kept (), ==, 0);
}

static void
test_only_copies_are_shared (Fixture *self, gconstpointer data)
{
  g_autofree char *work = g_path_get_dirname (gbx_edit_get_copy (self->edit));
  g_autofree char *place = g_path_get_dirname (work);
  g_autofree char *record = g_build_filename (place, "record", NULL);
  const char *others[] = { work, place, record, gbx_edits_get_folder (self->edits) };

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GbxShare) share = gbx_share_new (others[i], "/data", TRUE, &error);

      g_assert_null (share);
      g_assert_nonnull (strstr (error->message, "for writing"));
    }
}

static void
test_replace (Fixture *self, gconstpointer data)
{
  g_autofree char *backup = NULL;
  g_autoptr (GError) error = NULL;
  struct stat st;

  change_copy (self, "second");
  g_assert_true (gbx_edit_is_open (self->edit));
  g_assert_cmpint (gbx_edit_look (self->edit), ==, GBX_EDIT_SAME);
  gbx_edit_replace (self->edit, &backup, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (backup, ==, "letter.txt~");
  assert_contents (self, "letter.txt", "second");
  assert_contents (self, "letter.txt~", "first");
  g_assert_no_errno (stat (self->file, &st));
  g_assert_cmpint (st.st_mode & 0777, ==, 0640);
  g_clear_pointer (&self->edits, gbx_edits_free);
  g_assert_cmpuint (count_kept (), ==, 0);
}

static void
test_backup_overwrites_nothing (Fixture *self, gconstpointer data)
{
  g_autofree char *backup = NULL;
  g_autofree char *other = make_path (self, "letter.txt~");

  g_assert_true (g_file_set_contents (other, "older", -1, NULL));
  change_copy (self, "second");
  gbx_edit_look (self->edit);
  g_assert_true (gbx_edit_replace (self->edit, &backup, NULL));
  g_assert_cmpstr (backup, ==, "letter.txt.~1~");
  assert_contents (self, "letter.txt~", "older");
  assert_contents (self, "letter.txt.~1~", "first");
}

static void
test_changed_outside (Fixture *self, gconstpointer data)
{
  g_autofree char *backup = NULL;
  g_autoptr (GError) error = NULL;

  change_copy (self, "second");
  g_assert_true (g_file_set_contents (self->file, "other", -1, NULL));
  /* Nobody has looked: what was copied is not there any more. */
  g_assert_false (gbx_edit_replace (self->edit, &backup, &error));
  g_assert_nonnull (strstr (error->message, "somebody else"));
  assert_contents (self, "letter.txt", "other");
  g_assert_true (gbx_edit_is_open (self->edit));
  /* The user has seen it, and wants that. */
  g_assert_cmpint (gbx_edit_look (self->edit), ==, GBX_EDIT_CHANGED);
  g_assert_true (gbx_edit_replace (self->edit, &backup, NULL));
  assert_contents (self, "letter.txt", "second");
  assert_contents (self, "letter.txt~", "other");
}

static void
test_save_beside (Fixture *self, gconstpointer data)
{
  g_autofree char *path = NULL;

  change_copy (self, "second");
  g_assert_true (g_file_set_contents (self->file, "other", -1, NULL));
  path = gbx_edit_save_beside (self->edit, NULL);
  g_assert_nonnull (path);
  assert_contents (self, "letter.txt", "other");
  assert_contents (self, "letter (changed in sandbox).txt", "second");
  g_assert_false (gbx_edit_is_open (self->edit));
}

/* What the file has become, and that the copy is kept and named. */
static void
assert_irreplaceable (Fixture *self, GbxEditOriginal expected)
{
  g_autofree char *backup = NULL;
  g_autofree char *sentence = NULL;
  g_autoptr (GError) error = NULL;

  change_copy (self, "second");
  g_assert_cmpint (gbx_edit_look (self->edit), ==, expected);
  sentence = gbx_edit_describe (self->edit, expected);
  g_assert_nonnull (strstr (sentence, "saved elsewhere"));
  g_assert_false (gbx_edit_replace (self->edit, &backup, &error));
  g_assert_nonnull (strstr (error->message, gbx_edit_get_copy (self->edit)));
  g_assert_true (gbx_edit_is_open (self->edit));
}

static void
test_gone (Fixture *self, gconstpointer data)
{
  g_assert_no_errno (g_unlink (self->file));
  assert_irreplaceable (self, GBX_EDIT_GONE);
  g_assert_false (g_file_test (self->file, G_FILE_TEST_EXISTS));
  gbx_edit_discard (self->edit);
}

static void
test_link (Fixture *self, gconstpointer data)
{
  g_autofree char *other = make_path (self, "other");

  g_assert_true (g_file_set_contents (other, "other", -1, NULL));
  g_assert_no_errno (g_unlink (self->file));
  g_assert_no_errno (symlink (other, self->file));
  assert_irreplaceable (self, GBX_EDIT_DIFFERENT);
  assert_contents (self, "other", "other");
  gbx_edit_discard (self->edit);
}

static void
test_folder (Fixture *self, gconstpointer data)
{
  g_assert_no_errno (g_unlink (self->file));
  g_assert_no_errno (g_mkdir (self->file, 0700));
  assert_irreplaceable (self, GBX_EDIT_DIFFERENT);
  gbx_edit_discard (self->edit);
}

static void
test_locked (Fixture *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (world, "elsewhere.txt", NULL);
  g_autoptr (GError) error = NULL;

  if (geteuid () == 0)
    {
      g_test_skip ("root may write everywhere");
      return;
    }
  g_assert_no_errno (g_chmod (self->folder, 0500));
  assert_irreplaceable (self, GBX_EDIT_LOCKED);
  g_assert_true (gbx_edit_save_as (self->edit, path, &error));
  g_assert_false (gbx_edit_is_open (self->edit));
  g_unlink (path);
}

static void
test_save_as_fails (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  change_copy (self, "second");
  g_assert_false (gbx_edit_save_as (self->edit, "/dev/full/x", &error));
  g_assert_nonnull (strstr (error->message, gbx_edit_get_copy (self->edit)));
  g_clear_error (&error);
  /* A folder is no name for a file. */
  g_assert_false (gbx_edit_save_as (self->edit, self->folder, &error));
  g_assert_true (gbx_edit_is_open (self->edit));
  gbx_edit_discard (self->edit);
}

/* As on a full disk, which only root can set up. */
static void
test_no_space (Fixture *self, gconstpointer data)
{
  g_autofree char *large = g_strnfill (100000, 'x');
  g_autofree char *path = g_build_filename (world, "elsewhere.txt", NULL);
  g_autofree char *backup = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = NULL;
  struct rlimit before, limit;

  change_copy (self, large);
  g_assert_no_errno (getrlimit (RLIMIT_FSIZE, &before));
  limit = (struct rlimit){ 50000, before.rlim_max };
  signal (SIGXFSZ, SIG_IGN);
  g_assert_no_errno (setrlimit (RLIMIT_FSIZE, &limit));
  gbx_edit_look (self->edit);
  g_assert_false (gbx_edit_replace (self->edit, &backup, &error));
  g_assert_false (gbx_edit_save_as (self->edit, path, NULL));
  g_assert_no_errno (setrlimit (RLIMIT_FSIZE, &before));
  signal (SIGXFSZ, SIG_DFL);

  g_assert_nonnull (strstr (error->message, gbx_edit_get_copy (self->edit)));
  assert_contents (self, "letter.txt", "first");
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  /* No half of a file, and no backup of what was not replaced. */
  dir = g_dir_open (self->folder, 0, NULL);
  g_assert_cmpstr (g_dir_read_name (dir), ==, "letter.txt");
  g_assert_null (g_dir_read_name (dir));
  g_assert_true (gbx_edit_is_open (self->edit));
  gbx_edit_discard (self->edit);
}

/* The process has ended without a decision. */
static void
test_later (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) found = NULL;
  g_autofree char *backup = NULL;
  GbxEdits *again;

  change_copy (self, "second");
  found = gbx_edits_find ();
  g_assert_cmpuint (found->len, ==, 0); /* a live process has it */
  g_clear_pointer (&self->edits, gbx_edits_free);
  g_clear_pointer (&found, g_ptr_array_unref);
  found = gbx_edits_find ();
  g_assert_cmpuint (found->len, ==, 1);

  again = gbx_edits_open (found->pdata[0]);
  g_assert_null (gbx_edits_open (found->pdata[0]));
  g_assert_cmpuint (gbx_edits_count_open (again), ==, 1);
  self->edit = gbx_edits_get_list (again)->pdata[0];
  g_assert_cmpstr (gbx_edit_get_path (self->edit), ==, self->file);
  g_assert_cmpint (gbx_edit_look (self->edit), ==, GBX_EDIT_SAME);
  g_assert_true (gbx_edit_replace (self->edit, &backup, NULL));
  gbx_edits_free (again);
  assert_contents (self, "letter.txt", "second");
  g_assert_cmpuint (count_kept (), ==, 0);
}

static void
test_names (Fixture *self, gconstpointer data)
{
  const char *names[] = { "-rf", "two\nlines", "caf\xe9.txt", "%41 100%", "a~" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = make_path (self, names[i]);
      g_autofree char *backup_name = g_strconcat (names[i], "~", NULL);
      g_autofree char *backup = NULL;
      g_autofree char *folder = NULL;
      GbxEdits *edits = gbx_edits_new (NULL);

      g_assert_true (g_file_set_contents (path, "first", -1, NULL));
      g_assert_nonnull (gbx_edits_add (edits, path, NULL));
      folder = g_strdup (gbx_edits_get_folder (edits));
      self->edit = gbx_edits_get_list (edits)->pdata[0];
      change_copy (self, "second");
      /* It is read again from its record. */
      gbx_edits_free (edits);
      edits = gbx_edits_open (folder);
      self->edit = gbx_edits_get_list (edits)->pdata[0];
      gbx_edit_look (self->edit);
      g_assert_true (gbx_edit_replace (self->edit, &backup, NULL));
      assert_contents (self, names[i], "second");
      assert_contents (self, backup_name, "first");
      gbx_edits_free (edits);
    }
}

/* ----------------------------------------------------------- difference -- */

static GPtrArray *
compare (Fixture *self, const char *before, gssize n_before, const char *after, gssize n_after,
         GError **error)
{
  g_autofree char *one = make_path (self, "one");
  g_autofree char *other = make_path (self, "other");

  g_assert_true (g_file_set_contents (one, before, n_before, NULL));
  g_assert_true (g_file_set_contents (other, after, n_after, NULL));
  return gbx_text_difference_find (one, other, error);
}

static char *
join (GPtrArray *lines)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < lines->len; i++)
    {
      GbxTextDifferenceLine *line = lines->pdata[i];

      g_string_append_printf (text, "%c%s|", " -+."[line->kind], line->text);
    }
  return g_string_free (text, FALSE);
}

static void
test_difference (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) lines = compare (self, "a\nb\nc\n", -1, "a\nB\nc", -1, &error);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  text = join (lines);
  g_assert_cmpstr (text, ==, " a|-b|-c|+B|+c|");
}

static void
test_difference_is_harmless (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) lines
      = compare (self, "", -1, "\033[31mred \342\200\256txt\342\200\250 \377\rx\n", -1, &error);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  text = join (lines);
  g_assert_cmpstr (text, ==, "+<U+001B>[31mred <U+202E>txt<U+2028> \357\277\275x|");
}

static void
test_difference_is_bounded (Fixture *self, gconstpointer data)
{
  g_autofree char *many = g_malloc (100000);
  g_autofree char *huge = g_malloc0 (GBX_TEXT_DIFFERENCE_SIZE_MAX + 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) lines = NULL;
  GbxTextDifferenceLine *last;

  for (guint i = 0; i < 100000; i++)
    many[i] = i < 90000 ? 'x' : i % 2 ? '\n' : 'y';
  lines = compare (self, "", -1, many, 100000, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (lines->len, ==, GBX_TEXT_DIFFERENCE_LINES_MAX + 1);
  last = lines->pdata[lines->len - 1];
  g_assert_cmpint (last->kind, ==, GBX_TEXT_DIFFERENCE_GAP);
  g_assert_cmpuint (strlen (((GbxTextDifferenceLine *)lines->pdata[0])->text), <,
                    GBX_TEXT_DIFFERENCE_LINE_MAX + 8);

  g_assert_null (compare (self, "a", -1, "a\0b", 3, &error));
  g_assert_nonnull (strstr (error->message, "not a text"));
  g_clear_error (&error);
  memset (huge, 'x', GBX_TEXT_DIFFERENCE_SIZE_MAX + 1);
  g_assert_null (compare (self, "a", -1, huge, GBX_TEXT_DIFFERENCE_SIZE_MAX + 1, &error));
  g_assert_nonnull (strstr (error->message, "too large"));
}

static void
test_difference_of_a_pipe (Fixture *self, gconstpointer data)
{
  g_autofree char *pipe_path = make_path (self, "pipe");
  g_autoptr (GError) error = NULL;

  g_assert_no_errno (mkfifo (pipe_path, 0600));
  g_assert_null (gbx_text_difference_find (pipe_path, self->file, &error));
  g_assert_nonnull (strstr (error->message, "cannot be read"));
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  int status;

  world = g_dir_make_tmp ("gbx-edit-XXXXXX", NULL);
  g_autofree char *state = g_build_filename (world, "state", NULL);
  g_setenv ("XDG_STATE_HOME", state, TRUE);
  g_test_init (&argc, &argv, NULL);
  ADD ("/edit/unchanged", test_unchanged);
  ADD ("/edit/only-copies-are-shared", test_only_copies_are_shared);
  ADD ("/edit/replace", test_replace);
  ADD ("/edit/backup-overwrites-nothing", test_backup_overwrites_nothing);
  ADD ("/edit/changed-outside", test_changed_outside);
  ADD ("/edit/save-beside", test_save_beside);
  ADD ("/edit/gone", test_gone);
  ADD ("/edit/link", test_link);
  ADD ("/edit/folder", test_folder);
  ADD ("/edit/locked", test_locked);
  ADD ("/edit/save-as-fails", test_save_as_fails);
  ADD ("/edit/no-space", test_no_space);
  ADD ("/edit/later", test_later);
  ADD ("/edit/names", test_names);
  ADD ("/edit/difference", test_difference);
  ADD ("/edit/difference-is-harmless", test_difference_is_harmless);
  ADD ("/edit/difference-is-bounded", test_difference_is_bounded);
  ADD ("/edit/difference-of-a-pipe", test_difference_of_a_pipe);
  status = g_test_run ();
  gbx_path_remove_tree (world);
  g_free (world);
  return status;
}
