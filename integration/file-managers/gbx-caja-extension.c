/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-file-selection.h"

#include <libcaja-extension/caja-file-info.h>
#include <libcaja-extension/caja-menu-provider.h>

/* What Caja calls. */
void caja_module_initialize (GTypeModule *module);
void caja_module_shutdown (void);
void caja_module_list_types (const GType **types, int *n_types);

typedef struct
{
  GObject parent_instance;
} GbxCajaExtension;

typedef struct
{
  GObjectClass parent_class;
} GbxCajaExtensionClass;

GType gbx_caja_extension_get_type (void);

static void implement_menu (CajaMenuProviderIface *interface);

G_DEFINE_DYNAMIC_TYPE_EXTENDED (GbxCajaExtension, gbx_caja_extension, G_TYPE_OBJECT, 0,
                                G_IMPLEMENT_INTERFACE_DYNAMIC (CAJA_TYPE_MENU_PROVIDER,
                                                               implement_menu))

static gpointer
make_item (const char *name, const char *label, const char *tip, const char *icon)
{
  return caja_menu_item_new (name, label, tip, icon);
}

static GList *
get_file_items (CajaMenuProvider *provider, GtkWidget *window, GList *files)
{
  g_autoptr (GbxFileSelection) selection = gbx_file_selection_new ();

  for (GList *at = files; at; at = at->next)
    {
      g_autoptr (GFile) file = caja_file_info_get_location (at->data);

      gbx_file_selection_add (selection, file, caja_file_info_get_file_type (at->data));
    }
  return gbx_file_selection_make_items (selection, make_item);
}

static void
implement_menu (CajaMenuProviderIface *interface)
{
  interface->get_file_items = get_file_items;
}

static void
gbx_caja_extension_class_init (GbxCajaExtensionClass *klass)
{
}

static void
gbx_caja_extension_class_finalize (GbxCajaExtensionClass *klass)
{
}

static void
gbx_caja_extension_init (GbxCajaExtension *self)
{
}

void
caja_module_initialize (GTypeModule *module)
{
  gbx_file_selection_set_up ();
  gbx_caja_extension_register_type (module);
}

void
caja_module_shutdown (void)
{
}

void
caja_module_list_types (const GType **types, int *n_types)
{
  static GType type;

  type = gbx_caja_extension_get_type ();
  *types = &type;
  *n_types = 1;
}
