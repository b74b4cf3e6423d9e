/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-service"

#include "config.h"

#include "gbx-service.h"

#include "gbx-service-config.h"
#include "gbx-service-log.h"
#include "gbx-service-status.h"
#include "gbx-service-store.h"
#include "gbx-service-work.h"

#include <string.h>

struct _GbxService
{
  GObject parent_instance;

  GbxServiceConfig *config;
  GbxServiceStatus *status;
  char **told; /* NULL-terminated: by what was done last */
};

G_DEFINE_FINAL_TYPE (GbxService, gbx_service, G_TYPE_OBJECT)

static void
gbx_service_finalize (GObject *object)
{
  GbxService *self = GBX_SERVICE (object);

  g_clear_pointer (&self->config, gbx_service_config_free);
  g_clear_pointer (&self->status, gbx_service_status_free);
  g_strfreev (self->told);
  G_OBJECT_CLASS (gbx_service_parent_class)->finalize (object);
}

static void
gbx_service_class_init (GbxServiceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gbx_service_finalize;
}

static void
gbx_service_init (GbxService *self)
{
  self->told = g_new0 (char *, 1);
}

/* ------------------------------------------------------------------ open -- */

/**
 * gbx_service_open:
 * @name: of a service
 * @error: return location for a %GBX_ERROR_NOT_FOUND or %GBX_ERROR_INVALID
 *
 * Gets a service of this account.
 *
 * Returns: (transfer full): the service; %NULL with %GBX_ERROR_NOT_FOUND if there is none of that
 *   name, with %GBX_ERROR_INVALID if its folder is damaged
 */
GbxService *
gbx_service_open (const char *name, GError **error)
{
  g_autoptr (GbxService) self = g_object_new (GBX_TYPE_SERVICE, NULL);
  g_autofree char *folder = NULL;

  self->config = gbx_service_config_read (name, error);
  if (!self->config)
    return NULL;
  folder = gbx_service_store_get_folder (name);
  self->status = gbx_service_status_read (folder);
  return g_steal_pointer (&self);
}

/**
 * gbx_service_list:
 * @error: return location for a %GBX_ERROR_STORAGE
 *
 * Gets all services of this account.
 *
 * Returns: (transfer full) (element-type GbxService): those whose folders can be read, by name;
 *   %NULL with %GBX_ERROR_STORAGE
 */
GPtrArray *
gbx_service_list (GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_object_unref);
  g_auto (GStrv) names = gbx_service_store_list (error);

  if (!names)
    return NULL;
  for (guint i = 0; names[i]; i++)
    {
      GbxService *service = gbx_service_open (names[i], NULL);

      if (service)
        g_ptr_array_add (list, service);
    }
  return g_steal_pointer (&list);
}

/**
 * gbx_service_refresh:
 * @self: a service
 * @error: return location for a %GBX_ERROR_NOT_FOUND or %GBX_ERROR_INVALID
 *
 * Looks at its folder again.
 *
 * Returns: whether the service still exists; %FALSE with %GBX_ERROR_NOT_FOUND if it does not, with
 *   %GBX_ERROR_INVALID if its folder is damaged
 */
gboolean
gbx_service_refresh (GbxService *self, GError **error)
{
  g_autoptr (GbxServiceConfig) config = gbx_service_config_read (self->config->name, error);
  g_autofree char *folder = NULL;

  if (!config)
    return FALSE;
  folder = gbx_service_store_get_folder (config->name);
  gbx_service_config_free (self->config);
  self->config = g_steal_pointer (&config);
  gbx_service_status_free (self->status);
  self->status = gbx_service_status_read (folder);
  return TRUE;
}

/* ------------------------------------------------------------------ work -- */

typedef gboolean (*WorkFunc) (const char *name, GCancellable *cancellable, GError **error);

typedef struct
{
  char *name, *other; /* other: a unit, or the name of a clone */
  gboolean copy;
  GVariant *settings; /* (nullable) */
  GPtrArray *told;
  WorkFunc func;
} Work;

static void
work_free (gpointer data)
{
  Work *work = data;

  g_free (work->name);
  g_free (work->other);
  g_clear_pointer (&work->settings, g_variant_unref);
  g_ptr_array_unref (work->told);
  g_free (work);
}

