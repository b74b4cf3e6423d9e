/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-api"

#include "config.h"

#include "gbx-running-sandbox.h"

#include "gbx-control-client.h"
#include "gbx-error.h"
#include "gbx-files-save.h"
#include "gbx-files-task.h"
#include "gbx-running-private.h"

#include <unistd.h>

/* The files of a running sandbox: each function gets a socket from the sandbox's process, and then
 * speaks with the guest in a thread. */

typedef struct
{
  char **paths;
  char *folder;
  int fd; /* (owned) until the client has it; -1 */
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  if (job->fd >= 0)
    close (job->fd);
  g_strfreev (job->paths);
  g_free (job->folder);
  g_free (job);
}

static int
steal_fd (Job *job)
{
  int fd = job->fd;

  job->fd = -1;
  return fd;
}

static GTask *
task_new (GbxRunningSandbox *self, const char *const *paths, const char *folder,
          GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Job *job = g_new0 (Job, 1);

  job->fd = -1;
  job->paths = g_strdupv ((char **) paths);
  job->folder = g_strdup (folder);
  g_task_set_task_data (task, job, job_free);
  /* What was done is told, even if it was cancelled in the end. */
  g_task_set_check_cancellable (task, FALSE);
  return task;
}

static int
take_socket (GObject *source, GAsyncResult *result, GTask *task)
{
  GError *error = NULL;
  int fd = gbx_control_client_open_files_finish (GBX_CONTROL_CLIENT (source), result, &error);

  if (fd < 0)
    g_task_return_error (task, error);
  return fd;
}

/* ------------------------------------------------------------------ list -- */

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GPtrArray) files = NULL;
  GVariantBuilder builder;
  GError *error = NULL;
  gboolean more;

  files = gbx_files_list_finish (result, &more, &error);
  if (!files)
    {
      g_task_return_error (task, error);
      return;
    }
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(aytx)"));
  for (guint i = 0; i < files->len; i++)
    {
      const GbxChangedFile *file = files->pdata[i];

      g_variant_builder_add (&builder, "(@aytx)", g_variant_new_bytestring (file->path), file->size,
                             file->time);
    }
  g_task_return_pointer (task, g_variant_ref_sink (g_variant_builder_end (&builder)),
                         (GDestroyNotify) g_variant_unref);
}

static void
list_socket_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  int fd = take_socket (source, result, task);

  if (fd >= 0)
    gbx_files_list_async (fd, g_task_get_cancellable (task), listed_cb, g_object_ref (task));
}

/**
 * gbx_running_sandbox_list_files_async:
 * @self: a running sandbox
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): called with the list
 * @user_data: for the callback
 *
 * Lists the files in the sandbox's home that are new or changed.
 */
void
gbx_running_sandbox_list_files_async (GbxRunningSandbox *self, GCancellable *cancellable,
                                      GAsyncReadyCallback callback, gpointer user_data)
{
  gbx_control_client_open_files_async (
      gbx_running_sandbox_get_client (self), FALSE, cancellable, list_socket_cb,
      task_new (self, NULL, NULL, cancellable, callback, user_data));
}

/**
 * gbx_running_sandbox_list_files_finish:
 * @self: the running sandbox
 * @result: what the callback got
 * @error: return location for a #GbxError
 *
 * Finishes gbx_running_sandbox_list_files_async().  The guest tells all of it, and may lie.
 *
 * Returns: (transfer full): an array of the type `a(aytx)`: the path in the home (any bytes), its
 *   size in bytes, and when it was changed, in seconds since 1970; %NULL with %GBX_ERROR_GUEST or
 *   another #GbxError
 */
GVariant *
gbx_running_sandbox_list_files_finish (GbxRunningSandbox *self, GAsyncResult *result,
                                       GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ------------------------------------------------------------------- get -- */

static void
get_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  g_autoptr (GbxFilesClient) client = gbx_files_client_new (steal_fd (job), cancellable);
  const char *name = gbx_running_sandbox_get_name (source);
  g_autofree char *origin = g_strconcat ("glovebox:", name, NULL);
  GbxFilesTarget target = { .folder = job->folder, .origin = origin, .mode = GBX_SAVER_NUMBER };
  g_auto (GbxFilesSaved) saved = { 0 };
  GError *error = NULL;

  if (gbx_files_save_path (client, job->paths[0], TRUE, &target, &saved, &error))
    g_task_return_pointer (task, g_strdup (saved.first), g_free);
  else
    g_task_return_error (task, error);
}

