/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-display-geometry.h"

#include "gbx-policy.h"

#include <math.h>

/* A guest often has only modes that are a multiple of 8 or 16 wide.  A margin of that size
 * is better than a blurred picture with a scale of 1.005. */
#define NEARLY 16

gboolean
gbx_geometry_is_acceptable (int width, int height)
{
  return width > 0 && height > 0 && width <= GBX_DISPLAY_MAX && height <= GBX_DISPLAY_MAX;
}

double
gbx_geometry_density (int scale, guint zoom)
{
  return MAX (scale, 1) * 100.0 / CLAMP (zoom, GBX_ZOOM_MIN, GBX_ZOOM_MAX);
}

guint
gbx_geometry_step_zoom (guint zoom, int direction)
{
  static const guint steps[] = { 25, 33, 50, 67, 75, 90, 100, 110, 125, 150, 175, 200, 250, 300, 400 };
  guint best = zoom;

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      if (direction < 0 && steps[i] < zoom)
        best = steps[i];
      if (direction > 0 && steps[i] > zoom)
        return steps[i];
    }
  return best;
}

/* What a table of a test or a scale of zero comes to. */
static double
make_sane (double density)
{
  return density > 0 ? density : 1;
}

static guint
to_guest (int length, double density)
{
  double device = floor (MAX (length, 0) * make_sane (density) + 0.001);

  return (guint)CLAMP (device, GBX_DISPLAY_MIN, GBX_DISPLAY_MAX);
}

void
gbx_geometry_guest_size (int width, int height, double density, guint *guest_width,
                         guint *guest_height)
{
  int least = MIN (width, height);

  /* The screen cannot be smaller than the least: then it keeps its shape, and is zoomed less. */
  if (density < 1 && least > 0)
    density = MIN (MAX (density, (double)GBX_DISPLAY_MIN / least), 1);
  *guest_width = to_guest (width, density);
  *guest_height = to_guest (height, density);
}

static int
to_logical (guint length, double density)
{
  return (int)ceil (MIN (length, GBX_DISPLAY_MAX) / make_sane (density) - 0.001);
}

void
gbx_geometry_natural_size (guint guest_width, guint guest_height, double density, int *width,
                           int *height)
{
  *width = to_logical (guest_width, density);
  *height = to_logical (guest_height, density);
}

static gboolean
fits_nearly (const GdkRectangle *area, double density, int width, int height)
{
  /* With a zoom, a pixel of the guest is larger. */
  double nearly = NEARLY / MIN (make_sane (density), 1);

  return width <= area->width && height <= area->height && area->width - width < nearly
         && area->height - height < nearly;
}

static void
scale_to_fit (const GdkRectangle *area, int *width, int *height)
{
  double ratio = MIN ((double)area->width / *width, (double)area->height / *height);

  *width = CLAMP ((int)(*width * ratio + 0.5), 1, area->width);
  *height = CLAMP ((int)(*height * ratio + 0.5), 1, area->height);
}

void
gbx_geometry_place (const GdkRectangle *area, double density, guint guest_width, guint guest_height,
                    gboolean fit, GdkRectangle *place)
{
  int width, height;

  *place = *area;
  if (guest_width == 0 || guest_height == 0 || area->width < 1 || area->height < 1)
    return;

  gbx_geometry_natural_size (guest_width, guest_height, density, &width, &height);
  if (fit && !fits_nearly (area, density, width, height))
    scale_to_fit (area, &width, &height);

  /* Without fit the screen may be larger than the area, which then scrolls. */
  place->x = area->x + MAX ((area->width - width) / 2, 0);
  place->y = area->y + MAX ((area->height - height) / 2, 0);
  place->width = width;
  place->height = height;
}
