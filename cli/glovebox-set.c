/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-cli"

#include "config.h"

#include "gbx-verbs.h"

#include "gbx-control-client.h"

#include <glib/gi18n.h>

typedef struct
{
  GMainLoop *loop;
  const char *key, *value;
  int status;
} Set;

static void
finish (Set *self, GError *error)
{
  g_autoptr (GError) owned = error;

  if (owned)
    {
      gbx_complain ("%s", owned->message);
      self->status = GBX_STATUS_FAILURE;
    }
  g_main_loop_quit (self->loop);
}

static void
call_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  gbx_control_client_call_finish (GBX_CONTROL_CLIENT (source), result, NULL, NULL, &error);
  finish (user_data, error);
}

static void
open_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Set *self = user_data;
  GError *error = NULL;
  g_autoptr (GbxControlClient) client = gbx_control_client_open_finish (result, &error);

  if (client)
    gbx_control_client_set_async (client, self->key, self->value, NULL, call_cb, self);
  else
    finish (self, error);
}

int
gbx_verb_set (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (_ ("NAME KEY VALUE"));
  g_autoptr (GError) error = NULL;
  Set self = { 0 };

  g_set_prgname ("glovebox set");
  g_option_context_set_summary (
      context, _ ("Changes a limit of a running sandbox, until it ends.  “glovebox settings” lists "
                  "the keys."));
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      gbx_complain ("%s", error->message);
      return GBX_STATUS_FAILURE;
    }
  if (argc != 4)
    {
      gbx_complain (_ ("give a sandbox, a key and a value, as in “glovebox set firefox "
                       "resources.cpu-quota 50”"));
      return GBX_STATUS_FAILURE;
    }
  if (!g_utf8_validate (argv[2], -1, NULL) || !g_utf8_validate (argv[3], -1, NULL))
    {
      gbx_complain (_ ("key and value have to be in UTF-8"));
      return GBX_STATUS_FAILURE;
    }
  self = (Set) { g_main_loop_new (NULL, FALSE), argv[2], argv[3], 0 };
  gbx_control_client_open_async (argv[1], NULL, open_cb, &self);
  g_main_loop_run (self.loop);
  g_main_loop_unref (self.loop);
  return self.status;
}