static GTask *
make_task (gpointer source, const char *name, const char *other, GVariant *settings, WorkFunc func,
           gpointer tag, GCancellable *cancellable, GAsyncReadyCallback callback,
           gpointer user_data)
{
  GTask *task = g_task_new (source, cancellable, callback, user_data);
  Work *work = g_new0 (Work, 1);

  work->name = g_strdup (name);
  work->other = g_strdup (other);
  work->settings = settings ? g_variant_ref_sink (settings) : NULL;
  work->told = g_ptr_array_new_with_free_func (g_free);
  work->func = func;
  g_task_set_task_data (task, work, work_free);
  g_task_set_source_tag (task, tag);
  /* The result tells what was done, even if it was cancelled too late. */
  g_task_set_check_cancellable (task, FALSE);
  return task;
}

static void
plain_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Work *work = data;
  GError *error = NULL;

  if (work->func (work->name, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
begin_plain (GbxService *self, WorkFunc func, gpointer tag, GCancellable *cancellable,
             GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = make_task (self, self->config->name, NULL, NULL, func, tag, cancellable,
                                      callback, user_data);

  g_task_run_in_thread (task, plain_thread);
}

static gboolean
finish_plain (GbxService *self, GAsyncResult *result, GError **error)
{
  g_autofree char *folder = gbx_service_store_get_folder (self->config->name);

  gbx_service_status_free (self->status);
  self->status = gbx_service_status_read (folder);
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
take_told (GbxService *self, GTask *task)
{
  Work *work = g_task_get_task_data (task);

  g_strfreev (self->told);
  g_ptr_array_add (work->told, NULL);
  self->told = g_strdupv ((char **) work->told->pdata);
  g_ptr_array_remove_index (work->told, work->told->len - 1);
}

static void
create_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Work *work = data;
  GError *error = NULL;
  GbxService *service = NULL;

  if (gbx_service_work_create (work->name, work->other, work->copy, work->settings, work->told,
                               cancellable, &error)
      && (service = gbx_service_open (work->name, &error)))
    g_task_return_pointer (task, service, g_object_unref);
  else
    g_task_return_error (task, error);
}

/**
 * gbx_service_create_async:
 * @name: of the service: 1 to 40 of the characters a–z, 0–9, dot, dash and underscore
 * @unit: of the host: `apache2.service`, `redis-server@a.service`
 * @copy: whether it begins with the files in `/etc` and `/var` as they are on the host, as far as
 *   this account may read them; %FALSE for those of its packages
 * @settings: (nullable): of its sandbox, a dictionary `a{ss}` from keys of glovebox-profile(5) to
 *   texts: `network.publish`, `resources.memory`
 * @cancellable: (nullable): to cancel it; then there is no such service
 * @callback: called when it is done
 * @user_data: for the callback
 *
 * Makes a service from an installed unit and the files of its packages.
 */
void
gbx_service_create_async (const char *name, const char *unit, gboolean copy, GVariant *settings,
                          GCancellable *cancellable, GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = make_task (NULL, name, unit, settings, NULL, gbx_service_create_async,
                                      cancellable, callback, user_data);

  ((Work *) g_task_get_task_data (task))->copy = copy;
  g_task_run_in_thread (task, create_thread);
}

/**
 * gbx_service_create_finish:
 * @result: of gbx_service_create_async()
 * @error: return location for a #GbxError
 *
 * Gets the new service.
 *
 * Returns: (transfer full): the service; gbx_service_get_told() has what the user should know.
 *   %NULL with %GBX_ERROR_NOT_FOUND for a unit or package that is not installed, with
 *   %GBX_ERROR_INVALID for a unit that cannot run in a sandbox, with %GBX_ERROR_NAME_IN_USE, or
 *   with %GBX_ERROR_STORAGE
 */
GbxService *
gbx_service_create_finish (GAsyncResult *result, GError **error)
{
  GbxService *self = g_task_propagate_pointer (G_TASK (result), error);

  if (self)
    take_told (self, G_TASK (result));
  return self;
}

static void
clone_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Work *work = data;
  GError *error = NULL;
  GbxService *service = NULL;

  if (gbx_service_work_clone (work->name, work->other, work->settings, cancellable, &error)
      && (service = gbx_service_open (work->other, &error)))
    g_task_return_pointer (task, service, g_object_unref);
  else
    g_task_return_error (task, error);
}

/**
 * gbx_service_clone_async:
 * @self: a service that does not run
 * @name: of the new one
 * @settings: (nullable): a dictionary `a{ss}` of settings that differ; published ports are not
 *   taken over
 * @cancellable: (nullable): to cancel it
 * @callback: called when it is done
 * @user_data: for the callback
 *
 * Copies a service with all of its files.  The copy has a machine ID and a host name of its own.
 */
void
gbx_service_clone_async (GbxService *self, const char *name, GVariant *settings,
                         GCancellable *cancellable, GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = make_task (self, self->config->name, name, settings, NULL,
                                      gbx_service_clone_async, cancellable, callback, user_data);

  g_task_run_in_thread (task, clone_thread);
}

/**
 * gbx_service_clone_finish:
 * @self: a service
 * @result: of gbx_service_clone_async()
 * @error: return location for a #GbxError
 *
 * Gets the new service.
 *
 * Returns: (transfer full): the copy; %NULL with %GBX_ERROR_NAME_IN_USE if the service runs or the
 *   name is taken
 */
GbxService *
gbx_service_clone_finish (GbxService *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static gboolean
delete (const char *name, GCancellable *cancellable, GError **error)
{
  return gbx_service_work_delete (name, error);
}

/**
 * gbx_service_delete_async:
 * @self: a service that does not run
 * @cancellable: (nullable): unused
 * @callback: called when it is done
 * @user_data: for the callback
 *
 * Deletes a service with its data.
 */
void
gbx_service_delete_async (GbxService *self, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer user_data)
{
  begin_plain (self, delete, gbx_service_delete_async, cancellable, callback, user_data);
}

/**
 * gbx_service_delete_finish:
 * @self: a service
 * @result: of gbx_service_delete_async()
 * @error: return location for a %GBX_ERROR_NAME_IN_USE
 *
 * Tells whether it is gone.
 *
 * Returns: %TRUE if it is; %FALSE with %GBX_ERROR_NAME_IN_USE if it runs
 */
gboolean
gbx_service_delete_finish (GbxService *self, GAsyncResult *result, GError **error)
{
  return finish_plain (self, result, error);
}

/**
 * gbx_service_start_async:
 * @self: a service
 * @cancellable: (nullable): to cancel the start
 * @callback: called when it is ready, or has failed
 * @user_data: for the callback
 *
 * Starts a service: by the systemd of this account where it runs, else in the background.
 */
void
gbx_service_start_async (GbxService *self, GCancellable *cancellable,
                         GAsyncReadyCallback callback, gpointer user_data)
{
  begin_plain (self, gbx_service_work_start, gbx_service_start_async, cancellable, callback,
               user_data);
}

/**
 * gbx_service_start_finish:
 * @self: a service
 * @result: of gbx_service_start_async()
 * @error: return location for a #GbxError
 *
 * Tells whether the service is ready.
 *
 * Returns: %TRUE if it is; %FALSE with %GBX_ERROR_GUEST, and what it has written last, if it has
 *   failed, with %GBX_ERROR_NAME_IN_USE if it runs already, with %GBX_ERROR_INVALID or
 *   %GBX_ERROR_NOT_FOUND if its unit can no longer be run
 */
gboolean
gbx_service_start_finish (GbxService *self, GAsyncResult *result, GError **error)
{
  return finish_plain (self, result, error);
}

/**
 * gbx_service_stop_async:
 * @self: a service
 * @cancellable: (nullable): to wait no longer; it stops all the same
 * @callback: called when it has ended
 * @user_data: for the callback
 *
 * Stops a service, and its sandbox.
 */
void
gbx_service_stop_async (GbxService *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                        gpointer user_data)
{
  begin_plain (self, gbx_service_work_stop, gbx_service_stop_async, cancellable, callback,
               user_data);
}

/**
 * gbx_service_stop_finish:
 * @self: a service
 * @result: of gbx_service_stop_async()
 * @error: return location for a %GBX_ERROR_INVALID or %GBX_ERROR_TIMEOUT
 *
 * Tells whether the service has stopped.
 *
 * Returns: %TRUE if it has; %FALSE with %GBX_ERROR_INVALID if it did not run, with
 *   %GBX_ERROR_TIMEOUT if it does not stop
 */
gboolean
gbx_service_stop_finish (GbxService *self, GAsyncResult *result, GError **error)
{
  return finish_plain (self, result, error);
}

/**
 * gbx_service_reload_async:
 * @self: a service that runs
 * @cancellable: (nullable): to wait no longer
 * @callback: called when it is done
 * @user_data: for the callback
 *
 * Lets a service read its configuration again, by the command that its unit has for it.
 */
void
gbx_service_reload_async (GbxService *self, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer user_data)
{
  begin_plain (self, gbx_service_work_reload, gbx_service_reload_async, cancellable, callback,
               user_data);
}

/**
 * gbx_service_reload_finish:
 * @self: a service
 * @result: of gbx_service_reload_async()
 * @error: return location for a %GBX_ERROR_INVALID or %GBX_ERROR_GUEST
 *
 * Tells whether the command has succeeded.
 *
 * Returns: %TRUE if it has; %FALSE with %GBX_ERROR_INVALID if there is no such command or the
 *   service does not run, with %GBX_ERROR_GUEST if the command has failed
 */
gboolean
gbx_service_reload_finish (GbxService *self, GAsyncResult *result, GError **error)
{
  return finish_plain (self, result, error);
}

static void
upgrade_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Work *work = data;
  GError *error = NULL;

  if (gbx_service_work_upgrade (work->name, work->told, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * gbx_service_upgrade_async:
 * @self: a service that does not run
 * @cancellable: (nullable): to cancel it
 * @callback: called when it is done
 * @user_data: for the callback
 *
 * Brings the private files of a service to the version of the packages that is installed now.  A
 * file of the configuration that was changed stays; the new version is put beside it.
 */
void
gbx_service_upgrade_async (GbxService *self, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = make_task (self, self->config->name, NULL, NULL, NULL,
                                      gbx_service_upgrade_async, cancellable, callback, user_data);

  g_task_run_in_thread (task, upgrade_thread);
}

/**
 * gbx_service_upgrade_finish:
 * @self: a service
 * @result: of gbx_service_upgrade_async()
 * @error: return location for a #GbxError
 *
 * Tells whether the service has been upgraded; gbx_service_get_told() has what was changed.
 *
 * Returns: %TRUE if it has; %FALSE with %GBX_ERROR_NAME_IN_USE if it runs, with
 *   %GBX_ERROR_NOT_FOUND if its unit or package is gone, with %GBX_ERROR_STORAGE
 */
gboolean
gbx_service_upgrade_finish (GbxService *self, GAsyncResult *result, GError **error)
{
  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  take_told (self, G_TASK (result));
  return gbx_service_refresh (self, error);
}

/* --------------------------------------------------------------- getters -- */

/**
 * gbx_service_get_name:
 * @self: a service
 *
 * Gets its name, which is its sandbox's name and host name too.
 *
 * Returns: (transfer none): the name
 */
const char *
gbx_service_get_name (GbxService *self)
{
  return self->config->name;
}

/**
 * gbx_service_get_unit:
 * @self: a service
 *
 * Gets the unit of the host that it is made of.
 *
 * Returns: (transfer none): `apache2.service`
 */
const char *
gbx_service_get_unit (GbxService *self)
{
  return self->config->unit;
}

/**
 * gbx_service_dup_description:
 * @self: a service
 *
 * Gets what the unit calls it.
 *
 * Returns: (transfer full): one line; the unit's name if the host has it no more
 */
char *
gbx_service_dup_description (GbxService *self)
{
  g_autofree char *folder = gbx_service_store_get_folder (self->config->name);
  g_autoptr (GbxUnit) unit = gbx_service_config_load_unit (self->config, folder, NULL);

  return g_strdup (unit ? gbx_unit_get_description (unit) : self->config->unit);
}

/**
 * gbx_service_dup_folder:
 * @self: a service
 *
 * Gets where its private files are.
 *
 * Returns: (transfer full) (type filename): a folder of the host with `etc` and `var`
 */
char *
gbx_service_dup_folder (GbxService *self)
{
  return gbx_service_store_get_file (self->config->name, "root");
}

/**
 * gbx_service_get_packages:
 * @self: a service
 *
 * Gets the packages that its files are from.
 *
 * Returns: (transfer none) (array zero-terminated=1): `apache2 2.4.57-2`
 */
const char *const *
gbx_service_get_packages (GbxService *self)
{
  static const char *const none[] = { NULL };

  return self->config->packages ? (const char *const *) self->config->packages : none;
}

/**
 * gbx_service_dup_setting:
 * @self: a service
 * @key: the key of a setting: `network.publish`
 *
 * Gets a setting of its sandbox.
 *
 * Returns: (transfer full) (nullable): the text; %NULL if it was not set
 */
char *
gbx_service_dup_setting (GbxService *self, const char *key)
{
  return g_strdup (g_hash_table_lookup (self->config->settings, key));
}

/**
 * gbx_service_get_state:
 * @self: a service
 *
 * Gets what it does.
 *
 * Returns: the state as of the last refresh
 */
GbxServiceState
gbx_service_get_state (GbxService *self)
{
  return self->status->state;
}

/**
 * gbx_service_get_state_name:
 * @self: a service
 *
 * Gets what it does, as a word for scripts.
 *
 * Returns: (transfer none): `stopped`, `starting`, `running`, `stopping` or `failed`
 */
const char *
gbx_service_get_state_name (GbxService *self)
{
  static const char *const words[] = { "stopped", "starting", "running", "stopping", "failed" };

  return words[self->status->state];
}

/**
 * gbx_service_get_since:
 * @self: a service
 *
 * Gets since when it has its state.
 *
 * Returns: seconds since 1970; 0 if it was never started
 */
gint64
gbx_service_get_since (GbxService *self)
{
  return self->status->since;
}

/**
 * gbx_service_get_pid:
 * @self: a service
 *
 * Gets the process of the host that runs its sandbox.
 *
 * Returns: its number; 0 if it does not run
 */
int
gbx_service_get_pid (GbxService *self)
{
  return self->status->pid;
}

/**
 * gbx_service_get_restarts:
 * @self: a service
 *
 * Gets how often it has been started again by itself, since it was started.
 *
 * Returns: the number
 */
guint
gbx_service_get_restarts (GbxService *self)
{
  return self->status->restarts;
}

/**
 * gbx_service_get_problem:
 * @self: a service
 *
 * Gets why it has failed.
 *
 * Returns: (transfer none) (nullable): a translated sentence
 */
const char *
gbx_service_get_problem (GbxService *self)
{
  return self->status->problem;
}

/**
 * gbx_service_get_status_text:
 * @self: a service
 *
 * Gets what the service has told of itself, as with sd_notify(3).
 *
 * Returns: (transfer none) (nullable): one line without control characters; it is not trusted
 */
const char *
gbx_service_get_status_text (GbxService *self)
{
  return self->status->text;
}

/**
 * gbx_service_get_notice:
 * @self: a service
 *
 * Gets what isolates its sandbox less than it should be, since it was started.
 *
 * Returns: (transfer none) (nullable): translated sentences
 */
const char *
gbx_service_get_notice (GbxService *self)
{
  return self->status->notice;
}

/**
 * gbx_service_get_told:
 * @self: a service
 *
 * Gets what the user should know of gbx_service_create_async() or gbx_service_upgrade_async():
 * settings of the unit that are ignored, files that were not copied, files that were changed.
 *
 * Returns: (transfer none) (array zero-terminated=1): translated sentences
 */
const char *const *
gbx_service_get_told (GbxService *self)
{
  return (const char *const *) self->told;
}

/**
 * gbx_service_list_remarks:
 * @self: a service
 * @error: return location for a #GbxError
 *
 * Names everything in the unit that the sandbox does not honour, or does in its own way.
 *
 * Returns: (transfer full) (array zero-terminated=1): translated sentences, each with `refused: `,
 *   `ignored: ` or `replaced: ` before it; %NULL with %GBX_ERROR_NOT_FOUND or %GBX_ERROR_INVALID if
 *   the unit cannot be read
 */
char **
gbx_service_list_remarks (GbxService *self, GError **error)
{
  static const char *const kinds[] = { "replaced", "ignored", "refused" };
  g_autofree char *folder = gbx_service_store_get_folder (self->config->name);
  g_autoptr (GbxUnit) unit = gbx_service_config_load_unit (self->config, folder, error);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (!unit)
    return NULL;
  for (guint i = 0; i < gbx_unit_get_remarks (unit)->len; i++)
    {
      GbxUnitRemark *remark = gbx_unit_get_remarks (unit)->pdata[i];
      g_autofree char *text = g_strconcat (kinds[remark->kind], ": ", remark->text, NULL);

      g_strv_builder_add (builder, text);
    }
  return g_strv_builder_end (builder);
}

/**
 * gbx_service_dup_log:
 * @self: a service
 * @n_lines: how many, at most
 *
 * Gets the end of its log.
 *
 * Returns: (transfer full): lines without control characters; what the service has written is not
 *   trusted
 */
char *
gbx_service_dup_log (GbxService *self, guint n_lines)
{
  g_autofree char *folder = gbx_service_store_get_folder (self->config->name);

  return gbx_service_log_read (folder, n_lines);
}
