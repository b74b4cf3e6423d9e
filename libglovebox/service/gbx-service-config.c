/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-service"

#include "config.h"

#include "gbx-service-config.h"

#include "gbx-error.h"
#include "gbx-guest-config.h"
#include "gbx-service-store.h"
#include "gbx-settings.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define GROUP "Service"
#define SETTINGS "Settings"

GbxServiceConfig *
gbx_service_config_new (void)
{
  GbxServiceConfig *self = g_new0 (GbxServiceConfig, 1);

  self->places = g_ptr_array_new_with_free_func ((GDestroyNotify) gbx_service_place_free);
  self->settings = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
gbx_service_config_free (GbxServiceConfig *self)
{
  g_free (self->name);
  g_free (self->unit);
  g_free (self->machine_id);
  g_free (self->account);
  g_strfreev (self->packages);
  g_ptr_array_unref (self->places);
  g_hash_table_unref (self->settings);
  g_free (self);
}

char *
gbx_service_machine_id_new (void)
{
  g_autofree char *uuid = g_uuid_string_random ();
  g_auto (GStrv) parts = g_strsplit (uuid, "-", -1);

  return g_strjoinv ("", parts);
}

/* ---------------------------------------------------------------- files -- */

static void
read_places (GbxServiceConfig *self, GKeyFile *keys, const char *key, gboolean is_file)
{
  g_auto (GStrv) paths = g_key_file_get_string_list (keys, GROUP, key, NULL, NULL);

  for (guint i = 0; paths && paths[i]; i++)
    if (*paths[i] == '/')
      g_ptr_array_add (self->places, gbx_service_place_new (paths[i], is_file));
}

GbxServiceConfig *
gbx_service_config_read (const char *name, GError **error)
{
  g_autofree char *folder = NULL;
  g_autoptr (GKeyFile) keys = NULL;
  g_autoptr (GbxServiceConfig) self = gbx_service_config_new ();
  g_auto (GStrv) names = NULL;

  if (!gbx_service_store_check_name (name, error))
    return NULL;
  if (!gbx_service_store_exists (name))
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_NOT_FOUND,
                   _ ("There is no service “%s”; “glovebox service list” shows the services"), name);
      return NULL;
    }
  folder = gbx_service_store_get_folder (name);
  keys = gbx_service_store_read (folder, "service", error);
  if (!keys)
    return NULL;
  self->name = g_strdup (name);
  self->unit = g_key_file_get_string (keys, GROUP, "Unit", NULL);
  self->machine_id = g_key_file_get_string (keys, GROUP, "MachineId", NULL);
  self->account = g_key_file_get_string (keys, GROUP, "Account", NULL);
  self->is_copy = g_key_file_get_boolean (keys, GROUP, "Copy", NULL);
  self->created = g_key_file_get_int64 (keys, GROUP, "Created", NULL);
  self->packages = g_key_file_get_string_list (keys, GROUP, "Packages", NULL, NULL);
  read_places (self, keys, "Folders", FALSE);
  read_places (self, keys, "Files", TRUE);
  names = g_key_file_get_keys (keys, SETTINGS, NULL, NULL);
  for (guint i = 0; names && names[i]; i++)
    g_hash_table_insert (self->settings, g_strdup (names[i]),
                         g_key_file_get_string (keys, SETTINGS, names[i], NULL));
  if (self->unit && self->machine_id)
    return g_steal_pointer (&self);
  g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
               _ ("The file “%s/service” is damaged; delete the service, or mend the file"), folder);
  return NULL;
}

static void
write_places (GbxServiceConfig *self, GKeyFile *keys, const char *key, gboolean is_file)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new ();

  for (guint i = 0; i < self->places->len; i++)
    {
      GbxServicePlace *place = self->places->pdata[i];

      if (place->is_file == is_file)
        g_ptr_array_add (paths, place->path);
    }
  g_key_file_set_string_list (keys, GROUP, key, (const char *const *) paths->pdata, paths->len);
}

gboolean
gbx_service_config_write (GbxServiceConfig *self, const char *folder, GError **error)
{
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  GHashTableIter iter;
  const char *key, *text;

  g_key_file_set_string (keys, GROUP, "Unit", self->unit);
  g_key_file_set_string (keys, GROUP, "MachineId", self->machine_id);
  if (self->account)
    g_key_file_set_string (keys, GROUP, "Account", self->account);
  g_key_file_set_boolean (keys, GROUP, "Copy", self->is_copy);
  g_key_file_set_int64 (keys, GROUP, "Created", self->created);
  if (self->packages)
    g_key_file_set_string_list (keys, GROUP, "Packages", (const char *const *) self->packages,
                                g_strv_length (self->packages));
  write_places (self, keys, "Folders", FALSE);
  write_places (self, keys, "Files", TRUE);
  g_hash_table_iter_init (&iter, self->settings);
  while (g_hash_table_iter_next (&iter, (gpointer *) &key, (gpointer *) &text))
    g_key_file_set_string (keys, SETTINGS, key, text);
  return gbx_service_store_write (folder, "service", keys, error);
}

