/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-drop"
#include "config.h"

#include "gbx-drop.h"

#include "gbx-put-dialog.h"

#include <glib/gi18n.h>

/* Who drops more does not mean it. */
#define FILES_MAX 1000
/* From the drop until the question. */
#define SETTLE_MS 100

struct _GbxDrop
{
  GObject parent_instance;

  GtkWindow *window; /* (unowned) */
  GbxRunner *runner;
  GList *files;  /* (element-type GFile): dropped, and not asked for yet */
  guint pending; /* source */
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
ask (GbxDrop *self)
{
  GList *files = self->files;
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
forget (GbxDrop *self)
{
  g_clear_handle_id (&self->pending, g_source_remove);
  g_list_free_full (g_steal_pointer (&self->files), g_object_unref);
}

static gboolean
on_pending (gpointer data)
{
  GbxDrop *self = data;

  self->pending = 0;
  ask (self);
  forget (self);
  return G_SOURCE_REMOVE;
}

/* A dialog that is opened while the drag still goes on is not drawn. */
static void
on_received (GbxDrop *self, GdkDragContext *context, int x, int y, GtkSelectionData *data,
             guint info, guint time)
{
  g_auto (GStrv) uris = gtk_selection_data_get_uris (data);

  forget (self);
  for (guint i = 0; uris && uris[i]; i++)
    self->files = g_list_prepend (self->files, g_file_new_for_uri (uris[i]));
  self->files = g_list_reverse (self->files);
  gtk_drag_finish (context, self->files != NULL, FALSE, time);
  if (self->files)
    self->pending = g_timeout_add (SETTLE_MS, on_pending, self);
}

static void
gbx_drop_finalize (GObject *object)
{
  forget (GBX_DROP (object));
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
