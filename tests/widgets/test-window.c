/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-access-button.h"
#include "gbx-window-application.h"
#include "gbx-details-dialog.h"
#include "gbx-log-view.h"
#include "gbx-paths.h"
#include "gbx-policy-handover.h"
#include "gbx-sandbox-private.h"
#include "gbx-sandbox-window.h"
#include "gbx-stop-dialog.h"
#include "gbx-window-memory.h"

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
          "screen",   "zoom-in", "zoom-out", "zoom-normal", "fit-window", "grab-keyboard", "show-help-overlay", NULL };

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

/* ---------------------------------------------------- on a fake backend -- */

typedef struct
{
  FakeBackend *backend; /* of the latest sandbox */
  guint n_sandboxes;
  gboolean no_display;
  GbxSandboxWindow *window;
  GbxRunner *runner;
  int status; /* of the end, or -1 */
} Fake;

static GbxSandbox *
make_sandbox (GbxPolicy *policy, gpointer user_data)
{
  Fake *fake = user_data;

  g_clear_object (&fake->backend);
  fake->backend = fake_backend_new ();
  fake->n_sandboxes++;
  for (guint i = 0; fake->no_display && i < 100; i++)
    fake_backend_plan (fake->backend, FAKE_DISPLAY, FAKE_FAIL);
  return gbx_sandbox_new_with_backend (policy, GBX_BACKEND (fake->backend), 10);
}

static void
open_window (Fake *fake, GtkApplication *application)
{
  g_autoptr (GbxPolicy) policy = make_test_policy (0);

  fake->window = GBX_SANDBOX_WINDOW (gbx_sandbox_window_new (application, policy));
  fake->runner = gbx_sandbox_window_get_runner (fake->window);
  fake->status = -1;
  gbx_runner_set_maker (fake->runner, make_sandbox, fake);
  g_signal_connect (fake->window, "finished", G_CALLBACK (on_finished), &fake->status);
  gbx_sandbox_window_start (fake->window);
  gtk_window_present (GTK_WINDOW (fake->window));
  gtk_test_widget_wait_for_draw (GTK_WIDGET (fake->window));
}

static void
await_state (Fake *fake, GbxSandboxState state)
{
  while (gbx_runner_get_state (fake->runner) != state)
    {
      g_assert_cmpint (gbx_runner_get_state (fake->runner), !=, GBX_SANDBOX_ENDED);
      g_main_context_iteration (NULL, TRUE);
    }
}

static void
boot (Fake *fake)
{
  while (!fake_backend_has_console (fake->backend, 1))
    {
      g_assert_cmpint (gbx_runner_get_state (fake->runner), !=, GBX_SANDBOX_ENDED);
      g_main_context_iteration (NULL, TRUE);
    }
  fake_guest_say_hello (fake->backend);
  await_state (fake, GBX_SANDBOX_STARTING);
}

static void
run (Fake *fake)
{
  boot (fake);
  fake_guest_say_started (fake->backend);
  await_state (fake, GBX_SANDBOX_RUNNING);
}

/* Whatever outlives its window complains of a change of style, and libhandy makes one. */
static void
change_style (void)
{
  g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();

  gtk_style_context_add_provider_for_screen (gdk_screen_get_default (),
                                             GTK_STYLE_PROVIDER (provider), 1);
  gtk_style_context_remove_provider_for_screen (gdk_screen_get_default (),
                                                GTK_STYLE_PROVIDER (provider));
}

static void
end_window (Fake *fake)
{
  while (fake->status < 0)
    {
      gbx_sandbox_window_quit (fake->window);
      g_main_context_iteration (NULL, TRUE);
    }
  gtk_widget_destroy (GTK_WIDGET (fake->window));
}

static void
close_window (Fake *fake)
{
  end_window (fake);
  change_style ();
  g_clear_object (&fake->backend);
}

static GtkWidget *
get_part (GtkWidget *widget, const char *name)
{
  return GTK_WIDGET (gtk_widget_get_template_child (widget, G_OBJECT_TYPE (widget), name));
}

static GtkWidget *
get_page (Fake *fake, const char *name)
{
  return get_part (GTK_WIDGET (fake->window), name);
}

static gboolean
is_shown (Fake *fake, const char *page)
{
  GtkStack *stack = GTK_STACK (get_page (fake, "stack"));

  return gtk_stack_get_visible_child (stack) == get_page (fake, page);
}

static gboolean
shows_bar (Fake *fake, const char *name)
{
  return gtk_info_bar_get_revealed (GTK_INFO_BAR (get_part (get_page (fake, "notices"), name)));
}

static void
await_bar (Fake *fake, const char *name, gboolean shown)
{
  while (shows_bar (fake, name) != shown)
    g_main_context_iteration (NULL, TRUE);
}

/* As from the keyboard: to the widget that has the focus. */
static void
press_key_at (GdkWindow *window, guint keyval)
{
  static const GdkEventType types[] = { GDK_KEY_PRESS, GDK_KEY_RELEASE };
  GdkDisplay *display = gdk_display_get_default ();
  GdkKeymap *keymap = gdk_keymap_get_for_display (display);
  g_autofree GdkKeymapKey *keys = NULL;
  int n;

  g_assert_true (gdk_keymap_get_entries_for_keyval (keymap, keyval, &keys, &n));
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr (GdkEvent) event = gdk_event_new (types[i]);

      event->key.window = g_object_ref (window);
      event->key.keyval = keyval;
      event->key.hardware_keycode = (guint16)keys[0].keycode;
      gdk_event_set_device (event,
                            gdk_seat_get_keyboard (gdk_display_get_default_seat (display)));
      gtk_main_do_event (event);
    }
}

