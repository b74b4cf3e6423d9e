/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-cli"

#include "config.h"

#include "gbx-desktop-entry.h"
#include "gbx-entry-file.h"
#include "gbx-inside-files.h"
#include "gbx-inside.h"
#include "gbx-verbs.h"

#include "gbx-control-client.h"
#include "gbx-error.h"
#include "gbx-exec-line.h"

#include <gio/gdesktopappinfo.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>

/* One application in a running sandbox: its files go in as copies, then it is started.  The
 * sandbox does not end before it. */
typedef struct
{
  GMainLoop *loop;
  GbxLaunchOptions *options;
  GbxControlClient *client; /* (nullable) */
  GDesktopAppInfo *info;    /* (nullable): with a desktop entry, or a file alone */
  GPtrArray *arguments;     /* (element-type GbxEntryArgument): after the program */
  guint process;
  int status;
} Inside;

static void
finish (Inside *self, int status)
{
  self->status = status;
  g_main_loop_quit (self->loop);
}

static void
fail (Inside *self, GError *error, int status)
{
  gbx_complain ("%s", error->message);
  g_error_free (error);
  finish (self, status);
}

/* ------------------------------------------------------------------ words -- */

/* "run --in NAME FILE": the application that the desktop would use. */
static GDesktopAppInfo *
find_application_of (const char *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInfo) info = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_CONTENT_TYPE,
                                                  G_FILE_QUERY_INFO_NONE, NULL, error);
  GAppInfo *found;

  if (!info)
    return NULL;
  found = g_app_info_get_default_for_type (g_file_info_get_content_type (info), FALSE);
  if (G_IS_DESKTOP_APP_INFO (found))
    return G_DESKTOP_APP_INFO (found);
  g_clear_object (&found);
  g_set_error (error, GBX_ERROR, GBX_ERROR_NOT_FOUND,
               _ ("No application opens “%s” (%s); name one before it"), path,
               g_file_info_get_content_type (info));
  return NULL;
}

static gboolean
read_words (Inside *self, GError **error)
{
  char **words = self->options->command;

  if (gbx_desktop_entry_is_named (words[0]))
    self->info = gbx_entry_file_find (words[0], error);
  else if (gbx_inside_is_file (words[0]) && !g_file_test (words[0], G_FILE_TEST_IS_EXECUTABLE))
    self->info = find_application_of (words[0], error);
  else
    {
      self->arguments = gbx_inside_files_read (words + 1);
      return TRUE;
    }
  if (self->info)
    self->arguments = gbx_exec_line_read_arguments (
        words + gbx_desktop_entry_is_named (words[0]), error);
  return self->arguments != NULL;
}

static char **
make_command (Inside *self, GError **error)
{
  g_autoptr (GPtrArray) words = NULL;
  g_auto (GStrv) program = NULL;

  if (self->info)
    return gbx_exec_line_expand (self->info, self->options->action, self->arguments, &program,
                                 error);
  words = g_ptr_array_new ();
  g_ptr_array_add (words, g_strdup (self->options->command[0]));
  for (guint i = 0; i < self->arguments->len; i++)
    g_ptr_array_add (words, g_strdup (((GbxEntryArgument *) self->arguments->pdata[i])->text));
  g_ptr_array_add (words, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&words), FALSE);
}

/* -------------------------------------------------------------------- life -- */

static void
on_ended (GbxControlClient *client, guint process, int status, gboolean by_sandbox,
          gpointer user_data)
{
  Inside *self = user_data;

  if (process != self->process)
    return;
  if (by_sandbox)
    gbx_complain (_ ("the sandbox “%s” ended before the application did"), self->options->in);
  finish (self, status);
}

static void
on_closed (GbxControlClient *client, gpointer user_data)
{
  on_ended (client, ((Inside *) user_data)->process, GBX_STATUS_FAILURE, TRUE, user_data);
}

static void
run_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Inside *self = user_data;
  GError *error = NULL;

  self->process = gbx_control_client_run_finish (GBX_CONTROL_CLIENT (source), result, &error);
  if (!self->process)
    fail (self, error,
          g_error_matches (error, GBX_ERROR, GBX_ERROR_NOT_FOUND) ? 127
          : g_error_matches (error, GBX_ERROR, GBX_ERROR_INVALID) ? 126
                                                                  : GBX_STATUS_FAILURE);
  else if (!self->options->wait)
    finish (self, 0);
}

static void
run (Inside *self)
{
  GError *error = NULL;
  g_auto (GStrv) command = make_command (self, &error);

  if (command)
    gbx_control_client_run_async (self->client, (const char *const *) command,
                                  gbx_inside_make_request (self->options, TRUE, FALSE), NULL, NULL,
                                  run_cb, self);
  else
    fail (self, error, GBX_STATUS_FAILURE);
}

static void
files_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Inside *self = user_data;
  GError *error = NULL;

  if (gbx_inside_files_put_finish (result, &error))
    run (self);
  else
    fail (self, error, GBX_STATUS_FAILURE);
}

static void
open_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Inside *self = user_data;
  GError *error = NULL;

  self->client = gbx_control_client_open_finish (result, &error);
  if (!self->client)
    {
      fail (self, error, GBX_STATUS_FAILURE);
      return;
    }
  g_signal_connect (self->client, "ended", G_CALLBACK (on_ended), self);
  g_signal_connect (self->client, "closed", G_CALLBACK (on_closed), self);
  gbx_inside_files_put_async (self->client, self->arguments, files_cb, self);
}

static gboolean
on_interrupted (gpointer user_data)
{
  finish (user_data, 128 + SIGINT);
  return G_SOURCE_CONTINUE;
}

int
gbx_inside_run (GbxLaunchOptions *options)
{
  Inside self = { .options = options };
  GError *error = NULL;

  self.loop = g_main_loop_new (NULL, FALSE);
  if (gbx_inside_check (options, &error) && read_words (&self, &error))
    {
      g_unix_signal_add (SIGINT, on_interrupted, &self);
      gbx_control_client_open_async (options->in, NULL, open_cb, &self);
      g_main_loop_run (self.loop);
    }
  else
    {
      self.status = GBX_STATUS_FAILURE;
      gbx_complain ("%s", error->message);
      g_error_free (error);
    }
  if (self.client)
    g_signal_handlers_disconnect_by_data (self.client, &self);
  g_clear_object (&self.client);
  g_clear_object (&self.info);
  g_clear_pointer (&self.arguments, g_ptr_array_unref);
  g_main_loop_unref (self.loop);
  return self.status;
}
