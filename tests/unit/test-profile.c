/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Profiles: what files are refused and what they are told, layers, parents, locks, and what
 * is written back. */

#include "config.h"

#include "gbx-error.h"
#include "gbx-import.h"
#include "gbx-key-text.h"
#include "gbx-paths.h"
#include "gbx-profile-file.h"
#include "gbx-profile-match.h"
#include "gbx-profile-store.h"
#include "gbx-resolution.h"
#include "gbx-settings.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char *scratch, *shipped, *administrator, *user;

#define P "[Profile]\nVersion=1\n"

static char *
write_profile (const char *folder, const char *id, const char *text)
{
  g_autofree char *base = g_strconcat (id, GBX_PROFILE_SUFFIX, NULL);
  char *path = g_build_filename (folder, base, NULL);

  g_mkdir_with_parents (folder, 0700);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

static void
put (const char *folder, const char *id, const char *text)
{
  g_free (write_profile (folder, id, text));
}

/* Before each test: empty folders. */
static void
set_up (gpointer *fixture, gconstpointer data)
{
  const char *const folders[] = { shipped, administrator, user };

  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      gbx_path_remove_tree (folders[i]);
      g_mkdir_with_parents (folders[i], 0700);
    }
}

/* -------------------------------------------------------------- bad files -- */

/* Each with words of its own message, and the line. */
static const struct
{
  const char *text;
  guint line;
  const char *because;
} bad_files[] = {
  /* no key file */
  { "", 1, "Version is missing" },
  { "\n\n", 1, "Version is missing" },
  { "# nothing\n", 1, "Version is missing" },
  { "hello", 1, "before the first group" },
  { "Version=1\n", 1, "before the first group" },
  { "\xef\xbb\xbf[Profile]\nVersion=1\n", 1, "before the first group" },
  { "{\"version\": 1}\n", 1, "before the first group" },
  { "<Configuration/>\n", 1, "before the first group" },
  { "\x7f" "ELF\n", 1, "control character" },
  { "[Profile]\r\nVersion=1\r\n", 1, "carriage return" },
  { P "Name=a\rb\n", 3, "carriage return" },
  { P "Name=caf\xe9\n", 3, "not UTF-8" },
  { P "Name=\xed\xa0\x80\n", 3, "not UTF-8" },
  { P "Name=a\x1b[31m\n", 3, "control character" },
  { P "Name=a\x01\n", 3, "control character" },
  /* groups */
  { "[Profile\nVersion=1\n", 1, "not a group" },
  { "[]\nVersion=1\n", 1, "not a group" },
  { "[Profile] x\nVersion=1\n", 1, "not a group" },
  { "[[Profile]]\nVersion=1\n", 1, "not a group" },
  { "[Pro]file]\nVersion=1\n", 1, "not a group" },
  { P "[Network]\nMode=none\n[Network]\n", 5, "was there already, in line 3" },
  { P "[Profile]\n", 3, "was there already, in line 1" },
  { P "[network]\nMode=none\n", 3, "no group “network”" },
  { P "[Netwrok]\nMode=none\n", 3, "no group “Netwrok”" },
  { P "[Sound]\n", 3, "no group “Sound”" },
  { P "[Share]\nPath=/tmp\n", 3, "no group “Share”" },
  { P "[Share ]\nPath=/tmp\n", 3, "no group “Share ”" },
  { P "[Share a/b]\nPath=/tmp\n", 3, "name of a share" },
  { P "[Share Ä]\nPath=/tmp\n", 3, "name of a share" },
  { P "[Share ../x]\nPath=/tmp\n", 3, "name of a share" },
  /* lines */
  { P "[Network]\nMode\n", 4, "neither a group" },
  { P "[Network]\n=none\n", 4, "not a key" },
  { P "[Network]\nMo de=none\n", 4, "not a key" },
  { P "[Network]\nMöde=none\n", 4, "not a key" },
  { P "Name[=x\n", 3, "not a key with a language" },
  { P "Name[]=x\n", 3, "not a key with a language" },
  { P "Name[d e]=x\n", 3, "not a key with a language" },
  { P "[Network]\nMode=none\nMode=user\n", 5, "was there already, in line 4" },
  { P "Name[de]=a\nName[de]=b\n", 4, "was there already, in line 3" },
  /* [Profile] */
  { "[Profile]\nName=x\n", 1, "Version is missing" },
  { "[Profile]\nVersion=\n", 2, "Version cannot be" },
  { "[Profile]\nVersion=one\n", 2, "Version cannot be" },
  { "[Profile]\nVersion=0\n", 2, "Version cannot be" },
  { "[Profile]\nVersion=-1\n", 2, "Version cannot be" },
  { "[Profile]\nVersion=1.5\n", 2, "Version cannot be" },
  { "[Profile]\nVersion=2\n", 2, "update Glovebox" },
  { "[Profile]\nVersion=2\n[Future]\nKey=x\n", 2, "update Glovebox" },
  { "[Profile]\nVersion=99999999999\n", 2, "Version cannot be" },
  { P "Id=other\n", 3, "Id is “other”" },
  { P "Nmae=x\n", 3, "no key “Nmae”" },
  { P "Sandbox=off\n", 3, "no key “Sandbox”" },
  { P "Icon[de]=x\n", 3, "no translation" },
  { P "Color=red\n", 3, "#3584e4" },
  { P "Color=#12345\n", 3, "#3584e4" },
  { P "Color=#12345g\n", 3, "#3584e4" },
  { P "Inherits=a b\n", 3, "Inherits cannot be" },
  { P "Inherits=../../etc/passwd\n", 3, "Inherits cannot be" },
  { P "Inherits=a;b\n", 3, "Inherits cannot be" },
  /* values */
  { P "[Network]\nMode=\n", 4, "none, published, user" },
  { P "[Network]\nMode=None\n", 4, "none, published, user" },
  { P "[Network]\nMode=none;user\n", 4, "none, published, user" },
  { P "[Network]\nMode=bridge\n", 4, "none, published, user" },
  { P "[Network]\nMode[de]=none\n", 4, "no translation" },
  { P "[Network]\nDns=1.1.1.1\n", 4, "no key “Dns”" },
  { P "[Resources]\nMemory=much\n", 4, "512M" },
  { P "[Resources]\nMemory=-1G\n", 4, "512M" },
  { P "[Resources]\nMemory=1\n", 4, "160M" },
  { P "[Resources]\nMemory=100000G\n", 4, "160M" },
  { P "[Resources]\nMemory=1G 2G\n", 4, "512M" },
  { P "[Resources]\nCpus=0\n", 4, "use 1 to" },
  { P "[Resources]\nCpus=two\n", 4, "whole number" },
  { P "[Resources]\nCpus=1000000\n", 4, "use 1 to" },
  { P "[Resources]\nPaging=1G\n", 4, "no key “Paging”" },
  { P "[Resources]\nCpuSet=0-8000\n", 4, "no processor" },
  { P "[Resources]\nNumaNodes=4000\n", 4, "no NUMA node" },
  { P "[Backend]\nKind=kvm\n", 4, "qemu, auto, lxc" },
  { P "[Display]\nSize=big\n", 4, "1280x800" },
  { P "[Display]\nSize=10x10\n", 4, "320 to 8192" },
  { P "[Display]\nOpengl=maybe\n", 4, "auto, on, off" },
  { P "[Display]\nProtocol=rdp\n", 4, "spice, vnc" },
  { P "[Devices]\nClipboard=on\n", 4, "use off" },
  { P "[Devices]\nMicrophone=ask\n", 4, "use off" },
  { P "[Devices]\nCamera=off\n", 4, "no key “Camera”" },
  { P "[Lifecycle]\nTimeout=soon\n", 4, "15min" },
  { P "[Lifecycle]\nTimeout=-5\n", 4, "15min" },
  { P "[Lifecycle]\nTimeout=99999999999\n", 4, "15min" },
  { P "[Kernel]\nAccelerator=xen\n", 4, "auto, kvm, tcg" },
  { P "[Kernel]\nStrict=perhaps\n", 4, "on or off" },
  { P "[Environment]\n1A=x\n", 4, "environment variable" },
  { P "[Environment]\nA-B=x\n", 4, "environment variable" },
  { P "[Environment]\nA[de]=x\n", 4, "environment variable" },
  { P "[Share a]\nPath=/tmp\nAccess=write\n", 5, "none, ro, rw" },
  { P "[Share a]\nPath=/tmp\nPresence=maybe\n", 5, "required, optional, ask" },
  { P "[Share a]\nPath=/tmp\nGuestPath=x\n", 5, "absolute path" },
  { P "[Share a]\nPath=/tmp\nReadOnly=true\n", 5, "no key “ReadOnly”" },
  { P "[Locks]\nNetwork.Mode=none\n", 4, "only a profile of the system" },
};

