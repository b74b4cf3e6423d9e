/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-vnc"
#include "config.h"

#include "gbx-vnc-display.h"

#include "gbx-error.h"

#include <glib/gi18n-lib.h>
#include <gtk-vnc.h>
#include <unistd.h>

/* A sandbox's screen over VNC, by gtk-vnc.  Each connection has a VncDisplay of its
 * own, since one that was closed keeps its last picture. */
struct _GbxVncDisplay
{
  GbxDisplay parent_instance;

  VncDisplay *vnc;           /* (unowned): our child */
  GCancellable *cancellable; /* of the descriptor's way here */
  gboolean keyboard_grabbed;
  gboolean pointer_grabbed;
};

G_DEFINE_FINAL_TYPE (GbxVncDisplay, gbx_vnc_display, GBX_TYPE_DISPLAY)

static void
fail (GbxVncDisplay *self, const char *message)
{
  gbx_display_report_error (GBX_DISPLAY (self),
                            g_error_new_literal (GBX_ERROR, GBX_ERROR_DISPLAY, message));
}

static void
on_initialized (GbxVncDisplay *self)
{
  gbx_display_report_connected (GBX_DISPLAY (self));
  gbx_display_report_size (GBX_DISPLAY (self), vnc_display_get_width (self->vnc),
                           vnc_display_get_height (self->vnc));
}

static void
on_desktop_resize (GbxVncDisplay *self, int width, int height)
{
  gbx_display_report_size (GBX_DISPLAY (self), width, height);
}

static void
on_framebuffer_update (GbxVncDisplay *self, int x, int y, int width, int height)
{
  gbx_display_report_frame (GBX_DISPLAY (self));
  gbx_display_report_update (GBX_DISPLAY (self), width, height);
}

static void
on_disconnected (GbxVncDisplay *self)
{
  gbx_display_report_closed (GBX_DISPLAY (self));
}

static void
on_error (GbxVncDisplay *self, const char *message)
{
  g_debug ("VNC: %s", message);
  fail (self, _ ("The VNC connection to the sandbox's display broke. Restart the sandbox."));
}

/* The descriptor comes from libvirt already authenticated. */
static void
on_credentials_wanted (GbxVncDisplay *self)
{
  fail (self, _ ("The sandbox's VNC display asks for a password, and none was set. "
                 "Restart the sandbox."));
}

static void
report_grab (GbxVncDisplay *self)
{
  gbx_display_report_grab (GBX_DISPLAY (self), self->keyboard_grabbed || self->pointer_grabbed);
}

static void
on_keyboard_grab (GbxVncDisplay *self)
{
  self->keyboard_grabbed = TRUE;
  report_grab (self);
}

static void
on_keyboard_ungrab (GbxVncDisplay *self)
{
  self->keyboard_grabbed = FALSE;
  report_grab (self);
}

static void
on_pointer_grab (GbxVncDisplay *self)
{
  self->pointer_grabbed = TRUE;
  report_grab (self);
}

static void
on_pointer_ungrab (GbxVncDisplay *self)
{
  self->pointer_grabbed = FALSE;
  report_grab (self);
}

static void
connect_signals (GbxVncDisplay *self)
{
  g_object_connect (self->vnc, "swapped-object-signal::vnc-initialized", on_initialized, self,
                    "swapped-object-signal::vnc-desktop-resize", on_desktop_resize, self,
                    "swapped-object-signal::vnc-disconnected", on_disconnected, self,
                    "swapped-object-signal::vnc-error", on_error, self,
                    "swapped-object-signal::vnc-auth-credential", on_credentials_wanted, self,
                    "swapped-object-signal::vnc-auth-failure", on_credentials_wanted, self,
                    "swapped-object-signal::vnc-auth-unsupported", on_credentials_wanted, self,
                    "swapped-object-signal::vnc-keyboard-grab", on_keyboard_grab, self,
                    "swapped-object-signal::vnc-keyboard-ungrab", on_keyboard_ungrab, self,
                    "swapped-object-signal::vnc-pointer-grab", on_pointer_grab, self,
                    "swapped-object-signal::vnc-pointer-ungrab", on_pointer_ungrab, self, NULL);
  g_object_connect (vnc_display_get_connection (self->vnc),
                    "swapped-object-signal::vnc-framebuffer-update", on_framebuffer_update, self,
                    NULL);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VncGrabSequence, vnc_grab_sequence_free)

