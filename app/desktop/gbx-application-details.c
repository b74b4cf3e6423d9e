/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-application-details"
#include "config.h"

#include "gbx-application-details.h"

#include "gbx-icon-loader.h"
#include "gbx-summary.h"

#include <glib/gi18n.h>

#define ICON_SIZE 64
/* While a search changes the selection with each key, nothing is read. */
#define SETTLE_MS 120
#define PASSING_MS 150

struct _GbxApplicationDetails
{
  GtkBox parent_instance;

  GtkStack *stack;            /* template */
  GtkWidget *back_bar;        /* template */
  GtkImage *icon;             /* template */
  GtkLabel *name;             /* template */
  GtkLabel *summary;          /* template */
  GtkWidget *launch_button;   /* template */
  GtkLabel *launch_label;     /* template */
  GtkWidget *spinner;         /* template */
  GtkWidget *file_button;     /* template */
  GtkWidget *edit_button;     /* template */
  GtkLabel *menu_label;       /* template */
  GtkLabel *profile;          /* template */
  GtkListBox *lines;          /* template */
  GtkLabel *command;          /* template */
  GtkLabel *file;             /* template */
  GtkWidget *file_heading;    /* template */
  GtkLabel *trouble;          /* template */

  GbxApplication *application; /* (nullable) */
  GbxApplication *next;        /* (nullable): after the moment */
  guint waiting;               /* source: of that moment */
  GCancellable *cancellable;   /* (nullable): while it reads the profile */
  guint settling;              /* source */
};

G_DEFINE_FINAL_TYPE (GbxApplicationDetails, gbx_application_details, GTK_TYPE_BOX)

/* --------------------------------------------------------------- summary -- */

static void
read_thread (GTask *task, gpointer source, gpointer profile, GCancellable *cancellable)
{
  g_autoptr (GbxProfileStore) store = gbx_profile_store_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GbxResolution) resolution = gbx_resolution_new (store, profile, TRUE, &error);

  if (resolution)
    g_task_return_pointer (task, gbx_summary_lines (resolution),
                           (GDestroyNotify)g_ptr_array_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static GtkWidget *
make_row (const GbxSummaryLine *line)
{
  GtkWidget *row = hdy_action_row_new ();
  GtkWidget *image = gtk_image_new_from_icon_name (line->icon_name, GTK_ICON_SIZE_MENU);

  hdy_preferences_row_set_title (HDY_PREFERENCES_ROW (row), line->text);
  hdy_preferences_row_set_use_underline (HDY_PREFERENCES_ROW (row), FALSE);
  if (line->detail)
    hdy_action_row_set_subtitle (HDY_ACTION_ROW (row), line->detail);
  hdy_action_row_set_title_lines (HDY_ACTION_ROW (row), 0);
  hdy_action_row_set_subtitle_lines (HDY_ACTION_ROW (row), 0);
  hdy_action_row_add_prefix (HDY_ACTION_ROW (row), image);
  if (line->severity == GBX_SEVERITY_RISKY)
    gtk_style_context_add_class (gtk_widget_get_style_context (row), "gbx-risky");
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_list_box_row_set_selectable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_show_all (row);
  return row;
}

static void
show_lines (GbxApplicationDetails *self, GPtrArray *lines)
{
  gtk_container_foreach (GTK_CONTAINER (self->lines), (GtkCallback)gtk_widget_destroy, NULL);
  for (guint i = 0; lines && i < lines->len; i++)
    gtk_container_add (GTK_CONTAINER (self->lines), make_row (lines->pdata[i]));
  gtk_widget_set_visible (GTK_WIDGET (self->lines), lines && lines->len > 0);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GbxApplicationDetails) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) lines = g_task_propagate_pointer (G_TASK (result), &error);

  if (g_task_get_cancellable (G_TASK (result)) != self->cancellable)
    return;
  show_lines (self, lines);
  if (error)
    gtk_label_set_text (self->trouble, error->message);
  gtk_widget_set_visible (GTK_WIDGET (self->trouble), error != NULL);
}

