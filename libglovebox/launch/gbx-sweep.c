/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-sweep"

#include "config.h"

#include "gbx-sweep.h"

#include "gbx-emulator-log.h"
#include "gbx-file-copies.h"
#include "gbx-home-disk.h"
#include "gbx-network.h"
#include "gbx-paths.h"
#include "gbx-virt-containers.h"
#include "gbx-virt-opening.h"
#include "gbx-runtime.h"

#include <unistd.h>

/* libvirt's two daemons, each connected to when it is needed. */
typedef struct
{
  const char *uri;
  gboolean was_tried;
  GbxVirt *connection; /* (nullable) */
} Daemon;

typedef struct
{
  GCancellable *cancellable; /* (nullable) */
  Daemon machines, containers;
} Sweep;

static void
sweep_init (Sweep *self, GCancellable *cancellable)
{
  *self = (Sweep) {
    .cancellable = cancellable,
    .machines = { .uri = GBX_VIRT_URI },
    .containers = { .uri = gbx_virt_get_container_uri () },
  };
}

static void
sweep_clear (Sweep *self)
{
  g_clear_pointer (&self->machines.connection, gbx_virt_unref);
  g_clear_pointer (&self->containers.connection, gbx_virt_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Sweep, sweep_clear)

static GbxVirt *
reach (Sweep *self, Daemon *daemon, GError **error)
{
  if (!daemon->was_tried)
    {
      daemon->was_tried = TRUE;
      daemon->connection =
          gbx_virt_opening_end (gbx_virt_opening_begin (daemon->uri), self->cancellable, error);
    }
  return daemon->connection;
}

/* In this order, because a running guest may write in what is removed.  Returns whether
 * nothing is left. */
static gboolean
remove_dead (Sweep *self, GbxDead *dead, guint *ended, GError **error)
{
  Daemon *daemon = dead->is_container ? &self->containers : &self->machines;
  g_autofree char *name = NULL;

  if (dead->uuid && (!reach (self, daemon, error) ||
                     !gbx_virt_destroy (daemon->connection, dead->uuid, error)))
    return FALSE;
  *ended += dead->uuid != NULL;
  gbx_network_helper_end_orphan (dead->path, dead->former_path);
  name = g_path_get_basename (dead->former_path);
  gbx_emulator_log_remove (name, geteuid () == 0);
  gbx_runtime_remove_dead (dead);
  return TRUE;
}

/* Adds to (element-type utf8) the UUIDs of domains whose folder no longer exists, for example
 * because /run was emptied. */
static void
find_orphans (GbxVirt *connection, GPtrArray *orphans)
{
  g_autofree char *base = gbx_path_runtime (NULL);
  g_autoptr (GHashTable) domains = connection ? gbx_virt_list (connection, base, NULL) : NULL;
  GHashTableIter iter;
  const char *uuid, *name;

  if (!domains)
    return;
  g_hash_table_iter_init (&iter, domains);
  while (g_hash_table_iter_next (&iter, (gpointer *) &uuid, (gpointer *) &name))
    if (!gbx_running_is_alive (name))
      g_ptr_array_add (orphans, g_strdup (uuid));
}

/* Nobody waits for a daemon of containers that the account may not use. */
static GbxVirt *
reach_containers (Sweep *self)
{
  return gbx_virt_may_reach_containers () ? reach (self, &self->containers, NULL) : NULL;
}

static guint
end_orphans (GbxVirt *connection, gboolean *all_ended)
{
  g_autoptr (GPtrArray) orphans = g_ptr_array_new_with_free_func (g_free);
  guint ended = 0;

  find_orphans (connection, orphans);
  for (guint i = 0; i < orphans->len; i++)
    ended += gbx_virt_destroy (connection, orphans->pdata[i], NULL);
  *all_ended = *all_ended && ended == orphans->len;
  return ended;
}

guint
gbx_sweep_count (GCancellable *cancellable)
{
  g_autoptr (GPtrArray) orphans = g_ptr_array_new_with_free_func (g_free);
  g_auto (Sweep) self;

  sweep_init (&self, cancellable);
  find_orphans (reach (&self, &self.machines, NULL), orphans);
  find_orphans (reach_containers (&self), orphans);
  return MAX (gbx_runtime_count_dead (), orphans->len);
}

guint
gbx_sweep (GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) dead = gbx_runtime_take_dead (error);
  g_autoptr (GError) why = NULL;
  g_auto (Sweep) self;
  guint ended = 0;
  gboolean all_ended = TRUE;

  sweep_init (&self, cancellable);
  if (!dead)
    return 0;
  for (guint i = 0; i < dead->len; i++)
    all_ended &= remove_dead (&self, dead->pdata[i], &ended, why ? NULL : &why);
  ended += end_orphans (reach (&self, &self.machines, why ? NULL : &why), &all_ended);
  ended += end_orphans (reach_containers (&self), &all_ended);
  gbx_home_disk_sweep ();
  if (all_ended)
    gbx_file_copies_recover ();
  if (why)
    g_propagate_error (error, g_steal_pointer (&why));
  return ended;
}

/* Leftovers of dead sandboxes must not block a launch, and are not a reason to fail. */
void
gbx_sweep_before_launch (GCancellable *cancellable)
{
  if (gbx_runtime_count_dead () > 0 || gbx_file_copies_need_recovery ())
    gbx_sweep (cancellable, NULL);
}
