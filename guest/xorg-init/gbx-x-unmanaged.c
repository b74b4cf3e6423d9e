/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Windows that the application shows without the window manager: with override-redirect.  A
 * launcher or a bar may have no other window, and is something to see all the same. */

#include "gbx-x-client.h"

#include <stdlib.h>
#include <string.h>

/* Toolkits have tiny windows for their own use, mostly beside the screen. */
#define LEAST_LENGTH 8
#define LEAST_AREA 400

static bool
can_be_seen (GbxXClient *self, xcb_window_t id, GbxXPlace *place)
{
  xcb_get_window_attributes_reply_t *attributes = xcb_get_window_attributes_reply (
      self->connection, xcb_get_window_attributes (self->connection, id), NULL);
  xcb_get_geometry_reply_t *geometry =
      xcb_get_geometry_reply (self->connection, xcb_get_geometry (self->connection, id), NULL);
  bool seen = attributes && geometry && attributes->override_redirect &&
              attributes->_class == XCB_WINDOW_CLASS_INPUT_OUTPUT &&
              attributes->map_state == XCB_MAP_STATE_VIEWABLE;

  if (seen)
    {
      *place = (GbxXPlace) { geometry->x, geometry->y, geometry->width, geometry->height };
      seen = place->width >= LEAST_LENGTH && place->height >= LEAST_LENGTH &&
             place->width * place->height >= LEAST_AREA && place->x < self->width &&
             place->y < self->height && place->x + place->width > 0 &&
             place->y + place->height > 0;
    }
  free (attributes);
  free (geometry);
  return seen;
}

static size_t
find (GbxXClient *self, xcb_window_t id)
{
  size_t at = 0;

  while (at < self->n_unmanaged && self->unmanaged[at].window != id)
    at++;
  return at;
}

void
gbx_x_unmanaged_map (GbxXClient *self, xcb_window_t id)
{
  GbxXPlace place;

  if (self->n_unmanaged == GBX_X_UNMANAGED_MAX || id == self->curtain ||
      find (self, id) < self->n_unmanaged || gbx_x_window_find (self, id) ||
      !can_be_seen (self, id, &place))
    return;
  self->unmanaged[self->n_unmanaged] = (GbxXWindow) { .window = id, .place = place };
  gbx_x_report_mapped (self, &self->unmanaged[self->n_unmanaged++]);
}

void
gbx_x_unmanaged_unmap (GbxXClient *self, xcb_window_t id)
{
  size_t at = find (self, id);

  if (at == self->n_unmanaged)
    return;
  gbx_x_report_gone (self, id);
  self->n_unmanaged--;
  memmove (self->unmanaged + at, self->unmanaged + at + 1,
           (self->n_unmanaged - at) * sizeof *self->unmanaged);
  gbx_x_report_left (self);
}
