/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-application-actions"
#include "config.h"

#include "gbx-application-actions.h"

#include "gbx-launchers.h"
#include "gbx-preferences.h"

#include <glib/gi18n.h>

struct _GbxApplicationActions
{
  GObject parent_instance;

  GtkWidget *owner; /* (unowned) */
  GSimpleActionGroup *group;
  GbxApplication *application;   /* (nullable) */
  GtkFileChooserNative *chooser; /* (nullable) */
  GtkWidget *menu;               /* (nullable) */
};

G_DEFINE_FINAL_TYPE (GbxApplicationActions, gbx_application_actions, G_TYPE_OBJECT)

enum
{
  LAUNCH,
  DETAILS,
  MENU_CHANGED,
  TROUBLE,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

/* --------------------------------------------------------------- actions -- */

static void
on_launch (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_signal_emit (data, signals[LAUNCH], 0, NULL);
}

static void
on_details (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_signal_emit (data, signals[DETAILS], 0);
}

/* --------------------------------------------------------- with a file -- */

static char **
list_files (GtkFileChooser *chooser)
{
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  GSList *files = gtk_file_chooser_get_files (chooser);

  for (GSList *at = files; at; at = at->next)
    {
      g_autofree char *path = g_file_get_path (at->data);
      g_autofree char *uri = path ? NULL : g_file_get_uri (at->data);

      g_strv_builder_add (words, path ? path : uri);
    }
  g_slist_free_full (files, g_object_unref);
  return g_strv_builder_end (words);
}

static void
on_chosen (GtkNativeDialog *dialog, int response, GbxApplicationActions *self)
{
  g_auto (GStrv) files = list_files (GTK_FILE_CHOOSER (dialog));

  if (response == GTK_RESPONSE_ACCEPT && files[0])
    g_signal_emit (self, signals[LAUNCH], 0, files);
  g_clear_object (&self->chooser);
}

static GtkFileFilter *
make_filter (const char *name)
{
  GtkFileFilter *filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, name);
  return filter;
}

static void
add_filters (GtkFileChooser *chooser, GbxApplication *application)
{
  const char *const *types = gbx_application_get_mime_types (application);
  GtkFileFilter *filter;

  if (types[0])
    {
      filter = make_filter (_ ("Files that it opens"));
      for (guint i = 0; types[i]; i++)
        gtk_file_filter_add_mime_type (filter, types[i]);
      gtk_file_chooser_add_filter (chooser, filter);
    }
  filter = make_filter (_ ("All files"));
  gtk_file_filter_add_pattern (filter, "*");
  gtk_file_chooser_add_filter (chooser, filter);
}

static void
on_launch_file (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GbxApplicationActions *self = data;
  GtkWidget *window = gtk_widget_get_toplevel (self->owner);
  g_autofree char *title = g_strdup_printf (_ ("Open in %s, Sandboxed"),
                                            gbx_application_get_name (self->application));

  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (title, GTK_WINDOW (window),
                                               GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Launch"), NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (self->chooser), TRUE);
  gtk_file_chooser_set_local_only (GTK_FILE_CHOOSER (self->chooser), FALSE);
  add_filters (GTK_FILE_CHOOSER (self->chooser), self->application);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (on_chosen), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* ---------------------------------------------------------------- editor -- */

/* (nullable): the application, if it can edit profiles */
static GActionGroup *
find_editor (GbxApplicationActions *self)
{
  GtkWidget *window = gtk_widget_get_toplevel (self->owner);
  GtkApplication *application
      = GTK_IS_WINDOW (window) ? gtk_window_get_application (GTK_WINDOW (window)) : NULL;

  if (application && g_action_group_has_action (G_ACTION_GROUP (application), "edit-application"))
    return G_ACTION_GROUP (application);
  return NULL;
}

static void
on_edit (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GbxApplicationActions *self = data;
  GActionGroup *editor = find_editor (self);

  if (editor)
    g_action_group_activate_action (
        editor, "edit-application",
        g_variant_new_string (gbx_application_get_id (self->application)));
}

/* -------------------------------------------------------------- launchers -- */

static void
finish_launcher (GbxApplicationActions *self, const char *heading, GError *error)
{
  if (error)
    g_signal_emit (self, signals[TROUBLE], 0, heading, error->message);
  g_signal_emit (self, signals[MENU_CHANGED], 0);
}

static void
add_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GbxApplicationActions) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = gbx_launchers_add_finish (result, &error);

  finish_launcher (self, _ ("It could not be added to the menu"), error);
}

static void
remove_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GbxApplicationActions) self = data;
  g_autoptr (GError) error = NULL;

  gbx_launchers_remove_finish (result, &error);
  finish_launcher (self, _ ("It could not be removed from the menu"), error);
}

