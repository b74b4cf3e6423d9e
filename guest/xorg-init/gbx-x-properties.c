/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The properties of the window manager and its windows, by EWMH and ICCCM. */

#include "gbx-x-client.h"

void
gbx_x_set_atoms (GbxXClient *self, xcb_window_t window, GbxAtom property, xcb_atom_t type,
                 uint32_t n, const uint32_t *values)
{
  xcb_change_property (self->connection, XCB_PROP_MODE_REPLACE, window, self->atoms[property], type,
                       32, n, values);
}

void
gbx_x_publish_extents (GbxXClient *self, xcb_window_t window, bool framed)
{
  uint32_t title = framed ? GBX_X_TITLE_HEIGHT : 0, border = framed ? GBX_X_BORDER : 0;
  const uint32_t extents[] = { border, border, title, border };

  gbx_x_set_atoms (self, window, GBX_ATOM__NET_FRAME_EXTENTS, XCB_ATOM_CARDINAL, 4, extents);
}

void
gbx_x_publish_state (GbxXClient *self, const GbxXWindow *window)
{
  uint32_t states[5], n = 0;
  const uint32_t normal[] = { 1, XCB_NONE };

  if (window->hints.kind == GBX_X_MAIN)
    {
      states[n++] = self->atoms[GBX_ATOM__NET_WM_STATE_MAXIMIZED_VERT];
      states[n++] = self->atoms[GBX_ATOM__NET_WM_STATE_MAXIMIZED_HORZ];
    }
  if (window->fullscreen)
    states[n++] = self->atoms[GBX_ATOM__NET_WM_STATE_FULLSCREEN];
  if (window->modal)
    states[n++] = self->atoms[GBX_ATOM__NET_WM_STATE_MODAL];
  if (window == &self->windows[0])
    states[n++] = self->atoms[GBX_ATOM__NET_WM_STATE_FOCUSED];
  gbx_x_set_atoms (self, window->window, GBX_ATOM__NET_WM_STATE, XCB_ATOM_ATOM, n, states);
  gbx_x_publish_extents (self, window->window, window->frame && !window->fullscreen);
  gbx_x_set_atoms (self, window->window, GBX_ATOM_WM_STATE, self->atoms[GBX_ATOM_WM_STATE], 2,
                   normal);
}

void
gbx_x_publish_windows (GbxXClient *self)
{
  uint32_t list[GBX_X_WINDOWS_MAX];
  uint32_t active = self->n_windows > 0 ? self->windows[0].window : XCB_WINDOW_NONE;

  for (size_t i = 0; i < self->n_windows; i++)
    list[self->n_windows - 1 - i] = self->windows[i].window;
  gbx_x_set_atoms (self, self->root, GBX_ATOM__NET_CLIENT_LIST, XCB_ATOM_WINDOW, self->n_windows,
                   list);
  gbx_x_set_atoms (self, self->root, GBX_ATOM__NET_CLIENT_LIST_STACKING, XCB_ATOM_WINDOW,
                   self->n_windows, list);
  gbx_x_set_atoms (self, self->root, GBX_ATOM__NET_ACTIVE_WINDOW, XCB_ATOM_WINDOW, 1, &active);
}

void
gbx_x_publish_screen (GbxXClient *self)
{
  const uint32_t area[] = { 0, 0, self->width, self->height };
  const uint32_t one = 1, zero = 0;

  gbx_x_set_atoms (self, self->root, GBX_ATOM__NET_WORKAREA, XCB_ATOM_CARDINAL, 4, area);
  gbx_x_set_atoms (self, self->root, GBX_ATOM__NET_DESKTOP_GEOMETRY, XCB_ATOM_CARDINAL, 2, area + 2);
  gbx_x_set_atoms (self, self->root, GBX_ATOM__NET_NUMBER_OF_DESKTOPS, XCB_ATOM_CARDINAL, 1, &one);
  gbx_x_set_atoms (self, self->root, GBX_ATOM__NET_CURRENT_DESKTOP, XCB_ATOM_CARDINAL, 1, &zero);
}

void
gbx_x_send_protocol (GbxXClient *self, const GbxXWindow *window, GbxAtom protocol)
{
  xcb_client_message_event_t message = {
    .response_type = XCB_CLIENT_MESSAGE,
    .format = 32,
    .window = window->window,
    .type = self->atoms[GBX_ATOM_WM_PROTOCOLS],
  };

  message.data.data32[0] = self->atoms[protocol];
  message.data.data32[1] = XCB_CURRENT_TIME;
  xcb_send_event (self->connection, 0, window->window, 0, (const char *) &message);
}
