/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-profile"

#include "config.h"

#include "gbx-resolution.h"

#include "gbx-error.h"
#include "gbx-locks.h"
#include "gbx-paths.h"
#include "gbx-profile-keys.h"
#include "gbx-profile-place.h"
#include "gbx-settings.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define PARENTS_MAX 16

typedef struct
{
  char *value;
  char *origin;
} Variable;

struct _GbxResolution
{
  gboolean desktop;
  GbxValues *values;
  GHashTable *variables; /* name → Variable */
  GHashTable *shares;    /* name → GbxResolvedShare */
  GPtrArray *sorted;     /* of the shares, made when asked for */
  GPtrArray *names;      /* of the variables, likewise */
  GPtrArray *chain;      /* ids, the root first, NULL-terminated once it is complete */
  GPtrArray *layers;     /* (element-type GbxProfileFile), the weakest first */
  GbxLocks *locks;
  GPtrArray *warnings;
  guint n_filled; /* shares that the builder got from here */
};

static void
variable_free (gpointer data)
{
  Variable *variable = data;

  g_free (variable->value);
  g_free (variable->origin);
  g_free (variable);
}

static void
share_free (gpointer data)
{
  GbxResolvedShare *share = data;

  g_free (share->name);
  g_free (share->path);
  g_free (share->guest_path);
  g_free (share->access);
  g_free (share->presence);
  g_free (share->origin);
  g_free (share);
}

static GbxResolution *
alloc_resolution (gboolean desktop)
{
  GbxResolution *self = g_new0 (GbxResolution, 1);

  self->desktop = desktop;
  self->values = gbx_values_new (desktop);
  self->variables = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, variable_free);
  self->shares = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, share_free);
  self->sorted = g_ptr_array_new ();
  self->names = g_ptr_array_new ();
  self->chain = g_ptr_array_new_with_free_func (g_free);
  self->layers = g_ptr_array_new_with_free_func ((GDestroyNotify) gbx_profile_file_unref);
  self->locks = gbx_locks_new ();
  self->warnings = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
gbx_resolution_free (GbxResolution *self)
{
  gbx_values_free (self->values);
  g_hash_table_unref (self->variables);
  g_ptr_array_unref (self->sorted);
  g_ptr_array_unref (self->names);
  g_hash_table_unref (self->shares);
  g_ptr_array_unref (self->chain);
  g_ptr_array_unref (self->layers);
  gbx_locks_free (self->locks);
  g_ptr_array_unref (self->warnings);
  g_free (self);
}

/* ------------------------------------------------------------ the chain -- */

/* The line in which the strongest layer names the parent. */
static char *
find_parent (GPtrArray *layers, char **origin)
{
  char *parent = NULL;

  for (guint i = 0; i < layers->len; i++)
    {
      GbxKeyText *text = gbx_profile_file_get_text (layers->pdata[i]);

      for (guint j = 0; j < gbx_key_text_get_n (text); j++)
        {
          GbxKeyLine line;

          gbx_key_text_get (text, j, &line);
          if (!g_str_equal (line.group, "Profile") || !g_str_equal (line.key, "Inherits"))
            continue;
          g_free (parent);
          g_free (*origin);
          parent = g_strdup (line.value);
          *origin = gbx_profile_file_get_origin (layers->pdata[i], &line);
        }
    }
  return parent;
}

static gboolean
check_chain (GbxResolution *self, const char *id, const char *origin, GError **error)
{
  if (g_ptr_array_find_with_equal_func (self->chain, id, g_str_equal, NULL))
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
                   _ ("%s cannot be “%s”: that profile inherits from this one"), origin, id);
      return FALSE;
    }
  if (self->chain->len < PARENTS_MAX)
    return TRUE;
  g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
               _ ("%s cannot be “%s”: the profile has more than %d parents"), origin, id,
               PARENTS_MAX);
  return FALSE;
}

