/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-cli"

#include "config.h"

#include "gbx-condition-text.h"

#include "gbx-runtime.h"

#include <glib/gi18n.h>

const char *
gbx_condition_text (const char *condition)
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

char *
gbx_age_text (gint64 started)
{
  gint64 seconds = MAX (0, g_get_real_time () / G_USEC_PER_SEC - started);

  return g_strdup_printf ("%" G_GINT64_FORMAT ":%02" G_GINT64_FORMAT ":%02" G_GINT64_FORMAT,
                          seconds / 3600, seconds / 60 % 60, seconds % 60);
}
