/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A window without a background, below the main windows.  Where a main window goes, the server
 * paints nothing, and the last picture stays: an application that quits does not end in an
 * empty screen.  When a smaller window is left, or comes first, there is no curtain. */

#include "gbx-x-client.h"

/* Larger than any screen. */
#define CURTAIN_SIZE 16384

void
gbx_x_curtain_prepare (GbxXClient *self)
{
  const uint32_t values[] = { XCB_BACK_PIXMAP_NONE, 1 };

  self->curtain = xcb_generate_id (self->connection);
  xcb_create_window (self->connection, XCB_COPY_FROM_PARENT, self->curtain, self->root, 0, 0,
                     CURTAIN_SIZE, CURTAIN_SIZE, 0, XCB_WINDOW_CLASS_INPUT_OUTPUT,
                     XCB_COPY_FROM_PARENT, XCB_CW_BACK_PIXMAP | XCB_CW_OVERRIDE_REDIRECT, values);
}

static bool
has_main (GbxXClient *self)
{
  for (size_t i = 0; i < self->n_windows; i++)
    if (self->windows[i].hints.kind == GBX_X_MAIN)
      return true;
  return false;
}

void
gbx_x_curtain_update (GbxXClient *self)
{
  const uint32_t below = XCB_STACK_MODE_BELOW;

  if (has_main (self))
    {
      xcb_configure_window (self->connection, self->curtain, XCB_CONFIG_WINDOW_STACK_MODE, &below);
      xcb_map_window (self->connection, self->curtain);
    }
  else if (self->n_windows > 0)
    xcb_unmap_window (self->connection, self->curtain);
}
