/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Every transition of a session, on a backend without a virtual machine. */

#include "gbx-error.h"
#include "gbx-runtime.h"
#include "gbx-sandbox-private.h"

#include "fake-backend.h"

#include <gio/gunixoutputstream.h>
#include <glib-unix.h>
#include <string.h>
#include <unistd.h>

/* The library's time limits, in seconds, become hundredths. */
#define TIME_DIVISOR 100

typedef struct
{
  FakeBackend *backend;
  GbxSandbox *sandbox;
  GError *launch_error;
  gboolean launched, ended;
} Fixture;

/* -------------------------------------------------------------- fixture -- */

static GbxPolicy *
make_policy (GbxMode mode, gboolean strict, guint timeout)
{
  const char *command[] = { "true", NULL };
  g_autoptr (GbxPolicyBuilder) builder = gbx_policy_builder_new (mode);

  gbx_policy_builder_set_command (builder, command);
  gbx_policy_builder_set_value (builder, "kernel.strict", g_variant_new_boolean (strict), "test",
                                NULL);
  gbx_policy_builder_set_value (builder, "lifecycle.timeout", g_variant_new_uint32 (timeout), "test",
                                NULL);
  return gbx_policy_builder_build (builder, NULL);
}

static Fixture *
fixture_new_with (GbxMode mode, gboolean strict, guint timeout)
{
  g_autoptr (GbxPolicy) policy = make_policy (mode, strict, timeout);
  Fixture *self = g_new0 (Fixture, 1);

  self->backend = fake_backend_new ();
  self->sandbox = gbx_sandbox_new_with_backend (policy, GBX_BACKEND (self->backend), TIME_DIVISOR);
  return self;
}

static Fixture *
fixture_new (void)
{
  return fixture_new_with (GBX_MODE_EXEC, FALSE, 0);
}

static void
iterate (void)
{
  g_main_context_iteration (NULL, TRUE);
}

static gboolean
on_guard (gpointer user_data)
{
  g_error ("it took too long");
  return G_SOURCE_REMOVE;
}

/* What a worker changes does not always wake the main context. */
static gboolean
on_look (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

#define await(condition)                                                                           \
  G_STMT_START                                                                                     \
  {                                                                                                \
    guint guard = g_timeout_add_seconds (20, on_guard, NULL);                                      \
    guint look = g_timeout_add (10, on_look, NULL);                                                \
    while (!(condition))                                                                           \
      iterate ();                                                                                  \
    g_source_remove (look);                                                                        \
    g_source_remove (guard);                                                                       \
  }                                                                                                \
  G_STMT_END

static void
launch_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *self = user_data;

  self->launched = gbx_sandbox_launch_finish (GBX_SANDBOX (source), result, &self->launch_error);
}

static void
wait_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *self = user_data;

  g_assert_cmpint (gbx_sandbox_get_state (self->sandbox), ==, GBX_SANDBOX_ENDED);
  self->ended = gbx_sandbox_wait_finish (GBX_SANDBOX (source), result, NULL);
}

static void
launch_with (Fixture *self, GCancellable *cancellable)
{
  gbx_sandbox_launch_async (self->sandbox, cancellable, launch_cb, self);
  gbx_sandbox_wait_async (self->sandbox, wait_cb, self);
}

static void
launch (Fixture *self)
{
  launch_with (self, NULL);
}

static void
launch_and_boot (Fixture *self)
{
  launch (self);
  await (fake_backend_has_console (self->backend, 1));
}

static void
set_up (Fixture *self)
{
  fake_guest_say_hello (self->backend);
  fake_guest_await (self->backend, GBX_MSG_CONFIG);
  g_assert_cmpint (gbx_sandbox_get_state (self->sandbox), ==, GBX_SANDBOX_STARTING);
}

static void
run (Fixture *self)
{
  launch_and_boot (self);
  set_up (self);
  fake_guest_say_started (self->backend);
  await (self->launched);
  g_assert_cmpint (gbx_sandbox_get_state (self->sandbox), ==, GBX_SANDBOX_RUNNING);
}

static void
leave (Fixture *self, guint status)
{
  fake_guest_say_exit (self->backend, GBX_EXIT_STATUS, status, NULL);
  fake_guest_say_bye (self->backend);
}

/* Checks how it ended, and that the backend was told to end exactly once. */
static void
finish (Fixture *self, GbxEndReason reason, int status, int code, const char *words)
{
  const GError *error;

  await (self->ended);
  error = gbx_sandbox_get_error (self->sandbox);
  g_assert_cmpint (gbx_sandbox_get_reason (self->sandbox), ==, reason);
  g_assert_cmpint (gbx_sandbox_get_exit_status (self->sandbox), ==, status);
  g_assert_cmpuint (fake_backend_count (self->backend, FAKE_END), ==, 1);
  if (code >= 0)
    {
      g_assert_error (error, GBX_ERROR, code);
      g_assert_nonnull (strstr (error->message, words));
    }
  else
    g_assert_no_error (error);
  await (self->launched || self->launch_error);
}

static void
fixture_free (Fixture *self)
{
  GObject *gone[] = { G_OBJECT (self->sandbox), G_OBJECT (self->backend) };

  fake_backend_release (self->backend);
  for (guint i = 0; i < G_N_ELEMENTS (gone); i++)
    g_object_add_weak_pointer (gone[i], (gpointer *) &gone[i]);
  g_object_unref (self->sandbox);
  g_object_unref (self->backend);
  /* Workers may still hold them; nothing else may. */
  await (!gone[0] && !gone[1]);
  g_clear_error (&self->launch_error);
  g_free (self);
}

