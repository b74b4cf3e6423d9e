/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Requests of windows to the window manager, and actions of the pointer. */

#include "gbx-x-client.h"

#include <stdlib.h>

/* _NET_WM_MOVERESIZE_MOVE and _CANCEL */
#define MOVE 8
#define CANCEL 11

#define ANY_BUTTON (XCB_BUTTON_MASK_1 | XCB_BUTTON_MASK_2 | XCB_BUTTON_MASK_3)

static void
pass_configure (GbxXClient *self, const xcb_configure_request_event_t *event)
{
  uint32_t values[7], n = 0;

  if (event->value_mask & XCB_CONFIG_WINDOW_X)
    values[n++] = (uint32_t) event->x;
  if (event->value_mask & XCB_CONFIG_WINDOW_Y)
    values[n++] = (uint32_t) event->y;
  if (event->value_mask & XCB_CONFIG_WINDOW_WIDTH)
    values[n++] = event->width;
  if (event->value_mask & XCB_CONFIG_WINDOW_HEIGHT)
    values[n++] = event->height;
  if (event->value_mask & XCB_CONFIG_WINDOW_BORDER_WIDTH)
    values[n++] = event->border_width;
  if (event->value_mask & XCB_CONFIG_WINDOW_SIBLING)
    values[n++] = event->sibling;
  if (event->value_mask & XCB_CONFIG_WINDOW_STACK_MODE)
    values[n++] = event->stack_mode;
  xcb_configure_window (self->connection, event->window, event->value_mask, values);
}

static void
on_configure_request (GbxXClient *self, const xcb_configure_request_event_t *event)
{
  GbxXWindow *window = gbx_x_window_find (self, event->window);
  uint16_t mask = event->value_mask;
  bool raised = (mask & XCB_CONFIG_WINDOW_STACK_MODE) && !(mask & XCB_CONFIG_WINDOW_SIBLING) &&
                event->stack_mode == XCB_STACK_MODE_ABOVE;

  if (!window)
    {
      pass_configure (self, event);
      return;
    }
  if (mask & XCB_CONFIG_WINDOW_WIDTH)
    window->wanted.width = event->width;
  if (mask & XCB_CONFIG_WINDOW_HEIGHT)
    window->wanted.height = event->height;
  if (window->hints.kind == GBX_X_FREE && (mask & XCB_CONFIG_WINDOW_X))
    window->wanted.x = event->x;
  if (window->hints.kind == GBX_X_FREE && (mask & XCB_CONFIG_WINDOW_Y))
    window->wanted.y = event->y;
  gbx_x_window_layout (self, window);
  if (raised)
    gbx_x_window_use (self, window);
}

static void
on_unmap (GbxXClient *self, const xcb_unmap_notify_event_t *event)
{
  GbxXWindow *window = gbx_x_window_find (self, event->window);

  if (!window || window->window != event->window)
    return;
  if (window->ignored_unmaps > 0)
    window->ignored_unmaps--;
  else
    gbx_x_window_unmanage (self, window, true);
}

static void
start_drag (GbxXClient *self, GbxXWindow *window, int16_t root_x, int16_t root_y)
{
  xcb_grab_pointer_reply_t *grab = xcb_grab_pointer_reply (
      self->connection,
      xcb_grab_pointer (self->connection, 0, self->root,
                        XCB_EVENT_MASK_BUTTON_RELEASE | XCB_EVENT_MASK_POINTER_MOTION,
                        XCB_GRAB_MODE_ASYNC, XCB_GRAB_MODE_ASYNC, XCB_NONE, XCB_NONE,
                        XCB_CURRENT_TIME),
      NULL);

  if (grab && grab->status == XCB_GRAB_STATUS_SUCCESS)
    {
      self->dragged = window->window;
      self->drag_x = root_x - window->place.x;
      self->drag_y = root_y - window->place.y;
    }
  free (grab);
}

static void
end_drag (GbxXClient *self)
{
  if (self->dragged)
    xcb_ungrab_pointer (self->connection, XCB_CURRENT_TIME);
  self->dragged = XCB_NONE;
}

