/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-desktop-window"
#include "config.h"

#include "gbx-desktop-window.h"

#include "gbx-applications-page.h"
#include "gbx-doctor-place.h"
#include "gbx-running-page.h"

#include <glib/gi18n.h>

struct _GbxDesktopWindow
{
  HdyApplicationWindow parent_instance;

  GtkStack *pages;        /* template */
  GtkWidget *menu_button; /* template */
};

G_DEFINE_FINAL_TYPE (GbxDesktopWindow, gbx_desktop_window, HDY_TYPE_APPLICATION_WINDOW)

/* The pages of the window, in the order of the switcher.  Each is in a file of its own. */
static const struct
{
  const char *name;
  const char *title;
  const char *icon;
  GtkWidget *(*create) (void);
} pages[] = {
  { "applications", N_ ("Applications"), "view-app-grid-symbolic", gbx_applications_page_new },
  { "running", N_ ("Running"), "media-playback-start-symbolic", gbx_running_page_new },
};

static void
add_pages (GbxDesktopWindow *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      GtkWidget *page = pages[i].create ();

      gtk_widget_show (page);
      gtk_stack_add_titled (self->pages, page, pages[i].name, _ (pages[i].title));
      gtk_container_child_set (GTK_CONTAINER (self->pages), page, "icon-name", pages[i].icon,
                               NULL);
    }
}

static void
on_close (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  gtk_window_close (window);
}

static GbxApplicationsPage *
get_applications (GbxDesktopWindow *self)
{
  return GBX_APPLICATIONS_PAGE (gtk_stack_get_child_by_name (self->pages, "applications"));
}

static void
on_search (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GbxDesktopWindow *self = data;

  gbx_desktop_window_show_page (self, "applications");
  gbx_applications_page_search (get_applications (self));
}

static void
on_shortcuts (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  g_autoptr (GtkBuilder) builder
      = gtk_builder_new_from_resource ("/org/glovebox/Glovebox/ui/gbx-desktop-shortcuts.ui");
  GtkWindow *shortcuts = GTK_WINDOW (gtk_builder_get_object (builder, "shortcuts"));

  gtk_window_set_transient_for (shortcuts, window);
  gtk_window_present (shortcuts);
}

static void
on_menu (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gtk_widget_activate (GBX_DESKTOP_WINDOW (data)->menu_button);
}

/* Accelerators and the widget with the focus come first; what is left begins a search. */
static gboolean
gbx_desktop_window_key_press_event (GtkWidget *widget, GdkEventKey *event)
{
  GbxDesktopWindow *self = GBX_DESKTOP_WINDOW (widget);
  GtkWidget *page = gtk_stack_get_visible_child (self->pages);

  if (GTK_WIDGET_CLASS (gbx_desktop_window_parent_class)->key_press_event (widget, event))
    return GDK_EVENT_STOP;
  return GBX_IS_APPLICATIONS_PAGE (page)
         && gbx_applications_page_handle_key (GBX_APPLICATIONS_PAGE (page), (GdkEvent *)event);
}

static void
gbx_desktop_window_class_init (GbxDesktopWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->key_press_event = gbx_desktop_window_key_press_event;
  g_type_ensure (HDY_TYPE_HEADER_BAR);
  g_type_ensure (HDY_TYPE_VIEW_SWITCHER_BAR);
  g_type_ensure (HDY_TYPE_VIEW_SWITCHER_TITLE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/glovebox/Glovebox/ui/gbx-desktop-window.ui");
  gtk_widget_class_bind_template_child (widget_class, GbxDesktopWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, GbxDesktopWindow, menu_button);
}

static void
gbx_desktop_window_init (GbxDesktopWindow *self)
{
  const GActionEntry entries[] = {
    { .name = "close", .activate = on_close },
    { .name = "menu", .activate = on_menu },
    { .name = "search", .activate = on_search },
    { .name = "shortcuts", .activate = on_shortcuts },
  };

  gtk_widget_init_template (GTK_WIDGET (self));
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  add_pages (self);
  /* So that the accelerators find them. */
  gtk_widget_insert_action_group (
      GTK_WIDGET (self), "application",
      gtk_widget_get_action_group (GTK_WIDGET (get_applications (self)), "application"));
  gbx_doctor_place_add (self->pages);
}

GtkWidget *
gbx_desktop_window_new (GtkApplication *application)
{
  return g_object_new (GBX_TYPE_DESKTOP_WINDOW, "application", application, NULL);
}

void
gbx_desktop_window_show_page (GbxDesktopWindow *self, const char *name)
{
  GtkWidget *page = gtk_stack_get_child_by_name (self->pages, name);

  /* It may be one that is hidden otherwise. */
  if (!page)
    return;
  gtk_widget_show (page);
  gtk_stack_set_visible_child (self->pages, page);
}

void
gbx_desktop_window_launch (GbxDesktopWindow *self, const char *desktop_id)
{
  const char *words[] = { desktop_id, NULL };

  gbx_applications_page_launch (get_applications (self), words);
}
