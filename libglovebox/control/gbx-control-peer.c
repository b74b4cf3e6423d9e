/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-control"

#include "config.h"

#include "gbx-control-peer.h"

#include "gbx-control.h"

#include <unistd.h>

/* For the handshake, and for taking what was sent. */
#define PATIENCE_SECONDS 10

struct _GbxControlPeer
{
  GObject parent_instance;

  GDBusInterfaceSkeleton *skeleton;
  GDBusConnection *connection; /* (nullable): after the handshake */
  GCancellable *stop;
  guint patience; /* source: while it has to do something */
  gboolean closed;
};

enum
{
  SIGNAL_GONE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GbxControlPeer, gbx_control_peer, G_TYPE_OBJECT)

static gboolean
on_impatient (gpointer user_data)
{
  GbxControlPeer *self = user_data;

  self->patience = 0;
  g_debug ("a client of the control socket hangs");
  gbx_control_peer_close (self);
  return G_SOURCE_REMOVE;
}

static void
be_patient (GbxControlPeer *self)
{
  self->patience = g_timeout_add_seconds (PATIENCE_SECONDS, on_impatient, self);
}

static void
on_closed (GbxControlPeer *self)
{
  gbx_control_peer_close (self);
}

static gboolean
serve (GbxControlPeer *self, GError **error)
{
  if (!g_dbus_interface_skeleton_export (self->skeleton, self->connection, GBX_CONTROL_PATH, error))
    return FALSE;
  g_signal_connect_object (self->connection, "closed", G_CALLBACK (on_closed), self,
                           G_CONNECT_SWAPPED);
  g_dbus_connection_start_message_processing (self->connection);
  return TRUE;
}

static void
handshake_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GbxControlPeer) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) connection = g_dbus_connection_new_finish (result, &error);

  g_clear_handle_id (&self->patience, g_source_remove);
  if (self->closed)
    {
      if (connection)
        g_dbus_connection_close (connection, NULL, NULL, NULL);
      return;
    }
  self->connection = g_steal_pointer (&connection);
  if (self->connection && serve (self, &error))
    return;
  g_debug ("a client of the control socket: %s", error->message);
  gbx_control_peer_close (self);
}

static void
flush_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GbxControlPeer) self = user_data;

  g_dbus_connection_flush_finish (G_DBUS_CONNECTION (source), result, NULL);
  g_clear_handle_id (&self->patience, g_source_remove);
}

/* -------------------------------------------------------------- object -- */

static void
gbx_control_peer_dispose (GObject *object)
{
  gbx_control_peer_close (GBX_CONTROL_PEER (object));
  G_OBJECT_CLASS (gbx_control_peer_parent_class)->dispose (object);
}

static void
gbx_control_peer_finalize (GObject *object)
{
  GbxControlPeer *self = GBX_CONTROL_PEER (object);

  g_clear_object (&self->connection);
  g_clear_object (&self->skeleton);
  g_object_unref (self->stop);
  G_OBJECT_CLASS (gbx_control_peer_parent_class)->finalize (object);
}

static void
gbx_control_peer_class_init (GbxControlPeerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = gbx_control_peer_dispose;
  G_OBJECT_CLASS (klass)->finalize = gbx_control_peer_finalize;
  signals[SIGNAL_GONE] = g_signal_new ("gone", GBX_TYPE_CONTROL_PEER, G_SIGNAL_RUN_LAST, 0, NULL,
                                       NULL, NULL, G_TYPE_NONE, 0);
}

static void
gbx_control_peer_init (GbxControlPeer *self)
{
  self->stop = g_cancellable_new ();
}

/* The folder is the account's alone; the kernel says who is at the other end all the same. */
static gboolean
is_of_this_account (GSocketConnection *socket)
{
  g_autoptr (GCredentials) credentials =
      g_socket_get_credentials (g_socket_connection_get_socket (socket), NULL);

  return credentials && g_credentials_get_unix_user (credentials, NULL) == geteuid ();
}

/* In a thread of GDBus.  The other mechanisms leave files in the user's home. */
static gboolean
on_mechanism (GDBusAuthObserver *observer, const char *mechanism, gpointer user_data)
{
  return g_str_equal (mechanism, "EXTERNAL");
}

GbxControlPeer *
gbx_control_peer_new (GSocketConnection *socket, GDBusInterfaceSkeleton *skeleton)
{
  g_autoptr (GDBusAuthObserver) observer = NULL;
  g_autofree char *guid = NULL;
  GbxControlPeer *self;

  if (!is_of_this_account (socket))
    return NULL;
  observer = g_dbus_auth_observer_new ();
  guid = g_dbus_generate_guid ();
  self = g_object_new (GBX_TYPE_CONTROL_PEER, NULL);
  self->skeleton = g_object_ref (skeleton);
  g_signal_connect (observer, "allow-mechanism", G_CALLBACK (on_mechanism), NULL);
  be_patient (self);
  g_dbus_connection_new (G_IO_STREAM (socket), guid,
                         G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_SERVER |
                             G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_REQUIRE_SAME_USER |
                             G_DBUS_CONNECTION_FLAGS_DELAY_MESSAGE_PROCESSING,
                         observer, self->stop, handshake_cb, g_object_ref (self));
  return self;
}

gboolean
gbx_control_peer_is_known (GbxControlPeer *self)
{
  return self->connection != NULL;
}

void
gbx_control_peer_push (GbxControlPeer *self)
{
  if (self->closed || !self->connection || self->patience)
    return;
  be_patient (self);
  g_dbus_connection_flush (self->connection, self->stop, flush_cb, g_object_ref (self));
}

void
gbx_control_peer_close (GbxControlPeer *self)
{
  if (self->closed)
    return;
  self->closed = TRUE;
  g_clear_handle_id (&self->patience, g_source_remove);
  g_cancellable_cancel (self->stop);
  if (self->connection)
    {
      g_signal_handlers_disconnect_by_data (self->connection, self);
      if (g_dbus_interface_skeleton_has_connection (self->skeleton, self->connection))
        g_dbus_interface_skeleton_unexport_from_connection (self->skeleton, self->connection);
      g_dbus_connection_close (self->connection, NULL, NULL, NULL);
    }
  g_signal_emit (self, signals[SIGNAL_GONE], 0);
}
