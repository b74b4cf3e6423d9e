/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-display"
#include "config.h"

#include "gbx-display-events.h"

#include "gbx-display-capture.h"
#include "gbx-display-input.h"
#include "gbx-grab-watch.h"

/* How long another program has for a grab that it wants: lockers try again for a second, or
 * a few. */
#define GIVEN_UP_USEC (4 * G_USEC_PER_SEC)

struct _GbxDisplayEvents
{
  GtkWidget *widget; /* (unowned): the owner */
  void (*grab_changed) (GtkWidget *widget);
  GbxDisplayInput *input;
  gboolean is_ready, has_pointer;
  gboolean grab;
  GdkSeatCapabilities grabbed;
  GbxDisplayCapture capture;
  gboolean wants_capture;
  GbxGrabWatch *watch; /* (nullable): while it is grabbed */
  gint64 given_up;     /* when the grab was given up for another program; otherwise 0 */
};

/* ---------------------------------------------------------------- grab -- */

static void on_wanted (gpointer data);

static GdkSeat *
get_seat (GbxDisplayEvents *self)
{
  return gdk_display_get_default_seat (gtk_widget_get_display (self->widget));
}

static void
set_grabbed (GbxDisplayEvents *self, GdkSeatCapabilities grabbed)
{
  GdkSeatCapabilities before = self->grabbed;

  self->grabbed = grabbed;
  if (grabbed & GDK_SEAT_CAPABILITY_POINTER)
    gbx_display_capture_begin (&self->capture);
  else if (self->capture.is_active)
    gbx_display_capture_end (&self->capture);
  if (!grabbed == !before)
    return;
  if (grabbed)
    self->watch = gbx_grab_watch_new (gtk_widget_get_window (self->widget), on_wanted, self);
  else
    g_clear_pointer (&self->watch, gbx_grab_watch_free);
  self->grab_changed (self->widget);
}

static gboolean
begin_grab (GbxDisplayEvents *self, GdkSeatCapabilities wanted)
{
  GdkWindow *window = gtk_widget_get_window (self->widget);
  g_autoptr (GdkCursor) blank = NULL;

  if (wanted & GDK_SEAT_CAPABILITY_POINTER)
    blank = gdk_cursor_new_for_display (gtk_widget_get_display (self->widget), GDK_BLANK_CURSOR);
  return window
         && gdk_seat_grab (get_seat (self), window, wanted, FALSE, blank, NULL, NULL, NULL)
                == GDK_GRAB_SUCCESS;
}

static GdkSeatCapabilities
get_wanted (GbxDisplayEvents *self)
{
  /* During a grab GDK tells that the focus is elsewhere. */
  gboolean has_focus = gtk_widget_has_focus (self->widget)
                       || (self->grabbed && gtk_widget_is_focus (self->widget));

  if (!self->is_ready || self->given_up != 0 || !has_focus)
    return GDK_SEAT_CAPABILITY_NONE;
  if (self->wants_capture)
    return GDK_SEAT_CAPABILITY_POINTER | GDK_SEAT_CAPABILITY_KEYBOARD;
  return self->grab && self->has_pointer ? GDK_SEAT_CAPABILITY_KEYBOARD : GDK_SEAT_CAPABILITY_NONE;
}

static void
update_grab (GbxDisplayEvents *self)
{
  GdkSeatCapabilities wanted = get_wanted (self);

  if (wanted == self->grabbed)
    return;
  if (self->grabbed)
    gdk_seat_ungrab (get_seat (self));
  set_grabbed (self, wanted && begin_grab (self, wanted) ? wanted : GDK_SEAT_CAPABILITY_NONE);
}

static void
set_capture (GbxDisplayEvents *self, gboolean capture)
{
  if (self->wants_capture == capture)
    return;
  self->wants_capture = capture;
  self->grab_changed (self->widget);
}

/* Keys that are down belong to what comes: the release of a hotkey, or a password. */
static void
on_wanted (gpointer data)
{
  GbxDisplayEvents *self = data;

  self->given_up = g_get_monotonic_time ();
  set_capture (self, FALSE);
  gbx_display_input_release (self->input);
  update_grab (self);
}

/* The user is here again.  While a locker holds keyboard and pointer there are no events. */
static void
grab_again (GbxDisplayEvents *self)
{
  if (self->given_up == 0 || g_get_monotonic_time () - self->given_up < GIVEN_UP_USEC)
    return;
  self->given_up = 0;
  update_grab (self);
}

void
gbx_display_events_release_grab (GbxDisplayEvents *self)
{
  set_capture (self, FALSE);
  if (self->grabbed)
    gdk_seat_ungrab (get_seat (self));
  set_grabbed (self, GDK_SEAT_CAPABILITY_NONE);
}

void
gbx_display_events_set_capture (GbxDisplayEvents *self, gboolean capture)
{
  set_capture (self, capture);
  if (capture && !gtk_widget_has_focus (self->widget))
    gtk_widget_grab_focus (self->widget);
  update_grab (self);
}

gboolean
gbx_display_events_get_capture (GbxDisplayEvents *self)
{
  return self->wants_capture;
}

void
gbx_display_events_set_grab (GbxDisplayEvents *self, gboolean grab)
{
  self->grab = grab;
  /* Without the focus there is nothing to grab for; the menu has had it. */
  if (grab && self->is_ready && !gtk_widget_has_focus (self->widget))
    gtk_widget_grab_focus (self->widget);
  update_grab (self);
}

gboolean
gbx_display_events_get_grab (GbxDisplayEvents *self)
{
  return self->grab;
}

gboolean
gbx_display_events_is_grabbed (GbxDisplayEvents *self)
{
  return self->grabbed != 0;
}

