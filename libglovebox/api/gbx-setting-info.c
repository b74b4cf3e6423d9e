/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-api"

#include "config.h"

#include "gbx-setting-info.h"

#include "gbx-settings.h"

#include <glib/gi18n-lib.h>

/* The table of settings is static, so a pointer into it is the whole object. */
static GbxSettingInfo *
setting_info_copy (GbxSettingInfo *self)
{
  return self;
}

static void
setting_info_free (GbxSettingInfo *self)
{
}

G_DEFINE_BOXED_TYPE (GbxSettingInfo, gbx_setting_info, setting_info_copy, setting_info_free)

static const GbxSetting *
setting_of (const GbxSettingInfo *self)
{
  return (const GbxSetting *) self;
}

/**
 * gbx_setting_info_list:
 *
 * Lists the keys of all settings, in the order of help, manual and editor.
 *
 * Returns: (transfer full) (array zero-terminated=1): keys, as `resources.memory`
 */
char **
gbx_setting_info_list (void)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < gbx_settings_get_n (); i++)
    g_strv_builder_add (builder, gbx_settings_get (i)->key);
  return g_strv_builder_end (builder);
}

/**
 * gbx_setting_info_find:
 * @key: of a setting, as `resources.memory`
 *
 * Finds a setting.
 *
 * Returns: (transfer none) (nullable): what is known of it; %NULL if there is none of that key
 */
const GbxSettingInfo *
gbx_setting_info_find (const char *key)
{
  return (const GbxSettingInfo *) gbx_settings_find (key);
}

/**
 * gbx_setting_info_get_key:
 * @self: a setting
 *
 * Gets the key, by which functions of the library know the setting.
 *
 * Returns: (transfer none): the key
 */
const char *
gbx_setting_info_get_key (const GbxSettingInfo *self)
{
  return setting_of (self)->key;
}

/**
 * gbx_setting_info_get_label:
 * @self: a setting
 *
 * Gets what the setting is called in a window.
 *
 * Returns: (transfer none): a translated name
 */
const char *
gbx_setting_info_get_label (const GbxSettingInfo *self)
{
  return _ (setting_of (self)->label);
}

/**
 * gbx_setting_info_get_help:
 * @self: a setting
 *
 * Gets what the setting does.
 *
 * Returns: (transfer none): one translated sentence, without a full stop
 */
const char *
gbx_setting_info_get_help (const GbxSettingInfo *self)
{
  return _ (setting_of (self)->help);
}

/**
 * gbx_setting_info_get_option:
 * @self: a setting
 *
 * Gets the option of the command line.
 *
 * Returns: (transfer none) (nullable): its name without the dashes; %NULL if there is none
 */
const char *
gbx_setting_info_get_option (const GbxSettingInfo *self)
{
  return setting_of (self)->option;
}

/**
 * gbx_setting_info_get_words:
 * @self: a setting
 *
 * Gets the words that are possible.
 *
 * Returns: (transfer none) (nullable) (array zero-terminated=1): the words, the default first;
 *   %NULL unless the setting is a choice
 */
const char *const *
gbx_setting_info_get_words (const GbxSettingInfo *self)
{
  return setting_of (self)->words;
}

/**
 * gbx_setting_info_dup_value_type:
 * @self: a setting
 *
 * Gets the type that gbx_policy_builder_set_value() takes: `b` for a switch, `u` for a number or
 * for seconds, `t` for bytes, `s` for a word or text, `ay` for a path, `(uu)` for pixels.
 *
 * Returns: (transfer full): a type of #GVariant
 */
char *
gbx_setting_info_dup_value_type (const GbxSettingInfo *self)
{
  return g_variant_type_dup_string (gbx_setting_get_type (setting_of (self)));
}

/**
 * gbx_setting_info_get_range:
 * @self: a setting
 * @mode: the kind of sandbox it is for
 * @minimum: (out) (optional): the smallest possible value
 * @maximum: (out) (optional): the largest possible value
 *
 * Gets the range of a number, of bytes or of seconds.  It may depend on the machine.
 *
 * Returns: whether there is a range; otherwise both are 0
 */
gboolean
gbx_setting_info_get_range (const GbxSettingInfo *self, GbxMode mode, guint64 *minimum,
                            guint64 *maximum)
{
  const GbxSetting *setting = setting_of (self);
  guint64 least = setting->minimum, most = setting->maximum;

  if (setting->get_range)
    setting->get_range (mode == GBX_MODE_DESKTOP, &least, &most);
  if (minimum)
    *minimum = most > 0 ? least : 0;
  if (maximum)
    *maximum = most;
  return most > 0;
}

/**
 * gbx_setting_info_dup_default:
 * @self: a setting
 * @mode: the kind of sandbox it is for
 *
 * Gets the value that holds where nothing is set.
 *
 * Returns: (transfer full): a text that gbx_policy_builder_set_text() takes
 */
char *
gbx_setting_info_dup_default (const GbxSettingInfo *self, GbxMode mode)
{
  g_autoptr (GVariant) value =
      gbx_setting_get_default (setting_of (self), mode == GBX_MODE_DESKTOP);

  return gbx_setting_format (setting_of (self), value);
}
