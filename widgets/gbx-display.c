/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-display"
#include "config.h"

#include "gbx-display.h"

#include "gbx-display-events.h"
#include "gbx-display-follow.h"
#include "gbx-display-geometry.h"
#include "gbx-display-paint.h"
#include "gbx-display-screen.h"

#include <glib/gi18n-lib.h>

#define LEAST_WIDTH 160
#define LEAST_HEIGHT 120
/* A widget that is not drawn because it is not visible still lets the guest continue. */
#define UNSEEN_TURN_MS 100

struct _GbxDisplay
{
  GtkDrawingArea parent_instance;

  GbxDisplayScreen *screen;
  GbxDisplayEvents *events;
  GbxDisplayFollow *follow;
  GbxSandbox *followed; /* (nullable): with our handlers */
  gboolean owes_turn;   /* to the decoding program, once its drawing is visible */
  guint turn_source;
  gboolean scaling;
  gboolean follows;
  guint zoom; /* in percent */
  GbxDisplayProtocol protocol;
  GdkCursor *cursor; /* (nullable): the guest's, shown or not */
};

enum
{
  PROP_STATE = 1,
  PROP_WEAKNESS,
  PROP_DESKTOP_WIDTH,
  PROP_DESKTOP_HEIGHT,
  PROP_GRABBED,
  PROP_GRAB_KEYBOARD,
  PROP_CAPTURE_POINTER,
  PROP_SCALING,
  PROP_FOLLOWS,
  PROP_ZOOM,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

static guint updated_signal;

G_DEFINE_FINAL_TYPE (GbxDisplay, gbx_display, GTK_TYPE_DRAWING_AREA)

/* ------------------------------------------------------------- drawing -- */

static void
get_layout (GbxDisplay *self, GbxDisplayLayout *layout)
{
  guint width, height;

  gbx_display_screen_get_size (self->screen, &width, &height);
  gbx_display_layout_make (layout, GTK_WIDGET (self), width, height, self->scaling,
                           self->zoom);
}

static void
update_place (GbxDisplay *self)
{
  GbxDisplayLayout layout;
  guint width, height;

  get_layout (self, &layout);
  gbx_display_screen_get_size (self->screen, &width, &height);
  gbx_display_events_set_place (self->events, &layout.place, width, height);
}

static void
give_turn (GbxDisplay *self)
{
  GbxDisplayClient *client = gbx_display_screen_get_client (self->screen);

  g_clear_handle_id (&self->turn_source, g_source_remove);
  if (self->owes_turn && client)
    gbx_display_client_give_turn (client);
  self->owes_turn = FALSE;
}

static gboolean
on_unseen_turn (gpointer data)
{
  GbxDisplay *self = data;

  self->turn_source = 0;
  give_turn (self);
  return G_SOURCE_REMOVE;
}

static gboolean
gbx_display_draw (GtkWidget *widget, cairo_t *cr)
{
  GbxDisplay *self = GBX_DISPLAY (widget);
  cairo_surface_t *surface = gbx_display_screen_get_surface (self->screen);
  GbxDisplayLayout layout;

  gtk_render_background (gtk_widget_get_style_context (widget), cr, 0, 0,
                         gtk_widget_get_allocated_width (widget),
                         gtk_widget_get_allocated_height (widget));
  get_layout (self, &layout);
  if (surface)
    gbx_display_layout_paint (&layout, cr, surface);
  give_turn (self);
  return GDK_EVENT_PROPAGATE;
}

/* ---------------------------------------------------------- the screen -- */

static void
on_damaged (GbxDisplay *self, const GdkRectangle *part)
{
  GbxDisplayLayout layout;
  GdkRectangle area;

  get_layout (self, &layout);
  gbx_display_layout_convert (&layout, part, &area);
  gtk_widget_queue_draw_area (GTK_WIDGET (self), area.x, area.y, area.width, area.height);
  g_signal_emit (self, updated_signal, 0, (guint)(part->width * part->height));
}

static void
on_turn_done (GbxDisplay *self, gboolean damaged)
{
  if (!damaged)
    return;
  self->owes_turn = TRUE;
  if (!self->turn_source)
    self->turn_source = g_timeout_add (UNSEEN_TURN_MS, on_unseen_turn, self);
}

/* Over VNC only the guest can tell that the pointer is hidden. */
static gboolean
is_cursor_hidden (GbxDisplay *self)
{
  return self->protocol == GBX_DISPLAY_PROTOCOL_VNC && self->followed
         && gbx_sandbox_get_pointer_hidden (self->followed);
}

static void
show_cursor (GbxDisplay *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GdkWindow *window = gtk_widget_get_window (widget);
  g_autoptr (GdkCursor) blank = NULL;

  if (!window)
    return;
  if (is_cursor_hidden (self))
    blank = gbx_display_make_cursor (widget, GBX_CURSOR_HIDDEN, NULL, 0, 0);
  gdk_window_set_cursor (window, blank ? blank : self->cursor);
}

static void
set_cursor (GbxDisplay *self, GdkCursor *cursor)
{
  g_set_object (&self->cursor, cursor);
  show_cursor (self);
}

static void
on_cursor (GbxDisplay *self, guint kind, GdkPixbuf *shape, int hot_x, int hot_y)
{
  g_autoptr (GdkCursor) cursor
      = gbx_display_make_cursor (GTK_WIDGET (self), kind, shape, hot_x, hot_y);

  set_cursor (self, cursor);
}

static void
on_begun (GbxDisplay *self)
{
  self->owes_turn = FALSE;
  g_clear_handle_id (&self->turn_source, g_source_remove);
  gbx_display_events_set_client (self->events, gbx_display_screen_get_client (self->screen),
                                 gbx_display_screen_get_sandbox (self->screen));
  set_cursor (self, NULL);
}

static void
on_state (GbxDisplay *self)
{
  GbxDisplayState state = gbx_display_screen_get_state (self->screen);

  gbx_display_events_set_ready (self->events, state == GBX_DISPLAY_READY);
  if (state == GBX_DISPLAY_READY)
    gbx_display_follow_queue (self->follow);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

static void
on_size (GbxDisplay *self)
{
  update_place (self);
  gtk_widget_queue_resize (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_DESKTOP_WIDTH]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_DESKTOP_HEIGHT]);
}

