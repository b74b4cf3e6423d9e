/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-cli"

#include "config.h"

#include "gbx-launch-options.h"
#include "gbx-profile-verbs.h"
#include "gbx-resolution-json.h"

#include "gbx-resolution-text.h"
#include "gbx-summary.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>

/* "glovebox profile list" and "show". */

static void
print_json (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *text = json_to_string (root, TRUE);

  g_print ("%s\n", text);
}

static void
add_member (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  if (value)
    json_builder_add_string_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

/* ----------------------------------------------------------------- list -- */

/* What the strongest layer says, in the user's language. */
static const char *
find_text (GPtrArray *layers, const char *key)
{
  for (guint i = layers->len; i-- > 0;)
    {
      const char *text = gbx_key_text_lookup_locale (gbx_profile_file_get_text (layers->pdata[i]),
                                                     "Profile", key);

      if (text)
        return text;
    }
  return NULL;
}

/* Who wrote it. */
static const char *
find_source (GPtrArray *layers)
{
  if (gbx_profile_file_is_system (layers->pdata[layers->len - 1]))
    return "system";
  return gbx_profile_file_is_system (layers->pdata[0]) ? "changed" : "user";
}

static void
list_one (const char *id, GPtrArray *layers, const char *error, JsonBuilder *json)
{
  const char *name = layers ? find_text (layers, "Name") : NULL;
  const char *source = layers ? find_source (layers) : "damaged";

  if (!json)
    {
      g_print ("%-24s %-8s %s\n", id, source, error ? error : name ? name : "");
      return;
    }
  json_builder_begin_object (json);
  add_member (json, "id", id);
  add_member (json, "source", source);
  add_member (json, "name", name);
  add_member (json, "description", layers ? find_text (layers, "Description") : NULL);
  add_member (json, "error", error);
  json_builder_end_object (json);
}

gboolean
gbx_profile_list (int argc, char **argv, GError **error)
{
  gboolean as_json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_ ("Print the list as JSON"), NULL },
    { NULL },
  };
  g_autoptr (GbxProfileStore) store = gbx_profile_store_new ();
  g_auto (GStrv) ids = gbx_profile_store_list (store);
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  if (!gbx_profile_parse (&argc, &argv, entries, NULL, 0, 0, error))
    return FALSE;
  json_builder_begin_array (builder);
  if (ids[0] && !as_json)
    g_print ("%-24s %-8s %s\n", _ ("PROFILE"), _ ("FROM"), _ ("NAME"));
  for (guint i = 0; ids[i]; i++)
    {
      g_autoptr (GError) local = NULL;
      g_autoptr (GPtrArray) layers = gbx_profile_store_load (store, ids[i], &local);

      list_one (ids[i], layers, local ? local->message : NULL, as_json ? builder : NULL);
    }
  json_builder_end_array (builder);
  if (as_json)
    print_json (builder);
  return TRUE;
}

/* ----------------------------------------------------------------- show -- */

/* As a comment in front of the files; a damaged profile has none. */
static void
print_sentence (GbxProfileStore *store, const char *id)
{
  g_autoptr (GbxResolution) resolution = gbx_resolution_new (store, id, TRUE, NULL);
  g_autofree char *sentence = resolution ? gbx_summary_sentence (resolution) : NULL;

  if (sentence)
    g_print ("# %s\n", sentence);
}

/* The layers as they are. */
static gboolean
print_layers (GbxProfileStore *store, const char *id, gboolean as_json, GError **error)
{
  g_autoptr (GPtrArray) layers = gbx_profile_store_load (store, id, error);
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  if (!layers)
    return FALSE;
  if (!as_json)
    print_sentence (store, id);
  json_builder_begin_array (builder);
  for (guint i = 0; i < layers->len; i++)
    {
      const char *path = gbx_profile_file_get_path (layers->pdata[i]);
      g_autofree char *text = gbx_key_text_to_string (gbx_profile_file_get_text (layers->pdata[i]));

      json_builder_begin_object (builder);
      add_member (builder, "path", path);
      add_member (builder, "text", text);
      json_builder_end_object (builder);
      if (!as_json)
        g_print ("%s# %s\n%s", i > 0 ? "\n" : "", path, text);
    }
  json_builder_end_array (builder);
  if (as_json)
    print_json (builder);
  return TRUE;
}

gboolean
gbx_profile_show (int argc, char **argv, GError **error)
{
  gboolean as_json = FALSE, resolved = FALSE;
  const GOptionEntry entries[] = {
    { "resolved", 0, 0, G_OPTION_ARG_NONE, &resolved,
      N_ ("Show every value and where it is from"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_ ("Print it as JSON"), NULL },
    { NULL },
  };
  g_autoptr (GbxProfileStore) store = gbx_profile_store_new ();
  g_autoptr (GbxResolution) resolution = NULL;
  g_auto (GbxLaunchOptions) options = { 0 };

  if (!gbx_profile_parse_with (&argc, &argv, entries, &options, "NAME", 1, 1, error))
    return FALSE;
  if (!resolved)
    return print_layers (store, argv[1], as_json, error);
  resolution = gbx_resolution_new (store, argv[1], TRUE, error);
  if (!resolution)
    return FALSE;
  if (!gbx_launch_options_override (&options, resolution, error))
    return FALSE;
  if (as_json)
    {
      g_autofree char *text = gbx_resolution_to_json (resolution);

      g_print ("%s\n", text);
    }
  else
    {
      g_autofree char *text = gbx_resolution_to_text (resolution);

      g_print ("%s", text);
    }
  return TRUE;
}
