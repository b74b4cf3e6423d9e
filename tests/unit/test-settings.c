/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The table of settings: what its values may be, and that everything made from it knows
 * every setting, also one that is added here. */

#include "config.h"

#include "gbx-launch-options.h"
#include "gbx-launch-profile.h"

#include "gbx-error.h"
#include "gbx-policy-handover.h"
#include "gbx-resolution-json.h"
#include "gbx-settings-text.h"
#include "gbx-settings.h"
#include "gbx-values.h"

#include <string.h>

static const GbxSetting *
setting (const char *key)
{
  const GbxSetting *found = gbx_settings_find (key);

  g_assert_nonnull (found);
  return found;
}

/* ---------------------------------------------------------------- values -- */

static void
test_good (void)
{
  static const struct
  {
    const char *key;
    const char *text;
    const char *value;  /* as g_variant_print() has it */
    const char *format; /* what is written to a profile */
  } cases[] = {
    { "network.mode", "user", "'user'", "user" },
    { "resources.memory", "512", "536870912", "512M" },
    { "resources.memory", "512M", "536870912", "512M" },
    { "resources.memory", "0.5GiB", "536870912", "512M" },
    { "resources.memory", "524289k", "536871936", "524289K" },
    { "resources.memory", "1G", "1073741824", "1G" },
    { "resources.cpus", "1", "1", "1" },
    { "display.size", "1280x800", "(1280, 800)", "1280x800" },
    { "display.size", "640×480", "(640, 480)", "640x480" },
    { "lifecycle.timeout", "0", "0", "0" },
    { "lifecycle.timeout", "90", "90", "90" },
    { "lifecycle.timeout", "1.5min", "90", "90" },
    { "lifecycle.timeout", "15min", "900", "15min" },
    { "lifecycle.timeout", "2h", "7200", "2h" },
    { "files.home", "private", "'private'", "private" },
    { "files.home-name", "web-browser", "'web-browser'", "web-browser" },
    { "files.home-size", "64M", "67108864", "64M" },
    { "files.home-size", "1.5T", "1649267441664", "1536G" },
    { "network.mode", "published", "'published'", "published" },
    { "network.publish", "", "''", "" },
    { "network.publish", "127.0.0.1:8080:80,[::1]:53:53/udp", "'127.0.0.1:8080:80,[::1]:53:53/udp'",
      "127.0.0.1:8080:80,[::1]:53:53/udp" },
    { "network.download", "1M", "1048576", "1M" },
    { "backend.kind", "lxc", "'lxc'", "lxc" },
    { "resources.cpu-set", "0", "'0'", "0" },
    { "resources.cpu-set", "", "''", "" },
    { "resources.numa-nodes", "0", "'0'", "0" },
    { "resources.cpu-weight", "10000", "10000", "10000" },
    { "resources.cpu-quota", "0", "0", "0" },
    { "resources.cpu-quota", "1", "1", "1" },
    { "resources.memory-soft", "0", "0", "0B" },
    { "resources.memory-soft", "64M", "67108864", "64M" },
    { "resources.swap", "0", "0", "0B" },
    { "kernel.strict", "on", "true", "on" },
    { "kernel.strict", "false", "false", "off" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const GbxSetting *one = setting (cases[i].key);
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) value = gbx_setting_parse (one, cases[i].text, TRUE, "x", &error);
      g_autoptr (GVariant) again = NULL;
      g_autofree char *printed = NULL, *format = NULL;

      g_assert_no_error (error);
      printed = g_variant_print (value, FALSE);
      g_assert_cmpstr (printed, ==, cases[i].value);
      format = gbx_setting_format (one, value);
      g_assert_cmpstr (format, ==, cases[i].format);
      again = gbx_setting_parse (one, format, TRUE, "x", &error);
      g_assert_no_error (error);
      g_assert_cmpvariant (again, value);
    }
}