static void
press_key (Fake *fake, guint keyval)
{
  press_key_at (gtk_widget_get_window (GTK_WIDGET (fake->window)), keyval);
}

static void
press_keys (Fake *fake)
{
  static const guint keyvals[] = { GDK_KEY_Return, GDK_KEY_space, GDK_KEY_space, GDK_KEY_Return };

  for (guint i = 0; i < G_N_ELEMENTS (keyvals); i++)
    press_key (fake, keyvals[i]);
}

/* (nullable): whether to stop. */
static GtkDialog *
get_question (void)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *at = windows; at; at = at->next)
    if (GBX_IS_STOP_DIALOG (at->data) && gtk_widget_get_visible (at->data))
      return at->data;
  return NULL;
}

static gboolean
has_question (void)
{
  return get_question () != NULL;
}

static void
answer_question (int response)
{
  gtk_dialog_response (get_question (), response);
  g_assert_false (has_question ());
}

/* A click on a button that takes none is no click. */
static void
click (GtkWidget *button)
{
  if (gtk_widget_is_sensitive (button))
    gtk_button_clicked (GTK_BUTTON (button));
}

static GtkWidget *
find_button (GtkWidget *widget, const char *label)
{
  g_autoptr (GList) children = NULL;
  GtkWidget *found = NULL;

  if (GTK_IS_BUTTON (widget)
      && g_strcmp0 (gtk_button_get_label (GTK_BUTTON (widget)), label) == 0)
    return widget;
  if (!GTK_IS_CONTAINER (widget))
    return NULL;
  children = gtk_container_get_children (GTK_CONTAINER (widget));
  for (GList *at = children; at && !found; at = at->next)
    found = find_button (at->data, label);
  return found;
}

static void
fail_in_guest (Fake *fake)
{
  run (fake);
  fake_guest_say_exit (fake->backend, GBX_EXIT_STATUS, 3, NULL);
  fake_guest_say_bye (fake->backend);
  while (!is_shown (fake, "end_page"))
    g_main_context_iteration (NULL, TRUE);
}

/* A display that fails while the guest still starts must not leave a window that waits
 * forever. */
static void
run_lost (GtkApplication *application, gpointer data)
{
  Fake fake = { .no_display = TRUE };
  GbxDisplayConnection *connection;

  open_window (&fake, application);
  connection = gbx_sandbox_window_get_connection (fake.window);
  boot (&fake);
  while (!gbx_display_connection_get_lost (connection))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (gbx_display_get_state (gbx_sandbox_window_get_display (fake.window)), ==,
                   GBX_DISPLAY_FAILED);
  g_assert_false (shows_bar (&fake, "lost_bar"));
  fake_guest_say_started (fake.backend);
  await_state (&fake, GBX_SANDBOX_RUNNING);
  g_assert_true (shows_bar (&fake, "lost_bar"));
  close_window (&fake);
}

/* Whoever presses Restart twice gets one sandbox: the second press is not for a sandbox
 * that runs already, and not for a button that fades away. */
static void
run_restart_twice (GtkApplication *application, gpointer data)
{
  Fake fake = { 0 };
  GtkWidget *restart, *close;

  open_window (&fake, application);
  fail_in_guest (&fake);
  restart = find_button (get_page (&fake, "end_page"), "_Restart");
  close = find_button (get_page (&fake, "end_page"), "C_lose");
  click (restart);
  g_assert_cmpuint (fake.n_sandboxes, ==, 2);
  g_assert_false (gtk_widget_is_sensitive (restart));
  g_assert_false (gtk_widget_is_sensitive (close));
  gtk_button_clicked (GTK_BUTTON (restart));
  g_assert_cmpuint (fake.n_sandboxes, ==, 2);
  /* What would wait for no end of a sandbox that runs. */
  gbx_runner_start (fake.runner);
  g_assert_cmpuint (fake.n_sandboxes, ==, 2);
  press_keys (&fake);
  run (&fake);
  g_assert_cmpuint (fake.n_sandboxes, ==, 2);
  close_window (&fake);
}

/* Whoever types on while the window appears or changes neither cancels, nor restarts,
 * nor closes anything. */
static void
run_stray_keys (GtkApplication *application, gpointer data)
{
  Fake fake = { 0 };

  open_window (&fake, application);
  press_keys (&fake);
  boot (&fake);
  press_keys (&fake);
  fake_guest_say_started (fake.backend);
  await_state (&fake, GBX_SANDBOX_RUNNING);
  press_keys (&fake);
  g_assert_false (has_question ());
  fake_guest_say_exit (fake.backend, GBX_EXIT_STATUS, 3, NULL);
  fake_guest_say_bye (fake.backend);
  while (!is_shown (&fake, "end_page"))
    g_main_context_iteration (NULL, TRUE);
  press_keys (&fake);
  g_assert_cmpuint (fake.n_sandboxes, ==, 1);
  g_assert_cmpint (fake.status, ==, -1);
  g_assert_true (is_shown (&fake, "end_page"));
  close_window (&fake);
}

/* A button of a bar that slides away does nothing, least of all to the next sandbox; and
 * no button of a bar takes the focus from the display. */