/* Puts the layers of a profile and its parents in front of those that are there. */
static gboolean
load_chain (GbxResolution *self, GbxProfileStore *store, const char *id, const char *origin,
            GError **error)
{
  g_autoptr (GPtrArray) layers = NULL;
  g_autofree char *parent = NULL;
  g_autofree char *parent_origin = NULL;
  gboolean is_default = g_str_equal (id, GBX_PROFILE_DEFAULT);

  if (origin && !check_chain (self, id, origin, error))
    return FALSE;
  if (is_default && !gbx_profile_store_contains (store, id))
    return TRUE;
  if (origin && !gbx_profile_store_contains (store, id))
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
                   _ ("%s cannot be “%s”: there is no such profile"), origin, id);
      return FALSE;
    }
  layers = gbx_profile_store_load (store, id, error);
  if (!layers)
    return FALSE;
  g_ptr_array_insert (self->chain, 0, g_strdup (id));
  for (guint i = 0; i < layers->len; i++)
    g_ptr_array_insert (self->layers, (int) i, gbx_profile_file_ref (layers->pdata[i]));
  parent = find_parent (layers, &parent_origin);
  if (!parent && !is_default)
    return load_chain (self, store, GBX_PROFILE_DEFAULT, NULL, error);
  return !parent || !*parent || load_chain (self, store, parent, parent_origin, error);
}

/* --------------------------------------------------------------- locks -- */

/* The locks of the default profile hold for all, whether they inherit from it or not. */
static gboolean
collect_locks (GbxResolution *self, GbxProfileStore *store, GError **error)
{
  g_autoptr (GPtrArray) layers = NULL;

  if (gbx_profile_store_contains (store, GBX_PROFILE_DEFAULT))
    {
      layers = gbx_profile_store_load (store, GBX_PROFILE_DEFAULT, error);
      if (!layers)
        return FALSE;
    }
  for (guint i = 0; layers && i < layers->len; i++)
    gbx_locks_add (self->locks, layers->pdata[i]);
  for (guint i = 0; i < self->layers->len; i++)
    gbx_locks_add (self->locks, self->layers->pdata[i]);
  return TRUE;
}

static void
warn (GbxResolution *self, const char *origin, const char *lock_origin)
{
  g_ptr_array_add (self->warnings,
                   g_strdup_printf (_ ("%s does not hold: %s locks it"), origin, lock_origin));
}

/* What is still wider than a lock allows, also a default, becomes what it allows. */
static void
limit_values (GbxResolution *self)
{
  for (guint i = 0; i < gbx_settings_get_n (); i++)
    {
      const GbxSetting *setting = gbx_settings_get (i);
      g_autoptr (GVariant) value = gbx_values_resolve (self->values, setting->key);
      const char *origin = gbx_values_get_origin (self->values, setting->key);
      const char *lock_origin;
      GVariant *limit = gbx_locks_get_limit (self->locks, setting->key, &lock_origin);

      if (!limit || !gbx_setting_is_wider (setting, value, limit))
        continue;
      if (origin)
        warn (self, origin, lock_origin);
      gbx_values_set (self->values, setting->key, limit, lock_origin, NULL);
    }
}

/* -------------------------------------------------------------- merging -- */

static void
replace_string (char **at, const char *text)
{
  g_free (*at);
  *at = g_strdup (text);
}

static void
merge_variable (GbxResolution *self, GbxProfileFile *file, const GbxKeyLine *line)
{
  Variable *variable = g_new0 (Variable, 1);

  variable->value = g_strdup (line->value);
  variable->origin = gbx_profile_file_get_origin (file, line);
  g_hash_table_replace (self->variables, g_strdup (line->key), variable);
}

static GbxResolvedShare *
get_share (GbxResolution *self, const char *name)
{
  GbxResolvedShare *share = g_hash_table_lookup (self->shares, name);

  if (share)
    return share;
  share = g_new0 (GbxResolvedShare, 1);
  share->name = g_strdup (name);
  share->access = g_strdup ("ro");
  share->presence = g_strdup ("required");
  g_hash_table_insert (self->shares, share->name, share);
  return share;
}

static void
merge_share (GbxResolution *self, GbxProfileFile *file, const GbxKeyLine *line)
{
  GbxResolvedShare *share = get_share (self, gbx_profile_key_share (line->group));
  g_autofree char *origin = gbx_profile_file_get_origin (file, line);
  gboolean unset = g_str_equal (line->value, "default");

  share->is_users |= !gbx_profile_file_is_system (file);
  if (!share->origin || g_str_equal (line->key, "Path"))
    replace_string (&share->origin, origin);
  if (g_str_equal (line->key, "Path"))
    replace_string (&share->path, unset ? NULL : line->value);
  else if (g_str_equal (line->key, "GuestPath"))
    replace_string (&share->guest_path, unset ? NULL : line->value);
  else if (g_str_equal (line->key, "Access"))
    replace_string (&share->access, unset ? "ro" : line->value);
  else if (g_str_equal (line->key, "Presence"))
    replace_string (&share->presence, unset ? "required" : line->value);
}

