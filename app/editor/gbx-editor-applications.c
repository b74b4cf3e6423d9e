/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-editor-applications"

#include "config.h"

#include "gbx-editor-applications.h"

#include <gio/gdesktopappinfo.h>
#include <glib/gi18n.h>
#include <handy.h>
#include <string.h>

/* Rows that are made in one turn of the main loop. */
#define BATCH 20

typedef struct
{
  GtkWidget *window;  /* (unowned) */
  GtkWidget *list;    /* (unowned) */
  GtkWidget *search;  /* (unowned) */
  GbxEditorApplicationChosen chosen;
  GObject *object; /* (nullable) (unowned), with a weak pointer */
  GList *rest;     /* (element-type GAppInfo): without a row yet */
  guint source;
  GCancellable *cancellable;
} Chooser;

static void
chooser_free (gpointer data)
{
  Chooser *self = data;

  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  g_clear_handle_id (&self->source, g_source_remove);
  g_list_free_full (self->rest, g_object_unref);
  g_clear_weak_pointer (&self->object);
  g_free (self);
}

/* ------------------------------------------------------------------ list -- */

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return g_utf8_collate (g_app_info_get_name ((GAppInfo *)a), g_app_info_get_name ((GAppInfo *)b));
}

/* Hundreds of files are read. */
static void
load_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GList *all = g_app_info_get_all (), *shown = NULL;

  for (GList *at = all; at; at = at->next)
    if (g_app_info_should_show (at->data) && g_app_info_get_id (at->data))
      shown = g_list_prepend (shown, g_object_ref (at->data));
  g_list_free_full (all, g_object_unref);
  g_task_return_pointer (task, g_list_sort (shown, compare_names), NULL);
}

static void
add_row (Chooser *self, GAppInfo *info)
{
  GtkWidget *row = hdy_action_row_new ();
  GIcon *icon = g_app_info_get_icon (info);
  GtkWidget *image = icon ? gtk_image_new_from_gicon (icon, GTK_ICON_SIZE_LARGE_TOOLBAR)
                          : gtk_image_new_from_icon_name ("application-x-executable",
                                                          GTK_ICON_SIZE_LARGE_TOOLBAR);

  gtk_image_set_pixel_size (GTK_IMAGE (image), 24);
  gtk_widget_show (image);
  hdy_action_row_add_prefix (HDY_ACTION_ROW (row), image);
  hdy_preferences_row_set_title (HDY_PREFERENCES_ROW (row), g_app_info_get_name (info));
  hdy_action_row_set_subtitle (HDY_ACTION_ROW (row), g_app_info_get_description (info));
  hdy_action_row_set_subtitle_lines (HDY_ACTION_ROW (row), 1);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  atk_object_set_name (gtk_widget_get_accessible (row), g_app_info_get_name (info));
  g_object_set_data_full (G_OBJECT (row), "id", g_strdup (g_app_info_get_id (info)), g_free);
  gtk_widget_show (row);
  gtk_container_add (GTK_CONTAINER (self->list), row);
}

static gboolean
on_idle (gpointer user_data)
{
  Chooser *self = user_data;

  for (guint i = 0; i < BATCH && self->rest; i++)
    {
      g_autoptr (GAppInfo) info = self->rest->data;

      add_row (self, info);
      self->rest = g_list_delete_link (self->rest, self->rest);
    }
  if (self->rest)
    return G_SOURCE_CONTINUE;
  self->source = 0;
  return G_SOURCE_REMOVE;
}

static void
load_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Chooser *self = user_data;
  GList *all = g_task_propagate_pointer (G_TASK (result), NULL);

  if (g_cancellable_is_cancelled (g_task_get_cancellable (G_TASK (result))))
    {
      g_list_free_full (all, g_object_unref);
      return;
    }
  self->rest = all;
  self->source = g_idle_add (on_idle, self);
}

static void
load (Chooser *self)
{
  g_autoptr (GTask) task = g_task_new (NULL, self->cancellable, load_cb, self);

  g_task_set_check_cancellable (task, FALSE);
  g_task_run_in_thread (task, load_thread);
}

/* ---------------------------------------------------------------- window -- */