void
gbx_service_config_set_packages (GbxServiceConfig *self, GPtrArray *packages)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < packages->len; i++)
    {
      GbxServicePackage *package = packages->pdata[i];
      g_autofree char *text = g_strconcat (package->name, " ", package->version, NULL);

      g_strv_builder_add (builder, text);
    }
  g_strfreev (self->packages);
  self->packages = g_strv_builder_end (builder);
}

/* ------------------------------------------------------------- settings -- */

gboolean
gbx_service_config_set_settings (GbxServiceConfig *self, GVariant *settings, GError **error)
{
  GVariantIter iter;
  const char *key, *text;

  if (!settings)
    return TRUE;
  g_variant_iter_init (&iter, settings);
  while (g_variant_iter_next (&iter, "{&s&s}", &key, &text))
    {
      const GbxSetting *setting = gbx_settings_find (key);
      g_autoptr (GVariant) value = NULL;

      if (!*text)
        {
          g_hash_table_remove (self->settings, key);
          continue;
        }
      if (!setting || setting->scope == GBX_SCOPE_DESKTOP)
        {
          g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID, _ ("A service has no setting “%s”"), key);
          return FALSE;
        }
      value = gbx_setting_parse (setting, text, FALSE, key, error);
      if (!value)
        return FALSE;
      g_hash_table_replace (self->settings, g_strdup (key), g_strdup (text));
    }
  return TRUE;
}

/* --------------------------------------------------------------- policy -- */

GbxUnit *
gbx_service_config_load_unit (GbxServiceConfig *self, const char *folder, GError **error)
{
  g_autofree char *private = g_build_filename (folder, "unit.d", NULL);
  GbxUnitFile *file = gbx_unit_file_find (self->unit, private, error);
  const GbxUnitContext context = { self->account, self->name, self->machine_id };

  return file ? gbx_unit_new (file, &context, error) : NULL;
}

static gboolean
add_shares (GbxServiceConfig *self, GbxPolicyBuilder *builder, const char *folder, GError **error)
{
  if (self->places->len > GBX_CONFIG_SHARES_MAX)
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_SHARE,
                   _ ("The packages of “%s” have %u folders and files in /etc and /var; a sandbox "
                      "can have %d"),
                   self->unit, self->places->len, GBX_CONFIG_SHARES_MAX);
      return FALSE;
    }
  for (guint i = 0; i < self->places->len; i++)
    {
      GbxServicePlace *place = self->places->pdata[i];
      g_autofree char *path = g_build_filename (folder, "root", place->path, NULL);
      g_autoptr (GbxShare) share = NULL;

      /* The user may have removed a file; a folder has to be there. */
      if (place->is_file && !g_file_test (path, G_FILE_TEST_IS_REGULAR))
        continue;
      share = gbx_share_new (path, place->path, !place->is_file, error);
      if (!share)
        return FALSE;
      gbx_policy_builder_add_share (builder, share);
    }
  return TRUE;
}

static gboolean
is_word (const char *key, const char *word)
{
  const GbxSetting *setting = gbx_settings_find (key);

  return setting && setting->words && g_strv_contains (setting->words, word);
}

/* With published ports, and nothing said of the network, these are all of it. */
static gboolean
add_settings (GbxServiceConfig *self, GbxPolicyBuilder *builder, GError **error)
{
  GHashTableIter iter;
  const char *key, *text;

  if (g_hash_table_contains (self->settings, "network.publish")
      && !g_hash_table_contains (self->settings, "network.mode") && is_word ("network.mode", "published")
      && !gbx_policy_builder_set_text (builder, "network.mode", "published", self->name, error))
    return FALSE;
  g_hash_table_iter_init (&iter, self->settings);
  while (g_hash_table_iter_next (&iter, (gpointer *) &key, (gpointer *) &text))
    if (!gbx_policy_builder_set_text (builder, key, text, key, error))
      return FALSE;
  return TRUE;
}

GbxPolicy *
gbx_service_config_make_policy (GbxServiceConfig *self, GbxUnit *unit, const char *folder,
                                GError **error)
{
  g_autoptr (GbxPolicyBuilder) builder = gbx_policy_builder_new (GBX_MODE_EXEC);
  const char *const command[] = { GBX_SERVICE_PROGRAM, NULL };

  gbx_policy_builder_set_name (builder, self->name);
  gbx_policy_builder_set_application (builder, NULL, gbx_unit_get_description (unit),
                                      "network-server-symbolic");
  gbx_policy_builder_set_command (builder, command);
  gbx_policy_builder_set_account (builder, gbx_unit_get_user (unit), gbx_unit_get_group (unit),
                                  gbx_unit_get_home (unit));
  gbx_policy_builder_set_machine_id (builder, self->machine_id);
  gbx_policy_builder_set_directory (builder, "/");
  if (!add_shares (self, builder, folder, error) || !add_settings (self, builder, error))
    return NULL;
  return gbx_policy_builder_build (builder, error);
}