static void
test_bad_files (gpointer *fixture, gconstpointer data)
{
  g_assert_cmpuint (G_N_ELEMENTS (bad_files), >=, 80);
  for (guint i = 0; i < G_N_ELEMENTS (bad_files); i++)
    {
      g_autofree char *path = write_profile (user, "bad", bad_files[i].text);
      g_autofree char *place = g_strdup_printf ("%s:%u: ", path, bad_files[i].line);
      g_autoptr (GError) error = NULL;

      g_assert_null (gbx_profile_file_load (path, FALSE, &error));
      g_assert_error (error, GBX_ERROR, GBX_ERROR_INVALID);
      g_test_message ("%s", error->message);
      g_assert_true (g_str_has_prefix (error->message, place));
      g_assert_nonnull (strstr (error->message, bad_files[i].because));
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      g_assert_null (strpbrk (error->message, "\n\r\x1b"));
    }
}

/* Locks are for the system's files, but they have to be right there. */
static void
test_bad_locks (gpointer *fixture, gconstpointer data)
{
  static const char *const lines[] = {
    "Mode=none", "Network.Mode=", "Network.Mode=bridge", "Network.Dns=fixed", "Shares=all",
    "Display.Protocol=spice", "network.mode=none",
  };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autofree char *text = g_strdup_printf (P "[Locks]\n%s\n", lines[i]);
      g_autofree char *path = write_profile (administrator, "bad", text);
      g_autoptr (GError) error = NULL;

      g_assert_null (gbx_profile_file_load (path, TRUE, &error));
      g_assert_nonnull (strstr (error->message, ".profile:4: "));
    }
}

static void
assert_unreadable (const char *path, const char *because)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (gbx_profile_file_load (path, FALSE, &error));
  g_assert_error (error, GBX_ERROR, GBX_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, path));
  g_assert_nonnull (strstr (error->message, because));
}