static void
on_weakness (GbxDisplay *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_WEAKNESS]);
}

static void
on_scale_factor (GbxDisplay *self)
{
  gtk_widget_queue_resize (GTK_WIDGET (self));
  gbx_display_follow_queue (self->follow);
}

/* ------------------------------------------------------ the guest follows -- */

static void
ask_guest (guint width, guint height, gpointer data)
{
  GbxDisplay *self = data;
  GbxSandbox *sandbox = gbx_display_screen_get_sandbox (self->screen);
  guint current_width, current_height;

  gbx_display_screen_get_size (self->screen, &current_width, &current_height);
  if (sandbox && gbx_display_screen_get_state (self->screen) == GBX_DISPLAY_READY
      && (width != current_width || height != current_height))
    gbx_sandbox_set_display_size (sandbox, width, height);
}

static void
on_sandbox_progress (GbxDisplay *self)
{
  gbx_display_follow_queue (self->follow);
}

static void
follow_sandbox (GbxDisplay *self, GbxSandbox *sandbox)
{
  if (self->followed)
    g_signal_handlers_disconnect_by_data (self->followed, self);
  g_set_object (&self->followed, sandbox);
  if (!sandbox)
    return;
  /* A request before the guest could handle it was lost: repeat it. */
  g_signal_connect_swapped (sandbox, "notify::state", G_CALLBACK (on_sandbox_progress), self);
  g_signal_connect_swapped (sandbox, "notify::drawn", G_CALLBACK (on_sandbox_progress), self);
  g_signal_connect_swapped (sandbox, "notify::pointer-hidden", G_CALLBACK (show_cursor), self);
}

/* ---------------------------------------------------------------- size -- */

