/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-editor-try"

#include "config.h"

#include "gbx-editor-try.h"

#include "gbx-editor-applications.h"
#include "gbx-editor-profile.h"
#include "gbx-editor-shares.h"

#include "gbx-paths.h"

#include <fcntl.h>
#include <gio/gunixinputstream.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <unistd.h>

/* Of the pipe in which "glovebox run" tells how it went. */
#define REPORT_FD 3

/* One attempt, on its way through the questions. */
typedef struct
{
  GtkWindow *window; /* (nullable) (unowned), with a weak pointer */
  GbxEditorModel *model;
  char *desktop_id;
  GPtrArray *asked;   /* (element-type utf8): names of shares without an answer */
  GPtrArray *answers; /* (element-type utf8): "NAME=PATH" */
} Attempt;

static void
attempt_free (Attempt *self)
{
  g_clear_weak_pointer (&self->window);
  g_object_unref (self->model);
  g_ptr_array_unref (self->asked);
  g_ptr_array_unref (self->answers);
  g_free (self->desktop_id);
  g_free (self);
}

static void
show_failure (Attempt *self, const char *why)
{
  GtkWidget *dialog = gtk_message_dialog_new (self->window, GTK_DIALOG_MODAL, GTK_MESSAGE_ERROR,
                                              GTK_BUTTONS_CLOSE, "%s",
                                              _ ("The application could not be started"));

  gtk_message_dialog_format_secondary_text (GTK_MESSAGE_DIALOG (dialog), "%s", why);
  g_signal_connect (dialog, "response", G_CALLBACK (gtk_widget_destroy), NULL);
  gtk_window_present (GTK_WINDOW (dialog));
}

char **
gbx_editor_try_make_command (GbxEditorModel *model, const char *desktop_id,
                             const char *const *answers)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *program = gbx_path_program ("glovebox");
  g_autofree char *report = g_strdup_printf ("--report-fd=%d", REPORT_FD);

  g_strv_builder_add (builder, program ? program : "glovebox");
  g_strv_builder_add (builder, "run");
  g_strv_builder_add (builder, report);
  /* Before the first change there is none, and the one that it would inherit is chosen. */
  if (gbx_editor_model_exists (model))
    {
      g_strv_builder_add (builder, "--profile");
      g_strv_builder_add (builder, gbx_editor_model_get_id (model));
    }
  for (guint i = 0; answers && answers[i]; i++)
    {
      g_strv_builder_add (builder, "--share-for");
      g_strv_builder_add (builder, answers[i]);
    }
  g_strv_builder_add (builder, "--");
  g_strv_builder_add (builder, desktop_id);
  return g_strv_builder_end (builder);
}

/* "glovebox run" says why it failed; the window that it becomes writes an empty line. */
static void
report_cb (GObject *stream, GAsyncResult *result, gpointer user_data)
{
  Attempt *self = user_data;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *text = NULL;

  g_output_stream_splice_finish (G_OUTPUT_STREAM (stream), result, NULL);
  bytes = g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (stream));
  text = g_utf8_make_valid (g_bytes_get_data (bytes, NULL), (gssize)g_bytes_get_size (bytes));
  if (text[0] != '\n' && *g_strstrip (text) && self->window)
    show_failure (self, text);
  attempt_free (self);
}

static void
read_report (Attempt *self, int fd)
{
  g_autoptr (GInputStream) report = g_unix_input_stream_new (fd, TRUE);
  g_autoptr (GOutputStream) text = g_memory_output_stream_new_resizable ();

  g_output_stream_splice_async (text, report,
                                G_OUTPUT_STREAM_SPLICE_CLOSE_SOURCE
                                    | G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET,
                                G_PRIORITY_DEFAULT, NULL, report_cb, self);
}

/* Ctrl+C in the terminal of this program is not for the sandboxes.  Only what is safe between fork
 * and exec is done here. */
static void
detach (gpointer data)
{
  setsid ();
}

/* It outlives the editor. */
static gboolean
spawn (Attempt *self, int fd, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autoptr (GSubprocess) process = NULL;
  g_auto (GStrv) command = NULL;

  g_ptr_array_add (self->answers, NULL);
  command = gbx_editor_try_make_command (self->model, self->desktop_id,
                                         (const char *const *)self->answers->pdata);
  g_subprocess_launcher_take_fd (launcher, fd, REPORT_FD);
  g_subprocess_launcher_set_child_setup (launcher, detach, NULL, NULL);
  process = g_subprocess_launcher_spawnv (launcher, (const char *const *)command, error);
  return process != NULL;
}