static void
test_bad_places (gpointer *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (user, "odd.profile", NULL);
  g_autofree char *big = g_strnfill (10 * 1024 * 1024, '#');
  g_autofree char *lines = g_strnfill (20000, '\n');
  g_autofree char *badly_named = write_profile (user, "Not A Name", P);
  g_autofree char *nul = g_strdup (P "Name=a\nName[de]=b\n");

  assert_unreadable (path, g_strerror (ENOENT));
  assert_unreadable (badly_named, "cannot be the name of a profile");
  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  assert_unreadable (path, "not a regular file");
  g_assert_cmpint (g_rmdir (path), ==, 0);
  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  assert_unreadable (path, "not a regular file");
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (symlink ("/nonexistent", path), ==, 0);
  assert_unreadable (path, g_strerror (ENOENT));
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (symlink ("odd.profile", path), ==, 0);
  assert_unreadable (path, g_strerror (ELOOP));
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (symlink ("/dev/zero", path), ==, 0);
  assert_unreadable (path, "not a regular file");
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_true (g_file_set_contents (path, big, -1, NULL));
  assert_unreadable (path, "too large");
  g_assert_true (g_file_set_contents (path, lines, -1, NULL));
  assert_unreadable (path, "more than");
  nul[strlen (P)] = '\0';
  g_assert_true (g_file_set_contents (path, nul, sizeof P + 10, NULL));
  assert_unreadable (path, "NUL");
  if (geteuid () == 0)
    return;
  g_assert_cmpint (g_chmod (path, 0), ==, 0);
  assert_unreadable (path, g_strerror (EACCES));
}

/* ------------------------------------------------------------ resolution -- */

static GbxResolution *
resolve (const char *id, GError **error)
{
  g_autoptr (GbxProfileStore) store = gbx_profile_store_new ();

  return gbx_resolution_new (store, id, TRUE, error);
}

static void
assert_resolved (const char *id, const char *key, const char *expected, const char *origin)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GbxResolution) resolution = resolve (id, &error);
  g_autoptr (GVariant) value = NULL;
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  value = gbx_values_resolve (gbx_resolution_get_values (resolution), key);
  text = gbx_setting_format (gbx_settings_find (key), value);
  g_assert_cmpstr (text, ==, expected);
  if (origin)
    g_assert_nonnull (
        strstr (gbx_values_get_origin (gbx_resolution_get_values (resolution), key), origin));
  else
    g_assert_null (gbx_values_get_origin (gbx_resolution_get_values (resolution), key));
}

static void
assert_unresolved (const char *id, const char *because)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (resolve (id, &error));
  g_assert_nonnull (error);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, because));
}

/* No profile at all is as before there were any. */
static void
test_nothing (gpointer *fixture, gconstpointer data)
{
  assert_resolved ("default", "network.mode", "none", NULL);
  assert_unresolved ("missing", "no profile “missing”");
}

static void
test_layers (gpointer *fixture, gconstpointer data)
{
  put (shipped, "default", P "[Lifecycle]\nTimeout=1h\n");
  put (shipped, "a", P "[Network]\nMode=user\n[Resources]\nMemory=1G\nCpus=1\n");
  put (administrator, "a", P "[Resources]\nMemory=512M\n");
  put (user, "a", P "[Lifecycle]\nTimeout=default\n[Resources]\nMemory=600M\n");
  put (user, "b", P "Inherits=a\n[Network]\nMode=none\n");
  put (user, "alone", P "Inherits=\n");
  assert_resolved ("a", "network.mode", "user", "shipped/a.profile:4: Mode");
  assert_resolved ("a", "resources.memory", "600M", "user/glovebox/profiles/a.profile:6: Memory");
  assert_resolved ("a", "resources.cpus", "1", "shipped/a.profile:7: Cpus");
  assert_resolved ("a", "lifecycle.timeout", "0", NULL);
  assert_resolved ("b", "network.mode", "none", "b.profile:5: Mode");
  assert_resolved ("b", "resources.memory", "600M", "a.profile:6");
  assert_resolved ("alone", "lifecycle.timeout", "0", NULL);
}

static void
test_parents (gpointer *fixture, gconstpointer data)
{
  put (user, "self", P "Inherits=self\n");
  put (user, "one", P "Inherits=two\n");
  put (user, "two", P "Inherits=three\n");
  put (user, "three", P "Inherits=one\n");
  put (user, "orphan", P "Inherits=nobody\n");
  put (user, "child", P "Inherits=damaged\n");
  put (user, "damaged", P "[Network]\nMode=x\n");
  for (guint i = 0; i < 50; i++)
    {
      g_autofree char *id = g_strdup_printf ("chain%u", i);
      g_autofree char *text = g_strdup_printf (P "Inherits=chain%u\n", i + 1);

      put (user, id, i == 49 ? P : text);
    }
  assert_unresolved ("self", "self.profile:3: Inherits cannot be “self”");
  assert_unresolved ("one", "three.profile:3: Inherits cannot be “one”");
  assert_unresolved ("orphan", "orphan.profile:3: Inherits cannot be “nobody”");
  assert_unresolved ("child", "damaged.profile:4: Mode cannot be “x”");
  assert_unresolved ("chain0", "more than 16 parents");
  assert_resolved ("chain40", "network.mode", "none", NULL);
}

