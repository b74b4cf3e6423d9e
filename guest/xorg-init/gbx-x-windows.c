/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The managed windows: places, stacking order, focus. */

#include "gbx-x-client.h"

#include <stdlib.h>
#include <string.h>

/* This much of a window always stays on the screen. */
#define WITHIN_REACH (2 * GBX_X_TITLE_HEIGHT)

/* A dialog that requests more than the screen gets the whole screen: it can be so small, or the
 * screen grows. */
static void
limit_size (GbxXClient *self, GbxXWindow *window)
{
  GbxXPlace *place = &window->place;
  uint16_t extra_width = gbx_x_outer_width (window) - place->width;
  uint16_t extra_height = gbx_x_outer_height (window) - place->height;

  if (place->width + extra_width > self->width && self->width > extra_width)
    place->width = self->width - extra_width;
  if (place->height + extra_height > self->height && self->height > extra_height)
    place->height = self->height - extra_height;
}

static int16_t
clamp (int value, int least, int most)
{
  if (value > most)
    value = most;
  return (int16_t) (value < least ? least : value);
}

/* Its title bar stays on the screen, also if it is larger than the screen. */
static void
centre (GbxXClient *self, GbxXWindow *window)
{
  window->place.x = clamp ((self->width - gbx_x_outer_width (window)) / 2, 0, INT16_MAX);
  window->place.y = clamp ((self->height - gbx_x_outer_height (window)) / 2, 0, INT16_MAX);
}

static void
keep_on_screen (GbxXClient *self, GbxXWindow *window)
{
  GbxXPlace *place = &window->place;

  place->x = clamp (place->x, WITHIN_REACH - gbx_x_outer_width (window),
                    self->width - WITHIN_REACH);
  place->y = clamp (place->y, 0, self->height - GBX_X_TITLE_HEIGHT);
}

void
gbx_x_window_layout (GbxXClient *self, GbxXWindow *window)
{
  bool framed = window->frame != XCB_NONE;

  window->place = window->wanted;
  if (window->hints.kind == GBX_X_MAIN || window->fullscreen)
    /* Its contents fill the screen; a frame is outside. */
    window->place = (GbxXPlace) { framed ? -GBX_X_BORDER : 0, framed ? -GBX_X_TITLE_HEIGHT : 0,
                                  self->width, self->height };
  else
    {
      if (window->hints.kind == GBX_X_DIALOG)
        limit_size (self, window);
      if (window->hints.centred && !window->moved)
        centre (self, window);
      else
        keep_on_screen (self, window);
    }
  gbx_x_frame_place (self, window);
}

static int
layer_of (const GbxXWindow *window)
{
  if (window->hints.kind == GBX_X_MAIN)
    return 1;
  return window->lowered ? 0 : 2;
}

/* Main windows below, the others above, each in order of use. */
static void
restack (GbxXClient *self)
{
  const uint32_t above = XCB_STACK_MODE_ABOVE;

  for (int layer = 0; layer < 3; layer++)
    for (size_t i = self->n_windows; i-- > 0;)
      {
        const GbxXWindow *window = &self->windows[i];

        if (layer_of (window) == layer)
          xcb_configure_window (self->connection, window->frame ? window->frame : window->window,
                                XCB_CONFIG_WINDOW_STACK_MODE, &above);
      }
}

GbxXWindow *
gbx_x_window_find (GbxXClient *self, xcb_window_t id)
{
  for (size_t i = 0; i < self->n_windows; i++)
    if (id != XCB_NONE && (self->windows[i].window == id || self->windows[i].frame == id))
      return &self->windows[i];
  return NULL;
}

/* The first of the list has the focus. */
static void
focus_first (GbxXClient *self)
{
  const GbxXWindow *window = &self->windows[0];

  gbx_x_publish_windows (self);
  if (self->n_windows == 0)
    return;
  restack (self);
  if (window->hints.takes_input)
    xcb_set_input_focus (self->connection, XCB_INPUT_FOCUS_POINTER_ROOT, window->window,
                         XCB_CURRENT_TIME);
  if (window->hints.takes_focus)
    gbx_x_send_protocol (self, window, GBX_ATOM_WM_TAKE_FOCUS);
  for (size_t i = 0; i < self->n_windows && i < 2; i++)
    {
      gbx_x_publish_state (self, &self->windows[i]);
      gbx_x_frame_draw (self, &self->windows[i]);
    }
  gbx_x_report_title (self, window->title);
}

