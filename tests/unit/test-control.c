/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The control socket of a sandbox, and pauses, on a backend without a virtual machine. */

#include "gbx-control-client.h"
#include "gbx-control.h"
#include "gbx-error.h"
#include "gbx-runtime.h"
#include "gbx-sandbox-private.h"

#include "fake-backend.h"

#include <fcntl.h>
#include <gio/gunixsocketaddress.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* The library's time limits, in seconds, become hundredths. */
#define TIME_DIVISOR 100

typedef struct
{
  GbxRuntime *runtime; /* the folder that the fake backend has no part in */
  FakeBackend *backend;
  GbxSandbox *sandbox;
  GbxControl *control;
  GbxControlClient *client; /* (nullable) */
  gboolean launched, ended, called, closed;
  guint n_presents, n_stops, n_changes;
  guint process, ended_process;
  int ended_status;
  gboolean ended_by_sandbox;
  GError *error; /* (nullable): of the latest call */
} Fixture;

/* -------------------------------------------------------------- fixture -- */

static gboolean
on_guard (gpointer user_data)
{
  g_error ("it took too long");
  return G_SOURCE_REMOVE;
}

static gboolean
on_look (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

#define await(condition)                                                                           \
  G_STMT_START                                                                                     \
  {                                                                                                \
    guint guard = g_timeout_add_seconds (30, on_guard, NULL);                                      \
    guint look = g_timeout_add (10, on_look, NULL);                                                \
    while (!(condition))                                                                           \
      g_main_context_iteration (NULL, TRUE);                                                       \
    g_source_remove (look);                                                                        \
    g_source_remove (guard);                                                                       \
  }                                                                                                \
  G_STMT_END

static void
launch_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ((Fixture *) user_data)->launched =
      gbx_sandbox_launch_finish (GBX_SANDBOX (source), result, NULL);
}

static void
wait_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ((Fixture *) user_data)->ended = gbx_sandbox_wait_finish (GBX_SANDBOX (source), result, NULL);
}

static GbxPolicy *
make_policy (guint timeout)
{
  const char *command[] = { "true", NULL };
  g_autoptr (GbxPolicyBuilder) builder = gbx_policy_builder_new (GBX_MODE_EXEC);

  gbx_policy_builder_set_command (builder, command);
  gbx_policy_builder_set_application (builder, "org.example.App.desktop", "Some Application",
                                      "some-icon");
  gbx_policy_builder_set_profile (builder, "some-profile");
  gbx_policy_builder_set_value (builder, "lifecycle.timeout", g_variant_new_uint32 (timeout), "test",
                                NULL);
  return gbx_policy_builder_build (builder, NULL);
}

static Fixture *
fixture_new (guint timeout)
{
  g_autoptr (GbxPolicy) policy = make_policy (timeout);
  Fixture *self = g_new0 (Fixture, 1);

  self->runtime = gbx_runtime_claim ("claimed", TRUE, NULL);
  g_assert_nonnull (self->runtime);
  self->backend = fake_backend_new ();
  self->sandbox = gbx_sandbox_new_with_backend (policy, GBX_BACKEND (self->backend), TIME_DIVISOR);
  self->control = gbx_control_new (self->sandbox);
  gbx_sandbox_launch_async (self->sandbox, NULL, launch_cb, self);
  gbx_sandbox_wait_async (self->sandbox, wait_cb, self);
  await (fake_backend_has_console (self->backend, 1));
  return self;
}

static void
run (Fixture *self)
{
  fake_guest_say_hello (self->backend);
  fake_guest_await (self->backend, GBX_MSG_CONFIG);
  fake_guest_say_started (self->backend);
  await (self->launched);
}

static void
on_changed (Fixture *self)
{
  self->n_changes++;
}

static void
on_closed (Fixture *self)
{
  self->closed = TRUE;
}

static void
open_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *self = user_data;

  self->client = gbx_control_client_open_finish (result, &self->error);
  self->called = TRUE;
}

static void
call_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *self = user_data;

  g_clear_error (&self->error);
  gbx_control_client_call_finish (GBX_CONTROL_CLIENT (source), result, NULL, NULL, &self->error);
  self->called = TRUE;
}

static void
await_call (Fixture *self)
{
  await (self->called);
  self->called = FALSE;
}