/* ---------------------------------------------------------------- locks -- */

static void
assert_warned (const char *id, const char *about)
{
  g_autoptr (GbxResolution) resolution = resolve (id, NULL);
  GPtrArray *warnings = gbx_resolution_get_warnings (resolution);

  g_assert_cmpuint (warnings->len, ==, about ? 1 : 0);
  if (about)
    g_assert_nonnull (strstr (warnings->pdata[0], about));
}

static void
assert_override (const char *id, const char *key, const char *text, gboolean possible)
{
  g_autoptr (GbxResolution) resolution = resolve (id, NULL);
  g_autoptr (GError) error = NULL;
  GVariant *value = gbx_setting_parse (gbx_settings_find (key), text, TRUE, "x", &error);

  g_assert_no_error (error);
  g_assert_true (gbx_resolution_override (resolution, key, value, "--option", &error) == possible);
  g_variant_unref (value);
  if (!possible)
    g_assert_nonnull (strstr (error->message, "--option cannot be"));
  if (!possible)
    g_assert_nonnull (strstr (error->message, administrator));
}

static void
test_locks (gpointer *fixture, gconstpointer data)
{
  put (administrator, "default",
       P "[Resources]\nCpus=1\n[Locks]\nNetwork.Mode=none\nResources.Memory=1G\n"
         "Resources.Cpus=fixed\nLifecycle.Timeout=1h\n");
  put (user, "wide", P "Inherits=\n[Network]\nMode=user\n");
  put (user, "many", P "[Resources]\nCpus=2\n");
  put (user, "narrow", P "[Resources]\nMemory=512M\n");
  assert_resolved ("wide", "network.mode", "none", "default.profile:6");
  assert_warned ("wide", "wide.profile:5: Mode does not hold");
  assert_resolved ("many", "resources.cpus", "1", "default.profile:4");
  assert_warned ("many", "many.profile:4: Cpus does not hold");
  assert_resolved ("narrow", "resources.memory", "512M", "narrow.profile");
  assert_warned ("narrow", NULL);
  /* No limit at all is the widest. */
  assert_resolved ("narrow", "lifecycle.timeout", "1h", "default.profile:9");
  assert_override ("default", "network.mode", "user", FALSE);
  assert_override ("default", "network.mode", "none", TRUE);
  assert_override ("default", "resources.memory", "1025M", FALSE);
  assert_override ("default", "resources.memory", "1G", TRUE);
  assert_override ("default", "resources.cpus", "2", FALSE);
  assert_override ("default", "resources.cpus", "1", TRUE);
  assert_override ("default", "lifecycle.timeout", "0", FALSE);
  assert_override ("default", "lifecycle.timeout", "5", TRUE);
  assert_override ("default", "display.size", "800x600", TRUE);
}

/* For random layers and locks, no value is ever wider than a lock. */
static void
test_locks_hold (gpointer *fixture, gconstpointer data)
{
  static const char *const memories[] = { "400M", "600M", "800M", "1G", "default" };
  static const char *const modes[] = { "none", "user", "default" };
  static const char *const timeouts[] = { "0", "60", "1h", "2h", "default" };
  static const char *const stricts[] = { "on", "off", "default" };
  const char *const folders[] = { shipped, administrator, user };

  for (guint round = 0; round < 300; round++)
    {
      const char *limits[] = { memories[g_test_rand_int_range (0, 4)],
                               modes[g_test_rand_int_range (0, 2)],
                               timeouts[g_test_rand_int_range (0, 4)],
                               stricts[g_test_rand_int_range (0, 2)] };
      const char *keys[] = { "resources.memory", "network.mode", "lifecycle.timeout",
                             "kernel.strict" };
      g_autoptr (GbxResolution) resolution = NULL;

      for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
        for (guint j = 0; j < 2; j++)
          {
            g_autoptr (GString) text = g_string_new (P);

            g_string_append_printf (text,
                                    "[Resources]\nMemory=%s\n[Network]\nMode=%s\n"
                                    "[Lifecycle]\nTimeout=%s\n[Kernel]\nStrict=%s\n",
                                    memories[g_test_rand_int_range (0, 5)],
                                    modes[g_test_rand_int_range (0, 3)],
                                    timeouts[g_test_rand_int_range (0, 5)],
                                    stricts[g_test_rand_int_range (0, 3)]);
            if (i == 1)
              g_string_append_printf (text,
                                      "[Locks]\nResources.Memory=%s\nNetwork.Mode=%s\n"
                                      "Lifecycle.Timeout=%s\nKernel.Strict=%s\n",
                                      limits[0], limits[1], limits[2], limits[3]);
            put (folders[i], j ? "default" : "x", text->str);
          }
      resolution = resolve ("x", NULL);
      for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
        {
          const GbxSetting *setting = gbx_settings_find (keys[i]);
          g_autoptr (GVariant) limit = gbx_setting_parse (setting, limits[i], TRUE, "x", NULL);
          g_autoptr (GVariant) value =
              gbx_values_resolve (gbx_resolution_get_values (resolution), keys[i]);

          g_assert_false (gbx_setting_is_wider (setting, value, limit));
          for (guint j = 0; j < 3; j++)
            {
              g_autoptr (GVariant) other = gbx_setting_parse (
                  setting, i == 0 ? memories[j] : i == 1 ? modes[j % 2] : i == 2 ? timeouts[j]
                                                                                : stricts[j % 2],
                  TRUE, "x", NULL);

              g_assert_true (gbx_resolution_override (resolution, keys[i], other, "x", NULL) ==
                             !gbx_setting_is_wider (setting, other, limit));
            }
        }
    }
}

