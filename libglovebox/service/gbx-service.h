/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * GbxServiceState:
 * @GBX_SERVICE_STOPPED: it does not run, and nothing is wrong
 * @GBX_SERVICE_STARTING: its sandbox boots, or the service gets ready
 * @GBX_SERVICE_RUNNING: it is ready
 * @GBX_SERVICE_STOPPING: it has been asked to stop, or waits to be started again
 * @GBX_SERVICE_FAILED: it has ended, and should not have
 *
 * What a service does.
 */
typedef enum
{
  GBX_SERVICE_STOPPED,
  GBX_SERVICE_STARTING,
  GBX_SERVICE_RUNNING,
  GBX_SERVICE_STOPPING,
  GBX_SERVICE_FAILED,
} GbxServiceState;

#define GBX_TYPE_SERVICE (gbx_service_get_type ())
/**
 * GbxService:
 *
 * A system service of the host that runs in a sandbox of its own: an installed unit, with private
 * copies of its `/etc` and `/var`.  The object is a view of what is in its folder: it is as of the
 * last gbx_service_refresh().
 */
G_DECLARE_FINAL_TYPE (GbxService, gbx_service, GBX, SERVICE, GObject)

GbxService *gbx_service_open (const char *name, GError **error);
GPtrArray *gbx_service_list (GError **error);

void gbx_service_create_async (const char *name, const char *unit, gboolean copy,
                               GVariant *settings, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data);
GbxService *gbx_service_create_finish (GAsyncResult *result, GError **error);
void gbx_service_clone_async (GbxService *self, const char *name, GVariant *settings,
                              GCancellable *cancellable, GAsyncReadyCallback callback,
                              gpointer user_data);
GbxService *gbx_service_clone_finish (GbxService *self, GAsyncResult *result, GError **error);
void gbx_service_delete_async (GbxService *self, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data);
gboolean gbx_service_delete_finish (GbxService *self, GAsyncResult *result, GError **error);
void gbx_service_start_async (GbxService *self, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data);
gboolean gbx_service_start_finish (GbxService *self, GAsyncResult *result, GError **error);
void gbx_service_stop_async (GbxService *self, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data);
gboolean gbx_service_stop_finish (GbxService *self, GAsyncResult *result, GError **error);
void gbx_service_reload_async (GbxService *self, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data);
gboolean gbx_service_reload_finish (GbxService *self, GAsyncResult *result, GError **error);
void gbx_service_upgrade_async (GbxService *self, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data);
gboolean gbx_service_upgrade_finish (GbxService *self, GAsyncResult *result, GError **error);

gboolean gbx_service_refresh (GbxService *self, GError **error);
const char *gbx_service_get_name (GbxService *self);
const char *gbx_service_get_unit (GbxService *self);
char *gbx_service_dup_description (GbxService *self);
char *gbx_service_dup_folder (GbxService *self);
const char *const *gbx_service_get_packages (GbxService *self);
char *gbx_service_dup_setting (GbxService *self, const char *key);
GbxServiceState gbx_service_get_state (GbxService *self);
const char *gbx_service_get_state_name (GbxService *self);
gint64 gbx_service_get_since (GbxService *self);
int gbx_service_get_pid (GbxService *self);
guint gbx_service_get_restarts (GbxService *self);
const char *gbx_service_get_problem (GbxService *self);
const char *gbx_service_get_status_text (GbxService *self);
const char *gbx_service_get_notice (GbxService *self);
const char *const *gbx_service_get_told (GbxService *self);
char **gbx_service_list_remarks (GbxService *self, GError **error);
char *gbx_service_dup_log (GbxService *self, guint n_lines);

G_END_DECLS
