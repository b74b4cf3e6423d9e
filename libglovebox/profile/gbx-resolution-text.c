/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-profile"

#include "config.h"

#include "gbx-resolution-text.h"

#include "gbx-settings.h"
#include "gbx-summary.h"

#include <glib/gi18n-lib.h>

static void
add_row (GString *all, const char *key, const char *value, const char *origin)
{
  g_string_append_printf (all, "%-26s %-24s %s\n", key, value, origin ? origin : "");
}

static void
add_settings (GString *all, GbxValues *values)
{
  for (guint i = 0; i < gbx_settings_get_n (); i++)
    {
      const GbxSetting *setting = gbx_settings_get (i);
      g_autoptr (GVariant) value = gbx_values_resolve (values, setting->key);
      g_autofree char *text = gbx_setting_format (setting, value);
      const char *origin = gbx_values_get_origin (values, setting->key);

      add_row (all, setting->key, text, origin ? origin : _ ("default"));
    }
}

static void
add_shares (GString *all, GPtrArray *shares)
{
  for (guint i = 0; i < shares->len; i++)
    {
      GbxResolvedShare *share = shares->pdata[i];
      g_autofree char *key = g_strdup_printf ("share %s", share->name);
      g_autofree char *text = g_strdup_printf ("%s %s%s%s", share->access,
                                               share->path ? share->path : share->presence,
                                               share->guest_path ? " → " : "",
                                               share->guest_path ? share->guest_path : "");

      add_row (all, key, text, share->origin);
    }
}

static void
add_variables (GString *all, GbxResolution *resolution)
{
  GPtrArray *names = gbx_resolution_get_variables (resolution);

  for (guint i = 0; i < names->len; i++)
    {
      const char *origin = NULL;
      const char *value = gbx_resolution_get_variable (resolution, names->pdata[i], &origin);
      g_autofree char *key = g_strdup_printf ("environment %s", (char *) names->pdata[i]);

      add_row (all, key, value, origin);
    }
}

char *
gbx_resolution_to_text (GbxResolution *resolution)
{
  GString *all = g_string_new (NULL);
  GPtrArray *warnings = gbx_resolution_get_warnings (resolution);
  g_autofree char *sentence = gbx_summary_sentence (resolution);

  g_string_append_printf (all, "%s\n\n", sentence);
  add_row (all, _ ("SETTING"), _ ("VALUE"), _ ("FROM"));
  add_settings (all, gbx_resolution_get_values (resolution));
  add_shares (all, gbx_resolution_get_shares (resolution));
  add_variables (all, resolution);
  for (guint i = 0; i < warnings->len; i++)
    g_string_append_printf (all, "%s\n", (char *) warnings->pdata[i]);
  return g_string_free (all, FALSE);
}
