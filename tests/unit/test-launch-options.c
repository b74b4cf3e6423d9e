/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-launch-options.h"

#include "gbx-error.h"

static void
test_memory (void)
{
  static const struct
  {
    const char *text;
    guint64 bytes;
  } good[] = {
    { "512", G_GUINT64_CONSTANT (512) << 20 }, { "512M", G_GUINT64_CONSTANT (512) << 20 },
    { "1.5GiB", G_GUINT64_CONSTANT (1536) << 20 }, { "65536k", G_GUINT64_CONSTANT (64) << 20 },
  };
  static const char *const bad[]
      = { "", "0", "-1", "0.0001k", "1e-320", "nan", "inf", "1e999", "1T", "G", "1G1" };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_cmpuint (gbx_parse_memory (good[i].text, &error), ==, good[i].bytes);
      g_assert_no_error (error);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_cmpuint (gbx_parse_memory (bad[i], &error), ==, 0);
      g_assert_error (error, GBX_ERROR, GBX_ERROR_INVALID);
    }
}

static void
test_size (void)
{
  static const char *const bad[] = { "", "10", "0x0", "axb", "1280x", "1280x800x2", "99999x800" };
  guint width = 0, height = 0;

  g_assert_true (gbx_parse_size ("1280x800", &width, &height, NULL));
  g_assert_cmpuint (width, ==, 1280);
  g_assert_cmpuint (height, ==, 800);
  g_assert_true (gbx_parse_size ("640×480", &width, &height, NULL));
  g_assert_cmpuint (width, ==, 640);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (gbx_parse_size (bad[i], &width, &height, &error));
      g_assert_error (error, GBX_ERROR, GBX_ERROR_INVALID);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/launch-options/memory", test_memory);
  g_test_add_func ("/launch-options/size", test_size);
  return g_test_run ();
}
