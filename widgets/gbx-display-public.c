/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-display"
#include "config.h"

#include "gbx-display-core.h"

#include "gbx-spice-display.h"
#include "gbx-vnc-display.h"

/* The public functions of GbxDisplay. */

static void
on_sandbox_progress (GbxDisplay *self)
{
  gbx_display_queue_follow (self);
}

static void
forget_sandbox (GbxDisplay *self)
{
  GbxDisplayPrivate *priv = gbx_display_get_private (self);

  if (priv->sandbox)
    g_signal_handlers_disconnect_by_data (priv->sandbox, self);
  g_clear_object (&priv->sandbox);
}

GtkWidget *
gbx_display_new (GbxDisplayProtocol protocol)
{
  GType type = protocol == GBX_DISPLAY_PROTOCOL_VNC ? GBX_TYPE_VNC_DISPLAY : GBX_TYPE_SPICE_DISPLAY;

  return g_object_new (type, "visible", TRUE, NULL);
}

void
gbx_display_connect (GbxDisplay *self, GbxSandbox *sandbox)
{
  GbxDisplayPrivate *priv = gbx_display_get_private (self);

  g_return_if_fail (GBX_IS_DISPLAY (self) && GBX_IS_SANDBOX (sandbox));

  g_object_ref (sandbox);
  gbx_display_disconnect (self);
  priv->sandbox = sandbox;
  /* A request that came before the guest's agent ran went nowhere: ask again. */
  g_signal_connect_swapped (sandbox, "notify::state", G_CALLBACK (on_sandbox_progress), self);
  g_signal_connect_swapped (sandbox, "notify::drawn", G_CALLBACK (on_sandbox_progress), self);

  g_clear_error (&priv->error);
  gbx_display_set_state (self, GBX_DISPLAY_CONNECTING);
  GBX_DISPLAY_GET_CLASS (self)->open (self, sandbox);
}

void
gbx_display_disconnect (GbxDisplay *self)
{
  GbxDisplayPrivate *priv = gbx_display_get_private (self);

  g_return_if_fail (GBX_IS_DISPLAY (self));

  g_clear_handle_id (&priv->resize_source, g_source_remove);
  forget_sandbox (self);
  GBX_DISPLAY_GET_CLASS (self)->close (self);
  gbx_display_report_grab (self, FALSE);
  gbx_display_set_state (self, GBX_DISPLAY_DISCONNECTED);
}

GbxDisplayState
gbx_display_get_state (GbxDisplay *self)
{
  return gbx_display_get_private (self)->state;
}

const GError *
gbx_display_get_error (GbxDisplay *self)
{
  return gbx_display_get_private (self)->error;
}

void
gbx_display_get_desktop_size (GbxDisplay *self, guint *width, guint *height)
{
  GbxDisplayPrivate *priv = gbx_display_get_private (self);

  *width = priv->desktop_width;
  *height = priv->desktop_height;
}

GbxDisplayCapabilities
gbx_display_get_capabilities (GbxDisplay *self)
{
  return gbx_display_get_private (self)->capabilities;
}

gboolean
gbx_display_get_scaling (GbxDisplay *self)
{
  return gbx_display_get_private (self)->scaling;
}

void
gbx_display_set_scaling (GbxDisplay *self, gboolean scaling)
{
  GbxDisplayPrivate *priv = gbx_display_get_private (self);

  if (priv->scaling == !!scaling)
    return;
  priv->scaling = !!scaling;
  gtk_widget_queue_resize (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), gbx_display_props[GBX_DISPLAY_PROP_SCALING]);
}

gboolean
gbx_display_get_grab_keyboard (GbxDisplay *self)
{
  return gbx_display_get_private (self)->grab_keyboard;
}

void
gbx_display_set_grab_keyboard (GbxDisplay *self, gboolean grab_keyboard)
{
  GbxDisplayPrivate *priv = gbx_display_get_private (self);

  if (priv->grab_keyboard == !!grab_keyboard)
    return;
  priv->grab_keyboard = !!grab_keyboard;
  GBX_DISPLAY_GET_CLASS (self)->set_grab_keyboard (self, priv->grab_keyboard);
  g_object_notify_by_pspec (G_OBJECT (self), gbx_display_props[GBX_DISPLAY_PROP_GRAB_KEYBOARD]);
}

gboolean
gbx_display_get_grabbed (GbxDisplay *self)
{
  return gbx_display_get_private (self)->grabbed;
}

void
gbx_display_release_grab (GbxDisplay *self)
{
  GBX_DISPLAY_GET_CLASS (self)->release_grab (self);
}

void
gbx_display_send_keys (GbxDisplay *self, const guint *keyvals, guint n_keyvals)
{
  if (gbx_display_get_private (self)->state == GBX_DISPLAY_READY && n_keyvals > 0)
    GBX_DISPLAY_GET_CLASS (self)->send_keys (self, keyvals, n_keyvals);
}

void
gbx_display_screenshot_async (GbxDisplay *self, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data)
{
  GbxDisplayPrivate *priv = gbx_display_get_private (self);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, gbx_display_screenshot_async);
  if (priv->state == GBX_DISPLAY_READY)
    gbx_display_answer_screenshot (self, task);
  else if (priv->state == GBX_DISPLAY_FAILED)
    g_task_return_error (task, g_error_copy (priv->error));
  else
    priv->waiting = g_list_append (priv->waiting, g_steal_pointer (&task));
}

GdkPixbuf *
gbx_display_screenshot_finish (GbxDisplay *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