static void
run_leaving_bars (GtkApplication *application, gpointer data)
{
  static const char *const labels[] = { "_End Now", "_Stop…", "_Restart…", "Re_connect" };
  Fake fake = { 0 };
  GtkWidget *notices, *end_now;

  open_window (&fake, application);
  notices = get_page (&fake, "notices");
  end_now = find_button (notices, "_End Now");
  for (guint i = 0; i < G_N_ELEMENTS (labels); i++)
    g_assert_false (gtk_widget_get_focus_on_click (find_button (notices, labels[i])));
  run (&fake);
  gbx_runner_stop (fake.runner, GBX_THEN_RESTART);
  await_bar (&fake, "stopping_bar", TRUE);
  click (end_now);
  while (fake.n_sandboxes < 2)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (gtk_widget_is_sensitive (end_now));
  gtk_button_clicked (GTK_BUTTON (end_now));
  run (&fake);
  close_window (&fake);
}

static guint
count_windows (GType type)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();
  guint count = 0;

  for (GList *at = windows; at; at = at->next)
    count += G_TYPE_CHECK_INSTANCE_TYPE (at->data, type);
  return count;
}

/* Whoever asks for the details twice gets one dialog. */
static void
run_details_twice (GtkApplication *application, gpointer data)
{
  Fake fake = { 0 };
  GActionGroup *actions;

  open_window (&fake, application);
  actions = G_ACTION_GROUP (fake.window);
  g_action_group_activate_action (actions, "details", NULL);
  g_action_group_activate_action (actions, "details", NULL);
  g_assert_cmpuint (count_windows (GBX_TYPE_DETAILS_DIALOG), ==, 1);
  close_window (&fake);
}

/* Cancel ends a launch at once, but asks when the application runs and has drawn nothing. */
static void
run_cancel (GtkApplication *application, gpointer data)
{
  Fake fake = { 0 };
  GtkWidget *cancel;

  open_window (&fake, application);
  run (&fake);
  g_assert_true (is_shown (&fake, "boot_page"));
  cancel = find_button (get_page (&fake, "boot_page"), "_Cancel");
  click (cancel);
  g_assert_true (has_question ());
  g_assert_cmpint (gbx_runner_get_state (fake.runner), ==, GBX_SANDBOX_RUNNING);
  close_window (&fake);

  fake = (Fake){ 0 };
  open_window (&fake, application);
  boot (&fake);
  click (find_button (get_page (&fake, "boot_page"), "_Cancel"));
  g_assert_false (has_question ());
  await_state (&fake, GBX_SANDBOX_ENDED);
  g_assert_cmpint (gbx_sandbox_get_reason (gbx_runner_get_sandbox (fake.runner)), ==,
                   GBX_END_CANCELLED);
  close_window (&fake);
}

static void
await_page (Fake *fake, const char *page)
{
  while (!is_shown (fake, page))
    g_main_context_iteration (NULL, TRUE);
}

static const char *
get_text (GtkWidget *page, const char *label)
{
  return gtk_label_get_text (GTK_LABEL (get_part (page, label)));
}

/* An application without a window has a page that says so, with its output and Stop: while it
 * loads, and after its last window.  No page comes while it quits. */
static void
run_no_window (GtkApplication *application, gpointer data)
{
  Fake fake = { 0 };
  GtkWidget *page, *output;
  g_autofree char *text = NULL;

  open_window (&fake, application);
  page = get_page (&fake, "quiet_page");
  output = get_part (page, "output");
  run (&fake);
  g_assert_true (is_shown (&fake, "boot_page"));
  await_page (&fake, "quiet_page");
  g_assert_cmpstr (get_text (page, "title"), ==, "Test Application");
  g_assert_cmpstr (get_text (page, "message"), ==, "Running, no window yet");
  g_assert_true (g_str_has_prefix (get_text (page, "elapsed"), "Running for 0:0"));
  g_assert_false (gtk_expander_get_expanded (GTK_EXPANDER (get_part (page, "expander"))));

  press_keys (&fake);
  g_assert_false (has_question ());
  fake_guest_write (fake.backend, GBX_STREAM_STDOUT, "on stdout\n");
  fake_guest_write (fake.backend, GBX_STREAM_STDERR, "on stderr\n");
  while (gbx_log_view_is_empty (GBX_LOG_VIEW (output)))
    g_main_context_iteration (NULL, TRUE);
  while (!(text = gbx_log_view_dup_text (GBX_LOG_VIEW (output))) || !strstr (text, "stderr"))
    {
      g_clear_pointer (&text, g_free);
      g_main_context_iteration (NULL, TRUE);
    }
  g_assert_cmpstr (text, ==, "on stdout\non stderr\n");

  click (find_button (page, "_Stop"));
  g_assert_true (has_question ());
  answer_question (GTK_RESPONSE_CANCEL);

  fake_guest_say_window (fake.backend, GBX_WINDOW_DRAWN, "");
  while (!gbx_sandbox_get_has_window (gbx_runner_get_sandbox (fake.runner)))
    g_main_context_iteration (NULL, TRUE);
  fake_guest_say_window (fake.backend, GBX_WINDOW_NONE, "");
  while (gbx_sandbox_get_has_window (gbx_runner_get_sandbox (fake.runner)))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (get_text (page, "message"), ==, "Still running, without a window");
  close_window (&fake);
}

/* A window has the name of the application and a mark.  The guest's title is below it, in one
 * short line. */
