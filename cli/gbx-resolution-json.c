/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-cli"

#include "config.h"

#include "gbx-resolution-json.h"

#include "gbx-settings.h"
#include "gbx-summary.h"

#include <json-glib/json-glib.h>

static void
add_member (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  if (value)
    json_builder_add_string_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

static void
add_settings (JsonBuilder *builder, GbxResolution *resolution)
{
  GbxValues *values = gbx_resolution_get_values (resolution);

  json_builder_set_member_name (builder, "settings");
  json_builder_begin_object (builder);
  for (guint i = 0; i < gbx_settings_get_n (); i++)
    {
      const GbxSetting *setting = gbx_settings_get (i);
      g_autoptr (GVariant) value = gbx_values_resolve (values, setting->key);
      g_autofree char *text = gbx_setting_format (setting, value);
      const char *lock_origin = NULL;
      const char *lock = gbx_resolution_get_lock (resolution, setting->key, &lock_origin);

      json_builder_set_member_name (builder, setting->key);
      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "value");
      json_builder_add_value (builder, json_gvariant_serialize (value));
      add_member (builder, "text", text);
      add_member (builder, "origin", gbx_values_get_origin (values, setting->key));
      add_member (builder, "lock", lock);
      add_member (builder, "lock-origin", lock_origin);
      json_builder_end_object (builder);
    }
  json_builder_end_object (builder);
}

static void
add_shares (JsonBuilder *builder, GbxResolution *resolution)
{
  GPtrArray *shares = gbx_resolution_get_shares (resolution);

  json_builder_set_member_name (builder, "shares");
  json_builder_begin_array (builder);
  for (guint i = 0; i < shares->len; i++)
    {
      GbxResolvedShare *share = shares->pdata[i];

      json_builder_begin_object (builder);
      add_member (builder, "name", share->name);
      add_member (builder, "path", share->path);
      add_member (builder, "guest-path", share->guest_path);
      add_member (builder, "access", share->access);
      add_member (builder, "presence", share->presence);
      add_member (builder, "origin", share->origin);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
add_variables (JsonBuilder *builder, GbxResolution *resolution)
{
  GPtrArray *names = gbx_resolution_get_variables (resolution);

  json_builder_set_member_name (builder, "environment");
  json_builder_begin_object (builder);
  for (guint i = 0; i < names->len; i++)
    add_member (builder, names->pdata[i],
                gbx_resolution_get_variable (resolution, names->pdata[i], NULL));
  json_builder_end_object (builder);
}

static void
add_strings (JsonBuilder *builder, const char *name, const char *const *texts, guint n)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (guint i = 0; i < n; i++)
    json_builder_add_string_value (builder, texts[i]);
  json_builder_end_array (builder);
}

char *
gbx_resolution_to_json (GbxResolution *resolution)
{
  const char *const *chain = gbx_resolution_get_chain (resolution);
  GPtrArray *warnings = gbx_resolution_get_warnings (resolution);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *sentence = gbx_summary_sentence (resolution);

  json_builder_begin_object (builder);
  add_member (builder, "id", gbx_resolution_get_id (resolution));
  add_member (builder, "summary", sentence);
  add_strings (builder, "chain", chain, g_strv_length ((char **) chain));
  add_settings (builder, resolution);
  add_shares (builder, resolution);
  add_variables (builder, resolution);
  add_strings (builder, "warnings", (const char *const *) warnings->pdata, warnings->len);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return json_to_string (root, TRUE);
}
