/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changes a limit of a running sandbox, as "glovebox set" does.
 *
 *   change-limit NAME SETTING VALUE
 *   change-limit firefox resources.cpu-quota 50 */
#include <libglovebox.h>
#include <locale.h>

typedef struct
{
  GMainLoop *loop;
  const char *key;
  const char *text;
  int status;
} Change;

static void
finish (Change *self, const GError *error)
{
  if (error)
    g_printerr ("%s\n", error->message);
  self->status = error ? 1 : 0;
  g_main_loop_quit (self->loop);
}

static void
set_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GbxRunningSandbox) sandbox = GBX_RUNNING_SANDBOX (source);
  g_autoptr (GError) error = NULL;

  gbx_running_sandbox_set_finish (sandbox, result, &error);
  finish (user_data, error);
}

static void
open_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Change *self = user_data;
  g_autoptr (GError) error = NULL;
  GbxRunningSandbox *sandbox = gbx_running_sandbox_open_finish (result, &error);

  if (sandbox)
    gbx_running_sandbox_set_async (sandbox, self->key, self->text, NULL, set_cb, self);
  else
    finish (self, error);
}

int
main (int argc, char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Change change = { .loop = loop };

  setlocale (LC_ALL, "");
  if (argc != 4)
    {
      g_printerr ("Usage: change-limit NAME SETTING VALUE\n");
      return 2;
    }
  change.key = argv[2];
  change.text = argv[3];
  gbx_running_sandbox_open_async (argv[1], NULL, open_cb, &change);
  g_main_loop_run (loop);
  return change.status;
}
