/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-files"

#include "config.h"

#include "gbx-files-task.h"

#include "gbx-error.h"
#include "gbx-paths.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct
{
  int fd; /* (owned) until the client has it; -1 */
  int output; /* (owned): of an archive; -1 */
  GbxFilesMeter *meter; /* (nullable) */
  GPtrArray *files;     /* (nullable) */
  char **paths;         /* (nullable) */
  char *folder, *origin, *name; /* (nullable) */
  GbxSaverMode mode;
  guint64 limit;

  /* the result */
  gboolean more;
  GbxFilesSaved saved;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  if (job->fd >= 0)
    close (job->fd);
  if (job->output >= 0)
    close (job->output);
  g_clear_pointer (&job->meter, gbx_files_meter_unref);
  g_clear_pointer (&job->files, g_ptr_array_unref);
  g_strfreev (job->paths);
  g_free (job->folder);
  g_free (job->origin);
  g_free (job->name);
  gbx_files_saved_clear (&job->saved);
  g_free (job);
}

static Job *
job_new (int fd, GbxFilesMeter *meter)
{
  Job *job = g_new0 (Job, 1);

  job->fd = fd;
  job->output = -1;
  job->meter = meter ? gbx_files_meter_ref (meter) : NULL;
  return job;
}

static void
run (Job *job, gpointer tag, GTaskThreadFunc work, GCancellable *cancellable,
     GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, job, job_free);
  /* A result that is there says what was done, even if it was cancelled in the end. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_run_in_thread (task, work);
}

static GbxFilesClient *
connect_client (Job *job, GCancellable *cancellable)
{
  int fd = job->fd;

  job->fd = -1;
  return gbx_files_client_new (fd, cancellable);
}

/* ---------------------------------------------------------------- meter -- */

GbxFilesMeter *
gbx_files_meter_new (void)
{
  return g_atomic_rc_box_new0 (GbxFilesMeter);
}

