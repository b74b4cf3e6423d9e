/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-window-application.h"
#include "gbx-policy-handover.h"
#include "gbx-sandbox-private.h"
#include "gbx-sandbox-window-private.h"

#include "fake-backend.h"
#include "test-policy.h"

#include <glib/gstdio.h>
#include <sys/mman.h>
#include <unistd.h>

static void
on_finished (GbxSandboxWindow *window, int status, gpointer out)
{
  *(int *)out = status;
}

static void
run_window (GtkApplication *application, gpointer out)
{
  g_autoptr (GbxPolicy) policy = make_test_policy (0);
  GtkWidget *window = gbx_sandbox_window_new (application, policy);
  static const char *const actions[]
      = { "send-key", "screenshot",    "fullscreen",        "stop", "restart", "details", "about",
          "scaling",  "grab-keyboard", "show-help-overlay", NULL };

  for (guint i = 0; actions[i]; i++)
    if (!g_action_map_lookup_action (G_ACTION_MAP (window), actions[i]))
      g_error ("The action %s is missing", actions[i]);
  g_assert_false (g_action_group_get_action_enabled (G_ACTION_GROUP (window), "send-key"));
  g_assert_false (g_action_group_get_action_enabled (G_ACTION_GROUP (window), "screenshot"));
  g_assert_false (g_action_group_get_action_enabled (G_ACTION_GROUP (window), "stop"));

  gtk_widget_show (window);
  gtk_test_widget_wait_for_draw (window);
  g_signal_connect (window, "finished", G_CALLBACK (on_finished), out);
  gtk_window_close (GTK_WINDOW (window));
  while (*(int *)out < 0)
    g_main_context_iteration (NULL, TRUE);
  gtk_widget_destroy (window);
}

/* A display that fails while the guest still starts must not leave a window that
 * waits for ever. */
static void
run_lost (GtkApplication *application, gpointer data)
{
  g_autoptr (GbxPolicy) policy = make_test_policy (0);
  g_autoptr (FakeBackend) backend = fake_backend_new ();
  GbxSandboxWindow *window
      = GBX_SANDBOX_WINDOW (gbx_sandbox_window_new (application, policy));
  GtkInfoBar *bar = GTK_INFO_BAR (gtk_widget_get_template_child (
      GTK_WIDGET (window->notices), GBX_TYPE_NOTICE_BARS, "lost_bar"));

  for (guint i = 0; i < 100; i++)
    fake_backend_plan (backend, FAKE_DISPLAY, FAKE_FAIL);
  window->sandbox = gbx_sandbox_new_with_backend (policy, GBX_BACKEND (backend), 1);
  gbx_sandbox_launch_async (window->sandbox, NULL, NULL, NULL);
  while (!fake_backend_has_console (backend, 1))
    g_main_context_iteration (NULL, TRUE);
  fake_guest_say_hello (backend);
  while (gbx_sandbox_get_state (window->sandbox) != GBX_SANDBOX_STARTING)
    g_main_context_iteration (NULL, TRUE);
  gbx_sandbox_window_update_display (window);
  while (gbx_display_get_state (window->display) != GBX_DISPLAY_FAILED || window->lost_source)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (gtk_info_bar_get_revealed (bar));
  fake_guest_say_started (backend);
  while (gbx_sandbox_get_state (window->sandbox) != GBX_SANDBOX_RUNNING)
    g_main_context_iteration (NULL, TRUE);
  gbx_sandbox_window_update_display (window);
  g_assert_true (gtk_info_bar_get_revealed (bar));
  gbx_sandbox_kill (window->sandbox);
  while (gbx_sandbox_get_state (window->sandbox) != GBX_SANDBOX_ENDED)
    g_main_context_iteration (NULL, TRUE);
  gtk_widget_destroy (GTK_WIDGET (window));
}

static void
test_lost (void)
{
  g_autoptr (GtkApplication) application
      = gtk_application_new (GBX_APPLICATION_ID, G_APPLICATION_NON_UNIQUE);

  g_signal_connect (application, "activate", G_CALLBACK (run_lost), NULL);
  g_signal_connect (application, "startup", G_CALLBACK (hdy_init), NULL);
  g_assert_cmpint (g_application_run (G_APPLICATION (application), 0, NULL), ==, 0);
}

static void
test_window (void)
{
  g_autoptr (GtkApplication) application
      = gtk_application_new (GBX_APPLICATION_ID, G_APPLICATION_NON_UNIQUE);
  int status = -1;

  g_signal_connect (application, "activate", G_CALLBACK (run_window), &status);
  g_signal_connect (application, "startup", G_CALLBACK (hdy_init), NULL);
  g_assert_cmpint (g_application_run (G_APPLICATION (application), 0, NULL), ==, 0);
  g_assert_cmpint (status, ==, 0);
}

static void
test_usage (void)
{
  if (g_test_subprocess ())
    {
      g_autoptr (GbxWindowApplication) application = gbx_window_application_new ();
      char *argv[] = { (char *)"glovebox-window", NULL };

      exit (g_application_run (G_APPLICATION (application), 1, argv));
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("glovebox-window: *--policy-fd*glovebox run*");
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/window/closes-when-nothing-runs", test_window);
  g_test_add_func ("/window/display-lost-early", test_lost);
  g_test_add_func ("/window/usage", test_usage);
  return g_test_run ();
}
