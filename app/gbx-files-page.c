/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-files-page"
#include "config.h"

#include "gbx-files-page.h"

#include "gbx-files-task.h"
#include "gbx-home-keep.h"
#include "gbx-name-dialog.h"
#include "gbx-safe-name.h"

#include <glib/gi18n.h>
#include <handy.h>

#define TICK_MS 100

struct _GbxFilesPage
{
  GtkBox parent_instance;

  GtkInfoBar *bar;           /* template */
  GtkLabel *bar_label;       /* template */
  GtkLabel *heading;         /* template */
  GtkLabel *body;            /* template */
  GtkWidget *scroller;       /* template */
  GtkTreeView *view;         /* template */
  GtkListStore *store;       /* template */
  GtkTreeViewColumn *check_column; /* template */
  GtkLabel *summary;         /* template */
  GtkWidget *progress_row;   /* template */
  GtkProgressBar *progress;  /* template */
  GtkWidget *buttons;        /* template */
  GtkWidget *discard_button; /* template */
  GtkWidget *keep_button;    /* template */
  GtkWidget *save_button;    /* template */
  GtkWidget *all;            /* in the head of the first column */

  GbxSandbox *sandbox; /* (nullable) */
  GPtrArray *files;    /* (nullable) (element-type GbxChangedFile) */
  GPtrArray *chosen;   /* (nullable): what is being saved */
  GtkFileChooserNative *chooser; /* (nullable) */
  GtkWidget *question;           /* (nullable) (unowned) */
  GCancellable *cancellable;     /* (nullable): while it saves or keeps */
  GbxFilesMeter *meter;          /* (nullable): the same */
  guint tick;                    /* source: the same */
  char *title;
};

enum
{
  CHOSEN,
  ICON,
  NAME,
  MARKUP,
  SIZE,
  SIZE_TEXT,
  TIME,
  TIME_TEXT,
  INDEX,
};

enum
{
  DONE,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GbxFilesPage, gbx_files_page, GTK_TYPE_BOX)

/* ------------------------------------------------------------- the list -- */

static char *
describe_time (gint64 seconds)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (seconds);

  if (!time)
    return g_strdup ("");
  if (g_date_time_get_year (now) == g_date_time_get_year (time)
      && g_date_time_get_day_of_year (now) == g_date_time_get_day_of_year (time))
    return g_date_time_format (time, "%H:%M");
  return g_date_time_format (time, "%x");
}

/* The name, and below it the folder if it is not the home itself. */
static char *
make_markup (const char *path)
{
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *folder = g_path_get_dirname (path);

  return g_str_equal (folder, ".")
             ? g_markup_escape_text (name, -1)
             : g_markup_printf_escaped ("%s\n<small><span alpha=\"65%%\">%s</span></small>", name,
                                        folder);
}

static void
add_row (GbxFilesPage *self, guint index)
{
  const GbxChangedFile *file = self->files->pdata[index];
  g_autofree char *path = gbx_safe_path (file->path, TRUE);
  g_autofree char *markup = make_markup (path);
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *type = g_content_type_guess (name, NULL, 0, NULL);
  g_autoptr (GIcon) icon = g_content_type_get_icon (type);
  g_autofree char *size = g_format_size (file->size);
  g_autofree char *time = describe_time (file->time);

  gtk_list_store_insert_with_values (self->store, NULL, -1, CHOSEN, TRUE, ICON, icon, NAME, name,
                                     MARKUP, markup, SIZE, file->size, SIZE_TEXT, size, TIME,
                                     file->time, TIME_TEXT, time, INDEX, index, -1);
}

/* The model is away meanwhile: thousands of rows would be laid out one by one. */
static void
fill_list (GbxFilesPage *self)
{
  gtk_tree_view_set_model (self->view, NULL);
  gtk_list_store_clear (self->store);
  for (guint i = 0; self->files && i < self->files->len; i++)
    add_row (self, i);
  gtk_tree_view_set_model (self->view, GTK_TREE_MODEL (self->store));
}

