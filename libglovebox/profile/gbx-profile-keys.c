/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-profile"

#include "config.h"

#include "gbx-profile-keys.h"

#include "gbx-settings.h"

#include <string.h>

/* "home-size" → "HomeSize" */
static char *
to_camel (const char *text, gsize length)
{
  GString *camel = g_string_new (NULL);
  gboolean upper = TRUE;

  for (gsize i = 0; i < length; i++)
    {
      if (text[i] == '-')
        upper = TRUE;
      else
        {
          g_string_append_c (camel, upper ? g_ascii_toupper (text[i]) : text[i]);
          upper = FALSE;
        }
    }
  return g_string_free (camel, FALSE);
}

char *
gbx_profile_key_group (const GbxSetting *setting)
{
  return to_camel (setting->key, strcspn (setting->key, "."));
}

char *
gbx_profile_key_name (const GbxSetting *setting)
{
  const char *name = strchr (setting->key, '.') + 1;

  return to_camel (name, strlen (name));
}

static gboolean
is_called (const GbxSetting *setting, const char *group, const char *name)
{
  g_autofree char *its_group = gbx_profile_key_group (setting);
  g_autofree char *its_name = gbx_profile_key_name (setting);

  return g_str_equal (its_group, group) && (!name || g_str_equal (its_name, name));
}

const GbxSetting *
gbx_profile_key_find (const char *group, const char *name)
{
  for (guint i = 0; i < gbx_settings_get_n (); i++)
    if (is_called (gbx_settings_get (i), group, name))
      return gbx_settings_get (i);
  return NULL;
}

const GbxSetting *
gbx_profile_key_find_joined (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, ".", 2);

  return parts[0] && parts[1] ? gbx_profile_key_find (parts[0], parts[1]) : NULL;
}

const GbxSetting *
gbx_profile_key_find_of_share (const char *name)
{
  for (guint i = 0; i < gbx_share_settings_get_n (); i++)
    if (is_called (gbx_share_settings_get (i), "Share", name))
      return gbx_share_settings_get (i);
  return NULL;
}

gboolean
gbx_profile_key_is_group (const char *group)
{
  return gbx_profile_key_find (group, NULL) != NULL;
}

const char *
gbx_profile_key_share (const char *group)
{
  return g_str_has_prefix (group, "Share ") && group[6] ? group + 6 : NULL;
}
