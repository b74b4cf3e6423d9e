/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-cli"

#include "config.h"

#include "gbx-desktop-entry.h"
#include "gbx-entry-file.h"
#include "gbx-program.h"

#include "gbx-exec-line.h"
#include "gbx-paths.h"

#include <gio/gdesktopappinfo.h>
#include <stdlib.h>
#include <string.h>

gboolean
gbx_desktop_entry_is_named (const char *word)
{
  return g_str_has_suffix (word, ".desktop");
}

/* -------------------------------------------------------------- shares -- */

/* The sandbox can change it anyway, by another path. */
static gboolean
is_writable (GPtrArray *shares, const char *real)
{
  for (guint i = 0; real && i < shares->len; i++)
    if (gbx_share_get_writable (shares->pdata[i]) &&
        gbx_path_is_within (real, gbx_share_get_path (shares->pdata[i])))
      return TRUE;
  return FALSE;
}

/* If a share already shows the file at its own path, that share is used; it may be
 * writable. */
static gboolean
share_files (GbxPolicyBuilder *builder, GPtrArray *arguments, GError **error)
{
  for (guint i = 0; i < arguments->len; i++)
    {
      GbxEntryArgument *argument = arguments->pdata[i];
      GPtrArray *shares = gbx_policy_builder_get_shares (builder);
      g_autofree char *real = realpath (argument->text, NULL);
      g_autofree char *shown = gbx_program_find_on_host (shares, argument->text);
      g_autoptr (GbxShare) share = NULL;

      if (!argument->is_file || (real && g_strcmp0 (real, shown) == 0))
        continue;
      share = gbx_share_new (argument->text, NULL, is_writable (shares, real), error);
      if (!share)
        return FALSE;
      gbx_policy_builder_add_share (builder, share);
    }
  return TRUE;
}

/* The entry's working directory is optional: if the sandbox does not have it, it is
 * ignored. */
static void
set_directory (GDesktopAppInfo *info, GbxPolicyBuilder *builder)
{
  g_autofree char *path = g_desktop_app_info_get_string (info, "Path");
  g_autofree char *shown = NULL;

  if (!path || !g_path_is_absolute (path) || gbx_policy_builder_get_directory (builder))
    return;
  if (gbx_path_is_within (path, "/usr") || gbx_path_is_within (path, "/opt"))
    shown = g_strdup (path);
  else
    shown = gbx_program_find_on_host (gbx_policy_builder_get_shares (builder), path);
  if (shown && g_file_test (shown, G_FILE_TEST_IS_DIR))
    gbx_policy_builder_set_directory (builder, path);
}

static gboolean
apply (GDesktopAppInfo *info, const char *id, const char *action, GPtrArray *arguments,
       GbxPolicyBuilder *builder, GStrv *program, GError **error)
{
  g_auto (GStrv) own = NULL;
  g_auto (GStrv) command = gbx_exec_line_expand (info, action, arguments, &own, error);
  g_autofree char *icon = NULL;

  if (!command)
    return FALSE;
  icon = gbx_exec_line_get_icon (info);
  set_directory (info, builder);
  gbx_policy_builder_set_command (builder, (const char *const *) command);
  gbx_policy_builder_set_application (builder, id, g_app_info_get_name (G_APP_INFO (info)),
                                      icon);
  *program = g_steal_pointer (&own);
  return TRUE;
}

gboolean
gbx_desktop_entry_apply (const char *word, const char *action, char **files,
                         GbxPolicyBuilder *builder, GStrv *program, GError **error)
{
  g_autoptr (GDesktopAppInfo) info = gbx_entry_file_find (word, error);
  g_autoptr (GPtrArray) arguments = info ? gbx_exec_line_read_arguments (files, error) : NULL;
  g_autofree char *id = g_path_get_basename (word);

  return arguments && share_files (builder, arguments, error) &&
         apply (info, id, action, arguments, builder, program, error);
}

gboolean
gbx_desktop_entry_apply_info (GDesktopAppInfo *info, char **words, GbxPolicyBuilder *builder,
                              GStrv *program, GError **error)
{
  g_autoptr (GPtrArray) arguments = gbx_exec_line_read_arguments (words, error);

  return arguments && apply (info, g_app_info_get_id (G_APP_INFO (info)), NULL, arguments,
                             builder, program, error);
}