/* (transfer full) (element-type GbxChangedFile): in the order of their paths. */
static GPtrArray *
get_chosen (GbxFilesPage *self)
{
  GtkTreeModel *model = GTK_TREE_MODEL (self->store);
  GPtrArray *chosen = g_ptr_array_new ();
  g_autofree gboolean *is_chosen = g_new0 (gboolean, self->files ? self->files->len + 1 : 1);
  GtkTreeIter iter;

  for (gboolean more = gtk_tree_model_get_iter_first (model, &iter); more;
       more = gtk_tree_model_iter_next (model, &iter))
    {
      gboolean one;
      guint index;

      gtk_tree_model_get (model, &iter, CHOSEN, &one, INDEX, &index, -1);
      is_chosen[index] = one;
    }
  for (guint i = 0; self->files && i < self->files->len; i++)
    if (is_chosen[i])
      g_ptr_array_add (chosen, self->files->pdata[i]);
  return chosen;
}

static void
update (GbxFilesPage *self)
{
  g_autoptr (GPtrArray) chosen = get_chosen (self);
  guint n = self->files ? self->files->len : 0;
  g_autofree char *size = g_format_size (gbx_files_get_size (chosen));
  gboolean busy = self->cancellable != NULL;
  g_autofree char *text = NULL;

  /* Translators: how many files are chosen, of how many, and their size. */
  text = g_strdup_printf (ngettext ("%u of %u file chosen, %s", "%u of %u files chosen, %s", n), chosen->len, n,
                          size);
  gtk_label_set_text (self->summary, text);
  gtk_toggle_button_set_inconsistent (GTK_TOGGLE_BUTTON (self->all),
                                      chosen->len > 0 && chosen->len < n);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->all), chosen->len == n);
  gtk_widget_set_sensitive (self->save_button, chosen->len > 0);
  gtk_widget_set_visible (self->progress_row, busy);
  gtk_widget_set_visible (self->buttons, !busy);
  gtk_widget_set_visible (GTK_WIDGET (self->summary), !busy && n > 0);
  gtk_widget_set_sensitive (self->scroller, !busy);
}

static void
on_toggled (GbxFilesPage *self, const char *path)
{
  GtkTreeModel *model = GTK_TREE_MODEL (self->store);
  gboolean chosen;
  GtkTreeIter iter;

  if (!gtk_tree_model_get_iter_from_string (model, &iter, path))
    return;
  gtk_tree_model_get (model, &iter, CHOSEN, &chosen, -1);
  gtk_list_store_set (self->store, &iter, CHOSEN, !chosen, -1);
  update (self);
}

static void
on_row_activated (GbxFilesPage *self, GtkTreePath *path)
{
  g_autofree char *text = gtk_tree_path_to_string (path);

  on_toggled (self, text);
}

static void
on_all_clicked (GbxFilesPage *self)
{
  GtkTreeModel *model = GTK_TREE_MODEL (self->store);
  gboolean chosen = !gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->all));
  GtkTreeIter iter;

  for (gboolean more = gtk_tree_model_get_iter_first (model, &iter); more;
       more = gtk_tree_model_iter_next (model, &iter))
    gtk_list_store_set (self->store, &iter, CHOSEN, chosen, -1);
  update (self);
}

/* ------------------------------------------------------------- messages -- */

static void
say (GbxFilesPage *self, GtkMessageType type, const char *text)
{
  gtk_info_bar_set_message_type (self->bar, type);
  gtk_label_set_text (self->bar_label, text);
  gtk_info_bar_set_revealed (self->bar, TRUE);
}

static void
be_quiet (GbxFilesPage *self)
{
  gtk_info_bar_set_revealed (self->bar, FALSE);
}

/* ----------------------------------------------------------------- work -- */

static gboolean
on_tick (gpointer data)
{
  GbxFilesPage *self = data;
  g_autofree char *text = NULL;
  guint64 done, total;

  gbx_files_meter_read (self->meter, &done, &total);
  text = g_format_size (done);
  gtk_progress_bar_set_text (self->progress, text);
  if (total > 0)
    gtk_progress_bar_set_fraction (self->progress, MIN ((double) done / (double) total, 1.0));
  else
    gtk_progress_bar_pulse (self->progress);
  return G_SOURCE_CONTINUE;
}

