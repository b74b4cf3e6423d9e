/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The window that asks what becomes of edited copies. */

#include "config.h"

#include "gbx-changes-window.h"

#include "gbx-paths.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static char *world;

typedef struct
{
  GbxEdits *edits;
  GtkWidget *window; /* NULL after it is destroyed */
} Fixture;

static GtkWidget *
child (Fixture *self, const char *name)
{
  return GTK_WIDGET (
      gtk_widget_get_template_child (self->window, GBX_TYPE_CHANGES_WINDOW, name));
}

static char *
path_of (const char *name)
{
  return g_build_filename (world, "documents", name, NULL);
}

static void
add_file (Fixture *self, const char *name, const char *before, const char *after)
{
  g_autofree char *path = path_of (name);
  GbxEdit *edit;

  g_assert_true (g_file_set_contents (path, before, -1, NULL));
  edit = gbx_edits_add (self->edits, path, NULL);
  g_assert_nonnull (edit);
  g_assert_true (g_file_set_contents (gbx_edit_get_copy (edit), after, -1, NULL));
}

static void
assert_contents (const char *name, const char *expected)
{
  g_autofree char *path = path_of (name);
  g_autofree char *contents = NULL;

  g_file_get_contents (path, &contents, NULL, NULL);
  g_assert_cmpstr (contents, ==, expected);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autofree char *folder = path_of (NULL);

  g_assert_no_errno (g_mkdir (folder, 0700));
  self->edits = gbx_edits_new (NULL);
  g_assert_nonnull (self->edits);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_autofree char *folder = path_of (NULL);

  if (self->window)
    gtk_widget_destroy (self->window);
  for (guint i = 0; i < gbx_edits_get_list (self->edits)->len; i++)
    gbx_edit_discard (gbx_edits_get_list (self->edits)->pdata[i]);
  gbx_edits_free (self->edits);
  g_chmod (folder, 0700);
  gbx_path_remove_tree (folder);
}

static void
show (Fixture *self)
{
  self->window = gbx_changes_window_new (NULL, self->edits);
  g_signal_connect (self->window, "destroy", G_CALLBACK (gtk_widget_destroyed), &self->window);
  gtk_widget_show (self->window);
  gtk_test_widget_wait_for_draw (self->window);
}

static gboolean
is_ready (Fixture *self)
{
  return !self->window || gtk_widget_get_sensitive (child (self, "content"));
}

static void
click (Fixture *self, const char *name)
{
  gtk_button_clicked (GTK_BUTTON (child (self, name)));
  while (!is_ready (self))
    g_main_context_iteration (NULL, TRUE);
}

static void
await_page (Fixture *self, const char *name)
{
  GtkStack *stack = GTK_STACK (child (self, "stack"));

  while (!g_str_equal (gtk_stack_get_visible_child_name (stack), name))
    g_main_context_iteration (NULL, TRUE);
}

static gboolean
is_default (Fixture *self, const char *name)
{
  return gtk_widget_has_default (child (self, name));
}

static const char *
bar_text (Fixture *self)
{
  return gtk_info_bar_get_revealed (GTK_INFO_BAR (child (self, "bar")))
             ? gtk_label_get_text (GTK_LABEL (child (self, "bar_text")))
             : "";
}

static void
test_replace (Fixture *self, gconstpointer data)
{
  GtkTextIter start, end;
  g_autofree char *text = NULL;
  GtkTextBuffer *buffer;

  add_file (self, "a.txt", "one\n", "two\n");
  show (self);
  g_assert_true (is_default (self, "replace_button"));
  g_assert_cmpstr (bar_text (self), ==, "");
  await_page (self, "text");
  buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (child (self, "text")));
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  text = gtk_text_buffer_get_text (buffer, &start, &end, TRUE);
  g_assert_cmpstr (text, ==, "− one\n+ two\n");
  click (self, "replace_button");
  g_assert_null (self->window);
  assert_contents ("a.txt", "two\n");
  assert_contents ("a.txt~", "one\n");
}

static void
test_same_for_all (Fixture *self, gconstpointer data)
{
  g_autofree char *other = path_of ("c.txt");

  add_file (self, "a.txt", "one", "1");
  add_file (self, "b.txt", "two", "2");
  add_file (self, "c.txt", "three", "3");
  add_file (self, "d.txt", "four", "4");
  g_assert_true (g_file_set_contents (other, "other", -1, NULL));
  show (self);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (child (self, "for_all")), TRUE);
  click (self, "replace_button");
  /* It stops at the one that somebody else has changed. */
  while (gbx_edits_count_open (self->edits) > 2 || !is_ready (self))
    g_main_context_iteration (NULL, TRUE);
  assert_contents ("b.txt", "2");
  assert_contents ("c.txt", "other");
  g_assert_nonnull (strstr (bar_text (self), "outside of the sandbox"));
  g_assert_true (is_default (self, "save_button"));
  click (self, "discard_button");
  while (self->window)
    g_main_context_iteration (NULL, TRUE);
  assert_contents ("c.txt", "other");
  assert_contents ("d.txt", "four");
  g_assert_cmpuint (gbx_edits_count_open (self->edits), ==, 0);
}

static void
test_gone (Fixture *self, gconstpointer data)
{
  g_autofree char *path = path_of ("a.png");

  add_file (self, "a.png", "one", "two");
  g_assert_no_errno (g_unlink (path));
  show (self);
  g_assert_false (gtk_widget_get_sensitive (child (self, "replace_button")));
  g_assert_true (is_default (self, "save_button"));
  g_assert_nonnull (strstr (bar_text (self), "not there any more"));
  await_page (self, "note");
}

static void
test_failure (Fixture *self, gconstpointer data)
{
  g_autofree char *path = path_of ("a.txt");

  add_file (self, "a.txt", "one", "two");
  show (self);
  /* Somebody is faster than the user. */
  g_assert_true (g_file_set_contents (path, "other", -1, NULL));
  click (self, "replace_button");
  g_assert_nonnull (self->window);
  g_assert_nonnull (strstr (bar_text (self), "changed by somebody else"));
  assert_contents ("a.txt", "other");
  g_assert_cmpuint (gbx_edits_count_open (self->edits), ==, 1);
  click (self, "replace_button");
  assert_contents ("a.txt", "two");
  assert_contents ("a.txt~", "other");
}

static void
test_close (Fixture *self, gconstpointer data)
{
  add_file (self, "a.txt", "one", "two");
  show (self);
  gtk_window_close (GTK_WINDOW (self->window));
  while (self->window)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (gbx_edits_count_open (self->edits), ==, 1);
  assert_contents ("a.txt", "one");
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  int status;

  world = g_dir_make_tmp ("gbx-changes-XXXXXX", NULL);
  g_autofree char *state = g_build_filename (world, "state", NULL);
  g_setenv ("XDG_STATE_HOME", state, TRUE);
  gtk_test_init (&argc, &argv, NULL);
  hdy_init ();
  ADD ("/changes/replace", test_replace);
  ADD ("/changes/same-for-all", test_same_for_all);
  ADD ("/changes/gone", test_gone);
  ADD ("/changes/failure", test_failure);
  ADD ("/changes/close", test_close);
  status = g_test_run ();
  gbx_path_remove_tree (world);
  g_free (world);
  return status;
}
