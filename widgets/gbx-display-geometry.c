/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-display-geometry.h"

#include "gbx-policy.h"

/* A guest often has only modes that are a multiple of 8 or 16 wide.  A margin of that size
 * is better than a blurred picture with a scale of 1.005. */
#define NEARLY 16

gboolean
gbx_geometry_is_acceptable (int width, int height)
{
  return width > 0 && height > 0 && width <= GBX_DISPLAY_MAX && height <= GBX_DISPLAY_MAX;
}

static guint
to_guest (int length, int scale)
{
  gint64 device = (gint64)MAX (length, 0) * MAX (scale, 1);

  return (guint)CLAMP (device, GBX_DISPLAY_MIN, GBX_DISPLAY_MAX);
}

void
gbx_geometry_guest_size (int width, int height, int scale, guint *guest_width, guint *guest_height)
{
  *guest_width = to_guest (width, scale);
  *guest_height = to_guest (height, scale);
}

static int
to_logical (guint length, int scale)
{
  int by = MAX (scale, 1);

  return ((int)MIN (length, GBX_DISPLAY_MAX) + by - 1) / by;
}

void
gbx_geometry_natural_size (guint guest_width, guint guest_height, int scale, int *width,
                           int *height)
{
  *width = to_logical (guest_width, scale);
  *height = to_logical (guest_height, scale);
}

static gboolean
fits_nearly (const GdkRectangle *area, int width, int height)
{
  return width <= area->width && height <= area->height && area->width - width < NEARLY
         && area->height - height < NEARLY;
}

static void
scale_to_fit (const GdkRectangle *area, int *width, int *height)
{
  double ratio = MIN ((double)area->width / *width, (double)area->height / *height);

  *width = CLAMP ((int)(*width * ratio + 0.5), 1, area->width);
  *height = CLAMP ((int)(*height * ratio + 0.5), 1, area->height);
}

void
gbx_geometry_place (const GdkRectangle *area, int scale, guint guest_width, guint guest_height,
                    gboolean fit, GdkRectangle *place)
{
  int width, height;

  *place = *area;
  if (guest_width == 0 || guest_height == 0 || area->width < 1 || area->height < 1)
    return;

  gbx_geometry_natural_size (guest_width, guest_height, scale, &width, &height);
  if (fit && !fits_nearly (area, width, height))
    scale_to_fit (area, &width, &height);

  /* Without fit the screen may be larger than the area, which then scrolls. */
  place->x = area->x + MAX ((area->width - width) / 2, 0);
  place->y = area->y + MAX ((area->height - height) / 2, 0);
  place->width = width;
  place->height = height;
}
