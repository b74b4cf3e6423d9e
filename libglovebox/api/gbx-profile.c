/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-api"

#include "config.h"

#include "gbx-profile.h"

#include "gbx-error.h"
#include "gbx-resolution.h"
#include "gbx-settings.h"
#include "gbx-summary.h"

#include <glib/gi18n-lib.h>

struct _GbxProfile
{
  GObject parent_instance;

  GbxResolution *resolution;
  gboolean desktop;
};

G_DEFINE_FINAL_TYPE (GbxProfile, gbx_profile, G_TYPE_OBJECT)

static void
gbx_profile_finalize (GObject *object)
{
  g_clear_pointer (&GBX_PROFILE (object)->resolution, gbx_resolution_free);
  G_OBJECT_CLASS (gbx_profile_parent_class)->finalize (object);
}

static void
gbx_profile_class_init (GbxProfileClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gbx_profile_finalize;
}

static void
gbx_profile_init (GbxProfile *self)
{
}

/**
 * gbx_profile_list:
 *
 * Lists the profiles of this system and this account.
 *
 * Returns: (transfer full) (array zero-terminated=1): their ids, sorted
 */
char **
gbx_profile_list (void)
{
  g_autoptr (GbxProfileStore) store = gbx_profile_store_new ();

  return gbx_profile_store_list (store);
}

/* Each profile keeps a home of its own, unless it says otherwise; as with the command. */
static gboolean
name_home (GbxResolution *resolution, GError **error)
{
  GbxValues *values = gbx_resolution_get_values (resolution);
  const char *id = gbx_resolution_get_id (resolution);

  if (gbx_values_get (values, "files.home-name"))
    return TRUE;
  return gbx_values_set_text (values, "files.home-name", id, id, error);
}

/**
 * gbx_profile_new:
 * @id: of a profile; `default` is always there
 * @mode: the kind of sandbox it is for
 * @error: return location for a #GbxError
 *
 * Reads a profile.
 *
 * Returns: (transfer full): the profile; %NULL with %GBX_ERROR_NOT_FOUND if there is none of that
 *   id, or %GBX_ERROR_INVALID if one of its files is damaged
 */
GbxProfile *
gbx_profile_new (const char *id, GbxMode mode, GError **error)
{
  g_autoptr (GbxProfileStore) store = gbx_profile_store_new ();
  g_autoptr (GbxProfile) self = NULL;

  g_return_val_if_fail (id != NULL, NULL);
  if (!g_str_equal (id, GBX_PROFILE_DEFAULT) && !gbx_profile_store_contains (store, id))
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_NOT_FOUND,
                   _ ("There is no profile “%s”; “glovebox profile list” shows all"), id);
      return NULL;
    }
  self = g_object_new (GBX_TYPE_PROFILE, NULL);
  self->desktop = mode == GBX_MODE_DESKTOP;
  self->resolution = gbx_resolution_new (store, id, self->desktop, error);
  if (!self->resolution || !name_home (self->resolution, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * gbx_profile_get_id:
 * @self: a profile
 *
 * Gets the id of the profile, which is the name of its files.
 *
 * Returns: (transfer none): the id
 */
const char *
gbx_profile_get_id (GbxProfile *self)
{
  return gbx_resolution_get_id (self->resolution);
}

/**
 * gbx_profile_set_text:
 * @self: a profile
 * @key: of a setting, as `resources.memory`; see gbx_setting_info_list()
 * @text: the value, as it stands in a profile or on the command line: `512M`
 * @error: return location for a #GbxError
 *
 * Sets a value for this launch.  It is stronger than the profile, but not than a lock of the
 * administrator.
 *
 * Returns: whether it was set; %FALSE with %GBX_ERROR_INVALID if the setting or the value is not
 *   possible, or a lock does not allow it
 */
gboolean
gbx_profile_set_text (GbxProfile *self, const char *key, const char *text, GError **error)
{
  const GbxSetting *setting = gbx_settings_find (key);
  g_autoptr (GVariant) value = NULL;

  if (!setting)
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
                   _ ("There is no setting “%s”; “glovebox settings” lists them"), key);
      return FALSE;
    }
  value = gbx_setting_parse (setting, text, self->desktop, key, error);
  if (!value)
    return FALSE;
  return gbx_resolution_override (self->resolution, key, value, key, error);
}

/**
 * gbx_profile_answer:
 * @self: a profile
 * @share: the name of a share that the profile asks for
 * @path: (type filename): a file or folder of the host
 * @error: return location for a #GbxError
 *
 * Chooses the file or folder of a share that the profile leaves to the user.
 *
 * Returns: whether it was set; %FALSE with %GBX_ERROR_INVALID or %GBX_ERROR_SHARE if the profile
 *   does not ask for it, or it is not possible
 */
gboolean
gbx_profile_answer (GbxProfile *self, const char *share, const char *path, GError **error)
{
  return gbx_resolution_answer (self->resolution, share, path, error);
}

/**
 * gbx_profile_dup_summary:
 * @self: a profile
 *
 * Describes what a sandbox with this profile may do.
 *
 * Returns: (transfer full): one or more translated sentences: "Offline. Sees one folder,
 *   read-only. 1 GiB, 2 processors."
 */
char *
gbx_profile_dup_summary (GbxProfile *self)
{
  return gbx_summary_sentence (self->resolution);
}

/**
 * gbx_profile_dup_warnings:
 * @self: a profile
 *
 * Tells what of the profile does not hold because of the administrator's locks.
 *
 * Returns: (transfer full) (array zero-terminated=1): translated sentences, perhaps none
 */
char **
gbx_profile_dup_warnings (GbxProfile *self)
{
  GPtrArray *warnings = gbx_resolution_get_warnings (self->resolution);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < warnings->len; i++)
    g_strv_builder_add (builder, warnings->pdata[i]);
  return g_strv_builder_end (builder);
}

/**
 * gbx_profile_fill:
 * @self: a profile
 * @builder: (transfer none): a builder for a sandbox of the same kind
 * @error: return location for a #GbxError
 *
 * Gives a builder all values, variables and shares of the profile, and its id.
 *
 * Returns: whether it did; %FALSE with %GBX_ERROR_SHARE or %GBX_ERROR_NOT_FOUND if a share is
 *   missing or refused, or a share that the profile asks for has no answer
 */
gboolean
gbx_profile_fill (GbxProfile *self, GbxPolicyBuilder *builder, GError **error)
{
  return gbx_resolution_fill (self->resolution, builder, error);
}

/**
 * gbx_profile_build:
 * @self: a profile
 * @builder: (transfer none): a builder that gbx_profile_fill() has filled, perhaps with more shares
 *   since then
 * @error: return location for a #GbxError
 *
 * Makes the policy, if the administrator's locks allow all of the builder's shares.
 *
 * Returns: (transfer full): the policy; %NULL with %GBX_ERROR_SHARE if a lock forbids a share, or
 *   with an error of gbx_policy_builder_build()
 */
GbxPolicy *
gbx_profile_build (GbxProfile *self, GbxPolicyBuilder *builder, GError **error)
{
  if (!gbx_resolution_check_shares (self->resolution, builder, error))
    return NULL;
  return gbx_policy_builder_build (builder, error);
}
