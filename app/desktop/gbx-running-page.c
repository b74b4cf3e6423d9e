/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-running-page"
#include "config.h"

#include "gbx-running-page.h"

#include "gbx-paths.h"
#include "gbx-running-row.h"
#include "gbx-runtime.h"

/* A folder is made before its lock and its socket; and events come in bursts. */
#define SETTLE_MS 200

struct _GbxRunningPage
{
  GtkStack parent_instance;

  GtkListBox *list; /* template */
  GtkWidget *empty, *filled; /* template */

  GFileMonitor *monitor; /* (nullable): of the runtime folder */
  guint settle; /* source */
  guint tick;   /* source: while it is shown */
};

G_DEFINE_FINAL_TYPE (GbxRunningPage, gbx_running_page, GTK_TYPE_STACK)

static GbxRunningRow *
find_row (GbxRunningPage *self, const char *name)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)); i++)
    if (g_str_equal (gbx_running_row_get_name (GBX_RUNNING_ROW (row)), name))
      return GBX_RUNNING_ROW (row);
  return NULL;
}

static void
remove_gone (GbxRunningPage *self, const char *const *names)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i));)
    if (g_strv_contains (names, gbx_running_row_get_name (GBX_RUNNING_ROW (row))))
      i++;
    else
      gtk_widget_destroy (GTK_WIDGET (row));
}

static void
update (GbxRunningPage *self)
{
  g_auto (GStrv) names = gbx_running_list_names ();

  remove_gone (self, (const char *const *)names);
  for (guint i = 0; names[i]; i++)
    if (!find_row (self, names[i]))
      gtk_container_add (GTK_CONTAINER (self->list), gbx_running_row_new (names[i]));
  gtk_stack_set_visible_child (GTK_STACK (self), names[0] ? self->filled : self->empty);
}

static gboolean
on_settled (gpointer data)
{
  GbxRunningPage *self = data;

  self->settle = 0;
  update (self);
  return G_SOURCE_REMOVE;
}

static void
on_folder_changed (GbxRunningPage *self)
{
  if (!self->settle)
    self->settle = g_timeout_add (SETTLE_MS, on_settled, self);
}

static void
tick_row (GtkWidget *row, gpointer data)
{
  gbx_running_row_tick (GBX_RUNNING_ROW (row));
}

static gboolean
on_tick (gpointer data)
{
  GbxRunningPage *self = data;

  gtk_container_foreach (GTK_CONTAINER (self->list), tick_row, NULL);
  return G_SOURCE_CONTINUE;
}

/* ---------------------------------------------------------------- object -- */

static void
gbx_running_page_map (GtkWidget *widget)
{
  GbxRunningPage *self = GBX_RUNNING_PAGE (widget);

  GTK_WIDGET_CLASS (gbx_running_page_parent_class)->map (widget);
  update (self);
  on_tick (self);
  if (!self->tick)
    self->tick = g_timeout_add_seconds (1, on_tick, self);
}

static void
gbx_running_page_unmap (GtkWidget *widget)
{
  g_clear_handle_id (&GBX_RUNNING_PAGE (widget)->tick, g_source_remove);
  GTK_WIDGET_CLASS (gbx_running_page_parent_class)->unmap (widget);
}

static int
compare_rows (GtkListBoxRow *one, GtkListBoxRow *other, gpointer data)
{
  return g_utf8_collate (gbx_running_row_get_name (GBX_RUNNING_ROW (one)),
                         gbx_running_row_get_name (GBX_RUNNING_ROW (other)));
}

static void
gbx_running_page_dispose (GObject *object)
{
  GbxRunningPage *self = GBX_RUNNING_PAGE (object);

  g_clear_handle_id (&self->settle, g_source_remove);
  g_clear_handle_id (&self->tick, g_source_remove);
  g_clear_object (&self->monitor);
  G_OBJECT_CLASS (gbx_running_page_parent_class)->dispose (object);
}

static void
gbx_running_page_class_init (GbxRunningPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gbx_running_page_dispose;
  widget_class->map = gbx_running_page_map;
  widget_class->unmap = gbx_running_page_unmap;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/glovebox/Glovebox/ui/gbx-running-page.ui");
  gtk_widget_class_bind_template_child (widget_class, GbxRunningPage, list);
  gtk_widget_class_bind_template_child (widget_class, GbxRunningPage, empty);
  gtk_widget_class_bind_template_child (widget_class, GbxRunningPage, filled);
}

static void
watch_folder (GbxRunningPage *self)
{
  g_autofree char *path = gbx_path_runtime (NULL);
  g_autoptr (GFile) folder = path ? g_file_new_for_path (path) : NULL;

  if (folder)
    self->monitor = g_file_monitor_directory (folder, G_FILE_MONITOR_NONE, NULL, NULL);
  if (self->monitor)
    g_signal_connect_object (self->monitor, "changed", G_CALLBACK (on_folder_changed), self,
                             G_CONNECT_SWAPPED);
}

static void
gbx_running_page_init (GbxRunningPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_list_box_set_sort_func (self->list, compare_rows, NULL, NULL);
  watch_folder (self);
  update (self);
}

GtkWidget *
gbx_running_page_new (void)
{
  return g_object_new (GBX_TYPE_RUNNING_PAGE, NULL);
}
