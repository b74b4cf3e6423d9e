/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-file-selection.h"

#include <thunarx/thunarx.h>

/* What Thunar calls. */
void thunar_extension_initialize (ThunarxProviderPlugin *plugin);
void thunar_extension_shutdown (void);
void thunar_extension_list_types (const GType **types, gint *n_types);

typedef struct
{
  GObject parent_instance;
} GbxThunarExtension;

typedef struct
{
  GObjectClass parent_class;
} GbxThunarExtensionClass;

GType gbx_thunar_extension_get_type (void);
void gbx_thunar_extension_register_type (ThunarxProviderPlugin *plugin);

static void implement_menu (ThunarxMenuProviderIface *interface, gpointer data);

THUNARX_DEFINE_TYPE_WITH_CODE (GbxThunarExtension, gbx_thunar_extension, G_TYPE_OBJECT,
                               THUNARX_IMPLEMENT_INTERFACE (THUNARX_TYPE_MENU_PROVIDER,
                                                            implement_menu))

static gpointer
make_item (const char *name, const char *label, const char *tip, const char *icon)
{
  return thunarx_menu_item_new (name, label, tip, icon);
}

static GList *
get_file_menu_items (ThunarxMenuProvider *provider, GtkWidget *window, GList *files)
{
  g_autoptr (GbxFileSelection) selection = gbx_file_selection_new ();

  for (GList *at = files; at; at = at->next)
    {
      g_autoptr (GFile) file = thunarx_file_info_get_location (at->data);
      g_autoptr (GFileInfo) info = thunarx_file_info_get_file_info (at->data);

      gbx_file_selection_add (selection, file,
                              info ? g_file_info_get_file_type (info) : G_FILE_TYPE_UNKNOWN);
    }
  return gbx_file_selection_make_items (selection, make_item);
}

static void
implement_menu (ThunarxMenuProviderIface *interface, gpointer data)
{
  interface->get_file_menu_items = get_file_menu_items;
}

static void
gbx_thunar_extension_class_init (GbxThunarExtensionClass *klass)
{
}

static void
gbx_thunar_extension_init (GbxThunarExtension *self)
{
}

void
thunar_extension_initialize (ThunarxProviderPlugin *plugin)
{
  gbx_file_selection_set_up ();
  /* Menu items that still exist lead here. */
  thunarx_provider_plugin_set_resident (plugin, TRUE);
  gbx_thunar_extension_register_type (plugin);
}

void
thunar_extension_shutdown (void)
{
}

void
thunar_extension_list_types (const GType **types, gint *n_types)
{
  static GType type;

  type = gbx_thunar_extension_get_type ();
  *types = &type;
  *n_types = 1;
}
