/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-cli"

#include "config.h"

#include "gbx-profile-verbs.h"

#include "gbx-error.h"
#include "gbx-launchers.h"
#include "gbx-profile-keys.h"
#include "gbx-settings.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* The verbs of "glovebox profile" that write files: always that of the user. */

G_GNUC_PRINTF (2, 3) static gboolean
fail (GError **error, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error_literal (error, GBX_ERROR, GBX_ERROR_INVALID, message);
  return FALSE;
}

static gboolean
check_id (const char *id, GError **error)
{
  if (gbx_profile_id_is_valid (id))
    return TRUE;
  return fail (error,
               _ ("“%s” cannot be the name of a profile: use 1 to 40 of the characters a–z, 0–9, "
                  "dot, dash and underscore"),
               id);
}

static gboolean
check_new (GbxProfileStore *store, const char *id, GError **error)
{
  if (!check_id (id, error))
    return FALSE;
  if (!gbx_profile_store_contains (store, id))
    return TRUE;
  return fail (error, _ ("There is a profile “%s” already; choose another name, or change it with "
                         "“glovebox profile edit %s”"),
               id, id);
}

/* The user's layer as it is, or a new one for a profile of the system. */
static GbxProfileFile *
open_user_layer (GbxProfileStore *store, const char *id, GError **error)
{
  g_autofree char *path = gbx_profile_store_get_user_path (store, id);
  g_autofree char *text = g_strdup_printf ("[Profile]\nVersion=%d\n", GBX_PROFILE_VERSION);

  if (!check_id (id, error))
    return NULL;
  if (g_file_test (path, G_FILE_TEST_EXISTS) || g_file_test (path, G_FILE_TEST_IS_SYMLINK))
    return gbx_profile_file_load (path, FALSE, error);
  if (gbx_profile_store_contains (store, id) || g_str_equal (id, GBX_PROFILE_DEFAULT))
    return gbx_profile_file_new (path, text, error);
  fail (error, _ ("There is no profile “%s”; “glovebox profile list” shows all, and “glovebox "
                  "profile new %s” makes it"),
        id, id);
  return NULL;
}

/* The setting of a word such as "network.mode" or "Network.Mode": group and key of a profile. */
static gboolean
find_key (const char *word, char **group, char **key, GError **error)
{
  static const char *const groups[] = { "Profile", "Environment", "Locks", NULL };
  const GbxSetting *setting = gbx_profile_key_find_joined (word);
  const char *dot = strrchr (word, '.');

  if (!setting)
    setting = gbx_settings_find (word);
  if (setting)
    {
      *group = gbx_profile_key_group (setting);
      *key = gbx_profile_key_name (setting);
      return TRUE;
    }
  *group = dot ? g_strndup (word, (gsize) (dot - word)) : NULL;
  *key = dot ? g_strdup (dot + 1) : NULL;
  /* "Share documents.Path", "Environment.LANG", "Profile.Name" */
  if (!dot || (!g_strv_contains (groups, *group) && !gbx_profile_key_share (*group)))
    return fail (error, _ ("There is no setting “%s”; “glovebox settings” lists them"), word);
  return TRUE;
}

/* ------------------------------------------------------------ new, copy -- */

gboolean
gbx_profile_new (int argc, char **argv, GError **error)
{
  g_autofree char *parent = NULL;
  const GOptionEntry entries[] = {
    { "inherits", 0, 0, G_OPTION_ARG_STRING, &parent,
      N_ ("The profile that it is based on, instead of “default”"), N_ ("NAME") },
    { NULL },
  };
  g_autoptr (GbxProfileStore) store = gbx_profile_store_new ();
  g_autoptr (GbxProfileFile) file = NULL;
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;

  if (!gbx_profile_parse (&argc, &argv, entries, "NAME", 1, 1, error) ||
      !check_new (store, argv[1], error))
    return FALSE;
  if (parent && !gbx_profile_store_contains (store, parent))
    return fail (error, _ ("There is no profile “%s” to inherit from"), parent);
  path = gbx_profile_store_get_user_path (store, argv[1]);
  text = g_strdup_printf ("[Profile]\nVersion=%d\nInherits=%s\n", GBX_PROFILE_VERSION,
                          parent ? parent : GBX_PROFILE_DEFAULT);
  file = gbx_profile_file_new (path, text, error);
  return file && gbx_profile_file_save (file, error);
}

/* What belongs to the one profile alone. */
static gboolean
is_copied (const GbxKeyLine *line)
{
  static const char *const own[] = { "Id", "Applications", "MimeTypes", "Categories", NULL };

  if (g_str_equal (line->group, "Locks"))
    return FALSE;
  return !g_str_equal (line->group, "Profile") || !g_strv_contains (own, line->key);
}

