/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-editor-notice"

#include "config.h"

#include "gbx-editor-notice.h"

#include <glib/gi18n.h>

enum
{
  RESPONSE_RETRY = 1,
  RESPONSE_MINE,
  RESPONSE_THEIRS,
  RESPONSE_CLOSE,
};

typedef struct
{
  GtkMessageType type;
  char *text;
  const char *labels[2];
  int responses[2];
} Notice;

static Notice
make_notice (GbxEditorModel *model)
{
  switch (gbx_editor_model_get_condition (model))
    {
    case GBX_EDITOR_FAILED:
      return (Notice){ GTK_MESSAGE_ERROR,
                       g_strdup (gbx_editor_model_get_message (model)),
                       { _ ("_Retry"), NULL },
                       { RESPONSE_RETRY, 0 } };
    case GBX_EDITOR_CONFLICT:
      return (Notice){ GTK_MESSAGE_WARNING,
                       g_strdup (_ ("Another program has changed the profile, and you have changes "
                                    "that are not saved.")),
                       { _ ("_Keep Mine"), _ ("_Use Theirs") },
                       { RESPONSE_MINE, RESPONSE_THEIRS } };
    case GBX_EDITOR_GONE:
      return (Notice){ GTK_MESSAGE_WARNING,
                       g_strdup (_ ("The profile does not exist any more.")),
                       { _ ("_Save It Again"), _ ("C_lose") },
                       { RESPONSE_MINE, RESPONSE_CLOSE } };
    case GBX_EDITOR_SAVED:
    case GBX_EDITOR_UNSAVED:
    case GBX_EDITOR_SAVING:
    case GBX_EDITOR_DAMAGED:
    default:
      break;
    }
  if (gbx_editor_model_has_lost_application (model))
    return (Notice){ GTK_MESSAGE_INFO,
                     g_strdup (_ ("The application is not installed any more. Its profile stays.")),
                     { NULL, NULL },
                     { 0, 0 } };
  return (Notice){ GTK_MESSAGE_INFO, NULL, { NULL, NULL }, { 0, 0 } };
}

static void
on_response (GtkInfoBar *bar, int response, gpointer user_data)
{
  GbxEditorModel *model = user_data;

  if (response == RESPONSE_RETRY)
    gbx_editor_model_save (model);
  else if (response == RESPONSE_MINE)
    gbx_editor_model_keep_mine (model);
  else if (response == RESPONSE_THEIRS)
    gbx_editor_model_take_theirs (model);
  else if (response == RESPONSE_CLOSE)
    gtk_window_close (GTK_WINDOW (gtk_widget_get_toplevel (GTK_WIDGET (bar))));
}

static GtkWidget *
make_label (const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_line_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_line_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  atk_object_set_role (gtk_widget_get_accessible (label), ATK_ROLE_ALERT);
  gtk_widget_show (label);
  return label;
}

static void
add_bar (GtkWidget *box, GbxEditorModel *model, const Notice *notice)
{
  GtkWidget *bar = gtk_info_bar_new ();

  gtk_info_bar_set_message_type (GTK_INFO_BAR (bar), notice->type);
  gtk_orientable_set_orientation (
      GTK_ORIENTABLE (gtk_info_bar_get_action_area (GTK_INFO_BAR (bar))),
      GTK_ORIENTATION_VERTICAL);
  gtk_container_add (GTK_CONTAINER (gtk_info_bar_get_content_area (GTK_INFO_BAR (bar))),
                     make_label (notice->text));
  for (guint i = 0; i < G_N_ELEMENTS (notice->labels) && notice->labels[i]; i++)
    gtk_info_bar_add_button (GTK_INFO_BAR (bar), notice->labels[i], notice->responses[i]);
  g_signal_connect_object (bar, "response", G_CALLBACK (on_response), model, 0);
  gtk_widget_show (bar);
  gtk_container_add (GTK_CONTAINER (box), bar);
}

void
gbx_editor_notice_show (GtkWidget *box, GbxEditorModel *model)
{
  Notice notice = make_notice (model);
  g_autofree char *text = notice.text;
  const char *shown = g_object_get_data (G_OBJECT (box), "shown");

  if (g_strcmp0 (text, shown) == 0)
    return;
  gtk_container_foreach (GTK_CONTAINER (box), (GtkCallback)gtk_widget_destroy, NULL);
  if (text)
    add_bar (box, model, &notice);
  g_object_set_data_full (G_OBJECT (box), "shown", g_steal_pointer (&text), g_free);
}

static void
open_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GbxEditorModel) model = user_data;

  if (!g_app_info_launch_default_for_uri_finish (result, &error))
    gbx_editor_model_tell (model, error->message);
}

void
gbx_editor_notice_open_folder (GtkWindow *window, GbxEditorModel *model)
{
  g_autofree char *folder = g_path_get_dirname (gbx_editor_model_get_path (model));
  g_autofree char *uri = g_filename_to_uri (folder, NULL, NULL);
  g_autoptr (GdkAppLaunchContext) context
      = gdk_display_get_app_launch_context (gtk_widget_get_display (GTK_WIDGET (window)));

  g_app_info_launch_default_for_uri_async (uri, G_APP_LAUNCH_CONTEXT (context), NULL, open_cb,
                                           g_object_ref (model));
}