static void
get_request (GbxDisplay *self, int *width, int *height)
{
  guint guest_width, guest_height;

  gbx_display_screen_get_size (self->screen, &guest_width, &guest_height);
  gbx_geometry_natural_size (
      guest_width, guest_height,
      gbx_geometry_density (gtk_widget_get_scale_factor (GTK_WIDGET (self)), self->zoom), width,
      height);
  *width = MAX (*width, LEAST_WIDTH);
  *height = MAX (*height, LEAST_HEIGHT);
}

static void
gbx_display_get_preferred_width (GtkWidget *widget, int *minimum, int *natural)
{
  GbxDisplay *self = GBX_DISPLAY (widget);
  int height;

  get_request (self, natural, &height);
  *minimum = self->scaling ? LEAST_WIDTH : *natural;
}

static void
gbx_display_get_preferred_height (GtkWidget *widget, int *minimum, int *natural)
{
  GbxDisplay *self = GBX_DISPLAY (widget);
  int width;

  get_request (self, &width, natural);
  *minimum = self->scaling ? LEAST_HEIGHT : *natural;
}

static void
gbx_display_size_allocate (GtkWidget *widget, GtkAllocation *allocation)
{
  GbxDisplay *self = GBX_DISPLAY (widget);

  GTK_WIDGET_CLASS (gbx_display_parent_class)->size_allocate (widget, allocation);
  update_place (self);
  gbx_display_follow_check (self->follow);
}

/* ------------------------------------------------------------- vfuncs -- */

static void
gbx_display_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GbxDisplay *self = GBX_DISPLAY (object);

  switch (id)
    {
    case PROP_GRABBED:
      g_value_set_boolean (value, gbx_display_get_grabbed (self));
      break;
    case PROP_GRAB_KEYBOARD:
      g_value_set_boolean (value, gbx_display_get_grab_keyboard (self));
      break;
    case PROP_CAPTURE_POINTER:
      g_value_set_boolean (value, gbx_display_events_get_capture (self->events));
      break;
    case PROP_SCALING:
      g_value_set_boolean (value, self->scaling);
      break;
    case PROP_FOLLOWS:
      g_value_set_boolean (value, self->follows);
      break;
    case PROP_ZOOM:
      g_value_set_uint (value, self->zoom);
      break;
    default:
      /* The others are properties of the screen, with the same names. */
      g_object_get_property (G_OBJECT (self->screen), pspec->name, value);
    }
}

