/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-put-dialog"
#include "config.h"

#include "gbx-put-dialog.h"

#include "gbx-files-task.h"
#include "gbx-safe-name.h"

#include <glib/gi18n.h>
#include <unistd.h>

#define TICK_MS 100

struct _GbxPutDialog
{
  GtkDialog parent_instance;

  GtkLabel *question;       /* template */
  GtkListBox *list;         /* template */
  GtkLabel *hint;           /* template */
  GtkProgressBar *progress; /* template */
  GtkButton *put_button;    /* template */

  GbxSandbox *sandbox;
  GPtrArray *paths;          /* (element-type filename): what can be put in */
  GCancellable *cancellable; /* (nullable): while it copies */
  GbxFilesMeter *meter;      /* (nullable): the same */
  guint tick;                /* source: the same */
};

enum
{
  PUT,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GbxPutDialog, gbx_put_dialog, GTK_TYPE_DIALOG)

gboolean
gbx_put_dialog_is_allowed (GbxPolicy *policy)
{
  g_autoptr (GVariant) value = gbx_policy_dup_value (policy, "files.put");

  return !g_str_equal (g_variant_get_string (value, NULL), "off");
}

/* ----------------------------------------------------------------- list -- */

static void
add_row (GbxPutDialog *self, const char *name, const char *text, gboolean usable)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *left = gtk_label_new (name);
  GtkWidget *right = gtk_label_new (text);

  gtk_label_set_ellipsize (GTK_LABEL (left), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_xalign (GTK_LABEL (left), 0);
  gtk_widget_set_hexpand (left, TRUE);
  gtk_style_context_add_class (gtk_widget_get_style_context (right), "dim-label");
  gtk_container_set_border_width (GTK_CONTAINER (box), 6);
  gtk_container_add (GTK_CONTAINER (box), left);
  gtk_container_add (GTK_CONTAINER (box), right);
  gtk_container_add (GTK_CONTAINER (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_list_box_row_set_selectable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_set_sensitive (row, usable);
  gtk_widget_show_all (row);
  gtk_container_add (GTK_CONTAINER (self->list), row);
}

static void
add_file (GbxPutDialog *self, GFile *file)
{
  g_autofree char *path = g_file_get_path (file);
  g_autofree char *last = g_file_get_basename (file);
  g_autofree char *name = gbx_safe_name (last ? last : "?", TRUE);
  g_autofree char *size_text = NULL;
  guint64 size;
  gint64 time;
  int fd = path ? gbx_files_open_source (path, &size, &time, NULL) : -1;

  if (fd < 0)
    {
      gboolean is_folder = path && g_file_test (path, G_FILE_TEST_IS_DIR);

      add_row (self, name, is_folder ? _ ("a folder: not copied")
                           : path    ? _ ("cannot be read: not copied")
                                     : _ ("not on this computer: not copied"), FALSE);
      return;
    }
  close (fd);
  size_text = g_format_size (size);
  add_row (self, name, size_text, TRUE);
  g_ptr_array_add (self->paths, g_steal_pointer (&path));
}

/* ----------------------------------------------------------------- work -- */

static gboolean
on_tick (gpointer data)
{
  GbxPutDialog *self = data;
  guint64 done, total;

  gbx_files_meter_read (self->meter, &done, &total);
  if (total > 0)
    gtk_progress_bar_set_fraction (self->progress, MIN ((double) done / (double) total, 1.0));
  return G_SOURCE_CONTINUE;
}

static void
set_busy (GbxPutDialog *self, gboolean busy)
{
  g_clear_handle_id (&self->tick, g_source_remove);
  g_clear_pointer (&self->meter, gbx_files_meter_unref);
  g_clear_object (&self->cancellable);
  if (busy)
    {
      self->cancellable = g_cancellable_new ();
      self->meter = gbx_files_meter_new ();
      self->tick = g_timeout_add (TICK_MS, on_tick, self);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->progress), busy);
  gtk_dialog_set_response_sensitive (GTK_DIALOG (self), GTK_RESPONSE_ACCEPT,
                                     !busy && self->paths->len > 1);
}

static char *
describe (GPtrArray *where)
{
  g_autofree char *path = gbx_safe_path (where->pdata[0], TRUE);
  g_autofree char *folder = g_path_get_dirname (path);

  return where->len == 1 ? g_strdup_printf (_ ("In the sandbox the file is “/%s”."), path)
                         : g_strdup_printf (ngettext ("In the sandbox %u file is in “/%s”.",
                                                      "In the sandbox %u files are in “/%s”.",
                                                      where->len),
                                            where->len, folder);
}

static void
put_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GbxPutDialog) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) where = gbx_files_put_finish (result, &error);
  g_autofree char *text = NULL;

  if (!self->sandbox) /* it is closed */
    return;
  set_busy (self, FALSE);
  if (!where)
    {
      gtk_label_set_text (self->hint, error->message);
      gtk_dialog_set_response_sensitive (GTK_DIALOG (self), GTK_RESPONSE_ACCEPT, FALSE);
      return;
    }
  text = describe (where);
  g_signal_emit (self, signals[PUT], 0, text);
  gtk_widget_destroy (GTK_WIDGET (self));
}

