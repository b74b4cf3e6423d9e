/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-cli"

#include "config.h"

#include "gbx-verbs.h"

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
print_setting (const GbxSetting *setting)
{
  g_autofree char *words = setting->words ? g_strjoinv (", ", (char **) setting->words) : NULL;

  g_print ("%s\n", setting->key);
  g_print ("    %s.\n", translate (setting->help));
  if (words)
    g_print ("    %s %s\n", _ ("Values:"), words);
  g_print ("    %s %s\n", _ ("If not set:"), translate (setting->unset));
  if (setting->option)
    g_print ("    %s --%s%s%s\n", _ ("Option:"), setting->option, setting->argument ? " " : "",
             translate (setting->argument));
  g_print ("    %s %s\n", _ ("Enforced by:"),
           setting->enforced_by_qemu ? translate (setting->enforced_by_qemu) : _ ("nothing yet"));
}

/* A line for each option of a verb: the option, a tab, and either "-" where it takes no value,
 * or the values that can be offered. */
static void
print_completion (gboolean desktop)
{
  for (guint i = 0; i < gbx_settings_get_n (); i++)
    {
      const GbxSetting *setting = gbx_settings_get (i);
      const char *const *offered = setting->words ? setting->words : setting->examples;
      g_autofree char *values = offered ? g_strjoinv (" ", (char **) offered) : g_strdup ("");

      if (setting->option && (desktop || setting->scope == GBX_SCOPE_ALL))
        g_print ("--%s\t%s\n", setting->option,
                 setting->kind == GBX_KIND_SWITCH ? "-" : values);
    }
}

/* For glovebox-profile(5). */
static void
print_mdoc (const GbxSetting *setting)
{
  g_autofree char *name = gbx_profile_key_name (setting);
  g_autofree char *words = setting->words ? g_strjoinv (", ", (char **) setting->words) : NULL;

  g_print (".It Cm %s\n%s.\n", name, setting->help);
  if (words)
    g_print ("Values: %s.\n", words);
  g_print ("If not set: %s.\n", setting->unset);
  if (setting->option)
    g_print ("Option:\n.Fl -%s .\n", setting->option);
}

static void
print_all_mdoc (void)
{
  g_autofree char *group = NULL;

  for (guint i = 0; i < gbx_settings_get_n (); i++)
    {
      g_autofree char *its_group = gbx_profile_key_group (gbx_settings_get (i));

      if (g_strcmp0 (group, its_group) != 0)
        g_print ("%s.Ss [%s]\n.Bl -tag -width Ds\n", group ? ".El\n" : "", its_group);
      g_free (group);
      group = g_steal_pointer (&its_group);
      print_mdoc (gbx_settings_get (i));
    }
  g_print (".El\n");
}

static void
print_share_mdoc (void)
{
  g_print (".Bl -tag -width Ds\n");
  for (guint i = 0; i < gbx_share_settings_get_n (); i++)
    print_mdoc (gbx_share_settings_get (i));
  g_print (".El\n");
}

int
gbx_verb_settings (int argc, char **argv)
{
  g_autofree char *completion = NULL;
  g_autofree char *mdoc = NULL;
  const GOptionEntry entries[] = {
    { "completion", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &completion, NULL, NULL },
    { "mdoc", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &mdoc, NULL, NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  g_set_prgname ("glovebox settings");
  g_option_context_set_summary (
      context, _ ("Lists the settings of a sandbox, with their options and defaults."));
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      gbx_complain ("%s", error->message);
      return GBX_STATUS_FAILURE;
    }
  if (argc > 1)
    {
      gbx_complain (_ ("“%s” takes no argument, but was given “%s”"), "settings", argv[1]);
      return GBX_STATUS_FAILURE;
    }
  if (completion)
    print_completion (g_str_equal (completion, "run"));
  else if (mdoc && g_str_equal (mdoc, "shares"))
    print_share_mdoc ();
  else if (mdoc)
    print_all_mdoc ();
  else
    for (guint i = 0; i < gbx_settings_get_n (); i++)
      print_setting (gbx_settings_get (i));
  return 0;
}
