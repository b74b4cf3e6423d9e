/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-control"

#include "config.h"

#include "gbx-control-client.h"

#include "gbx-control-interface.h"
#include "gbx-control.h"
#include "gbx-error.h"
#include "gbx-runtime.h"

#include <glib/gi18n-lib.h>

/* For the connection, and for each call. */
#define PATIENCE_MS 8000
/* For a program to be executed: a share may be slow to give it. */
#define RUN_PATIENCE_MS 60000

struct _GbxControlClient
{
  GObject parent_instance;

  char *name;
  GDBusConnection *connection; /* (nullable): before it is open */
  GDBusProxy *proxy;           /* the same */
};

enum
{
  SIGNAL_CHANGED,
  SIGNAL_CLOSED,
  SIGNAL_ENDED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GbxControlClient, gbx_control_client, G_TYPE_OBJECT)

static void
gbx_control_client_dispose (GObject *object)
{
  GbxControlClient *self = GBX_CONTROL_CLIENT (object);

  if (self->proxy)
    g_signal_handlers_disconnect_by_data (self->proxy, self);
  if (self->connection)
    {
      g_signal_handlers_disconnect_by_data (self->connection, self);
      g_dbus_connection_close (self->connection, NULL, NULL, NULL);
    }
  g_clear_object (&self->proxy);
  g_clear_object (&self->connection);
  G_OBJECT_CLASS (gbx_control_client_parent_class)->dispose (object);
}

static void
gbx_control_client_finalize (GObject *object)
{
  g_free (GBX_CONTROL_CLIENT (object)->name);
  G_OBJECT_CLASS (gbx_control_client_parent_class)->finalize (object);
}

static void
gbx_control_client_class_init (GbxControlClientClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = gbx_control_client_dispose;
  G_OBJECT_CLASS (klass)->finalize = gbx_control_client_finalize;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", GBX_TYPE_CONTROL_CLIENT, G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_CLOSED] = g_signal_new ("closed", GBX_TYPE_CONTROL_CLIENT, G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_ENDED] = g_signal_new ("ended", GBX_TYPE_CONTROL_CLIENT, G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 3, G_TYPE_UINT, G_TYPE_INT,
                                        G_TYPE_BOOLEAN);
}

static void
gbx_control_client_init (GbxControlClient *self)
{
}

/* ---------------------------------------------------------------- errors -- */

static GError *
make_silent_error (const char *name)
{
  return g_error_new (GBX_ERROR, GBX_ERROR_TIMEOUT,
                      _ ("The process of the sandbox “%s” does not answer; wait, or end it with "
                         "“glovebox stop %s”"),
                      name, name);
}

static GError *
make_gone_error (const char *name)
{
  return g_error_new (GBX_ERROR, GBX_ERROR_NOT_FOUND,
                      _ ("no sandbox named “%s” is running; “glovebox list” shows the running ones"),
                      name);
}

/* Takes an error of GIO, and gives one for the user. */
static GError *
translate (GError *error, const char *name)
{
  g_autoptr (GError) owned = error;

  g_dbus_error_strip_remote_error (owned);
  if (owned->domain != G_IO_ERROR && owned->domain != G_DBUS_ERROR)
    return g_steal_pointer (&owned);
  g_debug ("%s: %s", name, owned->message);
  if (g_error_matches (owned, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD))
    return g_error_new (GBX_ERROR, GBX_ERROR_INVALID,
                        _ ("The sandbox “%s” was started by an older Glovebox, which cannot do "
                           "that; start it again"),
                        name);
  return gbx_running_is_alive (name) ? make_silent_error (name) : make_gone_error (name);
}

/* ------------------------------------------------------------------ open -- */

typedef struct
{
  GbxControlClient *client; /* (owned) */
  GCancellable *stop;       /* the caller's, or that it took too long */
  GCancellable *outer;      /* (nullable) (owned) */
  gulong handler;
  guint patience; /* source */
} Opening;

static void
opening_free (Opening *self)
{
  g_cancellable_disconnect (self->outer, self->handler);
  g_clear_handle_id (&self->patience, g_source_remove);
  g_clear_object (&self->outer);
  g_object_unref (self->stop);
  g_object_unref (self->client);
  g_free (self);
}

