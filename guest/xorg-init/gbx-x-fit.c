/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The screen takes the size of the application's first window, where no user has chosen one. */

#include "gbx-x-client.h"

/* Smaller windows of the host are of no use. */
#define LEAST_WIDTH 320
#define LEAST_HEIGHT 240

static uint16_t
larger (uint16_t a, uint16_t b)
{
  return a > b ? a : b;
}

/* Before it is mapped, so that the window does not have to draw itself twice.  If the screen
 * has to grow, the host does it, which knows how much space there is. */
static void
fit_first (GbxXClient *self, GbxXWindow *window, uint16_t width, uint16_t height)
{
  if (window->fullscreen || window->maximised)
    return;
  width = larger (width, LEAST_WIDTH);
  height = larger (height, LEAST_HEIGHT);
  if (width <= self->width && height <= self->height && gbx_x_screen_resize (self, width, height))
    {
      self->width = width;
      self->height = height;
      gbx_x_publish_screen (self);
    }
  gbx_x_report_size (self, width, height);
}

void
gbx_x_fit (GbxXClient *self, GbxXWindow *window)
{
  bool first = !self->fitted;
  uint16_t width, height;

  if (!self->fits || window->hints.kind == GBX_X_FREE)
    return;
  self->fitted = true;
  /* The host shows its title, and the screen has the same size. */
  if (first)
    window->hints.decorated = false;
  width = larger (window->wanted.width, window->hints.min_width) +
          (window->hints.decorated ? 2 * GBX_X_BORDER : 0);
  height = larger (window->wanted.height, window->hints.min_height) +
           (window->hints.decorated ? GBX_X_TITLE_HEIGHT + GBX_X_BORDER : 0);
  if (first)
    fit_first (self, window, width, height);
  else if (!window->fullscreen && !window->maximised &&
           (width > self->width || height > self->height))
    gbx_x_report_size (self, larger (width, self->width), larger (height, self->height));
}
