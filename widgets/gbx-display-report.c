/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-display"
#include "config.h"

#include "gbx-display-core.h"

#include "gbx-display-geometry.h"
#include "gbx-error.h"

#include <glib/gi18n-lib.h>

/* The half of GbxDisplay that faces the protocols: what they report, the state that
 * comes of it, and the guest's screen following the window. */

/* The guest takes a moment to change its mode, and a window being resized passes
 * through dozens of sizes. */
#define RESIZE_DELAY_MS 250

/* -------------------------------------------------------- screenshots -- */

void
gbx_display_answer_screenshot (GbxDisplay *self, GTask *task)
{
  g_autoptr (GdkPixbuf) pixbuf = GBX_DISPLAY_GET_CLASS (self)->snapshot (self);

  if (pixbuf)
    g_task_return_pointer (task, g_steal_pointer (&pixbuf), g_object_unref);
  else
    g_task_return_new_error (task, GBX_ERROR, GBX_ERROR_DISPLAY,
                             _ ("The sandbox shows nothing that a screenshot could be made of."));
}

static void
answer_waiting (GbxDisplay *self)
{
  GbxDisplayPrivate *priv = gbx_display_get_private (self);
  GList *waiting = g_steal_pointer (&priv->waiting);

  for (GList *l = waiting; l; l = l->next)
    {
      if (g_task_return_error_if_cancelled (l->data))
        continue;
      if (priv->state == GBX_DISPLAY_READY)
        gbx_display_answer_screenshot (self, l->data);
      else if (priv->error)
        g_task_return_error (l->data, g_error_copy (priv->error));
      else
        g_task_return_new_error (l->data, GBX_ERROR, GBX_ERROR_DISPLAY,
                                 _ ("The sandbox's display closed before it showed anything."));
    }
  g_list_free_full (waiting, g_object_unref);
}

/* -------------------------------------------------------------- state -- */

void
gbx_display_set_state (GbxDisplay *self, GbxDisplayState state)
{
  GbxDisplayPrivate *priv = gbx_display_get_private (self);

  if (priv->state == state)
    return;
  priv->state = state;
  if (state != GBX_DISPLAY_CONNECTING && state != GBX_DISPLAY_CONNECTED)
    answer_waiting (self);
  g_object_notify_by_pspec (G_OBJECT (self), gbx_display_props[GBX_DISPLAY_PROP_STATE]);
}

static void
set_desktop_size (GbxDisplay *self, guint width, guint height)
{
  GbxDisplayPrivate *priv = gbx_display_get_private (self);

  if (priv->desktop_width == width && priv->desktop_height == height)
    return;
  priv->desktop_width = width;
  priv->desktop_height = height;
  gtk_widget_queue_resize (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), gbx_display_props[GBX_DISPLAY_PROP_DESKTOP_WIDTH]);
  g_object_notify_by_pspec (G_OBJECT (self), gbx_display_props[GBX_DISPLAY_PROP_DESKTOP_HEIGHT]);
}

/* ------------------------------------------------- the guest follows -- */

/* What the user can see of the widget: all of it, or where it scrolls less. */
static void
get_visible_size (GbxDisplay *self, int *width, int *height)
{
  GtkWidget *viewport = gtk_widget_get_ancestor (GTK_WIDGET (self), GTK_TYPE_VIEWPORT);
  GtkWidget *visible = viewport ? viewport : GTK_WIDGET (self);

  *width = gtk_widget_get_allocated_width (visible);
  *height = gtk_widget_get_allocated_height (visible);
}

