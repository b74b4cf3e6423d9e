/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-cli"

#include "config.h"

#include "gbx-ask.h"
#include "gbx-launch-profile.h"

#include "gbx-error.h"
#include "gbx-profile-match.h"

#include <gio/gdesktopappinfo.h>
#include <glib/gi18n.h>
#include <string.h>

/* -------------------------------------------------------- which profile -- */

static GDesktopAppInfo *
find_by_program (const char *program)
{
  g_autofree char *name = g_path_get_basename (program);
  GList *all = g_app_info_get_all ();
  GDesktopAppInfo *found = NULL;

  for (GList *at = all; at && !found; at = at->next)
    {
      const char *executable = g_app_info_get_executable (at->data);
      g_autofree char *its_name = executable ? g_path_get_basename (executable) : NULL;

      if (g_strcmp0 (its_name, name) == 0 && g_app_info_should_show (at->data))
        found = g_object_ref (at->data);
    }
  g_list_free_full (all, g_object_unref);
  return found;
}

static GDesktopAppInfo *
find_application (const char *word)
{
  if (!g_str_has_suffix (word, ".desktop"))
    return find_by_program (word);
  return strchr (word, '/') ? g_desktop_app_info_new_from_filename (word)
                            : g_desktop_app_info_new (word);
}

/* Of the files that the application gets. */
static char **
guess_types (char **files)
{
  g_autoptr (GStrvBuilder) types = g_strv_builder_new ();

  for (guint i = 0; files[i]; i++)
    {
      g_autofree char *type = g_content_type_guess (files[i], NULL, 0, NULL);
      g_autofree char *mime = g_content_type_get_mime_type (type);

      if (mime && !strstr (files[i], "://") && g_file_test (files[i], G_FILE_TEST_IS_REGULAR))
        g_strv_builder_add (types, mime);
    }
  return g_strv_builder_end (types);
}

static char *
choose (GbxLaunchOptions *options, GbxProfileStore *store, GPtrArray *warnings)
{
  g_autoptr (GDesktopAppInfo) info = find_application (options->command[0]);
  const char *list = info ? g_desktop_app_info_get_categories (info) : NULL;
  g_auto (GStrv) categories = list ? g_strsplit (list, ";", -1) : NULL;
  g_auto (GStrv) types = guess_types (options->command + 1);

  return gbx_profile_match (store, info ? g_app_info_get_id (G_APP_INFO (info)) : NULL,
                            (const char *const *) types, (const char *const *) categories,
                            warnings);
}

/* -------------------------------------------------- shares asked for -- */

static gboolean
add_answers (GbxResolution *resolution, char **answers, GError **error)
{
  for (guint i = 0; answers && answers[i]; i++)
    {
      g_auto (GStrv) parts = g_strsplit (answers[i], "=", 2);

      if (!parts[0] || !parts[1] || !*parts[1])
        {
          g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
                       _ ("--share-for “%s” must be NAME=PATH"), answers[i]);
          return FALSE;
        }
      if (!gbx_resolution_answer (resolution, parts[0], parts[1], error))
        return FALSE;
    }
  return TRUE;
}

/* (transfer full) (nullable): the user's choice. */
static char *
ask (const char *profile, const char *name)
{
  g_autofree char *heading = g_strdup_printf (_ ("File or folder for “%s”"), name);
  g_autofree char *body = g_strdup_printf (
      _ ("The profile “%s” shows the sandbox a file or folder of your choice."), profile);

  return gbx_ask_for_path (heading, body);
}

static gboolean
ask_for_rest (GbxResolution *resolution, gboolean desktop, GError **error)
{
  GPtrArray *shares = gbx_resolution_get_shares (resolution);
  /* A command that no terminal waits for is one of a script. */
  gboolean can_ask = gbx_ask_has_terminal () || (desktop && gbx_ask_is_possible ());

  for (guint i = 0; i < shares->len; i++)
    {
      GbxResolvedShare *share = shares->pdata[i];
      g_autofree char *path = NULL;

      if (!g_str_equal (share->presence, "ask"))
        continue;
      path = can_ask ? ask (gbx_resolution_get_id (resolution), share->name) : NULL;
      if (!path && can_ask && !gbx_ask_has_terminal ())
        {
          g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                               _ ("No file or folder was chosen"));
          return FALSE;
        }
      if (!path || !*path)
        {
          g_set_error (error, GBX_ERROR, GBX_ERROR_SHARE,
                       _ ("%s: the profile asks for a file or folder; give it with --share-for "
                          "%s=PATH"),
                       share->origin, share->name);
          return FALSE;
        }
      if (!gbx_resolution_answer (resolution, share->name, path, error))
        return FALSE;
    }
  return TRUE;
}

/* Each profile keeps a home of its own, unless it says otherwise. */
static gboolean
name_home (GbxResolution *resolution, GError **error)
{
  GbxValues *values = gbx_resolution_get_values (resolution);
  const char *id = gbx_resolution_get_id (resolution);

  if (gbx_values_get (values, "files.home-name"))
    return TRUE;
  return gbx_values_set_text (values, "files.home-name", id, id, error);
}

GbxResolution *
gbx_launch_profile_resolve (GbxLaunchOptions *options, GbxMode mode, GPtrArray *warnings,
                            GError **error)
{
  gboolean desktop = mode == GBX_MODE_DESKTOP;
  g_autoptr (GbxProfileStore) store = gbx_profile_store_new ();
  g_autofree char *id = options->profile ? g_strdup (options->profile)
                        : desktop        ? choose (options, store, warnings)
                                         : g_strdup (GBX_PROFILE_DEFAULT);
  g_autoptr (GbxResolution) resolution = NULL;

  if (options->profile && !g_str_equal (id, GBX_PROFILE_DEFAULT) &&
      !gbx_profile_store_contains (store, id))
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_NOT_FOUND,
                   _ ("There is no profile “%s”; “glovebox profile list” shows all"), id);
      return NULL;
    }
  resolution = gbx_resolution_new (store, id, desktop, error);
  if (resolution && options->files_alone)
    gbx_resolution_leave_out_shares (resolution);
  if (!resolution || !gbx_launch_options_override (options, resolution, error) ||
      !name_home (resolution, error) || !add_answers (resolution, options->answers, error) ||
      !ask_for_rest (resolution, desktop, error))
    return NULL;
  g_ptr_array_extend (warnings, gbx_resolution_get_warnings (resolution), (GCopyFunc) g_strdup,
                      NULL);
  return g_steal_pointer (&resolution);
}
