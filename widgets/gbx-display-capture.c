/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-display"
#include "config.h"

#include "gbx-display-capture.h"

static void
get_centre (GbxDisplayCapture *self, int *x, int *y)
{
  gdk_window_get_origin (gtk_widget_get_window (self->widget), x, y);
  *x += gtk_widget_get_allocated_width (self->widget) / 2;
  *y += gtk_widget_get_allocated_height (self->widget) / 2;
}

static void
go_to_centre (GbxDisplayCapture *self)
{
  GdkSeat *seat = gdk_display_get_default_seat (gtk_widget_get_display (self->widget));
  int x, y;

  get_centre (self, &x, &y);
  gdk_device_warp (gdk_seat_get_pointer (seat), gtk_widget_get_screen (self->widget), x, y);
}

void
gbx_display_capture_begin (GbxDisplayCapture *self)
{
  int x, y;

  get_centre (self, &x, &y);
  self->is_active = TRUE;
  self->last_x = x;
  self->last_y = y;
  gbx_display_input_set_relative (self->input, TRUE);
  go_to_centre (self);
}

void
gbx_display_capture_end (GbxDisplayCapture *self)
{
  self->is_active = FALSE;
  gbx_display_input_set_relative (self->input, FALSE);
}

void
gbx_display_capture_motion (GbxDisplayCapture *self, const GdkEventMotion *event)
{
  int x, y;

  get_centre (self, &x, &y);
  /* The way back to the centre is ours.  Events from before it may still come. */
  if (event->x_root != x || event->y_root != y)
    {
      gbx_display_input_move (self->input, event->x_root - self->last_x,
                              event->y_root - self->last_y);
      if (ABS (event->x_root - x) > gtk_widget_get_allocated_width (self->widget) / 4
          || ABS (event->y_root - y) > gtk_widget_get_allocated_height (self->widget) / 4)
        go_to_centre (self);
    }
  self->last_x = event->x_root;
  self->last_y = event->y_root;
}
