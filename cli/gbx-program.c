/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-program.h"

#include "gbx-error.h"
#include "gbx-guest-programs.h"
#include "gbx-paths.h"

#include <glib/gi18n.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* As in shells. */
#define NOT_EXECUTABLE 126
#define NOT_FOUND 127

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

  if (gbx_guest_programs_get_installer (path))
    return refuse_installer (given, gbx_guest_programs_get_installer (path), error);
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
  if (find_share (shares, there) || !g_file_test (here, G_FILE_TEST_IS_REGULAR) ||
      (gbx_guest_programs_is_of_system (there) && !gbx_guest_programs_get_installer (there)))
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
  g_autofree char *found = gbx_guest_programs_find_inside (name);
  g_autofree char *here = found ? NULL : gbx_guest_programs_find (name);

  if (found && gbx_guest_programs_get_installer (found))
    return refuse_installer (name, gbx_guest_programs_get_installer (found), error);
  if (!here)
    return 0;
  if (!gbx_guest_programs_is_of_system (here) &&
      !find_share (gbx_policy_get_shares (policy), here))
    return refuse_absent (name, here, error);
  return refuse_name (name, here, error);
}

int
gbx_program_check_command (GbxPolicy *policy, const char *const *command, GError **error)
{
  const char *installer, *application;

  command = gbx_guest_programs_skip_env (command);
  installer = gbx_guest_programs_get_runner (command, &application);
  if (installer)
    return refuse_installer (application, installer, error);
  if (strchr (command[0], '/'))
    return check_path (policy, command[0], error);
  return sets_path (policy) ? 0 : check_name (policy, command[0], error);
}

int
gbx_program_check (GbxPolicy *policy, GError **error)
{
  return gbx_program_check_command (policy, gbx_policy_get_command (policy), error);
}