static gboolean
on_grab_broken (GtkWidget *widget, GdkEventGrabBroken *event, gpointer data)
{
  GbxDisplayEvents *self = data;

  gbx_display_input_release (self->input);
  if (event->keyboard)
    set_grabbed (self, GDK_SEAT_CAPABILITY_NONE);
  return GDK_EVENT_PROPAGATE;
}

/* -------------------------------------------------------------- events -- */

static gboolean
on_key (GtkWidget *widget, GdkEventKey *event, gpointer data)
{
  GbxDisplayEvents *self = data;

  grab_again (self);
  gbx_display_input_key (self->input, event);
  return GDK_EVENT_STOP;
}

static gboolean
on_button (GtkWidget *widget, GdkEventButton *event, gpointer data)
{
  GbxDisplayEvents *self = data;

  grab_again (self);
  if (event->type == GDK_BUTTON_PRESS && !gtk_widget_has_focus (widget))
    gtk_widget_grab_focus (widget);
  gbx_display_input_button (self->input, event);
  return GDK_EVENT_STOP;
}

static gboolean
on_motion (GtkWidget *widget, GdkEventMotion *event, gpointer data)
{
  GbxDisplayEvents *self = data;

  grab_again (self);
  if (self->capture.is_active)
    gbx_display_capture_motion (&self->capture, event);
  else
    gbx_display_input_motion (self->input, event->x, event->y);
  return GDK_EVENT_STOP;
}

static gboolean
on_scroll (GtkWidget *widget, GdkEventScroll *event, gpointer data)
{
  GbxDisplayEvents *self = data;

  gbx_display_input_scroll (self->input, event);
  return GDK_EVENT_STOP;
}

static gboolean
on_crossing (GtkWidget *widget, GdkEventCrossing *event, gpointer data)
{
  GbxDisplayEvents *self = data;

  /* A grab, for example our own, also causes such events. */
  if (event->mode != GDK_CROSSING_NORMAL)
    return GDK_EVENT_PROPAGATE;
  self->has_pointer = event->type == GDK_ENTER_NOTIFY;
  if (self->has_pointer)
    gbx_display_input_motion (self->input, event->x, event->y);
  update_grab (self);
  return GDK_EVENT_PROPAGATE;
}

static gboolean
on_focus (GtkWidget *widget, GdkEventFocus *event, gpointer data)
{
  GbxDisplayEvents *self = data;

  /* The grab itself looks like that.  To act on it would end the grab, and begin it again. */
  if (!event->in && self->grabbed)
    return GDK_EVENT_PROPAGATE;
  if (event->in)
    gbx_display_input_sync_locks (self->input);
  else
    {
      gbx_display_input_release (self->input);
      set_capture (self, FALSE);
    }
  update_grab (self);
  return GDK_EVENT_PROPAGATE;
}

static void
on_unmap (GtkWidget *widget, gpointer data)
{
  GbxDisplayEvents *self = data;

  self->has_pointer = FALSE;
  set_capture (self, FALSE);
  gbx_display_input_release (self->input);
  update_grab (self);
}

/* ------------------------------------------------------- begin and end -- */

static void
listen (GbxDisplayEvents *self)
{
  gtk_widget_add_events (self->widget, GDK_KEY_PRESS_MASK | GDK_KEY_RELEASE_MASK
                                           | GDK_BUTTON_PRESS_MASK | GDK_BUTTON_RELEASE_MASK
                                           | GDK_POINTER_MOTION_MASK | GDK_SCROLL_MASK
                                           | GDK_SMOOTH_SCROLL_MASK | GDK_ENTER_NOTIFY_MASK
                                           | GDK_LEAVE_NOTIFY_MASK | GDK_FOCUS_CHANGE_MASK);
  g_object_connect (
      self->widget, "signal::key-press-event", on_key, self, "signal::key-release-event", on_key,
      self, "signal::button-press-event", on_button, self, "signal::button-release-event",
      on_button, self, "signal::motion-notify-event", on_motion, self, "signal::scroll-event",
      on_scroll, self, "signal::enter-notify-event", on_crossing, self,
      "signal::leave-notify-event", on_crossing, self, "signal::focus-in-event", on_focus, self,
      "signal::focus-out-event", on_focus, self, "signal::grab-broken-event", on_grab_broken, self,
      "signal::unmap", on_unmap, self, NULL);
}

GbxDisplayEvents *
gbx_display_events_new (GtkWidget *widget, GCallback grab_changed)
{
  GbxDisplayEvents *self = g_new0 (GbxDisplayEvents, 1);

  self->widget = widget;
  self->grab_changed = (void (*) (GtkWidget *))grab_changed;
  self->input = gbx_display_input_new (widget);
  self->capture.widget = widget;
  self->capture.input = self->input;
  listen (self);
  return self;
}

void
gbx_display_events_free (GbxDisplayEvents *self)
{
  g_clear_pointer (&self->watch, gbx_grab_watch_free);
  gbx_display_input_free (self->input);
  g_free (self);
}

void
gbx_display_events_set_client (GbxDisplayEvents *self, GbxDisplayClient *client,
                               GbxSandbox *sandbox)
{
  gbx_display_input_set_client (self->input, client, sandbox);
}

void
gbx_display_events_set_ready (GbxDisplayEvents *self, gboolean ready)
{
  self->is_ready = ready;
  if (ready)
    gbx_display_input_sync_locks (self->input);
  update_grab (self);
}

void
gbx_display_events_set_place (GbxDisplayEvents *self, const GdkRectangle *place, guint width,
                              guint height)
{
  gbx_display_input_set_place (self->input, place, width, height);
}

void
gbx_display_events_click_keys (GbxDisplayEvents *self, const guint *keyvals, guint n_keyvals)
{
  gbx_display_input_click_keys (self->input, keyvals, n_keyvals);
}