/* --------------------------------------------------------------- shares -- */

static GbxPolicyBuilder *
fill (const char *id, GError **error)
{
  const char *argv[] = { "true", NULL };
  g_autoptr (GbxResolution) resolution = resolve (id, error);
  g_autoptr (GbxPolicyBuilder) builder = gbx_policy_builder_new (GBX_MODE_DESKTOP);

  gbx_policy_builder_set_command (builder, argv);
  if (!resolution || !gbx_resolution_fill (resolution, builder, error) ||
      !gbx_resolution_check_shares (resolution, builder, error))
    return NULL;
  return g_steal_pointer (&builder);
}

static void
test_shares (gpointer *fixture, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (scratch, "shared", NULL);
  g_autofree char *text =
      g_strdup_printf (P "[Share a]\nPath=%s\nGuestPath=/data\n[Share gone]\nPath=/no/such\n"
                         "Presence=optional\n[Share off]\nPath=%s\n",
                       folder, folder);
  g_autoptr (GbxPolicyBuilder) builder = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *shares;

  g_mkdir_with_parents (folder, 0700);
  put (shipped, "x", text);
  put (user, "x", P "[Share a]\nAccess=rw\n[Share off]\nAccess=none\n[Environment]\nLANG=de\n");
  builder = fill ("x", &error);
  g_assert_no_error (error);
  shares = gbx_policy_builder_get_shares (builder);
  g_assert_cmpuint (shares->len, ==, 1);
  g_assert_cmpstr (gbx_share_get_guest_path (shares->pdata[0]), ==, "/data");
  g_assert_true (gbx_share_get_writable (shares->pdata[0]));
  put (administrator, "x", P "[Locks]\nShares=ro\n");
  g_clear_pointer (&builder, gbx_policy_builder_unref);
  builder = fill ("x", &error);
  g_assert_no_error (error);
  g_assert_false (gbx_share_get_writable (gbx_policy_builder_get_shares (builder)->pdata[0]));
  put (administrator, "x", P "[Locks]\nShares=none\n");
  g_clear_pointer (&builder, gbx_policy_builder_unref);
  builder = fill ("x", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (gbx_policy_builder_get_shares (builder)->len, ==, 0);
}

static void
assert_not_filled (const char *text, const char *because)
{
  g_autoptr (GError) error = NULL;

  put (user, "x", text);
  g_assert_null (fill ("x", &error));
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, "x.profile:"));
  g_assert_nonnull (strstr (error->message, because));
}

static void
test_bad_shares (gpointer *fixture, gconstpointer data)
{
  assert_not_filled (P "[Share a]\nPath=/no/such\n", "No such file");
  assert_not_filled (P "[Share a]\nPath=relative\n", "absolute path");
  assert_not_filled (P "[Share a]\nPath=~\n", "whole home");
  assert_not_filled (P "[Share a]\nPath=xdg-nowhere/x\n", "xdg-documents");
  assert_not_filled (P "[Share a]\nAccess=rw\n", "has no path");
  assert_not_filled (P "[Share a]\nPresence=ask\n", "was not chosen");
}

static void
test_locked_shares (gpointer *fixture, gconstpointer data)
{
  static const char *const locks[] = { "none", "fixed", "ro" };
  g_autofree char *folder = g_build_filename (scratch, "shared", NULL);

  g_mkdir_with_parents (folder, 0700);

  for (guint i = 0; i < G_N_ELEMENTS (locks); i++)
    {
      g_autofree char *text = g_strdup_printf (P "[Locks]\nShares=%s\n", locks[i]);
      g_autoptr (GbxPolicyBuilder) builder = gbx_policy_builder_new (GBX_MODE_DESKTOP);
      g_autoptr (GbxShare) share = gbx_share_new (folder, "/data", TRUE, NULL);
      g_autoptr (GbxResolution) resolution = NULL;
      g_autoptr (GError) error = NULL;

      put (administrator, "default", text);
      resolution = resolve ("default", NULL);
      g_assert_true (gbx_resolution_fill (resolution, builder, NULL));
      gbx_policy_builder_add_share (builder, share);
      g_assert_false (gbx_resolution_check_shares (resolution, builder, &error));
      g_assert_nonnull (strstr (error->message, "locked"));
    }
}

/* --------------------------------------------------------------- saving -- */

