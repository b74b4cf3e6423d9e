/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-boot-page.h"
#include "gbx-details-dialog.h"
#include "gbx-end-page.h"
#include "gbx-files-page.h"
#include "gbx-identity-strip.h"
#include "gbx-log-view.h"
#include "gbx-name-dialog.h"
#include "gbx-notice-bars.h"
#include "gbx-put-dialog.h"
#include "gbx-quiet-page.h"
#include "gbx-sandbox-private.h"
#include "gbx-stop-dialog.h"

#include "fake-backend.h"
#include "test-language.h"
#include "test-policy.h"

#include <handy.h>

/* Each template by itself, with its contents; a missing child or handler, or a text
 * that GTK complains about, is a failure. */

static guint n_unnamed;
static gboolean is_mirrored; /* the language is written from right to left */

static gboolean
has_name (GtkWidget *widget)
{
  const char *name = atk_object_get_name (gtk_widget_get_accessible (widget));

  return name && *name;
}

static void
check_accessible (GtkWidget *widget, gpointer data)
{
  if (GTK_IS_BUTTON (widget) && !has_name (widget) && gtk_widget_get_visible (widget))
    {
      g_test_message ("A button of %s has no accessible name", (const char *)data);
      n_unnamed++;
    }
  if (GTK_IS_CONTAINER (widget))
    gtk_container_forall (GTK_CONTAINER (widget), check_accessible, data);
}

static void
show_and_check (GtkWidget *child, const char *name)
{
  GtkWidget *window = gtk_window_new (GTK_WINDOW_TOPLEVEL);

  gtk_widget_show (child);
  gtk_container_add (GTK_CONTAINER (window), child);
  gtk_widget_show (window);
  gtk_test_widget_wait_for_draw (window);
  g_assert_cmpint (gtk_widget_get_direction (child), ==,
                   is_mirrored ? GTK_TEXT_DIR_RTL : GTK_TEXT_DIR_LTR);
  check_accessible (window, (gpointer)name);
  g_assert_cmpuint (n_unnamed, ==, 0);
  gtk_widget_destroy (window);
}

/* Its buttons are in the upper corner at the end of a line. */
static void
check_margins (GtkWidget *log)
{
  GtkTextView *text
      = GTK_TEXT_VIEW (gtk_widget_get_template_child (log, GBX_TYPE_LOG_VIEW, "text"));
  gboolean left_is_wider = gtk_text_view_get_left_margin (text) > gtk_text_view_get_right_margin (text);

  g_assert_cmpint (left_is_wider, ==, is_mirrored);
}

static void
test_pages (void)
{
  g_autoptr (GbxPolicy) policy = make_test_policy (0);
  g_autoptr (GbxSandbox) sandbox = gbx_sandbox_new (policy);
  GtkWidget *boot = gbx_boot_page_new ();
  GtkWidget *end = gbx_end_page_new ();
  GtkWidget *quiet = gbx_quiet_page_new ();
  GtkWidget *strip = gbx_identity_strip_new ();
  GtkWidget *log = gbx_log_view_new ();

  gbx_boot_page_set_sandbox (GBX_BOOT_PAGE (boot), sandbox);
  gbx_end_page_set_sandbox (GBX_END_PAGE (end), sandbox, "Editor");
  gbx_quiet_page_set_sandbox (GBX_QUIET_PAGE (quiet), sandbox);
  gbx_identity_strip_set_sandbox (GBX_IDENTITY_STRIP (strip), sandbox);
  gbx_log_view_set_sandbox (GBX_LOG_VIEW (log), sandbox);
  show_and_check (boot, "GbxBootPage");
  show_and_check (end, "GbxEndPage");
  show_and_check (quiet, "GbxQuietPage");
  show_and_check (strip, "GbxIdentityStrip");
  check_margins (log);
  show_and_check (log, "GbxLogView");
}

static gboolean
on_timeout (gpointer data)
{
  *(gboolean *)data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
wait_for_refresh (void)
{
  gboolean done = FALSE;

  g_timeout_add (400, on_timeout, &done);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
}

static void
launch_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(gboolean *)user_data = gbx_sandbox_launch_finish (GBX_SANDBOX (source), result, NULL);
}

/* A sandbox whose application runs, as far as anybody can tell. */
static GbxSandbox *
launch_on (FakeBackend *backend, GbxPolicy *policy)
{
  GbxSandbox *sandbox = gbx_sandbox_new_with_backend (policy, GBX_BACKEND (backend), 1);
  gboolean launched = FALSE;

  gbx_sandbox_launch_async (sandbox, NULL, launch_cb, &launched);
  while (!fake_backend_has_console (backend, 1))
    g_main_context_iteration (NULL, TRUE);
  fake_guest_say_hello (backend);
  fake_guest_say_started (backend);
  while (!launched)
    g_main_context_iteration (NULL, TRUE);
  return sandbox;
}