static void
run_name (GtkApplication *application, gpointer data)
{
  Fake fake = { 0 };
  GbxSandbox *sandbox;
  HdyHeaderBar *header;
  g_autofree char *long_title = g_strnfill (250, 'x');

  open_window (&fake, application);
  header = HDY_HEADER_BAR (get_page (&fake, "header"));
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (fake.window)), ==,
                   "Test Application – sandbox");
  g_assert_cmpstr (hdy_header_bar_get_title (header), ==, "Test Application");
  run (&fake);
  sandbox = gbx_runner_get_sandbox (fake.runner);
  fake_guest_say_window (fake.backend, GBX_WINDOW_TITLE, " two\nlines\x1b[1m \xe2\x80\xae");
  while (!gbx_sandbox_get_title (sandbox))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (hdy_header_bar_get_subtitle (header), ==, "two lines [1m");
  fake_guest_say_window (fake.backend, GBX_WINDOW_TITLE, long_title);
  while (g_str_has_prefix (gbx_sandbox_get_title (sandbox), "two"))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (strlen (hdy_header_bar_get_subtitle (header)), ==, 200);
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (fake.window)), ==,
                   "Test Application – sandbox");
  close_window (&fake);
}

/* A sandbox that does not answer is told of until it answers or that is dismissed, with
 * ways to restart and to stop it. */
static void
run_trouble (GtkApplication *application, gpointer data)
{
  Fake fake = { 0 };
  static const char *const labels[] = { "_Restart…", "_Stop…" };

  open_window (&fake, application);
  run (&fake);
  await_bar (&fake, "trouble_bar", TRUE);
  g_signal_emit_by_name (get_part (get_page (&fake, "notices"), "trouble_bar"), "close");
  g_assert_false (shows_bar (&fake, "trouble_bar"));
  fake_guest_say_heartbeat (fake.backend);
  while (gbx_sandbox_get_trouble (gbx_runner_get_sandbox (fake.runner)))
    g_main_context_iteration (NULL, TRUE);
  await_bar (&fake, "trouble_bar", TRUE);
  fake_guest_say_heartbeat (fake.backend);
  await_bar (&fake, "trouble_bar", FALSE);
  await_bar (&fake, "trouble_bar", TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (labels); i++)
    {
      click (find_button (get_page (&fake, "notices"), labels[i]));
      g_assert_true (has_question ());
      answer_question (GTK_RESPONSE_CANCEL);
    }
  g_assert_cmpint (gbx_runner_get_state (fake.runner), ==, GBX_SANDBOX_RUNNING);
  close_window (&fake);
}

/* As a click on the X of the window. */
static void
click_x (Fake *fake)
{
  g_autoptr (GdkEvent) event = gdk_event_new (GDK_DELETE);

  event->any.window = g_object_ref (gtk_widget_get_window (GTK_WIDGET (fake->window)));
  gtk_main_do_event (event);
}

static gboolean
shows_closing_bar (Fake *fake)
{
  return gtk_info_bar_get_revealed (GTK_INFO_BAR (get_page (fake, "closing_bar")));
}

static GbxClosingState
get_closing (Fake *fake)
{
  return gbx_closing_get_state (gbx_runner_get_closing (fake->runner));
}

static void
await_closing (Fake *fake, GbxClosingState state)
{
  while (get_closing (fake) != state)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (shows_closing_bar (fake), ==, state != GBX_CLOSING_NOT);
}

/* first: a number that was not the first before. */
static void
say_windows (Fake *fake, guint first, guint second, guint8 flags)
{
  const guint numbers[] = { first, first ? second : 0, 0 };
  guint n = (first != 0) + (first && second);
  gboolean told = FALSE;

  fake_guest_say_windows (fake->backend, numbers, flags);
  while (!told)
    {
      g_autoptr (GVariant) windows
          = gbx_sandbox_dup_windows (gbx_runner_get_sandbox (fake->runner));
      guint number = 0;

      if (n > 0 && g_variant_n_children (windows) == n)
        g_variant_get_child (windows, 0, "(usbb)", &number, NULL, NULL, NULL);
      told = g_variant_n_children (windows) == n && number == first;
      if (!told)
        g_main_context_iteration (NULL, TRUE);
    }
}

/* X asks the application's windows to close, and waits visibly.  Its own question keeps the
 * sandbox for as long as it is open, and after an answer that keeps the windows. */
static void
run_close (GtkApplication *application, gpointer data)
{
  Fake fake = { 0 };

  open_window (&fake, application);
  run (&fake);
  say_windows (&fake, 1, 0, GBX_WINDOW_CLOSES);
  click_x (&fake);
  fake_guest_await (fake.backend, GBX_MSG_CLOSE_WINDOWS);
  await_closing (&fake, GBX_CLOSING_WAITING);
  g_assert_false (has_question ());
  say_windows (&fake, 2, 1, GBX_WINDOW_CLOSES | GBX_WINDOW_MODAL);
  await_closing (&fake, GBX_CLOSING_ASKING);
  g_assert_cmpint (gbx_runner_get_then (fake.runner), ==, GBX_THEN_CLOSE);
  say_windows (&fake, 1, 0, GBX_WINDOW_CLOSES);
  await_closing (&fake, GBX_CLOSING_NOT);
  g_assert_cmpint (gbx_runner_get_then (fake.runner), ==, GBX_THEN_DECIDE);
  g_assert_cmpint (gbx_runner_get_state (fake.runner), ==, GBX_SANDBOX_RUNNING);
  close_window (&fake);
}

