/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-spice"
#include "config.h"

#include "gbx-spice-display.h"

#include "gbx-error.h"
#include "gbx-widgets-glue.h"

#include <glib/gi18n-lib.h>
#include <unistd.h>

/* A sandbox's screen over SPICE, by spice-gtk.  The server names the channels it
 * has; only the four that make a screen with keyboard and pointer, one of each, ever
 * get a descriptor.  The others (sound, USB, smart card, folders, ports) stay dead
 * objects, whatever the server says. */
struct _GbxSpiceDisplay
{
  GbxDisplay parent_instance;

  SpiceSession *session;     /* (nullable) */
  SpiceMainChannel *main;    /* (unowned) */
  SpiceDisplay *spice;       /* (unowned): our child */
  GbxSandbox *sandbox;       /* (nullable): while there is a session */
  GCancellable *cancellable; /* of the descriptors' way here */
  guint opened;              /* bit n: the channel of type n has its descriptor */
  gboolean keyboard_grabbed;
  gboolean mouse_grabbed;
};

G_DEFINE_FINAL_TYPE (GbxSpiceDisplay, gbx_spice_display, GBX_TYPE_DISPLAY)

/* ----------------------------------------------------------- channels -- */

static void
fail (GbxSpiceDisplay *self, const char *message)
{
  gbx_display_report_error (GBX_DISPLAY (self),
                            g_error_new_literal (GBX_ERROR, GBX_ERROR_DISPLAY, message));
}

static gboolean
is_channel_allowed (SpiceChannel *channel)
{
  int type = -1, id = -1;

  g_object_get (channel, "channel-type", &type, "channel-id", &id, NULL);
  return id == 0
         && (type == SPICE_CHANNEL_MAIN || type == SPICE_CHANNEL_DISPLAY
             || type == SPICE_CHANNEL_INPUTS || type == SPICE_CHANNEL_CURSOR);
}

typedef struct
{
  GbxSpiceDisplay *self;
  SpiceChannel *channel;
} OpenData;

static void
open_data_free (OpenData *data)
{
  g_object_unref (data->self);
  g_object_unref (data->channel);
  g_free (data);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OpenData, open_data_free)

static void
open_display_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (OpenData) data = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SpiceSession) session = NULL;
  int fd = gbx_sandbox_open_display_finish (GBX_SANDBOX (object), result, &error);

  if (fd < 0)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        gbx_display_report_error (GBX_DISPLAY (data->self), g_steal_pointer (&error));
      return;
    }
  g_object_get (data->channel, "spice-session", &session, NULL);
  if (!session || session != data->self->session)
    close (fd);
  else
    spice_channel_open_fd (data->channel, fd);
}

static void
on_open_fd (SpiceChannel *channel, gboolean with_tls, gpointer user_data)
{
  GbxSpiceDisplay *self = user_data;
  OpenData *data;
  int type = 0;

  g_object_get (channel, "channel-type", &type, NULL);
  if (!self->sandbox || (self->opened & (1u << type)) != 0)
    return;
  self->opened |= 1u << type;

  data = g_new0 (OpenData, 1);
  data->self = g_object_ref (self);
  data->channel = g_object_ref (channel);
  gbx_sandbox_open_display_async (self->sandbox, self->cancellable, open_display_cb, data);
}

static void
on_channel_event (SpiceChannel *channel, SpiceChannelEvent event, gpointer data)
{
  GbxSpiceDisplay *self = data;

  switch (event)
    {
    case SPICE_CHANNEL_OPENED:
      if (SPICE_IS_MAIN_CHANNEL (channel))
        gbx_display_report_connected (GBX_DISPLAY (self));
      break;
    case SPICE_CHANNEL_CLOSED:
      if (SPICE_IS_MAIN_CHANNEL (channel))
        gbx_display_report_closed (GBX_DISPLAY (self));
      break;
    case SPICE_CHANNEL_ERROR_AUTH:
      fail (self, _ ("The sandbox's SPICE display asks for a password, and none was set. "
                     "Restart the sandbox."));
      break;
    case SPICE_CHANNEL_ERROR_CONNECT:
    case SPICE_CHANNEL_ERROR_TLS:
    case SPICE_CHANNEL_ERROR_LINK:
    case SPICE_CHANNEL_ERROR_IO:
      fail (self, _ ("The SPICE connection to the sandbox's display broke. Restart the sandbox."));
      break;
    default:
      break;
    }
}

