/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-cli"

#include "config.h"

#include "gbx-verbs.h"

#include "gbx-settings-text.h"

#include <glib/gi18n.h>
#include <string.h>

int
gbx_verb_settings (int argc, char **argv)
{
  g_autofree char *completion = NULL;
  g_autofree char *mdoc = NULL;
  g_autofree char *text = NULL;
  gboolean table = FALSE;
  const GOptionEntry entries[] = {
    { "completion", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &completion, NULL, NULL },
    { "mdoc", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &mdoc, NULL, NULL },
    { "table", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &table, NULL, NULL },
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
    text = gbx_settings_text_completion (g_str_equal (completion, "run"));
  else if (table)
    text = gbx_settings_text_table ();
  else if (mdoc)
    text = gbx_settings_text_manual (g_str_equal (mdoc, "shares"));
  else
    text = gbx_settings_text_list ();
  g_print ("%s", text);
  return 0;
}