static void
gbx_display_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GbxDisplay *self = GBX_DISPLAY (object);

  switch (id)
    {
    case PROP_GRAB_KEYBOARD:
      gbx_display_set_grab_keyboard (self, g_value_get_boolean (value));
      break;
    case PROP_CAPTURE_POINTER:
      gbx_display_events_set_capture (self->events, g_value_get_boolean (value));
      break;
    case PROP_SCALING:
      gbx_display_set_scaling (self, g_value_get_boolean (value));
      break;
    case PROP_FOLLOWS:
      gbx_display_set_follows (self, g_value_get_boolean (value));
      break;
    case PROP_ZOOM:
      gbx_display_set_zoom (self, g_value_get_uint (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
gbx_display_dispose (GObject *object)
{
  GbxDisplay *self = GBX_DISPLAY (object);

  if (self->screen)
    gbx_display_disconnect (self);
  g_clear_handle_id (&self->turn_source, g_source_remove);
  G_OBJECT_CLASS (gbx_display_parent_class)->dispose (object);
}

static void
gbx_display_finalize (GObject *object)
{
  GbxDisplay *self = GBX_DISPLAY (object);

  g_signal_handlers_disconnect_by_data (self->screen, self);
  g_clear_object (&self->screen);
  g_clear_object (&self->cursor);
  g_clear_pointer (&self->events, gbx_display_events_free);
  g_clear_pointer (&self->follow, gbx_display_follow_free);
  G_OBJECT_CLASS (gbx_display_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class)
{
  GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  GParamFlags writable = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  props[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, 0, GBX_DISPLAY_FAILED,
                                        GBX_DISPLAY_DISCONNECTED, readable);
  props[PROP_WEAKNESS] = g_param_spec_string ("weakness", NULL, NULL, NULL, readable);
  props[PROP_DESKTOP_WIDTH]
      = g_param_spec_uint ("desktop-width", NULL, NULL, 0, GBX_DISPLAY_MAX, 0, readable);
  props[PROP_DESKTOP_HEIGHT]
      = g_param_spec_uint ("desktop-height", NULL, NULL, 0, GBX_DISPLAY_MAX, 0, readable);
  props[PROP_GRABBED] = g_param_spec_boolean ("grabbed", NULL, NULL, FALSE, readable);
  props[PROP_GRAB_KEYBOARD] = g_param_spec_boolean ("grab-keyboard", NULL, NULL, FALSE, writable);
  props[PROP_CAPTURE_POINTER]
      = g_param_spec_boolean ("capture-pointer", NULL, NULL, FALSE, writable);
  props[PROP_SCALING] = g_param_spec_boolean ("scaling", NULL, NULL, TRUE, writable);
  props[PROP_FOLLOWS] = g_param_spec_boolean ("follows", NULL, NULL, TRUE, writable);
  props[PROP_ZOOM]
      = g_param_spec_uint ("zoom", NULL, NULL, GBX_ZOOM_MIN, GBX_ZOOM_MAX, 100, writable);
  g_object_class_install_properties (object_class, N_PROPS, props);
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

  install_properties (object_class);
  updated_signal = g_signal_new ("updated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  gtk_widget_class_set_css_name (widget_class, "gbx-display");
}

static void
on_grab_changed (GbxDisplay *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_GRABBED]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CAPTURE_POINTER]);
}

static void
gbx_display_init (GbxDisplay *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  self->scaling = TRUE;
  self->follows = TRUE;
  self->zoom = 100;
  self->events = gbx_display_events_new (widget, G_CALLBACK (on_grab_changed));
  self->follow = gbx_display_follow_new (widget, ask_guest, self);
  gtk_widget_set_can_focus (widget, TRUE);
  atk_object_set_name (gtk_widget_get_accessible (widget), _ ("Screen of the sandbox"));
  g_signal_connect (self, "notify::scale-factor", G_CALLBACK (on_scale_factor), NULL);
}

/* ------------------------------------------------------------- public -- */

GtkWidget *
gbx_display_new (GbxDisplayProtocol protocol)
{
  GbxDisplay *self = g_object_new (GBX_TYPE_DISPLAY, "visible", TRUE, NULL);

  self->screen = gbx_display_screen_new (protocol);
  self->protocol = protocol;
  gbx_display_follow_set_protocol (self->follow, protocol);
  g_object_connect (self->screen, "swapped-signal::begun", on_begun, self,
                    "swapped-signal::notify::state", on_state, self,
                    "swapped-signal::notify::weakness", on_weakness, self,
                    "swapped-signal::notify::desktop-width", on_size, self,
                    "swapped-signal::notify::desktop-height", on_size, self,
                    "swapped-signal::damaged", on_damaged, self, "swapped-signal::cursor",
                    on_cursor, self, "swapped-signal::turn-done", on_turn_done, self, NULL);
  return GTK_WIDGET (self);
}

void
gbx_display_connect_by_socket (GbxDisplay *self, GbxSandbox *sandbox, int socket)
{
  g_return_if_fail (GBX_IS_DISPLAY (self) && GBX_IS_SANDBOX (sandbox));

  follow_sandbox (self, sandbox);
  gbx_display_screen_connect (self->screen, sandbox, socket);
}

void
gbx_display_connect (GbxDisplay *self, GbxSandbox *sandbox)
{
  g_return_if_fail (GBX_IS_DISPLAY (self) && GBX_IS_SANDBOX (sandbox));

  /* Which sizes it can show stays as the policy has it: those limits are the emulator's. */
  self->protocol = gbx_sandbox_get_display_protocol (sandbox);
  gbx_display_screen_set_protocol (self->screen, self->protocol);
  gbx_display_connect_by_socket (self, sandbox, -1);
}

void
gbx_display_disconnect (GbxDisplay *self)
{
  g_return_if_fail (GBX_IS_DISPLAY (self));

  gbx_display_follow_cancel (self->follow);
  follow_sandbox (self, NULL);
  gbx_display_screen_disconnect (self->screen);
}

void
gbx_display_set_frozen (GbxDisplay *self, gboolean frozen)
{
  gbx_display_screen_set_frozen (self->screen, frozen);
}

GbxDisplayState
gbx_display_get_state (GbxDisplay *self)
{
  return gbx_display_screen_get_state (self->screen);
}

const GError *
gbx_display_get_error (GbxDisplay *self)
{
  return gbx_display_screen_get_error (self->screen);
}

const char *
gbx_display_get_weakness (GbxDisplay *self)
{
  return gbx_display_screen_get_weakness (self->screen);
}

void
gbx_display_set_strict (GbxDisplay *self, gboolean strict)
{
  gbx_display_screen_set_strict (self->screen, strict);
}

void
gbx_display_get_desktop_size (GbxDisplay *self, guint *width, guint *height)
{
  gbx_display_screen_get_size (self->screen, width, height);
}

gboolean
gbx_display_get_scaling (GbxDisplay *self)
{
  return self->scaling;
}

void
gbx_display_set_scaling (GbxDisplay *self, gboolean scaling)
{
  if (self->scaling == !!scaling)
    return;
  self->scaling = !!scaling;
  update_place (self);
  gtk_widget_queue_resize (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SCALING]);
}

gboolean
gbx_display_get_follows (GbxDisplay *self)
{
  return self->follows;
}

void
gbx_display_set_follows (GbxDisplay *self, gboolean follows)
{
  if (self->follows == !!follows)
    return;
  self->follows = !!follows;
  gbx_display_follow_set_enabled (self->follow, self->follows);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_FOLLOWS]);
}

