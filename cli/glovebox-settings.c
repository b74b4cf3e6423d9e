/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-cli"

#include "config.h"

#include "gbx-verbs.h"

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

int
gbx_verb_settings (int argc, char **argv)
{
  g_autofree char *completion = NULL;
  const GOptionEntry entries[] = {
    { "completion", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &completion, NULL, NULL },
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
  else
    for (guint i = 0; i < gbx_settings_get_n (); i++)
      print_setting (gbx_settings_get (i));
  return 0;
}
