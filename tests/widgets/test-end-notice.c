/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-end-notice.h"
#include "gbx-sandbox-private.h"

#include "fake-backend.h"
#include "test-policy.h"

#include <gtk/gtk.h>

/* ------------------------------------- a desktop that shows notifications -- */

static const char interface[]
    = "<node><interface name='org.freedesktop.Notifications'>"
      "<method name='GetServerInformation'><arg type='s' direction='out'/><arg type='s' direction="
      "'out'/><arg type='s' direction='out'/><arg type='s' direction='out'/></method>"
      "<method name='GetCapabilities'><arg type='as' direction='out'/></method>"
      "<method name='Notify'><arg type='s' direction='in'/><arg type='u' direction='in'/><arg type="
      "'s' direction='in'/><arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='as'"
      " direction='in'/><arg type='a{sv}' direction='in'/><arg type='i' direction='in'/><arg type='u'"
      " direction='out'/></method>"
      "<method name='CloseNotification'><arg type='u' direction='in'/></method>"
      "<signal name='ActionInvoked'><arg type='u'/><arg type='s'/></signal>"
      "<signal name='NotificationClosed'><arg type='u'/><arg type='u'/></signal>"
      "</interface></node>";

typedef struct
{
  GDBusConnection *connection;
  guint n_shown, n_closed;
  char *summary, *body, *action;
} Desktop;

static void
on_method (GDBusConnection *connection, const char *sender, const char *path, const char *name,
           const char *method, GVariant *parameters, GDBusMethodInvocation *invocation,
           gpointer user_data)
{
  Desktop *self = user_data;

  if (g_str_equal (method, "Notify"))
    {
      g_autofree const char **actions = NULL;

      self->n_shown++;
      g_clear_pointer (&self->summary, g_free);
      g_clear_pointer (&self->body, g_free);
      g_clear_pointer (&self->action, g_free);
      g_variant_get (parameters, "(susss^a&sa{sv}i)", NULL, NULL, NULL, &self->summary, &self->body,
                     &actions, NULL, NULL);
      self->action = g_strdup (actions[0]);
      g_dbus_method_invocation_return_value (invocation, g_variant_new ("(u)", 7));
    }
  else if (g_str_equal (method, "GetCapabilities"))
    g_dbus_method_invocation_return_value (invocation, g_variant_new_parsed ("(['actions', 'body'],)"));
  else if (g_str_equal (method, "GetServerInformation"))
    g_dbus_method_invocation_return_value (invocation,
                                           g_variant_new ("(ssss)", "test", "test", "1", "1.2"));
  else
    {
      self->n_closed++;
      g_dbus_method_invocation_return_value (invocation, NULL);
    }
}

static void
desktop_open (Desktop *self, GTestDBus *bus)
{
  static const GDBusInterfaceVTable table = { .method_call = on_method };
  g_autoptr (GDBusNodeInfo) info = g_dbus_node_info_new_for_xml (interface, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;

  self->connection = g_dbus_connection_new_for_address_sync (
      g_test_dbus_get_bus_address (bus),
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, &error);
  g_assert_no_error (error);
  g_dbus_connection_register_object (self->connection, "/org/freedesktop/Notifications",
                                     info->interfaces[0], &table, self, NULL, &error);
  g_assert_no_error (error);
  reply = g_dbus_connection_call_sync (
      self->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
      "RequestName", g_variant_new ("(su)", "org.freedesktop.Notifications", 4), NULL, 0, -1, NULL,
      &error);
  g_assert_no_error (error);
}

static void
desktop_click (Desktop *self)
{
  g_dbus_connection_emit_signal (self->connection, NULL, "/org/freedesktop/Notifications",
                                 "org.freedesktop.Notifications", "ActionInvoked",
                                 g_variant_new ("(us)", 7, self->action), NULL);
}

static void
desktop_close (Desktop *self)
{
  g_dbus_connection_close_sync (self->connection, NULL, NULL);
  g_object_unref (self->connection);
  g_free (self->summary);
  g_free (self->body);
  g_free (self->action);
}

/* ------------------------------------------------------------- sandboxes -- */

static void
launch_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  gbx_sandbox_launch_finish (GBX_SANDBOX (source), result, NULL);
}

/* It runs, and then ends in that way. */
static GbxSandbox *
make_ended (GbxExitKind kind, guint value)
{
  g_autoptr (GbxPolicy) policy = make_test_policy (0);
  g_autoptr (FakeBackend) backend = fake_backend_new ();
  GbxSandbox *sandbox = gbx_sandbox_new_with_backend (policy, GBX_BACKEND (backend), 1);

  gbx_sandbox_launch_async (sandbox, NULL, launch_cb, NULL);
  while (!fake_backend_has_console (backend, 1))
    g_main_context_iteration (NULL, TRUE);
  fake_guest_say_hello (backend);
  fake_guest_say_started (backend);
  while (gbx_sandbox_get_state (sandbox) != GBX_SANDBOX_RUNNING)
    g_main_context_iteration (NULL, TRUE);
  fake_guest_say_exit (backend, kind, value, NULL);
  fake_guest_say_bye (backend);
  while (gbx_sandbox_get_state (sandbox) != GBX_SANDBOX_ENDED)
    g_main_context_iteration (NULL, TRUE);
  return sandbox;
}