static void
test_save (gpointer *fixture, gconstpointer data)
{
  static const char before[] = "# mine\n\n[Profile]\nVersion = 1\nName=a\nName[de]=b\nX-Own=1\n\n"
                               "[X-Other]\nanything=at all\n\n[Network]\n# why\nMode=none";
  static const char after[] = "# mine\n\n[Profile]\nVersion = 1\nName=a\nName[de]=b\nX-Own=1\n\n"
                              "[X-Other]\nanything=at all\n\n[Network]\n# why\nMode=user\n\n"
                              "[Kernel]\nStrict=on\n";
  g_autofree char *path = write_profile (user, "x", before);
  g_autoptr (GbxProfileFile) file = gbx_profile_file_load (path, FALSE, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  g_assert_true (gbx_profile_file_save (file, NULL));
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, before);
  g_assert_true (gbx_profile_file_set (file, "Network", "Mode", "user", NULL));
  g_assert_true (gbx_profile_file_set (file, "Kernel", "Strict", "on", NULL));
  g_assert_false (gbx_profile_file_set (file, "Kernel", "Strict", "x", &error));
  g_clear_error (&error);
  g_assert_false (gbx_profile_file_set (file, "Kernel", "Strict", "on\nTimeout=1", &error));
  g_assert_true (gbx_profile_file_set (file, "Display", "Opengl", "on", NULL));
  g_assert_true (gbx_profile_file_set (file, "Display", "Opengl", NULL, NULL));
  g_assert_true (gbx_profile_file_save (file, NULL));
  g_clear_pointer (&text, g_free);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_true (g_str_has_prefix (text, after));
}

/* What another wrote meanwhile is not lost. */
static void
test_two_writers (gpointer *fixture, gconstpointer data)
{
  g_autofree char *path = write_profile (user, "x", P);
  g_autoptr (GbxProfileFile) one = gbx_profile_file_load (path, FALSE, NULL);
  g_autoptr (GbxProfileFile) two = gbx_profile_file_load (path, FALSE, NULL);
  g_autoptr (GbxProfileFile) new = gbx_profile_file_new (path, P, NULL);
  g_autoptr (GError) error = NULL;

  gbx_profile_file_set (one, "Network", "Mode", "user", NULL);
  gbx_profile_file_set (two, "Network", "Mode", "none", NULL);
  g_assert_true (gbx_profile_file_save (one, NULL));
  g_assert_true (gbx_profile_file_save (one, NULL));
  g_assert_false (gbx_profile_file_save (two, &error));
  g_assert_error (error, GBX_ERROR, GBX_ERROR_STORAGE);
  g_assert_nonnull (strstr (error->message, "changed or removed meanwhile"));
  g_clear_error (&error);
  g_assert_false (gbx_profile_file_save (new, &error));
  g_assert_nonnull (strstr (error->message, "there already"));
  g_unlink (path);
  g_clear_error (&error);
  g_assert_false (gbx_profile_file_save (one, &error));
}

/* A disk without space: the limit of a file's size fails the same call in the same place. */
static void
test_full (gpointer *fixture, gconstpointer data)
{
  const struct rlimit none = { 0, RLIM_INFINITY };
  g_autofree char *path = write_profile (user, "x", P);
  g_autoptr (GbxProfileFile) file = gbx_profile_file_load (path, FALSE, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = NULL;
  g_autofree char *text = NULL;
  struct rlimit before;

  gbx_profile_file_set (file, "Network", "Mode", "user", NULL);
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &none), ==, 0);
  g_assert_false (gbx_profile_file_save (file, &error));
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  g_assert_error (error, GBX_ERROR, GBX_ERROR_STORAGE);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, P);
  dir = g_dir_open (user, 0, NULL);
  g_assert_nonnull (g_dir_read_name (dir));
  g_assert_null (g_dir_read_name (dir));
  g_assert_true (gbx_profile_file_save (file, NULL));
}

static void
test_unwritable (gpointer *fixture, gconstpointer data)
{
  g_autofree char *path = write_profile (user, "x", P);
  g_autoptr (GbxProfileFile) file = gbx_profile_file_load (path, FALSE, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  if (geteuid () == 0)
    {
      g_test_skip ("root may write everywhere");
      return;
    }
  gbx_profile_file_set (file, "Network", "Mode", "user", NULL);
  g_assert_cmpint (g_chmod (user, 0500), ==, 0);
  g_assert_false (gbx_profile_file_save (file, &error));
  g_assert_cmpint (g_chmod (user, 0700), ==, 0);
  g_assert_error (error, GBX_ERROR, GBX_ERROR_STORAGE);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, P);
}

/* ------------------------------------------------------ match and import -- */

static void
assert_match (const char *id, const char *type, const char *category, const char *expected)
{
  const char *types[] = { type, NULL }, *categories[] = { category, NULL };
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GbxProfileStore) store = gbx_profile_store_new ();
  g_autofree char *found = gbx_profile_match (store, id, types, categories, warnings);

  g_assert_cmpstr (found, ==, expected);
  g_assert_cmpuint (warnings->len, ==, 1);
  g_assert_nonnull (strstr (warnings->pdata[0], "damaged"));
}

