/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-applications-page"
#include "config.h"

#include "gbx-applications-page.h"

#include "gbx-application-actions.h"
#include "gbx-application-details.h"
#include "gbx-application-grid.h"
#include "gbx-application-list.h"
#include "gbx-category-list.h"
#include "gbx-launch-bar.h"
#include "gbx-launch.h"
#include "gbx-launchers.h"
#include "gbx-preferences.h"
#include "gbx-recent.h"

#include <glib/gi18n.h>

#define MAX_BARS 3

struct _GbxApplicationsPage
{
  GtkBox parent_instance;

  GtkBox *bars;                   /* template */
  HdyLeaflet *leaflet;            /* template */
  GtkWidget *browse;              /* template */
  GtkWidget *sidebar_button;      /* template */
  GtkEntry *search;               /* template */
  HdyFlap *flap;                  /* template */
  GbxCategoryList *categories;    /* template */
  GtkStack *stack;                /* template */
  GtkSpinner *loading;            /* template */
  GbxApplicationGrid *grid;       /* template */
  HdyStatusPage *nothing;         /* template */
  GtkWidget *run_button;          /* template */
  GbxApplicationDetails *details; /* template */

  GbxApplicationList *list;
  GbxApplicationActions *actions;
  GHashTable *starting; /* of ids */
  char *selected_name;  /* (nullable) */
};

G_DEFINE_FINAL_TYPE (GbxApplicationsPage, gbx_applications_page, GTK_TYPE_BOX)

/* ---------------------------------------------------------------- search -- */

/* (nullable) */
static char **
get_words (GbxApplicationsPage *self)
{
  return gbx_application_make_words (gtk_entry_get_text (self->search));
}

/* Whether the text is a command: its first word is a program. */
static gboolean
is_command (const char *text)
{
  g_auto (GStrv) words = NULL;
  g_autofree char *program = NULL;

  if (!g_shell_parse_argv (text, NULL, &words, NULL) || words[0][0] == '-')
    return FALSE;
  program = g_find_program_in_path (words[0]);
  return program != NULL;
}

static void
show_nothing (GbxApplicationsPage *self)
{
  const char *text = gtk_entry_get_text (self->search);
  g_autofree char *shown = g_markup_escape_text (text, -1);
  g_autofree char *told
      = gbx_category_list_get (self->categories)
            ? g_strdup_printf (_ ("No application in “%s” fits “%s”."),
                               gbx_category_list_get_title (self->categories), shown)
            : g_strdup_printf (_ ("No installed application fits “%s”."), shown);
  g_autofree char *label = g_strdup_printf (_ ("Run the Command “%s”"), text);

  hdy_status_page_set_description (self->nothing, told);
  /* Its own labels are not there for a screen reader. */
  atk_object_set_description (gtk_widget_get_accessible (GTK_WIDGET (self->nothing)), told);
  gtk_button_set_label (GTK_BUTTON (self->run_button), label);
  gtk_widget_set_visible (self->run_button, is_command (text));
}

/* What is found first is selected, so that Enter launches it. */
static void
refilter (GbxApplicationsPage *self)
{
  g_auto (GStrv) words = get_words (self);
  GPtrArray *applications = gbx_application_list_get (self->list);
  gboolean is_any = gbx_application_grid_filter (
      self->grid, (const char *const *)words, gbx_category_list_get (self->categories),
      words ? _ ("Found") : gbx_category_list_get_title (self->categories));

  if (!applications)
    return;
  if (words)
    gbx_application_grid_select_first (self->grid);
  if (!is_any && words)
    show_nothing (self);
  gtk_stack_set_visible_child_name (self->stack, is_any             ? "grid"
                                                 : applications->len ? "nothing"
                                                                     : "empty");
}

static void
on_search_stopped (GbxApplicationsPage *self)
{
  gtk_entry_set_text (self->search, "");
  gbx_application_grid_focus (self->grid);
}

static void
on_show_all (GbxApplicationsPage *self)
{
  gbx_category_list_select_all (self->categories);
  gtk_entry_set_text (self->search, "");
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}

static void
on_run_command (GbxApplicationsPage *self)
{
  g_auto (GStrv) words = NULL;

  if (g_shell_parse_argv (gtk_entry_get_text (self->search), NULL, &words, NULL))
    gbx_applications_page_launch (self, (const char *const *)words);
}

/* Down leads to what was found. */
static gboolean
on_search_key (GbxApplicationsPage *self, GdkEventKey *event)
{
  if (event->keyval != GDK_KEY_Down && event->keyval != GDK_KEY_KP_Down)
    return GDK_EVENT_PROPAGATE;
  gbx_application_grid_focus (self->grid);
  return GDK_EVENT_STOP;
}

