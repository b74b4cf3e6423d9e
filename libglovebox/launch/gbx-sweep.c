/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-sweep"

#include "config.h"

#include "gbx-sweep.h"

#include "gbx-emulator-log.h"
#include "gbx-file-copies.h"
#include "gbx-home-disk.h"
#include "gbx-network.h"
#include "gbx-paths.h"
#include "gbx-virt-opening.h"
#include "gbx-runtime.h"

#include <unistd.h>

/* In this order, because a running guest may write in what is removed. */
static guint
remove_dead (GbxDead *dead, GbxVirt *connection, GError **error)
{
  g_autofree char *name = NULL;

  if (dead->uuid && !gbx_virt_destroy (connection, dead->uuid, error))
    return 0;
  gbx_network_helper_end_orphan (dead->path, dead->former_path);
  name = g_path_get_basename (dead->former_path);
  gbx_emulator_log_remove (name, geteuid () == 0);
  gbx_runtime_remove_dead (dead);
  return dead->uuid != NULL;
}

/* (element-type utf8): UUIDs of domains whose folder no longer exists, for example because
 * /run was emptied. */
static GPtrArray *
find_orphans (GbxVirt *connection, GError **error)
{
  g_autofree char *base = gbx_path_runtime (NULL);
  g_autoptr (GHashTable) domains = gbx_virt_list (connection, base, error);
  GPtrArray *orphans = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  const char *uuid, *name;

  if (!domains)
    return orphans;
  g_hash_table_iter_init (&iter, domains);
  while (g_hash_table_iter_next (&iter, (gpointer *) &uuid, (gpointer *) &name))
    if (!gbx_running_is_alive (name))
      g_ptr_array_add (orphans, g_strdup (uuid));
  return orphans;
}

guint
gbx_sweep_count (GCancellable *cancellable)
{
  g_autoptr (GbxVirt) connection = gbx_virt_opening_end (gbx_virt_opening_begin (GBX_VIRT_URI), cancellable, NULL);
  g_autoptr (GPtrArray) orphans = connection ? find_orphans (connection, NULL) : NULL;

  return MAX (gbx_runtime_count_dead (), orphans ? orphans->len : 0);
}

guint
gbx_sweep (GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) dead = gbx_runtime_take_dead (error);
  g_autoptr (GbxVirt) connection = NULL;
  g_autoptr (GPtrArray) orphans = NULL;
  guint ended = 0;
  gboolean all_ended = TRUE;

  if (!dead)
    return 0;
  connection = gbx_virt_opening_end (gbx_virt_opening_begin (GBX_VIRT_URI), cancellable, error);
  if (!connection)
    return 0;
  for (guint i = 0; i < dead->len; i++)
    {
      g_autoptr (GError) why = NULL;

      ended += remove_dead (dead->pdata[i], connection, &why);
      all_ended = all_ended && !why;
    }
  orphans = find_orphans (connection, error);
  for (guint i = 0; i < orphans->len; i++)
    {
      gboolean gone = gbx_virt_destroy (connection, orphans->pdata[i], NULL);

      ended += gone;
      all_ended = all_ended && gone;
    }
  gbx_home_disk_sweep ();
  if (all_ended)
    gbx_file_copies_recover ();
  return ended;
}
