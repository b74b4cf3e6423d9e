/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-program.h"

#include "gbx-error.h"
#include "gbx-paths.h"

#include <glib/gi18n.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* As in shells. */
#define NOT_EXECUTABLE 126
#define NOT_FOUND 127

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

/* --------------------------------------------------------------- places -- */

static GbxShare *
find_share (GPtrArray *shares, const char *path)
{
  GbxShare *best = NULL;

  /* The innermost of nested shares. */
  for (guint i = 0; i < shares->len; i++)
    {
      const char *place = gbx_share_get_guest_path (shares->pdata[i]);

      if (gbx_path_is_within (path, place) &&
          (!best || strlen (place) > strlen (gbx_share_get_guest_path (best))))
        best = shares->pdata[i];
    }
  return best;
}

char *
gbx_program_find_on_host (GPtrArray *shares, const char *path)
{
  GbxShare *share = find_share (shares, path);
  g_autofree char *on_host = NULL;

  if (!share)
    return NULL;
  on_host = g_strconcat (gbx_share_get_path (share), path + strlen (gbx_share_get_guest_path (share)),
                         NULL);
  return realpath (on_host, NULL);
}

static gboolean
is_of_system (const char *path)
{
  for (guint i = 0; i < G_N_ELEMENTS (system_folders); i++)
    if (gbx_path_is_within (path, system_folders[i]))
      return TRUE;
  return FALSE;
}

/* "snap" or "flatpak", or NULL. */
static const char *
installer_of (const char *path)
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
static char *
find_in_guest (const char *name)
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
gbx_program_is_in_guest (const char *name)
{
  g_autofree char *path = find_in_guest (name);

  return path != NULL;
}

char *
gbx_program_make_search_path (void)
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
gbx_program_find (const char *name)
{
  g_autofree char *search = gbx_program_make_search_path ();
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

/* -------------------------------------------------------------- refusing -- */

static int
refuse_installer (const char *given, const char *installer, GError **error)
{
  g_autofree char *shown = gbx_path_show (given);

  g_set_error (error, GBX_ERROR, GBX_ERROR_NOT_FOUND,
               _ ("“%s” is an application of %s, which the sandbox cannot start; install it as a "
                  "package of the system"),
               shown, installer);
  return NOT_FOUND;
}

static int
refuse_absent (const char *given, const char *path, GError **error)
{
  g_autofree char *shown = gbx_path_show (given);
  g_autofree char *shown_path = gbx_path_show (path);
  g_autofree char *word = g_shell_quote (path);
  g_autofree char *shown_word = gbx_path_show (word);

  if (installer_of (path))
    return refuse_installer (given, installer_of (path), error);
  if (g_path_is_absolute (given))
    g_set_error (error, GBX_ERROR, GBX_ERROR_NOT_FOUND,
                 _ ("“%s” is not in the sandbox; add “--share %s”"), shown, shown_word);
  else
    g_set_error (error, GBX_ERROR, GBX_ERROR_NOT_FOUND,
                 _ ("“%s” is not in the sandbox; add “--share %s” and start it as “%s”"), shown,
                 shown_word, shown_path);
  return NOT_FOUND;
}

static int
refuse_mode (const char *given, const char *path, GError **error)
{
  g_autofree char *shown = gbx_path_show (given);
  g_autofree char *word = g_shell_quote (path);
  g_autofree char *shown_word = gbx_path_show (word);

  g_set_error (error, GBX_ERROR, GBX_ERROR_NOT_FOUND,
               _ ("“%s” is not executable; change that with “chmod +x %s”"), shown, shown_word);
  return NOT_EXECUTABLE;
}

static int
refuse_name (const char *name, const char *path, GError **error)
{
  g_autofree char *shown = gbx_path_show (name);
  g_autofree char *shown_path = gbx_path_show (path);

  g_set_error (error, GBX_ERROR, GBX_ERROR_NOT_FOUND,
               _ ("“%s” is in no folder of the sandbox’s PATH; start it as “%s”"), shown,
               shown_path);
  return NOT_FOUND;
}

/* -------------------------------------------------------------- checking -- */

/* The guest decides which accounts may execute it. */
static gboolean
lacks_mode (const char *path)
{
  struct stat st;

  return stat (path, &st) == 0 && S_ISREG (st.st_mode) && !(st.st_mode & 0111);
}

static int
check_path (GbxPolicy *policy, const char *given, GError **error)
{
  GPtrArray *shares = gbx_policy_get_shares (policy);
  const char *directory = gbx_policy_get_directory (policy);
  g_autofree char *here = g_canonicalize_filename (given, NULL);
  g_autofree char *there = g_canonicalize_filename (given, directory ? directory : g_get_home_dir ());
  g_autofree char *shown = gbx_program_find_on_host (shares, there);

  if (shown && lacks_mode (shown))
    return refuse_mode (given, shown, error);
  if (find_share (shares, there) || (is_of_system (there) && !installer_of (there)) ||
      !g_file_test (here, G_FILE_TEST_IS_REGULAR))
    return 0;
  return refuse_absent (given, here, error);
}

static gboolean
sets_path (GbxPolicy *policy)
{
  const char *const *environment = gbx_policy_get_environment (policy);

  for (guint i = 0; environment[i]; i++)
    if (g_str_has_prefix (environment[i], "PATH="))
      return TRUE;
  return FALSE;
}

static int
check_name (GbxPolicy *policy, const char *name, GError **error)
{
  g_autofree char *found = find_in_guest (name);
  g_autofree char *here = found ? NULL : gbx_program_find (name);

  if (found && installer_of (found))
    return refuse_installer (name, installer_of (found), error);
  if (!here)
    return 0;
  if (!is_of_system (here) && !find_share (gbx_policy_get_shares (policy), here))
    return refuse_absent (name, here, error);
  return refuse_name (name, here, error);
}

/* "flatpak run NAME", as in the desktop entries of its applications. */
static int
check_installer (const char *const *command, GError **error)
{
  g_autofree char *name = g_path_get_basename (command[0]);

  if (g_strcmp0 (command[1], "run") != 0 ||
      (!g_str_equal (name, "flatpak") && !g_str_equal (name, "snap")))
    return 0;
  for (guint i = 2; command[i]; i++)
    if (command[i][0] != '-')
      return refuse_installer (command[i], name, error);
  return 0;
}

/* "env NAME=VALUE PROGRAM", as in the entries of snaps: the program. */
static const char *const *
skip_env (const char *const *command)
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

int
gbx_program_check_command (GbxPolicy *policy, const char *const *command, GError **error)
{
  int status;

  command = skip_env (command);
  status = check_installer (command, error);
  if (status != 0)
    return status;
  if (strchr (command[0], '/'))
    return check_path (policy, command[0], error);
  return sets_path (policy) ? 0 : check_name (policy, command[0], error);
}

int
gbx_program_check (GbxPolicy *policy, GError **error)
{
  return gbx_program_check_command (policy, gbx_policy_get_command (policy), error);
}