static void
open_client (Fixture *self)
{
  gbx_control_client_open_async ("claimed", NULL, open_cb, self);
  await_call (self);
  g_assert_no_error (self->error);
  g_signal_connect_swapped (self->client, "changed", G_CALLBACK (on_changed), self);
  g_signal_connect_swapped (self->client, "closed", G_CALLBACK (on_closed), self);
}

static void
set_paused (Fixture *self, gboolean paused)
{
  if (paused)
    gbx_control_client_pause_async (self->client, NULL, call_cb, self);
  else
    gbx_control_client_resume_async (self->client, NULL, call_cb, self);
  await_call (self);
}

static void
fixture_free (Fixture *self)
{
  GObject *gone[] = { G_OBJECT (self->sandbox), G_OBJECT (self->backend),
                      G_OBJECT (self->control) };

  gbx_sandbox_kill (self->sandbox);
  await (self->ended);
  for (guint i = 0; i < G_N_ELEMENTS (gone); i++)
    g_object_add_weak_pointer (gone[i], (gpointer *) &gone[i]);
  g_clear_object (&self->client);
  g_object_unref (self->control);
  g_object_unref (self->sandbox);
  g_object_unref (self->backend);
  await (!gone[0] && !gone[1] && !gone[2]);
  gbx_runtime_free (self->runtime);
  g_clear_error (&self->error);
  g_free (self);
}

static void
assert_text (Fixture *self, const char *property, const char *text)
{
  g_autofree char *got = gbx_control_client_dup_text (self->client, property);

  g_assert_cmpstr (got, ==, text);
}

/* ------------------------------------------------------------ properties -- */

static void
test_properties (void)
{
  Fixture *self = fixture_new (0);

  open_client (self);
  assert_text (self, "Name", "claimed");
  assert_text (self, "Title", "Some Application");
  assert_text (self, "Profile", "some-profile");
  assert_text (self, "DesktopId", "org.example.App.desktop");
  assert_text (self, "Icon", "some-icon");
  assert_text (self, "Condition", "starting");
  assert_text (self, "Backend", "kvm");
  {
    g_autofree char *summary = gbx_control_client_dup_text (self->client, "Summary");

    g_assert_nonnull (strstr (summary, "Offline"));
  }
  g_assert_false (gbx_control_client_get_has_window (self->client));
  g_assert_cmpint (ABS (gbx_control_client_get_started_at (self->client) -
                        g_get_real_time () / G_USEC_PER_SEC), <, 60);
  run (self);
  await (self->n_changes > 0);
  assert_text (self, "Condition", "running");
  fixture_free (self);
}

/* The end of the sandbox is the end of the connection, and of the socket's listener. */
static void
test_end (void)
{
  Fixture *self = fixture_new (0);

  open_client (self);
  run (self);
  fake_guest_say_exit (self->backend, GBX_EXIT_STATUS, 0, NULL);
  fake_guest_say_bye (self->backend);
  await (self->ended);
  await (self->closed);
  g_assert_true (gbx_control_client_is_closed (self->client));
  gbx_control_client_pause_async (self->client, NULL, call_cb, self);
  await_call (self);
  g_assert_nonnull (self->error);
  fixture_free (self);
}

static void
test_no_such (void)
{
  const char *names[] = { "nobody", "", ".", "..", "a/b" };
  Fixture *self = fixture_new (0);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      gbx_control_client_open_async (names[i], NULL, open_cb, self);
      await_call (self);
      g_assert_error (self->error, GBX_ERROR, GBX_ERROR_NOT_FOUND);
      g_clear_error (&self->error);
    }
  fixture_free (self);
}

/* --------------------------------------------------------------- figures -- */

static void
figures_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  *(GVariant **)user_data
      = gbx_control_client_read_figures_finish (GBX_CONTROL_CLIENT (source), result, &error);
  g_assert_no_error (error);
}

/* -1: it is not among the figures. */
static gint64
read_figure (Fixture *self, const char *name, const char *type)
{
  GVariant *figures = NULL;
  gint64 value = -1;

  gbx_control_client_read_figures_async (self->client, NULL, figures_cb, &figures);
  await (figures);
  if (g_str_equal (type, "u"))
    {
      guint small;

      value = g_variant_lookup (figures, name, "u", &small) ? (gint64) small : -1;
    }
  else
    g_variant_lookup (figures, name, type, &value);
  g_variant_unref (figures);
  return value;
}