static void
test_match (gpointer *fixture, gconstpointer data)
{
  put (user, "damaged", "x");
  put (shipped, "by-id", P "Applications=a.desktop; b.desktop\n");
  put (shipped, "by-type", P "MimeTypes=text/plain;image/*;\n");
  put (shipped, "by-category", P "Categories=Game;\n");
  assert_match ("b.desktop", "text/plain", "Game", "by-id");
  assert_match ("c.desktop", "image/png", "Game", "by-type");
  assert_match ("c.desktop", "imagery/png", "Game", "by-category");
  assert_match ("c.desktop", NULL, NULL, "default");
  /* The user's layer is damaged: the system's still says that it is for this application. */
  put (shipped, "half", P "Applications=half.desktop\n");
  put (user, "half", "x");
  {
    const char *none[] = { NULL };
    g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);
    g_autoptr (GbxProfileStore) store = gbx_profile_store_new ();
    g_autofree char *found = gbx_profile_match (store, "half.desktop", none, none, warnings);

    g_assert_cmpstr (found, ==, "half");
    assert_unresolved ("half", "half.profile:1:");
  }
  put (user, "half", P);
  put (user, "by-id", P "Applications=\n");
  assert_match ("b.desktop", NULL, NULL, "default");
  /* What the user made for it wins, whatever its name; but not against a more exact one. */
  put (user, "zzz", P "Applications=a.desktop\nMimeTypes=text/plain\nCategories=Game\n");
  put (shipped, "aaa", P "Applications=a.desktop\n");
  assert_match ("a.desktop", NULL, NULL, "zzz");
  assert_match ("c.desktop", "text/plain", NULL, "zzz");
  assert_match ("c.desktop", NULL, "Game", "zzz");
  put (shipped, "exact", P "Applications=c.desktop\n");
  assert_match ("c.desktop", "text/plain", "Game", "exact");
}

/* ------------------------------------------------------------- an editor -- */

/* What is not saved takes the place of the user's file, and nothing else. */
static void
test_user_layer (gpointer *fixture, gconstpointer data)
{
  g_autoptr (GbxProfileStore) store = gbx_profile_store_new ();
  g_autofree char *path = gbx_profile_store_get_user_path (store, "new");
  g_autoptr (GbxProfileFile) layer =
      gbx_profile_file_new (path, P "Inherits=parent\n[Resources]\nMemory=700M\n", NULL);
  g_autoptr (GbxResolution) resolution = NULL;
  g_auto (GStrv) ids = NULL;
  GbxProfileFile *found;

  put (shipped, "parent", P "[Network]\nMode=user\n[Resources]\nMemory=600M\n");
  put (administrator, "parent", P "[Display]\nOpengl=on\n[Locks]\nDisplay.Opengl=fixed\n");
  g_assert_false (gbx_profile_store_contains (store, "new"));
  gbx_profile_store_set_user_layer (store, "new", layer);
  g_assert_true (gbx_profile_store_contains (store, "new"));
  ids = gbx_profile_store_list (store);
  g_assert_cmpstr (ids[0], ==, "new");
  resolution = gbx_resolution_new (store, "new", TRUE, NULL);
  g_assert_true (gbx_resolution_find_layer (resolution, "Resources", "Memory") == layer);
  found = gbx_resolution_find_layer (resolution, "Network", "Mode");
  g_assert_cmpstr (gbx_profile_file_get_id (found), ==, "parent");
  g_assert_false (gbx_profile_store_is_administrators (store, gbx_profile_file_get_path (found)));
  found = gbx_resolution_find_layer (resolution, "Display", "Opengl");
  g_assert_true (gbx_profile_store_is_administrators (store, gbx_profile_file_get_path (found)));
  g_assert_null (gbx_resolution_find_layer (resolution, "Display", "Size"));
  /* A lock makes the user's layer void. */
  g_clear_pointer (&resolution, gbx_resolution_free);
  g_assert_true (gbx_profile_file_set (layer, "Display", "Opengl", "off", NULL));
  resolution = gbx_resolution_new (store, "new", TRUE, NULL);
  g_assert_true (gbx_resolution_find_layer (resolution, "Display", "Opengl") != layer);
  gbx_profile_store_set_user_layer (store, NULL, NULL);
  g_assert_false (gbx_profile_store_contains (store, "new"));
}

static void
test_remove (gpointer *fixture, gconstpointer data)
{
  g_autofree char *path = write_profile (user, "a", P);
  g_autoptr (GbxProfileFile) file = gbx_profile_file_load (path, FALSE, NULL);
  g_autoptr (GError) error = NULL;

  put (user, "a", P "# of somebody else\n");
  g_assert_false (gbx_profile_file_remove (file, &error));
  g_assert_error (error, GBX_ERROR, GBX_ERROR_STORAGE);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  put (user, "a", P);
  g_assert_true (gbx_profile_file_remove (file, NULL));
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
assert_imported (char *text, const char *expected)
{
  g_autofree char *owned = text;
  g_autofree char *path = g_build_filename (user, "imported.profile", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GbxProfileFile) file = NULL;

  g_assert_cmpstr (text, ==, expected);
  file = gbx_profile_file_new (path, text, &error);
  g_assert_no_error (error);
}

static void
test_import_wsb (gpointer *fixture, gconstpointer data)
{
  static const char wsb[] =
      "<Configuration><vGPU>Disable</vGPU><Networking>Disable</Networking>"
      "<MappedFolders><MappedFolder><HostFolder>C:\\Users\\x</HostFolder>"
      "<SandboxFolder>C:\\y</SandboxFolder><ReadOnly>true</ReadOnly></MappedFolder></MappedFolders>"
      "<MemoryInMB>1024</MemoryInMB><AudioInput>Enable</AudioInput>"
      "<LogonCommand><Command>x</Command></LogonCommand></Configuration>";
  static const char *const bad[] = { "<Configuration>", "<Other/>", "<", "" };
  g_autoptr (GPtrArray) notes = g_ptr_array_new_with_free_func (g_free);

  assert_imported (gbx_import_wsb (wsb, strlen (wsb), "x.wsb", notes, NULL),
                   P "\n[Display]\nOpengl=off\n\n[Network]\nMode=none\n\n[Share folder1]\n"
                     "Presence=ask\nAccess=ro\n\n[Resources]\nMemory=1024M\n\n[Devices]\n"
                     "Microphone=off\n");
  g_assert_cmpuint (notes->len, ==, 3);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (gbx_import_wsb (bad[i], strlen (bad[i]), "x.wsb", notes, &error));
      g_assert_true (g_str_has_prefix (error->message, "x.wsb: "));
    }
}