/* An application that asks for each of its documents is asked again after each answer. */
static void
run_close_several (GtkApplication *application, gpointer data)
{
  Fake fake = { 0 };

  open_window (&fake, application);
  run (&fake);
  say_windows (&fake, 2, 1, GBX_WINDOW_CLOSES);
  click_x (&fake);
  fake_guest_await (fake.backend, GBX_MSG_CLOSE_WINDOWS);
  say_windows (&fake, 3, 2, GBX_WINDOW_CLOSES);
  await_closing (&fake, GBX_CLOSING_ASKING);
  say_windows (&fake, 1, 0, GBX_WINDOW_CLOSES);
  fake_guest_await (fake.backend, GBX_MSG_CLOSE_WINDOWS);
  await_closing (&fake, GBX_CLOSING_WAITING);
  fake_guest_say_exit (fake.backend, GBX_EXIT_STATUS, 3, NULL);
  fake_guest_say_bye (fake.backend);
  while (fake.status < 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (fake.status, ==, 3);
  close_window (&fake);
}

/* The second X asks whether to stop.  So does the first where the application cannot be asked. */
static void
run_close_twice (GtkApplication *application, gpointer data)
{
  Fake fake = { 0 };

  open_window (&fake, application);
  run (&fake);
  click_x (&fake);
  g_assert_true (has_question ());
  answer_question (GTK_RESPONSE_CANCEL);
  say_windows (&fake, 1, 0, 0);
  click_x (&fake);
  g_assert_true (has_question ());
  g_assert_false (shows_closing_bar (&fake));
  answer_question (GTK_RESPONSE_CANCEL);
  say_windows (&fake, 2, 0, GBX_WINDOW_CLOSES);
  click_x (&fake);
  await_closing (&fake, GBX_CLOSING_WAITING);
  g_assert_false (has_question ());
  click_x (&fake);
  g_assert_true (has_question ());
  answer_question (GTK_RESPONSE_CANCEL);
  await_closing (&fake, GBX_CLOSING_NOT);
  g_action_group_activate_action (G_ACTION_GROUP (fake.window), "stop", NULL);
  await_closing (&fake, GBX_CLOSING_WAITING);
  click (find_button (get_page (&fake, "closing_bar"), "_Keep Running"));
  await_closing (&fake, GBX_CLOSING_NOT);
  g_action_group_activate_action (G_ACTION_GROUP (fake.window), "stop", NULL);
  click (find_button (get_page (&fake, "closing_bar"), "_Stop Now"));
  await_state (&fake, GBX_SANDBOX_STOPPING);
  await_closing (&fake, GBX_CLOSING_NOT);
  g_assert_cmpint (gbx_runner_get_then (fake.runner), ==, GBX_THEN_DECIDE);
  close_window (&fake);
}

static void
await_list (Fake *fake, gboolean shown)
{
  while (gtk_widget_get_visible (get_page (fake, "window_list")) != shown)
    g_main_context_iteration (NULL, TRUE);
}

/* The header bar lists the windows if there are several, and switches between them. */
static void
run_window_list (GtkApplication *application, gpointer data)
{
  Fake fake = { 0 };
  GtkWidget *list;
  GtkListBox *rows;
  GtkListBoxRow *row;

  open_window (&fake, application);
  list = get_page (&fake, "window_list");
  rows = GTK_LIST_BOX (get_part (list, "rows"));
  run (&fake);
  say_windows (&fake, 1, 0, 0);
  await_list (&fake, FALSE);
  say_windows (&fake, 7, 1, 0);
  await_list (&fake, TRUE);
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (get_part (list, "count"))), ==, "2");
  row = gtk_list_box_get_row_at_index (rows, 1);
  g_assert_cmpstr (atk_object_get_name (gtk_widget_get_accessible (GTK_WIDGET (row))), ==,
                   "Window <7>, in use");
  row = gtk_list_box_get_row_at_index (rows, 0);
  gtk_button_clicked (GTK_BUTTON (list));
  g_signal_emit_by_name (rows, "row-activated", row);
  fake_guest_await (fake.backend, GBX_MSG_USE_WINDOW);
  /* A dialog that blocks the other window is nothing to switch to. */
  say_windows (&fake, 8, 0, GBX_WINDOW_MODAL);
  await_list (&fake, FALSE);
  say_windows (&fake, 1, 7, 0);
  await_list (&fake, TRUE);
  fake_guest_say_exit (fake.backend, GBX_EXIT_STATUS, 3, NULL);
  await_list (&fake, FALSE);
  close_window (&fake);
}

/* -------------------------------------------------------- accessibility -- */

static gboolean
has_name (GtkWidget *widget)
{
  const char *name = atk_object_get_name (gtk_widget_get_accessible (widget));

  return name && *name;
}

/* Whoever cannot see it hears the name of what has the focus, and of what frames it. */
static void
check_names (GtkWidget *widget, gpointer data)
{
  gboolean needs_name = gtk_widget_get_can_focus (widget) || GTK_IS_INFO_BAR (widget)
                        || gtk_widget_is_toplevel (widget);

  if (!gtk_widget_get_mapped (widget))
    return;
  if (needs_name && gtk_widget_is_sensitive (widget) && !has_name (widget))
    g_error ("%s: a %s (%s) has no accessible name", (const char *)data, G_OBJECT_TYPE_NAME (widget),
             gtk_widget_get_name (widget));
  if (GTK_IS_CONTAINER (widget))
    gtk_container_forall (GTK_CONTAINER (widget), check_names, data);
}

