/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-grab-watch"
#include "config.h"

#include "gbx-grab-watch.h"

#include <gio/gio.h>

#define LOGIND "org.freedesktop.login1"

typedef struct
{
  GDBusConnection *connection;
  guint subscription;
} Subscription;

struct _GbxGrabWatch
{
  GbxGrabWatchFunc give_up;
  gpointer user_data;
  GbxGrabRecord *record; /* (nullable) */
  GCancellable *cancellable;
  GArray *subscriptions;
  guint source; /* the call of give_up, which may free us */
};

static gboolean
on_idle (gpointer data)
{
  GbxGrabWatch *self = data;

  self->source = 0;
  self->give_up (self->user_data);
  return G_SOURCE_REMOVE;
}

static void
tell (gpointer data)
{
  GbxGrabWatch *self = data;

  if (!self->source)
    self->source = g_idle_add_full (G_PRIORITY_HIGH, on_idle, self, NULL);
}

/* ---------------------------------------------------------------- D-Bus -- */

static void
on_signal (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
           const char *name, GVariant *parameters, gpointer data)
{
  gboolean active = TRUE;

  /* ActiveChanged and PrepareForSleep also tell the end. */
  if (g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(b)")))
    g_variant_get (parameters, "(b)", &active);
  if (active)
    tell (data);
}

static void
subscribe (GbxGrabWatch *self, GDBusConnection *connection, const char *sender,
           const char *interface, const char *name)
{
  Subscription entry = { connection, 0 };

  if (g_dbus_connection_is_closed (connection))
    return;
  g_object_ref (connection);
  entry.subscription
      = g_dbus_connection_signal_subscribe (connection, sender, interface, name, NULL, NULL,
                                            G_DBUS_SIGNAL_FLAGS_NONE, on_signal, self, NULL);
  g_array_append_val (self->subscriptions, entry);
}

static void
session_bus_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  static const char *const savers[] = {
    "org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver", "org.mate.ScreenSaver",
    "org.cinnamon.ScreenSaver",    "org.xfce.ScreenSaver",
  };
  g_autoptr (GDBusConnection) connection = g_bus_get_finish (result, NULL);

  for (guint i = 0; connection && i < G_N_ELEMENTS (savers); i++)
    subscribe (data, connection, NULL, savers[i], "ActiveChanged");
}

static void
system_bus_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GDBusConnection) connection = g_bus_get_finish (result, NULL);

  if (!connection)
    return;
  subscribe (data, connection, LOGIND, LOGIND ".Session", "Lock");
  subscribe (data, connection, LOGIND, LOGIND ".Manager", "PrepareForSleep");
}

/* ------------------------------------------------------- begin and end -- */

static void
unsubscribe (gpointer data)
{
  Subscription *entry = data;

  g_dbus_connection_signal_unsubscribe (entry->connection, entry->subscription);
  g_object_unref (entry->connection);
}

/* g_bus_get_finish() returns NULL after the cancellation, and then self is not used. */
GbxGrabWatch *
gbx_grab_watch_new (GdkWindow *window, GbxGrabWatchFunc give_up, gpointer user_data)
{
  GbxGrabWatch *self = g_new0 (GbxGrabWatch, 1);

  self->give_up = give_up;
  self->user_data = user_data;
  self->cancellable = g_cancellable_new ();
  self->subscriptions = g_array_new (FALSE, FALSE, sizeof (Subscription));
  g_array_set_clear_func (self->subscriptions, unsubscribe);
  self->record = gbx_grab_record_new (window, tell, self);
  g_bus_get (G_BUS_TYPE_SESSION, self->cancellable, session_bus_cb, self);
  g_bus_get (G_BUS_TYPE_SYSTEM, self->cancellable, system_bus_cb, self);
  return self;
}

void
gbx_grab_watch_free (GbxGrabWatch *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  g_clear_handle_id (&self->source, g_source_remove);
  g_clear_pointer (&self->record, gbx_grab_record_free);
  g_array_unref (self->subscriptions);
  g_free (self);
}