GbxFilesMeter *
gbx_files_meter_ref (GbxFilesMeter *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
gbx_files_meter_unref (GbxFilesMeter *self)
{
  g_atomic_rc_box_release (self);
}

void
gbx_files_meter_read (GbxFilesMeter *self, guint64 *done, guint64 *total)
{
  *done = __atomic_load_n (&self->done, __ATOMIC_RELAXED);
  *total = __atomic_load_n (&self->total, __ATOMIC_RELAXED);
}

static void
set_meter (GbxFilesMeter *meter, guint64 done, guint64 total)
{
  __atomic_store_n (&meter->done, done, __ATOMIC_RELAXED);
  __atomic_store_n (&meter->total, total, __ATOMIC_RELAXED);
}

static void
on_progress (guint64 done, guint64 total, gpointer user_data)
{
  Job *job = user_data;

  if (job->meter)
    set_meter (job->meter, done, total);
}

/* ----------------------------------------------------------------- list -- */

static void
list_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  g_autoptr (GbxFilesClient) client = connect_client (job, cancellable);
  GError *error = NULL;
  GPtrArray *files = gbx_files_client_list (client, &job->more, &error);

  if (files)
    g_task_return_pointer (task, files, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

void
gbx_files_list_async (int fd, GCancellable *cancellable, GAsyncReadyCallback callback,
                      gpointer user_data)
{
  run (job_new (fd, NULL), gbx_files_list_async, list_thread, cancellable, callback, user_data);
}

GPtrArray *
gbx_files_list_finish (GAsyncResult *result, gboolean *more, GError **error)
{
  *more = ((Job *) g_task_get_task_data (G_TASK (result)))->more;
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ----------------------------------------------------------------- save -- */

static void
save_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  g_autoptr (GbxFilesClient) client = connect_client (job, cancellable);
  GbxFilesTarget target = { .folder = job->folder, .origin = job->origin, .name = job->name,
                            .mode = job->mode, .limit = job->limit, .progress = on_progress,
                            .user_data = job };
  GError *error = NULL;

  if (gbx_files_save_changed (client, job->files, &target, &job->saved, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
gbx_files_save_async (int fd, GPtrArray *files, const GbxFilesTarget *target,
                      GbxFilesMeter *meter, GCancellable *cancellable,
                      GAsyncReadyCallback callback, gpointer user_data)
{
  Job *job = job_new (fd, meter);

  job->files = g_ptr_array_ref (files);
  job->folder = g_strdup (target->folder);
  job->origin = g_strdup (target->origin);
  job->name = g_strdup (target->name);
  job->mode = target->mode;
  job->limit = target->limit;
  run (job, gbx_files_save_async, save_thread, cancellable, callback, user_data);
}

gboolean
gbx_files_save_finish (GAsyncResult *result, GbxFilesSaved *saved, GError **error)
{
  Job *job = g_task_get_task_data (G_TASK (result));

  *saved = job->saved;
  job->saved.first = NULL;
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ------------------------------------------------------------------ put -- */

int
gbx_files_open_source (const char *path, guint64 *size, gint64 *time, GError **error)
{
  int fd = g_open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0);
  g_autofree char *shown = gbx_path_show (path);
  struct stat st;

  if (fd < 0)
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE, _ ("“%s” cannot be read: %s"), shown,
                   g_strerror (errno));
      return -1;
    }
  if (fstat (fd, &st) == 0 && S_ISREG (st.st_mode))
    {
      *size = (guint64) st.st_size;
      *time = st.st_mtime;
      return fd;
    }
  g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
               S_ISDIR (st.st_mode)
                   ? _ ("“%s” is a folder; only files can be put into a running sandbox")
                   : _ ("“%s” is not a file"),
               shown);
  close (fd);
  return -1;
}

/* The part of one file in the progress of all. */
typedef struct
{
  Job *job;
  guint64 before, total;
} PutMeter;

static void
on_put_progress (guint64 done, guint64 total, gpointer user_data)
{
  PutMeter *self = user_data;

  on_progress (self->before + done, self->total, self->job);
}

static char *
put_one (GbxFilesClient *client, Job *job, const char *path, PutMeter *meter, GError **error)
{
  g_autofree char *name = g_path_get_basename (path);
  GbxPutRequest request = { .path = job->folder, .name = name, .rename = TRUE };
  char *where;

  request.source = gbx_files_open_source (path, &request.size, &request.time, error);
  if (request.source < 0)
    return NULL;
  where = gbx_files_client_put (client, &request, on_put_progress, meter, error);
  close (request.source);
  meter->before += request.size;
  return where;
}

static guint64
add_sizes (char *const *paths)
{
  guint64 total = 0;
  GStatBuf st;

  for (guint i = 0; paths[i]; i++)
    if (g_stat (paths[i], &st) == 0)
      total += (guint64) st.st_size;
  return total;
}

static void
put_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  g_autoptr (GbxFilesClient) client = connect_client (job, cancellable);
  g_autoptr (GPtrArray) where = g_ptr_array_new_with_free_func (g_free);
  PutMeter meter = { .job = job, .total = add_sizes (job->paths) };
  GError *error = NULL;

  for (guint i = 0; job->paths[i]; i++)
    {
      char *one = put_one (client, job, job->paths[i], &meter, &error);

      if (!one)
        {
          g_task_return_error (task, error);
          return;
        }
      g_ptr_array_add (where, one);
    }
  g_task_return_pointer (task, g_steal_pointer (&where), (GDestroyNotify) g_ptr_array_unref);
}

void
gbx_files_put_async (int fd, const char *const *paths, const char *folder, GbxFilesMeter *meter,
                     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  Job *job = job_new (fd, meter);

  job->paths = g_strdupv ((char **) paths);
  job->folder = g_strdup (folder);
  run (job, gbx_files_put_async, put_thread, cancellable, callback, user_data);
}

GPtrArray *
gbx_files_put_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* -------------------------------------------------------------- archive -- */

static void
archive_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  g_autoptr (GbxFilesClient) client = connect_client (job, cancellable);
  GError *error = NULL;
  gboolean done = gbx_files_client_archive (client, job->output, on_progress, job, &error);

  /* Only its end tells the reader that it was all. */
  close (job->output);
  job->output = -1;
  if (done)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
gbx_files_archive_async (int fd, int output, GbxFilesMeter *meter, GCancellable *cancellable,
                         GAsyncReadyCallback callback, gpointer user_data)
{
  Job *job = job_new (fd, meter);

  job->output = output;
  run (job, gbx_files_archive_async, archive_thread, cancellable, callback, user_data);
}

gboolean
gbx_files_archive_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
