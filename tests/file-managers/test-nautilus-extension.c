/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The extension as Nautilus loads it, with files that only say where they are. */

#include "recorder.h"

#include <gmodule.h>
#include <nautilus-extension.h>

/* ------------------------------------------------------------- a file -- */

#define TEST_TYPE_FILE (test_file_get_type ())
G_DECLARE_FINAL_TYPE (TestFile, test_file, TEST, FILE, GObject)

struct _TestFile
{
  GObject parent_instance;
  GFile *location;
  GFileType type;
};

static GFile *
get_location (NautilusFileInfo *info)
{
  return g_object_ref (TEST_FILE (info)->location);
}

static GFileType
get_file_type (NautilusFileInfo *info)
{
  return TEST_FILE (info)->type;
}

static void
implement_file (NautilusFileInfoInterface *interface)
{
  interface->get_location = get_location;
  interface->get_file_type = get_file_type;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestFile, test_file, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (NAUTILUS_TYPE_FILE_INFO, implement_file))

static void
test_file_finalize (GObject *object)
{
  g_object_unref (TEST_FILE (object)->location);
  G_OBJECT_CLASS (test_file_parent_class)->finalize (object);
}

static void
test_file_class_init (TestFileClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_file_finalize;
}

static void
test_file_init (TestFile *self)
{
}

static GList *
prepend_file (GList *files, const char *path, GFileType type)
{
  TestFile *file = g_object_new (TEST_TYPE_FILE, NULL);

  file->location = g_file_new_for_path (path);
  file->type = type;
  return g_list_prepend (files, file);
}

/* ----------------------------------------------------------- a module -- */

#define TEST_TYPE_MODULE (test_module_get_type ())
G_DECLARE_FINAL_TYPE (TestModule, test_module, TEST, MODULE, GTypeModule)

struct _TestModule
{
  GTypeModule parent_instance;
  GModule *library;
};

G_DEFINE_FINAL_TYPE (TestModule, test_module, G_TYPE_TYPE_MODULE)

static gpointer
symbol (TestModule *self, const char *name)
{
  gpointer function = NULL;

  g_assert_true (g_module_symbol (self->library, name, &function));
  return function;
}

static gboolean
load (GTypeModule *module)
{
  TestModule *self = TEST_MODULE (module);
  void (*initialize) (GTypeModule *);

  self->library = g_module_open (g_getenv ("GLOVEBOX_EXTENSION"), G_MODULE_BIND_LOCAL);
  if (!self->library)
    g_error ("%s", g_module_error ());
  initialize = symbol (self, "nautilus_module_initialize");
  initialize (module);
  return TRUE;
}

static void
unload (GTypeModule *module)
{
  TestModule *self = TEST_MODULE (module);
  void (*shut_down) (void) = symbol (self, "nautilus_module_shutdown");

  shut_down ();
}

static void
test_module_class_init (TestModuleClass *klass)
{
  G_TYPE_MODULE_CLASS (klass)->load = load;
  G_TYPE_MODULE_CLASS (klass)->unload = unload;
}

static void
test_module_init (TestModule *self)
{
}

static NautilusMenuProvider *
make_provider (TestModule *module)
{
  void (*list_types) (const GType **, int *);
  const GType *types = NULL;
  int n = 0;

  list_types = symbol (module, "nautilus_module_list_types");
  list_types (&types, &n);
  g_assert_cmpint (n, ==, 1);
  return NAUTILUS_MENU_PROVIDER (g_object_new (types[0], NULL));
}

/* -------------------------------------------------------------- tests -- */

static void
assert_item (gpointer item, const char *name, const char *label)
{
  g_autofree char *given_name = NULL, *given_label = NULL, *icon = NULL;

  g_object_get (item, "name", &given_name, "label", &given_label, "icon", &icon, NULL);
  g_assert_cmpstr (given_name, ==, name);
  g_assert_cmpstr (given_label, ==, label);
  g_assert_cmpstr (icon, ==, "org.glovebox.Glovebox");
}

static void
test_open (NautilusMenuProvider *provider)
{
  g_autoptr (Recorder) recorder = recorder_new ();
  g_autoptr (GPtrArray) words = NULL;
  g_autolist (GObject) files = prepend_file (NULL, "/tmp/second", G_FILE_TYPE_REGULAR);
  g_autolist (GObject) items = NULL;

  files = prepend_file (files, "/tmp/first\n", G_FILE_TYPE_REGULAR);
  items = nautilus_menu_provider_get_file_items (provider, files);
  g_assert_cmpuint (g_list_length (items), ==, 2);
  assert_item (items->data, "Glovebox::open", "Open in Sandbox");
  assert_item (items->next->data, "Glovebox::edit", "Edit a Copy in Sandbox");
  nautilus_menu_item_activate (items->data);
  words = recorder_await (recorder, "glovebox");
  g_assert_cmpuint (words->len, ==, 4 + 3);
  g_assert_cmpstr (words->pdata[0], ==, "open");
  g_assert_cmpstr (words->pdata[1], ==, "--");
  g_assert_cmpstr (words->pdata[2], ==, "/tmp/first\n");
  g_assert_cmpstr (words->pdata[3], ==, "/tmp/second");
}

static void
test_folder (NautilusMenuProvider *provider)
{
  g_autoptr (Recorder) recorder = recorder_new ();
  g_autolist (GObject) files = prepend_file (NULL, "/tmp/folder", G_FILE_TYPE_DIRECTORY);
  g_autolist (GObject) items = nautilus_menu_provider_get_file_items (provider, files);

  g_assert_cmpuint (g_list_length (items), ==, 1);
  assert_item (items->data, "Glovebox::open", "Open in Sandbox");
}

static void
test_nothing (NautilusMenuProvider *provider)
{
  g_autoptr (Recorder) recorder = recorder_new ();
  g_autolist (GObject) files = prepend_file (NULL, "/dev/null", G_FILE_TYPE_SPECIAL);

  g_assert_null (nautilus_menu_provider_get_file_items (provider, files));
  g_assert_null (nautilus_menu_provider_get_file_items (provider, NULL));
}

int
main (int argc, char **argv)
{
  /* Types of a module stay: neither is ever finalised. */
  static TestModule *module;
  static NautilusMenuProvider *provider;

  g_test_init (&argc, &argv, NULL);
  module = g_object_new (TEST_TYPE_MODULE, NULL);
  g_assert_true (g_type_module_use (G_TYPE_MODULE (module)));
  provider = make_provider (module);
  g_test_add_data_func ("/nautilus-extension/open", provider, (GTestDataFunc) test_open);
  g_test_add_data_func ("/nautilus-extension/folder", provider, (GTestDataFunc) test_folder);
  g_test_add_data_func ("/nautilus-extension/nothing", provider, (GTestDataFunc) test_nothing);
  return g_test_run ();
}
