/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-log-save"
#include "config.h"

#include "gbx-log-save.h"

#include <glib/gi18n.h>

typedef struct
{
  GApplication *application; /* (nullable): held, since the window may close meanwhile */
  GtkWindow *parent;         /* (nullable) (unowned) */
  GtkFileChooserNative *chooser;
  GBytes *text;
} Save;

static void
save_free (Save *save)
{
  if (save->application)
    g_application_release (save->application);
  g_clear_weak_pointer (&save->parent);
  g_object_unref (save->chooser);
  g_bytes_unref (save->text);
  g_free (save);
}

static void
complain (GtkWindow *parent, const char *path, const GError *error)
{
  GtkWidget *dialog = gtk_message_dialog_new (
      parent, GTK_DIALOG_MODAL | GTK_DIALOG_DESTROY_WITH_PARENT, GTK_MESSAGE_ERROR,
      GTK_BUTTONS_CLOSE, _ ("The text was not saved to “%s”"), path);

  gtk_message_dialog_format_secondary_text (GTK_MESSAGE_DIALOG (dialog), "%s", error->message);
  g_signal_connect (dialog, "response", G_CALLBACK (gtk_widget_destroy), NULL);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
write_cb (GObject *file, GAsyncResult *result, gpointer data)
{
  Save *save = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_file_get_parse_name (G_FILE (file));

  if (!g_file_replace_contents_finish (G_FILE (file), result, NULL, &error))
    complain (save->parent, path, error);
  save_free (save);
}

static void
on_chosen (GtkNativeDialog *dialog, int response, Save *save)
{
  g_autoptr (GFile) file = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  if (file)
    g_file_replace_contents_bytes_async (file, save->text, NULL, FALSE, G_FILE_CREATE_PRIVATE, NULL,
                                         write_cb, save);
  else
    save_free (save);
}

static void
suggest_file (GtkFileChooser *chooser, const char *title)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *time = g_date_time_format (now, "%Y-%m-%d %H-%M-%S");
  /* Translators: a file name, of the application's title and the time. */
  g_autofree char *name = g_strdup_printf (_ ("Log of %s, %s.txt"), title, time);
  const char *documents = g_get_user_special_dir (G_USER_DIRECTORY_DOCUMENTS);

  g_strdelimit (name, "/", '-');
  gtk_file_chooser_set_current_name (chooser, name);
  gtk_file_chooser_set_current_folder (chooser, documents ? documents : g_get_home_dir ());
}

void
gbx_log_save_run (GtkWindow *parent, const char *title, const char *text)
{
  Save *save = g_new0 (Save, 1);

  save->application = g_application_get_default ();
  if (save->application)
    g_application_hold (save->application);
  g_set_weak_pointer (&save->parent, parent);
  save->text = g_bytes_new (text, strlen (text));
  save->chooser = gtk_file_chooser_native_new (_ ("Save the Log"), parent,
                                               GTK_FILE_CHOOSER_ACTION_SAVE, NULL, NULL);
  gtk_file_chooser_set_do_overwrite_confirmation (GTK_FILE_CHOOSER (save->chooser), TRUE);
  suggest_file (GTK_FILE_CHOOSER (save->chooser), title);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (save->chooser), TRUE);
  g_signal_connect (save->chooser, "response", G_CALLBACK (on_chosen), save);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (save->chooser));
}
