/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-cli"

#include "config.h"

#include "gbx-settings-text.h"

#include "gbx-profile-keys.h"
#include "gbx-settings.h"

#include <glib/gi18n.h>
#include <string.h>

/* The table of settings, for people and for the shell's completion. */

static const char *
translate (const char *text)
{
  return text ? _ (text) : "";
}

static void
append_holder (GString *out, const char *who, const GbxHold *hold)
{
  g_string_append_printf (out, "    %s %s\n", who, hold->by ? _ (hold->by)
                                                : hold->lacks ? _ (hold->lacks)
                                                              : _ ("nothing yet"));
}

/* One line where it is the same everywhere. */
static void
append_holders (GString *out, const GbxHold *holds)
{
  const GbxHold *session = &holds[GBX_PLATFORM_QEMU_SESSION];
  const GbxHold *system = &holds[GBX_PLATFORM_QEMU_SYSTEM], *lxc = &holds[GBX_PLATFORM_LXC];
  gboolean is_one_machine = g_strcmp0 (session->by, system->by) == 0;

  if (is_one_machine && g_strcmp0 (session->by, lxc->by) == 0)
    {
      append_holder (out, _ ("Enforced by:"), session);
      return;
    }
  append_holder (out, _ ("Enforced in a virtual machine by:"), session);
  if (!is_one_machine)
    append_holder (out, _ ("Enforced in a virtual machine of root by:"), system);
  append_holder (out, lxc->by ? _ ("Enforced in a container by:") : _ ("Not in a container:"), lxc);
}

static void
append_setting (GString *out, const GbxSetting *setting)
{
  g_autofree char *words = setting->words ? g_strjoinv (", ", (char **) setting->words) : NULL;

  g_string_append_printf (out, "%s\n", setting->key);
  g_string_append_printf (out, "    %s.\n", translate (setting->help));
  if (words)
    g_string_append_printf (out, "    %s %s\n", _ ("Values:"), words);
  g_string_append_printf (out, "    %s %s\n", _ ("If not set:"), translate (setting->unset));
  if (setting->option)
    g_string_append_printf (out, "    %s --%s%s%s\n", _ ("Option:"), setting->option, setting->argument ? " " : "",
             translate (setting->argument));
  append_holders (out, setting->holds);
}

/* A line for each option of a verb: the option, a tab, and either "-" where it takes no value,
 * or the values that can be offered. */
char *
gbx_settings_text_completion (gboolean desktop)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < gbx_settings_get_n (); i++)
    {
      const GbxSetting *setting = gbx_settings_get (i);
      const char *const *offered = setting->words ? setting->words : setting->examples;
      g_autofree char *values = offered ? g_strjoinv (" ", (char **) offered) : g_strdup ("");

      if (setting->option && (desktop || setting->scope == GBX_SCOPE_ALL))
        g_string_append_printf (out, "--%s\t%s\n", setting->option,
                 setting->kind == GBX_KIND_SWITCH ? "-" : values);
    }
  return g_string_free (out, FALSE);
}

/* For glovebox-profile(5). */
static void
append_mdoc (GString *out, const GbxSetting *setting)
{
  g_autofree char *name = gbx_profile_key_name (setting);
  g_autofree char *words = setting->words ? g_strjoinv (", ", (char **) setting->words) : NULL;

  g_string_append_printf (out, ".It Cm %s\n%s.\n", name, setting->help);
  if (words)
    g_string_append_printf (out, "Values: %s.\n", words);
  g_string_append_printf (out, "If not set: %s.\n", setting->unset);
  if (setting->option)
    g_string_append_printf (out, "Option:\n.Fl -%s .\n", setting->option);
}

static void
append_all_mdoc (GString *out)
{
  g_autofree char *group = NULL;

  for (guint i = 0; i < gbx_settings_get_n (); i++)
    {
      g_autofree char *its_group = gbx_profile_key_group (gbx_settings_get (i));

      if (g_strcmp0 (group, its_group) != 0)
        g_string_append_printf (out, "%s.Ss [%s]\n.Bl -tag -width Ds\n", group ? ".El\n" : "", its_group);
      g_free (group);
      group = g_steal_pointer (&its_group);
      append_mdoc (out, gbx_settings_get (i));
    }
  g_string_append_printf (out, ".El\n");
}

