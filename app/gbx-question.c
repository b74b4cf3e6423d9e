/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-question"
#include "config.h"

#include "gbx-question.h"

#include <glib/gi18n.h>
#include <stdio.h>

enum
{
  RESPONSE_FILE = 1,
  RESPONSE_FOLDER,
};

/* A long name without blanks does not make the dialog wider than the screen. */
static void
wrap_anywhere (GtkWidget *label, gpointer data)
{
  PangoAttrList *own = gtk_label_get_attributes (GTK_LABEL (label));
  g_autoptr (PangoAttrList) attributes = own ? pango_attr_list_copy (own) : pango_attr_list_new ();

  /* A hyphen at the end of a line would look like a part of a name. */
  pango_attr_list_insert (attributes, pango_attr_insert_hyphens_new (FALSE));
  gtk_label_set_attributes (GTK_LABEL (label), attributes);
  gtk_label_set_line_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 50);
  gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_CENTER);
  gtk_label_set_xalign (GTK_LABEL (label), 0.5);
}

static GtkWidget *
make_dialog (GtkApplication *application, const char *heading, const char *detail)
{
  g_autofree char *valid = g_utf8_make_valid (heading, -1);
  g_autofree char *valid_detail = g_utf8_make_valid (detail ? detail : "", -1);
  GtkWidget *dialog = gtk_message_dialog_new (NULL, 0, GTK_MESSAGE_QUESTION, GTK_BUTTONS_NONE, "%s",
                                              valid);
  GtkWidget *area = gtk_message_dialog_get_message_area (GTK_MESSAGE_DIALOG (dialog));

  gtk_message_dialog_format_secondary_text (GTK_MESSAGE_DIALOG (dialog), "%s", valid_detail);
  gtk_container_foreach (GTK_CONTAINER (area), wrap_anywhere, NULL);
  gtk_window_set_title (GTK_WINDOW (dialog), _ ("Glovebox"));
  gtk_window_set_position (GTK_WINDOW (dialog), GTK_WIN_POS_CENTER);
  gtk_window_set_skip_taskbar_hint (GTK_WINDOW (dialog), FALSE);
  gtk_window_set_application (GTK_WINDOW (dialog), application);
  return dialog;
}

/* -------------------------------------------------------------- answers -- */

static void
on_response (GtkWidget *dialog, int response)
{
  if (response >= 0)
    g_print ("%d\n", response);
  gtk_widget_destroy (dialog);
}

void
gbx_question_show (GtkApplication *application, const char *heading, const char *detail,
                   const char *const *answers)
{
  GtkWidget *dialog = make_dialog (application, heading, detail);
  int n = (int) g_strv_length ((char **) answers);

  /* The last one does nothing, and is where a desktop has it. */
  for (int i = n; i-- > 0;)
    gtk_dialog_add_button (GTK_DIALOG (dialog), answers[i], i == n - 1 ? GTK_RESPONSE_CANCEL : i);
  gtk_dialog_set_default_response (GTK_DIALOG (dialog), GTK_RESPONSE_CANCEL);
  g_signal_connect (dialog, "response", G_CALLBACK (on_response), NULL);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* ----------------------------------------------------------------- path -- */

static void
on_chosen (GtkNativeDialog *chooser, int response, GtkWidget *dialog)
{
  g_autofree char *path = response == GTK_RESPONSE_ACCEPT
                              ? gtk_file_chooser_get_filename (GTK_FILE_CHOOSER (chooser))
                              : NULL;

  if (path)
    fprintf (stdout, "%s\n", path);
  gtk_native_dialog_destroy (chooser);
  g_object_unref (chooser);
  if (path)
    gtk_widget_destroy (dialog);
}

static void
on_kind_chosen (GtkWidget *dialog, int response)
{
  GtkFileChooserNative *chooser;

  if (response != RESPONSE_FILE && response != RESPONSE_FOLDER)
    {
      gtk_widget_destroy (dialog);
      return;
    }
  chooser = gtk_file_chooser_native_new (gtk_window_get_title (GTK_WINDOW (dialog)),
                                         GTK_WINDOW (dialog),
                                         response == RESPONSE_FILE
                                             ? GTK_FILE_CHOOSER_ACTION_OPEN
                                             : GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER,
                                         NULL, NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect (chooser, "response", G_CALLBACK (on_chosen), dialog);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

void
gbx_question_choose_path (GtkApplication *application, const char *heading, const char *detail)
{
  GtkWidget *dialog = make_dialog (application, heading, detail);

  gtk_dialog_add_buttons (GTK_DIALOG (dialog), _ ("_Cancel"), GTK_RESPONSE_CANCEL,
                          _ ("Choose a _File…"), RESPONSE_FILE, _ ("Choose a F_older…"),
                          RESPONSE_FOLDER, NULL);
  gtk_dialog_set_default_response (GTK_DIALOG (dialog), RESPONSE_FOLDER);
  g_signal_connect (dialog, "response", G_CALLBACK (on_kind_chosen), NULL);
  gtk_window_present (GTK_WINDOW (dialog));
}
