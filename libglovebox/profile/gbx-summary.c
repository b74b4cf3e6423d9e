/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-profile"

#include "config.h"

#include "gbx-summary-private.h"

#include "gbx-profile-place.h"
#include "gbx-settings.h"

#include <string.h>

char *
gbx_summary_sentence (GbxResolution *resolution)
{
  g_autoptr (GbxFacts) facts = gbx_facts_of_resolution (resolution);

  return gbx_summary_facts_sentence (facts);
}

char *
gbx_summary_policy_sentence (GbxPolicy *policy)
{
  g_autoptr (GbxFacts) facts = gbx_facts_of_policy (policy);

  return gbx_summary_facts_sentence (facts);
}

char *
gbx_summary_policy_devices (GbxPolicy *policy)
{
  g_autoptr (GbxFacts) facts = gbx_facts_of_policy (policy);

  return gbx_summary_devices (facts, TRUE);
}

GPtrArray *
gbx_summary_lines (GbxResolution *resolution)
{
  g_autoptr (GbxFacts) facts = gbx_facts_of_resolution (resolution);

  return gbx_summary_facts_lines (facts);
}

GPtrArray *
gbx_summary_policy_lines (GbxPolicy *policy)
{
  g_autoptr (GbxFacts) facts = gbx_facts_of_policy (policy);

  return gbx_summary_facts_lines (facts);
}

/* ------------------------------------------------------ the command line -- */

static void
add (GPtrArray *words, const char *word)
{
  g_ptr_array_add (words, g_strdup (word));
}

static GVariant *
get_base_value (GbxResolution *base, const GbxSetting *setting)
{
  if (base)
    return gbx_values_resolve (gbx_resolution_get_values (base), setting->key);
  return gbx_setting_get_default (setting, TRUE);
}

static void
add_setting (GPtrArray *words, GbxResolution *self, GbxResolution *base, const GbxSetting *setting)
{
  g_autoptr (GVariant) value = gbx_values_resolve (gbx_resolution_get_values (self), setting->key);
  g_autoptr (GVariant) before = get_base_value (base, setting);
  g_autofree char *option = g_strconcat ("--", setting->option, NULL);
  g_autofree char *text = gbx_setting_format (setting, value);

  if (g_variant_equal (value, before)
      || (setting->kind == GBX_KIND_SWITCH && !g_variant_get_boolean (value)))
    return;
  add (words, option);
  if (setting->kind != GBX_KIND_SWITCH)
    add (words, text);
}

/* A profile keeps a home of its own name. */
static void
add_home_name (GPtrArray *words, GbxResolution *self)
{
  GbxValues *values = gbx_resolution_get_values (self);
  g_autoptr (GVariant) home = gbx_values_resolve (values, "files.home");
  const char *id = gbx_resolution_get_id (self);

  if (g_str_equal (g_variant_get_string (home, NULL), "temporary")
      || gbx_values_get (values, "files.home-name") || g_str_equal (id, GBX_PROFILE_DEFAULT))
    return;
  add (words, "--home-name");
  add (words, id);
}

static void
add_share (GPtrArray *words, GbxResolvedShare *share)
{
  gboolean writable = g_str_equal (share->access, "rw");
  g_autofree char *expanded
      = share->path ? gbx_profile_place_expand (share->path, share->origin, NULL) : NULL;
  g_autofree char *name = g_ascii_strup (share->name, -1);
  const char *path = expanded ? expanded : share->path ? share->path : name;

  add (words, "--share");
  g_ptr_array_add (words, g_strconcat (path, share->guest_path ? ":" : "",
                                       share->guest_path ? share->guest_path : "",
                                       writable ? ":rw" : "", NULL));
}

static void
add_variables (GPtrArray *words, GbxResolution *self)
{
  GPtrArray *names = gbx_resolution_get_variables (self);

  for (guint i = 0; i < names->len; i++)
    {
      const char *value = gbx_resolution_get_variable (self, names->pdata[i], NULL);

      add (words, "--env");
      g_ptr_array_add (words, g_strconcat (names->pdata[i], "=", value, NULL));
    }
}

char **
gbx_summary_command (GbxResolution *resolution, GbxResolution *base, const char *const *command)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  GPtrArray *shares = gbx_resolution_get_shares (resolution);

  add (words, "glovebox");
  add (words, "run");
  add (words, "--profile");
  add (words, GBX_PROFILE_DEFAULT);
  for (guint i = 0; i < gbx_settings_get_n (); i++)
    if (gbx_settings_get (i)->option)
      add_setting (words, resolution, base, gbx_settings_get (i));
  add_home_name (words, resolution);
  for (guint i = 0; i < shares->len; i++)
    add_share (words, shares->pdata[i]);
  add_variables (words, resolution);
  for (guint i = 0; command && command[i]; i++)
    add (words, command[i]);
  if (!command)
    add (words, "APPLICATION");
  g_ptr_array_add (words, NULL);
  return (char **)g_ptr_array_free (g_steal_pointer (&words), FALSE);
}

/* Words of these characters mean themselves in a shell. */
static char *
quote (const char *word)
{
  const char *safe = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=,+@%";

  return *word && strspn (word, safe) == strlen (word) ? g_strdup (word) : g_shell_quote (word);
}

char *
gbx_summary_command_text (GbxResolution *resolution, GbxResolution *base,
                          const char *const *command)
{
  g_auto (GStrv) words = gbx_summary_command (resolution, base, command);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; words[i]; i++)
    {
      g_autofree char *quoted = quote (words[i]);

      g_string_append_printf (text, "%s%s", i > 0 ? " " : "", quoted);
    }
  return g_strdup (text->str);
}
