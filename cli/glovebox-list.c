/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-cli"

#include "config.h"

#include "gbx-verbs.h"

#include "gbx-condition-text.h"
#include "gbx-runtime.h"

#include <glib/gi18n.h>

#define NAME_WIDTH 24

static int
find_width (GPtrArray *list)
{
  glong width = NAME_WIDTH;

  for (guint i = 0; i < list->len; i++)
    width = MAX (width, g_utf8_strlen (((GbxRunning *) list->pdata[i])->name, -1));
  return (int) width;
}

int
gbx_verb_list (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (GError) error = NULL;
  int width;

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
  width = find_width (list);
  if (list->len > 0)
    g_print ("%-*s %-8s %-8s %-10s %-10s %s\n", width, _ ("NAME"), _ ("PID"), _ ("BACKEND"), _ ("TIME"),
             _ ("STATE"), _ ("APPLICATION"));
  for (guint i = 0; i < list->len; i++)
    {
      GbxRunning *running = list->pdata[i];
      g_autofree char *age = gbx_age_text (running->started);

      g_print ("%-*s %-8d %-8s %-10s %-10s %s\n", width, running->name, running->pid,
               running->accelerator && *running->accelerator ? running->accelerator : "-", age,
               gbx_condition_text (running->condition), running->title ? running->title : "");
    }
  return 0;
}