static void
on_agent (GbxSpiceDisplay *self)
{
  gboolean connected = FALSE;

  g_object_get (self->main, "agent-connected", &connected, NULL);
  gbx_display_report_capabilities (GBX_DISPLAY (self), connected ? GBX_DISPLAY_HAS_AGENT : 0);
}

static void
on_primary_create (GbxSpiceDisplay *self, int format, int width, int height)
{
  gbx_display_report_size (GBX_DISPLAY (self), width, height);
}

static void
on_invalidate (GbxSpiceDisplay *self, int x, int y, int width, int height)
{
  gbx_display_report_update (GBX_DISPLAY (self), width, height);
}

static void make_child (GbxSpiceDisplay *self);

static void
on_channel_new (SpiceSession *session, SpiceChannel *channel, gpointer data)
{
  GbxSpiceDisplay *self = data;

  if (!is_channel_allowed (channel))
    {
      g_debug ("Refusing the channel %s", G_OBJECT_TYPE_NAME (channel));
      return;
    }
  g_object_connect (channel, "object-signal::open-fd", on_open_fd, self,
                    "object-signal::channel-event", on_channel_event, self, NULL);
  if (SPICE_IS_MAIN_CHANNEL (channel))
    {
      self->main = SPICE_MAIN_CHANNEL (channel);
      g_signal_connect_object (channel, "notify::agent-connected", G_CALLBACK (on_agent), self,
                               G_CONNECT_SWAPPED);
    }
  else if (SPICE_IS_DISPLAY_CHANNEL (channel) && !self->spice)
    {
      /* Our handlers come first: the widget, once made, connects the channel. */
      g_object_connect (channel, "swapped-object-signal::display-primary-create", on_primary_create,
                        self, "swapped-object-signal::display-invalidate", on_invalidate, self,
                        NULL);
      make_child (self);
    }
}

/* ------------------------------------------------------------- widget -- */

static void
on_ready (GbxSpiceDisplay *self)
{
  gboolean ready = FALSE;

  g_object_get (self->spice, "ready", &ready, NULL);
  if (ready)
    gbx_display_report_frame (GBX_DISPLAY (self));
}

static void
report_grab (GbxSpiceDisplay *self)
{
  gbx_display_report_grab (GBX_DISPLAY (self), self->keyboard_grabbed || self->mouse_grabbed);
}

static void
on_keyboard_grab (GbxSpiceDisplay *self, gboolean grabbed)
{
  self->keyboard_grabbed = grabbed;
  report_grab (self);
}

static void
on_mouse_grab (GbxSpiceDisplay *self, gboolean grabbed)
{
  self->mouse_grabbed = grabbed;
  report_grab (self);
}

static SpiceSession *
make_session (GbxSpiceDisplay *self)
{
  SpiceSession *session = spice_session_new ();
  SpiceGtkSession *gtk_session = spice_gtk_session_get (session);

  g_object_set (session, "enable-audio", FALSE, "enable-usbredir", FALSE, "enable-smartcard", FALSE,
                NULL);
  g_object_set (gtk_session, "auto-clipboard", FALSE, "auto-usbredir", FALSE, NULL);
  g_signal_connect_object (session, "channel-new", G_CALLBACK (on_channel_new), self, 0);
  return session;
}