/* The guest's word has names that say so. */
static void
test_guest_figures (void)
{
  GbxFigures figures = { .uptime_ms = 5, .busy_permille = 250, .memory_total_kib = 1024,
                         .memory_available_kib = 512, .n_processes = 3 };
  Fixture *self = fixture_new (0);

  run (self);
  open_client (self);
  g_assert_cmpint (read_figure (self, "guest-busy", "u"), ==, -1);
  fake_guest_say_figures (self->backend, &figures);
  await (read_figure (self, "guest-busy", "u") >= 0);
  g_assert_cmpint (read_figure (self, "guest-busy", "u"), ==, 250);
  g_assert_cmpint (read_figure (self, "guest-memory", "t"), ==, 1024 * 1024);
  g_assert_cmpint (read_figure (self, "guest-available", "t"), ==, 512 * 1024);
  g_assert_cmpint (read_figure (self, "guest-processes", "t"), ==, 3);
  g_assert_cmpint (read_figure (self, "processes", "t"), ==, -1);
  fixture_free (self);
}

/* Nobody looks at first: opening a client reads each property once, so it may be one more. */
static void
test_figures (void)
{
  GbxUsage usage = { 0 };
  Fixture *self = fixture_new (0);
  gint64 first;

  usage.values[GBX_USAGE_CPU_TIME] = 7000;
  usage.known[GBX_USAGE_CPU_TIME] = TRUE;
  fake_backend_set_usage (self->backend, &usage);
  run (self);
  g_assert_cmpuint (fake_backend_count_measurements (self->backend), ==, 0);
  open_client (self);
  await ((first = read_figure (self, "measured-at", "x")) > 0);
  g_assert_cmpint (read_figure (self, "cpu-time", "t"), ==, 7000);
  g_assert_cmpint (read_figure (self, "memory", "t"), ==, -1);
  g_assert_cmpint (read_figure (self, "memory-limit", "t"), >, 0);
  usage.values[GBX_USAGE_CPU_TIME] = 9000;
  fake_backend_set_usage (self->backend, &usage);
  await (read_figure (self, "cpu-time", "t") == 9000);
  g_assert_cmpint (read_figure (self, "measured-at", "x"), >, first);
  fixture_free (self);
}

/* However many look, and however often. */
static void
test_figures_are_cheap (void)
{
  Fixture *self = fixture_new (0);
  guint before;
  gint64 begun;

  run (self);
  open_client (self);
  await (read_figure (self, "measured-at", "x") > 0);
  begun = g_get_monotonic_time ();
  before = fake_backend_count_measurements (self->backend);
  for (guint i = 0; i < 300; i++)
    read_figure (self, "measured-at", "x");
  /* The second one follows the first early. */
  g_assert_cmpuint (fake_backend_count_measurements (self->backend) - before, <=,
                    2 + (g_get_monotonic_time () - begun) / G_USEC_PER_SEC);
  fixture_free (self);
}

/* --------------------------------------------------------------- methods -- */

static gboolean
on_present (Fixture *self)
{
  self->n_presents++;
  return TRUE;
}

static void
test_present (void)
{
  Fixture *self = fixture_new (0);

  open_client (self);
  gbx_control_client_present_async (self->client, NULL, call_cb, self);
  await_call (self);
  g_assert_error (self->error, GBX_ERROR, GBX_ERROR_INVALID);
  g_signal_connect_swapped (self->control, "present", G_CALLBACK (on_present), self);
  gbx_control_client_present_async (self->client, NULL, call_cb, self);
  await_call (self);
  g_assert_no_error (self->error);
  g_assert_cmpuint (self->n_presents, ==, 1);
  fixture_free (self);
}

static gboolean
on_stop (Fixture *self)
{
  self->n_stops++;
  return TRUE;
}

static void
test_stop (void)
{
  Fixture *self = fixture_new (0);
  gulong handler;

  run (self);
  open_client (self);
  handler = g_signal_connect_swapped (self->control, "stop", G_CALLBACK (on_stop), self);
  gbx_control_client_stop_async (self->client, NULL, call_cb, self);
  await_call (self);
  g_assert_cmpuint (self->n_stops, ==, 1);
  g_assert_cmpint (gbx_sandbox_get_state (self->sandbox), ==, GBX_SANDBOX_RUNNING);
  g_signal_handler_disconnect (self->control, handler);
  gbx_control_client_stop_async (self->client, NULL, call_cb, self);
  await_call (self);
  g_assert_no_error (self->error);
  g_assert_cmpint (gbx_sandbox_get_state (self->sandbox), ==, GBX_SANDBOX_STOPPING);
  fake_guest_await (self->backend, GBX_MSG_STOP);
  fixture_free (self);
}

