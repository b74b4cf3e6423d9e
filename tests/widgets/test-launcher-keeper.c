/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-launcher-keeper.h"
#include "gbx-launchers.h"
#include "gbx-paths.h"

#include <glib/gstdio.h>

static char *data_folder;

static char *
make_path (const char *name)
{
  return g_build_filename (data_folder, "applications", name, NULL);
}

static void
write_entry (const char *name)
{
  g_autofree char *path = make_path ("viewer.desktop");
  g_autofree char *text = g_strdup_printf (
      "[Desktop Entry]\nType=Application\nName=%s\nExec=true %%F\nIcon=viewer\n", name);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

/* (nullable): the name that the menu shows */
static char *
read_name (const char *id)
{
  g_autofree char *path = make_path (id);
  g_autoptr (GKeyFile) file = g_key_file_new ();

  g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL);
  return g_key_file_get_string (file, "Desktop Entry", "Name", NULL);
}

static gboolean
on_tick (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

/* Until the menu shows that name; or nothing. */
static void
await_name (const char *id, const char *name)
{
  guint tick = g_timeout_add (100, on_tick, NULL);

  for (;;)
    {
      g_autofree char *now = read_name (id);

      if (g_strcmp0 (now, name) == 0)
        break;
      g_main_context_iteration (NULL, TRUE);
    }
  g_source_remove (tick);
}

/* The launcher follows the application, and goes with it. */
static void
test_follows (void)
{
  const GbxLauncherOptions options = { 0 };
  g_autofree char *original = make_path ("viewer.desktop");
  g_autofree char *launcher = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GbxLauncherKeeper) keeper = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;

  write_entry ("Viewer");
  id = gbx_launchers_add ("viewer.desktop", &options, &error);
  g_assert_no_error (error);
  await_name (id, "Viewer");
  keeper = gbx_launcher_keeper_new ();
  write_entry ("Better Viewer");
  await_name (id, "Better Viewer");
  g_unlink (original);
  await_name (id, NULL);
}

int
main (int argc, char **argv)
{
  g_autofree char *folder = g_dir_make_tmp ("glovebox-test-XXXXXX", NULL);
  g_autofree char *applications = NULL;
  int status;

  data_folder = g_build_filename (folder, "data", NULL);
  applications = make_path ("");
  g_mkdir_with_parents (applications, 0700);
  g_setenv ("XDG_DATA_HOME", data_folder, TRUE);
  g_setenv ("XDG_CONFIG_HOME", folder, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/launcher-keeper/follows", test_follows);
  status = g_test_run ();
  gbx_path_remove_tree (folder);
  g_free (data_folder);
  return status;
}
