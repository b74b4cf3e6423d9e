/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-home-keep"
#include "config.h"

#include "gbx-home-keep.h"

#include "gbx-error.h"
#include "gbx-home.h"
#include "gbx-paths.h"
#include "gbx-text.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#define NAMES_MAX 1000

/* ---------------------------------------------------------------- names -- */

gboolean
gbx_home_keep_check_name (const char *name, GError **error)
{
  g_autoptr (GbxHomeInfo) info = NULL;

  if (!*name || !gbx_text_is_name (name))
    {
      g_set_error_literal (error, GBX_ERROR, GBX_ERROR_INVALID,
                           _ ("Use 1 to 40 of the characters a–z, 0–9, dot, dash and underscore, "
                              "beginning with a letter or digit."));
      return FALSE;
    }
  info = gbx_home_get_info (name, NULL);
  if (!info)
    return TRUE;
  g_set_error_literal (error, GBX_ERROR, GBX_ERROR_HOME, _ ("There is a home of that name already."));
  return FALSE;
}

/* What is left of a text when only letters of names stay. */
static char *
make_name (const char *text)
{
  g_autofree char *name = g_ascii_strdown (text, -1);
  char *start = name;

  g_strcanon (name, "abcdefghijklmnopqrstuvwxyz0123456789-", '-');
  while (*start == '-')
    start++;
  if (strlen (start) > GBX_NAME_MAX - 5)
    start[GBX_NAME_MAX - 5] = '\0';
  for (gsize n = strlen (start); n > 0 && start[n - 1] == '-'; n--)
    start[n - 1] = '\0';
  return g_strdup (*start ? start : "home");
}

char *
gbx_home_keep_suggest_name (GbxPolicy *policy)
{
  const char *const *command = gbx_policy_get_command (policy);
  g_autofree char *program = command && command[0] ? g_path_get_basename (command[0]) : NULL;
  g_autofree char *name = make_name (program ? program : gbx_policy_get_title (policy));
  char *free_name = g_strdup (name);

  for (guint i = 2; i < NAMES_MAX && !gbx_home_keep_check_name (free_name, NULL); i++)
    {
      g_free (free_name);
      free_name = g_strdup_printf ("%s-%u", name, i);
    }
  return free_name;
}

/* ----------------------------------------------------------------- keep -- */

typedef struct
{
  char *name;
  GSubprocess *unpacker;
  guint n_waiting; /* of the two halves */
  GError *error;   /* (nullable): the first */
} Keep;

static void
keep_free (gpointer data)
{
  Keep *keep = data;

  g_free (keep->name);
  g_clear_object (&keep->unpacker);
  g_clear_error (&keep->error);
  g_free (keep);
}

static void
delete_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;

  if (!gbx_home_delete (data, &error))
    g_debug ("nothing to delete: %s", error->message);
  g_task_return_boolean (task, TRUE);
}

static void
delete_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Keep *keep = g_task_get_task_data (task);

  g_task_return_error (task, g_steal_pointer (&keep->error));
}

static void
take_back (GTask *task)
{
  Keep *keep = g_task_get_task_data (task);
  g_autoptr (GTask) deletion = g_task_new (NULL, NULL, delete_cb, g_object_ref (task));

  g_task_set_task_data (deletion, g_strdup (keep->name), g_free);
  g_task_run_in_thread (deletion, delete_thread);
}

/* Both halves have to end, and to succeed.  Takes the error. */
static void
half_done (GTask *task, GError *error)
{
  g_autoptr (GTask) owned = task;
  Keep *keep = g_task_get_task_data (task);

  if (!keep->error)
    keep->error = error;
  else
    g_clear_error (&error);
  if (keep->error)
    g_subprocess_send_signal (keep->unpacker, SIGTERM);
  if (--keep->n_waiting > 0)
    return;
  if (keep->error)
    take_back (task);
  else
    g_task_return_boolean (task, TRUE);
}

static void
archive_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  gbx_files_archive_finish (result, &error);
  half_done (user_data, error);
}

static void
unpacked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GSubprocess *unpacker = G_SUBPROCESS (source);
  g_autofree char *text = NULL;
  GError *error = NULL;

  if (g_subprocess_communicate_utf8_finish (unpacker, result, NULL, &text, &error)
      && !(g_subprocess_get_if_exited (unpacker) && g_subprocess_get_exit_status (unpacker) == 0))
    {
      g_strstrip (text);
      g_set_error (&error, GBX_ERROR, GBX_ERROR_HOME, _ ("The home could not be kept: %s"),
                   *text ? text : _ ("the sandbox that fills it has failed"));
    }
  half_done (user_data, error);
}

static GSubprocess *
start_unpacker (const char *name, int *output, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autofree char *program = gbx_path_program ("glovebox");
  GSubprocess *unpacker;
  int ends[2];

  if (!program)
    {
      g_set_error_literal (error, GBX_ERROR, GBX_ERROR_NOT_FOUND,
                           _ ("The command “glovebox” is missing; install Glovebox again"));
      return NULL;
    }
  if (!g_unix_open_pipe (ends, FD_CLOEXEC, error))
    return NULL;
  g_subprocess_launcher_take_stdin_fd (launcher, ends[0]);
  unpacker = g_subprocess_launcher_spawn (launcher, error, program, "exec", "--home", "private",
                                          "--home-name", name, "--", "tar", "--extract",
                                          "--preserve-permissions", "--file=-", NULL);
  if (unpacker)
    *output = ends[1];
  else
    close (ends[1]);
  return unpacker;
}

void
gbx_home_keep_async (GbxSandbox *sandbox, const char *name, GbxFilesMeter *meter,
                     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Keep *keep = g_new0 (Keep, 1);
  GError *error = NULL;
  int output = -1, fd;

  g_task_set_task_data (task, keep, keep_free);
  g_task_set_check_cancellable (task, FALSE);
  keep->name = g_strdup (name);
  fd = gbx_home_keep_check_name (name, &error) ? gbx_sandbox_open_files (sandbox, FALSE, &error)
                                               : -1;
  if (fd >= 0)
    keep->unpacker = start_unpacker (name, &output, &error);
  if (!keep->unpacker)
    {
      if (fd >= 0)
        close (fd);
      g_task_return_error (task, error);
      return;
    }
  keep->n_waiting = 2;
  gbx_files_archive_async (fd, output, meter, cancellable, archive_cb, g_object_ref (task));
  g_subprocess_communicate_utf8_async (keep->unpacker, NULL, NULL, unpacked_cb,
                                       g_object_ref (task));
}

gboolean
gbx_home_keep_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
