/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The host's look as data: what is accepted, and the files that toolkits read. */

#include "gbx-appearance.h"
#include "gbx-guest-config.h"
#include "gbx-guest-names.h"
#include "gbx-gvdb.h"
#include "gbx-paths.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  char *root;
} Fixture;

static void
set_up (Fixture *self, gconstpointer unused)
{
  self->root = g_dir_make_tmp ("gbx-appearance-XXXXXX", NULL);
}

static void
tear_down (Fixture *self, gconstpointer unused)
{
  gbx_path_remove_tree (self->root);
  g_free (self->root);
}

static void
put (Fixture *self, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (self->root, name, NULL);
  g_autofree char *folder = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static char *
get (Fixture *self, const char *name)
{
  g_autofree char *path = g_build_filename (self->root, name, NULL);
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, NULL);
  return text;
}

static void
write_settings (Fixture *self, const char *settings)
{
  g_autoptr (GVariant) dict = g_variant_ref_sink (g_variant_new_parsed (settings));
  g_autoptr (GbxAppearance) appearance = gbx_appearance_new (dict);
  g_autofree char *folder = g_build_filename (self->root, "etc", "X11", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  g_assert_true (gbx_appearance_write (appearance, self->root, &error));
  g_assert_no_error (error);
}

#define DARK                                                                                       \
  "{'gtk-theme': <'Adwaita'>, 'dark': <true>, 'font-name': <'Cantarell 11'>,"                      \
  " 'cursor-size': <32>, 'dpi': <147456>, 'antialias': <true>, 'rgba': <'rgb'>,"                   \
  " 'hint-style': <'hintslight'>, 'monospace-font-name': <'Mono 10'>}"

static void
test_gtk (Fixture *self, gconstpointer unused)
{
  g_autofree char *three = NULL;
  g_autofree char *two = NULL;

  put (self, "etc/gtk-3.0/settings.ini", "[Settings]\ngtk-theme-name=Raleigh\ngtk-menu-images=1\n");
  write_settings (self, DARK);
  three = get (self, "etc/gtk-3.0/settings.ini");
  g_assert_nonnull (strstr (three, "gtk-theme-name=Adwaita\n"));
  g_assert_nonnull (strstr (three, "gtk-application-prefer-dark-theme=1\n"));
  g_assert_nonnull (strstr (three, "gtk-font-name=Cantarell 11\n"));
  g_assert_nonnull (strstr (three, "gtk-xft-dpi=147456\n"));
  /* What the administrator set besides stays. */
  g_assert_nonnull (strstr (three, "gtk-menu-images=1\n"));
  two = get (self, "etc/gtk-2.0/gtkrc");
  g_assert_nonnull (strstr (two, "gtk-font-name = \"Cantarell 11\"\n"));
  g_assert_nonnull (strstr (two, "gtk-cursor-theme-size = 32\n"));
}

static void
test_resources (Fixture *self, gconstpointer unused)
{
  g_autofree char *text = NULL;

  write_settings (self, DARK);
  text = get (self, GBX_RESOURCES);
  g_assert_nonnull (strstr (text, "Xft.dpi:\t144\n"));
  g_assert_nonnull (strstr (text, "Xcursor.size:\t32\n"));
  g_assert_nonnull (strstr (text, "glovebox.dark:\t1\n"));
  g_assert_nonnull (strstr (text, "glovebox.font:\tCantarell 11\n"));
}

static void
test_dconf_profile (Fixture *self, gconstpointer unused)
{
  g_autofree char *fresh = NULL;
  g_autofree char *merged = NULL;

  write_settings (self, DARK);
  fresh = get (self, "etc/dconf/profile/user");
  g_assert_cmpstr (fresh, ==, "user-db:user\nsystem-db:glovebox\n\n");
  put (self, "etc/dconf/profile/user", "# ours\nuser-db:user\nsystem-db:local\n");
  write_settings (self, DARK);
  merged = get (self, "etc/dconf/profile/user");
  g_assert_cmpstr (merged, ==, "# ours\nuser-db:user\nsystem-db:glovebox\n\nsystem-db:local\n");
}

/* As dconf's own reader finds a value. */
static char *
look_up (const guint8 *data, gsize size, const char *key)
{
  guint32 n, hash = 5381, start, end;
  const guint8 *items;

  for (const char *at = key; *at; at++)
    hash = hash * 33 + (guint32)(signed char)*at;
  memcpy (&n, data + 28, 4);
  items = data + 32 + 4 * n;
  for (guint i = 0; i < n; i++, items += 24)
    {
      g_autoptr (GVariant) value = NULL;
      g_autoptr (GVariant) inner = NULL;
      guint32 item_hash, bucket, next = n;

      memcpy (&item_hash, items, 4);
      if (item_hash != hash)
        continue;
      memcpy (&bucket, data + 32 + 4 * (hash % n), 4);
      if (hash % n + 1 < n)
        memcpy (&next, data + 32 + 4 * (hash % n + 1), 4);
      g_assert_cmpuint (i, >=, bucket);
      g_assert_cmpuint (i, <, next);
      memcpy (&start, items + 16, 4);
      memcpy (&end, items + 20, 4);
      g_assert_cmpuint (end, <=, size);
      g_assert_cmpuint (start % 8, ==, 0);
      value = g_variant_ref_sink (g_variant_new_from_data (G_VARIANT_TYPE_VARIANT, data + start,
                                                           end - start, FALSE, NULL, NULL));
      inner = g_variant_get_variant (value);
      return g_variant_print (inner, FALSE);
    }
  return NULL;
}

static void
assert_value (Fixture *self, const char *key, const char *expected)
{
  g_autofree char *path = g_build_filename (self->root, "etc/dconf/db/glovebox", NULL);
  g_autofree char *full = g_strconcat ("/org/gnome/desktop/interface/", key, NULL);
  g_autofree char *found = NULL;
  g_autofree char *data = NULL;
  gsize size = 0;

  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  g_assert_cmpmem (data, 8, "GVariant", 8);
  found = look_up ((const guint8 *)data, size, full);
  g_assert_cmpstr (found, ==, expected);
}

static void
test_dconf (Fixture *self, gconstpointer unused)
{
  write_settings (self, DARK);
  assert_value (self, "color-scheme", "'prefer-dark'");
  assert_value (self, "gtk-theme", "'Adwaita'");
  assert_value (self, "cursor-size", "32");
  assert_value (self, "font-antialiasing", "'rgba'");
  assert_value (self, "font-hinting", "'slight'");
  assert_value (self, "monospace-font-name", "'Mono 10'");
  assert_value (self, "icon-theme", NULL);
}

static void
test_themes (Fixture *self, gconstpointer unused)
{
  g_autofree char *text = NULL;

  /* In the user's home, which the guest does not see. */
  write_settings (self, "{'gtk-theme': <'NoSuchTheme-dark'>, 'icon-theme': <'NoSuchIcons'>,"
                        " 'cursor-theme': <'NoSuchCursor'>, 'dark': <true>}");
  text = get (self, "etc/gtk-3.0/settings.ini");
  g_assert_nonnull (strstr (text, "gtk-theme-name=Adwaita\n"));
  g_assert_nonnull (strstr (text, "gtk-application-prefer-dark-theme=1\n"));
  g_assert_null (strstr (text, "NoSuch"));
}

static void
test_nonsense (Fixture *self, gconstpointer unused)
{
  g_autofree char *text = NULL;

  write_settings (self, "{'gtk-theme': <'../../evil'>, 'font-name': <'a\\nb'>, 'dpi': <-5>,"
                        " 'cursor-size': <100000>, 'rgba': <'purple'>, 'dark': <'yes'>,"
                        " 'what': <1>, 'hint-style': <'hint'>}");
  text = get (self, "etc/gtk-3.0/settings.ini");
  g_assert_null (strchr (text, '='));
}

/* --------------------------------------------------------------- names -- */

static void
test_resolv (void)
{
  const char *host = "# here\nnameserver 192.0.2.1\nsearch a.example b.example ../x\n"
                     "options ndots:2 trust-ad timeout:1 rotate debug\n";
  g_autofree char *four = gbx_guest_names_compose_resolv ("10.0.2.3,10.0.2.4,10.0.2.5", host);
  g_autofree char *both
      = gbx_guest_names_compose_resolv ("10.0.2.3,10.0.2.4,10.0.2.5,fd00::3,fd00::4,fd00::5", host);
  g_autofree char *six = gbx_guest_names_compose_resolv (
      "10.0.2.3,10.0.2.4,10.0.2.5,fd00::3,fd00::4,fd00::5", "nameserver 2001:db8::1\ndomain x.org");
  g_autofree char *none = gbx_guest_names_compose_resolv (NULL, host);

#define REST "search a.example b.example\noptions ndots:2 timeout:1 rotate\n"
  g_assert_cmpstr (four, ==,
                   "nameserver 10.0.2.3\nnameserver 10.0.2.4\nnameserver 10.0.2.5\n" REST);
  g_assert_cmpstr (both, ==, "nameserver 10.0.2.3\nnameserver 10.0.2.4\nnameserver fd00::3\n" REST);
  g_assert_cmpstr (six, ==,
                   "nameserver fd00::3\nnameserver fd00::4\nnameserver 10.0.2.3\nsearch x.org\n");
  g_assert_cmpstr (none, ==, "");
}

static void
test_hosts (void)
{
  const char *own[] = { "192.0.2.9", NULL };
  const char *host = "127.0.0.1 localhost dev.example\n::1 ip6-localhost\n"
                     "192.0.2.9 this.example\n192.0.2.7\tnas.example nas # the disks\n"
                     "0.0.0.0 ads.example\nfe80::1 router\n2001:db8::7 six.example\n"
                     "not-an-address x\n192.0.2.8 bad/name\n";
  g_autofree char *text = gbx_guest_names_compose_hosts ("guest", own, host);
  g_autofree char *alone = gbx_guest_names_compose_hosts ("guest", own, NULL);

#define BEGIN "127.0.0.1\tlocalhost\n127.0.1.1\tguest\n::1\tlocalhost ip6-localhost\n"
  g_assert_cmpstr (text, ==,
                   BEGIN "192.0.2.7 nas.example nas\n0.0.0.0 ads.example\n"
                         "2001:db8::7 six.example\n");
  g_assert_cmpstr (alone, ==, BEGIN);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/appearance/gtk", test_gtk);
  ADD ("/appearance/resources", test_resources);
  ADD ("/appearance/dconf", test_dconf);
  ADD ("/appearance/dconf-profile", test_dconf_profile);
  ADD ("/appearance/themes", test_themes);
  ADD ("/appearance/nonsense", test_nonsense);
  g_test_add_func ("/guest-names/resolv", test_resolv);
  g_test_add_func ("/guest-names/hosts", test_hosts);
  return g_test_run ();
}