static void
begin (GbxPutDialog *self)
{
  g_autoptr (GError) error = NULL;
  int fd = gbx_sandbox_open_files (self->sandbox, TRUE, &error);

  if (fd < 0)
    {
      gtk_label_set_text (self->hint, error->message);
      return;
    }
  set_busy (self, TRUE);
  gbx_files_put_async (fd, (const char *const *) self->paths->pdata, "", self->meter,
                       self->cancellable, put_cb, g_object_ref (self));
}

/* -------------------------------------------------------------- object -- */

static void
gbx_put_dialog_response (GtkDialog *dialog, int response)
{
  if (response == GTK_RESPONSE_ACCEPT)
    begin (GBX_PUT_DIALOG (dialog));
  else
    gtk_widget_destroy (GTK_WIDGET (dialog));
}

static void
gbx_put_dialog_dispose (GObject *object)
{
  GbxPutDialog *self = GBX_PUT_DIALOG (object);

  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->tick, g_source_remove);
  g_clear_pointer (&self->meter, gbx_files_meter_unref);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->sandbox);
  G_OBJECT_CLASS (gbx_put_dialog_parent_class)->dispose (object);
}

static void
gbx_put_dialog_finalize (GObject *object)
{
  g_ptr_array_unref (GBX_PUT_DIALOG (object)->paths);
  G_OBJECT_CLASS (gbx_put_dialog_parent_class)->finalize (object);
}

static void
gbx_put_dialog_class_init (GbxPutDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gbx_put_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = gbx_put_dialog_finalize;
  GTK_DIALOG_CLASS (klass)->response = gbx_put_dialog_response;
  signals[PUT] = g_signal_new ("put", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                               NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/glovebox/Glovebox/ui/gbx-put-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, GbxPutDialog, question);
  gtk_widget_class_bind_template_child (widget_class, GbxPutDialog, list);
  gtk_widget_class_bind_template_child (widget_class, GbxPutDialog, hint);
  gtk_widget_class_bind_template_child (widget_class, GbxPutDialog, progress);
  gtk_widget_class_bind_template_child (widget_class, GbxPutDialog, put_button);
}

static void
gbx_put_dialog_init (GbxPutDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->paths = g_ptr_array_new_with_free_func (g_free);
}

GtkWidget *
gbx_put_dialog_new (GtkWindow *parent, GbxSandbox *sandbox, const char *title, GList *files)
{
  GbxPutDialog *self
      = g_object_new (GBX_TYPE_PUT_DIALOG, "use-header-bar", FALSE, "transient-for", parent, NULL);
  g_autofree char *question = NULL;
  guint n;

  self->sandbox = g_object_ref (sandbox);
  for (GList *at = files; at; at = at->next)
    add_file (self, at->data);
  n = self->paths->len;
  g_ptr_array_add (self->paths, NULL); /* as an array of texts */
  g_ptr_array_set_size (self->paths, (int) n + 1);
  question = n > 0 ? g_strdup_printf (ngettext ("Copy %u file into the sandbox of %s?",
                                                "Copy %u files into the sandbox of %s?", n),
                                      n, title)
                   : g_strdup (_ ("There is nothing to copy into the sandbox"));
  gtk_label_set_text (self->question, question);
  gtk_label_set_text (self->hint, n > 0 ? ngettext ("The copy goes into the Downloads folder of the "
                                                  "sandbox. The application can read and change it.",
                                                  "The copies go into the Downloads folder of the "
                                                  "sandbox. The application can read and change "
                                                  "them.", n)
                                        : _ ("Only files of this computer can be copied."));
  gtk_dialog_set_response_sensitive (GTK_DIALOG (self), GTK_RESPONSE_ACCEPT, n > 0);
  return GTK_WIDGET (self);
}