static void
begin_work (GbxFilesPage *self)
{
  be_quiet (self);
  self->cancellable = g_cancellable_new ();
  self->meter = gbx_files_meter_new ();
  self->tick = g_timeout_add (TICK_MS, on_tick, self);
  gtk_progress_bar_set_fraction (self->progress, 0);
  on_tick (self);
  update (self);
}

static void
end_work (GbxFilesPage *self)
{
  g_clear_handle_id (&self->tick, g_source_remove);
  g_clear_pointer (&self->meter, gbx_files_meter_unref);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->chosen, g_ptr_array_unref);
  update (self);
}

static void
on_cancel_clicked (GbxFilesPage *self)
{
  g_cancellable_cancel (self->cancellable);
}

static void
finish (GbxFilesPage *self)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self), FALSE);
  g_signal_emit (self, signals[DONE], 0);
}

/* ----------------------------------------------------------------- save -- */

/* What was saved is not offered again. */
static void
remove_saved (GbxFilesPage *self)
{
  GPtrArray *left = g_ptr_array_new_with_free_func ((GDestroyNotify) gbx_changed_file_free);

  for (guint i = 0; i < self->files->len; i++)
    if (!g_ptr_array_find (self->chosen, self->files->pdata[i], NULL))
      {
        g_ptr_array_add (left, self->files->pdata[i]);
        self->files->pdata[i] = NULL;
      }
    else
      g_clear_pointer (&self->files->pdata[i], gbx_changed_file_free);
  g_ptr_array_set_free_func (self->files, NULL);
  g_ptr_array_unref (self->files);
  self->files = left;
}

static void
tell_saved (GbxFilesPage *self, const GbxFilesSaved *saved)
{
  g_autofree char *folder = saved->first ? g_path_get_dirname (saved->first) : g_strdup ("");
  g_autofree char *shown = g_filename_display_name (folder);
  g_autofree char *text
      = g_strdup_printf (ngettext ("%u file was saved in “%s”. The others are still here.",
                                   "%u files were saved in “%s”. The others are still here.",
                                   saved->n_files),
                         saved->n_files, shown);

  say (self, GTK_MESSAGE_INFO, text);
}

static void
tell_failure (GbxFilesPage *self, const GbxFilesSaved *saved, const GError *error)
{
  guint n = self->chosen->len;
  g_autofree char *text = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    text = g_strdup_printf (ngettext ("Cancelled: %u of %u file was saved.",
                                      "Cancelled: %u of %u files were saved.", n),
                            saved->n_files, n);
  else
    text = g_strdup_printf (ngettext ("%s. %u of %u file was saved.",
                                      "%s. %u of %u files were saved.", n),
                            error->message, saved->n_files, n);
  say (self, GTK_MESSAGE_ERROR, text);
}

static void
save_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GbxFilesPage) self = data;
  g_auto (GbxFilesSaved) saved = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean all;

  if (!gbx_files_save_finish (result, &saved, &error))
    {
      if (!self->sandbox) /* the page has gone */
        return;
      tell_failure (self, &saved, error);
      end_work (self);
      return;
    }
  if (!self->sandbox)
    return;
  all = self->chosen->len == self->files->len;
  if (!all)
    {
      remove_saved (self);
      fill_list (self);
      tell_saved (self, &saved);
    }
  end_work (self);
  if (all)
    finish (self);
}

/* A guest can claim any size, but its memory holds what is in a temporary home. */
static guint64
get_limit (GbxPolicy *policy)
{
  g_autoptr (GVariant) home = gbx_policy_dup_value (policy, "files.home");

  return g_str_equal (g_variant_get_string (home, NULL), "temporary") ? gbx_policy_get_memory (policy)
                                                                      : 0;
}

static GPtrArray *
copy_files (GPtrArray *files)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func ((GDestroyNotify) gbx_changed_file_free);

  for (guint i = 0; files && i < files->len; i++)
    {
      const GbxChangedFile *file = files->pdata[i];
      GbxChangedFile *own = g_new (GbxChangedFile, 1);

      *own = (GbxChangedFile) { g_strdup (file->path), file->size, file->time };
      g_ptr_array_add (copy, own);
    }
  return copy;
}