static gboolean
merge_setting (GbxResolution *self, GbxProfileFile *file, const GbxKeyLine *line,
               const GbxSetting *setting, GError **error)
{
  g_autofree char *origin = gbx_profile_file_get_origin (file, line);

  if (g_str_equal (line->value, "default"))
    return gbx_values_set (self->values, setting->key, NULL, origin, error);
  return gbx_values_set_text (self->values, setting->key, line->value, origin, error);
}

static gboolean
merge_line (GbxResolution *self, GbxProfileFile *file, const GbxKeyLine *line, GError **error)
{
  const GbxSetting *setting = gbx_profile_key_find (line->group, line->key);
  gboolean is_share = gbx_profile_key_share (line->group) != NULL;
  const char *lock_key = is_share ? GBX_LOCK_SHARES : setting ? setting->key : NULL;
  const char *lock_origin;

  if (lock_key && !gbx_profile_file_is_system (file) &&
      gbx_locks_is_fixed (self->locks, lock_key, &lock_origin))
    {
      g_autofree char *origin = gbx_profile_file_get_origin (file, line);

      warn (self, origin, lock_origin);
      return TRUE;
    }
  if (setting)
    return merge_setting (self, file, line, setting, error);
  if (is_share && gbx_profile_key_find_of_share (line->key))
    merge_share (self, file, line);
  else if (g_str_equal (line->group, "Environment"))
    merge_variable (self, file, line);
  return TRUE;
}

static gboolean
merge (GbxResolution *self, GError **error)
{
  for (guint i = 0; i < self->layers->len; i++)
    {
      GbxProfileFile *file = self->layers->pdata[i];
      GbxKeyText *text = gbx_profile_file_get_text (file);

      for (guint j = 0; j < gbx_key_text_get_n (text); j++)
        {
          GbxKeyLine line;

          gbx_key_text_get (text, j, &line);
          if (!merge_line (self, file, &line, error))
            return FALSE;
        }
    }
  return TRUE;
}

/* ---------------------------------------------------- shares and names -- */

static int
compare_shares (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(GbxResolvedShare *const *) a)->name, (*(GbxResolvedShare *const *) b)->name);
}

static int
compare_strings (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static gboolean
is_narrowed (GbxResolvedShare *share, const char *limit)
{
  return limit && (g_str_equal (limit, "none") ||
                   (g_str_equal (limit, "ro") && g_str_equal (share->access, "rw")));
}

/* The shares that are left, as the lock allows them. */
static void
sort_shares (GbxResolution *self)
{
  GHashTableIter iter;
  GbxResolvedShare *share;
  const char *lock_origin = NULL;
  GVariant *lock = gbx_locks_get_limit (self->locks, GBX_LOCK_SHARES, &lock_origin);
  const char *limit = lock ? g_variant_get_string (lock, NULL) : NULL;

  g_hash_table_iter_init (&iter, self->shares);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &share))
    {
      if (is_narrowed (share, limit) && !g_str_equal (share->access, "none"))
        {
          warn (self, share->origin, lock_origin);
          replace_string (&share->access, limit);
        }
      if (!g_str_equal (share->access, "none"))
        g_ptr_array_add (self->sorted, share);
    }
  g_ptr_array_sort (self->sorted, compare_shares);
}

static void
sort_variables (GbxResolution *self)
{
  GHashTableIter iter;
  char *name;

  g_hash_table_iter_init (&iter, self->variables);
  while (g_hash_table_iter_next (&iter, (gpointer *) &name, NULL))
    g_ptr_array_add (self->names, name);
  g_ptr_array_sort (self->names, compare_strings);
}

GbxResolution *
gbx_resolution_new (GbxProfileStore *store, const char *id, gboolean desktop, GError **error)
{
  g_autoptr (GbxResolution) self = alloc_resolution (desktop);

  if (!load_chain (self, store, id, NULL, error) || !collect_locks (self, store, error) ||
      !merge (self, error))
    return NULL;
  g_ptr_array_add (self->chain, NULL);
  limit_values (self);
  sort_shares (self);
  sort_variables (self);
  return g_steal_pointer (&self);
}

/* ------------------------------------------------------------- a launch -- */

