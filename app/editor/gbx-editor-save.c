/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-editor-save"

#include "config.h"

#include "gbx-editor-save.h"

#include "gbx-error.h"
#include "gbx-paths.h"
#include "gbx-profile-file.h"

#include <glib/gi18n.h>

typedef struct
{
  char *path;
  char *expected; /* or NULL */
  char *text;     /* or NULL */
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_free (job->path);
  g_free (job->expected);
  g_free (job->text);
  g_free (job);
}

static gboolean
has (GbxProfileFile *file, const char *text)
{
  g_autofree char *present = gbx_key_text_to_string (gbx_profile_file_get_text (file));

  return g_str_equal (present, text);
}

static gboolean
set_changed_error (const char *path, GError **error)
{
  g_autofree char *shown = gbx_path_show (path);

  g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE,
               _ ("%s: the profile was changed by another program"), shown);
  return FALSE;
}

gboolean
gbx_editor_save (const char *path, const char *expected, const char *text, GError **error)
{
  g_autoptr (GbxProfileFile) file = NULL;

  if (!expected && !text)
    return TRUE;
  file = expected ? gbx_profile_file_load (path, FALSE, error)
                  : gbx_profile_file_new (path, text, error);
  if (!file)
    return FALSE;
  if (expected && !has (file, expected))
    return set_changed_error (path, error);
  if (!text)
    return gbx_profile_file_remove (file, error);
  return (!expected || gbx_profile_file_replace (file, text, error))
         && gbx_profile_file_save (file, error);
}

static void
save_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Job *job = task_data;
  GError *error = NULL;

  if (gbx_editor_save (job->path, job->expected, job->text, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
gbx_editor_save_async (const char *path, const char *expected, const char *text,
                       GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  Job *job = g_new0 (Job, 1);

  job->path = g_strdup (path);
  job->expected = g_strdup (expected);
  job->text = g_strdup (text);
  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, save_thread);
}

gboolean
gbx_editor_save_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
