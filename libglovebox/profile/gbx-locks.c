/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-profile"

#include "config.h"

#include "gbx-locks.h"

#include "gbx-profile-keys.h"

typedef struct
{
  gboolean fixed;
  char *fixed_origin;
  GVariant *limit; /* the narrowest of all */
  char *limit_text;
  char *limit_origin;
} Lock;

struct _GbxLocks
{
  GHashTable *locks; /* key → Lock */
};

static void
lock_free (gpointer data)
{
  Lock *lock = data;

  g_clear_pointer (&lock->limit, g_variant_unref);
  g_free (lock->limit_text);
  g_free (lock->limit_origin);
  g_free (lock->fixed_origin);
  g_free (lock);
}

GbxLocks *
gbx_locks_new (void)
{
  GbxLocks *self = g_new0 (GbxLocks, 1);

  self->locks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, lock_free);
  return self;
}

void
gbx_locks_free (GbxLocks *self)
{
  g_hash_table_unref (self->locks);
  g_free (self);
}

static Lock *
get_lock (GbxLocks *self, const char *key)
{
  Lock *lock = g_hash_table_lookup (self->locks, key);

  if (!lock)
    {
      lock = g_new0 (Lock, 1);
      g_hash_table_insert (self->locks, g_strdup (key), lock);
    }
  return lock;
}

static void
add_limit (Lock *lock, const GbxSetting *setting, const char *text, const char *origin)
{
  g_autoptr (GVariant) limit = gbx_setting_parse (setting, text, FALSE, origin, NULL);

  /* The file was checked when it was loaded. */
  g_return_if_fail (limit);
  if (lock->limit && !gbx_setting_is_wider (setting, lock->limit, limit))
    return;
  g_clear_pointer (&lock->limit, g_variant_unref);
  g_free (lock->limit_text);
  g_free (lock->limit_origin);
  lock->limit = g_steal_pointer (&limit);
  lock->limit_text = g_strdup (text);
  lock->limit_origin = g_strdup (origin);
}

static void
add_line (GbxLocks *self, GbxProfileFile *file, const GbxKeyLine *line)
{
  const GbxSetting *setting = gbx_profile_key_find_joined (line->key);
  Lock *lock = get_lock (self, setting ? setting->key : GBX_LOCK_SHARES);
  g_autofree char *origin = gbx_profile_file_get_origin (file, line);

  if (!g_str_equal (line->value, "fixed"))
    {
      add_limit (lock, setting ? setting : gbx_profile_key_find_of_share ("Access"), line->value,
                 origin);
      return;
    }
  lock->fixed = TRUE;
  if (!lock->fixed_origin)
    lock->fixed_origin = g_steal_pointer (&origin);
}

void
gbx_locks_add (GbxLocks *self, GbxProfileFile *file)
{
  GbxKeyText *text = gbx_profile_file_get_text (file);

  for (guint i = 0; i < gbx_key_text_get_n (text); i++)
    {
      GbxKeyLine line;

      gbx_key_text_get (text, i, &line);
      if (g_str_equal (line.group, "Locks"))
        add_line (self, file, &line);
    }
}

gboolean
gbx_locks_is_fixed (GbxLocks *self, const char *key, const char **origin)
{
  Lock *lock = g_hash_table_lookup (self->locks, key);

  if (lock && lock->fixed && origin)
    *origin = lock->fixed_origin;
  return lock && lock->fixed;
}

GVariant *
gbx_locks_get_limit (GbxLocks *self, const char *key, const char **origin)
{
  Lock *lock = g_hash_table_lookup (self->locks, key);

  if (lock && lock->limit && origin)
    *origin = lock->limit_origin;
  return lock ? lock->limit : NULL;
}

const char *
gbx_locks_get_text (GbxLocks *self, const char *key, const char **origin)
{
  Lock *lock = g_hash_table_lookup (self->locks, key);

  if (!lock)
    return NULL;
  if (origin)
    *origin = lock->fixed ? lock->fixed_origin : lock->limit_origin;
  return lock->fixed ? "fixed" : lock->limit_text;
}
