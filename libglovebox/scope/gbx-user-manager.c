/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-scope"

#include "config.h"

#include "gbx-user-manager.h"

#include "gbx-error.h"
#include "gbx-surroundings.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

/* https://www.freedesktop.org/software/systemd/man/org.freedesktop.systemd1.html */
#define NAME "org.freedesktop.systemd1"
#define PATH "/org/freedesktop/systemd1"
#define MANAGER "org.freedesktop.systemd1.Manager"
#define UNIT_EXISTS "org.freedesktop.systemd1.UnitExists"

/* For an answer, and for a job: both take milliseconds, if the computer is not busy. */
#define PATIENCE_MS 10000

typedef struct
{
  GHashTable *results; /* of the jobs that have ended: path → result */
  const char *awaited; /* (nullable) */
  gboolean is_over;
} Jobs;

struct _GbxUserManager
{
  GDBusConnection *bus;
  GMainContext *context; /* gets the signals; only the calling thread uses it */
  guint subscription;
  Jobs jobs;
};

/* ---------------------------------------------------------- connection -- */

/* Asking GLib for the session bus would start one where none is. */
static char *
find_address (void)
{
  const char *address = g_getenv ("DBUS_SESSION_BUS_ADDRESS");
  const char *folder = gbx_surroundings_get_session_folder ();
  g_autofree char *socket = folder ? g_build_filename (folder, "bus", NULL) : NULL;
  g_autofree char *escaped = NULL;

  if (address && *address)
    return g_str_has_prefix (address, "autolaunch:") ? NULL : g_strdup (address);
  if (!socket || !g_file_test (socket, G_FILE_TEST_EXISTS))
    return NULL;
  escaped = g_dbus_address_escape_value (socket);
  return g_strconcat ("unix:path=", escaped, NULL);
}

static gboolean
on_late (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

/* Runs the context until *done, at most as long as an answer may take; FALSE if it is late. */
static gboolean
iterate_until (GMainContext *context, const gboolean *done)
{
  g_autoptr (GSource) timer = g_timeout_source_new (PATIENCE_MS);
  gboolean late = FALSE;

  g_source_set_callback (timer, on_late, &late, NULL);
  g_source_attach (timer, context);
  while (!*done && !late)
    g_main_context_iteration (context, TRUE);
  g_source_destroy (timer);
  return *done;
}

typedef struct
{
  gboolean done;
  GDBusConnection *bus;
  GError *error;
} Connecting;

static void
connected_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Connecting *connecting = user_data;

  connecting->bus = g_dbus_connection_new_for_address_finish (result, &connecting->error);
  connecting->done = TRUE;
}

/* A bus that hangs must not hold up a launch: the blocking function has no time limit. */
static GDBusConnection *
connect_to (const char *address, GError **error)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Connecting connecting = { FALSE, NULL, NULL };

  g_main_context_push_thread_default (context);
  g_dbus_connection_new_for_address (address,
                                     G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                         G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                     NULL, cancellable, connected_cb, &connecting);
  if (!iterate_until (context, &connecting.done))
    g_cancellable_cancel (cancellable);
  while (!connecting.done)
    g_main_context_iteration (context, TRUE);
  g_main_context_pop_thread_default (context);
  if (connecting.error)
    g_propagate_error (error, connecting.error);
  return connecting.bus;
}

static GDBusConnection *
connect_to_bus (GError **error)
{
  g_autofree char *address = find_address ();
  g_autoptr (GError) local = NULL;
  GDBusConnection *bus = address ? connect_to (address, &local) : NULL;

  if (!bus)
    g_set_error (error, GBX_ERROR, GBX_ERROR_NOT_FOUND,
                 _ ("Your session bus cannot be reached: %s"),
                 local ? local->message : _ ("there is none"));
  return bus;
}

static GVariant *
call_object (GbxUserManager *self, const char *path, const char *interface, const char *method,
             GVariant *parameters, const char *type, GError **error)
{
  return g_dbus_connection_call_sync (self->bus, NAME, path, interface, method, parameters,
                                      G_VARIANT_TYPE (type), G_DBUS_CALL_FLAGS_NO_AUTO_START,
                                      PATIENCE_MS, NULL, error);
}

static GVariant *
call (GbxUserManager *self, const char *method, GVariant *parameters, const char *type,
      GError **error)
{
  return call_object (self, PATH, MANAGER, method, parameters, type, error);
}

/* A bus of a desktop without systemd has no such name. */
static gboolean
is_there (GbxUserManager *self)
{
  g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
      self->bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
      "NameHasOwner", g_variant_new ("(s)", NAME), G_VARIANT_TYPE ("(b)"), G_DBUS_CALL_FLAGS_NONE,
      PATIENCE_MS, NULL, NULL);
  gboolean there = FALSE;

  if (answer)
    g_variant_get (answer, "(b)", &there);
  return there;
}

static void
on_job_removed (GDBusConnection *bus, const char *sender, const char *path, const char *interface,
                const char *signal, GVariant *parameters, gpointer user_data)
{
  Jobs *jobs = user_data;
  const char *job, *result;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(uoss)")))
    return;
  g_variant_get (parameters, "(u&o&s&s)", NULL, &job, NULL, &result);
  g_hash_table_insert (jobs->results, g_strdup (job), g_strdup (result));
  jobs->is_over = jobs->awaited && g_str_equal (job, jobs->awaited);
}

/* A signal comes to the context that was the thread's default when it was subscribed to. */
static void
subscribe (GbxUserManager *self)
{
  g_main_context_push_thread_default (self->context);
  self->subscription = g_dbus_connection_signal_subscribe (self->bus, NAME, MANAGER, "JobRemoved",
                                                           PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
                                                           on_job_removed, &self->jobs, NULL);
  g_main_context_pop_thread_default (self->context);
}

