/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-cli"

#include "config.h"

#include "gbx-verbs.h"

#include "gbx-runtime.h"

#include <glib/gi18n.h>

static char *
age_text (gint64 started)
{
  gint64 seconds = MAX (0, g_get_real_time () / G_USEC_PER_SEC - started);

  return g_strdup_printf ("%" G_GINT64_FORMAT ":%02" G_GINT64_FORMAT ":%02" G_GINT64_FORMAT,
                          seconds / 3600, seconds / 60 % 60, seconds % 60);
}

/* Its state in one or two words. */
static const char *
condition_text (const char *condition)
{
  static const struct
  {
    const char *condition;
    const char *text;
  } texts[] = {
    { GBX_CONDITION_STARTING, N_ ("starting") },
    { GBX_CONDITION_RUNNING, N_ ("running") },
    { GBX_CONDITION_SILENT, N_ ("no answer") },
    { GBX_CONDITION_IMPAIRED, N_ ("limited") },
    { GBX_CONDITION_PAUSED, N_ ("paused") },
    { GBX_CONDITION_STOPPING, N_ ("stopping") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (g_strcmp0 (condition, texts[i].condition) == 0)
      return _ (texts[i].text);
  return "-";
}

int
gbx_verb_list (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (GError) error = NULL;

  g_set_prgname ("glovebox list");
  g_option_context_set_summary (context, _ ("Lists the running sandboxes of this account."));
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      gbx_complain ("%s", error->message);
      return GBX_STATUS_FAILURE;
    }
  if (argc > 1)
    {
      gbx_complain (_ ("“%s” takes no argument, but was given “%s”"), "list", argv[1]);
      return GBX_STATUS_FAILURE;
    }
  list = gbx_running_list (&error);
  if (!list)
    {
      gbx_complain ("%s", error->message);
      return GBX_STATUS_FAILURE;
    }
  if (list->len > 0)
    g_print ("%-24s %-8s %-6s %-10s %-10s %s\n", _ ("NAME"), _ ("PID"), _ ("ACCEL"), _ ("TIME"),
             _ ("STATE"), _ ("APPLICATION"));
  for (guint i = 0; i < list->len; i++)
    {
      GbxRunning *running = list->pdata[i];
      g_autofree char *age = age_text (running->started);

      g_print ("%-24s %-8d %-6s %-10s %-10s %s\n", running->name, running->pid,
               running->accelerator && *running->accelerator ? running->accelerator : "-", age,
               condition_text (running->condition), running->title ? running->title : "");
    }
  return 0;
}
