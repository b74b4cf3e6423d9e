/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-cli"

#include "config.h"

#include "gbx-inside-files.h"

#include "gbx-error.h"
#include "gbx-exec-line.h"
#include "gbx-files-task.h"
#include "gbx-guest-programs.h"
#include "gbx-resolution.h"

gboolean
gbx_inside_is_file (const char *path)
{
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);

  return g_file_test (path, G_FILE_TEST_IS_REGULAR) && !gbx_guest_programs_is_of_system (absolute);
}

static void
argument_free (GbxEntryArgument *self)
{
  g_free (self->text);
  g_free (self);
}

GPtrArray *
gbx_inside_files_read (char **words)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) argument_free);

  for (guint i = 0; words[i]; i++)
    {
      GbxEntryArgument *argument = g_new0 (GbxEntryArgument, 1);

      argument->text = g_strdup (words[i]);
      argument->is_file = gbx_inside_is_file (words[i]);
      g_ptr_array_add (list, argument);
    }
  return list;
}

/* ------------------------------------------------------------------- locks -- */

/* An administrator's locks on shares hold for copies too. */
static gboolean
check_locks (const char *profile, GPtrArray *arguments, GError **error)
{
  g_autoptr (GbxProfileStore) store = gbx_profile_store_new ();
  g_autoptr (GbxResolution) resolution = gbx_resolution_new (store, profile, TRUE, error);
  g_autoptr (GbxPolicyBuilder) builder = gbx_policy_builder_new (GBX_MODE_DESKTOP);

  if (!resolution || !gbx_resolution_fill (resolution, builder, error))
    return FALSE;
  for (guint i = 0; i < arguments->len; i++)
    {
      GbxEntryArgument *argument = arguments->pdata[i];
      g_autoptr (GbxShare) share = NULL;

      if (!argument->is_file)
        continue;
      share = gbx_share_new (argument->text, NULL, FALSE, error);
      if (!share)
        return FALSE;
      gbx_policy_builder_add_share (builder, share);
    }
  return gbx_resolution_check_shares (resolution, builder, error);
}

/* -------------------------------------------------------------------- copy -- */

typedef struct
{
  GbxControlClient *client;
  GPtrArray *arguments; /* (unowned) */
} Put;

static void
put_free (Put *self)
{
  g_object_unref (self->client);
  g_free (self);
}

static void
put_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Put *self = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) copies = gbx_files_put_finish (result, &error);
  guint n = 0;

  if (!copies)
    {
      g_task_return_error (task, error);
      return;
    }
  for (guint i = 0; i < self->arguments->len; i++)
    {
      GbxEntryArgument *argument = self->arguments->pdata[i];

      if (!argument->is_file || n == copies->len)
        continue;
      g_free (argument->text);
      argument->text = g_strdup (copies->pdata[n++]);
    }
  g_task_return_boolean (task, TRUE);
}

static void
open_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Put *self = g_task_get_task_data (task);
  g_autoptr (GPtrArray) paths = g_ptr_array_new ();
  g_autoptr (GbxFilesMeter) meter = gbx_files_meter_new ();
  GError *error = NULL;
  int fd = gbx_control_client_open_files_finish (self->client, result, &error);

  if (fd < 0)
    {
      g_task_return_error (task, error);
      return;
    }
  for (guint i = 0; i < self->arguments->len; i++)
    if (((GbxEntryArgument *) self->arguments->pdata[i])->is_file)
      g_ptr_array_add (paths, ((GbxEntryArgument *) self->arguments->pdata[i])->text);
  g_ptr_array_add (paths, NULL);
  gbx_files_put_async (fd, (const char *const *) paths->pdata, "", meter, NULL, put_cb,
                       g_steal_pointer (&task));
}

static guint
count_files (GPtrArray *arguments)
{
  guint n = 0;

  for (guint i = 0; i < arguments->len; i++)
    n += ((GbxEntryArgument *) arguments->pdata[i])->is_file;
  return n;
}

void
gbx_inside_files_put_async (GbxControlClient *client, GPtrArray *arguments,
                            GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  g_autofree char *profile = gbx_control_client_dup_text (client, "Profile");
  Put *self = g_new0 (Put, 1);
  GError *error = NULL;

  self->client = g_object_ref (client);
  self->arguments = arguments;
  g_task_set_task_data (task, self, (GDestroyNotify) put_free);
  if (count_files (arguments) == 0)
    g_task_return_boolean (task, TRUE);
  else if (!check_locks (*profile ? profile : GBX_PROFILE_DEFAULT, arguments, &error))
    g_task_return_error (task, error);
  else
    gbx_control_client_open_files_async (client, TRUE, NULL, open_cb, g_steal_pointer (&task));
}

gboolean
gbx_inside_files_put_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