guint
gbx_display_get_zoom (GbxDisplay *self)
{
  return self->zoom;
}

void
gbx_display_set_zoom (GbxDisplay *self, guint zoom)
{
  guint wanted = CLAMP (zoom, GBX_ZOOM_MIN, GBX_ZOOM_MAX);

  if (self->zoom == wanted)
    return;
  self->zoom = wanted;
  gbx_display_follow_set_zoom (self->follow, wanted);
  update_place (self);
  gtk_widget_queue_resize (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ZOOM]);
}

void
gbx_display_step_zoom (GbxDisplay *self, int direction)
{
  gbx_display_set_zoom (self,
                        direction == 0 ? 100 : gbx_geometry_step_zoom (self->zoom, direction));
}

void
gbx_display_get_natural_size (GbxDisplay *self, int *width, int *height)
{
  get_request (self, width, height);
}

gboolean
gbx_display_get_grab_keyboard (GbxDisplay *self)
{
  return gbx_display_events_get_grab (self->events);
}

void
gbx_display_set_grab_keyboard (GbxDisplay *self, gboolean grab_keyboard)
{
  if (gbx_display_get_grab_keyboard (self) == !!grab_keyboard)
    return;
  gbx_display_events_set_grab (self->events, !!grab_keyboard);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_GRAB_KEYBOARD]);
}

gboolean
gbx_display_get_grabbed (GbxDisplay *self)
{
  return gbx_display_events_is_grabbed (self->events);
}

void
gbx_display_release_grab (GbxDisplay *self)
{
  gbx_display_events_release_grab (self->events);
}

void
gbx_display_send_keys (GbxDisplay *self, const guint *keyvals, guint n_keyvals)
{
  if (gbx_display_get_state (self) == GBX_DISPLAY_READY)
    gbx_display_events_click_keys (self->events, keyvals, n_keyvals);
}

void
gbx_display_screenshot_async (GbxDisplay *self, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, gbx_display_screenshot_async);
  gbx_display_screen_take_picture (self->screen, task);
}

GdkPixbuf *
gbx_display_screenshot_finish (GbxDisplay *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