GbxUserManager *
gbx_user_manager_open (GError **error)
{
  GDBusConnection *bus = connect_to_bus (error);
  GbxUserManager *self;

  if (!bus)
    return NULL;
  self = g_new0 (GbxUserManager, 1);
  self->bus = bus;
  self->context = g_main_context_new ();
  self->jobs.results = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  if (!is_there (self))
    {
      gbx_user_manager_close (self);
      g_set_error_literal (error, GBX_ERROR, GBX_ERROR_NOT_FOUND,
                           _ ("No systemd runs for your account"));
      return NULL;
    }
  subscribe (self);
  return self;
}

void
gbx_user_manager_close (GbxUserManager *self)
{
  if (self->subscription)
    g_dbus_connection_signal_unsubscribe (self->bus, self->subscription);
  g_dbus_connection_close_sync (self->bus, NULL, NULL);
  g_object_unref (self->bus);
  /* What the connection still had for it. */
  while (g_main_context_iteration (self->context, FALSE))
    ;
  g_main_context_unref (self->context);
  g_hash_table_unref (self->jobs.results);
  g_free (self);
}

/* What systemd says, in a sentence of ours. local: (transfer full) */
static gboolean
explain (const char *unit, GError *local, GError **error)
{
  g_dbus_error_strip_remote_error (local);
  g_set_error (error, GBX_ERROR, GBX_ERROR_HYPERVISOR, _ ("Your systemd refuses %s: %s"), unit,
               local->message);
  g_error_free (local);
  return FALSE;
}

/* -------------------------------------------------------------- groups -- */

static char *
get_group_of (GbxUserManager *self, const char *path, const char *interface, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GVariant) answer
      = call_object (self, path, "org.freedesktop.DBus.Properties", "Get",
                     g_variant_new ("(ss)", interface, "ControlGroup"), "(v)", &local);
  g_autoptr (GVariant) value = NULL;

  if (!answer)
    {
      explain (path, g_steal_pointer (&local), error);
      return NULL;
    }
  g_variant_get (answer, "(v)", &value);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING)
      && g_variant_get_string (value, NULL)[0] == '/')
    return g_variant_dup_string (value, NULL);
  g_set_error (error, GBX_ERROR, GBX_ERROR_HYPERVISOR, _ ("systemd has no control group for %s"),
               path);
  return NULL;
}

char *
gbx_user_manager_get_own_group (GbxUserManager *self, GError **error)
{
  return get_group_of (self, PATH, MANAGER, error);
}

char *
gbx_user_manager_get_group (GbxUserManager *self, const char *unit, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GVariant) answer = call (self, "GetUnit", g_variant_new ("(s)", unit), "(o)", &local);
  const char *path;

  if (!answer)
    {
      explain (unit, g_steal_pointer (&local), error);
      return NULL;
    }
  g_variant_get (answer, "(&o)", &path);
  return get_group_of (self, path, "org.freedesktop.systemd1.Scope", error);
}

/* ---------------------------------------------------------------- jobs -- */

/* The signal may have come before the answer that names the job. */
static const char *
wait_for_job (GbxUserManager *self, const char *job)
{
  const char *result;

  self->jobs.awaited = job;
  self->jobs.is_over = g_hash_table_contains (self->jobs.results, job);
  iterate_until (self->context, &self->jobs.is_over);
  self->jobs.awaited = NULL;
  result = g_hash_table_lookup (self->jobs.results, job);
  return result ? result : "timeout";
}

/* answer: (transfer full) */
static gboolean
finish_job (GbxUserManager *self, const char *unit, GVariant *answer, GError **error)
{
  g_autoptr (GVariant) owned = answer;
  const char *job, *result;

  g_variant_get (answer, "(&o)", &job);
  result = wait_for_job (self, job);
  if (g_str_equal (result, "done"))
    return TRUE;
  g_set_error (
      error, GBX_ERROR, GBX_ERROR_HYPERVISOR,
      _ ("systemd could not do its job for %s (%s); “journalctl --user -u %s” may say why"), unit,
      result, unit);
  return FALSE;
}

static gboolean
is_called (const GError *error, const char *name)
{
  g_autofree char *remote = error ? g_dbus_error_get_remote_error (error) : NULL;

  return g_strcmp0 (remote, name) == 0;
}

gboolean
gbx_user_manager_start_scope (GbxUserManager *self, const char *unit, GVariant *properties,
                              gboolean *existed, GError **error)
{
  GVariant *parameters = g_variant_new ("(ss@a(sv)a(sa(sv)))", unit, "fail", properties, NULL);
  g_autoptr (GError) local = NULL;
  GVariant *answer = call (self, "StartTransientUnit", parameters, "(o)", &local);

  if (answer)
    return finish_job (self, unit, answer, error);
  if (existed)
    *existed = is_called (local, UNIT_EXISTS);
  return explain (unit, g_steal_pointer (&local), error);
}

gboolean
gbx_user_manager_stop_unit (GbxUserManager *self, const char *unit, GError **error)
{
  g_autoptr (GError) local = NULL;
  GVariant *answer
      = call (self, "StopUnit", g_variant_new ("(ss)", unit, "replace"), "(o)", &local);

  return answer ? finish_job (self, unit, answer, error)
                : explain (unit, g_steal_pointer (&local), error);
}

gboolean
gbx_user_manager_set_properties (GbxUserManager *self, const char *unit, GVariant *properties,
                                 GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GVariant) answer
      = call (self, "SetUnitProperties", g_variant_new ("(sb@a(sv))", unit, TRUE, properties), "()",
              &local);

  return answer || explain (unit, g_steal_pointer (&local), error);
}