static void
make_child (GbxSpiceDisplay *self)
{
  self->spice = spice_display_new (self->session, 0);
  g_object_set (self->spice, "scaling", TRUE, "resize-guest", FALSE, "grab-mouse", TRUE,
                "grab-keyboard", gbx_display_get_grab_keyboard (GBX_DISPLAY (self)), NULL);
  /* spice-gtk would send a file dropped here to the guest's agent. */
  gtk_drag_dest_unset (GTK_WIDGET (self->spice));
  g_object_connect (self->spice, "swapped-object-signal::notify::ready", on_ready, self,
                    "swapped-object-signal::keyboard-grab", on_keyboard_grab, self,
                    "swapped-object-signal::mouse-grab", on_mouse_grab, self, NULL);
  gbx_display_set_child (GBX_DISPLAY (self), GTK_WIDGET (self->spice));
}

/* ------------------------------------------------------------- vfuncs -- */

static void
gbx_spice_display_open (GbxDisplay *display, GbxSandbox *sandbox)
{
  GbxSpiceDisplay *self = GBX_SPICE_DISPLAY (display);

  self->sandbox = g_object_ref (sandbox);
  self->cancellable = g_cancellable_new ();
  self->opened = 0;
  self->session = make_session (self);
  /* No descriptor yet: each channel asks for its own. */
  spice_session_open_fd (self->session, -1);
}

static void
gbx_spice_display_close (GbxDisplay *display)
{
  GbxSpiceDisplay *self = GBX_SPICE_DISPLAY (display);
  g_autoptr (SpiceSession) session = g_steal_pointer (&self->session);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->sandbox);
  self->main = NULL;
  self->keyboard_grabbed = self->mouse_grabbed = FALSE;
  if (!session)
    return;
  if (self->spice)
    g_signal_handlers_disconnect_by_data (self->spice, self);
  self->spice = NULL;
  gbx_display_set_child (display, NULL);
  g_signal_handlers_disconnect_by_data (session, self);
  spice_session_disconnect (session);
}

static GdkPixbuf *
gbx_spice_display_snapshot (GbxDisplay *display)
{
  GbxSpiceDisplay *self = GBX_SPICE_DISPLAY (display);

  return self->spice ? spice_display_get_pixbuf (self->spice) : NULL;
}

static void
gbx_spice_display_send_keys (GbxDisplay *display, const guint *keyvals, guint n_keyvals)
{
  spice_display_send_keys (GBX_SPICE_DISPLAY (display)->spice, keyvals, (int)n_keyvals,
                           SPICE_DISPLAY_KEY_EVENT_CLICK);
}

static void
gbx_spice_display_release_grab (GbxDisplay *display)
{
  GbxSpiceDisplay *self = GBX_SPICE_DISPLAY (display);

  if (!self->spice)
    return;
  spice_display_mouse_ungrab (self->spice);
  spice_display_keyboard_ungrab (self->spice);
}

static void
gbx_spice_display_set_grab_keyboard (GbxDisplay *display, gboolean grab_keyboard)
{
  GbxSpiceDisplay *self = GBX_SPICE_DISPLAY (display);

  if (self->spice)
    g_object_set (self->spice, "grab-keyboard", grab_keyboard, NULL);
}

static gboolean
gbx_spice_display_resize_guest (GbxDisplay *display, guint width, guint height)
{
  GbxSpiceDisplay *self = GBX_SPICE_DISPLAY (display);

  if (!self->main || !(gbx_display_get_capabilities (display) & GBX_DISPLAY_HAS_AGENT))
    return FALSE;
  spice_main_channel_update_display (self->main, 0, 0, 0, (int)width, (int)height, TRUE);
  return TRUE;
}

static void
gbx_spice_display_class_init (GbxSpiceDisplayClass *klass)
{
  GbxDisplayClass *display_class = GBX_DISPLAY_CLASS (klass);

  display_class->open = gbx_spice_display_open;
  display_class->close = gbx_spice_display_close;
  display_class->snapshot = gbx_spice_display_snapshot;
  display_class->send_keys = gbx_spice_display_send_keys;
  display_class->release_grab = gbx_spice_display_release_grab;
  display_class->set_grab_keyboard = gbx_spice_display_set_grab_keyboard;
  display_class->resize_guest = gbx_spice_display_resize_guest;
}

static void
gbx_spice_display_init (GbxSpiceDisplay *self)
{
}