/* ---------------------------------------------------------------- launch -- */

static void
show_trouble (GbxApplicationsPage *self, const char *heading, const char *sentence)
{
  GtkWidget *bar = gbx_launch_bar_new (heading, sentence, NULL);

  gtk_container_add (GTK_CONTAINER (self->bars), bar);
}

static void
on_bar_response (GtkInfoBar *bar, int response, GbxApplicationsPage *self)
{
  GbxLaunch *launch = g_object_get_data (G_OBJECT (bar), "launch");

  if (response == GTK_RESPONSE_ACCEPT)
    gbx_applications_page_launch (self, gbx_launch_get_words (launch));
}

static void
set_starting (GbxApplicationsPage *self, const char *id, gboolean is_starting)
{
  GbxApplication *selected = gbx_application_grid_get_selected (self->grid);

  if (is_starting)
    g_hash_table_add (self->starting, g_strdup (id));
  else
    g_hash_table_remove (self->starting, id);
  gbx_application_grid_set_starting (self->grid, id, is_starting);
  if (selected && g_str_equal (gbx_application_get_id (selected), id))
    gbx_application_details_set_starting (self->details, is_starting);
}

static void
on_failed (GbxLaunch *launch, const char *sentence, GbxApplicationsPage *self)
{
  g_autofree char *heading
      = g_strdup_printf (_ ("%s could not be started"), gbx_launch_get_name (launch));
  GtkWidget *bar = gbx_launch_bar_new (heading, sentence, _ ("Try _Again"));
  g_autoptr (GList) bars = gtk_container_get_children (GTK_CONTAINER (self->bars));

  set_starting (self, gbx_launch_get_id (launch), FALSE);
  if (g_list_length (bars) >= MAX_BARS)
    gtk_widget_destroy (bars->data);
  g_object_set_data_full (G_OBJECT (bar), "launch", g_object_ref (launch), g_object_unref);
  g_signal_connect_object (bar, "response", G_CALLBACK (on_bar_response), self, 0);
  gtk_container_add (GTK_CONTAINER (self->bars), bar);
}

static void
on_shown (GbxLaunch *launch, GbxApplicationsPage *self)
{
  GtkWidget *window = gtk_widget_get_toplevel (GTK_WIDGET (self));

  set_starting (self, gbx_launch_get_id (launch), FALSE);
  if (GTK_IS_WINDOW (window)
      && gbx_preferences_get_close_after_launch (gbx_preferences_get_default ()))
    gtk_window_close (GTK_WINDOW (window));
}

void
gbx_applications_page_launch (GbxApplicationsPage *self, const char *const *words)
{
  GbxApplication *application = gbx_application_list_find (self->list, words[0]);
  g_autoptr (GbxLaunch) launch
      = gbx_launch_new (application ? gbx_application_get_name (application) : words[0], words);

  g_signal_connect_object (launch, "failed", G_CALLBACK (on_failed), self, 0);
  g_signal_connect_object (launch, "shown", G_CALLBACK (on_shown), self, 0);
  set_starting (self, words[0], TRUE);
  if (application && gbx_preferences_get_remember_recent (gbx_preferences_get_default ()))
    gbx_recent_add (gbx_recent_get_default (), words[0]);
  gbx_launch_start (launch);
}

/* A second click or key is for the launch that has begun. */
static void
launch_selected (GbxApplicationsPage *self, char **files)
{
  GbxApplication *application = gbx_application_grid_get_selected (self->grid);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) words = NULL;

  if (!application)
    return;
  g_strv_builder_add (builder, gbx_application_get_id (application));
  if (files)
    g_strv_builder_addv (builder, (const char **)files);
  words = g_strv_builder_end (builder);
  if (files || !g_hash_table_contains (self->starting, words[0]))
    gbx_applications_page_launch (self, (const char *const *)words);
}

static void
on_launch (GbxApplicationsPage *self, char **files)
{
  launch_selected (self, files);
}

static void
on_search_activated (GbxApplicationsPage *self)
{
  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "nothing") == 0
      && gtk_widget_get_visible (self->run_button))
    on_run_command (self);
  else
    launch_selected (self, NULL);
}

/* -------------------------------------------------------------- details -- */

static void
show_details (GbxApplicationsPage *self)
{
  hdy_leaflet_set_visible_child (self->leaflet, GTK_WIDGET (self->details));
  gbx_application_details_focus (self->details);
}

static void
on_back (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GbxApplicationsPage *self = data;

  hdy_leaflet_set_visible_child (self->leaflet, self->browse);
  gbx_application_grid_focus (self->grid);
}