static void
save_in (GbxFilesPage *self, const char *folder, const char *name)
{
  g_autofree char *origin = g_strconcat ("glovebox:", gbx_sandbox_get_name (self->sandbox), NULL);
  GbxFilesTarget target = { .folder = folder, .origin = origin, .name = name,
                            .mode = name ? GBX_SAVER_REPLACE : GBX_SAVER_NUMBER,
                            .limit = get_limit (gbx_sandbox_get_policy (self->sandbox)) };
  g_autoptr (GPtrArray) copy = NULL;
  g_autoptr (GError) error = NULL;
  int fd = gbx_sandbox_open_files (self->sandbox, FALSE, &error);

  if (fd < 0)
    {
      say (self, GTK_MESSAGE_ERROR, error->message);
      return;
    }
  self->chosen = get_chosen (self);
  begin_work (self);
  /* The thread may outlive the page's own list. */
  copy = copy_files (self->chosen);
  gbx_files_save_async (fd, copy, &target, self->meter, self->cancellable, save_cb,
                        g_object_ref (self));
}

static void
on_folder_chosen (GbxFilesPage *self, int response)
{
  g_autoptr (GtkFileChooserNative) chooser = g_steal_pointer (&self->chooser);
  gboolean one = gtk_file_chooser_get_action (GTK_FILE_CHOOSER (chooser))
                 == GTK_FILE_CHOOSER_ACTION_SAVE;
  g_autofree char *path = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *name = NULL;

  if (response != GTK_RESPONSE_ACCEPT || !self->sandbox)
    return;
  path = gtk_file_chooser_get_filename (GTK_FILE_CHOOSER (chooser));
  if (!path)
    {
      say (self, GTK_MESSAGE_ERROR, _ ("Files can be saved only in a folder of this computer."));
      return;
    }
  folder = one ? g_path_get_dirname (path) : g_strdup (path);
  name = one ? g_path_get_basename (path) : NULL;
  save_in (self, folder, name);
}

static void
on_save_clicked (GbxFilesPage *self)
{
  g_autoptr (GPtrArray) chosen = get_chosen (self);
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_toplevel (GTK_WIDGET (self)));
  const char *documents = g_get_user_special_dir (G_USER_DIRECTORY_DOCUMENTS);
  gboolean one = chosen->len == 1;
  GtkFileChooser *chooser;

  if (chosen->len == 0 || self->chooser)
    return;
  self->chooser = gtk_file_chooser_native_new (
      one ? _ ("Save the File") : _ ("Choose a Folder for the Files"), window,
      one ? GTK_FILE_CHOOSER_ACTION_SAVE : GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _ ("_Save"), NULL);
  chooser = GTK_FILE_CHOOSER (self->chooser);
  gtk_file_chooser_set_current_folder (chooser, documents ? documents : g_get_home_dir ());
  if (one)
    {
      g_autofree char *path = gbx_safe_path (((GbxChangedFile *) chosen->pdata[0])->path, TRUE);
      g_autofree char *last = g_path_get_basename (path);
      g_autofree char *name = gbx_safe_name (last, FALSE);

      gtk_file_chooser_set_current_name (chooser, name);
      gtk_file_chooser_set_do_overwrite_confirmation (chooser, TRUE);
    }
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (on_folder_chosen), self,
                           G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* ----------------------------------------------------------------- keep -- */

static void
tell_kept (GbxFilesPage *self, const char *name)
{
  GtkWidget *dialog = gtk_message_dialog_new (
      GTK_WINDOW (gtk_widget_get_toplevel (GTK_WIDGET (self))),
      GTK_DIALOG_MODAL | GTK_DIALOG_DESTROY_WITH_PARENT, GTK_MESSAGE_INFO, GTK_BUTTONS_CLOSE,
      _ ("The home was kept as “%s”"), name);

  gtk_message_dialog_format_secondary_text (
      GTK_MESSAGE_DIALOG (dialog),
      _ ("To go on with it, start the application with “--home private --home-name %s”, or set "
         "that in its profile. “glovebox home” lists, exports and deletes kept homes."),
      name);
  g_signal_connect (dialog, "response", G_CALLBACK (gtk_widget_destroy), NULL);
  g_signal_connect_object (dialog, "destroy", G_CALLBACK (finish), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
keep_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GbxFilesPage) self = data;
  g_autofree char *name = g_object_steal_data (G_OBJECT (self), "name");
  g_autoptr (GError) error = NULL;
  gboolean done = gbx_home_keep_finish (result, &error);

  if (!self->sandbox)
    return;
  end_work (self);
  if (done)
    tell_kept (self, name);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    say (self, GTK_MESSAGE_INFO, _ ("Cancelled: the home was not kept."));
  else
    say (self, GTK_MESSAGE_ERROR, error->message);
}