static void
get_socket_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  int fd = take_socket (source, result, task);

  if (fd < 0)
    return;
  ((Job *) g_task_get_task_data (task))->fd = fd;
  g_task_run_in_thread (task, get_thread);
}

/**
 * gbx_running_sandbox_save_file_async:
 * @self: a running sandbox
 * @path: (type filename): of a file or folder in the sandbox, absolute or in its home
 * @folder: (type filename): a folder of the host that exists
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): called when it is saved
 * @user_data: for the callback
 *
 * Copies a file or folder out of the sandbox.  It is always new there: if its name is taken, a
 * number is added.  Names become safe ones, and nothing gets the right to be executed.
 */
void
gbx_running_sandbox_save_file_async (GbxRunningSandbox *self, const char *path, const char *folder,
                                    GCancellable *cancellable, GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  const char *paths[] = { path, NULL };

  gbx_control_client_open_files_async (
      gbx_running_sandbox_get_client (self), FALSE, cancellable, get_socket_cb,
      task_new (self, paths, folder, cancellable, callback, user_data));
}

/**
 * gbx_running_sandbox_save_file_finish:
 * @self: the running sandbox
 * @result: what the callback got
 * @error: return location for a #GbxError
 *
 * Finishes gbx_running_sandbox_save_file_async().
 *
 * Returns: (transfer full) (nullable) (type filename): the path on the host; %NULL with
 *   %GBX_ERROR_NOT_FOUND, %GBX_ERROR_STORAGE, %GBX_ERROR_GUEST or another #GbxError
 */
char *
gbx_running_sandbox_save_file_finish (GbxRunningSandbox *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ------------------------------------------------------------------- put -- */

static void
put_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GPtrArray) copies = gbx_files_put_finish (result, &error);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (!copies)
    {
      g_task_return_error (task, error);
      return;
    }
  for (guint i = 0; i < copies->len; i++)
    g_strv_builder_add (builder, copies->pdata[i]);
  g_task_return_pointer (task, g_strv_builder_end (builder), (GDestroyNotify) g_strfreev);
}

static void
put_socket_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GbxFilesMeter) meter = gbx_files_meter_new ();
  Job *job = g_task_get_task_data (task);
  int fd = take_socket (source, result, task);

  if (fd >= 0)
    gbx_files_put_async (fd, (const char *const *) job->paths, job->folder, meter,
                         g_task_get_cancellable (task), put_cb, g_object_ref (task));
}

/**
 * gbx_running_sandbox_put_files_async:
 * @self: a running sandbox
 * @paths: (array zero-terminated=1) (element-type filename): regular files of the host
 * @folder: (type filename): a folder in the sandbox; empty for Downloads in its home
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): called when the sandbox has the files
 * @user_data: for the callback
 *
 * Copies files into the sandbox.  A name that is taken there gets a number.
 */
void
gbx_running_sandbox_put_files_async (GbxRunningSandbox *self, const char *const *paths,
                                     const char *folder, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer user_data)
{
  gbx_control_client_open_files_async (
      gbx_running_sandbox_get_client (self), TRUE, cancellable, put_socket_cb,
      task_new (self, paths, folder, cancellable, callback, user_data));
}

/**
 * gbx_running_sandbox_put_files_finish:
 * @self: the running sandbox
 * @result: what the callback got
 * @error: return location for a #GbxError
 *
 * Finishes gbx_running_sandbox_put_files_async().
 *
 * Returns: (transfer full) (array zero-terminated=1) (element-type filename): their paths in the
 *   sandbox; %NULL with a #GbxError, for example if the policy forbids it
 */
char **
gbx_running_sandbox_put_files_finish (GbxRunningSandbox *self, GAsyncResult *result,
                                      GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