static void
show_menu_state (GbxApplicationsPage *self)
{
  GbxApplication *application = gbx_application_grid_get_selected (self->grid);

  if (application)
    gbx_application_details_set_in_menu (
        self->details, gbx_launchers_is_added (gbx_application_get_id (application), NULL));
}

static void
on_selected (GbxApplicationsPage *self)
{
  GbxApplication *application = gbx_application_grid_get_selected (self->grid);
  const char *id = application ? gbx_application_get_id (application) : NULL;

  g_free (self->selected_name);
  self->selected_name = application ? g_strdup (gbx_application_get_name (application)) : NULL;
  gbx_application_actions_set_application (self->actions, application);
  gbx_application_details_show (self->details, application,
                                gtk_widget_is_focus (GTK_WIDGET (self->search)));
  gbx_application_details_set_starting (self->details,
                                        id && g_hash_table_contains (self->starting, id));
  show_menu_state (self);
  if (!application && hdy_leaflet_get_folded (self->leaflet))
    hdy_leaflet_set_visible_child (self->leaflet, self->browse);
}

/* Where there is no room for the details, a click shows them; else a double click launches. */
static void
on_activated (GbxApplicationsPage *self, GbxApplication *application)
{
  g_autoptr (GdkEvent) event = gtk_get_current_event ();

  if (hdy_leaflet_get_folded (self->leaflet) && event && event->type != GDK_KEY_PRESS)
    show_details (self);
  else
    launch_selected (self, NULL);
}

static void
on_menu (GbxApplicationsPage *self, GtkWidget *tile, GdkEvent *event)
{
  gbx_application_actions_pop_up (self->actions, tile, event);
}

static void
on_folded (GbxApplicationsPage *self)
{
  gboolean is_folded = hdy_leaflet_get_folded (self->leaflet);

  gbx_application_grid_set_single_click (self->grid, is_folded);
  gbx_application_details_set_can_go_back (self->details, is_folded);
}

/* ----------------------------------------------------------- categories -- */

static void
on_category (GbxApplicationsPage *self)
{
  refilter (self);
  if (hdy_flap_get_folded (self->flap))
    hdy_flap_set_reveal_flap (self->flap, FALSE);
}

static void
on_flap_folded (GbxApplicationsPage *self)
{
  gboolean is_folded = hdy_flap_get_folded (self->flap);

  gtk_widget_set_visible (self->sidebar_button, is_folded);
  hdy_flap_set_reveal_flap (self->flap, !is_folded);
}

/* ------------------------------------------------------------------ list -- */

static void
on_recent (GbxApplicationsPage *self)
{
  const char *none[] = { NULL };
  gboolean is_wanted = gbx_preferences_get_remember_recent (gbx_preferences_get_default ());

  gbx_application_grid_set_recent (
      self->grid, is_wanted ? gbx_recent_get (gbx_recent_get_default ()) : none);
}

static void
on_list (GbxApplicationsPage *self)
{
  GPtrArray *applications = gbx_application_list_get (self->list);
  g_autofree char *name = g_strdup (self->selected_name);
  GbxApplication *before = gbx_application_grid_get_selected (self->grid);

  /* Even where it is not shown, it would wake the program for each frame. */
  gtk_spinner_stop (self->loading);
  gbx_category_list_set_applications (self->categories, applications);
  gbx_application_grid_set_applications (self->grid, applications);
  refilter (self);
  if (before && !gbx_application_grid_get_selected (self->grid))
    {
      g_autofree char *heading = g_strdup_printf (_ ("%s is not installed any more"), name);

      show_trouble (self, heading,
                    _ ("Its profile and its files are kept. Sandboxes that run go on."));
    }
  on_selected (self);
}

/* --------------------------------------------------------------- object -- */

static void
gbx_applications_page_dispose (GObject *object)
{
  GbxApplicationsPage *self = GBX_APPLICATIONS_PAGE (object);

  g_clear_object (&self->actions);
  g_clear_object (&self->list);
  G_OBJECT_CLASS (gbx_applications_page_parent_class)->dispose (object);
}

static void
gbx_applications_page_finalize (GObject *object)
{
  GbxApplicationsPage *self = GBX_APPLICATIONS_PAGE (object);

  g_hash_table_unref (self->starting);
  g_free (self->selected_name);
  G_OBJECT_CLASS (gbx_applications_page_parent_class)->finalize (object);
}