static void
test_import_firejail (gpointer *fixture, gconstpointer data)
{
  static const char firejail[] =
      "# a comment\nquiet\ninclude x.local\nwhitelist ${DOWNLOADS}\nwhitelist-ro ~/Books # here\n"
      "blacklist ${DOWNLOADS}/secret\nblacklist /boot\nnet none\nno3d\ncaps.drop all\n"
      "timeout 00:10:00\nenv LANG=C\nprivate-bin sh\nrlimit-as 1073741824\n"
      "cpu 0\nnice 5\nrlimit-nofile 100\nrlimit-nproc 50\nnice -5\ncpu 0,8000\n";
  static const char expected[] =
      P "\n[Share folder1]\nPath=xdg-download\nPresence=optional\nAccess=rw\n\n"
        "[Share folder2]\nPath=~/Books\nPresence=optional\nAccess=ro\n\n[Network]\nMode=none\n\n"
        "[Display]\nOpengl=off\n\n[Lifecycle]\nTimeout=600\n\n[Environment]\nLANG=C\n\n"
        "[Resources]\nMemory=1024M\nCpuSet=0\nNice=5\nOpenFiles=100\nProcesses=50\n";
  g_autoptr (GPtrArray) notes = g_ptr_array_new_with_free_func (g_free);

  assert_imported (gbx_import_firejail (firejail, "x.profile", notes, NULL), expected);
  /* What restricts and has no counterpart is told: the file that is included, the programs,
   * and what is hidden within a share. */
  g_assert_cmpuint (notes->len, ==, 5);
  g_assert_true (g_str_has_prefix (notes->pdata[0], "include x.local"));
  g_assert_true (g_str_has_prefix (notes->pdata[1], "private-bin sh"));
  /* What this computer does not have is left out. */
  g_assert_true (g_str_has_prefix (notes->pdata[2], "nice cannot be “-5”"));
  g_assert_nonnull (strstr (notes->pdata[3], "no processor 8000"));
  g_assert_true (g_str_has_prefix (notes->pdata[4], "blacklist: “${DOWNLOADS}/secret”"));
}

static void
test_guess (gpointer *fixture, gconstpointer data)
{
  g_assert_cmpint (gbx_import_guess ("\xef\xbb\xbf<Configuration/>"), ==, GBX_FOREIGN_WSB);
  g_assert_cmpint (gbx_import_guess ("# x\n\n[Profile]"), ==, GBX_FOREIGN_NONE);
  g_assert_cmpint (gbx_import_guess ("# x\nquiet\n"), ==, GBX_FOREIGN_FIREJAIL);
}

static void
add (const char *path, void (*test) (gpointer *, gconstpointer))
{
  g_test_add (path, gpointer, NULL, set_up, test, NULL);
}

int
main (int argc, char **argv)
{
  g_autofree char *config = NULL;
  g_autofree char *system_config = NULL;
  int status;

  scratch = g_dir_make_tmp ("glovebox-test-XXXXXX", NULL);
  shipped = g_build_filename (scratch, "shipped", NULL);
  system_config = g_build_filename (scratch, "etc", NULL);
  administrator = g_build_filename (system_config, "glovebox", "profiles", NULL);
  config = g_build_filename (scratch, "user", NULL);
  user = g_build_filename (config, "glovebox", "profiles", NULL);
  g_setenv ("GLOVEBOX_PROFILE_PATH", shipped, TRUE);
  g_setenv ("XDG_CONFIG_DIRS", system_config, TRUE);
  g_setenv ("XDG_CONFIG_HOME", config, TRUE);
  g_test_init (&argc, &argv, NULL);
  add ("/profile/bad-files", test_bad_files);
  add ("/profile/bad-locks", test_bad_locks);
  add ("/profile/bad-places", test_bad_places);
  add ("/profile/nothing", test_nothing);
  add ("/profile/layers", test_layers);
  add ("/profile/parents", test_parents);
  add ("/profile/locks", test_locks);
  add ("/profile/locks-hold", test_locks_hold);
  add ("/profile/shares", test_shares);
  add ("/profile/bad-shares", test_bad_shares);
  add ("/profile/locked-shares", test_locked_shares);
  add ("/profile/save", test_save);
  add ("/profile/two-writers", test_two_writers);
  add ("/profile/full", test_full);
  add ("/profile/unwritable", test_unwritable);
  add ("/profile/match", test_match);
  add ("/profile/user-layer", test_user_layer);
  add ("/profile/remove", test_remove);
  add ("/profile/import-wsb", test_import_wsb);
  add ("/profile/import-firejail", test_import_firejail);
  add ("/profile/guess", test_guess);
  status = g_test_run ();
  gbx_path_remove_tree (scratch);
  g_free (scratch);
  g_free (shipped);
  g_free (administrator);
  g_free (user);
  return status;
}
