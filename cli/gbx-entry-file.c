/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-cli"

#include "config.h"

#include "gbx-entry-file.h"

#include "gbx-error.h"
#include "gbx-guest-programs.h"
#include "gbx-paths.h"

#include <glib/gi18n.h>
#include <string.h>

static gboolean
is_file_name (const char *word)
{
  return strchr (word, '/') || g_file_test (word, G_FILE_TEST_EXISTS);
}

/* GIO ignores an entry whose program is in no folder of PATH. */
static GDesktopAppInfo *
load (const char *word)
{
  g_autofree char *before = g_strdup (g_getenv ("PATH"));
  g_autofree char *wider = gbx_guest_programs_make_search_path ();
  GDesktopAppInfo *info;

  g_setenv ("PATH", wider, TRUE);
  info = is_file_name (word) ? g_desktop_app_info_new_from_filename (word)
                             : g_desktop_app_info_new (word);
  if (before)
    g_setenv ("PATH", before, TRUE);
  else
    g_unsetenv ("PATH");
  return info;
}

/* ------------------------------------------------------------- refusing -- */

/* (nullable): NULL if there is no such file, or if it is not of this format. */
static GKeyFile *
read_file (const char *word)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *name = g_build_filename ("applications", word, NULL);

  if (is_file_name (word) ? g_key_file_load_from_file (file, word, G_KEY_FILE_NONE, NULL)
                          : g_key_file_load_from_data_dirs (file, name, NULL, G_KEY_FILE_NONE, NULL))
    return g_steal_pointer (&file);
  return NULL;
}

static char *
get_text (GKeyFile *file, const char *key)
{
  return g_key_file_get_string (file, G_KEY_FILE_DESKTOP_GROUP, key, NULL);
}

/* (nullable): the program that the entry needs, by TryExec or Exec. */
static char *
needed_program (GKeyFile *file)
{
  g_autofree char *tried = get_text (file, G_KEY_FILE_DESKTOP_KEY_TRY_EXEC);
  g_autofree char *line = get_text (file, G_KEY_FILE_DESKTOP_KEY_EXEC);
  g_autofree char *found = tried ? gbx_guest_programs_find (tried) : NULL;
  g_auto (GStrv) words = NULL;

  if (tried && !found)
    return g_steal_pointer (&tried);
  if (!line || !g_shell_parse_argv (line, NULL, &words, NULL))
    return NULL;
  g_free (found);
  found = gbx_guest_programs_find (words[0]);
  return found ? NULL : g_strdup (words[0]);
}

static gboolean
has_bad_line (GKeyFile *file)
{
  g_autofree char *line = get_text (file, G_KEY_FILE_DESKTOP_KEY_EXEC);

  return line && !g_shell_parse_argv (line, NULL, NULL, NULL);
}

static void
refuse (const char *word, GError **error)
{
  g_autoptr (GKeyFile) file = read_file (word);
  g_autofree char *type = file ? get_text (file, G_KEY_FILE_DESKTOP_KEY_TYPE) : NULL;
  g_autofree char *program = file ? needed_program (file) : NULL;
  g_autofree char *shown = gbx_path_show (word);
  g_autofree char *shown_program = program ? gbx_path_show (program) : NULL;

  if (type && !g_str_equal (type, G_KEY_FILE_DESKTOP_TYPE_APPLICATION))
    g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
                 _ ("“%s” is the entry of no application, but of the type “%s”"), shown, type);
  else if (program)
    g_set_error (error, GBX_ERROR, GBX_ERROR_NOT_FOUND,
                 _ ("The application “%s” needs the program “%s”, which is not installed or not "
                    "executable"),
                 shown, shown_program);
  else if (file && has_bad_line (file))
    g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID, _ ("%s has no usable Exec line"), shown);
  else
    g_set_error (error, GBX_ERROR, GBX_ERROR_NOT_FOUND,
                 _ ("There is no usable application “%s”; give the name of an installed one, or "
                    "the path of its file"),
                 shown);
}

GDesktopAppInfo *
gbx_entry_file_find (const char *word, GError **error)
{
  GDesktopAppInfo *info = load (word);

  if (!info)
    refuse (word, error);
  return info;
}