gboolean
gbx_profile_copy (int argc, char **argv, GError **error)
{
  g_autoptr (GbxProfileStore) store = gbx_profile_store_new ();
  g_autoptr (GPtrArray) layers = NULL;
  g_autoptr (GbxProfileFile) copy = NULL;
  g_autofree char *path = NULL;
  g_autofree char *text = g_strdup_printf ("[Profile]\nVersion=%d\n", GBX_PROFILE_VERSION);

  if (!gbx_profile_parse (&argc, &argv, NULL, "NAME NEWNAME", 2, 2, error) ||
      !check_new (store, argv[2], error))
    return FALSE;
  layers = gbx_profile_store_load (store, argv[1], error);
  path = gbx_profile_store_get_user_path (store, argv[2]);
  copy = layers ? gbx_profile_file_new (path, text, error) : NULL;
  for (guint i = 0; copy && i < layers->len; i++)
    {
      GbxKeyText *from = gbx_profile_file_get_text (layers->pdata[i]);

      for (guint j = 0; j < gbx_key_text_get_n (from); j++)
        {
          GbxKeyLine line;
          g_autofree char *key = NULL;

          gbx_key_text_get (from, j, &line);
          if (!is_copied (&line) || line.locale)
            continue;
          if (!gbx_profile_file_set (copy, line.group, line.key, line.value, error))
            return FALSE;
        }
    }
  return copy && gbx_profile_file_save (copy, error);
}

/* ----------------------------------------------------- set, reset, delete -- */

gboolean
gbx_profile_set (int argc, char **argv, GError **error)
{
  g_autoptr (GbxProfileStore) store = gbx_profile_store_new ();
  g_autoptr (GbxProfileFile) file = NULL;
  g_autofree char *group = NULL;
  g_autofree char *key = NULL;

  if (!gbx_profile_parse (&argc, &argv, NULL, "NAME KEY VALUE", 3, 3, error) ||
      !find_key (argv[2], &group, &key, error))
    return FALSE;
  file = open_user_layer (store, argv[1], error);
  return file && gbx_profile_file_set (file, group, key, argv[3], error) &&
         gbx_profile_file_save (file, error);
}

/* Whether the system has a layer too. */
static gboolean
is_of_system (GbxProfileStore *store, const char *id)
{
  g_autoptr (GPtrArray) layers = gbx_profile_store_load (store, id, NULL);

  return layers && gbx_profile_file_is_system (layers->pdata[0]);
}

static gboolean
remove_file (const char *path, GError **error)
{
  if (g_unlink (path) == 0)
    return TRUE;
  g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE, _ ("%s: the profile cannot be removed: %s"),
               path, g_strerror (errno));
  return FALSE;
}

gboolean
gbx_profile_reset (int argc, char **argv, GError **error)
{
  g_autoptr (GbxProfileStore) store = gbx_profile_store_new ();
  g_autoptr (GbxProfileFile) file = NULL;
  g_autofree char *path = NULL;
  g_autofree char *group = NULL;
  g_autofree char *key = NULL;

  if (!gbx_profile_parse (&argc, &argv, NULL, "NAME [KEY]", 1, 2, error) ||
      !check_id (argv[1], error))
    return FALSE;
  path = gbx_profile_store_get_user_path (store, argv[1]);
  if (argc == 2)
    return g_file_test (path, G_FILE_TEST_EXISTS)
               ? remove_file (path, error)
               : fail (error, _ ("You have no changes of the profile “%s”"), argv[1]);
  if (!find_key (argv[2], &group, &key, error))
    return FALSE;
  file = open_user_layer (store, argv[1], error);
  if (!file)
    return FALSE;
  if (!gbx_key_text_lookup (gbx_profile_file_get_text (file), group, key))
    return fail (error, _ ("You have not changed “%s” in the profile “%s”"), argv[2], argv[1]);
  return gbx_profile_file_set (file, group, key, NULL, error) &&
         gbx_profile_file_save (file, error);
}

/* (transfer full) (nullable): a profile that inherits from it. */
static char *
find_heir (GbxProfileStore *store, const char *id)
{
  g_auto (GStrv) ids = gbx_profile_store_list (store);

  for (guint i = 0; ids[i]; i++)
    {
      g_autoptr (GPtrArray) layers = gbx_profile_store_load (store, ids[i], NULL);

      for (guint j = 0; layers && j < layers->len; j++)
        if (g_strcmp0 (gbx_key_text_lookup (gbx_profile_file_get_text (layers->pdata[j]), "Profile",
                                            "Inherits"),
                       id) == 0)
          return g_strdup (ids[i]);
    }
  return NULL;
}

/* Those in the menu that name the profile.  If one cannot be removed, the next refresh tries again. */
static void
remove_launchers (void)
{
  g_autoptr (GPtrArray) changed = gbx_launchers_refresh (FALSE, NULL);
}

