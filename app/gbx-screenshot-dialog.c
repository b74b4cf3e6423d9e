/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-screenshot-dialog"
#include "config.h"

#include "gbx-screenshot-dialog.h"

#include "gbx-png.h"

#include <glib/gi18n.h>

typedef struct
{
  GApplication *application; /* held */
  char *title;
  GdkPixbuf *pixbuf;             /* (nullable) */
  GtkFileChooserNative *chooser; /* (nullable) */
} Save;

static void
save_free (Save *save)
{
  g_clear_object (&save->pixbuf);
  g_clear_object (&save->chooser);
  g_application_release (save->application);
  g_object_unref (save->application);
  g_free (save->title);
  g_free (save);
}

static void
save_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (gbx_png_save_finish (result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_chosen (GtkNativeDialog *dialog, int response, gpointer data)
{
  g_autoptr (GTask) task = data;
  Save *save = g_task_get_task_data (task);
  g_autofree char *path = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    path = gtk_file_chooser_get_filename (GTK_FILE_CHOOSER (dialog));
  if (path)
    gbx_png_save_async (save->pixbuf, path, NULL, save_cb, g_steal_pointer (&task));
  else
    g_task_return_boolean (task, FALSE);
}

static void
suggest_file (GtkFileChooser *chooser, const char *title)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *time = g_date_time_format (now, "%Y-%m-%d %H-%M-%S");
  /* Translators: a file name, of the application's title and the time. */
  g_autofree char *name = g_strdup_printf (_ ("Screenshot of %s, %s.png"), title, time);
  const char *pictures = g_get_user_special_dir (G_USER_DIRECTORY_PICTURES);

  g_strdelimit (name, "/", '-');
  gtk_file_chooser_set_current_name (chooser, name);
  gtk_file_chooser_set_current_folder (chooser, pictures ? pictures : g_get_home_dir ());
}

static void
screenshot_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Save *save = g_task_get_task_data (task);
  GtkWindow *parent = g_task_get_source_object (task);
  GError *error = NULL;

  save->pixbuf = gbx_display_screenshot_finish (GBX_DISPLAY (object), result, &error);
  if (!save->pixbuf)
    {
      g_task_return_error (task, error);
      return;
    }
  if (!gtk_widget_get_realized (GTK_WIDGET (parent))) /* it has closed */
    {
      g_task_return_boolean (task, FALSE);
      return;
    }
  save->chooser = gtk_file_chooser_native_new (_ ("Save the Screenshot"), parent,
                                               GTK_FILE_CHOOSER_ACTION_SAVE, NULL, NULL);
  gtk_file_chooser_set_do_overwrite_confirmation (GTK_FILE_CHOOSER (save->chooser), TRUE);
  suggest_file (GTK_FILE_CHOOSER (save->chooser), save->title);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (save->chooser), TRUE);
  g_signal_connect (save->chooser, "response", G_CALLBACK (on_chosen), g_steal_pointer (&task));
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (save->chooser));
}

void
gbx_screenshot_dialog_run_async (GbxDisplay *display, GtkWindow *parent, const char *title,
                                 GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (parent, NULL, callback, user_data);
  Save *save = g_new0 (Save, 1);

  save->application = g_object_ref (g_application_get_default ());
  g_application_hold (save->application);
  save->title = g_strdup (title);
  g_task_set_source_tag (task, gbx_screenshot_dialog_run_async);
  g_task_set_task_data (task, save, (GDestroyNotify)save_free);
  /* Before the dialog, which would decide what is on the picture. */
  gbx_display_screenshot_async (display, NULL, screenshot_cb, task);
}

gboolean
gbx_screenshot_dialog_run_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