static void
test_unknown (void)
{
  Fixture *self = fixture_new (0);

  open_client (self);
  gbx_control_client_call_async (self->client, "NoSuchMethod", NULL, NULL, -1, NULL, call_cb, self);
  await_call (self);
  g_assert_error (self->error, GBX_ERROR, GBX_ERROR_INVALID);
  fixture_free (self);
}

/* ------------------------------------------------------------------- set -- */

/* Of the administrator. */
static const char locked_profile[] = "[Profile]\nVersion=1\n[Locks]\nResources.CpuWeight=100\n";

static void
set_limit (Fixture *self, const char *key, const char *value)
{
  gbx_control_client_set_async (self->client, key, value, NULL, call_cb, self);
  await_call (self);
}

static void
assert_not_set (Fixture *self, const char *key, const char *value, const char *because)
{
  set_limit (self, key, value);
  g_assert_error (self->error, GBX_ERROR, GBX_ERROR_INVALID);
  if (!strstr (self->error->message, because))
    g_error ("“%s” is not in: %s", because, self->error->message);
}

static void
test_set (void)
{
  Fixture *self = fixture_new (0);
  g_autofree char *change = NULL;

  open_client (self);
  assert_not_set (self, "resources.nice", "5", "does not run");
  run (self);
  set_limit (self, "resources.nice", "5");
  g_assert_no_error (self->error);
  change = fake_backend_dup_change (self->backend);
  g_assert_cmpstr (change, ==, "resources.nice 5");
  assert_not_set (self, "resources.nice", "20", "0 to 19");
  assert_not_set (self, "resources.nice", "", "whole number");
  assert_not_set (self, "no.such", "1", "no setting “no.such”");
  assert_not_set (self, "display.size", "800x600", "while the sandbox runs");
  fixture_free (self);
}

/* What the administrator forbids in profiles cannot be set in this way either. */
static void
test_set_locked (void)
{
  Fixture *self = fixture_new (0);
  g_autofree char *change = NULL;

  run (self);
  open_client (self);
  set_limit (self, "resources.cpu-weight", "200");
  g_assert_nonnull (self->error);
  g_assert_nonnull (strstr (self->error->message, "administrator"));
  set_limit (self, "resources.cpu-weight", "50");
  g_assert_no_error (self->error);
  change = fake_backend_dup_change (self->backend);
  g_assert_cmpstr (change, ==, "resources.cpu-weight 50");
  fixture_free (self);
}

/* ----------------------------------------------------------------- pause -- */