static gboolean
on_impatient (gpointer user_data)
{
  Opening *self = user_data;

  self->patience = 0;
  g_cancellable_cancel (self->stop);
  return G_SOURCE_REMOVE;
}

static void
on_outer_cancelled (GCancellable *outer, gpointer user_data)
{
  g_cancellable_cancel (user_data);
}

static void
fail_open (GTask *task, GError *error)
{
  Opening *self = g_task_get_task_data (task);

  if (g_cancellable_is_cancelled (self->outer))
    g_task_return_error (task, error);
  else
    g_task_return_error (task, translate (error, self->client->name));
}

static void
on_properties (GbxControlClient *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
on_closed (GbxControlClient *self)
{
  g_signal_emit (self, signals[SIGNAL_CLOSED], 0);
}

static void
on_proxy_signal (GDBusProxy *proxy, const char *sender, const char *name, GVariant *parameters,
                 gpointer user_data)
{
  guint process;
  int status;
  gboolean by_sandbox;

  if (!g_str_equal (name, "Ended") || !g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(uib)")))
    return;
  g_variant_get (parameters, "(uib)", &process, &status, &by_sandbox);
  g_signal_emit (user_data, signals[SIGNAL_ENDED], 0, process, status, by_sandbox);
}

static void
proxy_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Opening *opening = g_task_get_task_data (task);
  GbxControlClient *self = opening->client;
  GError *error = NULL;

  self->proxy = g_dbus_proxy_new_finish (result, &error);
  if (!self->proxy)
    {
      fail_open (task, error);
      return;
    }
  g_signal_connect_object (self->proxy, "g-properties-changed", G_CALLBACK (on_properties), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->proxy, "g-signal", G_CALLBACK (on_proxy_signal), self, 0);
  g_signal_connect_object (self->connection, "closed", G_CALLBACK (on_closed), self,
                           G_CONNECT_SWAPPED);
  g_task_return_pointer (task, g_object_ref (self), g_object_unref);
}

static void
connection_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Opening *opening = g_task_get_task_data (task);
  GError *error = NULL;

  opening->client->connection = g_dbus_connection_new_for_address_finish (result, &error);
  if (!opening->client->connection)
    {
      fail_open (task, error);
      return;
    }
  g_dbus_proxy_new (opening->client->connection, G_DBUS_PROXY_FLAGS_NONE,
                    gbx_dbus_sandbox1_interface_info (), NULL, GBX_CONTROL_PATH,
                    GBX_CONTROL_INTERFACE, opening->stop, proxy_cb, g_steal_pointer (&task));
}

static Opening *
opening_new (const char *name, GCancellable *cancellable)
{
  Opening *self = g_new0 (Opening, 1);

  self->client = g_object_new (GBX_TYPE_CONTROL_CLIENT, NULL);
  self->client->name = g_strdup (name);
  self->stop = g_cancellable_new ();
  self->patience = g_timeout_add (PATIENCE_MS, on_impatient, self);
  if (cancellable)
    {
      self->outer = g_object_ref (cancellable);
      self->handler = g_cancellable_connect (cancellable, G_CALLBACK (on_outer_cancelled),
                                             g_object_ref (self->stop), g_object_unref);
    }
  return self;
}

void
gbx_control_client_open_async (const char *name, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autofree char *path = gbx_running_get_file (name, GBX_CONTROL_SOCKET);
  g_autofree char *value = NULL;
  g_autofree char *address = NULL;
  Opening *opening = opening_new (name, cancellable);

  g_task_set_task_data (task, opening, (GDestroyNotify) opening_free);
  if (!path || !gbx_running_is_alive (name))
    {
      g_task_return_error (task, make_gone_error (name));
      return;
    }
  value = g_dbus_address_escape_value (path);
  address = g_strconcat ("unix:path=", value, NULL);
  g_dbus_connection_new_for_address (address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, NULL,
                                     opening->stop, connection_cb, g_steal_pointer (&task));
}

GbxControlClient *
gbx_control_client_open_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ------------------------------------------------------------ properties -- */

const char *
gbx_control_client_get_name (GbxControlClient *self)
{
  return self->name;
}