void
gbx_x_window_use (GbxXClient *self, GbxXWindow *window)
{
  GbxXWindow used = *window;
  size_t at = window - self->windows;

  if (at == 0 && !window->lowered)
    return;
  used.lowered = false;
  memmove (self->windows + 1, self->windows, at * sizeof *window);
  self->windows[0] = used;
  focus_first (self);
}

/* --------------------------------------------------------------- managing -- */

static void
watch_window (GbxXClient *self, GbxXWindow *window)
{
  const uint32_t wanted = XCB_EVENT_MASK_PROPERTY_CHANGE;

  xcb_change_window_attributes (self->connection, window->window, XCB_CW_EVENT_MASK, &wanted);
  /* A click raises the window and is then passed on to it. */
  xcb_grab_button (self->connection, 1, window->window, XCB_EVENT_MASK_BUTTON_PRESS,
                   XCB_GRAB_MODE_SYNC, XCB_GRAB_MODE_ASYNC, XCB_NONE, XCB_NONE, XCB_BUTTON_INDEX_1,
                   XCB_MOD_MASK_ANY);
  xcb_change_save_set (self->connection, XCB_SET_MODE_INSERT, window->window);
}

static void
read_states (GbxXClient *self, GbxXWindow *window)
{
  xcb_get_property_reply_t *reply =
      gbx_x_get_property (self, window->window, self->atoms[GBX_ATOM__NET_WM_STATE], 16);
  const uint32_t *states = reply ? xcb_get_property_value (reply) : NULL;
  int n = reply && reply->format == 32 ? xcb_get_property_value_length (reply) / 4 : 0;

  for (int i = 0; i < n; i++)
    {
      window->fullscreen |= states[i] == self->atoms[GBX_ATOM__NET_WM_STATE_FULLSCREEN];
      window->maximised |= states[i] == self->atoms[GBX_ATOM__NET_WM_STATE_MAXIMIZED_VERT];
      window->modal |= states[i] == self->atoms[GBX_ATOM__NET_WM_STATE_MODAL];
    }
  free (reply);
}

void
gbx_x_window_manage (GbxXClient *self, xcb_window_t id, bool viewable)
{
  xcb_get_geometry_reply_t *geometry =
      xcb_get_geometry_reply (self->connection, xcb_get_geometry (self->connection, id), NULL);
  GbxXWindow *window = &self->windows[0];

  /* Beyond the limit it is shown without management. */
  if (!geometry || self->n_windows == GBX_X_WINDOWS_MAX)
    {
      xcb_map_window (self->connection, id);
      free (geometry);
      return;
    }
  memmove (self->windows + 1, self->windows, self->n_windows++ * sizeof *window);
  *window = (GbxXWindow) {
    .window = id, .number = ++self->last_number, .wanted = { geometry->x, geometry->y, geometry->width, geometry->height }
  };
  window->place = window->wanted;
  free (geometry);
  gbx_x_read_hints (self, id, &window->hints);
  gbx_x_read_title (self, id, window->title);
  read_states (self, window);
  gbx_x_fit (self, window);
  watch_window (self, window);
  if (window->hints.decorated)
    {
      window->ignored_unmaps = viewable;
      gbx_x_frame_add (self, window);
    }
  gbx_x_window_layout (self, window);
  gbx_x_publish_state (self, window);
  gbx_x_curtain_update (self);
  xcb_map_window (self->connection, id);
  if (window->frame)
    xcb_map_window (self->connection, window->frame);
  focus_first (self);
  gbx_x_report_mapped (self, window);
}

void
gbx_x_window_unmanage (GbxXClient *self, GbxXWindow *window, bool exists)
{
  size_t at = window - self->windows;

  gbx_x_report_gone (self, window->window);
  if (exists)
    {
      gbx_x_frame_remove (self, window);
      xcb_delete_property (self->connection, window->window, self->atoms[GBX_ATOM_WM_STATE]);
      xcb_delete_property (self->connection, window->window, self->atoms[GBX_ATOM__NET_WM_STATE]);
      xcb_change_save_set (self->connection, XCB_SET_MODE_DELETE, window->window);
    }
  else if (window->frame)
    xcb_destroy_window (self->connection, window->frame);
  self->n_windows--;
  memmove (window, window + 1, (self->n_windows - at) * sizeof *window);
  gbx_x_curtain_update (self);
  focus_first (self);
  gbx_x_report_left (self);
}

void
gbx_x_window_close (GbxXClient *self, const GbxXWindow *window)
{
  if (window->hints.deletes)
    gbx_x_send_protocol (self, window, GBX_ATOM_WM_DELETE_WINDOW);
  else
    xcb_kill_client (self->connection, window->window);
}
