/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-plain-converter.h"

#include <string.h>

static const struct
{
  const char *bytes, *text;
} cases[] = {
  { "plain\tUTF-8: Évince\n", "plain\tUTF-8: Évince\n" },
  /* Clipboard, title, answer-back, and the one-byte introducer. */
  { "\033]52;c;ZXZpbA==\a", " ]52;c;ZXZpbA== " },
  { "\033]0;title\033\\", " ]0;title \\" },
  { "\005\033[c", "  [c" },
  { "\302\2332J", " 2J" },
  { "\2332J", "?2J" },
  { "overwrite\rthis", "overwrite this" },
  { "\342\200\256turned", " turned" },
  { "cut \303", "cut ?" },
  { "cut \360\237\230", "cut ???" },
  { "\360\237\230\200!", "\360\237\230\200!" },
};

/* Written so many bytes at a time. */
static char *
convert (const char *bytes, gsize length, gsize step)
{
  g_autoptr (GConverter) converter = gbx_plain_converter_new ();
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_autoptr (GOutputStream) stream = g_converter_output_stream_new (memory, converter);
  g_autoptr (GError) error = NULL;

  for (gsize at = 0; at < length; at += step)
    g_output_stream_write_all (stream, bytes + at, MIN (step, length - at), NULL, NULL, &error);
  g_assert_no_error (error);
  g_output_stream_flush (stream, NULL, &error);
  g_assert_no_error (error);
  g_output_stream_close (stream, NULL, &error);
  g_assert_no_error (error);
  return g_strndup (g_memory_output_stream_get_data (G_MEMORY_OUTPUT_STREAM (memory)),
                    g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (memory)));
}

static void
test_cases (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (gsize step = 1; step < 8; step++)
      {
        g_autofree char *text = convert (cases[i].bytes, strlen (cases[i].bytes), step);

        g_assert_cmpstr (text, ==, cases[i].text);
      }
}

static void
test_zero (void)
{
  g_autofree char *text = convert ("a\0b\0", 4, 3);

  g_assert_cmpstr (text, ==, "a b ");
}

static void
test_large (void)
{
  g_autofree char *bytes = g_strnfill (200000, 'x');
  g_autofree char *text = NULL;

  for (gsize i = 0; i < 200000; i += 100)
    memcpy (bytes + i + 7, "\342\202\254", 3);
  text = convert (bytes, 200000, 65536);
  g_assert_cmpstr (text, ==, bytes);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plain-converter/cases", test_cases);
  g_test_add_func ("/plain-converter/zero", test_zero);
  g_test_add_func ("/plain-converter/large", test_large);
  return g_test_run ();
}
