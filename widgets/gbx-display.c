/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-display"
#include "config.h"

#include "gbx-display-core.h"

#include "gbx-display-geometry.h"

/* GbxDisplay as a widget.  The child is always scaled to its allocation by its protocol's
 * library; this class alone decides where and how large it is. */

#define LEAST_WIDTH 160
#define LEAST_HEIGHT 120

GParamSpec *gbx_display_props[GBX_DISPLAY_N_PROPS];
guint gbx_display_updated_signal;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (GbxDisplay, gbx_display, GTK_TYPE_BIN)

GbxDisplayPrivate *
gbx_display_get_private (GbxDisplay *self)
{
  return gbx_display_get_instance_private (self);
}

static void
on_scale_factor (GbxDisplay *self)
{
  gtk_widget_queue_resize (GTK_WIDGET (self));
  gbx_display_queue_follow (self);
}

/* ------------------------------------------------------------- vfuncs -- */

static void
gbx_display_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GbxDisplayPrivate *priv = gbx_display_get_private (GBX_DISPLAY (object));

  switch (id)
    {
    case GBX_DISPLAY_PROP_STATE:
      g_value_set_int (value, priv->state);
      break;
    case GBX_DISPLAY_PROP_DESKTOP_WIDTH:
      g_value_set_uint (value, priv->desktop_width);
      break;
    case GBX_DISPLAY_PROP_DESKTOP_HEIGHT:
      g_value_set_uint (value, priv->desktop_height);
      break;
    case GBX_DISPLAY_PROP_CAPABILITIES:
      g_value_set_uint (value, priv->capabilities);
      break;
    case GBX_DISPLAY_PROP_GRABBED:
      g_value_set_boolean (value, priv->grabbed);
      break;
    case GBX_DISPLAY_PROP_GRAB_KEYBOARD:
      g_value_set_boolean (value, priv->grab_keyboard);
      break;
    case GBX_DISPLAY_PROP_SCALING:
      g_value_set_boolean (value, priv->scaling);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
gbx_display_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GbxDisplay *self = GBX_DISPLAY (object);

  switch (id)
    {
    case GBX_DISPLAY_PROP_GRAB_KEYBOARD:
      gbx_display_set_grab_keyboard (self, g_value_get_boolean (value));
      break;
    case GBX_DISPLAY_PROP_SCALING:
      gbx_display_set_scaling (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
get_request (GbxDisplay *self, int *width, int *height)
{
  GbxDisplayPrivate *priv = gbx_display_get_private (self);

  gbx_geometry_natural_size (priv->desktop_width, priv->desktop_height,
                             gtk_widget_get_scale_factor (GTK_WIDGET (self)), width, height);
  *width = MAX (*width, LEAST_WIDTH);
  *height = MAX (*height, LEAST_HEIGHT);
}

/* The protocols' widgets ask for 640×480 or for the guest's whole screen: their
 * requests are not passed on. */
static void
gbx_display_get_preferred_width (GtkWidget *widget, int *minimum, int *natural)
{
  GbxDisplay *self = GBX_DISPLAY (widget);
  int height;

  get_request (self, natural, &height);
  *minimum = gbx_display_get_private (self)->scaling ? LEAST_WIDTH : *natural;
}

static void
gbx_display_get_preferred_height (GtkWidget *widget, int *minimum, int *natural)
{
  GbxDisplay *self = GBX_DISPLAY (widget);
  int width;

  get_request (self, &width, natural);
  *minimum = gbx_display_get_private (self)->scaling ? LEAST_HEIGHT : *natural;
}

static void
gbx_display_size_allocate (GtkWidget *widget, GtkAllocation *allocation)
{
  GbxDisplay *self = GBX_DISPLAY (widget);
  GbxDisplayPrivate *priv = gbx_display_get_private (self);
  GtkWidget *child = gtk_bin_get_child (GTK_BIN (self));
  GdkRectangle place;
  GtkRequisition ignored;

  gtk_widget_set_allocation (widget, allocation);
  gbx_geometry_place (allocation, gtk_widget_get_scale_factor (widget), priv->desktop_width,
                      priv->desktop_height, priv->scaling, &place);
  if (child && gtk_widget_get_visible (child))
    {
      /* GTK complains about a child that was never asked for its size. */
      gtk_widget_get_preferred_size (child, &ignored, NULL);
      gtk_widget_size_allocate (child, &place);
    }
  gbx_display_queue_follow_if_resized (self);
}

static gboolean
gbx_display_draw (GtkWidget *widget, cairo_t *cr)
{
  GtkStyleContext *style = gtk_widget_get_style_context (widget);

  gtk_render_background (style, cr, 0, 0, gtk_widget_get_allocated_width (widget),
                         gtk_widget_get_allocated_height (widget));
  return GTK_WIDGET_CLASS (gbx_display_parent_class)->draw (widget, cr);
}

static void
gbx_display_grab_focus (GtkWidget *widget)
{
  GtkWidget *child = gtk_bin_get_child (GTK_BIN (widget));

  if (child)
    gtk_widget_grab_focus (child);
}

static void
gbx_display_dispose (GObject *object)
{
  gbx_display_disconnect (GBX_DISPLAY (object));
  G_OBJECT_CLASS (gbx_display_parent_class)->dispose (object);
}

static void
gbx_display_finalize (GObject *object)
{
  GbxDisplayPrivate *priv = gbx_display_get_private (GBX_DISPLAY (object));

  g_clear_error (&priv->error);
  G_OBJECT_CLASS (gbx_display_parent_class)->finalize (object);
}

static gboolean
resize_guest_by_sandbox (GbxDisplay *self, guint width, guint height)
{
  return FALSE;
}

static void
install_properties (GObjectClass *object_class)
{
  GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  GParamFlags writable = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  gbx_display_props[GBX_DISPLAY_PROP_STATE] = g_param_spec_int (
      "state", NULL, NULL, 0, GBX_DISPLAY_FAILED, GBX_DISPLAY_DISCONNECTED, readable);
  gbx_display_props[GBX_DISPLAY_PROP_DESKTOP_WIDTH]
      = g_param_spec_uint ("desktop-width", NULL, NULL, 0, GBX_DISPLAY_MAX, 0, readable);
  gbx_display_props[GBX_DISPLAY_PROP_DESKTOP_HEIGHT]
      = g_param_spec_uint ("desktop-height", NULL, NULL, 0, GBX_DISPLAY_MAX, 0, readable);
  gbx_display_props[GBX_DISPLAY_PROP_CAPABILITIES]
      = g_param_spec_uint ("capabilities", NULL, NULL, 0, G_MAXUINT, 0, readable);
  gbx_display_props[GBX_DISPLAY_PROP_GRABBED]
      = g_param_spec_boolean ("grabbed", NULL, NULL, FALSE, readable);
  gbx_display_props[GBX_DISPLAY_PROP_GRAB_KEYBOARD]
      = g_param_spec_boolean ("grab-keyboard", NULL, NULL, FALSE, writable);
  gbx_display_props[GBX_DISPLAY_PROP_SCALING]
      = g_param_spec_boolean ("scaling", NULL, NULL, TRUE, writable);
  g_object_class_install_properties (object_class, GBX_DISPLAY_N_PROPS, gbx_display_props);
}

static void
gbx_display_class_init (GbxDisplayClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = gbx_display_get_property;
  object_class->set_property = gbx_display_set_property;
  object_class->dispose = gbx_display_dispose;
  object_class->finalize = gbx_display_finalize;
  widget_class->get_preferred_width = gbx_display_get_preferred_width;
  widget_class->get_preferred_height = gbx_display_get_preferred_height;
  widget_class->size_allocate = gbx_display_size_allocate;
  widget_class->draw = gbx_display_draw;
  widget_class->grab_focus = gbx_display_grab_focus;
  klass->resize_guest = resize_guest_by_sandbox;

  install_properties (object_class);
  gbx_display_updated_signal
      = g_signal_new ("updated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                      G_TYPE_NONE, 1, G_TYPE_UINT);
  gtk_widget_class_set_css_name (widget_class, "gbx-display");
}

static void
gbx_display_init (GbxDisplay *self)
{
  GbxDisplayPrivate *priv = gbx_display_get_private (self);

  priv->scaling = TRUE;
  g_signal_connect (self, "notify::scale-factor", G_CALLBACK (on_scale_factor), NULL);
}
