/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-application-list"
#include "config.h"

#include "gbx-application-list.h"

/* A package changes many entries, one after the other. */
#define SETTLE_MS 400

struct _GbxApplicationList
{
  GObject parent_instance;

  GPtrArray *applications; /* (nullable) */
  GAppInfoMonitor *monitor;
  GFileMonitor *profiles;    /* (nullable): of the user's folder */
  GCancellable *cancellable; /* (nullable): while it reads */
  gboolean is_outdated;      /* it has changed since the reading began */
  guint settling;            /* source */
};

G_DEFINE_FINAL_TYPE (GbxApplicationList, gbx_application_list, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
load_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GbxApplicationList) self = data;
  GPtrArray *applications = gbx_applications_load_finish (result, NULL);

  if (!applications)
    return;
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->applications, g_ptr_array_unref);
  self->applications = applications;
  if (self->is_outdated)
    gbx_application_list_reload (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

void
gbx_application_list_reload (GbxApplicationList *self)
{
  self->is_outdated = self->cancellable != NULL;
  if (self->is_outdated)
    return;
  self->cancellable = g_cancellable_new ();
  gbx_applications_load_async (self->cancellable, load_cb, g_object_ref (self));
}

static gboolean
on_settled (gpointer data)
{
  GbxApplicationList *self = data;

  self->settling = 0;
  gbx_application_list_reload (self);
  return G_SOURCE_REMOVE;
}

static void
on_changed (GbxApplicationList *self)
{
  if (self->settling == 0)
    self->settling = g_timeout_add (SETTLE_MS, on_settled, self);
}

static void
watch_profiles (GbxApplicationList *self)
{
  g_autoptr (GFile) folder
      = g_file_new_build_filename (g_get_user_config_dir (), "glovebox", "profiles", NULL);

  self->profiles = g_file_monitor_directory (folder, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);
  if (self->profiles)
    g_signal_connect_swapped (self->profiles, "changed", G_CALLBACK (on_changed), self);
}

static void
gbx_application_list_dispose (GObject *object)
{
  GbxApplicationList *self = GBX_APPLICATION_LIST (object);

  g_clear_handle_id (&self->settling, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->profiles);
  g_clear_object (&self->monitor);
  g_clear_pointer (&self->applications, g_ptr_array_unref);
  G_OBJECT_CLASS (gbx_application_list_parent_class)->dispose (object);
}

static void
gbx_application_list_class_init (GbxApplicationListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = gbx_application_list_dispose;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
gbx_application_list_init (GbxApplicationList *self)
{
  self->monitor = g_app_info_monitor_get ();
  g_signal_connect_object (self->monitor, "changed", G_CALLBACK (on_changed), self,
                           G_CONNECT_SWAPPED);
  watch_profiles (self);
  gbx_application_list_reload (self);
}

GbxApplicationList *
gbx_application_list_new (void)
{
  return g_object_new (GBX_TYPE_APPLICATION_LIST, NULL);
}

GPtrArray *
gbx_application_list_get (GbxApplicationList *self)
{
  return self->applications;
}

GbxApplication *
gbx_application_list_find (GbxApplicationList *self, const char *desktop_id)
{
  for (guint i = 0; self->applications && i < self->applications->len; i++)
    if (g_str_equal (gbx_application_get_id (self->applications->pdata[i]), desktop_id))
      return self->applications->pdata[i];
  return NULL;
}
