/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-api"

#include "config.h"

#include "gbx-kept-homes.h"

#include "gbx-home.h"

/* Immutable, so that copies are references. */
struct _GbxKeptHome
{
  GbxHomeInfo *info;
  char **snapshots;
};

G_DEFINE_BOXED_TYPE (GbxKeptHome, gbx_kept_home, gbx_kept_home_copy, gbx_kept_home_free)

/* Takes the information. */
static GbxKeptHome *
kept_home_new (GbxHomeInfo *info)
{
  GbxKeptHome *self = g_atomic_rc_box_new0 (GbxKeptHome);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < info->snapshots->len; i++)
    g_strv_builder_add (builder, info->snapshots->pdata[i]);
  self->info = info;
  self->snapshots = g_strv_builder_end (builder);
  return self;
}

static void
kept_home_clear (gpointer data)
{
  GbxKeptHome *self = data;

  gbx_home_info_free (self->info);
  g_strfreev (self->snapshots);
}

/**
 * gbx_kept_home_copy:
 * @self: a home
 *
 * Takes one more reference.
 *
 * Returns: (transfer full): the home
 */
GbxKeptHome *
gbx_kept_home_copy (GbxKeptHome *self)
{
  return g_atomic_rc_box_acquire (self);
}

/**
 * gbx_kept_home_free:
 * @self: (transfer full): a home
 *
 * Gives a reference back.
 */
void
gbx_kept_home_free (GbxKeptHome *self)
{
  g_atomic_rc_box_release_full (self, kept_home_clear);
}

/**
 * gbx_kept_home_list:
 * @error: return location for a #GbxError
 *
 * Lists the kept homes of this account.
 *
 * Returns: (transfer full) (element-type GbxKeptHome): sorted by name; %NULL with
 *   %GBX_ERROR_STORAGE if their folder cannot be read
 */
GPtrArray *
gbx_kept_home_list (GError **error)
{
  g_autoptr (GPtrArray) infos = gbx_home_list (error);
  GPtrArray *homes;

  if (!infos)
    return NULL;
  homes = g_ptr_array_new_with_free_func ((GDestroyNotify) gbx_kept_home_free);
  while (infos->len > 0)
    g_ptr_array_add (homes, kept_home_new (g_ptr_array_steal_index (infos, 0)));
  return homes;
}

/**
 * gbx_kept_home_find:
 * @name: of a home
 * @error: return location for a #GbxError
 *
 * Looks at one kept home.
 *
 * Returns: (transfer full): the home; %NULL with %GBX_ERROR_NOT_FOUND if there is none of that
 *   name, or %GBX_ERROR_INVALID if no home can have it
 */
GbxKeptHome *
gbx_kept_home_find (const char *name, GError **error)
{
  GbxHomeInfo *info = gbx_home_get_info (name, error);

  return info ? kept_home_new (info) : NULL;
}

/**
 * gbx_kept_home_get_name:
 * @self: a home
 *
 * Gets the name of the home.
 *
 * Returns: (transfer none): the name
 */
const char *
gbx_kept_home_get_name (GbxKeptHome *self)
{
  return self->info->name;
}

/**
 * gbx_kept_home_get_size:
 * @self: a home
 *
 * Gets how much the home can hold.
 *
 * Returns: bytes
 */
guint64
gbx_kept_home_get_size (GbxKeptHome *self)
{
  return self->info->size;
}

/**
 * gbx_kept_home_get_used:
 * @self: a home
 *
 * Gets how much space the home takes on the disk, with its snapshots.
 *
 * Returns: bytes
 */
guint64
gbx_kept_home_get_used (GbxKeptHome *self)
{
  return self->info->used;
}

/**
 * gbx_kept_home_get_changed:
 * @self: a home
 *
 * Gets when the home was changed last.
 *
 * Returns: seconds since 1970
 */
gint64
gbx_kept_home_get_changed (GbxKeptHome *self)
{
  return self->info->changed;
}

/**
 * gbx_kept_home_get_user:
 * @self: a home
 *
 * Gets who uses the home.
 *
 * Returns: (transfer none) (nullable): the name of the sandbox, or `-` for a command; %NULL if
 *   nobody does
 */
const char *
gbx_kept_home_get_user (GbxKeptHome *self)
{
  return self->info->user;
}