static gboolean
is_seen (GtkWidget *widget)
{
  /* A scrolled window draws no focus. */
  return !GTK_IS_SCROLLED_WINDOW (widget) && gtk_widget_is_drawable (widget) && gtk_widget_get_allocated_width (widget) > 1
         && gtk_widget_get_allocated_height (widget) > 1 && gtk_widget_get_opacity (widget) > 0;
}

/* The focus goes round with Tab, and can be seen wherever it is. */
static void
check_tab_stops (GtkWidget *window, const char *where)
{
  GtkWidget *first = NULL;

  for (guint i = 0; i < 50; i++)
    {
      GtkWidget *focus;

      gtk_widget_child_focus (window, GTK_DIR_TAB_FORWARD);
      focus = gtk_window_get_focus (GTK_WINDOW (window));
      if (!focus)
        continue;
      if (!is_seen (focus))
        g_error ("%s: a %s has the focus and cannot be seen (%d × %d)", where,
                 G_OBJECT_TYPE_NAME (focus), gtk_widget_get_allocated_width (focus),
                 gtk_widget_get_allocated_height (focus));
      if (focus == first)
        return;
      if (!first)
        first = focus;
    }
  g_error ("%s: Tab does not come round", where);
}

static void
check_windows (const char *where)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *at = windows; at; at = at->next)
    if (gtk_widget_get_mapped (at->data) && gtk_window_get_window_type (at->data) == GTK_WINDOW_TOPLEVEL)
      {
        check_names (at->data, (gpointer)where);
        check_tab_stops (at->data, where);
      }
}

/* (nullable): another one than the sandbox's. */
static GtkWindow *
get_other_window (Fake *fake)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *at = windows; at; at = at->next)
    if (gtk_widget_get_mapped (at->data) && at->data != (gpointer)fake->window
        && gtk_window_get_window_type (at->data) == GTK_WINDOW_TOPLEVEL)
      return at->data;
  return NULL;
}

/* Opens what an action opens. */
static void
check_dialog (Fake *fake, const char *action)
{
  g_action_group_activate_action (G_ACTION_GROUP (fake->window), action, NULL);
  while (!get_other_window (fake))
    g_main_context_iteration (NULL, TRUE);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (get_other_window (fake)));
  check_windows (action);
  gtk_window_close (get_other_window (fake));
  while (get_other_window (fake))
    g_main_context_iteration (NULL, TRUE);
}

/* A page that appears gets its size in steps. */
static void
await_layout (Fake *fake)
{
  gtk_test_widget_wait_for_draw (GTK_WIDGET (fake->window));
  while (gtk_stack_get_transition_running (GTK_STACK (get_page (fake, "stack"))))
    g_main_context_iteration (NULL, TRUE);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (fake->window));
}

static void
run_accessible (GtkApplication *application, gpointer data)
{
  static const char *const dialogs[] = { "stop", "restart", "details", "show-help-overlay" };
  Fake fake = { 0 };

  open_window (&fake, application);
  check_windows ("boot page");
  run (&fake);
  await_page (&fake, "quiet_page");
  await_layout (&fake);
  check_windows ("page without a window");
  await_bar (&fake, "trouble_bar", TRUE);
  check_windows ("trouble bar");
  for (guint i = 0; i < G_N_ELEMENTS (dialogs); i++)
    check_dialog (&fake, dialogs[i]);
  fake_guest_say_exit (fake.backend, GBX_EXIT_STATUS, 3, NULL);
  fake_guest_say_bye (fake.backend);
  while (!is_shown (&fake, "end_page"))
    g_main_context_iteration (NULL, TRUE);
  await_layout (&fake);
  check_windows ("end page");
  /* GTK's own window of shortcuts has left something behind. */
  end_window (&fake);
  g_clear_object (&fake.backend);
}

/* F10 opens the menu, unless the display has the keyboard. */
static void
run_menu_key (GtkApplication *application, gpointer data)
{
  GtkToggleButton *menu;
  Fake fake = { 0 };

  open_window (&fake, application);
  menu = GTK_TOGGLE_BUTTON (get_page (&fake, "menu_button"));
  press_key (&fake, GDK_KEY_F10);
  g_assert_true (gtk_toggle_button_get_active (menu));
  gtk_toggle_button_set_active (menu, FALSE);
  gtk_widget_set_sensitive (get_page (&fake, "display_page"), TRUE);
  gtk_stack_set_visible_child (GTK_STACK (get_page (&fake, "stack")),
                               get_page (&fake, "display_page"));
  gtk_window_set_focus (GTK_WINDOW (fake.window),
                        GTK_WIDGET (gbx_sandbox_window_get_display (fake.window)));
  press_key (&fake, GDK_KEY_F10);
  g_assert_false (gtk_toggle_button_get_active (menu));
  close_window (&fake);
}

/* As the program does it. */
static void
on_finished_destroy (GbxSandboxWindow *window, int status, gpointer data)
{
  Fake *fake = data;

  fake->status = status;
  gtk_widget_destroy (GTK_WIDGET (window));
}