static void
append_share_mdoc (GString *out)
{
  g_string_append_printf (out, ".Bl -tag -width Ds\n");
  for (guint i = 0; i < gbx_share_settings_get_n (); i++)
    append_mdoc (out, gbx_share_settings_get (i));
  g_string_append_printf (out, ".El\n");
}

char *
gbx_settings_text_list (void)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < gbx_settings_get_n (); i++)
    append_setting (out, gbx_settings_get (i));
  return g_string_free (out, FALSE);
}

char *
gbx_settings_text_manual (gboolean of_shares)
{
  GString *out = g_string_new (NULL);

  if (of_shares)
    append_share_mdoc (out);
  else
    append_all_mdoc (out);
  return g_string_free (out, FALSE);
}

/* ------------------------------------------------------------- docs/tuning.md -- */

static const char *const needs[] = {
  [GBX_NEED_NOTHING] = "–",
  [GBX_NEED_SCOPE] = "a systemd of the account that has the controller",
  [GBX_NEED_GROUP_SWAP] = "a kernel that counts swap space",
  [GBX_NEED_GROUP_WEIGHT] = "a kernel with the disk scheduler BFQ",
  [GBX_NEED_LOCKED_MEMORY] = "no limit of locked memory for the account",
  [GBX_NEED_HUGE_PAGES] = "enough free huge pages",
  [GBX_NEED_BLOCK_DEVICE] = "files on a disk of the computer",
  [GBX_NEED_DISK] = "a kept home",
};

static gboolean
is_same (const GbxHold *a, const GbxHold *b)
{
  return g_strcmp0 (a->by, b->by) == 0 && a->need == b->need &&
         g_strcmp0 (a->lacks, b->lacks) == 0 && g_strcmp0 (a->test, b->test) == 0;
}

/* The platforms that are like this one, from it on; NULL if an earlier one is. */
static char *
list_platforms (const GbxHold *holds, guint platform)
{
  GString *names = g_string_new (NULL);
  gboolean is_first = TRUE;

  for (guint i = 0; i < GBX_N_PLATFORMS; i++)
    {
      if (!is_same (&holds[i], &holds[platform]))
        continue;
      is_first &= i >= platform;
      g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "",
                              gbx_platform_get_name (i));
    }
  return g_string_free (names, !is_first);
}

static void
append_rows (GString *out, const GbxSetting *setting)
{
  gboolean is_named = FALSE;

  for (guint i = 0; i < GBX_N_PLATFORMS; i++)
    {
      const GbxHold *hold = &setting->holds[i];
      g_autofree char *platforms = list_platforms (setting->holds, i);
      g_autofree char *test =
          hold->test ? g_strdup_printf ("`%s`", hold->test) : g_strdup (hold->by ? "no" : "–");

      if (!platforms)
        continue;
      g_string_append_printf (out, "| %s%s%s | %s | %s | %s | %s |\n", is_named ? "" : "`",
                              is_named ? "" : setting->key, is_named ? "" : "`", platforms,
                              hold->by ? hold->by : "nobody",
                              hold->by ? needs[hold->need] : hold->lacks, test);
      is_named = TRUE;
    }
}

char *
gbx_settings_text_table (void)
{
  GString *out = g_string_new ("| setting | platform | who holds it | what that needs, or why "
                               "nobody does | measured by |\n| --- | --- | --- | --- | --- |\n");

  for (guint i = 0; i < gbx_settings_get_n (); i++)
    if (g_str_has_prefix (gbx_settings_get (i)->key, "resources.") ||
        g_str_has_prefix (gbx_settings_get (i)->key, "network."))
      append_rows (out, gbx_settings_get (i));
  return g_string_free (out, FALSE);
}
