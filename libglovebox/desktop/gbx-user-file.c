/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-desktop"

#include "config.h"

#include "gbx-user-file.h"

#include <glib/gstdio.h>

typedef struct
{
  char *path;
  char *text;
} Job;

static GThreadPool *writer; /* of one thread: what is saved last is written last */

GKeyFile *
gbx_user_file_load (const char *path)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) error = NULL;

  if (g_key_file_load_from_file (file, path,
                                 G_KEY_FILE_KEEP_COMMENTS | G_KEY_FILE_KEEP_TRANSLATIONS, &error))
    return g_steal_pointer (&file);
  if (!g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    g_debug ("%s: %s", path, error->message);
  return g_key_file_new ();
}

static void
write_job (gpointer data, gpointer user_data)
{
  Job *job = data;
  g_autofree char *folder = g_path_get_dirname (job->path);
  g_autoptr (GError) error = NULL;

  g_mkdir_with_parents (folder, 0700);
  if (!g_file_set_contents_full (job->path, job->text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600,
                                 &error))
    g_debug ("%s", error->message);
  g_free (job->path);
  g_free (job->text);
  g_free (job);
}

void
gbx_user_file_save (const char *path, GKeyFile *file)
{
  Job *job = g_new0 (Job, 1);

  job->path = g_strdup (path);
  job->text = g_key_file_to_data (file, NULL, NULL);
  if (!writer)
    writer = g_thread_pool_new (write_job, NULL, 1, FALSE, NULL);
  g_thread_pool_push (writer, job, NULL);
}

void
gbx_user_file_flush (void)
{
  GThreadPool *old = g_steal_pointer (&writer);

  if (old)
    g_thread_pool_free (old, FALSE, TRUE);
}
