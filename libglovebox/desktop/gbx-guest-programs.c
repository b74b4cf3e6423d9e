/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-guest-programs"

#include "config.h"

#include "gbx-guest-programs.h"

#include "gbx-paths.h"

#include <stdlib.h>
#include <string.h>

/* The guest's own PATH; guest/xorg-init/gbx-identity.c sets it. */
static const char *const guest_path[] = {
  "/usr/local/bin", "/usr/bin", "/bin", "/usr/local/games", "/usr/games",
};

/* The guest has some or all of the host's files in these, or the kernel's. */
static const char *const system_folders[] = {
  "/usr", "/opt", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/etc", "/var", "/proc",
  "/sys", "/dev",
};

/* Where users and their installers put programs, whether or not PATH says so. */
static const char *const usual_folders[] = { "/usr/local/sbin", "/usr/sbin", "/sbin", "/snap/bin" };
static const char *const usual_in_home[] = { ".local/bin", "bin" };

/* Programs that ask a service of the host to start an application. */
static const struct
{
  const char *place, *name;
} installers[] = {
  { "/snap", "snap" },
  { "/var/lib/snapd", "snap" },
  { "/var/lib/flatpak", "flatpak" },
};

gboolean
gbx_guest_programs_is_of_system (const char *path)
{
  for (guint i = 0; i < G_N_ELEMENTS (system_folders); i++)
    if (gbx_path_is_within (path, system_folders[i]))
      return TRUE;
  return FALSE;
}

const char *
gbx_guest_programs_get_installer (const char *path)
{
  g_autofree char *flatpaks =
      g_build_filename (g_get_user_data_dir (), "flatpak", "exports", NULL);
  g_autofree char *real = realpath (path, NULL);
  g_autofree char *name = g_path_get_basename (real ? real : path);

  for (guint i = 0; i < G_N_ELEMENTS (installers); i++)
    if (gbx_path_is_within (path, installers[i].place))
      return installers[i].name;
  if (gbx_path_is_within (path, flatpaks))
    return "flatpak";
  /* The programs of snaps are links to this one. */
  return real && g_str_equal (name, "snap") && !g_str_has_suffix (path, "/snap") ? "snap" : NULL;
}

/* Where the guest finds it.  Nothing can be shared at a path in /usr. */
char *
gbx_guest_programs_find_inside (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (guest_path); i++)
    {
      g_autofree char *path = g_build_filename (guest_path[i], name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_EXECUTABLE))
        return g_steal_pointer (&path);
    }
  return NULL;
}

gboolean
gbx_guest_programs_is_inside (const char *name)
{
  g_autofree char *path = gbx_guest_programs_find_inside (name);

  return path != NULL;
}

char *
gbx_guest_programs_make_search_path (void)
{
  const char *search = g_getenv ("PATH");
  GString *path = g_string_new (search ? search : "");

  for (guint i = 0; i < G_N_ELEMENTS (guest_path); i++)
    g_string_append_printf (path, ":%s", guest_path[i]);
  for (guint i = 0; i < G_N_ELEMENTS (usual_folders); i++)
    g_string_append_printf (path, ":%s", usual_folders[i]);
  for (guint i = 0; i < G_N_ELEMENTS (usual_in_home); i++)
    g_string_append_printf (path, ":%s/%s", g_get_home_dir (), usual_in_home[i]);
  g_string_erase (path, 0, strspn (path->str, ":"));
  return g_string_free (path, FALSE);
}

char *
gbx_guest_programs_find (const char *name)
{
  g_autofree char *search = gbx_guest_programs_make_search_path ();
  g_auto (GStrv) folders = g_strsplit (search, ":", -1);

  if (strchr (name, '/'))
    return g_file_test (name, G_FILE_TEST_IS_EXECUTABLE) ? g_strdup (name) : NULL;
  for (guint i = 0; folders[i]; i++)
    {
      g_autofree char *path = g_build_filename (folders[i], name, NULL);

      if (g_path_is_absolute (path) && g_file_test (path, G_FILE_TEST_IS_REGULAR) &&
          g_file_test (path, G_FILE_TEST_IS_EXECUTABLE))
        return g_steal_pointer (&path);
    }
  return NULL;
}

/* -------------------------------------------------------------- commands -- */

/* "env NAME=VALUE PROGRAM", as in the entries of snaps: the program. */
const char *const *
gbx_guest_programs_skip_env (const char *const *command)
{
  g_autofree char *name = g_path_get_basename (command[0]);
  const char *const *at = command;

  if (!g_str_equal (name, "env"))
    return command;
  do
    at++;
  while (*at && (**at == '-' || strchr (*at, '=')));
  return *at ? at : command;
}

const char *
gbx_guest_programs_get_runner (const char *const *command, const char **application)
{
  g_autofree char *name = g_path_get_basename (command[0]);
  const char *runner = g_str_equal (name, "flatpak") ? "flatpak" : "snap";

  if (g_strcmp0 (command[1], "run") != 0 || !g_str_equal (name, runner))
    return NULL;
  for (guint i = 2; command[i]; i++)
    if (command[i][0] != '-')
      {
        *application = command[i];
        return runner;
      }
  return NULL;
}
