/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-doctor-page.h"
#include "gbx-doctor-place.h"
#include "gbx-doctor-private.h"
#include "gbx-doctor-row.h"
#include "gbx-paths.h"

#include <glib/gstdio.h>
#include <handy.h>

/* ------------------------------------------------------------ the checks -- */

static GbxCheckResult next_result = GBX_CHECK_OK;
static guint n_runs;

static void
check_first (GbxCheck *check, GCancellable *cancellable)
{
  gbx_check_set_ok (check, g_strdup ("The first is in order."));
}

static void
check_second (GbxCheck *check, GCancellable *cancellable)
{
  if (next_result == GBX_CHECK_PROBLEM)
    gbx_check_set_problem (check, g_strdup ("The second is missing."),
                           g_strdup ("sudo apt install second"));
  else if (next_result == GBX_CHECK_WARNING)
    gbx_check_set_warning (check, g_strdup ("The second died."), g_strdup ("kill -9 1"));
  else
    gbx_check_set_ok (check, g_strdup ("The second is in order."));
}

static const GbxCheckup checkups[] = {
  { "first", "First", check_first },
  { "libvirt", "Second", check_second },
};

static GbxDoctor *
make_doctor (void)
{
  n_runs++;
  return gbx_doctor_new_with (checkups, G_N_ELEMENTS (checkups), 60000);
}

/* -------------------------------------------------------------- the page -- */

typedef struct
{
  GtkWidget *window, *page;
  guint n_finished, worst, n_dismissed;
} Fixture;

static void
on_finished (Fixture *self, guint worst)
{
  self->n_finished++;
  self->worst = worst;
}

static void
on_dismissed (Fixture *self)
{
  self->n_dismissed++;
}

static void
set_up (Fixture *self, gconstpointer data)
{
  n_runs = 0;
  self->window = gtk_window_new (GTK_WINDOW_TOPLEVEL);
  self->page = gbx_doctor_page_new_with (make_doctor);
  g_signal_connect_swapped (self->page, "finished", G_CALLBACK (on_finished), self);
  g_signal_connect_swapped (self->page, "dismissed", G_CALLBACK (on_dismissed), self);
  gtk_window_set_default_size (GTK_WINDOW (self->window), 700, 600);
  gtk_container_add (GTK_CONTAINER (self->window), self->page);
  gtk_widget_show (self->page);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  gtk_widget_destroy (self->window);
}

static void
await_run (Fixture *self, guint n)
{
  while (self->n_finished < n)
    g_main_context_iteration (NULL, TRUE);
}

static gpointer
get_child (Fixture *self, const char *name)
{
  return gtk_widget_get_template_child (self->page, GBX_TYPE_DOCTOR_PAGE, name);
}

static gpointer
get_row_child (Fixture *self, int index, const char *name)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (get_child (self, "rows"), index);

  return gtk_widget_get_template_child (GTK_WIDGET (row), GBX_TYPE_DOCTOR_ROW, name);
}

/* What is wrong comes first, with its command, which a button copies. */
static void
test_problem (Fixture *self, gconstpointer data)
{
  GtkClipboard *clipboard = gtk_clipboard_get (GDK_SELECTION_CLIPBOARD);
  g_autofree char *copied = NULL;

  next_result = GBX_CHECK_PROBLEM;
  gtk_widget_show (self->window);
  await_run (self, 1);
  g_assert_cmpuint (self->worst, ==, GBX_CHECK_PROBLEM);
  g_assert_cmpstr (gtk_label_get_text (get_child (self, "title")), ==, "Sandboxes Cannot Start Yet");
  g_assert_cmpstr (gtk_label_get_text (get_row_child (self, 0, "title")), ==, "Second");
  g_assert_cmpstr (gtk_label_get_text (get_row_child (self, 1, "title")), ==, "First");
  g_assert_false (gtk_widget_get_visible (get_row_child (self, 1, "remedy")));
  g_assert_false (gtk_widget_get_visible (get_row_child (self, 0, "mend_button")));
  g_assert_false (gtk_widget_get_visible (get_child (self, "done_button")));
  gtk_button_clicked (get_row_child (self, 0, "copy_button"));
  copied = gtk_clipboard_wait_for_text (clipboard);
  g_assert_cmpstr (copied, ==, "sudo apt install second");

  /* The user has installed it. */
  next_result = GBX_CHECK_OK;
  gtk_button_clicked (get_child (self, "again_button"));
  g_assert_false (gtk_widget_get_sensitive (get_child (self, "again_button")));
  await_run (self, 2);
  g_assert_cmpuint (self->worst, ==, GBX_CHECK_OK);
  g_assert_cmpstr (gtk_label_get_text (get_child (self, "title")), ==, "Everything Is Ready");
  g_assert_null (gtk_list_box_get_row_at_index (get_child (self, "rows"), 2));
  gtk_button_clicked (get_child (self, "done_button"));
  g_assert_cmpuint (self->n_dismissed, ==, 1);
}