static void
type_until_the_end (Fake *fake, GtkApplication *application, guint status)
{
  g_autoptr (GdkWindow) target = NULL;
  static const guint keyvals[] = { GDK_KEY_a, GDK_KEY_Return, GDK_KEY_space, GDK_KEY_Control_L };

  open_window (fake, application);
  g_signal_handlers_disconnect_by_func (fake->window, on_finished, &fake->status);
  g_signal_connect (fake->window, "finished", G_CALLBACK (on_finished_destroy), fake);
  run (fake);
  gtk_widget_grab_focus (GTK_WIDGET (gbx_sandbox_window_get_display (fake->window)));
  fake_guest_say_exit (fake->backend, GBX_EXIT_STATUS, status, NULL);
  fake_guest_say_bye (fake->backend);
  target = g_object_ref (gtk_widget_get_window (GTK_WIDGET (fake->window)));
  for (guint i = 0; fake->status < 0 && i < 400; i++)
    {
      press_key_at (target, keyvals[i % G_N_ELEMENTS (keyvals)]);
      g_main_context_iteration (NULL, FALSE);
      g_usleep (2000);
    }
  for (guint i = 0; i < 8; i++)
    press_key_at (target, keyvals[i % G_N_ELEMENTS (keyvals)]);
}

/* Whoever types while the application ends causes no complaint of a toolkit. */
static void
run_keys_at_end (GtkApplication *application, gpointer data)
{
  Fake fake = { 0 };

  type_until_the_end (&fake, application, 0);
  g_assert_cmpint (fake.status, ==, 0);
  g_clear_object (&fake.backend);
  fake = (Fake){ 0 };
  type_until_the_end (&fake, application, 3);
  g_assert_cmpint (fake.status, ==, -1);
  gtk_widget_destroy (GTK_WIDGET (fake.window));
  g_clear_object (&fake.backend);
}

/* Each in a process of its own: the style of a sandbox is for a whole process. */
static void
test_on_fake (gconstpointer scene)
{
  g_autoptr (GtkApplication) application = NULL;

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
      g_test_trap_assert_passed ();
      return;
    }
  application = gtk_application_new (GBX_APPLICATION_ID, G_APPLICATION_NON_UNIQUE);
  g_signal_connect (application, "activate", G_CALLBACK (scene), NULL);
  g_signal_connect (application, "startup", G_CALLBACK (hdy_init), NULL);
  g_assert_cmpint (g_application_run (G_APPLICATION (application), 0, NULL), ==, 0);
}

static char *
state_of (GtkWidget *window)
{
  g_autoptr (GVariant) state
      = g_action_group_get_action_state (G_ACTION_GROUP (window), "screen");

  return g_variant_dup_string (state, NULL);
}

static void
await_memory (GbxPolicy *policy, guint zoom, const char *screen)
{
  for (;;)
    {
      g_autofree char *found = NULL;
      guint number;

      gbx_window_memory_load (policy, &number, &found);
      if (number == zoom && g_strcmp0 (found, screen) == 0)
        return;
      g_main_context_iteration (NULL, FALSE);
    }
}

/* How the screen is shown is the same in the next window of the application. */
static void
run_view (GtkApplication *application, gpointer data)
{
  g_autoptr (GbxPolicy) policy = make_test_policy (0);
  GtkWidget *window = gbx_sandbox_window_new (application, policy);
  GActionGroup *actions = G_ACTION_GROUP (window);
  GbxDisplay *display = gbx_sandbox_window_get_display (GBX_SANDBOX_WINDOW (window));
  g_autofree char *first = state_of (window), *second = NULL, *third = NULL;
  GtkWidget *next;

  g_assert_cmpstr (first, ==, "window");
  g_assert_false (g_action_group_get_action_enabled (actions, "zoom-normal"));
  g_assert_false (g_action_group_get_action_enabled (actions, "fit-window"));
  for (guint i = 0; i < 20; i++)
    g_action_group_activate_action (actions, "zoom-in", NULL);
  g_assert_cmpuint (gbx_display_get_zoom (display), ==, 400);
  g_assert_false (g_action_group_get_action_enabled (actions, "zoom-in"));
  g_action_group_activate_action (actions, "zoom-normal", NULL);
  g_action_group_activate_action (actions, "zoom-out", NULL);
  g_assert_cmpuint (gbx_display_get_zoom (display), ==, 90);
  await_memory (policy, 90, NULL);
  g_action_group_change_action_state (actions, "screen", g_variant_new_string ("fixed"));
  g_assert_false (gbx_display_get_follows (display));
  g_assert_false (gbx_display_get_scaling (display));
  await_memory (policy, 90, "fixed");
  gtk_widget_destroy (window);

  next = gbx_sandbox_window_new (application, policy);
  display = gbx_sandbox_window_get_display (GBX_SANDBOX_WINDOW (next));
  second = state_of (next);
  g_assert_cmpstr (second, ==, "fixed");
  g_assert_cmpuint (gbx_display_get_zoom (display), ==, 90);
  g_action_group_change_action_state (G_ACTION_GROUP (next), "screen",
                                      g_variant_new_string ("nonsense"));
  g_action_group_change_action_state (G_ACTION_GROUP (next), "screen",
                                      g_variant_new_string ("scaled"));
  third = state_of (next);
  g_assert_cmpstr (third, ==, "scaled");
  g_assert_false (g_action_group_get_action_enabled (G_ACTION_GROUP (next), "zoom-out"));
  g_action_group_change_action_state (G_ACTION_GROUP (next), "screen",
                                      g_variant_new_string ("window"));
  g_action_group_activate_action (G_ACTION_GROUP (next), "zoom-normal", NULL);
  await_memory (policy, 100, NULL);
  gtk_widget_destroy (next);
}