static void
ask_guest_to_follow (GbxDisplay *self)
{
  GbxDisplayPrivate *priv = gbx_display_get_private (self);
  int width, height;

  if (!priv->sandbox || priv->state != GBX_DISPLAY_READY
      || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;

  get_visible_size (self, &width, &height);
  gbx_geometry_guest_size (width, height, gtk_widget_get_scale_factor (GTK_WIDGET (self)),
                           &priv->asked_width, &priv->asked_height);
  if (priv->asked_width == priv->desktop_width && priv->asked_height == priv->desktop_height)
    return;
  if (!GBX_DISPLAY_GET_CLASS (self)->resize_guest (self, priv->asked_width, priv->asked_height))
    gbx_sandbox_set_display_size (priv->sandbox, priv->asked_width, priv->asked_height);
}

static gboolean
on_resize_timeout (gpointer data)
{
  gbx_display_get_private (data)->resize_source = 0;
  ask_guest_to_follow (data);
  return G_SOURCE_REMOVE;
}

void
gbx_display_queue_follow (GbxDisplay *self)
{
  GbxDisplayPrivate *priv = gbx_display_get_private (self);

  g_clear_handle_id (&priv->resize_source, g_source_remove);
  priv->resize_source = g_timeout_add (RESIZE_DELAY_MS, on_resize_timeout, self);
}

void
gbx_display_queue_follow_if_resized (GbxDisplay *self)
{
  GbxDisplayPrivate *priv = gbx_display_get_private (self);
  guint guest_width, guest_height;
  int width, height;

  get_visible_size (self, &width, &height);
  gbx_geometry_guest_size (width, height, gtk_widget_get_scale_factor (GTK_WIDGET (self)),
                           &guest_width, &guest_height);
  /* The guest's own change of mode also ends up here, and must not be answered,
   * or host and guest could chase each other. */
  if (guest_width != priv->asked_width || guest_height != priv->asked_height)
    gbx_display_queue_follow (self);
}

/* ---------------------------------------- for the protocols to report -- */

void
gbx_display_report_connected (GbxDisplay *self)
{
  if (gbx_display_get_private (self)->state == GBX_DISPLAY_CONNECTING)
    gbx_display_set_state (self, GBX_DISPLAY_CONNECTED);
}

gboolean
gbx_display_report_size (GbxDisplay *self, int width, int height)
{
  if (gbx_geometry_is_acceptable (width, height))
    {
      set_desktop_size (self, width, height);
      return TRUE;
    }
  gbx_display_report_error (
      self, g_error_new (GBX_ERROR, GBX_ERROR_PROTOCOL,
                         _ ("The sandbox claims a screen of %d×%d pixels, and more than %d×%d is "
                            "refused; its display was cut off. Restart the sandbox."),
                         width, height, GBX_DISPLAY_MAX, GBX_DISPLAY_MAX));
  return FALSE;
}

void
gbx_display_report_frame (GbxDisplay *self)
{
  GbxDisplayPrivate *priv = gbx_display_get_private (self);

  if (priv->state != GBX_DISPLAY_CONNECTING && priv->state != GBX_DISPLAY_CONNECTED)
    return;
  gbx_display_set_state (self, GBX_DISPLAY_READY);
  gbx_display_queue_follow (self);
}

void
gbx_display_report_update (GbxDisplay *self, int width, int height)
{
  guint pixels = CLAMP (width, 0, GBX_DISPLAY_MAX) * CLAMP (height, 0, GBX_DISPLAY_MAX);

  g_signal_emit (self, gbx_display_updated_signal, 0, pixels);
}

void
gbx_display_report_closed (GbxDisplay *self)
{
  if (gbx_display_get_private (self)->state != GBX_DISPLAY_FAILED)
    gbx_display_set_state (self, GBX_DISPLAY_DISCONNECTED);
}

void
gbx_display_report_error (GbxDisplay *self, GError *error)
{
  GbxDisplayPrivate *priv = gbx_display_get_private (self);

  /* The first failure is the cause; what follows is its echo. */
  if (priv->state == GBX_DISPLAY_FAILED || priv->state == GBX_DISPLAY_DISCONNECTED)
    {
      g_error_free (error);
      return;
    }
  g_clear_error (&priv->error);
  priv->error = error;
  gbx_display_set_state (self, GBX_DISPLAY_FAILED);
  GBX_DISPLAY_GET_CLASS (self)->close (self);
}

void
gbx_display_report_grab (GbxDisplay *self, gboolean grabbed)
{
  GbxDisplayPrivate *priv = gbx_display_get_private (self);

  if (priv->grabbed == grabbed)
    return;
  priv->grabbed = grabbed;
  g_object_notify_by_pspec (G_OBJECT (self), gbx_display_props[GBX_DISPLAY_PROP_GRABBED]);
}

void
gbx_display_report_capabilities (GbxDisplay *self, GbxDisplayCapabilities capabilities)
{
  GbxDisplayPrivate *priv = gbx_display_get_private (self);

  if (priv->capabilities == capabilities)
    return;
  priv->capabilities = capabilities;
  g_object_notify_by_pspec (G_OBJECT (self), gbx_display_props[GBX_DISPLAY_PROP_CAPABILITIES]);
  gbx_display_queue_follow (self);
}

static gboolean
unref_later_cb (gpointer object)
{
  g_object_unref (object);
  return G_SOURCE_REMOVE;
}

void
gbx_display_set_child (GbxDisplay *self, GtkWidget *child)
{
  GtkWidget *old = gtk_bin_get_child (GTK_BIN (self));

  if (old == child)
    return;
  if (old)
    {
      /* It may be in the middle of the very callback that told of its failure. */
      g_idle_add (unref_later_cb, g_object_ref (old));
      gtk_container_remove (GTK_CONTAINER (self), old);
    }
  if (!child)
    return;
  /* The protocols' own widgets have no name for assistive programs. */
  atk_object_set_name (gtk_widget_get_accessible (child), _ ("Screen of the sandbox"));
  gtk_container_add (GTK_CONTAINER (self), child);
  gtk_widget_show (child);
}
