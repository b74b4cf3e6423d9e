/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-drop"
#include "config.h"

#include "gbx-drop.h"

#include "gbx-put-dialog.h"

#include <glib/gi18n.h>

/* Who drops more does not mean it. */
#define FILES_MAX 1000

struct _GbxDrop
{
  GObject parent_instance;

  GtkWindow *window; /* (unowned) */
  GbxRunner *runner;
};

enum
{
  MESSAGE,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GbxDrop, gbx_drop, G_TYPE_OBJECT)

static void
say (GbxDrop *self, const char *text)
{
  g_signal_emit (self, signals[MESSAGE], 0, text, FALSE);
}

static void
ask (GbxDrop *self, GList *files)
{
  GbxSandbox *sandbox = gbx_runner_get_sandbox (self->runner);
  GtkWidget *dialog;

  if (gbx_runner_get_state (self->runner) != GBX_SANDBOX_RUNNING)
    say (self, _ ("Files can be copied into the sandbox only while its application runs."));
  else if (!gbx_put_dialog_is_allowed (gbx_sandbox_get_policy (sandbox)))
    say (self, _ ("No files can be copied into this sandbox: its profile or the administrator "
                  "forbids it."));
  else if (g_list_length (files) > FILES_MAX)
    say (self, _ ("These are too many files to copy them into the sandbox at once."));
  else
    {
      dialog = gbx_put_dialog_new (self->window, sandbox,
                                   gbx_policy_get_title (gbx_sandbox_get_policy (sandbox)), files);
      g_signal_connect_object (dialog, "put", G_CALLBACK (say), self, G_CONNECT_SWAPPED);
      gtk_window_present (GTK_WINDOW (dialog));
    }
}

static void
on_received (GbxDrop *self, GdkDragContext *context, int x, int y, GtkSelectionData *data,
             guint info, guint time)
{
  g_auto (GStrv) uris = gtk_selection_data_get_uris (data);
  GList *files = NULL;

  for (guint i = 0; uris && uris[i]; i++)
    files = g_list_prepend (files, g_file_new_for_uri (uris[i]));
  files = g_list_reverse (files);
  gtk_drag_finish (context, files != NULL, FALSE, time);
  if (files)
    ask (self, files);
  g_list_free_full (files, g_object_unref);
}

static void
gbx_drop_finalize (GObject *object)
{
  g_object_unref (GBX_DROP (object)->runner);
  G_OBJECT_CLASS (gbx_drop_parent_class)->finalize (object);
}

static void
gbx_drop_class_init (GbxDropClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gbx_drop_finalize;
  signals[MESSAGE] = g_signal_new ("message", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_BOOLEAN);
}

static void
gbx_drop_init (GbxDrop *self)
{
}

GbxDrop *
gbx_drop_new (GtkWindow *window, GbxRunner *runner)
{
  GbxDrop *self = g_object_new (GBX_TYPE_DROP, NULL);

  self->window = window;
  self->runner = g_object_ref (runner);
  gtk_drag_dest_set (GTK_WIDGET (window), GTK_DEST_DEFAULT_ALL, NULL, 0, GDK_ACTION_COPY);
  gtk_drag_dest_add_uri_targets (GTK_WIDGET (window));
  g_signal_connect_object (window, "drag-data-received", G_CALLBACK (on_received), self,
                           G_CONNECT_SWAPPED);
  return self;
}