static void
on_button_press (GbxXClient *self, const xcb_button_press_event_t *event)
{
  GbxXWindow *window = gbx_x_window_find (self, event->event);

  if (window)
    {
      gbx_x_window_use (self, window);
      window = gbx_x_window_find (self, event->event); /* it has moved in the list */
    }
  if (window && window->frame == event->event && event->detail == XCB_BUTTON_INDEX_1)
    {
      if (event->event_y < GBX_X_TITLE_HEIGHT &&
          event->event_x >= gbx_x_outer_width (window) - GBX_X_TITLE_HEIGHT)
        gbx_x_window_close (self, window);
      else
        start_drag (self, window, event->root_x, event->root_y);
    }
  xcb_allow_events (self->connection, XCB_ALLOW_REPLAY_POINTER, event->time);
}

static void
on_motion (GbxXClient *self, const xcb_motion_notify_event_t *event)
{
  GbxXWindow *window = gbx_x_window_find (self, self->dragged);

  /* The button may have been released before the pointer was grabbed. */
  if (!window || window->fullscreen || !(event->state & ANY_BUTTON))
    {
      end_drag (self);
      return;
    }
  window->moved = true;
  window->wanted.x = event->root_x - self->drag_x;
  window->wanted.y = event->root_y - self->drag_y;
  gbx_x_window_layout (self, window);
}

/* Alt+Tab: activates the least recently used window, and so on through all of them. */
static void
use_next (GbxXClient *self)
{
  for (size_t i = self->n_windows; i-- > 1;)
    if (self->windows[i].hints.kind != GBX_X_FREE)
      {
        gbx_x_list_use (self, self->windows[i].number);
        return;
      }
}

/* Alt+F4 closes the active one: a main window has no title bar. */
static void
on_key_press (GbxXClient *self, const xcb_key_press_event_t *event)
{
  if (event->detail == GBX_X_KEY_F4 && self->n_windows > 0)
    gbx_x_window_close (self, &self->windows[0]);
  else if (event->detail == GBX_X_KEY_TAB)
    use_next (self);
}

static void
change_state (GbxXClient *self, const xcb_client_message_event_t *event, GbxAtom state, bool *value)
{
  enum { REMOVE, ADD, TOGGLE };
  const uint32_t *data = event->data.data32;

  if (data[1] == self->atoms[state] || data[2] == self->atoms[state])
    *value = data[0] == ADD || (data[0] == TOGGLE && !*value);
}

/* A main window is always maximised; full screen is separate, because applications then
 * hide their menus. */
static void
on_state_message (GbxXClient *self, GbxXWindow *window, const xcb_client_message_event_t *event)
{
  change_state (self, event, GBX_ATOM__NET_WM_STATE_FULLSCREEN, &window->fullscreen);
  change_state (self, event, GBX_ATOM__NET_WM_STATE_MODAL, &window->modal);
  gbx_x_publish_state (self, window);
  gbx_x_window_layout (self, window);
}

static void
on_move_message (GbxXClient *self, GbxXWindow *window, const xcb_client_message_event_t *event)
{
  const uint32_t *data = event->data.data32;

  if (data[2] == CANCEL)
    end_drag (self);
  else if (data[2] == MOVE && window->hints.kind != GBX_X_MAIN && !window->fullscreen)
    start_drag (self, window, (int16_t) data[0], (int16_t) data[1]);
}

/* Toolkits request this before the window is on the screen, to know its final size. */
static void
on_extents_message (GbxXClient *self, xcb_window_t id)
{
  GbxXHints hints;

  gbx_x_read_hints (self, id, &hints);
  gbx_x_publish_extents (self, id, hints.decorated);
}

static void
on_message (GbxXClient *self, const xcb_client_message_event_t *event)
{
  GbxXWindow *window = gbx_x_window_find (self, event->window);

  if (!window && event->type == self->atoms[GBX_ATOM__NET_REQUEST_FRAME_EXTENTS])
    on_extents_message (self, event->window);
  if (!window || event->format != 32)
    return;
  if (event->type == self->atoms[GBX_ATOM__NET_ACTIVE_WINDOW])
    gbx_x_window_use (self, window);
  else if (event->type == self->atoms[GBX_ATOM__NET_CLOSE_WINDOW])
    gbx_x_window_close (self, window);
  else if (event->type == self->atoms[GBX_ATOM__NET_WM_STATE])
    on_state_message (self, window, event);
  else if (event->type == self->atoms[GBX_ATOM__NET_WM_MOVERESIZE])
    on_move_message (self, window, event);
  else if (event->type == self->atoms[GBX_ATOM__NET_REQUEST_FRAME_EXTENTS])
    gbx_x_publish_state (self, window);
}

