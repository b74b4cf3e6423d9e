/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-settings"

#include "config.h"

#include "gbx-values.h"

#include "gbx-error.h"
#include "gbx-settings.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  GVariant *value;
  char *origin;
} Value;

struct _GbxValues
{
  gboolean desktop;
  GHashTable *values; /* key → Value */
};

static void
value_free (gpointer data)
{
  Value *value = data;

  g_variant_unref (value->value);
  g_free (value->origin);
  g_free (value);
}

GbxValues *
gbx_values_new (gboolean desktop)
{
  GbxValues *self = g_new0 (GbxValues, 1);

  self->desktop = desktop;
  self->values = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, value_free);
  return self;
}

void
gbx_values_free (GbxValues *self)
{
  g_hash_table_unref (self->values);
  g_free (self);
}

/* The key of the table lives as long as the process. */
static void
put (GbxValues *self, const GbxSetting *setting, GVariant *value, const char *origin)
{
  Value *entry = g_new0 (Value, 1);

  entry->value = g_variant_ref (value);
  entry->origin = g_strdup (origin);
  g_hash_table_replace (self->values, (gpointer) setting->key, entry);
}

GbxValues *
gbx_values_copy (GbxValues *self)
{
  GbxValues *copy = gbx_values_new (self->desktop);
  GHashTableIter iter;
  const char *key;
  Value *value;

  g_hash_table_iter_init (&iter, self->values);
  while (g_hash_table_iter_next (&iter, (gpointer *) &key, (gpointer *) &value))
    put (copy, gbx_settings_find (key), value->value, value->origin);
  return copy;
}

static const GbxSetting *
find (const char *key, const char *origin, GError **error)
{
  const GbxSetting *setting = gbx_settings_find (key);

  if (!setting)
    g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID, _ ("%s: there is no setting “%s”"), origin,
                 key);
  return setting;
}

gboolean
gbx_values_set (GbxValues *self, const char *key, GVariant *value, const char *origin,
                GError **error)
{
  const GbxSetting *setting = find (key, origin, error);
  g_autoptr (GVariant) owned = value ? g_variant_ref_sink (value) : NULL;

  if (!setting)
    return FALSE;
  if (!owned)
    g_hash_table_remove (self->values, key);
  else if (gbx_setting_check (setting, owned, self->desktop, origin, error))
    put (self, setting, owned, origin);
  else
    return FALSE;
  return TRUE;
}

gboolean
gbx_values_set_text (GbxValues *self, const char *key, const char *text, const char *origin,
                     GError **error)
{
  const GbxSetting *setting = find (key, origin, error);
  g_autoptr (GVariant) value = NULL;

  if (!setting)
    return FALSE;
  value = gbx_setting_parse (setting, text, self->desktop, origin, error);
  if (!value)
    return FALSE;
  put (self, setting, value, origin);
  return TRUE;
}

GVariant *
gbx_values_get (GbxValues *self, const char *key)
{
  Value *value = g_hash_table_lookup (self->values, key);

  return value ? value->value : NULL;
}

const char *
gbx_values_get_origin (GbxValues *self, const char *key)
{
  Value *value = g_hash_table_lookup (self->values, key);

  return value ? value->origin : NULL;
}

GVariant *
gbx_values_resolve (GbxValues *self, const char *key)
{
  GVariant *value = gbx_values_get (self, key);
  const GbxSetting *setting = gbx_settings_find (key);

  /* Only code of ours asks, by a constant. */
  g_assert (setting);
  return value ? g_variant_ref (value) : gbx_setting_get_default (setting, self->desktop);
}

GVariant *
gbx_values_to_variant (GbxValues *self)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  for (guint i = 0; i < gbx_settings_get_n (); i++)
    {
      const char *key = gbx_settings_get (i)->key;
      GVariant *value = gbx_values_get (self, key);

      if (value)
        g_variant_builder_add (&builder, "{sv}", key, value);
    }
  return g_variant_builder_end (&builder);
}