static gboolean
on_later (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
pass_time (guint milliseconds)
{
  gboolean passed = FALSE;

  g_timeout_add (milliseconds, on_later, &passed);
  await (passed);
}

static gboolean
has_condition (Fixture *self, const char *condition)
{
  g_autofree char *published = fake_backend_dup_condition (self->backend);

  return g_str_equal (published, condition) &&
         g_str_equal (gbx_sandbox_get_condition (self->sandbox), condition);
}

/* A paused guest is silent, which is no trouble; when it goes on it is told the time. */
static void
test_pause (void)
{
  Fixture *self = fixture_new (0);

  run (self);
  open_client (self);
  set_paused (self, TRUE);
  g_assert_no_error (self->error);
  g_assert_true (fake_backend_is_paused (self->backend));
  g_assert_true (gbx_sandbox_get_paused (self->sandbox));
  await (has_condition (self, "paused"));
  await (gbx_control_client_get_paused (self->client));
  assert_text (self, "Condition", "paused");
  pass_time (5 * 10000 / TIME_DIVISOR);
  g_assert_null (gbx_sandbox_get_trouble (self->sandbox));
  g_assert_true (has_condition (self, "paused"));
  set_paused (self, TRUE);
  g_assert_no_error (self->error);
  set_paused (self, FALSE);
  g_assert_no_error (self->error);
  g_assert_false (fake_backend_is_paused (self->backend));
  fake_guest_await (self->backend, GBX_MSG_TIME);
  await (!gbx_control_client_get_paused (self->client));
  /* From now on silence counts again. */
  await (has_condition (self, "silent"));
  fixture_free (self);
}

static void
test_pause_too_early (void)
{
  Fixture *self = fixture_new (0);

  open_client (self);
  set_paused (self, TRUE);
  g_assert_error (self->error, GBX_ERROR, GBX_ERROR_INVALID);
  g_assert_false (fake_backend_is_paused (self->backend));
  fixture_free (self);
}

static void
test_pause_fails (void)
{
  Fixture *self = fixture_new (0);

  run (self);
  open_client (self);
  fake_backend_plan (self->backend, FAKE_PAUSE, FAKE_FAIL);
  set_paused (self, TRUE);
  g_assert_error (self->error, GBX_ERROR, GBX_ERROR_HYPERVISOR);
  g_assert_false (gbx_sandbox_get_paused (self->sandbox));
  g_assert_cmpint (gbx_sandbox_get_state (self->sandbox), ==, GBX_SANDBOX_RUNNING);
  fixture_free (self);
}

/* It goes on, so that its application hears that it is to end. */
static void
test_stop_paused (void)
{
  Fixture *self = fixture_new (0);

  run (self);
  open_client (self);
  set_paused (self, TRUE);
  gbx_sandbox_stop (self->sandbox, 1000);
  await (!fake_backend_is_paused (self->backend));
  fake_guest_await (self->backend, GBX_MSG_STOP);
  await (has_condition (self, "stopping"));
  fake_guest_say_exit (self->backend, GBX_EXIT_SIGNAL, 15, NULL);
  fake_guest_say_bye (self->backend);
  await (self->ended);
  g_assert_cmpint (gbx_sandbox_get_reason (self->sandbox), ==, GBX_END_STOPPED);
  fixture_free (self);
}

/* Stopped while libvirt still pauses it. */
static void
test_stop_pausing (void)
{
  Fixture *self = fixture_new (0);

  run (self);
  open_client (self);
  fake_backend_plan (self->backend, FAKE_PAUSE, FAKE_STUCK);
  gbx_control_client_pause_async (self->client, NULL, call_cb, self);
  fake_backend_await (self->backend, FAKE_PAUSE);
  gbx_sandbox_stop (self->sandbox, 60000);
  fake_backend_release (self->backend);
  await (fake_backend_count (self->backend, FAKE_PAUSE) == 2);
  await (!fake_backend_is_paused (self->backend));
  await (!gbx_sandbox_get_paused (self->sandbox));
  await_call (self);
  fixture_free (self);
}

/* A paused sandbox does not use up its time. */
static void
test_time_limit (void)
{
  Fixture *self = fixture_new (1);

  run (self);
  open_client (self);
  set_paused (self, TRUE);
  pass_time (1300);
  g_assert_cmpint (gbx_sandbox_get_state (self->sandbox), ==, GBX_SANDBOX_RUNNING);
  set_paused (self, FALSE);
  await (gbx_sandbox_get_reason (self->sandbox) == GBX_END_TIMEOUT);
  fixture_free (self);
}

/* -------------------------------------------------------------- commands -- */

static void
on_ended (GbxControlClient *client, guint process, int status, gboolean by_sandbox,
          gpointer user_data)
{
  Fixture *self = user_data;

  self->ended_process = process;
  self->ended_status = status;
  self->ended_by_sandbox = by_sandbox;
}

static void
run_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *self = user_data;

  g_clear_error (&self->error);
  self->process = gbx_control_client_run_finish (GBX_CONTROL_CLIENT (source), result, &self->error);
  self->called = TRUE;
}

static void
ask_to_run (Fixture *self, GVariant *options, const int *streams)
{
  const char *argv[] = { "prog", "argument", NULL };

  gbx_control_client_run_async (self->client, argv, options, streams, NULL, run_cb, self);
}

static void
run_and_open (Fixture *self)
{
  run (self);
  open_client (self);
  g_signal_connect (self->client, "ended", G_CALLBACK (on_ended), self);
}

