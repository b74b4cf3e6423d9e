/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists the running sandboxes of this account with what they use at the moment. */
#include <libglovebox.h>
#include <locale.h>

typedef struct
{
  GMainLoop *loop;
  guint open; /* answers that are awaited */
} List;

static void
done (List *self)
{
  if (--self->open == 0)
    g_main_loop_quit (self->loop);
}

/* What is not known is not in the dictionary. */
static void
print_figures (GbxRunningSandbox *sandbox, GVariant *figures)
{
  g_autofree char *condition = gbx_running_sandbox_dup_condition (sandbox);
  g_autofree char *title = gbx_running_sandbox_dup_title (sandbox);
  guint64 memory = 0, time = 0;

  g_print ("%s  %s  %s", gbx_running_sandbox_get_name (sandbox), condition, title);
  if (g_variant_lookup (figures, "memory", "t", &memory))
    g_print ("  memory=%" G_GUINT64_FORMAT " MiB", memory >> 20);
  if (g_variant_lookup (figures, "cpu-time", "t", &time))
    g_print ("  cpu-time=%.1f s", (double) time / 1e9);
  g_print ("\n");
}

static void
figures_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GbxRunningSandbox) sandbox = GBX_RUNNING_SANDBOX (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) figures =
      gbx_running_sandbox_read_figures_finish (sandbox, result, &error);

  if (figures)
    print_figures (sandbox, figures);
  else
    g_printerr ("%s\n", error->message);
  done (user_data);
}

static void
open_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  GbxRunningSandbox *sandbox = gbx_running_sandbox_open_finish (result, &error);

  if (sandbox)
    {
      gbx_running_sandbox_read_figures_async (sandbox, NULL, figures_cb, user_data);
      return;
    }
  /* It may have ended meanwhile. */
  if (!g_error_matches (error, GBX_ERROR, GBX_ERROR_NOT_FOUND))
    g_printerr ("%s\n", error->message);
  done (user_data);
}

int
main (void)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_auto (GStrv) names = gbx_running_sandbox_list ();
  List list = { .loop = loop, .open = g_strv_length (names) };

  setlocale (LC_ALL, "");
  for (guint i = 0; names[i]; i++)
    gbx_running_sandbox_open_async (names[i], NULL, open_cb, &list);
  if (list.open > 0)
    g_main_loop_run (loop);
  return 0;
}