static void
on_property (GbxXClient *self, const xcb_property_notify_event_t *event)
{
  GbxXWindow *window = gbx_x_window_find (self, event->window);

  if (!window)
    return;
  if (event->atom == XCB_ATOM_WM_NAME || event->atom == self->atoms[GBX_ATOM__NET_WM_NAME])
    {
      gbx_x_read_title (self, window->window, window->title);
      gbx_x_frame_draw (self, window);
      if (window == &self->windows[0])
        gbx_x_report_title (self, window->title);
    }
  else if (event->atom == XCB_ATOM_WM_HINTS || event->atom == XCB_ATOM_WM_NORMAL_HINTS ||
           event->atom == self->atoms[GBX_ATOM_WM_PROTOCOLS])
    {
      GbxXHints hints;

      gbx_x_read_hints (self, window->window, &hints);
      window->hints.takes_input = hints.takes_input;
      window->hints.takes_focus = hints.takes_focus;
      window->hints.deletes = hints.deletes;
      window->hints.min_width = hints.min_width;
      window->hints.min_height = hints.min_height;
    }
}

void
gbx_x_manager_resized (GbxXClient *self, uint16_t width, uint16_t height)
{
  if (width == self->width && height == self->height)
    return;
  self->width = width;
  self->height = height;
  gbx_x_publish_screen (self);
  for (size_t i = 0; i < self->n_windows; i++)
    gbx_x_window_layout (self, &self->windows[i]);
}

static void
on_root_configured (GbxXClient *self, const xcb_configure_notify_event_t *event)
{
  if (event->window == self->root)
    gbx_x_manager_resized (self, event->width, event->height);
}

void
gbx_x_manager_event (GbxXClient *self, const xcb_generic_event_t *event)
{
  GbxXWindow *window;
  xcb_window_t id;

  switch (event->response_type & 0x7f)
    {
    case XCB_MAP_REQUEST:
      id = ((const xcb_map_request_event_t *) event)->window;
      window = gbx_x_window_find (self, id);
      if (!window)
        gbx_x_window_manage (self, id, false);
      else
        xcb_map_window (self->connection, id);
      break;
    case XCB_MAP_NOTIFY:
      gbx_x_unmanaged_map (self, ((const xcb_map_notify_event_t *) event)->window);
      break;
    case XCB_CONFIGURE_REQUEST:
      on_configure_request (self, (const xcb_configure_request_event_t *) event);
      break;
    case XCB_UNMAP_NOTIFY:
      gbx_x_unmanaged_unmap (self, ((const xcb_unmap_notify_event_t *) event)->window);
      on_unmap (self, (const xcb_unmap_notify_event_t *) event);
      break;
    case XCB_DESTROY_NOTIFY:
      gbx_x_unmanaged_unmap (self, ((const xcb_destroy_notify_event_t *) event)->window);
      window = gbx_x_window_find (self, ((const xcb_destroy_notify_event_t *) event)->window);
      if (window && window->window == ((const xcb_destroy_notify_event_t *) event)->window)
        gbx_x_window_unmanage (self, window, false);
      break;
    case XCB_CONFIGURE_NOTIFY:
      on_root_configured (self, (const xcb_configure_notify_event_t *) event);
      break;
    case XCB_PROPERTY_NOTIFY:
      on_property (self, (const xcb_property_notify_event_t *) event);
      break;
    case XCB_CLIENT_MESSAGE:
      on_message (self, (const xcb_client_message_event_t *) event);
      break;
    case XCB_BUTTON_PRESS:
      on_button_press (self, (const xcb_button_press_event_t *) event);
      break;
    case XCB_BUTTON_RELEASE:
      end_drag (self);
      break;
    case XCB_KEY_PRESS:
      on_key_press (self, (const xcb_key_press_event_t *) event);
      break;
    case XCB_MOTION_NOTIFY:
      on_motion (self, (const xcb_motion_notify_event_t *) event);
      break;
    case XCB_EXPOSE:
      window = gbx_x_window_find (self, ((const xcb_expose_event_t *) event)->window);
      if (window)
        gbx_x_frame_draw (self, window);
      break;
    default:
      break;
    }
}
