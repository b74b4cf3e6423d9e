/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-file-selection.h"

#include <nautilus-extension.h>

/* What Nautilus calls. */
void nautilus_module_initialize (GTypeModule *module);
void nautilus_module_shutdown (void);
void nautilus_module_list_types (const GType **types, int *n_types);

typedef struct
{
  GObject parent_instance;
} GbxNautilusExtension;

typedef struct
{
  GObjectClass parent_class;
} GbxNautilusExtensionClass;

GType gbx_nautilus_extension_get_type (void);

static void implement_menu (NautilusMenuProviderInterface *interface);

G_DEFINE_DYNAMIC_TYPE_EXTENDED (GbxNautilusExtension, gbx_nautilus_extension, G_TYPE_OBJECT, 0,
                                G_IMPLEMENT_INTERFACE_DYNAMIC (NAUTILUS_TYPE_MENU_PROVIDER,
                                                               implement_menu))

static gpointer
make_item (const char *name, const char *label, const char *tip, const char *icon)
{
  return nautilus_menu_item_new (name, label, tip, icon);
}

static GList *
get_file_items (NautilusMenuProvider *provider, GList *files)
{
  g_autoptr (GbxFileSelection) selection = gbx_file_selection_new ();

  for (GList *at = files; at; at = at->next)
    {
      g_autoptr (GFile) file = nautilus_file_info_get_location (at->data);

      gbx_file_selection_add (selection, file, nautilus_file_info_get_file_type (at->data));
    }
  return gbx_file_selection_make_items (selection, make_item);
}

static void
implement_menu (NautilusMenuProviderInterface *interface)
{
  interface->get_file_items = get_file_items;
}

static void
gbx_nautilus_extension_class_init (GbxNautilusExtensionClass *klass)
{
}

static void
gbx_nautilus_extension_class_finalize (GbxNautilusExtensionClass *klass)
{
}

static void
gbx_nautilus_extension_init (GbxNautilusExtension *self)
{
}

void
nautilus_module_initialize (GTypeModule *module)
{
  gbx_file_selection_set_up ();
  gbx_nautilus_extension_register_type (module);
}

void
nautilus_module_shutdown (void)
{
}

void
nautilus_module_list_types (const GType **types, int *n_types)
{
  static GType type;

  type = gbx_nautilus_extension_get_type ();
  *types = &type;
  *n_types = 1;
}