static void
launch (Attempt *self)
{
  g_autoptr (GError) error = NULL;
  int fds[2];

  if (!g_unix_open_pipe (fds, FD_CLOEXEC, &error))
    {
      show_failure (self, error->message);
      attempt_free (self);
      return;
    }
  if (!spawn (self, fds[1], &error))
    {
      close (fds[0]);
      show_failure (self, error->message);
      attempt_free (self);
      return;
    }
  read_report (self, fds[0]);
}

/* ---------------------------------------------------------------- shares -- */

static void ask_next (Attempt *self);

static void
on_answer (GtkNativeDialog *dialog, int response, gpointer user_data)
{
  Attempt *self = user_data;
  g_autofree char *path = response == GTK_RESPONSE_ACCEPT
                              ? gtk_file_chooser_get_filename (GTK_FILE_CHOOSER (dialog))
                              : NULL;

  g_object_unref (dialog);
  if (!path)
    {
      attempt_free (self);
      return;
    }
  g_ptr_array_add (self->answers,
                   g_strconcat (self->asked->pdata[self->asked->len - 1], "=", path, NULL));
  g_ptr_array_set_size (self->asked, (int)self->asked->len - 1);
  ask_next (self);
}

static void
ask_next (Attempt *self)
{
  GtkFileChooserNative *dialog;
  g_autofree char *title = NULL;

  if (self->asked->len == 0)
    {
      launch (self);
      return;
    }
  title = g_strdup_printf (_ ("Folder for “%s”"),
                           (char *)self->asked->pdata[self->asked->len - 1]);
  dialog = gtk_file_chooser_native_new (title, self->window,
                                        GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _ ("_Share"), NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect (dialog, "response", G_CALLBACK (on_answer), self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
find_asked (Attempt *self)
{
  g_autoptr (GPtrArray) shares = gbx_editor_shares_list (self->model);

  for (guint i = 0; i < shares->len; i++)
    {
      GbxEditorShare *share = shares->pdata[i];

      if (g_str_equal (share->presence, "ask") && !g_str_equal (share->access, "none"))
        g_ptr_array_add (self->asked, g_strdup (share->name));
    }
}

/* --------------------------------------------------------------- saving -- */

static void
on_condition (GbxEditorModel *model, Attempt *self)
{
  GbxEditorCondition condition = gbx_editor_model_get_condition (model);

  if (condition == GBX_EDITOR_UNSAVED || condition == GBX_EDITOR_SAVING)
    return;
  g_signal_handlers_disconnect_by_func (model, on_condition, self);
  /* Anything else is told by the window. */
  if (condition == GBX_EDITOR_SAVED)
    ask_next (self);
  else
    attempt_free (self);
}

static void
start (Attempt *self)
{
  find_asked (self);
  g_signal_connect (self->model, "condition-changed", G_CALLBACK (on_condition), self);
  gbx_editor_model_save (self->model);
  on_condition (self->model, self);
}

/* ----------------------------------------------------------- application -- */

static void
start_with (GtkWindow *window, GbxEditorModel *model, const char *desktop_id)
{
  Attempt *self = g_new0 (Attempt, 1);

  g_set_weak_pointer (&self->window, window);
  self->model = g_object_ref (model);
  self->desktop_id = g_strdup (desktop_id);
  self->asked = g_ptr_array_new_with_free_func (g_free);
  self->answers = g_ptr_array_new_with_free_func (g_free);
  start (self);
}

static void
on_chosen (const char *id, gpointer object)
{
  start_with (object, g_object_get_data (object, "try-model"), id);
}

void
gbx_editor_try (GtkWindow *window, GbxEditorModel *model)
{
  g_autofree char *desktop_id = gbx_editor_profile_dup_installed (model);

  if (desktop_id)
    {
      start_with (window, model, desktop_id);
      return;
    }
  g_object_set_data_full (G_OBJECT (window), "try-model", g_object_ref (model), g_object_unref);
  gbx_editor_applications_choose (window, _ ("Try It With"), on_chosen, window);
}