gboolean
gbx_control_client_is_closed (GbxControlClient *self)
{
  return g_dbus_connection_is_closed (self->connection);
}

char *
gbx_control_client_dup_text (GbxControlClient *self, const char *property)
{
  g_autoptr (GVariant) value = g_dbus_proxy_get_cached_property (self->proxy, property);

  return value ? g_variant_dup_string (value, NULL) : g_strdup ("");
}

static gboolean
get_flag (GbxControlClient *self, const char *property)
{
  g_autoptr (GVariant) value = g_dbus_proxy_get_cached_property (self->proxy, property);

  return value && g_variant_get_boolean (value);
}

gboolean
gbx_control_client_get_has_window (GbxControlClient *self)
{
  return get_flag (self, "HasWindow");
}

gboolean
gbx_control_client_get_paused (GbxControlClient *self)
{
  return get_flag (self, "Paused");
}

gint64
gbx_control_client_get_started_at (GbxControlClient *self)
{
  g_autoptr (GVariant) value = g_dbus_proxy_get_cached_property (self->proxy, "StartedAt");

  return value ? (gint64) g_variant_get_uint64 (value) : 0;
}

/* ----------------------------------------------------------------- calls -- */

typedef struct
{
  GVariant *answer;
  GUnixFDList *streams; /* (nullable) */
} Answer;

static void
answer_free (Answer *self)
{
  g_clear_object (&self->streams);
  g_variant_unref (self->answer);
  g_free (self);
}

static void
call_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GbxControlClient *self = g_task_get_source_object (task);
  Answer *answer = g_new0 (Answer, 1);
  GError *error = NULL;

  answer->answer = g_dbus_connection_call_with_unix_fd_list_finish (
      G_DBUS_CONNECTION (source), &answer->streams, result, &error);
  if (answer->answer)
    {
      g_task_return_pointer (task, answer, (GDestroyNotify) answer_free);
      return;
    }
  g_free (answer);
  if (g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    g_task_return_error (task, error);
  else
    g_task_return_error (task, translate (error, self->name));
}

static void
call (GbxControlClient *self, const char *interface, const char *method, GVariant *parameters,
      GUnixFDList *streams, int patience_ms, GTask *task)
{
  g_dbus_connection_call_with_unix_fd_list (
      self->connection, NULL, GBX_CONTROL_PATH, interface, method, parameters, NULL,
      G_DBUS_CALL_FLAGS_NONE, patience_ms < 0 ? PATIENCE_MS : patience_ms, streams,
      g_task_get_cancellable (task), call_cb, task);
}

void
gbx_control_client_call_async (GbxControlClient *self, const char *method, GVariant *parameters,
                               GUnixFDList *streams, int patience_ms, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data)
{
  call (self, GBX_CONTROL_INTERFACE, method, parameters, streams, patience_ms,
        g_task_new (self, cancellable, callback, user_data));
}

gboolean
gbx_control_client_call_finish (GbxControlClient *self, GAsyncResult *result, GVariant **answer,
                                GUnixFDList **streams, GError **error)
{
  Answer *got = g_task_propagate_pointer (G_TASK (result), error);

  if (!got)
    return FALSE;
  if (answer)
    *answer = g_variant_ref (got->answer);
  if (streams)
    *streams = g_steal_pointer (&got->streams);
  answer_free (got);
  return TRUE;
}

void
gbx_control_client_present_async (GbxControlClient *self, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data)
{
  gbx_control_client_call_async (self, "Present", NULL, NULL, -1, cancellable, callback, user_data);
}

void
gbx_control_client_open_files_async (GbxControlClient *self, gboolean put,
                                     GCancellable *cancellable, GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  gbx_control_client_call_async (self, "OpenFiles", g_variant_new ("(b)", put), NULL, -1,
                                 cancellable, callback, user_data);
}

int
gbx_control_client_open_files_finish (GbxControlClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GUnixFDList) streams = NULL;

  if (!gbx_control_client_call_finish (self, result, NULL, &streams, error))
    return -1;
  if (streams && g_unix_fd_list_get_length (streams) == 1)
    return g_unix_fd_list_get (streams, 0, error);
  g_set_error (error, GBX_ERROR, GBX_ERROR_GUEST, _ ("The sandbox “%s” gave no socket for files"),
               self->name);
  return -1;
}