static void
on_name_chosen (GbxFilesPage *self, const char *name)
{
  if (!self->sandbox || self->cancellable)
    return;
  begin_work (self);
  g_object_set_data_full (G_OBJECT (self), "name", g_strdup (name), g_free);
  gbx_home_keep_async (self->sandbox, name, self->meter, self->cancellable, keep_cb,
                       g_object_ref (self));
}

static void
on_keep_clicked (GbxFilesPage *self)
{
  g_autofree char *name = gbx_home_keep_suggest_name (gbx_sandbox_get_policy (self->sandbox));
  GtkWidget *dialog = gbx_name_dialog_new (
      GTK_WINDOW (gtk_widget_get_toplevel (GTK_WIDGET (self))), name);

  g_signal_connect_object (dialog, "chosen", G_CALLBACK (on_name_chosen), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* -------------------------------------------------------------- discard -- */

static void
on_discard_answer (GtkDialog *dialog, int response, GbxFilesPage *self)
{
  gtk_widget_destroy (GTK_WIDGET (dialog));
  if (response == GTK_RESPONSE_ACCEPT && self->sandbox)
    finish (self);
}

static void
ask_to_discard (GbxFilesPage *self)
{
  guint n = self->files ? self->files->len : 0;
  GtkWidget *button;

  self->question = gtk_message_dialog_new (
      GTK_WINDOW (gtk_widget_get_toplevel (GTK_WIDGET (self))),
      GTK_DIALOG_MODAL | GTK_DIALOG_DESTROY_WITH_PARENT, GTK_MESSAGE_QUESTION, GTK_BUTTONS_NONE,
      ngettext ("Discard %u file?", "Discard %u files?", n), n);
  gtk_message_dialog_format_secondary_text (GTK_MESSAGE_DIALOG (self->question),
                                            _ ("They cannot be brought back."));
  gtk_dialog_add_button (GTK_DIALOG (self->question), _ ("_Cancel"), GTK_RESPONSE_CANCEL);
  button = gtk_dialog_add_button (GTK_DIALOG (self->question), _ ("_Discard"), GTK_RESPONSE_ACCEPT);
  gtk_style_context_add_class (gtk_widget_get_style_context (button),
                               GTK_STYLE_CLASS_DESTRUCTIVE_ACTION);
  gtk_dialog_set_default_response (GTK_DIALOG (self->question), GTK_RESPONSE_CANCEL);
  g_signal_connect (self->question, "destroy", G_CALLBACK (gtk_widget_destroyed), &self->question);
  g_signal_connect_object (self->question, "response", G_CALLBACK (on_discard_answer), self, 0);
  gtk_window_present (GTK_WINDOW (self->question));
}

void
gbx_files_page_discard (GbxFilesPage *self)
{
  if (self->question)
    gtk_window_present (GTK_WINDOW (self->question));
  else if (self->files && self->files->len > 0)
    ask_to_discard (self);
  else
    finish (self);
}

static void
on_discard_clicked (GbxFilesPage *self)
{
  gbx_files_page_discard (self);
}

/* --------------------------------------------------------------- object -- */

static void
gbx_files_page_dispose (GObject *object)
{
  gbx_files_page_stop (GBX_FILES_PAGE (object));
  g_clear_pointer (&GBX_FILES_PAGE (object)->title, g_free);
  G_OBJECT_CLASS (gbx_files_page_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, GbxFilesPage, bar);
  gtk_widget_class_bind_template_child (widget_class, GbxFilesPage, bar_label);
  gtk_widget_class_bind_template_child (widget_class, GbxFilesPage, heading);
  gtk_widget_class_bind_template_child (widget_class, GbxFilesPage, body);
  gtk_widget_class_bind_template_child (widget_class, GbxFilesPage, scroller);
  gtk_widget_class_bind_template_child (widget_class, GbxFilesPage, view);
  gtk_widget_class_bind_template_child (widget_class, GbxFilesPage, store);
  gtk_widget_class_bind_template_child (widget_class, GbxFilesPage, check_column);
  gtk_widget_class_bind_template_child (widget_class, GbxFilesPage, summary);
  gtk_widget_class_bind_template_child (widget_class, GbxFilesPage, progress_row);
  gtk_widget_class_bind_template_child (widget_class, GbxFilesPage, progress);
  gtk_widget_class_bind_template_child (widget_class, GbxFilesPage, buttons);
  gtk_widget_class_bind_template_child (widget_class, GbxFilesPage, discard_button);
  gtk_widget_class_bind_template_child (widget_class, GbxFilesPage, keep_button);
  gtk_widget_class_bind_template_child (widget_class, GbxFilesPage, save_button);
}

static void
gbx_files_page_class_init (GbxFilesPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gbx_files_page_dispose;
  signals[DONE] = g_signal_new ("done", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 0);
  g_type_ensure (HDY_TYPE_CLAMP);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/glovebox/Glovebox/ui/gbx-files-page.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_all_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_discard_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_save_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_keep_clicked);
}

static void
gbx_files_page_init (GbxFilesPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->all = gtk_check_button_new ();
  gtk_widget_set_can_focus (self->all, FALSE);
  atk_object_set_name (gtk_widget_get_accessible (self->all), _ ("All files"));
  gtk_widget_show (self->all);
  gtk_tree_view_column_set_widget (self->check_column, self->all);
  atk_object_set_name (
      gtk_widget_get_accessible (gtk_tree_view_column_get_button (self->check_column)),
      _ ("All files"));
}

GtkWidget *
gbx_files_page_new (void)
{
  return g_object_new (GBX_TYPE_FILES_PAGE, NULL);
}

static void
describe (GbxFilesPage *self, gboolean more, const GError *error)
{
  guint n = self->files->len;
  g_autofree char *body = NULL;

  if (error)
    body = g_strdup_printf (_ ("%s has ended, and its temporary home goes with it. Whether there "
                               "are changed files could not be found out."),
                            self->title);
  else if (more)
    body = g_strdup_printf (_ ("%s has ended, and its temporary home goes with it. Only the first "
                               "%u changed files are listed; keep the home to lose none."),
                            self->title, n);
  else
    body = g_strdup_printf (ngettext ("%s has ended, and its temporary home goes with it. This "
                                      "file in it is new or changed.",
                                      "%s has ended, and its temporary home goes with it. These "
                                      "files in it are new or changed.",
                                      n),
                            self->title);
  gtk_label_set_text (self->heading, n == 1 ? _ ("Save your file?") : _ ("Save your files?"));
  gtk_label_set_text (self->body, body);
  gtk_widget_set_visible (self->scroller, !error);
  if (error)
    say (self, GTK_MESSAGE_ERROR, error->message);
}

void
gbx_files_page_show (GbxFilesPage *self, GbxSandbox *sandbox, GbxLeftover *leftover,
                     const char *title)
{
  gboolean more;

  gbx_files_page_stop (self);
  self->sandbox = g_object_ref (sandbox);
  self->files = copy_files (gbx_leftover_get_files (leftover, &more));
  g_free (self->title);
  self->title = g_strdup (title);
  gtk_widget_set_sensitive (GTK_WIDGET (self), TRUE);
  be_quiet (self);
  fill_list (self);
  describe (self, more, gbx_leftover_get_error (leftover));
  update (self);
}

void
gbx_files_page_stop (GbxFilesPage *self)
{
  if (self->cancellable)
    {
      g_cancellable_cancel (self->cancellable);
      end_work (self);
    }
  if (self->chooser)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->chooser));
  g_clear_object (&self->chooser);
  if (self->question)
    gtk_widget_destroy (self->question);
  g_clear_object (&self->sandbox);
  g_clear_pointer (&self->files, g_ptr_array_unref);
}

void
gbx_files_page_focus (GbxFilesPage *self)
{
  /* The user may just be typing: a key must not discard anything. */
  gtk_widget_grab_focus (self->files->len > 0 ? GTK_WIDGET (self->view) : self->keep_button);
}
