/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-launchers"

#include "config.h"

#include "gbx-launchers.h"

/* The same in another thread, for windows. */

typedef struct
{
  char *word, *profile, *suffix;
  gboolean flag; /* with types of files; all */
} Words;

static Words *
words_new (const char *word, const char *profile, const char *suffix, gboolean flag)
{
  Words *self = g_new0 (Words, 1);

  self->word = g_strdup (word);
  self->profile = g_strdup (profile);
  self->suffix = g_strdup (suffix);
  self->flag = flag;
  return self;
}

static void
words_free (Words *self)
{
  g_free (self->word);
  g_free (self->profile);
  g_free (self->suffix);
  g_free (self);
}

static void
run (Words *words, GTaskThreadFunc function, gpointer tag, GCancellable *cancellable,
     GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, words, (GDestroyNotify) words_free);
  g_task_run_in_thread (task, function);
}

static void
return_pointer (GTask *task, gpointer result, GDestroyNotify free_result, GError *error)
{
  if (error)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, result, free_result);
}

/* ------------------------------------------------------------------ add -- */

static void
add_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Words *words = data;
  const GbxLauncherOptions options = { words->profile, words->suffix, words->flag };
  GError *error = NULL;
  char *id = gbx_launchers_add (words->word, &options, &error);

  return_pointer (task, id, g_free, error);
}

void
gbx_launchers_add_async (const char *application, const GbxLauncherOptions *options,
                         GCancellable *cancellable, GAsyncReadyCallback callback,
                         gpointer user_data)
{
  run (words_new (application, options->profile, options->suffix, options->mime), add_thread,
       gbx_launchers_add_async, cancellable, callback, user_data);
}

char *
gbx_launchers_add_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --------------------------------------------------------------- remove -- */

static void
remove_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Words *words = data;
  GError *error = NULL;

  if (gbx_launchers_remove (words->word, words->profile, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
gbx_launchers_remove_async (const char *word, const char *profile, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer user_data)
{
  run (words_new (word, profile, NULL, FALSE), remove_thread, gbx_launchers_remove_async,
       cancellable, callback, user_data);
}

gboolean
gbx_launchers_remove_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* -------------------------------------------------------- list, refresh -- */

static void
list_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  GPtrArray *list = gbx_launchers_list (&error);

  return_pointer (task, list, (GDestroyNotify) g_ptr_array_unref, error);
}

void
gbx_launchers_list_async (GCancellable *cancellable, GAsyncReadyCallback callback,
                          gpointer user_data)
{
  run (words_new (NULL, NULL, NULL, FALSE), list_thread, gbx_launchers_list_async, cancellable,
       callback, user_data);
}

GPtrArray *
gbx_launchers_list_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
refresh_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Words *words = data;
  GError *error = NULL;
  GPtrArray *list = gbx_launchers_refresh (words->flag, &error);

  return_pointer (task, list, (GDestroyNotify) g_ptr_array_unref, error);
}

void
gbx_launchers_refresh_async (gboolean all, GCancellable *cancellable, GAsyncReadyCallback callback,
                             gpointer user_data)
{
  run (words_new (NULL, NULL, NULL, all), refresh_thread, gbx_launchers_refresh_async, cancellable,
       callback, user_data);
}

GPtrArray *
gbx_launchers_refresh_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