static void
test_run (void)
{
  Fixture *self = fixture_new (0);
  int in[2], out[2], streams[3];
  char text[16] = "";

  g_assert_true (g_unix_open_pipe (in, FD_CLOEXEC, NULL));
  g_assert_true (g_unix_open_pipe (out, FD_CLOEXEC, NULL));
  streams[0] = in[0];
  streams[1] = streams[2] = out[1];
  run_and_open (self);
  ask_to_run (self, NULL, streams);
  fake_guest_await (self->backend, GBX_MSG_START);
  fake_guest_say_started_of (self->backend, 2);
  await_call (self);
  g_assert_no_error (self->error);
  g_assert_cmpuint (self->process, ==, 2);
  close (in[0]);
  close (out[1]);
  g_assert_cmpint (write (in[1], "in", 2), ==, 2);
  fake_guest_await (self->backend, GBX_MSG_DATA);
  close (in[1]);
  fake_guest_await (self->backend, GBX_MSG_CLOSE);
  gbx_control_client_signal (self->client, 2, 15);
  fake_guest_await (self->backend, GBX_MSG_SIGNAL);
  fake_guest_write_of (self->backend, 2, GBX_STREAM_STDOUT, "output");
  fake_guest_say_exit_of (self->backend, 2, GBX_EXIT_STATUS, 5, NULL);
  await (self->ended_process == 2);
  g_assert_cmpint (self->ended_status, ==, 5);
  g_assert_false (self->ended_by_sandbox);
  /* All of it, and then the end. */
  g_assert_cmpint (read (out[0], text, sizeof text), ==, 6);
  g_assert_cmpstr (text, ==, "output");
  g_assert_cmpint (read (out[0], text, sizeof text), ==, 0);
  close (out[0]);
  g_assert_cmpint (gbx_sandbox_get_state (self->sandbox), ==, GBX_SANDBOX_RUNNING);
  /* The number is free again. */
  ask_to_run (self, NULL, NULL);
  fake_guest_await (self->backend, GBX_MSG_START);
  fake_guest_say_started_of (self->backend, 2);
  await_call (self);
  g_assert_cmpuint (self->process, ==, 2);
  fixture_free (self);
}

static void
test_run_not_found (void)
{
  Fixture *self = fixture_new (0);

  run_and_open (self);
  ask_to_run (self, NULL, NULL);
  fake_guest_await (self->backend, GBX_MSG_START);
  fake_guest_say_exit_of (self->backend, 2, GBX_EXIT_NOT_FOUND, 2, "no");
  await_call (self);
  g_assert_error (self->error, GBX_ERROR, GBX_ERROR_NOT_FOUND);
  ask_to_run (self, NULL, NULL);
  fake_guest_await (self->backend, GBX_MSG_START);
  fake_guest_say_exit_of (self->backend, 2, GBX_EXIT_NOT_EXECUTABLE, 8, "wrong\033 format");
  await_call (self);
  g_assert_error (self->error, GBX_ERROR, GBX_ERROR_INVALID);
  g_assert_nonnull (strstr (self->error->message, "(wrong  format)"));
  fixture_free (self);
}

/* The guest would end if it could not read a command. */
static void
test_run_refused (void)
{
  Fixture *self = fixture_new (0);
  const char *none[] = { NULL }, *empty[] = { "", NULL };
  const char *const *const bad[] = { none, empty };
  const char *options[] = { "{'directory': <b'relative'>}", "{'directory': <b'/a/../b'>}",
                            "{'environment': <[b'no equals']>}", "{'unknown': <true>}",
                            "{'environment': <true>}", "{'keeps': <true>}" };

  run_and_open (self);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      gbx_control_client_run_async (self->client, bad[i], NULL, NULL, NULL, run_cb, self);
      await_call (self);
      g_assert_error (self->error, GBX_ERROR, GBX_ERROR_INVALID);
    }
  for (guint i = 0; i < G_N_ELEMENTS (options); i++)
    {
      ask_to_run (self, g_variant_parse (G_VARIANT_TYPE_VARDICT, options[i], NULL, NULL, NULL),
                  NULL);
      await_call (self);
      g_assert_nonnull (self->error);
      g_assert_true (self->error->domain == GBX_ERROR);
    }
  set_paused (self, TRUE);
  ask_to_run (self, NULL, NULL);
  await_call (self);
  g_assert_error (self->error, GBX_ERROR, GBX_ERROR_GUEST);
  g_assert_cmpint (gbx_sandbox_get_state (self->sandbox), ==, GBX_SANDBOX_RUNNING);
  fixture_free (self);
}

static void
test_run_many (void)
{
  Fixture *self = fixture_new (0);

  run_and_open (self);
  for (guint i = GBX_PROCESS_SECOND; i < GBX_N_PROCESSES; i++)
    {
      ask_to_run (self, NULL, NULL);
      fake_guest_await (self->backend, GBX_MSG_START);
      fake_guest_say_started_of (self->backend, i);
      await_call (self);
      g_assert_cmpuint (self->process, ==, i);
    }
  ask_to_run (self, NULL, NULL);
  await_call (self);
  g_assert_error (self->error, GBX_ERROR, GBX_ERROR_GUEST);
  fixture_free (self);
}