static void
test_bad (void)
{
  static const struct
  {
    const char *key;
    const char *text;
    const char *because;
  } cases[] = {
    { "network.mode", "", "none, published, user" },
    { "network.mode", "User", "none, published, user" },
    { "network.mode", "us\xff", "UTF-8" },
    { "resources.memory", "", "512M" },
    { "resources.memory", "0", "320M" },
    { "resources.memory", "-1", "512M" },
    { "resources.memory", "+600M", "512M" },
    { "resources.memory", "0x600M", "512M" },
    { "resources.memory", "0.0001k", "512M" },
    { "resources.memory", "1e-320", "512M" },
    { "resources.memory", "nan", "512M" },
    { "resources.memory", "inf", "512M" },
    { "resources.memory", "1e999", "512M" },
    { "resources.memory", "G", "512M" },
    { "resources.memory", "1G1", "512M" },
    { "resources.memory", "1 G", "512M" },
    { "resources.memory", "1M", "320M" },
    { "resources.memory", "900T", "320M" },
    { "resources.cpus", "0", "use 1 to" },
    { "resources.cpus", "-1", "whole number" },
    { "resources.cpus", "1.5", "whole number" },
    { "resources.cpus", "100000", "use 1 to" },
    { "resources.cpus", "99999999999", "whole number" },
    { "display.size", "", "1280x800" },
    { "display.size", "10", "1280x800" },
    { "display.size", "0x0", "320 to 8192" },
    { "display.size", "axb", "1280x800" },
    { "display.size", "1280x", "1280x800" },
    { "display.size", "1280x800x2", "1280x800" },
    { "display.size", "99999x800", "320 to 8192" },
    { "display.size", "800x99999", "320 to 8192" },
    { "lifecycle.timeout", "-1", "15min" },
    { "lifecycle.timeout", "0.5", "15min" },
    { "lifecycle.timeout", "1y", "15min" },
    { "lifecycle.timeout", "4000000000", "0 to" },
    { "files.home", "kept", "temporary, template, private" },
    { "files.home-name", "", "a–z" },
    { "files.home-name", "..", "a–z" },
    { "files.home-name", "a/b", "a–z" },
    { "files.home-name", "Work", "a–z" },
    { "files.home-name", "a b", "a–z" },
    { "files.home-name", "a\nb", "control" },
    { "files.home-name", "12345678901234567890123456789012345678901", "a–z" },
    { "files.home-size", "0", "64M to 16T" },
    { "files.home-size", "63M", "64M to 16T" },
    { "files.home-size", "17T", "64M to 16T" },
    { "files.umask", "8", "octal" },
    { "files.umask", "022\n", "control characters" },
    { "locale.language", "de DE", "locale" },
    { "locale.time-zone", "../x y", "Europe/Berlin" },
    { "resources.processes", "many", "whole number" },
    { "resources.disk", "-1", "512M" },
    { "backend.kind", "kvm", "qemu, auto, lxc" },
    { "network.publish", "80", "127.0.0.1:8080:80" },
    { "network.publish", "1:2;3:4", "127.0.0.1:8080:80" },
    { "resources.cpu-set", "8191", "this computer has no processor 8191; it has 0" },
    { "resources.cpu-set", "0-8191", "this computer has no processor" },
    { "resources.cpu-set", "1-0", "0-1,3" },
    { "resources.cpu-set", "99999999999", "0-1,3" },
    { "resources.cpu-set", "0,", "0-1,3" },
    { "resources.cpu-set", "^0", "0-1,3" },
    { "resources.cpu-weight", "0", "1 to 10000" },
    { "resources.cpu-weight", "10001", "1 to 10000" },
    { "resources.cpu-quota", "10000000", "1 to" },
    { "resources.scheduler", "fifo", "other, batch, idle" },
    { "resources.nice", "20", "0 to 19" },
    { "resources.nice", "-1", "whole number" },
    { "resources.memory-soft", "900T", "64M to" },
    { "resources.memory-soft", "1M", "64M to" },
    { "resources.io-threads", "2", "0 to 1" },
    { "resources.numa-mode", "restrictive", "strict, preferred, interleave" },
    { "resources.numa-nodes", "4000", "this computer has no NUMA node 4000 with memory; it has 0" },
    { "kernel.strict", "", "on or off" },
    { "kernel.strict", "2", "on or off" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (
          gbx_setting_parse (setting (cases[i].key), cases[i].text, TRUE, "a.profile:7", &error));
      g_assert_error (error, GBX_ERROR, GBX_ERROR_INVALID);
      g_test_message ("%s", error->message);
      g_assert_true (g_str_has_prefix (error->message, "a.profile:7 cannot be “"));
      g_assert_nonnull (strstr (error->message, cases[i].because));
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
    }
}

/* A value of the API or of another process meets the checks that a text meets. */
static void
test_bad_values (void)
{
  static const struct
  {
    const char *key;
    const char *value;
  } cases[] = {
    { "network.mode", "'bridge'" },       { "network.mode", "uint32 1" },
    { "resources.memory", "uint64 1" },   { "resources.memory", "'512M'" },
    { "resources.cpus", "uint32 0" },     { "resources.cpus", "int32 1" },
    { "display.size", "(uint32 1, uint32 1)" }, { "kernel.strict", "uint32 1" },
    { "no.such", "true" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GbxValues) values = gbx_values_new (TRUE);
      g_autoptr (GError) error = NULL;
      GVariant *value = g_variant_parse (NULL, cases[i].value, NULL, NULL, NULL);

      g_assert_false (gbx_values_set (values, cases[i].key, value, "x", &error));
      g_variant_unref (value);
      g_assert_error (error, GBX_ERROR, GBX_ERROR_INVALID);
      g_assert_null (gbx_values_get (values, cases[i].key));
    }
}

/* What is set to the default is set all the same. */
static void
test_unset (void)
{
  g_autoptr (GbxValues) values = gbx_values_new (TRUE);
  g_autoptr (GbxValues) copy = NULL;
  g_autoptr (GVariant) by_default = gbx_values_resolve (values, "network.mode");

  g_assert_null (gbx_values_get (values, "network.mode"));
  g_assert_cmpstr (g_variant_get_string (by_default, NULL), ==, "none");
  g_assert_true (gbx_values_set_text (values, "network.mode", "none", "here", NULL));
  copy = gbx_values_copy (values);
  g_assert_nonnull (gbx_values_get (copy, "network.mode"));
  g_assert_cmpstr (gbx_values_get_origin (copy, "network.mode"), ==, "here");
  g_assert_true (gbx_values_set (values, "network.mode", NULL, "here", NULL));
  g_assert_null (gbx_values_get (values, "network.mode"));
}

static void
test_wider (void)
{
  static const struct
  {
    const char *key;
    const char *narrow;
    const char *wide; /* NULL: neither of two values is */
  } cases[] = {
    { "network.mode", "none", "user" },     { "resources.memory", "512M", "1G" },
    { "lifecycle.timeout", "60", "61" },    { "lifecycle.timeout", "2h", "0" },
    { "kernel.strict", "on", "off" },       { "files.home", "temporary", "template" },
    { "files.home", "template", "private" }, { "files.home-size", "1G", "2G" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const GbxSetting *one = setting (cases[i].key);
      g_autoptr (GVariant) narrow = gbx_setting_parse (one, cases[i].narrow, TRUE, "x", NULL);
      g_autoptr (GVariant) wide = gbx_setting_parse (one, cases[i].wide, TRUE, "x", NULL);

      g_assert_true (gbx_setting_is_wider (one, wide, narrow));
      g_assert_false (gbx_setting_is_wider (one, narrow, wide));
      g_assert_false (gbx_setting_is_wider (one, wide, wide));
    }
}

/* ------------------------------------------- what is made from the table -- */

static const char *const moods[] = { "calm", "wild", NULL };
static const GbxSetting made_up = {
  .key = "test.mood",
  .kind = GBX_KIND_CHOICE,
  .wider = GBX_WIDER_HIGHER,
  .option = "mood",
  .argument = "MOOD",
  .label = "Mood",
  .help = "How the sandbox feels",
  .unset = "calm",
  .words = moods,
};

/* Every entry is complete, and its default is possible. */
static void
test_entries (void)
{
  for (guint i = 0; i < gbx_settings_get_n (); i++)
    for (guint desktop = 0; desktop < 2; desktop++)
      {
        const GbxSetting *one = gbx_settings_get (i);
        g_autoptr (GVariant) value = gbx_setting_get_default (one, desktop);
        g_autoptr (GError) error = NULL;

        g_assert_true (strchr (one->key, '.') && one->label && one->help && one->unset);
        g_assert_false (g_str_has_suffix (one->help, "."));
        g_assert_true ((one->kind == GBX_KIND_CHOICE) == (one->words != NULL));
        g_assert_true (gbx_settings_find (one->key) == one);
        g_assert_true (!one->option || gbx_settings_find_option (one->option) == one);
        g_assert_true (!one->option || one->kind == GBX_KIND_SWITCH || one->argument);
        for (guint p = 0; p < GBX_N_PLATFORMS && one != &made_up; p++)
          {
            /* Either somebody holds it, or it says why not. */
            g_assert_true ((one->holds[p].by != NULL) != (one->holds[p].lacks != NULL));
            g_assert_true (one->holds[p].by || one->holds[p].need == GBX_NEED_NOTHING);
          }
        gbx_setting_check (one, value, desktop, "default", &error);
        g_assert_no_error (error);
      }
}

static const char *
example (const GbxSetting *one, gboolean desktop)
{
  static const char *const by_kind[] = {
    [GBX_KIND_SWITCH] = "on",  [GBX_KIND_INTEGER] = "1",    [GBX_KIND_BYTES] = "400M",
    [GBX_KIND_DURATION] = "9", [GBX_KIND_SIZE] = "700x500", [GBX_KIND_TEXT] = "a-b",
    [GBX_KIND_PATH] = "/x",
  };

  if (one->examples)
    return one->examples[0];
  if (g_str_has_prefix (one->key, "locale."))
    return "Europe";
  return one->kind != GBX_KIND_CHOICE ? by_kind[one->kind]
         : one->words[1]                ? one->words[1]
                                        : one->words[0];
}

/* The command line, the policy, and the way to another process. */
static void
test_way (void)
{
  g_autoptr (GPtrArray) line = g_ptr_array_new ();
  g_auto (GbxLaunchOptions) options = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GbxResolution) resolution = NULL;
  g_autoptr (GbxPolicyBuilder) builder = NULL;
  g_autoptr (GbxPolicy) policy = NULL;
  g_autoptr (GbxPolicy) other = NULL;
  guint options_given = 0;

  g_ptr_array_add (line, (gpointer) "run");
  for (guint i = 0; i < gbx_settings_get_n (); i++)
    {
      const GbxSetting *one = gbx_settings_get (i);

      if (!one->option)
        continue;
      options_given++;
      g_ptr_array_add (line, g_strconcat ("--", one->option, NULL));
      if (one->kind != GBX_KIND_SWITCH)
        g_ptr_array_add (line, (gpointer) example (one, TRUE));
    }
  g_ptr_array_add (line, (gpointer) "true");
  g_ptr_array_add (line, NULL);
  g_assert_cmpuint (options_given, >, 8);
  gbx_launch_options_parse (&options, GBX_MODE_DESKTOP, (int) line->len - 1, (char **) line->pdata,
                            &error);
  g_assert_no_error (error);
  resolution = gbx_launch_profile_resolve (&options, GBX_MODE_DESKTOP, warnings, &error);
  g_assert_no_error (error);
  builder = gbx_launch_options_to_builder (&options, resolution, GBX_MODE_DESKTOP, &error);
  g_assert_no_error (error);
  gbx_policy_builder_set_command (builder, (const char *const *) options.command);
  policy = gbx_policy_builder_build (builder, &error);
  g_assert_no_error (error);
  other = gbx_policy_take_over (gbx_policy_hand_over (policy, &error), &error);
  g_assert_no_error (error);
  for (guint i = 0; i < gbx_settings_get_n (); i++)
    {
      const GbxSetting *one = gbx_settings_get (i);
      g_autoptr (GVariant) expected = gbx_setting_parse (one, example (one, TRUE), TRUE, "x", NULL);
      g_autoptr (GVariant) here = gbx_policy_dup_value (policy, one->key);
      g_autoptr (GVariant) there = gbx_policy_dup_value (other, one->key);

      if (!one->option)
        continue;
      g_assert_cmpvariant (here, expected);
      g_assert_cmpvariant (there, expected);
      g_assert_true (g_str_has_prefix (gbx_policy_get_origin (policy, one->key), "--"));
    }
}

static void
assert_in (char *text, const char *expected)
{
  g_autofree char *owned = text;

  if (!strstr (owned, expected))
    g_error ("“%s” is not in: %s", expected, owned);
}

/* Help, list, completion, manual and JSON. */
static void
test_texts (void)
{
  g_autoptr (GbxProfileStore) store = gbx_profile_store_new ();
  g_autoptr (GbxResolution) resolution = gbx_resolution_new (store, "default", TRUE, NULL);

  for (guint i = 0; i < gbx_settings_get_n (); i++)
    {
      const GbxSetting *one = gbx_settings_get (i);
      g_autofree char *option = g_strdup_printf ("--%s", one->option);
      g_autofree char *key = g_strdup_printf ("\"%s\"", one->key);

      assert_in (gbx_settings_text_list (), one->key);
      assert_in (gbx_settings_text_manual (FALSE), one->help);
      assert_in (gbx_resolution_to_json (resolution), key);
      if (!one->option)
        continue;
      assert_in (gbx_launch_options_get_help (GBX_MODE_DESKTOP), option);
      assert_in (gbx_launch_options_get_help (GBX_MODE_DESKTOP), one->help);
      assert_in (gbx_settings_text_completion (TRUE), option);
      if (one->scope == GBX_SCOPE_ALL)
        assert_in (gbx_launch_options_get_help (GBX_MODE_EXEC), option);
    }
  assert_in (gbx_settings_text_manual (FALSE), ".Ss [Test]\n.Bl -tag -width Ds\n.It Cm Mood\n");
  assert_in (gbx_settings_text_completion (FALSE), "--mood\tcalm wild\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gbx_settings_add (&made_up);
  g_test_add_func ("/settings/good", test_good);
  g_test_add_func ("/settings/bad", test_bad);
  g_test_add_func ("/settings/bad-values", test_bad_values);
  g_test_add_func ("/settings/unset", test_unset);
  g_test_add_func ("/settings/wider", test_wider);
  g_test_add_func ("/settings/entries", test_entries);
  g_test_add_func ("/settings/texts", test_texts);
  g_test_add_func ("/settings/way", test_way);
  return g_test_run ();
}