/* With all that the header bar can show. */
static void
run_narrow (GtkApplication *application, gpointer data)
{
  Fake fake = { 0 };
  int minimum, width;

  open_window (&fake, application);
  run (&fake);
  say_windows (&fake, 1, 2, GBX_WINDOW_CLOSES);
  gtk_widget_show (GTK_WIDGET (get_page (&fake, "window_list")));
  /* It is made narrower until it is narrow enough, as by a user. */
  do
    {
      gtk_window_resize (GTK_WINDOW (fake.window), 360, 500);
      g_main_context_iteration (NULL, TRUE);
      /* Without what a theme draws around a window. */
      gtk_widget_get_preferred_width (gtk_bin_get_child (GTK_BIN (fake.window)), &minimum, NULL);
      gtk_window_get_size (GTK_WINDOW (fake.window), &width, NULL);
    }
  while (minimum > 360 || width > 360);
  g_assert_false (gtk_widget_get_visible (get_page (&fake, "icon")));
  gtk_window_resize (GTK_WINDOW (fake.window), 700, 500);
  while (!gtk_widget_get_visible (get_page (&fake, "icon")))
    g_main_context_iteration (NULL, TRUE);
  close_window (&fake);
}

static GbxPolicy *
make_policy_with_shares (const char *writable)
{
  g_autoptr (GbxPolicyBuilder) builder = gbx_policy_builder_new (GBX_MODE_DESKTOP);
  const char *command[] = { "true", NULL };

  gbx_policy_builder_set_command (builder, command);
  gbx_policy_builder_set_text (builder, "network.mode", "user", "test", NULL);
  gbx_policy_builder_add_share (builder, gbx_share_new ("/usr/share", "/a", FALSE, NULL));
  gbx_policy_builder_add_share (builder, gbx_share_new (writable, "/b", TRUE, NULL));
  return gbx_policy_builder_build (builder, NULL);
}

static void
count_rows (GtkWidget *widget, gpointer n)
{
  *(guint *)n += GTK_IS_LIST_BOX_ROW (widget);
  if (GTK_IS_CONTAINER (widget))
    gtk_container_forall (GTK_CONTAINER (widget), count_rows, n);
}

static void
run_access (GtkApplication *application, gpointer data)
{
  g_autofree char *folder = g_dir_make_tmp ("glovebox-test-XXXXXX", NULL);
  g_autoptr (GbxPolicy) policy = make_policy_with_shares (folder);
  GtkWidget *window = gbx_sandbox_window_new (application, policy);
  GtkWidget *button = get_part (window, "access_button");
  const char *name = atk_object_get_name (gtk_widget_get_accessible (button));
  GtkWidget *shares = get_part (button, "shares");
  guint n = 0;

  gtk_widget_show (window);
  gtk_test_widget_wait_for_draw (window);
  g_assert_nonnull (strstr (name, "Reaches the Internet. "));
  g_assert_nonnull (strstr (name, "Can change one folder"));
  g_assert_true (gtk_widget_get_visible (shares));
  g_assert_true (gtk_style_context_has_class (gtk_widget_get_style_context (shares),
                                              "gbx-writable"));
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (get_part (button, "count"))), ==, "2");
  g_assert_false (gtk_widget_get_visible (get_part (button, "devices")));
  gtk_button_clicked (GTK_BUTTON (button));
  count_rows (GTK_WIDGET (gtk_menu_button_get_popover (GTK_MENU_BUTTON (button))), &n);
  g_assert_cmpuint (n, >=, 5);
  gtk_widget_destroy (window);
  g_rmdir (folder);
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
  g_autofree char *state = NULL;
  int status;

  gtk_test_init (&argc, &argv, NULL);
  /* A subprocess has that of its parent. */
  if (!g_test_subprocess ())
    {
      state = g_dir_make_tmp ("glovebox-test-XXXXXX", NULL);
      g_setenv ("XDG_STATE_HOME", state, TRUE);
    }
  g_test_add_func ("/window/closes-when-nothing-runs", test_window);
  g_test_add_data_func ("/window/display-lost-early", run_lost, test_on_fake);
  g_test_add_data_func ("/window/restart-twice", run_restart_twice, test_on_fake);
  g_test_add_data_func ("/window/stray-keys", run_stray_keys, test_on_fake);
  g_test_add_data_func ("/window/leaving-bars", run_leaving_bars, test_on_fake);
  g_test_add_data_func ("/window/details-twice", run_details_twice, test_on_fake);
  g_test_add_data_func ("/window/cancel", run_cancel, test_on_fake);
  g_test_add_data_func ("/window/trouble", run_trouble, test_on_fake);
  g_test_add_data_func ("/window/no-window", run_no_window, test_on_fake);
  g_test_add_data_func ("/window/name", run_name, test_on_fake);
  g_test_add_data_func ("/window/close", run_close, test_on_fake);
  g_test_add_data_func ("/window/close-several", run_close_several, test_on_fake);
  g_test_add_data_func ("/window/close-twice", run_close_twice, test_on_fake);
  g_test_add_data_func ("/window/list", run_window_list, test_on_fake);
  g_test_add_data_func ("/window/accessible", run_accessible, test_on_fake);
  g_test_add_data_func ("/window/menu-key", run_menu_key, test_on_fake);
  g_test_add_data_func ("/window/keys-at-end", run_keys_at_end, test_on_fake);
  g_test_add_data_func ("/window/view", run_view, test_on_fake);
  g_test_add_data_func ("/window/narrow", run_narrow, test_on_fake);
  g_test_add_data_func ("/window/access", run_access, test_on_fake);
  g_test_add_func ("/window/usage", test_usage);
  status = g_test_run ();
  if (state)
    gbx_path_remove_tree (state);
  return status;
}