static void
end_on (FakeBackend *backend, GbxSandbox *sandbox)
{
  gbx_sandbox_kill (sandbox);
  while (gbx_sandbox_get_state (sandbox) != GBX_SANDBOX_ENDED)
    g_main_context_iteration (NULL, TRUE);
}

/* A log that grows leaves its reader in place, with what is selected. */
static void
test_log_grows (void)
{
  g_autoptr (GbxPolicy) policy = make_test_policy (0);
  g_autoptr (FakeBackend) backend = fake_backend_new ();
  g_autoptr (GbxSandbox) sandbox = launch_on (backend, policy);
  g_autoptr (GtkWidget) view = g_object_ref_sink (gbx_log_view_new ());
  g_autoptr (GString) lines = g_string_new (NULL);
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (
      GTK_TEXT_VIEW (gtk_widget_get_template_child (view, GBX_TYPE_LOG_VIEW, "text")));
  g_autofree char *text = NULL;
  g_autofree char *last = NULL;
  GtkTextIter start, end;

  fake_guest_say_log (backend, GBX_LOG_INFO, "first");
  wait_for_refresh ();
  gbx_log_view_set_sandbox (GBX_LOG_VIEW (view), sandbox);
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  gtk_text_buffer_select_range (buffer, &start, &end);
  fake_guest_say_log (backend, GBX_LOG_INFO, "second");
  fake_guest_write (backend, GBX_STREAM_STDERR, "of the application\n");
  wait_for_refresh ();
  text = gbx_log_view_dup_text (GBX_LOG_VIEW (view));
  g_assert_true (g_str_has_suffix (text, "first\nsecond\nof the application\n"));
  g_assert_true (gtk_text_buffer_get_selection_bounds (buffer, &start, &end));
  g_assert_cmpint (gtk_text_iter_get_offset (&start), ==, 0);

  for (guint i = 0; i < 500; i++)
    g_string_append (lines, "line\n");
  for (guint i = 0; i < 5; i++)
    fake_guest_write (backend, GBX_STREAM_STDERR, lines->str);
  fake_guest_write (backend, GBX_STREAM_STDERR, "last\n");
  wait_for_refresh ();
  last = gbx_log_view_dup_text (GBX_LOG_VIEW (view));
  g_assert_cmpint (gtk_text_buffer_get_line_count (buffer), ==, 1000);
  g_assert_true (g_str_has_suffix (last, "line\nlast\n"));
  end_on (backend, sandbox);
}

static void
count (GtkWidget *bars, gpointer counter)
{
  (*(guint *)counter)++;
}

static void
test_notices (void)
{
  GtkWidget *bars = gbx_notice_bars_new ();
  guint ended = 0;

  g_signal_connect (bars, "end-now", G_CALLBACK (count), &ended);
  gbx_notice_bars_say (GBX_NOTICE_BARS (bars), "a message", TRUE);
  gbx_notice_bars_set_lost (GBX_NOTICE_BARS (bars), "lost");
  gbx_notice_bars_set_stopping (GBX_NOTICE_BARS (bars), TRUE);
  g_signal_emit_by_name (gtk_widget_get_template_child (bars, GBX_TYPE_NOTICE_BARS, "message_bar"),
                         "response", GTK_RESPONSE_CLOSE);
  gbx_notice_bars_clear (GBX_NOTICE_BARS (bars));
  g_assert_cmpuint (ended, ==, 0);
  show_and_check (bars, "GbxNoticeBars");
}

static void
test_files_page (void)
{
  g_autoptr (GbxPolicy) policy = make_test_policy (0);
  g_autoptr (GbxSandbox) sandbox = gbx_sandbox_new (policy);
  g_autoptr (GbxLeftover) leftover = gbx_leftover_new ();
  GtkWidget *page = gbx_files_page_new ();

  g_assert_true (gbx_leftover_is_possible (policy));
  gbx_files_page_show (GBX_FILES_PAGE (page), sandbox, leftover, "<b>Editor");
  show_and_check (page, "GbxFilesPage");
}

static gboolean
can_accept (GtkWidget *dialog)
{
  return gtk_widget_get_sensitive (
      gtk_dialog_get_widget_for_response (GTK_DIALOG (dialog), GTK_RESPONSE_ACCEPT));
}

static void
check_dialog (GtkWidget *dialog, const char *name, gboolean acceptable)
{
  gtk_widget_show (dialog);
  gtk_test_widget_wait_for_draw (dialog);
  check_accessible (dialog, (gpointer)name);
  g_assert_cmpuint (n_unnamed, ==, 0);
  g_assert_cmpint (can_accept (dialog), ==, acceptable);
  gtk_widget_destroy (dialog);
}

