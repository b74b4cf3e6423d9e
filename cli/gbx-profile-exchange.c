/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-cli"

#include "config.h"

#include "gbx-profile-verbs.h"

#include "gbx-difference.h"
#include "gbx-error.h"
#include "gbx-import.h"
#include "gbx-profile-keys.h"
#include "gbx-resolution.h"
#include "gbx-settings.h"

#include <glib/gi18n.h>

/* "glovebox profile diff", "import" and "export". */

/* ----------------------------------------------------------------- diff -- */

static void
print_difference (GbxDifference *difference)
{
  g_print ("%-26s %s → %s", difference->key, difference->from, difference->to);
  if (difference->change != GBX_CHANGE_OTHER)
    g_print ("  (%s)", difference->change == GBX_CHANGE_WIDER ? _ ("wider") : _ ("narrower"));
  g_print ("\n");
}

gboolean
gbx_profile_diff (int argc, char **argv, GError **error)
{
  g_autoptr (GbxProfileStore) store = gbx_profile_store_new ();
  g_autoptr (GbxResolution) a = NULL;
  g_autoptr (GbxResolution) b = NULL;
  g_autoptr (GPtrArray) differences = NULL;

  if (!gbx_profile_parse (&argc, &argv, NULL, "NAME OTHERNAME", 2, 2, error))
    return FALSE;
  a = gbx_resolution_new (store, argv[1], TRUE, error);
  b = a ? gbx_resolution_new (store, argv[2], TRUE, error) : NULL;
  if (!b)
    return FALSE;
  differences = gbx_difference_list (a, b);
  for (guint i = 0; i < differences->len; i++)
    print_difference (differences->pdata[i]);
  return TRUE;
}

/* --------------------------------------------------------------- import -- */

static gboolean
import_one (GbxProfileStore *store, const char *path, const char *name, GError **error)
{
  g_autoptr (GPtrArray) notes = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *text = gbx_import_read (path, notes, NULL, error);
  g_autofree char *id = name ? g_strdup (name) : gbx_import_make_id (path);
  g_autofree char *target = gbx_profile_store_get_user_path (store, id);
  g_autoptr (GbxProfileFile) file = NULL;

  if (!text)
    return FALSE;
  if (gbx_profile_store_contains (store, id))
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
                   _ ("%s: there is a profile “%s” already; choose another name with --name"), path,
                   id);
      return FALSE;
    }
  file = gbx_profile_file_new (target, text, error);
  if (!file || !gbx_profile_file_save (file, error))
    return FALSE;
  g_print (_ ("%s: imported as the profile “%s”\n"), path, id);
  for (guint i = 0; i < notes->len; i++)
    g_print ("  %s\n", (char *) notes->pdata[i]);
  return TRUE;
}

gboolean
gbx_profile_import (int argc, char **argv, GError **error)
{
  g_autofree char *name = NULL;
  const GOptionEntry entries[] = {
    { "name", 0, 0, G_OPTION_ARG_STRING, &name,
      N_ ("A name for the profile, instead of one made from that of the file"), N_ ("NAME") },
    { NULL },
  };
  g_autoptr (GbxProfileStore) store = gbx_profile_store_new ();

  if (!gbx_profile_parse (&argc, &argv, entries, "FILE…", 1, -1, error))
    return FALSE;
  if (name && argc > 2)
    {
      g_set_error_literal (error, GBX_ERROR, GBX_ERROR_INVALID,
                           _ ("--name goes with one file only"));
      return FALSE;
    }
  for (int i = 1; i < argc; i++)
    if (!import_one (store, argv[i], name, error))
      return FALSE;
  return TRUE;
}

/* --------------------------------------------------------------- export -- */

static void
export_settings (GbxKeyText *text, GbxResolution *resolution)
{
  for (guint i = 0; i < gbx_settings_get_n (); i++)
    {
      const GbxSetting *setting = gbx_settings_get (i);
      GVariant *value = gbx_values_get (gbx_resolution_get_values (resolution), setting->key);
      g_autofree char *group = gbx_profile_key_group (setting);
      g_autofree char *key = gbx_profile_key_name (setting);
      g_autofree char *value_text = value ? gbx_setting_format (setting, value) : NULL;

      if (value)
        gbx_key_text_set (text, group, key, value_text);
    }
}

static void
export_share (GbxKeyText *text, GbxResolvedShare *share)
{
  g_autofree char *group = g_strdup_printf ("Share %s", share->name);

  if (share->path)
    gbx_key_text_set (text, group, "Path", share->path);
  if (share->guest_path)
    gbx_key_text_set (text, group, "GuestPath", share->guest_path);
  gbx_key_text_set (text, group, "Access", share->access);
  gbx_key_text_set (text, group, "Presence", share->presence);
}

/* What describes it, of its own layers, without what is made from other profiles. */
static void
export_profile (GbxKeyText *text, GPtrArray *layers)
{
  static const char *const keys[] = { "Name", "Description", "Icon", "Color", "Applications",
                                      "MimeTypes", "Categories" };
  g_autofree char *version = g_strdup_printf ("%d", GBX_PROFILE_VERSION);

  gbx_key_text_set (text, "Profile", "Version", version);
  for (guint i = 0; i < layers->len; i++)
    for (guint j = 0; j < G_N_ELEMENTS (keys); j++)
      {
        const char *value = gbx_key_text_lookup (gbx_profile_file_get_text (layers->pdata[i]),
                                                 "Profile", keys[j]);

        if (value)
          gbx_key_text_set (text, "Profile", keys[j], value);
      }
  gbx_key_text_set (text, "Profile", "Inherits", "");
}

gboolean
gbx_profile_export (int argc, char **argv, GError **error)
{
  g_autoptr (GbxProfileStore) store = gbx_profile_store_new ();
  g_autoptr (GbxKeyText) text = gbx_key_text_new ();
  g_autoptr (GbxResolution) resolution = NULL;
  g_autoptr (GPtrArray) layers = NULL;
  g_autofree char *result = NULL;
  GPtrArray *names;

  if (!gbx_profile_parse (&argc, &argv, NULL, "NAME", 1, 1, error))
    return FALSE;
  layers = gbx_profile_store_load (store, argv[1], error);
  resolution = layers ? gbx_resolution_new (store, argv[1], FALSE, error) : NULL;
  if (!resolution)
    return FALSE;
  export_profile (text, layers);
  export_settings (text, resolution);
  for (guint i = 0; i < gbx_resolution_get_shares (resolution)->len; i++)
    export_share (text, gbx_resolution_get_shares (resolution)->pdata[i]);
  names = gbx_resolution_get_variables (resolution);
  for (guint i = 0; i < names->len; i++)
    gbx_key_text_set (text, "Environment", names->pdata[i],
                      gbx_resolution_get_variable (resolution, names->pdata[i], NULL));
  result = gbx_key_text_to_string (text);
  g_print ("%s", result);
  return TRUE;
}
