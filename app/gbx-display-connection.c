/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-display-connection"
#include "config.h"

#include "gbx-display-connection.h"

/* The display of a domain that ends goes a moment before the end is known. */
#define LOST_SECONDS 3

#define RETRY_MS 200
#define RETRIES_MAX 5

struct _GbxDisplayConnection
{
  GObject parent_instance;

  GbxDisplay *display;
  GbxSandbox *sandbox; /* (nullable) */
  gboolean lost, showing;
  guint lost_source; /* the connection has gone, perhaps for a moment */
  guint retry_source;
  guint n_retries;
  gboolean was_ready; /* of this sandbox */
};

enum
{
  PROP_LOST = 1,
  PROP_SHOWING,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

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
set_showing (GbxDisplayConnection *self, gboolean showing)
{
  if (showing == self->showing)
    return;
  self->showing = showing;
  /* When the last window goes, its last picture stays until a page covers it. */
  gbx_display_set_frozen (self->display, !showing);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SHOWING]);
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
  if (!self->sandbox)
    return;
  /* A screen that has gone for a moment stays as it was. */
  if (!gbx_sandbox_get_has_window (self->sandbox))
    set_showing (self, FALSE);
  else if (display == GBX_DISPLAY_READY
           && gbx_sandbox_get_state (self->sandbox) >= GBX_SANDBOX_RUNNING)
    set_showing (self, TRUE);
}

static gboolean
on_retry (gpointer data)
{
  GbxDisplayConnection *self = data;

  self->retry_source = 0;
  if (has_display (self->sandbox))
    gbx_display_connect (self->display, self->sandbox);
  return G_SOURCE_REMOVE;
}

/* The X server of a container turns away a viewer that connects in the moment when the screen gets
 * another size: it does not know yet whether the viewer can follow. */
static gboolean
tries_again (GbxDisplayConnection *self, GbxDisplayState state)
{
  return state == GBX_DISPLAY_FAILED && !self->was_ready && self->n_retries < RETRIES_MAX
         && has_display (self->sandbox)
         && gbx_sandbox_get_accelerator (self->sandbox) == GBX_ACCELERATOR_NONE;
}

static void
on_display_state (GbxDisplayConnection *self)
{
  GbxDisplayState state = gbx_display_get_state (self->display);
  gboolean gone = state == GBX_DISPLAY_FAILED || state == GBX_DISPLAY_DISCONNECTED;

  if (!self->sandbox)
    return;
  self->was_ready |= state == GBX_DISPLAY_READY;
  if (tries_again (self, state))
    {
      self->n_retries++;
      if (!self->retry_source)
        self->retry_source = g_timeout_add (RETRY_MS, on_retry, self);
      return;
    }
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
  GbxDisplayConnection *self = GBX_DISPLAY_CONNECTION (object);

  if (id == PROP_LOST)
    g_value_set_boolean (value, self->lost);
  else if (id == PROP_SHOWING)
    g_value_set_boolean (value, self->showing);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gbx_display_connection_dispose (GObject *object)
{
  GbxDisplayConnection *self = GBX_DISPLAY_CONNECTION (object);

  g_clear_handle_id (&self->lost_source, g_source_remove);
  g_clear_handle_id (&self->retry_source, g_source_remove);
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
  props[PROP_SHOWING] = g_param_spec_boolean ("showing", NULL, NULL, FALSE,
                                              G_PARAM_READABLE | G_PARAM_STATIC_STRINGS
                                                  | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
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
                    "swapped-object-signal::notify::has-window", update, self, NULL);
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
  g_clear_handle_id (&self->retry_source, g_source_remove);
  self->n_retries = 0;
  self->was_ready = FALSE;
  set_showing (self, FALSE);
  gbx_display_disconnect (self->display);
  set_lost (self, FALSE);
}

gboolean
gbx_display_connection_get_showing (GbxDisplayConnection *self)
{
  return self->showing;
}

gboolean
gbx_display_connection_get_lost (GbxDisplayConnection *self)
{
  return self->lost;
}
