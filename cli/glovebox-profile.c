/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-cli"

#include "config.h"

#include "gbx-profile-verbs.h"
#include "gbx-verbs.h"

#include "gbx-error.h"

#include <glib/gi18n.h>

static const struct
{
  const char *name;
  const char *summary;
  gboolean (*run) (int argc, char **argv, GError **error);
} verbs[] = {
  { "list", N_ ("List the profiles"), gbx_profile_list },
  { "show", N_ ("Show a profile, or what it comes to"), gbx_profile_show },
  { "new", N_ ("Make a profile"), gbx_profile_new },
  { "copy", N_ ("Make a profile from another one"), gbx_profile_copy },
  { "edit", N_ ("Change a profile in an editor"), gbx_profile_edit },
  { "set", N_ ("Change one setting of a profile"), gbx_profile_set },
  { "reset", N_ ("Remove your changes of a profile, or of one setting"), gbx_profile_reset },
  { "delete", N_ ("Delete a profile"), gbx_profile_delete },
  { "validate", N_ ("Check files without using them"), gbx_profile_validate },
  { "diff", N_ ("Compare what two profiles come to"), gbx_profile_diff },
  { "import", N_ ("Make profiles from files, also of other programs"), gbx_profile_import },
  { "export", N_ ("Print a profile as one file that needs no other"), gbx_profile_export },
};

static int
print_help (void)
{
  g_print ("%s\n  glovebox profile %s\n\n%s\n", _ ("Usage:"), _ ("VERB [OPTION…] …"), _ ("Verbs:"));
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    g_print ("  %-9s %s\n", verbs[i].name, _ (verbs[i].summary));
  g_print ("\n%s\n", _ ("“glovebox profile VERB --help” lists the options of a verb."));
  return 0;
}

gboolean
gbx_profile_parse (int *argc, char ***argv, const GOptionEntry *entries, const char *arguments,
                   int least, int most, GError **error)
{
  return gbx_profile_parse_with (argc, argv, entries, NULL, arguments, least, most, error);
}

gboolean
gbx_profile_parse_with (int *argc, char ***argv, const GOptionEntry *entries,
                        GbxLaunchOptions *options, const char *arguments, int least, int most,
                        GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new (arguments);
  g_autofree char *prgname = g_strconcat ("glovebox profile ", (*argv)[0], NULL);
  g_autoptr (GError) local = NULL;

  g_set_prgname (prgname);
  if (options)
    gbx_launch_options_add_settings (options, GBX_MODE_DESKTOP, context, entries);
  else if (entries)
    g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, argc, argv, &local))
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID, _ ("%s; see “%s --help”"), local->message,
                   prgname);
      return FALSE;
    }
  if (*argc - 1 >= least && (most < 0 || *argc - 1 <= most))
    return TRUE;
  g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID, _ ("use it as in “%s %s”; see “%s --help”"),
               prgname, arguments ? arguments : "", prgname);
  return FALSE;
}

int
gbx_verb_profile (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  if (argc < 2 || g_str_equal (argv[1], "--help") || g_str_equal (argv[1], "-h"))
    {
      if (argc > 1)
        return print_help ();
      gbx_complain (_ ("no verb was given; see “glovebox profile --help”"));
      return GBX_STATUS_FAILURE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    {
      if (!g_str_equal (argv[1], verbs[i].name))
        continue;
      if (verbs[i].run (argc - 1, argv + 1, &error))
        return 0;
      gbx_complain ("%s", error->message);
      return GBX_STATUS_FAILURE;
    }
  gbx_complain (_ ("there is no verb “%s”; see “glovebox profile --help”"), argv[1]);
  return GBX_STATUS_FAILURE;
}