/**
 * gbx_kept_home_get_trouble:
 * @self: a home
 *
 * Gets why the home cannot be used.
 *
 * Returns: (transfer none) (nullable): a translated sentence; %NULL if it can
 */
const char *
gbx_kept_home_get_trouble (GbxKeptHome *self)
{
  return self->info->trouble;
}

/**
 * gbx_kept_home_get_snapshots:
 * @self: a home
 *
 * Gets the snapshots of the home.
 *
 * Returns: (transfer none) (array zero-terminated=1): their names, sorted
 */
const char *const *
gbx_kept_home_get_snapshots (GbxKeptHome *self)
{
  return (const char *const *) self->snapshots;
}

/* --------------------------------------------------------------- changes -- */

/**
 * gbx_kept_home_set_size:
 * @name: of a home
 * @size: in bytes, not less than now
 * @error: return location for a #GbxError
 *
 * Lets a home hold more, from its next use on.
 *
 * Returns: whether it was done; %FALSE with %GBX_ERROR_NOT_FOUND, %GBX_ERROR_HOME,
 *   %GBX_ERROR_INVALID or %GBX_ERROR_STORAGE
 */
gboolean
gbx_kept_home_set_size (const char *name, guint64 size, GError **error)
{
  return gbx_home_set_size (name, size, error);
}

/**
 * gbx_kept_home_reset:
 * @name: of a home
 * @error: return location for a #GbxError
 *
 * Replaces a home by an empty one of the same size.  The snapshots stay.
 *
 * Returns: whether it was done; %FALSE with %GBX_ERROR_NOT_FOUND, %GBX_ERROR_HOME or
 *   %GBX_ERROR_STORAGE
 */
gboolean
gbx_kept_home_reset (const char *name, GError **error)
{
  return gbx_home_reset (name, error);
}

/**
 * gbx_kept_home_delete:
 * @name: of a home
 * @error: return location for a #GbxError
 *
 * Deletes a home with its snapshots.
 *
 * Returns: whether it was done; %FALSE with %GBX_ERROR_NOT_FOUND, %GBX_ERROR_HOME or
 *   %GBX_ERROR_STORAGE
 */
gboolean
gbx_kept_home_delete (const char *name, GError **error)
{
  return gbx_home_delete (name, error);
}

/**
 * gbx_kept_home_add_snapshot:
 * @name: of a home
 * @snapshot: a new name
 * @cancellable: (nullable): a cancellable
 * @error: return location for a #GbxError
 *
 * Keeps the home as it is now, as a snapshot.  A cancelled call leaves nothing.
 *
 * Returns: whether it was done; %FALSE with %GBX_ERROR_NOT_FOUND, %GBX_ERROR_HOME,
 *   %GBX_ERROR_INVALID, %GBX_ERROR_STORAGE or %G_IO_ERROR_CANCELLED
 */
gboolean
gbx_kept_home_add_snapshot (const char *name, const char *snapshot, GCancellable *cancellable,
                            GError **error)
{
  return gbx_home_snapshot (name, snapshot, NULL, NULL, cancellable, error);
}

/**
 * gbx_kept_home_restore_snapshot:
 * @name: of a home
 * @snapshot: of the home
 * @cancellable: (nullable): a cancellable
 * @error: return location for a #GbxError
 *
 * Makes the home what it was when the snapshot was made.  A cancelled call changes nothing.
 *
 * Returns: whether it was done; %FALSE with %GBX_ERROR_NOT_FOUND, %GBX_ERROR_HOME,
 *   %GBX_ERROR_STORAGE or %G_IO_ERROR_CANCELLED
 */
gboolean
gbx_kept_home_restore_snapshot (const char *name, const char *snapshot, GCancellable *cancellable,
                                GError **error)
{
  return gbx_home_restore (name, snapshot, NULL, NULL, cancellable, error);
}

/**
 * gbx_kept_home_delete_snapshot:
 * @name: of a home
 * @snapshot: of the home
 * @error: return location for a #GbxError
 *
 * Deletes a snapshot.
 *
 * Returns: whether it was done; %FALSE with %GBX_ERROR_NOT_FOUND, %GBX_ERROR_HOME or
 *   %GBX_ERROR_STORAGE
 */
gboolean
gbx_kept_home_delete_snapshot (const char *name, const char *snapshot, GError **error)
{
  return gbx_home_delete_snapshot (name, snapshot, error);
}
