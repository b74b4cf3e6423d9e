/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-cli"

#include "config.h"

#include "gbx-profile-verbs.h"

#include "gbx-error.h"
#include "gbx-import.h"
#include "gbx-profile-keys.h"
#include "gbx-resolution.h"
#include "gbx-settings.h"

#include <glib/gi18n.h>
#include <string.h>

/* "glovebox profile diff", "import" and "export". */

/* ----------------------------------------------------------------- diff -- */

static void
diff_setting (const GbxSetting *setting, GbxResolution *a, GbxResolution *b)
{
  g_autoptr (GVariant) from = gbx_values_resolve (gbx_resolution_get_values (a), setting->key);
  g_autoptr (GVariant) to = gbx_values_resolve (gbx_resolution_get_values (b), setting->key);
  g_autofree char *from_text = gbx_setting_format (setting, from);
  g_autofree char *to_text = gbx_setting_format (setting, to);

  if (g_variant_equal (from, to))
    return;
  g_print ("%-26s %s → %s", setting->key, from_text, to_text);
  if (setting->wider != GBX_WIDER_NEITHER)
    g_print ("  (%s)", gbx_setting_is_wider (setting, to, from) ? _ ("wider") : _ ("narrower"));
  g_print ("\n");
}

static GbxResolvedShare *
find_share (GbxResolution *resolution, const char *name)
{
  GPtrArray *shares = gbx_resolution_get_shares (resolution);

  for (guint i = 0; i < shares->len; i++)
    if (g_str_equal (((GbxResolvedShare *) shares->pdata[i])->name, name))
      return shares->pdata[i];
  return NULL;
}

static char *
describe_share (GbxResolvedShare *share)
{
  if (!share)
    return g_strdup ("none");
  return g_strdup_printf ("%s %s%s%s", share->access,
                          share->path ? share->path : share->presence,
                          share->guest_path ? ":" : "",
                          share->guest_path ? share->guest_path : "");
}

/* "none" < "ro" < "rw" as texts, too. */
static void
diff_share (const char *name, GbxResolvedShare *from, GbxResolvedShare *to)
{
  g_autofree char *from_text = describe_share (from);
  g_autofree char *to_text = describe_share (to);
  int change = strcmp (to ? to->access : "none", from ? from->access : "none");

  if (g_str_equal (from_text, to_text))
    return;
  g_print ("share %-20s %s → %s", name, from_text, to_text);
  if (change != 0)
    g_print ("  (%s)", change > 0 ? _ ("wider") : _ ("narrower"));
  g_print ("\n");
}

static void
diff_shares (GbxResolution *a, GbxResolution *b)
{
  GPtrArray *from = gbx_resolution_get_shares (a);
  GPtrArray *to = gbx_resolution_get_shares (b);

  for (guint i = 0; i < from->len; i++)
    {
      GbxResolvedShare *share = from->pdata[i];

      diff_share (share->name, share, find_share (b, share->name));
    }
  for (guint i = 0; i < to->len; i++)
    {
      GbxResolvedShare *share = to->pdata[i];

      if (!find_share (a, share->name))
        diff_share (share->name, NULL, share);
    }
}

static void
diff_variable (const char *name, GbxResolution *a, GbxResolution *b)
{
  const char *from = gbx_resolution_get_variable (a, name, NULL);
  const char *to = gbx_resolution_get_variable (b, name, NULL);

  if (g_strcmp0 (from, to) != 0)
    g_print ("environment %-14s %s → %s\n", name, from ? from : "–", to ? to : "–");
}

static void
diff_variables (GbxResolution *a, GbxResolution *b)
{
  GPtrArray *from = gbx_resolution_get_variables (a);
  GPtrArray *to = gbx_resolution_get_variables (b);

  for (guint i = 0; i < from->len; i++)
    diff_variable (from->pdata[i], a, b);
  for (guint i = 0; i < to->len; i++)
    if (!gbx_resolution_get_variable (a, to->pdata[i], NULL))
      diff_variable (to->pdata[i], a, b);
}

gboolean
gbx_profile_diff (int argc, char **argv, GError **error)
{
  g_autoptr (GbxProfileStore) store = gbx_profile_store_new ();
  g_autoptr (GbxResolution) a = NULL;
  g_autoptr (GbxResolution) b = NULL;

  if (!gbx_profile_parse (&argc, &argv, NULL, "NAME OTHERNAME", 2, 2, error))
    return FALSE;
  a = gbx_resolution_new (store, argv[1], TRUE, error);
  b = a ? gbx_resolution_new (store, argv[2], TRUE, error) : NULL;
  if (!b)
    return FALSE;
  for (guint i = 0; i < gbx_settings_get_n (); i++)
    diff_setting (gbx_settings_get (i), a, b);
  diff_shares (a, b);
  diff_variables (a, b);
  return TRUE;
}

/* --------------------------------------------------------------- import -- */

/* A name for the profile, from that of the file: "My Sandbox.wsb" → "my-sandbox". */
static char *
make_id (const char *path)
{
  g_autofree char *base = g_path_get_basename (path);
  char *dot = strrchr (base, '.');
  GString *id = g_string_new (NULL);

  if (dot && dot > base)
    *dot = '\0';
  for (const char *at = base; *at && id->len < 40; at++)
    {
      char c = g_ascii_tolower (*at);

      if (g_ascii_isalnum (c) || (id->len > 0 && strchr ("._-", c)))
        g_string_append_c (id, c);
      else if (id->len > 0 && c == ' ')
        g_string_append_c (id, '-');
    }
  if (id->len == 0)
    g_string_assign (id, "imported");
  return g_string_free (id, FALSE);
}

static char *
convert (const char *path, GPtrArray *notes, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInfo) info =
      g_file_query_info (file, "standard::type,standard::size", G_FILE_QUERY_INFO_NONE, NULL, error);
  g_autofree char *text = NULL;
  gsize length;

  if (!info)
    return NULL;
  if (g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR ||
      g_file_info_get_size (info) > GBX_KEY_TEXT_BYTES_MAX)
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
                   _ ("%s: it is not a regular file of at most %d bytes"), path,
                   GBX_KEY_TEXT_BYTES_MAX);
      return NULL;
    }
  if (!g_file_get_contents (path, &text, &length, error))
    return NULL;
  switch (gbx_import_guess (text))
    {
    case GBX_FOREIGN_WSB:
      return gbx_import_wsb (text, length, path, notes, error);
    case GBX_FOREIGN_FIREJAIL:
      return gbx_import_firejail (text, path, notes, error);
    case GBX_FOREIGN_NONE:
    default:
      return g_steal_pointer (&text);
    }
}

static gboolean
import_one (GbxProfileStore *store, const char *path, const char *name, GError **error)
{
  g_autoptr (GPtrArray) notes = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *text = convert (path, notes, error);
  g_autofree char *id = name ? g_strdup (name) : make_id (path);
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