static gboolean
on_settled (gpointer data)
{
  GbxApplicationDetails *self = data;
  g_autoptr (GTask) task = NULL;

  self->settling = 0;
  self->cancellable = g_cancellable_new ();
  task = g_task_new (NULL, self->cancellable, read_cb, g_object_ref (self));
  g_task_set_task_data (task, g_strdup (gbx_application_get_profile (self->application)), g_free);
  g_task_run_in_thread (task, read_thread);
  return G_SOURCE_REMOVE;
}

static void
stop_reading (GbxApplicationDetails *self)
{
  g_clear_handle_id (&self->settling, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

/* --------------------------------------------------------------- contents -- */

static void
set_text (GtkLabel *label, const char *text)
{
  gtk_label_set_text (label, text ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text && *text);
}

static void
show_profile (GbxApplicationDetails *self)
{
  const char *profile = gbx_application_get_profile (self->application);
  gboolean is_changed = gbx_application_is_profile_changed (self->application);
  g_autofree char *text
      = g_strdup_printf (is_changed ? _ ("Profile “%s”, changed by you") : _ ("Profile “%s”"),
                         profile);

  gtk_label_set_text (self->profile, text);
}

static void
show_application (GbxApplicationDetails *self)
{
  GbxApplication *application = self->application;
  g_autofree char *command = g_filename_display_name (gbx_application_get_command (application));
  const char *path = gbx_application_get_path (application);
  g_autofree char *file = path ? g_filename_display_name (path) : NULL;

  gtk_image_clear (self->icon);
  gbx_icon_loader_show (self->icon, gbx_application_get_icon (application), ICON_SIZE);
  gtk_label_set_text (self->name, gbx_application_get_name (application));
  set_text (self->summary, gbx_application_get_summary (application));
  gtk_widget_set_visible (self->file_button, gbx_application_takes_files (application));
  gtk_label_set_text (self->command, command);
  set_text (self->file, file);
  gtk_widget_set_visible (self->file_heading, file != NULL);
  show_profile (self);
}

/* --------------------------------------------------------------- object -- */

static void
gbx_application_details_map (GtkWidget *widget)
{
  GbxApplicationDetails *self = GBX_APPLICATION_DETAILS (widget);
  GtkWidget *window = gtk_widget_get_toplevel (widget);
  GtkApplication *application
      = GTK_IS_WINDOW (window) ? gtk_window_get_application (GTK_WINDOW (window)) : NULL;

  gtk_widget_set_visible (self->edit_button,
                          application
                              && g_action_map_lookup_action (G_ACTION_MAP (application),
                                                             "edit-application"));
  GTK_WIDGET_CLASS (gbx_application_details_parent_class)->map (widget);
}

static void
gbx_application_details_dispose (GObject *object)
{
  GbxApplicationDetails *self = GBX_APPLICATION_DETAILS (object);

  stop_reading (self);
  g_clear_handle_id (&self->waiting, g_source_remove);
  g_clear_object (&self->next);
  g_clear_object (&self->application);
  G_OBJECT_CLASS (gbx_application_details_parent_class)->dispose (object);
}

static void
gbx_application_details_class_init (GbxApplicationDetailsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gbx_application_details_dispose;
  widget_class->map = gbx_application_details_map;
  g_type_ensure (HDY_TYPE_STATUS_PAGE);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/glovebox/Glovebox/ui/gbx-application-details.ui");
  gtk_widget_class_bind_template_child (widget_class, GbxApplicationDetails, stack);
  gtk_widget_class_bind_template_child (widget_class, GbxApplicationDetails, back_bar);
  gtk_widget_class_bind_template_child (widget_class, GbxApplicationDetails, icon);
  gtk_widget_class_bind_template_child (widget_class, GbxApplicationDetails, name);
  gtk_widget_class_bind_template_child (widget_class, GbxApplicationDetails, summary);
  gtk_widget_class_bind_template_child (widget_class, GbxApplicationDetails, launch_button);
  gtk_widget_class_bind_template_child (widget_class, GbxApplicationDetails, launch_label);
  gtk_widget_class_bind_template_child (widget_class, GbxApplicationDetails, spinner);
  gtk_widget_class_bind_template_child (widget_class, GbxApplicationDetails, file_button);
  gtk_widget_class_bind_template_child (widget_class, GbxApplicationDetails, edit_button);
  gtk_widget_class_bind_template_child (widget_class, GbxApplicationDetails, menu_label);
  gtk_widget_class_bind_template_child (widget_class, GbxApplicationDetails, profile);
  gtk_widget_class_bind_template_child (widget_class, GbxApplicationDetails, lines);
  gtk_widget_class_bind_template_child (widget_class, GbxApplicationDetails, command);
  gtk_widget_class_bind_template_child (widget_class, GbxApplicationDetails, file);
  gtk_widget_class_bind_template_child (widget_class, GbxApplicationDetails, file_heading);
  gtk_widget_class_bind_template_child (widget_class, GbxApplicationDetails, trouble);
}

static void
draw_separator (GtkListBoxRow *row, GtkListBoxRow *before, gpointer data)
{
  if (before && !gtk_list_box_row_get_header (row))
    gtk_list_box_row_set_header (row, gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
}

static void
gbx_application_details_init (GbxApplicationDetails *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_size_request (GTK_WIDGET (self->icon), ICON_SIZE, ICON_SIZE);
  gtk_list_box_set_header_func (self->lines, draw_separator, NULL, NULL);
}

/* --------------------------------------------------------------- public -- */

GtkWidget *
gbx_application_details_new (void)
{
  return g_object_new (GBX_TYPE_APPLICATION_DETAILS, NULL);
}

static void
show_next (GbxApplicationDetails *self)
{
  GbxApplication *application = self->next;

  g_clear_handle_id (&self->waiting, g_source_remove);
  if (!g_set_object (&self->application, application))
    return;
  stop_reading (self);
  gtk_stack_set_visible_child_name (self->stack, application ? "application" : "nothing");
  if (!application)
    return;
  show_application (self);
  self->settling = g_timeout_add (SETTLE_MS, on_settled, self);
}

static gboolean
on_waited (gpointer data)
{
  GbxApplicationDetails *self = data;

  self->waiting = 0;
  show_next (self);
  return G_SOURCE_REMOVE;
}

void
gbx_application_details_show (GbxApplicationDetails *self, GbxApplication *application,
                              gboolean is_passing)
{
  g_set_object (&self->next, application);
  g_clear_handle_id (&self->waiting, g_source_remove);
  if (is_passing)
    self->waiting = g_timeout_add (PASSING_MS, on_waited, self);
  else
    show_next (self);
}

void
gbx_application_details_set_starting (GbxApplicationDetails *self, gboolean is_starting)
{
  g_object_set (self->spinner, "active", is_starting, "visible", is_starting, NULL);
  gtk_label_set_text_with_mnemonic (self->launch_label,
                                    is_starting ? _ ("Starting…") : _ ("_Launch"));
}

void
gbx_application_details_set_in_menu (GbxApplicationDetails *self, gboolean is_in_menu)
{
  gtk_label_set_text_with_mnemonic (self->menu_label,
                                    is_in_menu ? _ ("Remove from _Menu") : _ ("Add to _Menu"));
}

void
gbx_application_details_set_can_go_back (GbxApplicationDetails *self, gboolean can)
{
  gtk_widget_set_visible (self->back_bar, can);
}

void
gbx_application_details_focus (GbxApplicationDetails *self)
{
  show_next (self);
  if (self->application)
    gtk_widget_grab_focus (self->launch_button);
}