gboolean
gbx_profile_delete (int argc, char **argv, GError **error)
{
  g_autoptr (GbxProfileStore) store = gbx_profile_store_new ();
  g_autofree char *heir = NULL;
  g_autofree char *path = NULL;

  if (!gbx_profile_parse (&argc, &argv, NULL, "NAME", 1, 1, error) || !check_id (argv[1], error))
    return FALSE;
  if (!gbx_profile_store_contains (store, argv[1]))
    return fail (error, _ ("There is no profile “%s”; “glovebox profile list” shows all"),
                 argv[1]);
  if (is_of_system (store, argv[1]))
    return fail (error,
                 _ ("The profile “%s” belongs to the system; “glovebox profile reset %s” removes "
                    "your changes"),
                 argv[1], argv[1]);
  heir = find_heir (store, argv[1]);
  if (heir)
    return fail (error, _ ("The profile “%s” inherits from “%s”; delete or change it first"), heir,
                 argv[1]);
  path = gbx_profile_store_get_user_path (store, argv[1]);
  if (!remove_file (path, error))
    return FALSE;
  remove_launchers ();
  return TRUE;
}

/* ----------------------------------------------------------------- edit -- */

static gboolean
run_editor (const char *path, GError **error)
{
  const char *const names[] = { g_getenv ("VISUAL"), g_getenv ("EDITOR"), "sensible-editor", "nano",
                                "vi" };
  g_autofree char *quoted = g_shell_quote (path);
  int status;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *program = i < 2 ? NULL : names[i] ? g_find_program_in_path (names[i]) : NULL;
      g_autofree char *line = NULL;
      const char *argv[] = { "/bin/sh", "-c", NULL, NULL };

      if (i < 2 ? !names[i] || !*names[i] : !program)
        continue;
      /* $EDITOR may have options of its own. */
      line = g_strdup_printf ("%s %s", i < 2 ? names[i] : program, quoted);
      argv[2] = line;
      return g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_CHILD_INHERITS_STDIN, NULL, NULL,
                           NULL, NULL, &status, error) &&
             g_spawn_check_wait_status (status, error);
    }
  return fail (error, _ ("There is no editor; set EDITOR to the name of one"));
}

static gboolean
wants_again (void)
{
  char line[16];

  if (!isatty (STDIN_FILENO))
    return FALSE;
  g_printerr ("%s ", _ ("Edit it again? [Y/n]"));
  return fgets (line, sizeof line, stdin) && line[0] != 'n' && line[0] != 'N';
}

/* The user edits a copy; only what is valid gets into the place of the profile. */
static gboolean
edit_copy (GbxProfileFile *file, const char *copy, GError **error)
{
  const char *path = gbx_profile_file_get_path (file);
  g_autofree char *text = NULL;

  for (;;)
    {
      g_autoptr (GbxProfileFile) edited = NULL;
      g_autoptr (GError) local = NULL;

      g_clear_pointer (&text, g_free);
      if (!run_editor (copy, error) || !g_file_get_contents (copy, &text, NULL, error))
        return FALSE;
      edited = gbx_profile_file_new (path, text, &local);
      if (edited)
        return gbx_profile_file_replace (file, text, error) && gbx_profile_file_save (file, error);
      g_printerr ("%s\n", local->message);
      if (!wants_again ())
        {
          g_propagate_prefixed_error (error, g_steal_pointer (&local), _ ("nothing was saved: "));
          return FALSE;
        }
    }
}

gboolean
gbx_profile_edit (int argc, char **argv, GError **error)
{
  g_autoptr (GbxProfileStore) store = gbx_profile_store_new ();
  g_autoptr (GbxProfileFile) file = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *base = NULL;
  g_autofree char *copy = NULL;
  g_autofree char *text = NULL;
  gboolean good;

  if (!gbx_profile_parse (&argc, &argv, NULL, "NAME", 1, 1, error))
    return FALSE;
  file = open_user_layer (store, argv[1], error);
  folder = file ? g_dir_make_tmp ("glovebox-XXXXXX", error) : NULL;
  if (!folder)
    return FALSE;
  base = g_path_get_basename (gbx_profile_file_get_path (file));
  copy = g_build_filename (folder, base, NULL);
  text = gbx_key_text_to_string (gbx_profile_file_get_text (file));
  good = g_file_set_contents (copy, text, -1, error) && edit_copy (file, copy, error);
  g_unlink (copy);
  g_rmdir (folder);
  return good;
}

/* -------------------------------------------------------------- validate -- */

gboolean
gbx_profile_validate (int argc, char **argv, GError **error)
{
  guint bad = 0;

  if (!gbx_profile_parse (&argc, &argv, NULL, "FILE…", 1, -1, error))
    return FALSE;
  for (int i = 1; i < argc; i++)
    {
      g_autoptr (GError) local = NULL;
      g_autoptr (GbxProfileFile) file = gbx_profile_file_load (argv[i], TRUE, &local);

      bad += !file;
      if (file)
        g_print (_ ("%s: no faults\n"), argv[i]);
      else
        g_printerr ("%s\n", local->message);
    }
  if (bad == 0)
    return TRUE;
  return fail (error, ngettext ("%u file is not valid", "%u files are not valid", bad), bad);
}