static gboolean
is_found (GtkListBoxRow *row, gpointer user_data)
{
  Chooser *self = user_data;
  const char *words = gtk_entry_get_text (GTK_ENTRY (self->search));
  const char *title = hdy_preferences_row_get_title (HDY_PREFERENCES_ROW (row));
  const char *id = g_object_get_data (G_OBJECT (row), "id");

  return g_str_match_string (words, title, TRUE) || g_str_match_string (words, id, TRUE);
}

static void
on_activated (GtkListBox *list, GtkListBoxRow *row, gpointer user_data)
{
  Chooser *self = user_data;
  g_autofree char *id = g_strdup (g_object_get_data (G_OBJECT (row), "id"));
  g_autoptr (GObject) object = self->object ? g_object_ref (self->object) : NULL;
  GbxEditorApplicationChosen chosen = self->chosen;

  gtk_widget_destroy (self->window);
  if (object)
    chosen (id, object);
}

/* Enter in the search takes the first that is found. */
static void
on_search_activated (Chooser *self)
{
  g_autoptr (GList) rows = gtk_container_get_children (GTK_CONTAINER (self->list));

  for (GList *at = rows; at; at = at->next)
    if (gtk_widget_get_child_visible (at->data))
      {
        on_activated (GTK_LIST_BOX (self->list), at->data, self);
        return;
      }
}

static GtkWidget *
make_list (Chooser *self)
{
  GtkWidget *scrolled = gtk_scrolled_window_new (NULL, NULL);
  GtkWidget *nothing = gtk_label_new (_ ("No application was found"));

  gtk_widget_show (nothing);
  self->list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self->list), GTK_SELECTION_NONE);
  gtk_list_box_set_placeholder (GTK_LIST_BOX (self->list), nothing);
  gtk_list_box_set_filter_func (GTK_LIST_BOX (self->list), is_found, self, NULL);
  g_signal_connect (self->list, "row-activated", G_CALLBACK (on_activated), self);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_container_add (GTK_CONTAINER (scrolled), self->list);
  gtk_widget_set_vexpand (scrolled, TRUE);
  return scrolled;
}

static gboolean
on_key (GtkWidget *window, GdkEventKey *event)
{
  if (event->keyval != GDK_KEY_Escape)
    return GDK_EVENT_PROPAGATE;
  gtk_window_close (GTK_WINDOW (window));
  return GDK_EVENT_STOP;
}

static GtkWidget *
make_contents (Chooser *self, const char *title)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *header = hdy_header_bar_new ();

  hdy_header_bar_set_title (HDY_HEADER_BAR (header), title);
  hdy_header_bar_set_show_close_button (HDY_HEADER_BAR (header), TRUE);
  self->search = gtk_search_entry_new ();
  gtk_widget_set_margin_start (self->search, 12);
  gtk_widget_set_margin_end (self->search, 12);
  gtk_widget_set_margin_top (self->search, 12);
  gtk_widget_set_margin_bottom (self->search, 12);
  atk_object_set_name (gtk_widget_get_accessible (self->search), _ ("Search applications"));
  gtk_container_add (GTK_CONTAINER (box), header);
  gtk_container_add (GTK_CONTAINER (box), self->search);
  gtk_container_add (GTK_CONTAINER (box), make_list (self));
  g_signal_connect_swapped (self->search, "search-changed",
                            G_CALLBACK (gtk_list_box_invalidate_filter), self->list);
  g_signal_connect_swapped (self->search, "activate", G_CALLBACK (on_search_activated), self);
  return box;
}

void
gbx_editor_applications_choose (GtkWindow *parent, const char *title,
                                GbxEditorApplicationChosen chosen, gpointer object)
{
  Chooser *self = g_new0 (Chooser, 1);

  self->chosen = chosen;
  g_set_weak_pointer (&self->object, G_OBJECT (object));
  self->cancellable = g_cancellable_new ();
  self->window = g_object_new (HDY_TYPE_WINDOW, "transient-for", parent, "modal", TRUE, "title",
                               title, "default-width", 360, "default-height", 480,
                               "destroy-with-parent", TRUE, NULL);
  g_object_set_data_full (G_OBJECT (self->window), "chooser", self, chooser_free);
  gtk_container_add (GTK_CONTAINER (self->window), make_contents (self, title));
  g_signal_connect (self->window, "key-press-event", G_CALLBACK (on_key), NULL);
  load (self);
  gtk_widget_show_all (self->window);
  gtk_widget_grab_focus (self->search);
}