static GbxSandbox *
make_failed (void)
{
  g_autoptr (GbxPolicy) policy = make_test_policy (0);
  g_autoptr (FakeBackend) backend = fake_backend_new ();
  GbxSandbox *sandbox = gbx_sandbox_new_with_backend (policy, GBX_BACKEND (backend), 1);

  fake_backend_plan (backend, FAKE_PREPARE, FAKE_FAIL);
  gbx_sandbox_launch_async (sandbox, NULL, launch_cb, NULL);
  while (gbx_sandbox_get_state (sandbox) != GBX_SANDBOX_ENDED)
    g_main_context_iteration (NULL, TRUE);
  return sandbox;
}

/* ------------------------------------------------------------------ test -- */

typedef struct
{
  Desktop *desktop;
  GtkApplication *application;
} World;

static void
await_shown (Desktop *desktop, guint n)
{
  while (desktop->n_shown < n)
    g_main_context_iteration (NULL, TRUE);
}

/* GIO has read the answer too: only then can it take a notification back. */
static void
settle (World *world)
{
  g_autoptr (GVariant) reply = NULL;

  g_dbus_connection_flush_sync (world->desktop->connection, NULL, NULL);
  reply = g_dbus_connection_call_sync (
      g_application_get_dbus_connection (G_APPLICATION (world->application)),
      "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus.Peer", "Ping", NULL,
      NULL, 0, -1, NULL, NULL);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* The window is hidden, so it has no focus; a click shows it. */
static void
on_activate (World *world)
{
  GtkWidget *window = gtk_application_window_new (world->application);
  g_autoptr (GbxEndNotice) notice = gbx_end_notice_new (GTK_WINDOW (window));
  g_autoptr (GbxSandbox) crashed = make_ended (GBX_EXIT_SIGNAL, 11);
  g_autoptr (GbxSandbox) failed = make_failed ();

  gbx_end_notice_show (notice, crashed);
  await_shown (world->desktop, 1);
  g_assert_cmpstr (world->desktop->summary, ==, "Test Application crashed");
  g_assert_nonnull (strstr (world->desktop->body, "11"));
  g_assert_false (gtk_widget_get_visible (window));
  desktop_click (world->desktop);
  while (!gtk_widget_get_visible (window))
    g_main_context_iteration (NULL, TRUE);

  gtk_widget_hide (window);
  gbx_end_notice_show (notice, failed);
  await_shown (world->desktop, 2);
  g_assert_cmpstr (world->desktop->summary, ==, "The sandbox of Test Application failed");
  /* It goes with the window. */
  settle (world);
  g_clear_object (&notice);
  while (world->desktop->n_closed == 0)
    g_main_context_iteration (NULL, TRUE);
  gtk_widget_destroy (window);
}

/* GIO warns then, which would be fatal here. */
static void
on_activate_alone (World *world)
{
  GtkWidget *window = gtk_application_window_new (world->application);
  g_autoptr (GbxEndNotice) notice = gbx_end_notice_new (GTK_WINDOW (window));
  g_autoptr (GbxSandbox) crashed = make_ended (GBX_EXIT_SIGNAL, 11);
  guint used = G_OBJECT (notice)->ref_count;

  gbx_end_notice_show (notice, crashed);
  g_assert_cmpuint (G_OBJECT (notice)->ref_count, >, used);
  while (G_OBJECT (notice)->ref_count > used)
    g_main_context_iteration (NULL, TRUE);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  gtk_widget_destroy (window);
}

static void
test_no_desktop (void)
{
  g_autoptr (GTestDBus) bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  World world = { 0 };
  g_autoptr (GtkApplication) application = NULL;

  g_test_dbus_up (bus);
  application = gtk_application_new ("org.glovebox.Test", G_APPLICATION_NON_UNIQUE);
  world.application = application;
  g_signal_connect_swapped (application, "activate", G_CALLBACK (on_activate_alone), &world);
  g_assert_cmpint (g_application_run (G_APPLICATION (application), 0, NULL), ==, 0);
  g_clear_object (&application);
  g_test_dbus_stop (bus);
}

static void
test_notice (void)
{
  g_autoptr (GTestDBus) bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  Desktop desktop = { 0 };
  World world = { .desktop = &desktop };
  g_autoptr (GtkApplication) application = NULL;

  g_test_dbus_up (bus);
  desktop_open (&desktop, bus);
  application = gtk_application_new ("org.glovebox.Test", G_APPLICATION_NON_UNIQUE);
  world.application = application;
  g_signal_connect_swapped (application, "activate", G_CALLBACK (on_activate), &world);
  g_assert_cmpint (g_application_run (G_APPLICATION (application), 0, NULL), ==, 0);
  g_assert_cmpuint (desktop.n_shown, ==, 2);
  desktop_close (&desktop);
  g_clear_object (&application);
  g_test_dbus_stop (bus);
}

/* Nobody is told what he has done himself, and nothing happens without a bus. */
static void
test_silence (void)
{
  GtkWidget *window = gtk_window_new (GTK_WINDOW_TOPLEVEL);
  g_autoptr (GbxEndNotice) notice = gbx_end_notice_new (GTK_WINDOW (window));
  g_autoptr (GbxSandbox) sandbox = make_ended (GBX_EXIT_SIGNAL, 11);

  gbx_end_notice_show (notice, sandbox);
  gtk_widget_destroy (window);
}

int
main (int argc, char **argv)
{
  gbx_end_notice_settle ();
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/end-notice/silence", test_silence);
  g_test_add_func ("/end-notice/notice", test_notice);
  g_test_add_func ("/end-notice/no-desktop", test_no_desktop);
  return g_test_run ();
}
