/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-display-geometry.h"

#include "gbx-policy.h"

static void
test_acceptable (void)
{
  g_assert_true (gbx_geometry_is_acceptable (1, 1));
  g_assert_true (gbx_geometry_is_acceptable (8192, 8192));
  g_assert_false (gbx_geometry_is_acceptable (8193, 600));
  g_assert_false (gbx_geometry_is_acceptable (800, 8193));
  g_assert_false (gbx_geometry_is_acceptable (0, 600));
  g_assert_false (gbx_geometry_is_acceptable (800, -1));
  g_assert_false (gbx_geometry_is_acceptable (G_MAXINT, G_MAXINT));
}

static void
test_guest_size (void)
{
  static const struct
  {
    int width, height, scale;
    guint guest_width, guest_height;
  } cases[] = {
    { 800, 600, 1, 800, 600 },
    { 801, 599, 1, 801, 599 },
    { 800, 600, 2, 1600, 1200 },
    { 640, 480, 3, 1920, 1440 },
    { 10, 10, 1, GBX_DISPLAY_MIN, GBX_DISPLAY_MIN },
    { 5000, 5000, 2, GBX_DISPLAY_MAX, GBX_DISPLAY_MAX },
    { G_MAXINT, G_MAXINT, G_MAXINT, GBX_DISPLAY_MAX, GBX_DISPLAY_MAX },
    { -5, 600, 0, GBX_DISPLAY_MIN, 600 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint width, height;

      gbx_geometry_guest_size (cases[i].width, cases[i].height, cases[i].scale, &width, &height);
      g_assert_cmpuint (width, ==, cases[i].guest_width);
      g_assert_cmpuint (height, ==, cases[i].guest_height);
    }
}

/* A pixel of the guest that is larger or smaller than one of the device. */
static void
test_zoom (void)
{
  static const struct
  {
    int scale;
    guint zoom, width, height; /* of the guest in 1000 x 800 */
    gboolean is_whole;         /* so that it fills the area */
  } cases[] = {
    { 1, 100, 1000, 800, TRUE }, { 1, 200, 500, 400, TRUE },  { 1, 50, 2000, 1600, TRUE },
    { 2, 100, 2000, 1600, TRUE }, { 2, 200, 1000, 800, TRUE }, { 1, 150, 666, 533, FALSE },
    { 1, 400, 400, 320, FALSE },  { 1, 25, 4000, 3200, TRUE },
  };
  static const struct
  {
    guint zoom, larger, smaller;
  } steps[] = { { 100, 110, 90 }, { 25, 33, 25 }, { 400, 400, 300 }, { 105, 110, 100 } };
  const GdkRectangle area = { 0, 0, 1000, 800 };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      double density = gbx_geometry_density (cases[i].scale, cases[i].zoom);
      GdkRectangle place;
      guint width, height;
      int natural_width, natural_height;

      gbx_geometry_guest_size (area.width, area.height, density, &width, &height);
      g_assert_cmpuint (width, ==, cases[i].width);
      g_assert_cmpuint (height, ==, cases[i].height);
      gbx_geometry_natural_size (width, height, density, &natural_width, &natural_height);
      gbx_geometry_place (&area, density, width, height, TRUE, &place);
      g_assert_cmpint (place.width, <=, area.width);
      g_assert_cmpint (place.height, <=, area.height);
      g_assert_true (!cases[i].is_whole || gdk_rectangle_equal (&place, &area));
      g_assert_true (!cases[i].is_whole
                     || (natural_width == area.width && natural_height == area.height));
    }
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_assert_cmpuint (gbx_geometry_step_zoom (steps[i].zoom, 1), ==, steps[i].larger);
      g_assert_cmpuint (gbx_geometry_step_zoom (steps[i].zoom, -1), ==, steps[i].smaller);
    }
  g_assert_cmpfloat (gbx_geometry_density (0, 100000), ==, 0.25);
}

static void
test_place (void)
{
  static const struct
  {
    const char *what;
    GdkRectangle area;
    int scale;
    guint width, height;
    gboolean fit;
    GdkRectangle place;
  } cases[] = {
    { "one to one", { 5, 7, 800, 600 }, 1, 800, 600, TRUE, { 5, 7, 800, 600 } },
    { "one to one in device pixels", { 0, 0, 400, 300 }, 2, 800, 600, TRUE, { 0, 0, 400, 300 } },
    { "a mode nearly as wide keeps its pixels",
      { 0, 0, 801, 607 },
      1,
      800,
      600,
      TRUE,
      { 0, 3, 800, 600 } },
    { "half, letterboxed", { 0, 0, 400, 400 }, 1, 800, 600, TRUE, { 0, 50, 400, 300 } },
    { "twice, pillarboxed", { 0, 0, 2000, 1200 }, 1, 800, 600, TRUE, { 200, 0, 1600, 1200 } },
    { "not fitted: centred", { 0, 0, 1000, 1000 }, 1, 800, 600, FALSE, { 100, 200, 800, 600 } },
    { "not fitted: larger than the area",
      { 0, 0, 400, 300 },
      1,
      800,
      600,
      FALSE,
      { 0, 0, 800, 600 } },
    { "an odd size on a dense screen", { 0, 0, 401, 301 }, 2, 801, 601, TRUE, { 0, 0, 401, 301 } },
    { "no screen yet", { 1, 2, 30, 40 }, 1, 0, 0, TRUE, { 1, 2, 30, 40 } },
    { "absurdly flat", { 0, 0, 300, 200 }, 1, 8192, 1, TRUE, { 0, 99, 300, 1 } },
    { "no area", { 0, 0, 0, 0 }, 1, 800, 600, TRUE, { 0, 0, 0, 0 } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      GdkRectangle place;

      g_test_message ("%s", cases[i].what);
      gbx_geometry_place (&cases[i].area, cases[i].scale, cases[i].width, cases[i].height,
                          cases[i].fit, &place);
      g_assert_cmpint (place.x, ==, cases[i].place.x);
      g_assert_cmpint (place.y, ==, cases[i].place.y);
      g_assert_cmpint (place.width, ==, cases[i].place.width);
      g_assert_cmpint (place.height, ==, cases[i].place.height);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/geometry/acceptable", test_acceptable);
  g_test_add_func ("/geometry/guest-size", test_guest_size);
  g_test_add_func ("/geometry/zoom", test_zoom);
  g_test_add_func ("/geometry/place", test_place);
  return g_test_run ();
}