/* ----------------------------------------------------------- all is well -- */

static void
on_accelerator (GbxSandbox *sandbox, GParamSpec *pspec, gpointer user_data)
{
  *(GbxAccelerator *) user_data = gbx_sandbox_get_accelerator (sandbox);
}

static void
test_whole_life (void)
{
  Fixture *self = fixture_new ();
  GbxAccelerator accelerator = GBX_ACCELERATOR_AUTO;
  g_autofree char *log = NULL;

  g_signal_connect (self->sandbox, "notify::accelerator", G_CALLBACK (on_accelerator),
                    &accelerator);

  g_assert_cmpint (gbx_sandbox_get_state (self->sandbox), ==, GBX_SANDBOX_PREPARING);
  launch_and_boot (self);
  g_assert_cmpstr (gbx_sandbox_get_name (self->sandbox), ==, "claimed");
  g_assert_cmpint (accelerator, ==, GBX_ACCELERATOR_KVM);
  set_up (self);
  fake_guest_say_phase (self->backend, GBX_PHASE_MOUNTS);
  await (g_str_equal (gbx_sandbox_get_activity (self->sandbox), "Mounting the shares"));
  fake_guest_say_started (self->backend);
  await (self->launched);
  g_assert_true (gbx_sandbox_get_started (self->sandbox));
  await (fake_backend_is_confirmed (self->backend));
  leave (self, 7);
  fake_guest_hang_up (self->backend);
  finish (self, GBX_END_EXITED, 7, -1, NULL);
  g_assert_true (fake_backend_was_powered_off (self->backend));
  log = gbx_sandbox_dup_log (self->sandbox);
  g_assert_null (strstr (log, "last words"));
  fixture_free (self);
}

/* A guest that does not go after its good-bye is not waited for. */
static void
test_lingers (void)
{
  Fixture *self = fixture_new ();

  run (self);
  leave (self, 0);
  finish (self, GBX_END_EXITED, 0, -1, NULL);
  g_assert_true (fake_backend_was_powered_off (self->backend));
  fixture_free (self);
}

/* A home that is thrown away: the guest waits until its files have been saved. */
static Fixture *
run_and_hold (void)
{
  Fixture *self = fixture_new ();

  gbx_sandbox_set_holds (self->sandbox, TRUE);
  run (self);
  fake_guest_say_held (self->backend);
  fake_guest_say_exit (self->backend, GBX_EXIT_STATUS, 3, NULL);
  await (gbx_sandbox_get_holding (self->sandbox));
  g_assert_cmpint (gbx_sandbox_get_state (self->sandbox), ==, GBX_SANDBOX_STOPPING);
  return self;
}

static void
test_hold (void)
{
  Fixture *self = run_and_hold ();
  g_autoptr (GError) error = NULL;
  int fd = gbx_sandbox_open_files (self->sandbox, FALSE, &error);

  g_assert_no_error (error);
  g_assert_cmpint (fd, >=, 0);
  close (fd);
  gbx_sandbox_stop (self->sandbox, 0); /* it has ended already */
  g_assert_true (gbx_sandbox_get_holding (self->sandbox));
  gbx_sandbox_release (self->sandbox);
  g_assert_false (gbx_sandbox_get_holding (self->sandbox));
  fake_guest_await (self->backend, GBX_MSG_CLOSE);
  fake_guest_say_bye (self->backend);
  finish (self, GBX_END_EXITED, 3, -1, NULL);
  g_assert_cmpint (gbx_sandbox_open_files (self->sandbox, FALSE, NULL), ==, -1);
  fixture_free (self);
}

static void
test_hold_dies (void)
{
  Fixture *self = run_and_hold ();

  fake_guest_hang_up (self->backend);
  finish (self, GBX_END_FAILED, 125, GBX_ERROR_GUEST, "written");
  fixture_free (self);
}

/* A guest that does not wait ends as ever. */
static void
test_hold_refused (void)
{
  Fixture *self = fixture_new ();

  gbx_sandbox_set_holds (self->sandbox, TRUE);
  run (self);
  leave (self, 0);
  finish (self, GBX_END_EXITED, 0, -1, NULL);
  fixture_free (self);
}

static void
test_not_found (void)
{
  Fixture *self = fixture_new ();

  launch_and_boot (self);
  set_up (self);
  fake_guest_say_exit (self->backend, GBX_EXIT_NOT_FOUND, 2, NULL);
  fake_guest_say_bye (self->backend);
  finish (self, GBX_END_EXITED, 127, -1, NULL);
  g_assert_error (self->launch_error, GBX_ERROR, GBX_ERROR_NOT_FOUND);
  g_assert_false (gbx_sandbox_get_started (self->sandbox));
  fixture_free (self);
}

/* Why it cannot be executed is what the guest says with it, cleaned. */
static void
test_not_executable (void)
{
  Fixture *self = fixture_new ();

  launch_and_boot (self);
  set_up (self);
  fake_guest_say_exit (self->backend, GBX_EXIT_NOT_EXECUTABLE, 8, "wrong\033 format");
  fake_guest_say_log (self->backend, GBX_LOG_ERROR, "what the log says last");
  fake_guest_say_bye (self->backend);
  finish (self, GBX_END_EXITED, 126, -1, NULL);
  g_assert_error (self->launch_error, GBX_ERROR, GBX_ERROR_INVALID);
  g_assert_nonnull (strstr (self->launch_error->message, "(wrong  format)"));
  fixture_free (self);
}

