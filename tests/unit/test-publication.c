/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Ports to publish, as a user writes them. */

#include "gbx-publication.h"

static void
assert_ports (const char *text, const char *expected, gboolean open)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) all = gbx_publications_parse (text, &error);
  g_autoptr (GString) found = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < all->len; i++)
    {
      g_autofree char *one = gbx_publication_format (g_ptr_array_index (all, i));

      g_string_append_printf (found, "%s%s", i > 0 ? " " : "", one);
      g_assert_cmpint (gbx_publication_is_open (g_ptr_array_index (all, i)), ==, open);
    }
  g_assert_cmpstr (found->str, ==, expected);
}

static void
test_ports (void)
{
  assert_ports ("", "", FALSE);
  assert_ports ("8080:80", "127.0.0.1:8080:80", FALSE);
  assert_ports ("127.0.0.2:8080:80, [::1]:5353:53/udp,1:65535/tcp",
                "127.0.0.2:8080:80 [::1]:5353:53/udp 127.0.0.1:1:65535", FALSE);
  /* The same port by another protocol or at another address is another one. */
  assert_ports ("53:53 53:53/udp 127.0.0.2:53:53", "127.0.0.1:53:53 127.0.0.1:53:53/udp "
                "127.0.0.2:53:53", FALSE);
  assert_ports ("0.0.0.0:80:80 [::]:80:80 192.0.2.1:80:80",
                "0.0.0.0:80:80 [::]:80:80 192.0.2.1:80:80", TRUE);
}

static void
assert_refused (const char *text, const char *word)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (gbx_publications_parse (text, &error));
  g_assert_nonnull (g_strstr_len (error->message, -1, word));
}

static void
test_refused (void)
{
  static const char *const malformed[] = { "80",      "80:",     ":80",      "0:80",    "80:0",
                                           "65536:1", "1:65536", "80:80:80", "-1:80",   "+1:80",
                                           "a:b",     "80:80/x", "::1:80:80", "0x1:80", "80:80/" };

  for (guint i = 0; i < G_N_ELEMENTS (malformed); i++)
    assert_refused (malformed[i], malformed[i]);
  assert_refused ("localhost:80:80", "numbers");
  assert_refused ("[127.0.0.1]:80:80", "brackets");
  assert_refused ("[]:80:80", "brackets");
  assert_refused ("224.0.0.1:80:80", "multicast");
  assert_refused ("8080:80 8080:81", "8080:81");
}

static void
test_many (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GPtrArray) all = NULL;

  for (guint i = 1; i <= GBX_PUBLICATIONS_MAX; i++)
    g_string_append_printf (text, "%u:80,", i);
  all = gbx_publications_parse (text->str, NULL);
  g_assert_cmpint (all->len, ==, GBX_PUBLICATIONS_MAX);
  g_string_append (text, "1000:80");
  assert_refused (text->str, "64");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/publication/ports", test_ports);
  g_test_add_func ("/publication/refused", test_refused);
  g_test_add_func ("/publication/many", test_many);
  return g_test_run ();
}