void
gbx_control_client_pause_async (GbxControlClient *self, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data)
{
  gbx_control_client_call_async (self, "Pause", NULL, NULL, -1, cancellable, callback, user_data);
}

void
gbx_control_client_resume_async (GbxControlClient *self, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer user_data)
{
  gbx_control_client_call_async (self, "Resume", NULL, NULL, -1, cancellable, callback, user_data);
}

void
gbx_control_client_set_async (GbxControlClient *self, const char *key, const char *value,
                              GCancellable *cancellable, GAsyncReadyCallback callback,
                              gpointer user_data)
{
  gbx_control_client_call_async (self, "Set", g_variant_new ("(ss)", key, value), NULL, -1,
                                 cancellable, callback, user_data);
}

void
gbx_control_client_stop_async (GbxControlClient *self, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data)
{
  gbx_control_client_call_async (self, "Stop", NULL, NULL, -1, cancellable, callback, user_data);
}

/* -------------------------------------------------------------- commands -- */

static GVariant *
make_streams (const int *streams, GUnixFDList *fds)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("ah"));
  for (guint i = 0; streams && i < 3; i++)
    g_variant_builder_add (&builder, "h", g_unix_fd_list_append (fds, streams[i], NULL));
  return g_variant_builder_end (&builder);
}

void
gbx_control_client_run_async (GbxControlClient *self, const char *const *argv, GVariant *options,
                              const int *streams, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();
  GVariant *parameters[] = {
    g_variant_new_bytestring_array (argv, -1),
    options ? options : g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0),
    make_streams (streams, fds),
  };

  gbx_control_client_call_async (self, "Run", g_variant_new_tuple (parameters, 3), fds,
                                 RUN_PATIENCE_MS, cancellable, callback, user_data);
}

guint
gbx_control_client_run_finish (GbxControlClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) answer = NULL;
  guint process = 0;

  if (gbx_control_client_call_finish (self, result, &answer, NULL, error))
    g_variant_get (answer, "(u)", &process);
  return process;
}

static void
tell (GbxControlClient *self, const char *method, GVariant *parameters)
{
  g_dbus_connection_call (self->connection, NULL, GBX_CONTROL_PATH, GBX_CONTROL_INTERFACE, method,
                          parameters, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
}

void
gbx_control_client_signal (GbxControlClient *self, guint process, int number)
{
  tell (self, "Signal", g_variant_new ("(uu)", process, (guint) number));
}

void
gbx_control_client_set_terminal_size (GbxControlClient *self, guint process, guint rows,
                                      guint columns)
{
  tell (self, "SetTerminalSize", g_variant_new ("(uuu)", process, rows, columns));
}

/* --------------------------------------------------------------- figures -- */

void
gbx_control_client_get_property_async (GbxControlClient *self, const char *property,
                                       GCancellable *cancellable, GAsyncReadyCallback callback,
                                       gpointer user_data)
{
  call (self, "org.freedesktop.DBus.Properties", "Get",
        g_variant_new ("(ss)", GBX_CONTROL_INTERFACE, property), NULL, -1,
        g_task_new (self, cancellable, callback, user_data));
}

void
gbx_control_client_read_figures_async (GbxControlClient *self, GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer user_data)
{
  gbx_control_client_get_property_async (self, "Figures", cancellable, callback, user_data);
}

GVariant *
gbx_control_client_read_figures_finish (GbxControlClient *self, GAsyncResult *result,
                                        GError **error)
{
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GVariant) value = NULL;

  if (!gbx_control_client_call_finish (self, result, &answer, NULL, error))
    return NULL;
  if (g_variant_is_of_type (answer, G_VARIANT_TYPE ("(v)")))
    g_variant_get (answer, "(v)", &value);
  if (value && g_variant_is_of_type (value, G_VARIANT_TYPE_VARDICT))
    return g_steal_pointer (&value);
  g_set_error (error, GBX_ERROR, GBX_ERROR_GUEST, _ ("The sandbox “%s” gave no figures"),
               self->name);
  return NULL;
}