/* Only names that a home can have, and only files that can be copied. */
static void
test_file_dialogs (void)
{
  g_autoptr (GbxPolicy) policy = make_test_policy (0);
  g_autoptr (GbxSandbox) sandbox = gbx_sandbox_new (policy);
  g_autoptr (GFile) file = g_file_new_for_path ("/etc/passwd");
  g_autoptr (GFile) folder = g_file_new_for_path ("/etc");
  g_autoptr (GFile) device = g_file_new_for_path ("/dev/null");
  g_autoptr (GFile) elsewhere = g_file_new_for_uri ("sftp://host.invalid/a");
  g_autoptr (GFile) odd = g_file_new_for_path ("/nowhere/a\nb\xff\xe2\x80\xae.txt");
  GList some[] = { { file, &some[1], NULL }, { folder, &some[2], NULL }, { odd, NULL, NULL } };
  GList none[] = { { folder, &none[1], NULL }, { device, &none[2], NULL }, { elsewhere, NULL, NULL } };

  check_dialog (gbx_name_dialog_new (NULL, "editor-2"), "GbxNameDialog", TRUE);
  check_dialog (gbx_name_dialog_new (NULL, "../editor"), "GbxNameDialog", FALSE);
  check_dialog (gbx_put_dialog_new (NULL, sandbox, "Editor", some), "GbxPutDialog", TRUE);
  check_dialog (gbx_put_dialog_new (NULL, sandbox, "Editor", none), "GbxPutDialog", FALSE);
}

static void
test_dialogs (void)
{
  g_autofree char *long_word = g_strnfill (40000, 'x');
  g_autoptr (GbxPolicy) policy = make_test_policy_for (long_word);
  g_autoptr (GbxSandbox) sandbox = gbx_sandbox_new (policy);
  GtkWidget *parent = gtk_window_new (GTK_WINDOW_TOPLEVEL);
  GtkWidget *stop = gbx_stop_dialog_new (GTK_WINDOW (parent), "Editor", FALSE, TRUE);
  GtkWidget *details = gbx_details_dialog_new (GTK_WINDOW (parent), sandbox);
  g_autofree char *question = g_strdup_printf (_ ("Stop %s?"), "Editor");
  g_autofree char *text = NULL;
  int width, height;

  g_object_get (stop, "text", &text, NULL);
  g_assert_cmpstr (text, ==, question);
  gtk_widget_show (stop);
  gtk_widget_show (details);
  gtk_test_widget_wait_for_draw (details);
  /* Of a command of 40 KiB a part shows. */
  gtk_window_get_size (GTK_WINDOW (details), &width, &height);
  g_assert_cmpint (height, <, 700);
  check_accessible (stop, "GbxStopDialog");
  check_accessible (details, "GbxDetailsDialog");
  g_assert_cmpuint (n_unnamed, ==, 0);
  gtk_widget_destroy (stop);
  gtk_widget_destroy (details);
  gtk_widget_destroy (parent);
}

static void
test_help_overlay (void)
{
  g_autoptr (GtkBuilder) builder
      = gtk_builder_new_from_resource ("/org/glovebox/Glovebox/ui/help-overlay.ui");
  GtkWidget *overlay = GTK_WIDGET (gtk_builder_get_object (builder, "help_overlay"));

  gtk_widget_show (overlay);
  gtk_test_widget_wait_for_draw (overlay);
  gtk_widget_destroy (overlay);
}

static void
test_icons_and_style (void)
{
  g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();
  GtkIconTheme *theme = gtk_icon_theme_get_default ();

  gtk_css_provider_load_from_resource (provider, "/org/glovebox/Glovebox/ui/style.css");
  gtk_icon_theme_add_resource_path (theme, "/org/glovebox/Glovebox/icons");
  g_assert_true (gtk_icon_theme_has_icon (theme, GBX_APPLICATION_ID));
  g_assert_true (gtk_icon_theme_has_icon (theme, GBX_APPLICATION_ID "-symbolic"));
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  hdy_init ();
  is_mirrored = use_test_language ();
  g_test_add_func ("/templates/pages", test_pages);
  g_test_add_func ("/templates/log-grows", test_log_grows);
  g_test_add_func ("/templates/notices", test_notices);
  g_test_add_func ("/templates/dialogs", test_dialogs);
  g_test_add_func ("/templates/files-page", test_files_page);
  g_test_add_func ("/templates/file-dialogs", test_file_dialogs);
  g_test_add_func ("/templates/help-overlay", test_help_overlay);
  g_test_add_func ("/templates/icons-and-style", test_icons_and_style);
  return g_test_run ();
}
