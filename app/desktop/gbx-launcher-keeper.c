/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-launcher-keeper"
#include "config.h"

#include "gbx-launcher-keeper.h"

#include "gbx-launchers.h"
#include "gbx-profile-store.h"

/* An update of the system changes many entries one after the other; a start has more urgent work. */
#define SECONDS 2

struct _GbxLauncherKeeper
{
  GObject parent_instance;

  GAppInfoMonitor *applications;
  GFileMonitor *profiles;    /* (nullable) */
  GCancellable *cancellable; /* (nullable): of a refresh that runs */
  guint timeout;
};

G_DEFINE_FINAL_TYPE (GbxLauncherKeeper, gbx_launcher_keeper, G_TYPE_OBJECT)

static void
refresh_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GbxLauncherKeeper *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) changed = gbx_launchers_refresh_finish (result, &error);

  /* The next change tries again, and so does each start from the menu. */
  if (!changed)
    g_debug ("%s", error->message);
  g_clear_object (&self->cancellable);
  g_object_unref (self);
}

static gboolean
on_timeout (gpointer data)
{
  GbxLauncherKeeper *self = data;

  if (self->cancellable)
    return G_SOURCE_CONTINUE;
  self->timeout = 0;
  self->cancellable = g_cancellable_new ();
  gbx_launchers_refresh_async (FALSE, self->cancellable, refresh_cb, g_object_ref (self));
  return G_SOURCE_REMOVE;
}

static void
schedule (GbxLauncherKeeper *self)
{
  if (!self->timeout)
    self->timeout = g_timeout_add_seconds (SECONDS, on_timeout, self);
}

static void
watch_profiles (GbxLauncherKeeper *self)
{
  g_autoptr (GbxProfileStore) store = gbx_profile_store_new ();
  g_autofree char *path = gbx_profile_store_get_user_path (store, GBX_PROFILE_DEFAULT);
  g_autofree char *name = g_path_get_dirname (path);
  g_autoptr (GFile) folder = g_file_new_for_path (name);

  self->profiles = g_file_monitor_directory (folder, G_FILE_MONITOR_NONE, NULL, NULL);
  if (self->profiles)
    g_signal_connect_swapped (self->profiles, "changed", G_CALLBACK (schedule), self);
}

static void
gbx_launcher_keeper_dispose (GObject *object)
{
  GbxLauncherKeeper *self = GBX_LAUNCHER_KEEPER (object);

  g_clear_handle_id (&self->timeout, g_source_remove);
  if (self->applications)
    g_signal_handlers_disconnect_by_data (self->applications, self);
  if (self->profiles)
    g_signal_handlers_disconnect_by_data (self->profiles, self);
  g_clear_object (&self->applications);
  g_clear_object (&self->profiles);
  G_OBJECT_CLASS (gbx_launcher_keeper_parent_class)->dispose (object);
}

static void
gbx_launcher_keeper_class_init (GbxLauncherKeeperClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = gbx_launcher_keeper_dispose;
}

static void
gbx_launcher_keeper_init (GbxLauncherKeeper *self)
{
  self->applications = g_app_info_monitor_get ();
  g_signal_connect_swapped (self->applications, "changed", G_CALLBACK (schedule), self);
  watch_profiles (self);
  schedule (self);
}

GbxLauncherKeeper *
gbx_launcher_keeper_new (void)
{
  return g_object_new (GBX_TYPE_LAUNCHER_KEEPER, NULL);
}
