/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-cli"

#include "config.h"

#include "gbx-verbs.h"

#include "gbx-runtime.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <signal.h>

/* The first SIGTERM asks the application to end within five seconds; the second destroys
 * the sandbox.  The rest of the time is for cleaning up. */
#define SECOND_SIGNAL_MS 8000
#define GIVE_UP_MS 20000
#define POLL_MS 50

typedef struct
{
  GMainLoop *loop;
  GPtrArray *victims; /* (element-type GbxRunning) */
  guint waited_ms;
  gboolean insisted;
} Stop;

static void
signal_all (Stop *self)
{
  for (guint i = 0; i < self->victims->len; i++)
    {
      GbxRunning *victim = self->victims->pdata[i];

      if (victim->pid > 1 && gbx_running_is_alive (victim->name))
        kill (victim->pid, SIGTERM);
    }
}

/* Another process cannot wait for the release of the folder's lock without taking the lock. */
static gboolean
on_poll (gpointer user_data)
{
  Stop *self = user_data;
  gboolean alive = FALSE;

  for (guint i = 0; i < self->victims->len; i++)
    alive |= gbx_running_is_alive (((GbxRunning *) self->victims->pdata[i])->name);
  self->waited_ms += POLL_MS;
  if (alive && self->waited_ms >= SECOND_SIGNAL_MS && !self->insisted)
    {
      self->insisted = TRUE;
      signal_all (self);
    }
  if (alive && self->waited_ms < GIVE_UP_MS)
    return G_SOURCE_CONTINUE;
  g_main_loop_quit (self->loop);
  return G_SOURCE_REMOVE;
}

static int
stop_and_wait (GPtrArray *victims)
{
  Stop self = { .victims = victims };
  int status = 0;

  self.loop = g_main_loop_new (NULL, FALSE);
  signal_all (&self);
  g_timeout_add (POLL_MS, on_poll, &self);
  g_main_loop_run (self.loop);
  g_main_loop_unref (self.loop);
  for (guint i = 0; i < victims->len; i++)
    {
      GbxRunning *victim = victims->pdata[i];

      if (!gbx_running_is_alive (victim->name))
        continue;
      gbx_complain (_ ("the sandbox “%s” does not stop; end its process %d with “kill -9 %d”"),
                    victim->name, victim->pid, victim->pid);
      status = GBX_STATUS_FAILURE;
    }
  return status;
}

static int
select_named (GPtrArray *list, char **names, GPtrArray *victims)
{
  int status = 0;

  for (guint i = 0; names[i]; i++)
    {
      guint found = victims->len;

      for (guint j = 0; j < list->len; j++)
        if (g_str_equal (((GbxRunning *) list->pdata[j])->name, names[i]))
          g_ptr_array_add (victims, list->pdata[j]);
      if (found < victims->len)
        continue;
      gbx_complain (_ ("no sandbox named “%s” is running; “glovebox list” shows the running "
                       "ones"), names[i]);
      status = GBX_STATUS_FAILURE;
    }
  return status;
}

int
gbx_verb_stop (int argc, char **argv)
{
  gboolean all = FALSE;
  const GOptionEntry entries[] = {
    { "all", 'a', 0, G_OPTION_ARG_NONE, &all, N_ ("Stop every sandbox of this account"), NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (_ ("NAME…"));
  g_autoptr (GPtrArray) list = NULL;
  g_autoptr (GPtrArray) victims = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  int status = 0;

  g_set_prgname ("glovebox stop");
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, &argc, &argv, &error) ||
      !(list = gbx_running_list (&error)))
    {
      gbx_complain ("%s", error->message);
      return GBX_STATUS_FAILURE;
    }
  if (all == (argc > 1))
    {
      gbx_complain (_ ("name the sandboxes to stop, or give --all"));
      return GBX_STATUS_FAILURE;
    }
  if (all)
    g_ptr_array_extend (victims, list, NULL, NULL);
  else
    status = select_named (list, argv + 1, victims);
  return MAX (status, victims->len > 0 ? stop_and_wait (victims) : 0);
}
