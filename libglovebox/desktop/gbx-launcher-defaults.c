/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-launchers"

#include "config.h"

#include "gbx-launcher-defaults.h"

#include "gbx-error.h"
#include "gbx-launchers.h"
#include "gbx-paths.h"

#include <gio/gdesktopappinfo.h>
#include <gio/gio.h>
#include <glib/gi18n-lib.h>

/* MIME Applications Specification 1.0.1. */

static void
add_file (GPtrArray *files, const char *folder, const char *below, const char *name)
{
  g_autofree char *path = g_build_filename (folder, below, name, NULL);
  g_autoptr (GKeyFile) file = g_key_file_new ();

  if (g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL))
    g_ptr_array_add (files, g_steal_pointer (&file));
}

static void
add_folder (GPtrArray *files, const char *folder, const char *below, char **desktops)
{
  for (guint i = 0; desktops[i]; i++)
    {
      g_autofree char *lower = g_ascii_strdown (desktops[i], -1);
      g_autofree char *name = g_strconcat (lower, "-mimeapps.list", NULL);

      add_file (files, folder, below, name);
    }
  add_file (files, folder, below, "mimeapps.list");
}

/* (element-type GKeyFile): the lists in which somebody has chosen. */
static GPtrArray *
load_choices (void)
{
  GPtrArray *files = g_ptr_array_new_with_free_func ((GDestroyNotify) g_key_file_unref);
  const char *current = g_getenv ("XDG_CURRENT_DESKTOP");
  g_auto (GStrv) desktops = g_strsplit (current ? current : "", ":", -1);
  const char *const *config = g_get_system_config_dirs ();
  const char *const *data = g_get_system_data_dirs ();

  add_folder (files, g_get_user_config_dir (), ".", desktops);
  for (guint i = 0; config[i]; i++)
    add_folder (files, config[i], ".", desktops);
  add_folder (files, g_get_user_data_dir (), "applications", desktops);
  for (guint i = 0; data[i]; i++)
    add_folder (files, data[i], "applications", desktops);
  return files;
}

/* Somebody has chosen an application that exists. */
static gboolean
is_chosen (GPtrArray *choices, const char *type)
{
  for (guint i = 0; i < choices->len; i++)
    {
      g_auto (GStrv) ids = g_key_file_get_string_list (choices->pdata[i], "Default Applications",
                                                       type, NULL, NULL);

      for (guint j = 0; ids && ids[j]; j++)
        {
          g_autoptr (GDesktopAppInfo) info = g_desktop_app_info_new (ids[j]);

          if (info)
            return TRUE;
        }
    }
  return FALSE;
}

gboolean
gbx_launcher_defaults_keep (const char *const *types, GError **error)
{
  g_autoptr (GPtrArray) choices = load_choices ();

  for (guint i = 0; types[i]; i++)
    {
      g_autoptr (GAppInfo) info = g_app_info_get_default_for_type (types[i], FALSE);
      const char *id = info ? g_app_info_get_id (info) : NULL;
      g_autoptr (GError) local = NULL;

      if (!id || gbx_launchers_is_launcher (id) || is_chosen (choices, types[i]))
        continue;
      if (!g_app_info_set_as_default_for_type (info, types[i], &local))
        {
          g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE,
                       _ ("The application that opens “%s” could not be kept (%s); make the folder "
                          "“%s” writable, or add the launcher without types of files"),
                       types[i], local->message, g_get_user_config_dir ());
          return FALSE;
        }
    }
  return TRUE;
}

void
gbx_launcher_defaults_update (const char *folder)
{
  g_autofree char *program = gbx_path_command ("update-desktop-database");
  const char *argv[] = { program, "-q", folder, NULL };

  if (program)
    g_spawn_sync (NULL, (char **) argv, NULL,
                  G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL, NULL,
                  NULL, NULL);
}