/* A client that is killed: its command is hung up. */
static void
test_run_client_goes (void)
{
  Fixture *self = fixture_new (0);
  int streams[] = { STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO };

  run_and_open (self);
  ask_to_run (self, NULL, streams);
  fake_guest_await (self->backend, GBX_MSG_START);
  fake_guest_say_started_of (self->backend, 2);
  await_call (self);
  g_clear_object (&self->client);
  fake_guest_await (self->backend, GBX_MSG_SIGNAL);
  fake_guest_say_exit_of (self->backend, 2, GBX_EXIT_SIGNAL, 1, NULL);
  open_client (self);
  set_paused (self, TRUE); /* the sandbox goes on */
  g_assert_no_error (self->error);
  fixture_free (self);
}

static void
test_run_stopped (void)
{
  Fixture *self = fixture_new (0);

  run_and_open (self);
  ask_to_run (self, NULL, NULL);
  fake_guest_await (self->backend, GBX_MSG_START);
  fake_guest_say_started_of (self->backend, 2);
  await_call (self);
  gbx_sandbox_stop (self->sandbox, 1000);
  fake_guest_await (self->backend, GBX_MSG_STOP);
  fake_guest_say_exit_of (self->backend, 2, GBX_EXIT_SIGNAL, 15, NULL);
  await (self->ended_process == 2);
  g_assert_cmpint (self->ended_status, ==, 125);
  g_assert_true (self->ended_by_sandbox);
  fake_guest_say_exit (self->backend, GBX_EXIT_SIGNAL, 15, NULL);
  fake_guest_say_bye (self->backend);
  await (self->ended);
  fixture_free (self);
}

static void
test_run_sandbox_ends (void)
{
  Fixture *self = fixture_new (0);

  run_and_open (self);
  ask_to_run (self, NULL, NULL);
  fake_guest_await (self->backend, GBX_MSG_START);
  fake_guest_say_started_of (self->backend, 2);
  await_call (self);
  fake_guest_say_exit (self->backend, GBX_EXIT_STATUS, 0, NULL);
  fake_guest_say_bye (self->backend);
  await (self->ended);
  await (self->closed);
  fixture_free (self);
}

/* Each breaks the protocol, and ends the sandbox. */
static void
test_run_lies (void)
{
  for (guint lie = 0; lie < 6; lie++)
    {
      Fixture *self = fixture_new (0);

      run_and_open (self);
      ask_to_run (self, NULL, NULL);
      fake_guest_await (self->backend, GBX_MSG_START);
      if (lie == 0)
        fake_guest_say_exit_of (self->backend, 2, GBX_EXIT_STATUS, 0, NULL); /* it never started */
      else
        fake_guest_say_started_of (self->backend, 2);
      await_call (self);
      if (lie == 1)
        fake_guest_say_started_of (self->backend, 2);
      if (lie == 2)
        fake_guest_say_exit_of (self->backend, 2, GBX_EXIT_NOT_FOUND, 2, "no");
      if (lie == 3)
        fake_guest_write_of (self->backend, 3, GBX_STREAM_STDOUT, "x");
      if (lie >= 4)
        fake_guest_say_exit_of (self->backend, 2, GBX_EXIT_STATUS, 0, NULL);
      if (lie == 4)
        fake_guest_say_exit_of (self->backend, 2, GBX_EXIT_STATUS, 0, NULL);
      if (lie == 5)
        fake_guest_write_of (self->backend, 2, GBX_STREAM_STDOUT, "x");
      await (self->ended);
      g_assert_error (gbx_sandbox_get_error (self->sandbox), GBX_ERROR, GBX_ERROR_PROTOCOL);
      fixture_free (self);
    }
}

/* --------------------------------------------------------------- clients -- */

/* Connects and says nothing. */
static GSocketConnection *
connect_silently (void)
{
  g_autofree char *path = gbx_running_get_file ("claimed", GBX_CONTROL_SOCKET);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  GSocketConnection *connection =
      g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address), NULL, &error);

  g_assert_no_error (error);
  return connection;
}