static void
make_child (GbxVncDisplay *self)
{
  g_autoptr (VncGrabSequence) no_keys = vnc_grab_sequence_new (0, NULL);

  self->vnc = VNC_DISPLAY (vnc_display_new ());
  vnc_display_set_pointer_local (self->vnc, TRUE);
  vnc_display_set_pointer_grab (self->vnc, TRUE);
  vnc_display_set_keyboard_grab (self->vnc, gbx_display_get_grab_keyboard (GBX_DISPLAY (self)));
  vnc_display_set_scaling (self->vnc, TRUE);
  vnc_display_set_force_size (self->vnc, FALSE);
  /* Our own agent sets the guest's mode; two masters would quarrel over it. */
  vnc_display_set_allow_resize (self->vnc, FALSE);
  vnc_display_set_lossy_encoding (self->vnc, FALSE);
  /* The window has its own way out; gtk-vnc's would be one more key kept from the guest. */
  vnc_display_set_grab_keys (self->vnc, no_keys);
  connect_signals (self);
  gbx_display_set_child (GBX_DISPLAY (self), GTK_WIDGET (self->vnc));
  /* gtk-vnc draws to its window without asking whether there is one, and ours may be
   * on a page that is not shown yet. */
  if (gtk_widget_is_toplevel (gtk_widget_get_toplevel (GTK_WIDGET (self))))
    gtk_widget_realize (GTK_WIDGET (self->vnc));
}

static void
open_display_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GbxVncDisplay) self = data;
  g_autoptr (GError) error = NULL;
  int fd = gbx_sandbox_open_display_finish (GBX_SANDBOX (object), result, &error);

  if (fd < 0)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        gbx_display_report_error (GBX_DISPLAY (self), g_steal_pointer (&error));
    }
  else if (!self->vnc || gbx_display_get_state (GBX_DISPLAY (self)) != GBX_DISPLAY_CONNECTING)
    close (fd);
  else if (!vnc_display_open_fd (self->vnc, fd))
    fail (self, _ ("The VNC connection to the sandbox's display could not be used. "
                   "Restart the sandbox."));
}

static void
gbx_vnc_display_open (GbxDisplay *display, GbxSandbox *sandbox)
{
  GbxVncDisplay *self = GBX_VNC_DISPLAY (display);

  self->cancellable = g_cancellable_new ();
  make_child (self);
  gbx_sandbox_open_display_async (sandbox, self->cancellable, open_display_cb, g_object_ref (self));
}

static void
gbx_vnc_display_close (GbxDisplay *display)
{
  GbxVncDisplay *self = GBX_VNC_DISPLAY (display);
  VncDisplay *vnc = g_steal_pointer (&self->vnc);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->keyboard_grabbed = self->pointer_grabbed = FALSE;
  if (!vnc)
    return;
  g_signal_handlers_disconnect_by_data (vnc, self);
  g_signal_handlers_disconnect_by_data (vnc_display_get_connection (vnc), self);
  vnc_display_close (vnc);
  gbx_display_set_child (display, NULL);
}

static GdkPixbuf *
gbx_vnc_display_snapshot (GbxDisplay *display)
{
  GbxVncDisplay *self = GBX_VNC_DISPLAY (display);

  return self->vnc ? vnc_display_get_pixbuf (self->vnc) : NULL;
}

static void
gbx_vnc_display_send_keys (GbxDisplay *display, const guint *keyvals, guint n_keyvals)
{
  vnc_display_send_keys (GBX_VNC_DISPLAY (display)->vnc, keyvals, n_keyvals);
}

static void
gbx_vnc_display_release_grab (GbxDisplay *display)
{
  GbxVncDisplay *self = GBX_VNC_DISPLAY (display);

  if (!self->vnc)
    return;
  /* The forced release is of the pointer alone as long as the keyboard's grab is on. */
  vnc_display_set_keyboard_grab (self->vnc, FALSE);
  vnc_display_force_grab (self->vnc, FALSE);
  vnc_display_set_keyboard_grab (self->vnc, gbx_display_get_grab_keyboard (display));
}

static void
gbx_vnc_display_set_grab_keyboard (GbxDisplay *display, gboolean grab_keyboard)
{
  GbxVncDisplay *self = GBX_VNC_DISPLAY (display);

  if (!self->vnc)
    return;
  vnc_display_set_keyboard_grab (self->vnc, grab_keyboard);
  if (!grab_keyboard)
    vnc_display_force_grab (self->vnc, FALSE);
}

static void
gbx_vnc_display_class_init (GbxVncDisplayClass *klass)
{
  GbxDisplayClass *display_class = GBX_DISPLAY_CLASS (klass);

  display_class->open = gbx_vnc_display_open;
  display_class->close = gbx_vnc_display_close;
  display_class->snapshot = gbx_vnc_display_snapshot;
  display_class->send_keys = gbx_vnc_display_send_keys;
  display_class->release_grab = gbx_vnc_display_release_grab;
  display_class->set_grab_keyboard = gbx_vnc_display_set_grab_keyboard;
}

static void
gbx_vnc_display_init (GbxVncDisplay *self)
{
}