/* What the application writes is in the log of a sandbox with a window, as clean lines, and by
 * itself.  Lines of the two streams are not mixed. */
static void
test_log (void)
{
  Fixture *self = fixture_new_with (GBX_MODE_DESKTOP, FALSE, 0);
  g_autofree char *log = NULL;
  g_autofree char *output = NULL;
  guint64 position = 0;

  run (self);
  fake_guest_say_window (self->backend, GBX_WINDOW_TITLE, "a\033b");
  await (gbx_sandbox_get_title (self->sandbox));
  g_assert_cmpstr (gbx_sandbox_get_title (self->sandbox), ==, "a b");
  fake_guest_say_window (self->backend, GBX_WINDOW_DRAWN, "");
  await (gbx_sandbox_get_drawn (self->sandbox));
  g_assert_true (gbx_sandbox_get_has_window (self->sandbox));
  fake_guest_say_window (self->backend, GBX_WINDOW_NONE, "");
  await (!gbx_sandbox_get_has_window (self->sandbox));
  g_assert_true (gbx_sandbox_get_drawn (self->sandbox));
  fake_guest_say_window (self->backend, GBX_WINDOW_CLASS, "Some\nClass");
  await (gbx_sandbox_get_window_class (self->sandbox));
  g_assert_cmpstr (gbx_sandbox_get_window_class (self->sandbox), ==, "Some Class");
  fake_guest_write (self->backend, GBX_STREAM_STDERR, "one\ntw\033o");
  fake_guest_write (self->backend, GBX_STREAM_STDOUT, "result\nre");
  fake_guest_say_log (self->backend, GBX_LOG_WARNING, "from the guest");
  leave (self, 1);
  finish (self, GBX_END_EXITED, 1, -1, NULL);
  log = gbx_sandbox_dup_log (self->sandbox);
  g_assert_nonnull (strstr (log, "one\n"));
  g_assert_nonnull (strstr (log, "tw o\n"));
  g_assert_nonnull (strstr (log, "result\n"));
  output = gbx_sandbox_dup_output_since (self->sandbox, &position);
  g_assert_cmpstr (output, ==, "one\nresult\nre\ntw o\n");
  g_assert_cmpuint (position, ==, 4);
  g_assert_nonnull (strstr (log, "from the guest\n"));
  fixture_free (self);
}

/* The same policy can be launched again, as "Restart" does. */
static void
test_restart (void)
{
  Fixture *first = fixture_new ();
  Fixture *second = fixture_new ();

  run (first);
  leave (first, 1);
  finish (first, GBX_END_EXITED, 1, -1, NULL);
  run (second);
  leave (second, 0);
  finish (second, GBX_END_EXITED, 0, -1, NULL);
  fixture_free (first);
  fixture_free (second);
}

/* -------------------------------------------------------------- prepare -- */

static void
test_prepare_fails (void)
{
  Fixture *self = fixture_new ();

  fake_backend_plan (self->backend, FAKE_PREPARE, FAKE_FAIL);
  launch (self);
  finish (self, GBX_END_FAILED, 125, GBX_ERROR_HYPERVISOR, "prepare failed");
  g_assert_error (self->launch_error, GBX_ERROR, GBX_ERROR_HYPERVISOR);
  g_assert_cmpuint (fake_backend_count (self->backend, FAKE_START), ==, 0);
  fixture_free (self);
}

