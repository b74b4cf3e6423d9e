/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The size of the screen: the host decides, but where no user has chosen a size, the first window
 * does; and no window is cut. */

#include "gbx-x-client.h"

/* Smaller windows of the host are of no use. */
#define LEAST_WIDTH 320
#define LEAST_HEIGHT 240
/* What a window may need. */
#define MOST_WIDTH 3840
#define MOST_HEIGHT 2160
/* QEMU makes no other widths over VNC. */
#define WIDTH_STEP 16

static uint16_t
larger (uint16_t a, uint16_t b)
{
  return a > b ? a : b;
}

static uint16_t
smaller (uint16_t a, uint16_t b)
{
  return a < b ? a : b;
}

static uint16_t
round_up (uint16_t width)
{
  return (uint16_t) ((width + WIDTH_STEP - 1) / WIDTH_STEP * WIDTH_STEP);
}

/* The windows get their places at once, and not when the server tells of the size. */
static bool
set_size (GbxXClient *self, uint16_t width, uint16_t height)
{
  self->needed_width = width;
  self->needed_height = height;
  if (!gbx_x_screen_resize (self, width, height))
    return false;
  gbx_x_manager_resized (self, width, height);
  return true;
}

/* A window that cannot become as small as the screen would be cut at its edge, where its buttons
 * may be.  So the screen grows, and the host scales the picture. */
void
gbx_x_fit_screen (GbxXClient *self)
{
  uint16_t width = self->asked_width, height = self->asked_height;

  for (size_t i = 0; i < self->n_windows; i++)
    {
      const GbxXHints *hints = &self->windows[i].hints;
      uint16_t least_width = hints->min_width + (hints->decorated ? 2 * GBX_X_BORDER : 0);
      uint16_t least_height =
          hints->min_height + (hints->decorated ? GBX_X_TITLE_HEIGHT + GBX_X_BORDER : 0);

      if (hints->kind == GBX_X_FREE || hints->min_width == 0 || hints->min_height == 0)
        continue;
      if (least_width > width)
        width = larger (width, smaller (round_up (least_width), MOST_WIDTH));
      if (least_height > height)
        height = larger (height, smaller (least_height, MOST_HEIGHT));
    }
  if (self->asked_width > 0 && (width != self->needed_width || height != self->needed_height))
    set_size (self, width, height);
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
  if (width <= self->width && height <= self->height && set_size (self, width, height))
    {
      self->asked_width = width;
      self->asked_height = height;
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