/* A daemon that is not hung any more: nothing is killed, and the page looks again. */
static void
test_mend (Fixture *self, gconstpointer data)
{
  next_result = GBX_CHECK_WARNING;
  gtk_widget_show (self->window);
  await_run (self, 1);
  g_assert_cmpuint (self->worst, ==, GBX_CHECK_WARNING);
  g_assert_true (gtk_widget_get_visible (get_row_child (self, 0, "mend_button")));
  g_assert_false (gtk_widget_get_visible (get_row_child (self, 0, "copy_button")));
  next_result = GBX_CHECK_OK;
  gtk_button_clicked (get_row_child (self, 0, "mend_button"));
  await_run (self, 2);
  g_assert_cmpuint (self->worst, ==, GBX_CHECK_OK);
  g_assert_cmpuint (n_runs, ==, 2);
}

/* A window that closes meanwhile, and a second run before the first has ended. */
static void
test_interrupted (Fixture *self, gconstpointer data)
{
  next_result = GBX_CHECK_OK;
  gtk_widget_show (self->window);
  gbx_doctor_page_check (GBX_DOCTOR_PAGE (self->page));
  gbx_doctor_page_check (GBX_DOCTOR_PAGE (self->page));
  await_run (self, 1);
  g_assert_null (gtk_list_box_get_row_at_index (get_child (self, "rows"), 2));
  gbx_doctor_page_check (GBX_DOCTOR_PAGE (self->page));
}

/* ------------------------------------------------------------- its place -- */

static void
test_place (void)
{
  GtkWidget *window = gtk_window_new (GTK_WINDOW_TOPLEVEL);
  GtkWidget *pages = gtk_stack_new ();
  GtkWidget *first = gtk_label_new ("Applications");
  g_autofree char *stamp = g_build_filename (g_get_user_state_dir (), "glovebox", "checked", NULL);
  GtkWidget *page;

  gtk_widget_show (first);
  gtk_stack_add_titled (GTK_STACK (pages), first, "applications", "Applications");
  gtk_container_add (GTK_CONTAINER (window), pages);
  gbx_doctor_place_add (GTK_STACK (pages));
  gtk_widget_show (pages);
  page = gtk_stack_get_child_by_name (GTK_STACK (pages), "doctor");
  g_assert_false (gtk_widget_get_visible (page));

  g_signal_emit_by_name (page, "finished", GBX_CHECK_WARNING);
  g_assert_true (gtk_widget_get_visible (page));
  g_assert_true (gtk_stack_get_visible_child (GTK_STACK (pages)) == first);
  g_signal_emit_by_name (page, "dismissed");
  g_assert_false (gtk_widget_get_visible (page));
  g_assert_true (g_file_test (stamp, G_FILE_TEST_EXISTS));

  g_unlink (stamp);
  g_signal_emit_by_name (page, "finished", GBX_CHECK_PROBLEM);
  g_assert_true (gtk_stack_get_visible_child (GTK_STACK (pages)) == page);
  g_assert_false (g_file_test (stamp, G_FILE_TEST_EXISTS));
  g_signal_emit_by_name (page, "finished", GBX_CHECK_OK);
  g_assert_true (gtk_widget_get_visible (page));
  g_assert_true (g_file_test (stamp, G_FILE_TEST_EXISTS));
  g_signal_emit_by_name (page, "dismissed");
  g_assert_true (gtk_stack_get_visible_child (GTK_STACK (pages)) == first);
  gtk_widget_destroy (window);
}

int
main (int argc, char **argv)
{
  g_autofree char *folder = g_dir_make_tmp ("glovebox-test-XXXXXX", NULL);
  int status;

  /* For what the user's state would be.  Icons come from the system's folders. */
  g_setenv ("XDG_STATE_HOME", folder, TRUE);
  gtk_test_init (&argc, &argv, NULL);
  hdy_init ();
  g_test_add_func ("/doctor-page/place", test_place);
  g_test_add ("/doctor-page/problem", Fixture, NULL, set_up, test_problem, tear_down);
  g_test_add ("/doctor-page/mend", Fixture, NULL, set_up, test_mend, tear_down);
  g_test_add ("/doctor-page/interrupted", Fixture, NULL, set_up, test_interrupted, tear_down);
  status = g_test_run ();
  gbx_path_remove_tree (folder);
  return status;
}
