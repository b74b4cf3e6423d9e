/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-desktop-window"
#include "config.h"

#include "gbx-desktop-window.h"

#include "gbx-applications-page.h"

#include <glib/gi18n.h>

struct _GbxDesktopWindow
{
  HdyApplicationWindow parent_instance;

  GtkStack *pages; /* template */
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

static void
gbx_desktop_window_class_init (GbxDesktopWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (HDY_TYPE_HEADER_BAR);
  g_type_ensure (HDY_TYPE_VIEW_SWITCHER_BAR);
  g_type_ensure (HDY_TYPE_VIEW_SWITCHER_TITLE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/glovebox/Glovebox/ui/gbx-desktop-window.ui");
  gtk_widget_class_bind_template_child (widget_class, GbxDesktopWindow, pages);
}

static void
gbx_desktop_window_init (GbxDesktopWindow *self)
{
  const GActionEntry entries[] = { { .name = "close", .activate = on_close } };

  gtk_widget_init_template (GTK_WIDGET (self));
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  add_pages (self);
}

GtkWidget *
gbx_desktop_window_new (GtkApplication *application)
{
  return g_object_new (GBX_TYPE_DESKTOP_WINDOW, "application", application, NULL);
}

void
gbx_desktop_window_show_page (GbxDesktopWindow *self, const char *name)
{
  gtk_stack_set_visible_child_name (self->pages, name);
}