static void
bind_children (GtkWidgetClass *klass)
{
  gtk_widget_class_bind_template_child (klass, GbxApplicationsPage, bars);
  gtk_widget_class_bind_template_child (klass, GbxApplicationsPage, leaflet);
  gtk_widget_class_bind_template_child (klass, GbxApplicationsPage, browse);
  gtk_widget_class_bind_template_child (klass, GbxApplicationsPage, sidebar_button);
  gtk_widget_class_bind_template_child (klass, GbxApplicationsPage, search);
  gtk_widget_class_bind_template_child (klass, GbxApplicationsPage, flap);
  gtk_widget_class_bind_template_child (klass, GbxApplicationsPage, categories);
  gtk_widget_class_bind_template_child (klass, GbxApplicationsPage, stack);
  gtk_widget_class_bind_template_child (klass, GbxApplicationsPage, loading);
  gtk_widget_class_bind_template_child (klass, GbxApplicationsPage, grid);
  gtk_widget_class_bind_template_child (klass, GbxApplicationsPage, nothing);
  gtk_widget_class_bind_template_child (klass, GbxApplicationsPage, run_button);
  gtk_widget_class_bind_template_child (klass, GbxApplicationsPage, details);
}

static void
gbx_applications_page_class_init (GbxApplicationsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gbx_applications_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = gbx_applications_page_finalize;
  g_type_ensure (HDY_TYPE_LEAFLET);
  g_type_ensure (HDY_TYPE_FLAP);
  g_type_ensure (HDY_TYPE_STATUS_PAGE);
  g_type_ensure (GBX_TYPE_CATEGORY_LIST);
  g_type_ensure (GBX_TYPE_APPLICATION_GRID);
  g_type_ensure (GBX_TYPE_APPLICATION_DETAILS);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/glovebox/Glovebox/ui/gbx-applications-page.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, refilter);
  gtk_widget_class_bind_template_callback (widget_class, on_search_stopped);
  gtk_widget_class_bind_template_callback (widget_class, on_search_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_search_key);
  gtk_widget_class_bind_template_callback (widget_class, on_show_all);
  gtk_widget_class_bind_template_callback (widget_class, on_run_command);
  gtk_widget_class_bind_template_callback (widget_class, on_category);
  gtk_widget_class_bind_template_callback (widget_class, on_flap_folded);
  gtk_widget_class_bind_template_callback (widget_class, on_folded);
  gtk_widget_class_bind_template_callback (widget_class, on_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_menu);
}

static void
add_actions (GbxApplicationsPage *self)
{
  const GActionEntry entries[] = { { .name = "back", .activate = on_back } };
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();

  g_action_map_add_action_entries (G_ACTION_MAP (group), entries, G_N_ELEMENTS (entries), self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "page", G_ACTION_GROUP (group));
  self->actions = gbx_application_actions_new (GTK_WIDGET (self));
  g_object_connect (self->actions, "swapped-object-signal::launch", on_launch, self,
                    "swapped-object-signal::details", show_details, self,
                    "swapped-object-signal::menu-changed", show_menu_state, self,
                    "swapped-object-signal::trouble", show_trouble, self, NULL);
}

static void
gbx_applications_page_init (GbxApplicationsPage *self)
{
  self->starting = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  add_actions (self);
  on_folded (self);
  on_flap_folded (self);
  self->list = gbx_application_list_new ();
  g_signal_connect_object (self->list, "changed", G_CALLBACK (on_list), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (gbx_recent_get_default (), "changed", G_CALLBACK (on_recent), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (gbx_preferences_get_default (), "notify::remember-recent",
                           G_CALLBACK (on_recent), self, G_CONNECT_SWAPPED);
  on_recent (self);
}

GtkWidget *
gbx_applications_page_new (void)
{
  return g_object_new (GBX_TYPE_APPLICATIONS_PAGE, NULL);
}

void
gbx_applications_page_search (GbxApplicationsPage *self)
{
  hdy_leaflet_set_visible_child (self->leaflet, self->browse);
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}

gboolean
gbx_applications_page_handle_key (GbxApplicationsPage *self, GdkEvent *event)
{
  if (event->key.keyval == GDK_KEY_Escape && hdy_leaflet_get_folded (self->leaflet)
      && hdy_leaflet_get_visible_child (self->leaflet) == GTK_WIDGET (self->details))
    {
      on_back (NULL, NULL, self);
      return GDK_EVENT_STOP;
    }
  if (gtk_search_entry_handle_event (GTK_SEARCH_ENTRY (self->search), event) != GDK_EVENT_STOP)
    return GDK_EVENT_PROPAGATE;
  hdy_leaflet_set_visible_child (self->leaflet, self->browse);
  gtk_entry_grab_focus_without_selecting (self->search);
  return GDK_EVENT_STOP;
}