static void
on_toggle_menu (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GbxApplicationActions *self = data;
  const char *id = gbx_application_get_id (self->application);
  gboolean is_marked = gbx_preferences_get_launcher_suffix (gbx_preferences_get_default ());
  /* Translators: it follows the name of an application in the menu. */
  const GbxLauncherOptions options = { .suffix = is_marked ? _ ("(Sandbox)") : NULL };

  if (gbx_launchers_is_added (id, NULL))
    gbx_launchers_remove_async (id, NULL, NULL, remove_cb, g_object_ref (self));
  else
    gbx_launchers_add_async (id, &options, NULL, add_cb, g_object_ref (self));
}

/* ------------------------------------------------------------------ menu -- */

static void
add_item (GMenu *section, const char *label, const char *action)
{
  g_autofree char *name = g_strconcat ("application.", action, NULL);

  g_menu_append (section, label, name);
}

static GMenuModel *
make_model (GbxApplicationActions *self)
{
  GMenu *menu = g_menu_new ();
  g_autoptr (GMenu) launch = g_menu_new ();
  g_autoptr (GMenu) profile = g_menu_new ();
  g_autoptr (GMenu) menu_section = g_menu_new ();
  gboolean is_added = gbx_launchers_is_added (gbx_application_get_id (self->application), NULL);

  add_item (launch, _ ("_Launch"), "launch");
  if (gbx_application_takes_files (self->application))
    add_item (launch, _ ("Launch with _File…"), "launch-file");
  if (find_editor (self))
    add_item (profile, _ ("_Edit Profile…"), "edit");
  add_item (profile, _ ("_What It May Touch"), "details");
  add_item (menu_section, is_added ? _ ("Remove from _Menu") : _ ("Add to _Menu"), "toggle-menu");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (launch));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (profile));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (menu_section));
  return G_MENU_MODEL (menu);
}

void
gbx_application_actions_pop_up (GbxApplicationActions *self, GtkWidget *tile,
                                const GdkEvent *event)
{
  g_autoptr (GMenuModel) model = self->application ? make_model (self) : NULL;

  if (!model)
    return;
  g_clear_pointer (&self->menu, gtk_widget_destroy);
  self->menu = gtk_menu_new_from_model (model);
  gtk_menu_attach_to_widget (GTK_MENU (self->menu), self->owner, NULL);
  g_signal_connect (self->menu, "destroy", G_CALLBACK (gtk_widget_destroyed), &self->menu);
  if (event)
    gtk_menu_popup_at_pointer (GTK_MENU (self->menu), event);
  else
    gtk_menu_popup_at_widget (GTK_MENU (self->menu), tile, GDK_GRAVITY_CENTER,
                              GDK_GRAVITY_NORTH_WEST, NULL);
}

/* --------------------------------------------------------------- object -- */

static void
gbx_application_actions_dispose (GObject *object)
{
  GbxApplicationActions *self = GBX_APPLICATION_ACTIONS (object);

  g_clear_pointer (&self->menu, gtk_widget_destroy);
  g_clear_object (&self->chooser);
  g_clear_object (&self->application);
  g_clear_object (&self->group);
  G_OBJECT_CLASS (gbx_application_actions_parent_class)->dispose (object);
}

static void
gbx_application_actions_class_init (GbxApplicationActionsClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gbx_application_actions_dispose;
  signals[LAUNCH] = g_signal_new ("launch", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_STRV);
  signals[DETAILS] = g_signal_new ("details", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
  signals[MENU_CHANGED] = g_signal_new ("menu-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                        NULL, G_TYPE_NONE, 0);
  signals[TROUBLE] = g_signal_new ("trouble", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
}

static void
gbx_application_actions_init (GbxApplicationActions *self)
{
  const GActionEntry entries[] = {
    { .name = "launch", .activate = on_launch },
    { .name = "launch-file", .activate = on_launch_file },
    { .name = "edit", .activate = on_edit },
    { .name = "toggle-menu", .activate = on_toggle_menu },
    { .name = "details", .activate = on_details },
  };

  self->group = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->group), entries, G_N_ELEMENTS (entries),
                                   self);
}

GbxApplicationActions *
gbx_application_actions_new (GtkWidget *owner)
{
  GbxApplicationActions *self = g_object_new (GBX_TYPE_APPLICATION_ACTIONS, NULL);

  self->owner = owner;
  gtk_widget_insert_action_group (owner, "application", G_ACTION_GROUP (self->group));
  gbx_application_actions_set_application (self, NULL);
  return self;
}

static void
enable (GbxApplicationActions *self, const char *name, gboolean is_enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->group), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), is_enabled);
}

void
gbx_application_actions_set_application (GbxApplicationActions *self, GbxApplication *application)
{
  g_set_object (&self->application, application);
  enable (self, "launch", application != NULL);
  enable (self, "launch-file", application && gbx_application_takes_files (application));
  enable (self, "edit", application != NULL);
  enable (self, "toggle-menu", application != NULL);
  enable (self, "details", application != NULL);
}