gboolean
gbx_resolution_override (GbxResolution *self, const char *key, GVariant *value, const char *origin,
                         GError **error)
{
  const GbxSetting *setting = gbx_settings_find (key);
  g_autoptr (GVariant) present = gbx_values_resolve (self->values, key);
  g_autoptr (GVariant) owned = g_variant_ref_sink (value);
  g_autofree char *text = NULL;
  const char *lock_origin;
  GVariant *limit = gbx_locks_get_limit (self->locks, key, &lock_origin);
  gboolean fixed = gbx_locks_is_fixed (self->locks, key, limit ? NULL : &lock_origin);

  if (!gbx_setting_check (setting, value, self->desktop, origin, error))
    return FALSE;
  if (!(fixed && !g_variant_equal (value, present)) &&
      !(limit && gbx_setting_is_wider (setting, value, limit)))
    return gbx_values_set (self->values, key, value, origin, error);
  text = gbx_setting_format (setting, value);
  g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
               _ ("%s cannot be “%s”: the administrator has locked it in %s"), origin, text,
               lock_origin);
  return FALSE;
}

static GbxResolvedShare *
find_asked (GbxResolution *self, const char *name)
{
  for (guint i = 0; i < self->sorted->len; i++)
    {
      GbxResolvedShare *share = self->sorted->pdata[i];

      if (g_str_equal (share->name, name) && g_str_equal (share->presence, "ask"))
        return share;
    }
  return NULL;
}

gboolean
gbx_resolution_answer (GbxResolution *self, const char *share, const char *path, GError **error)
{
  GbxResolvedShare *found = find_asked (self, share);

  if (!found)
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_SHARE,
                   _ ("The profile “%s” asks for no share “%s”"), gbx_resolution_get_id (self),
                   share);
      return FALSE;
    }
  replace_string (&found->path, path);
  replace_string (&found->presence, "required");
  return TRUE;
}

/* Who locks the shares does not want other files in the sandbox either. */
static gboolean
limit_put (GbxResolution *self, GbxPolicyBuilder *builder, GError **error)
{
  const char *origin = NULL;
  GVariant *lock = gbx_locks_get_limit (self->locks, GBX_LOCK_SHARES, &origin);
  gboolean none = lock && g_str_equal (g_variant_get_string (lock, NULL), "none");

  if (!none && !gbx_locks_is_fixed (self->locks, GBX_LOCK_SHARES, &origin))
    return TRUE;
  return gbx_policy_builder_set_value (builder, "files.put", g_variant_new_string ("off"), origin,
                                       error);
}

void
gbx_resolution_leave_out_shares (GbxResolution *self)
{
  g_ptr_array_set_size (self->sorted, 0);
}