/* Clients that hang or talk nonsense take nobody else's place. */
static void
test_bad_clients (void)
{
  Fixture *self = fixture_new (0);
  GSocketConnection *connections[40];

  run (self);
  for (guint i = 0; i < G_N_ELEMENTS (connections); i++)
    {
      GOutputStream *stream;

      connections[i] = connect_silently ();
      stream = g_io_stream_get_output_stream (G_IO_STREAM (connections[i]));
      if (i % 3 == 1)
        g_output_stream_write (stream, "GET / HTTP/1.1\r\n\r\n", 18, NULL, NULL);
      if (i % 3 == 2)
        g_io_stream_close (G_IO_STREAM (connections[i]), NULL, NULL);
      pass_time (1);
    }
  open_client (self);
  set_paused (self, TRUE);
  g_assert_no_error (self->error);
  g_assert_true (gbx_sandbox_get_paused (self->sandbox));
  for (guint i = 0; i < G_N_ELEMENTS (connections); i++)
    g_object_unref (connections[i]);
  fixture_free (self);
}

/* A client that goes in the middle of a call. */
static void
test_client_goes (void)
{
  Fixture *self = fixture_new (0);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  run (self);
  open_client (self);
  fake_backend_plan (self->backend, FAKE_PAUSE, FAKE_STUCK);
  gbx_control_client_pause_async (self->client, cancellable, call_cb, self);
  fake_backend_await (self->backend, FAKE_PAUSE);
  g_cancellable_cancel (cancellable);
  await_call (self);
  g_assert_error (self->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&self->error);
  g_clear_object (&self->client);
  fake_backend_release (self->backend);
  await (gbx_sandbox_get_paused (self->sandbox));
  open_client (self);
  g_assert_true (gbx_control_client_get_paused (self->client));
  fixture_free (self);
}

int
main (int argc, char **argv)
{
  g_autofree char *folder = g_dir_make_tmp ("gbx-control-XXXXXX", NULL);
  g_autofree char *etc = g_build_filename (folder, "etc", NULL);
  g_autofree char *profiles = g_build_filename (etc, "glovebox", "profiles", NULL);
  g_autofree char *profile = g_build_filename (profiles, "default.profile", NULL);
  int status;

  g_mkdir_with_parents (profiles, 0700);
  g_file_set_contents (profile, locked_profile, -1, NULL);
  g_setenv ("XDG_CONFIG_DIRS", etc, TRUE);
  g_setenv ("XDG_RUNTIME_DIR", folder, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/control/properties", test_properties);
  g_test_add_func ("/control/end", test_end);
  g_test_add_func ("/control/no-such", test_no_such);
  g_test_add_func ("/control/figures", test_figures);
  g_test_add_func ("/control/figures-are-cheap", test_figures_are_cheap);
  g_test_add_func ("/control/guest-figures", test_guest_figures);
  g_test_add_func ("/control/present", test_present);
  g_test_add_func ("/control/stop", test_stop);
  g_test_add_func ("/control/unknown", test_unknown);
  g_test_add_func ("/control/set", test_set);
  g_test_add_func ("/control/set/locked", test_set_locked);
  g_test_add_func ("/control/pause", test_pause);
  g_test_add_func ("/control/pause/too-early", test_pause_too_early);
  g_test_add_func ("/control/pause/fails", test_pause_fails);
  g_test_add_func ("/control/pause/stop", test_stop_paused);
  g_test_add_func ("/control/pause/stop-at-once", test_stop_pausing);
  g_test_add_func ("/control/pause/time-limit", test_time_limit);
  g_test_add_func ("/control/run", test_run);
  g_test_add_func ("/control/run/not-found", test_run_not_found);
  g_test_add_func ("/control/run/refused", test_run_refused);
  g_test_add_func ("/control/run/many", test_run_many);
  g_test_add_func ("/control/run/client-goes", test_run_client_goes);
  g_test_add_func ("/control/run/stopped", test_run_stopped);
  g_test_add_func ("/control/run/sandbox-ends", test_run_sandbox_ends);
  g_test_add_func ("/control/run/lies", test_run_lies);
  g_test_add_func ("/control/clients/bad", test_bad_clients);
  g_test_add_func ("/control/clients/goes", test_client_goes);
  status = g_test_run ();
  {
    g_autofree char *base = g_build_filename (folder, "glovebox", NULL);
    g_autofree char *claim = g_build_filename (base, ".claim", NULL);

    g_unlink (claim);
    g_rmdir (base);
  }
  g_unlink (profile);
  for (g_autofree char *at = g_steal_pointer (&profiles); strlen (at) > strlen (folder);
       *strrchr (at, '/') = '\0')
    g_rmdir (at);
  g_rmdir (folder);
  return status;
}