static void
test_prepare_cancelled (void)
{
  Fixture *self = fixture_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  fake_backend_plan (self->backend, FAKE_PREPARE, FAKE_HANG);
  launch_with (self, cancellable);
  fake_backend_await (self->backend, FAKE_PREPARE);
  g_cancellable_cancel (cancellable);
  g_assert_cmpint (gbx_sandbox_get_state (self->sandbox), ==, GBX_SANDBOX_STOPPING);
  finish (self, GBX_END_CANCELLED, 125, -1, NULL);
  g_assert_error (self->launch_error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  fixture_free (self);
}

/* Before it begins. */
static void
test_cancelled_already (void)
{
  Fixture *self = fixture_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  g_cancellable_cancel (cancellable);
  launch_with (self, cancellable);
  finish (self, GBX_END_CANCELLED, 125, -1, NULL);
  g_assert_error (self->launch_error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  fixture_free (self);
}

/* A preparation that neither ends nor can be cancelled is given up; what comes of it
 * later is undone. */
static void
test_prepare_abandoned (void)
{
  Fixture *self = fixture_new ();

  fake_backend_plan (self->backend, FAKE_PREPARE, FAKE_STUCK);
  launch (self);
  fake_backend_await (self->backend, FAKE_PREPARE);
  gbx_sandbox_stop (self->sandbox, 0);
  await (self->ended);
  g_assert_error (gbx_sandbox_get_error (self->sandbox), GBX_ERROR, GBX_ERROR_HYPERVISOR);
  g_assert_cmpuint (fake_backend_count (self->backend, FAKE_END), ==, 0);
  fake_backend_release (self->backend);
  await (fake_backend_count (self->backend, FAKE_END) == 1);
  g_assert_cmpuint (fake_backend_count (self->backend, FAKE_START), ==, 0);
  fixture_free (self);
}

/* ---------------------------------------------------------------- start -- */

static void
test_start_fails (void)
{
  Fixture *self = fixture_new ();

  fake_backend_plan (self->backend, FAKE_START, FAKE_FAIL);
  launch (self);
  finish (self, GBX_END_FAILED, 125, GBX_ERROR_HYPERVISOR, "start failed");
  fixture_free (self);
}

static void
test_console_fails (void)
{
  Fixture *self = fixture_new ();

  fake_backend_plan (self->backend, FAKE_CONSOLE, FAKE_FAIL);
  launch (self);
  finish (self, GBX_END_FAILED, 125, GBX_ERROR_HYPERVISOR, "console failed");
  fixture_free (self);
}

static void
test_start_overdue (void)
{
  Fixture *self = fixture_new ();

  fake_backend_plan (self->backend, FAKE_START, FAKE_HANG);
  launch (self);
  finish (self, GBX_END_FAILED, 125, GBX_ERROR_HYPERVISOR, "did not start the sandbox");
  g_assert_cmpuint (fake_backend_count_interrupts (self->backend), ==, 1);
  fixture_free (self);
}

static void
test_start_abandoned (void)
{
  Fixture *self = fixture_new ();

  fake_backend_plan (self->backend, FAKE_START, FAKE_STUCK);
  launch (self);
  await (self->ended);
  g_assert_error (gbx_sandbox_get_error (self->sandbox), GBX_ERROR, GBX_ERROR_HYPERVISOR);
  g_assert_cmpuint (fake_backend_count (self->backend, FAKE_END), ==, 0);
  fake_backend_release (self->backend);
  await (fake_backend_count (self->backend, FAKE_END) == 1);
  fixture_free (self);
}

static void
test_start_cancelled (void)
{
  Fixture *self = fixture_new ();

  fake_backend_plan (self->backend, FAKE_START, FAKE_HANG);
  launch (self);
  fake_backend_await (self->backend, FAKE_START);
  gbx_sandbox_kill (self->sandbox);
  gbx_sandbox_kill (self->sandbox); /* a repeated request: no harm */
  finish (self, GBX_END_STOPPED, 125, -1, NULL);
  g_assert_cmpuint (fake_backend_count_interrupts (self->backend), ==, 1);
  fixture_free (self);
}

/* ------------------------------------------------------------ fall back -- */

/* The second start, on the console of that number, runs the application. */
static void
finish_second_start (Fixture *self, guint consoles)
{
  await (gbx_sandbox_get_notice (self->sandbox));
  g_assert_cmpstr (gbx_sandbox_get_notice (self->sandbox), ==, "fallen back");
  await (fake_backend_count (self->backend, FAKE_CONSOLE) == consoles);
  /* The worker has made the socket; its callback comes next. */
  await (gbx_sandbox_get_state (self->sandbox) == GBX_SANDBOX_BOOTING &&
         fake_backend_has_console (self->backend, consoles));
  fake_guest_say_hello (self->backend);
  fake_guest_await (self->backend, GBX_MSG_CONFIG);
  fake_guest_say_started (self->backend);
  await (self->launched);
  g_assert_cmpuint (fake_backend_count (self->backend, FAKE_START), ==, 2);
  leave (self, 0);
  finish (self, GBX_END_EXITED, 0, -1, NULL);
  fixture_free (self);
}

static void
test_fall_back_from_start (void)
{
  Fixture *self = fixture_new ();

  fake_backend_plan (self->backend, FAKE_START, FAKE_FAIL);
  fake_backend_set_fall_backs (self->backend, 1);
  launch (self);
  finish_second_start (self, 1);
}

static void
test_fall_back_from_silence (void)
{
  Fixture *self = fixture_new ();

  fake_backend_set_patience (self->backend, GBX_WAIT_HELLO, 1000);
  fake_backend_set_fall_backs (self->backend, 1);
  launch_and_boot (self);
  await (gbx_sandbox_get_notice (self->sandbox));
  fake_backend_set_patience (self->backend, GBX_WAIT_HELLO, 100000);
  finish_second_start (self, 2);
}

static void
test_fall_back_from_death (void)
{
  Fixture *self = fixture_new ();

  fake_backend_set_fall_backs (self->backend, 1);
  launch_and_boot (self);
  fake_guest_hang_up (self->backend);
  finish_second_start (self, 2);
}

static void
test_fall_back_from_hang (void)
{
  Fixture *self = fixture_new ();

  fake_backend_set_patience (self->backend, GBX_WAIT_SET_UP, 1000);
  fake_backend_set_fall_backs (self->backend, 1);
  launch_and_boot (self);
  fake_guest_say_hello (self->backend);
  await (gbx_sandbox_get_notice (self->sandbox));
  fake_backend_set_patience (self->backend, GBX_WAIT_SET_UP, 100000);
  finish_second_start (self, 2);
}

static void
test_fall_back_refused (void)
{
  Fixture *self = fixture_new ();

  fake_backend_refuse_fall_back (self->backend);
  launch_and_boot (self);
  fake_guest_hang_up (self->backend);
  finish (self, GBX_END_FAILED, 125, GBX_ERROR_ACCELERATOR, "refused with fault 1");
  fixture_free (self);
}

/* A strict run does not fall back to less isolation. */
static void
test_fall_back_strict (void)
{
  Fixture *self = fixture_new_with (GBX_MODE_EXEC, TRUE, 0);

  fake_backend_set_fall_backs (self->backend, 1);
  launch_and_boot (self);
  fake_guest_hang_up (self->backend);
  finish (self, GBX_END_FAILED, 125, GBX_ERROR_ISOLATION, "fallen back");
  g_assert_cmpuint (fake_backend_count (self->backend, FAKE_START), ==, 1);
  fixture_free (self);
}

static void
test_weakness (void)
{
  Fixture *self = fixture_new ();

  fake_backend_add_weakness (self->backend, "One.");
  fake_backend_add_weakness (self->backend, "Two.");
  run (self);
  g_assert_cmpstr (gbx_sandbox_get_notice (self->sandbox), ==, "One.\nTwo.");
  leave (self, 0);
  finish (self, GBX_END_EXITED, 0, -1, NULL);
  fixture_free (self);
}

static void
test_weakness_strict (void)
{
  Fixture *self = fixture_new_with (GBX_MODE_EXEC, TRUE, 0);

  fake_backend_add_weakness (self->backend, "One.");
  launch (self);
  finish (self, GBX_END_FAILED, 125, GBX_ERROR_ISOLATION, "One.");
  g_assert_cmpuint (fake_backend_count (self->backend, FAKE_START), ==, 0);
  fixture_free (self);
}

/* One that shows later: that of whatever decodes the display. */
static void
test_weakness_later (void)
{
  Fixture *self = fixture_new ();

  run (self);
  gbx_sandbox_add_weakness (self->sandbox, "Three.");
  gbx_sandbox_add_weakness (self->sandbox, "Three.");
  g_assert_cmpstr (gbx_sandbox_get_notice (self->sandbox), ==, "Three.");
  leave (self, 0);
  finish (self, GBX_END_EXITED, 0, -1, NULL);
  fixture_free (self);
}

static void
test_weakness_later_strict (void)
{
  Fixture *self = fixture_new_with (GBX_MODE_EXEC, TRUE, 0);

  run (self);
  gbx_sandbox_add_weakness (self->sandbox, "Three.");
  finish (self, GBX_END_FAILED, 125, GBX_ERROR_ISOLATION, "Three.");
  fixture_free (self);
}

/* Files that were saved elsewhere: a word, or a failure where it would not be read. */
static void
test_remark (void)
{
  Fixture *self = fixture_new ();

  fake_backend_set_remark (self->backend, "Saved elsewhere.");
  run (self);
  leave (self, 3);
  finish (self, GBX_END_EXITED, 3, -1, NULL);
  g_assert_cmpstr (gbx_sandbox_get_notice (self->sandbox), ==, "Saved elsewhere.");
  fixture_free (self);
}

static void
test_remark_is_failure (void)
{
  Fixture *fixtures[] = { fixture_new_with (GBX_MODE_EXEC, TRUE, 0),
                          fixture_new_with (GBX_MODE_DESKTOP, FALSE, 0) };

  for (guint i = 0; i < G_N_ELEMENTS (fixtures); i++)
    {
      fake_backend_set_remark (fixtures[i]->backend, "Saved elsewhere.");
      run (fixtures[i]);
      leave (fixtures[i], 0);
      finish (fixtures[i], GBX_END_FAILED, 125, GBX_ERROR_SHARE, "Saved elsewhere.");
      fixture_free (fixtures[i]);
    }
}

/* ------------------------------------------------------------- the guest -- */

static void
test_silent (void)
{
  Fixture *self = fixture_new ();

  fake_backend_set_patience (self->backend, GBX_WAIT_HELLO, 1000);
  launch_and_boot (self);
  finish (self, GBX_END_FAILED, 125, GBX_ERROR_TIMEOUT, "did not start within");
  fixture_free (self);
}

static void
test_hangs (void)
{
  Fixture *self = fixture_new ();

  fake_backend_set_patience (self->backend, GBX_WAIT_SET_UP, 1000);
  launch_and_boot (self);
  fake_guest_say_hello (self->backend);
  finish (self, GBX_END_FAILED, 125, GBX_ERROR_TIMEOUT, "did not start the application");
  fixture_free (self);
}

/* Its host process may have said why. */
static void
assert_died (Fixture *self)
{
  g_autofree char *log = NULL;

  finish (self, GBX_END_FAILED, 125, GBX_ERROR_GUEST, "unexpectedly");
  g_assert_false (fake_backend_was_powered_off (self->backend));
  log = gbx_sandbox_dup_log (self->sandbox);
  g_assert_nonnull (strstr (log, "last words\n"));
  fixture_free (self);
}

static void
test_dies_booting (void)
{
  Fixture *self = fixture_new ();

  launch_and_boot (self);
  fake_guest_hang_up (self->backend);
  assert_died (self);
}

static void
test_dies_setting_up (void)
{
  Fixture *self = fixture_new ();

  launch_and_boot (self);
  set_up (self);
  fake_guest_hang_up (self->backend);
  assert_died (self);
}

static void
test_dies_running (void)
{
  Fixture *self = fixture_new ();

  run (self);
  fake_guest_hang_up (self->backend);
  assert_died (self);
}

/* It is gone before everything was written: that is no success. */
static void
test_dies_leaving (void)
{
  Fixture *self = fixture_new ();

  run (self);
  fake_guest_say_exit (self->backend, GBX_EXIT_STATUS, 0, NULL);
  fake_guest_hang_up (self->backend);
  finish (self, GBX_END_FAILED, 125, GBX_ERROR_GUEST, "everything was written");
  fixture_free (self);
}

static void
test_leaves_slowly (void)
{
  Fixture *self = fixture_new ();

  fake_backend_set_patience (self->backend, GBX_WAIT_FAREWELL, 1000);
  run (self);
  fake_guest_say_exit (self->backend, GBX_EXIT_STATUS, 0, NULL);
  finish (self, GBX_END_FAILED, 125, GBX_ERROR_GUEST, "everything was written");
  fixture_free (self);
}

static gboolean
on_beat (gpointer user_data)
{
  fake_guest_say_heartbeat (((Fixture *) user_data)->backend);
  return G_SOURCE_CONTINUE;
}

/* A guest that takes it for 1970 is told the time. */
static void
test_clock (void)
{
  Fixture *self = fixture_new ();

  run (self);
  fake_guest_say_heartbeat (self->backend);
  fake_guest_await (self->backend, GBX_MSG_TIME);
  leave (self, 0);
  finish (self, GBX_END_EXITED, 0, -1, NULL);
  fixture_free (self);
}

/* A slow share is waited for, as long as the guest gives signs of life. */
static void
test_leaves_in_time (void)
{
  Fixture *self = fixture_new ();
  guint beat;
  gint64 begin;

  fake_backend_set_patience (self->backend, GBX_WAIT_FAREWELL, 1000);
  run (self);
  fake_guest_say_exit (self->backend, GBX_EXIT_STATUS, 0, NULL);
  beat = g_timeout_add (2, on_beat, self);
  begin = g_get_monotonic_time ();
  await (g_get_monotonic_time () - begin > 100 * G_TIME_SPAN_MILLISECOND);
  g_assert_cmpint (gbx_sandbox_get_state (self->sandbox), ==, GBX_SANDBOX_STOPPING);
  g_assert_cmpuint (fake_backend_count (self->backend, FAKE_END), ==, 0);
  fake_guest_say_bye (self->backend);
  g_source_remove (beat);
  finish (self, GBX_END_EXITED, 0, -1, NULL);
  fixture_free (self);
}

/* Why the set-up failed is in the exit report; what the guest logs is its own choice. */
static void
set_up_fails (gboolean says_bye)
{
  Fixture *self = fixture_new ();

  launch_and_boot (self);
  set_up (self);
  fake_guest_say_exit (self->backend, GBX_EXIT_SETUP_FAILED, GBX_PHASE_MOUNTS, "no room");
  fake_guest_say_log (self->backend, GBX_LOG_ERROR, "nothing happened");
  if (says_bye)
    fake_guest_say_bye (self->backend);
  fake_guest_hang_up (self->backend);
  finish (self, GBX_END_FAILED, 125, GBX_ERROR_GUEST, "(Mounting the shares): no room");
  fixture_free (self);
}

static void
test_set_up_fails (void)
{
  set_up_fails (TRUE);
}

static void
test_set_up_fails_and_dies (void)
{
  set_up_fails (FALSE);
}

/* In each stage, something that does not belong there. */
static void
test_breaks_protocol (void)
{
  for (guint stage = 0; stage < 4; stage++)
    {
      Fixture *self = fixture_new ();

      launch_and_boot (self);
      if (stage > 0)
        set_up (self);
      if (stage > 1)
        {
          fake_guest_say_started (self->backend);
          await (self->launched);
        }
      if (stage == 0)
        fake_guest_say_started (self->backend);
      else if (stage == 1)
        fake_guest_say_hello (self->backend);
      else if (stage == 2)
        fake_guest_say_started (self->backend);
      else
        fake_guest_say_bye (self->backend);
      finish (self, GBX_END_FAILED, 125, GBX_ERROR_PROTOCOL, "broke the protocol");
      fixture_free (self);
    }
}

/* ----------------------------------------------------------------- stop -- */

static void
test_stop (void)
{
  Fixture *self = fixture_new ();

  run (self);
  gbx_sandbox_stop (self->sandbox, 100000);
  g_assert_cmpint (gbx_sandbox_get_state (self->sandbox), ==, GBX_SANDBOX_STOPPING);
  fake_guest_await (self->backend, GBX_MSG_STOP);
  fake_guest_say_exit (self->backend, GBX_EXIT_SIGNAL, 15, NULL);
  fake_guest_say_bye (self->backend);
  finish (self, GBX_END_STOPPED, 128 + 15, -1, NULL);
  fixture_free (self);
}

/* The guest goes without a word, or does nothing at all. */
static void
test_stop_without_answer (void)
{
  for (guint hangs_up = 0; hangs_up < 2; hangs_up++)
    {
      Fixture *self = fixture_new ();

      run (self);
      gbx_sandbox_stop (self->sandbox, 10);
      fake_guest_await (self->backend, GBX_MSG_STOP);
      if (hangs_up)
        fake_guest_hang_up (self->backend);
      finish (self, GBX_END_STOPPED, 125, -1, NULL);
      fixture_free (self);
    }
}

static void
test_kill (void)
{
  Fixture *self = fixture_new ();

  run (self);
  gbx_sandbox_kill (self->sandbox);
  finish (self, GBX_END_STOPPED, 125, -1, NULL);
  fixture_free (self);
}

static void
test_stop_while_setting_up (void)
{
  Fixture *self = fixture_new ();

  launch_and_boot (self);
  set_up (self);
  gbx_sandbox_stop (self->sandbox, 5000);
  finish (self, GBX_END_CANCELLED, 125, -1, NULL);
  fixture_free (self);
}

static void
test_time_limit (void)
{
  for (guint runs = 0; runs < 2; runs++)
    {
      Fixture *self = fixture_new_with (GBX_MODE_EXEC, FALSE, 1);

      fake_backend_set_patience (self->backend, GBX_WAIT_FAREWELL, 100);
      fake_backend_set_patience (self->backend, GBX_WAIT_HELLO, 1000000);
      if (runs)
        run (self);
      else
        launch_and_boot (self);
      finish (self, GBX_END_TIMEOUT, 124, -1, NULL);
      if (!runs)
        g_assert_error (self->launch_error, GBX_ERROR, GBX_ERROR_TIMEOUT);
      fixture_free (self);
    }
}

/* ------------------------------------------------------------------ end -- */

static void
test_end_fails (void)
{
  Fixture *self = fixture_new ();

  fake_backend_plan (self->backend, FAKE_END, FAKE_FAIL);
  run (self);
  leave (self, 0);
  finish (self, GBX_END_FAILED, 125, GBX_ERROR_HYPERVISOR, "end failed");
  fixture_free (self);
}

static void
test_end_abandoned (void)
{
  Fixture *self = fixture_new ();

  fake_backend_plan (self->backend, FAKE_END, FAKE_STUCK);
  run (self);
  leave (self, 0);
  finish (self, GBX_END_FAILED, 125, GBX_ERROR_HYPERVISOR, "libvirt does not answer");
  fake_backend_release (self->backend);
  fixture_free (self);
}

/* A pipe that is full, so that whatever is written to it waits. */
static int
set_full_sink (Fixture *self)
{
  int ends[2];
  char zeros[4096] = { 0 };
  g_autoptr (GOutputStream) sink = NULL;

  g_assert_true (g_unix_open_pipe (ends, FD_CLOEXEC, NULL));
  g_assert_true (g_unix_set_fd_nonblocking (ends[1], TRUE, NULL));
  while (write (ends[1], zeros, sizeof zeros) > 0)
    ;
  sink = g_unix_output_stream_new (ends[1], TRUE);
  gbx_sandbox_set_sink (self->sandbox, FALSE, sink);
  return ends[0];
}

static void
end_with_slow_reader (Fixture *self)
{
  run (self);
  fake_guest_write (self->backend, GBX_STREAM_STDOUT, "result");
  leave (self, 0);
  await (fake_backend_count (self->backend, FAKE_END) == 1);
}

/* What a command wrote is waited for, however slow its reader is. */
static void
test_slow_reader (void)
{
  Fixture *self = fixture_new ();
  int reader = set_full_sink (self);
  gint64 begin;
  char bytes[4096];
  gssize n;

  end_with_slow_reader (self);
  begin = g_get_monotonic_time ();
  /* Longer than any time limit of a session with this divisor. */
  await (g_get_monotonic_time () - begin > 500 * G_TIME_SPAN_MILLISECOND);
  g_assert_false (self->ended);
  do
    n = read (reader, bytes, sizeof bytes);
  while (n == sizeof bytes && bytes[n - 1] != 't');
  finish (self, GBX_END_EXITED, 0, -1, NULL);
  fixture_free (self);
  close (reader);
}

static void
test_slow_reader_killed (void)
{
  Fixture *self = fixture_new ();
  int reader = set_full_sink (self);

  end_with_slow_reader (self);
  gbx_sandbox_kill (self->sandbox);
  finish (self, GBX_END_EXITED, 0, -1, NULL);
  fixture_free (self);
  close (reader);
}

/* -------------------------------------------------------------- trouble -- */

static gboolean
has_condition (Fixture *self, const char *condition)
{
  g_autofree char *found = fake_backend_dup_condition (self->backend);

  return g_str_equal (found, condition);
}

static void
test_helper_ends (void)
{
  Fixture *self = fixture_new ();
  guint beat;

  run (self);
  beat = g_timeout_add (5, on_beat, self);
  await (has_condition (self, GBX_CONDITION_RUNNING));
  fake_backend_set_trouble (self->backend, "No network.");
  await (gbx_sandbox_get_trouble (self->sandbox));
  g_assert_cmpstr (gbx_sandbox_get_trouble (self->sandbox), ==, "No network.");
  await (has_condition (self, GBX_CONDITION_IMPAIRED));
  g_assert_cmpint (gbx_sandbox_get_state (self->sandbox), ==, GBX_SANDBOX_RUNNING);
  fake_backend_set_trouble (self->backend, NULL);
  await (!gbx_sandbox_get_trouble (self->sandbox));
  await (has_condition (self, GBX_CONDITION_RUNNING));
  g_source_remove (beat);
  leave (self, 0);
  finish (self, GBX_END_EXITED, 0, -1, NULL);
  fixture_free (self);
}

static void
test_stops_answering (void)
{
  Fixture *self = fixture_new ();
  guint beat;

  run (self);
  await (gbx_sandbox_get_trouble (self->sandbox));
  g_assert_nonnull (strstr (gbx_sandbox_get_trouble (self->sandbox), "does not answer"));
  await (has_condition (self, GBX_CONDITION_SILENT));
  beat = g_timeout_add (5, on_beat, self);
  await (!gbx_sandbox_get_trouble (self->sandbox));
  await (has_condition (self, GBX_CONDITION_RUNNING));
  g_source_remove (beat);
  /* It can be stopped all the same. */
  await (gbx_sandbox_get_trouble (self->sandbox));
  gbx_sandbox_kill (self->sandbox);
  finish (self, GBX_END_STOPPED, 125, -1, NULL);
  fixture_free (self);
}

/* -------------------------------------------------------------- display -- */

typedef struct
{
  gboolean done;
  GError *error;
} Opening;

static void
open_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Opening *opening = user_data;
  int fd = gbx_sandbox_open_display_finish (GBX_SANDBOX (source), result, &opening->error);

  if (fd >= 0)
    close (fd);
  opening->done = TRUE;
}

static void
assert_opens (Fixture *self, gboolean opens)
{
  Opening opening = { 0 };

  gbx_sandbox_open_display_async (self->sandbox, NULL, open_cb, &opening);
  await (opening.done);
  g_assert_true (opens == !opening.error);
  g_clear_error (&opening.error);
}

/* A display that was lost is opened again, as often as it takes. */
static void
test_reconnect (void)
{
  Fixture *self = fixture_new_with (GBX_MODE_DESKTOP, FALSE, 0);

  assert_opens (self, FALSE);
  run (self);
  fake_backend_plan (self->backend, FAKE_DISPLAY, FAKE_SUCCEED);
  fake_backend_plan (self->backend, FAKE_DISPLAY, FAKE_FAIL);
  assert_opens (self, TRUE);
  assert_opens (self, FALSE);
  assert_opens (self, TRUE);
  leave (self, 0);
  finish (self, GBX_END_EXITED, 0, -1, NULL);
  assert_opens (self, FALSE);
  fixture_free (self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/whole-life", test_whole_life);
  g_test_add_func ("/session/lingers", test_lingers);
  g_test_add_func ("/session/hold", test_hold);
  g_test_add_func ("/session/hold-dies", test_hold_dies);
  g_test_add_func ("/session/hold-refused", test_hold_refused);
  g_test_add_func ("/session/not-found", test_not_found);
  g_test_add_func ("/session/not-executable", test_not_executable);
  g_test_add_func ("/session/log", test_log);
  g_test_add_func ("/session/restart", test_restart);
  g_test_add_func ("/session/prepare/fails", test_prepare_fails);
  g_test_add_func ("/session/prepare/cancelled", test_prepare_cancelled);
  g_test_add_func ("/session/prepare/cancelled-already", test_cancelled_already);
  g_test_add_func ("/session/prepare/abandoned", test_prepare_abandoned);
  g_test_add_func ("/session/start/fails", test_start_fails);
  g_test_add_func ("/session/start/console-fails", test_console_fails);
  g_test_add_func ("/session/start/overdue", test_start_overdue);
  g_test_add_func ("/session/start/abandoned", test_start_abandoned);
  g_test_add_func ("/session/start/cancelled", test_start_cancelled);
  g_test_add_func ("/session/fall-back/start", test_fall_back_from_start);
  g_test_add_func ("/session/fall-back/silence", test_fall_back_from_silence);
  g_test_add_func ("/session/fall-back/death", test_fall_back_from_death);
  g_test_add_func ("/session/fall-back/hang", test_fall_back_from_hang);
  g_test_add_func ("/session/fall-back/refused", test_fall_back_refused);
  g_test_add_func ("/session/fall-back/strict", test_fall_back_strict);
  g_test_add_func ("/session/weakness/notice", test_weakness);
  g_test_add_func ("/session/weakness/strict", test_weakness_strict);
  g_test_add_func ("/session/weakness/later", test_weakness_later);
  g_test_add_func ("/session/weakness/later-strict", test_weakness_later_strict);
  g_test_add_func ("/session/remark/notice", test_remark);
  g_test_add_func ("/session/remark/failure", test_remark_is_failure);
  g_test_add_func ("/session/guest/silent", test_silent);
  g_test_add_func ("/session/guest/hangs", test_hangs);
  g_test_add_func ("/session/guest/dies-booting", test_dies_booting);
  g_test_add_func ("/session/guest/dies-setting-up", test_dies_setting_up);
  g_test_add_func ("/session/guest/dies-running", test_dies_running);
  g_test_add_func ("/session/guest/dies-leaving", test_dies_leaving);
  g_test_add_func ("/session/guest/leaves-slowly", test_leaves_slowly);
  g_test_add_func ("/session/guest/clock", test_clock);
  g_test_add_func ("/session/guest/leaves-in-time", test_leaves_in_time);
  g_test_add_func ("/session/guest/set-up-fails", test_set_up_fails);
  g_test_add_func ("/session/guest/set-up-fails-and-dies", test_set_up_fails_and_dies);
  g_test_add_func ("/session/guest/breaks-protocol", test_breaks_protocol);
  g_test_add_func ("/session/stop/asked", test_stop);
  g_test_add_func ("/session/stop/without-answer", test_stop_without_answer);
  g_test_add_func ("/session/stop/killed", test_kill);
  g_test_add_func ("/session/stop/while-setting-up", test_stop_while_setting_up);
  g_test_add_func ("/session/stop/time-limit", test_time_limit);
  g_test_add_func ("/session/end/fails", test_end_fails);
  g_test_add_func ("/session/end/abandoned", test_end_abandoned);
  g_test_add_func ("/session/end/slow-reader", test_slow_reader);
  g_test_add_func ("/session/end/slow-reader-killed", test_slow_reader_killed);
  g_test_add_func ("/session/trouble/helper-ends", test_helper_ends);
  g_test_add_func ("/session/trouble/stops-answering", test_stops_answering);
  g_test_add_func ("/session/display/reconnect", test_reconnect);
  return g_test_run ();
}