static gboolean
fill_values (GbxResolution *self, GbxPolicyBuilder *builder, GError **error)
{
  for (guint i = 0; i < gbx_settings_get_n (); i++)
    {
      const char *key = gbx_settings_get (i)->key;
      GVariant *value = gbx_values_get (self->values, key);

      if (value &&
          !gbx_policy_builder_set_value (builder, key, value,
                                         gbx_values_get_origin (self->values, key), error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
fill_share (GbxResolvedShare *share, GbxPolicyBuilder *builder, GError **error)
{
  g_autofree char *path = NULL;
  g_autoptr (GbxShare) made = NULL;

  if (!share->path)
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_SHARE,
                   g_str_equal (share->presence, "ask")
                       ? _ ("%s: the file or folder for the share “%s” was not chosen")
                       : _ ("%s: the share “%s” has no path: write “Path=…” into its group"),
                   share->origin, share->name);
      return FALSE;
    }
  path = gbx_profile_place_expand (share->path, share->origin, error);
  if (!path)
    return FALSE;
  if (g_str_equal (share->presence, "optional") && !g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  made = gbx_share_new (path, share->guest_path, g_str_equal (share->access, "rw"), error);
  if (!made)
    {
      g_prefix_error (error, "%s: ", share->origin);
      return FALSE;
    }
  gbx_policy_builder_add_share (builder, made);
  return TRUE;
}

gboolean
gbx_resolution_fill (GbxResolution *self, GbxPolicyBuilder *builder, GError **error)
{
  for (guint i = 0; i < self->names->len; i++)
    {
      Variable *variable = g_hash_table_lookup (self->variables, self->names->pdata[i]);

      gbx_policy_builder_set_environment (builder, self->names->pdata[i], variable->value);
    }
  for (guint i = 0; i < self->sorted->len; i++)
    if (!fill_share (self->sorted->pdata[i], builder, error))
      return FALSE;
  self->n_filled = gbx_policy_builder_get_shares (builder)->len;
  gbx_policy_builder_set_profile (builder, gbx_resolution_get_id (self));
  return fill_values (self, builder, error) && limit_put (self, builder, error);
}

static gboolean
refuse_share (GbxShare *share, gboolean for_writing, const char *origin, GError **error)
{
  g_autofree char *shown = gbx_path_show (gbx_share_get_path (share));

  g_set_error (error, GBX_ERROR, GBX_ERROR_SHARE,
               for_writing ? _ ("Cannot share “%s” for writing: the administrator has locked shares "
                                "in %s")
                           : _ ("Cannot share “%s”: the administrator has locked shares in %s"),
               shown, origin);
  return FALSE;
}

gboolean
gbx_resolution_check_shares (GbxResolution *self, GbxPolicyBuilder *builder, GError **error)
{
  GPtrArray *shares = gbx_policy_builder_get_shares (builder);
  const char *origin = NULL;
  GVariant *lock = gbx_locks_get_limit (self->locks, GBX_LOCK_SHARES, &origin);
  const char *limit = lock ? g_variant_get_string (lock, NULL) : "rw";

  for (guint i = 0; i < shares->len; i++)
    {
      gboolean writable = gbx_share_get_writable (shares->pdata[i]);

      if (g_str_equal (limit, "none") || (g_str_equal (limit, "ro") && writable))
        return refuse_share (shares->pdata[i], g_str_equal (limit, "ro"), origin, error);
    }
  if (shares->len > self->n_filled && gbx_locks_is_fixed (self->locks, GBX_LOCK_SHARES, &origin))
    return refuse_share (shares->pdata[self->n_filled], FALSE, origin, error);
  return TRUE;
}

/* -------------------------------------------------------------- getters -- */

const char *
gbx_resolution_get_id (GbxResolution *self)
{
  const char *const *chain = gbx_resolution_get_chain (self);
  guint n = g_strv_length ((char **) chain);

  return n > 0 ? chain[n - 1] : GBX_PROFILE_DEFAULT;
}

GbxValues *
gbx_resolution_get_values (GbxResolution *self)
{
  return self->values;
}

const char *const *
gbx_resolution_get_chain (GbxResolution *self)
{
  return (const char *const *) self->chain->pdata;
}

GPtrArray *
gbx_resolution_get_shares (GbxResolution *self)
{
  return self->sorted;
}

GPtrArray *
gbx_resolution_get_variables (GbxResolution *self)
{
  return self->names;
}

const char *
gbx_resolution_get_variable (GbxResolution *self, const char *name, const char **origin)
{
  Variable *variable = g_hash_table_lookup (self->variables, name);

  if (variable && origin)
    *origin = variable->origin;
  return variable ? variable->value : NULL;
}

const char *
gbx_resolution_get_lock (GbxResolution *self, const char *key, const char **origin)
{
  return gbx_locks_get_text (self->locks, key, origin);
}

GVariant *
gbx_resolution_get_limit (GbxResolution *self, const char *key)
{
  return gbx_locks_get_limit (self->locks, key, NULL);
}

/* Whether the layer of a user may say something of it. */
static gboolean
is_void (GbxResolution *self, GbxProfileFile *file, const char *group, const char *key)
{
  const GbxSetting *setting = key ? gbx_profile_key_find (group, key) : NULL;
  const char *lock_key = gbx_profile_key_share (group) ? GBX_LOCK_SHARES
                         : setting                     ? setting->key
                                                       : NULL;

  return lock_key && !gbx_profile_file_is_system (file) &&
         gbx_locks_is_fixed (self->locks, lock_key, NULL);
}

static gboolean
says_something (GbxKeyText *text, const char *group, const char *key)
{
  for (guint i = 0; i < gbx_key_text_get_n (text); i++)
    {
      GbxKeyLine line;

      gbx_key_text_get (text, i, &line);
      if (g_str_equal (line.group, group) && (!key || g_str_equal (line.key, key)))
        return TRUE;
    }
  return FALSE;
}

GbxProfileFile *
gbx_resolution_find_layer (GbxResolution *self, const char *group, const char *key)
{
  for (guint i = self->layers->len; i-- > 0;)
    {
      GbxProfileFile *file = self->layers->pdata[i];

      if (says_something (gbx_profile_file_get_text (file), group, key) &&
          !is_void (self, file, group, key))
        return file;
    }
  return NULL;
}

GPtrArray *
gbx_resolution_get_warnings (GbxResolution *self)
{
  return self->warnings;
}
