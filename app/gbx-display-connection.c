/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-display-connection"
#include "config.h"

#include "gbx-display-connection.h"

/* The display of a domain that ends goes a moment before the end is known. */
#define LOST_SECONDS 3
/* An application that opens no window is shown as the empty screen that it is. */
#define BLANK_SECONDS 15

struct _GbxDisplayConnection
{
  GObject parent_instance;

  GbxDisplay *display;
  GbxSandbox *sandbox; /* (nullable) */
  gboolean lost;
  guint lost_source;  /* the connection has gone, perhaps for a moment */
  guint blank_source; /* there is a connection, but the application draws nothing */
};

enum
{
  PROP_LOST = 1,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

enum
{
  READY,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GbxDisplayConnection, gbx_display_connection, G_TYPE_OBJECT)

static void
set_lost (GbxDisplayConnection *self, gboolean lost)
{
  g_clear_handle_id (&self->lost_source, g_source_remove);
  if (lost == self->lost)
    return;
  self->lost = lost;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_LOST]);
}

static gboolean
on_lost (gpointer data)
{
  GbxDisplayConnection *self = data;

  self->lost_source = 0;
  set_lost (self, TRUE);
  return G_SOURCE_REMOVE;
}

static void
make_ready (GbxDisplayConnection *self)
{
  g_clear_handle_id (&self->blank_source, g_source_remove);
  g_signal_emit (self, signals[READY], 0);
}

static gboolean
on_blank (gpointer data)
{
  GbxDisplayConnection *self = data;

  self->blank_source = 0;
  if (gbx_sandbox_get_state (self->sandbox) == GBX_SANDBOX_RUNNING)
    make_ready (self);
  return G_SOURCE_REMOVE;
}

static gboolean
has_display (GbxSandbox *sandbox)
{
  GbxSandboxState state = sandbox ? gbx_sandbox_get_state (sandbox) : GBX_SANDBOX_ENDED;

  return state >= GBX_SANDBOX_STARTING && state < GBX_SANDBOX_STOPPING;
}

static void
update (GbxDisplayConnection *self)
{
  GbxDisplayState display = gbx_display_get_state (self->display);

  if (has_display (self->sandbox) && display == GBX_DISPLAY_DISCONNECTED && !self->lost_source)
    {
      gbx_display_connect (self->display, self->sandbox);
      return;
    }
  if (display != GBX_DISPLAY_READY || !self->sandbox
      || gbx_sandbox_get_state (self->sandbox) != GBX_SANDBOX_RUNNING)
    return;
  if (gbx_sandbox_get_drawn (self->sandbox))
    make_ready (self);
  else if (!self->blank_source)
    self->blank_source = g_timeout_add_seconds (BLANK_SECONDS, on_blank, self);
}

static void
on_display_state (GbxDisplayConnection *self)
{
  GbxDisplayState state = gbx_display_get_state (self->display);
  gboolean gone = state == GBX_DISPLAY_FAILED || state == GBX_DISPLAY_DISCONNECTED;

  if (!self->sandbox)
    return;
  if (gone && !self->lost_source)
    self->lost_source = g_timeout_add_seconds (LOST_SECONDS, on_lost, self);
  else if (!gone)
    {
      set_lost (self, FALSE);
      update (self);
    }
}

/* -------------------------------------------------------------- object -- */

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_LOST)
    g_value_set_boolean (value, GBX_DISPLAY_CONNECTION (object)->lost);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gbx_display_connection_dispose (GObject *object)
{
  GbxDisplayConnection *self = GBX_DISPLAY_CONNECTION (object);

  g_clear_handle_id (&self->lost_source, g_source_remove);
  g_clear_handle_id (&self->blank_source, g_source_remove);
  g_clear_object (&self->sandbox);
  g_clear_object (&self->display);
  G_OBJECT_CLASS (gbx_display_connection_parent_class)->dispose (object);
}

static void
gbx_display_connection_class_init (GbxDisplayConnectionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = get_property;
  object_class->dispose = gbx_display_connection_dispose;
  props[PROP_LOST] = g_param_spec_boolean ("lost", NULL, NULL, FALSE,
                                           G_PARAM_READABLE | G_PARAM_STATIC_STRINGS
                                               | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[READY] = g_signal_new ("ready", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
gbx_display_connection_init (GbxDisplayConnection *self)
{
}

GbxDisplayConnection *
gbx_display_connection_new (GbxDisplay *display)
{
  GbxDisplayConnection *self = g_object_new (GBX_TYPE_DISPLAY_CONNECTION, NULL);

  self->display = g_object_ref (display);
  g_signal_connect_object (display, "notify::state", G_CALLBACK (on_display_state), self,
                           G_CONNECT_SWAPPED);
  return self;
}

void
gbx_display_connection_set_sandbox (GbxDisplayConnection *self, GbxSandbox *sandbox)
{
  gbx_display_connection_close (self);
  if (self->sandbox)
    g_signal_handlers_disconnect_by_data (self->sandbox, self);
  g_set_object (&self->sandbox, sandbox);
  g_object_connect (sandbox, "swapped-object-signal::notify::state", update, self,
                    "swapped-object-signal::notify::drawn", update, self, NULL);
}

void
gbx_display_connection_reconnect (GbxDisplayConnection *self)
{
  if (self->lost && has_display (self->sandbox))
    gbx_display_connect (self->display, self->sandbox);
}

void
gbx_display_connection_close (GbxDisplayConnection *self)
{
  gbx_display_disconnect (self->display);
  g_clear_handle_id (&self->blank_source, g_source_remove);
  set_lost (self, FALSE);
}

gboolean
gbx_display_connection_get_lost (GbxDisplayConnection *self)
{
  return self->lost;
}
