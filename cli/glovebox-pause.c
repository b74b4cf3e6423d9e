/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-cli"

#include "config.h"

#include "gbx-verbs.h"

#include "gbx-control-client.h"
#include "gbx-runtime.h"

#include <glib/gi18n.h>

typedef struct
{
  GMainLoop *loop;
  gboolean pauses;
  guint waiting; /* sandboxes that have not answered */
  int status;
} Pause;

static void
settle (Pause *self, GError *error)
{
  g_autoptr (GError) owned = error;

  if (owned)
    {
      gbx_complain ("%s", owned->message);
      self->status = GBX_STATUS_FAILURE;
    }
  self->waiting--;
  if (self->waiting == 0)
    g_main_loop_quit (self->loop);
}

static void
call_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  gbx_control_client_call_finish (GBX_CONTROL_CLIENT (source), result, NULL, NULL, &error);
  settle (user_data, error);
}

static void
open_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Pause *self = user_data;
  GError *error = NULL;
  g_autoptr (GbxControlClient) client = gbx_control_client_open_finish (result, &error);

  if (!client)
    settle (self, error);
  else if (self->pauses)
    gbx_control_client_pause_async (client, NULL, call_cb, self);
  else
    gbx_control_client_resume_async (client, NULL, call_cb, self);
}

static int
pause_all (GPtrArray *names, gboolean pauses)
{
  Pause self = { .pauses = pauses, .waiting = names->len };

  if (names->len == 0)
    return 0;
  self.loop = g_main_loop_new (NULL, FALSE);
  for (guint i = 0; i < names->len; i++)
    gbx_control_client_open_async (names->pdata[i], NULL, open_cb, &self);
  g_main_loop_run (self.loop);
  g_main_loop_unref (self.loop);
  return self.status;
}

/* All that run, or all that are paused: a sandbox that starts or stops can be neither. */
static void
add_all (GPtrArray *names, GPtrArray *list, gboolean pauses)
{
  for (guint i = 0; i < list->len; i++)
    {
      GbxRunning *running = list->pdata[i];
      gboolean paused = g_strcmp0 (running->condition, GBX_CONDITION_PAUSED) == 0;

      if (paused != pauses && g_strcmp0 (running->condition, GBX_CONDITION_STARTING) != 0 &&
          g_strcmp0 (running->condition, GBX_CONDITION_STOPPING) != 0)
        g_ptr_array_add (names, g_strdup (running->name));
    }
}

static int
run_verb (int argc, char **argv, gboolean pauses)
{
  gboolean all = FALSE;
  const GOptionEntry entries[] = {
    { "all", 'a', 0, G_OPTION_ARG_NONE, &all, N_ ("Every sandbox of this account"), NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (_ ("NAME…"));
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;

  g_set_prgname (pauses ? "glovebox pause" : "glovebox resume");
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  g_option_context_set_summary (
      context, pauses ? _ ("Pauses running sandboxes: they keep their memory and use no processor "
                           "time.")
                      : _ ("Lets paused sandboxes go on."));
  if (!g_option_context_parse (context, &argc, &argv, &error) ||
      (all && !(list = gbx_running_list (&error))))
    {
      gbx_complain ("%s", error->message);
      return GBX_STATUS_FAILURE;
    }
  if (all == (argc > 1))
    {
      gbx_complain (_ ("name the sandboxes, or give --all"));
      return GBX_STATUS_FAILURE;
    }
  if (all)
    add_all (names, list, pauses);
  for (int i = 1; i < argc; i++)
    g_ptr_array_add (names, g_strdup (argv[i]));
  return pause_all (names, pauses);
}

int
gbx_verb_pause (int argc, char **argv)
{
  return run_verb (argc, argv, TRUE);
}

int
gbx_verb_resume (int argc, char **argv)
{
  return run_verb (argc, argv, FALSE);
}
