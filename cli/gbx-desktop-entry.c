/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-cli"

#include "config.h"

#include "gbx-desktop-entry.h"

#include "gbx-error.h"

#include <gio/gdesktopappinfo.h>
#include <glib/gi18n.h>
#include <string.h>

/* Desktop Entry Specification 1.5, "The Exec key": quoting and field codes. */

gboolean
gbx_desktop_entry_is_named (const char *word)
{
  return g_str_has_suffix (word, ".desktop");
}

static GDesktopAppInfo *
find_entry (const char *word, GError **error)
{
  GDesktopAppInfo *info = strchr (word, '/') || g_file_test (word, G_FILE_TEST_EXISTS)
                              ? g_desktop_app_info_new_from_filename (word)
                              : g_desktop_app_info_new (word);

  if (!info)
    g_set_error (error, GBX_ERROR, GBX_ERROR_NOT_FOUND,
                 _ ("There is no usable application “%s”; give the name of an installed one, or "
                    "the path of its file"),
                 word);
  return info;
}

static char *
icon_name (GDesktopAppInfo *info)
{
  GIcon *icon = g_app_info_get_icon (G_APP_INFO (info));

  return icon ? g_icon_to_string (icon) : NULL;
}

/* The codes that stand for something else than files; NULL: nothing. */
static char *
expand_code (GDesktopAppInfo *info, char code)
{
  switch (code)
    {
    case '%':
      return g_strdup ("%");
    case 'c':
      return g_strdup (g_app_info_get_name (G_APP_INFO (info)));
    case 'k':
      return g_strdup (g_desktop_app_info_get_filename (info));
    default:
      return NULL;
    }
}

static char *
expand_inside (GDesktopAppInfo *info, const char *word, char **files, gboolean *used)
{
  GString *out = g_string_new (NULL);

  for (const char *at = word; *at; at++)
    {
      g_autofree char *text = NULL;

      if (*at != '%' || !at[1])
        {
          g_string_append_c (out, *at);
          continue;
        }
      at++;
      if (strchr ("fuFU", *at) && files[0])
        {
          g_string_append (out, files[0]);
          *used = TRUE;
        }
      text = expand_code (info, *at);
      if (text)
        g_string_append (out, text);
    }
  return g_string_free (out, FALSE);
}

/* One word of the Exec line into none, one or more arguments. */
static void
expand_word (GDesktopAppInfo *info, const char *word, char **files, gboolean *used,
             GStrvBuilder *argv)
{
  g_autofree char *icon = NULL;
  g_autofree char *text = NULL;

  if (g_str_equal (word, "%F") || g_str_equal (word, "%U"))
    {
      for (guint i = 0; files[i]; i++)
        g_strv_builder_add (argv, files[i]);
      *used = TRUE;
    }
  else if (g_str_equal (word, "%i"))
    {
      icon = icon_name (info);
      if (icon)
        g_strv_builder_add_many (argv, "--icon", icon, NULL);
    }
  else
    {
      text = expand_inside (info, word, files, used);
      if (*text || word[0] != '%')
        g_strv_builder_add (argv, text);
    }
}

static char **
make_command (GDesktopAppInfo *info, char **files, GError **error)
{
  const char *line = g_app_info_get_commandline (G_APP_INFO (info));
  g_autoptr (GStrvBuilder) argv = g_strv_builder_new ();
  g_auto (GStrv) words = NULL;
  gboolean used = FALSE;

  if (!line || !g_shell_parse_argv (line, NULL, &words, NULL))
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID, _ ("%s has no usable Exec line"),
                   g_desktop_app_info_get_filename (info));
      return NULL;
    }
  for (guint i = 0; words[i]; i++)
    expand_word (info, words[i], files, &used, argv);
  if (files[0] && !used)
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID, _ ("%s takes no files"),
                   g_app_info_get_display_name (G_APP_INFO (info)));
      return NULL;
    }
  return g_strv_builder_end (argv);
}

static gboolean
share_files (GbxPolicyBuilder *builder, char **files, GError **error)
{
  for (guint i = 0; files[i]; i++)
    {
      g_autoptr (GbxShare) share = gbx_share_new (files[i], NULL, FALSE, error);

      if (!share)
        return FALSE;
      gbx_policy_builder_add_share (builder, share);
    }
  return TRUE;
}

gboolean
gbx_desktop_entry_apply (const char *word, char **files, GbxPolicyBuilder *builder, GError **error)
{
  g_autoptr (GDesktopAppInfo) info = find_entry (word, error);
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) command = NULL;
  g_autofree char *icon = NULL;
  g_autofree char *id = NULL;

  if (!info)
    return FALSE;
  for (guint i = 0; files[i]; i++)
    g_ptr_array_add (paths, g_canonicalize_filename (files[i], NULL));
  g_ptr_array_add (paths, NULL);
  command = make_command (info, (char **) paths->pdata, error);
  if (!command || !share_files (builder, (char **) paths->pdata, error))
    return FALSE;
  icon = icon_name (info);
  id = g_path_get_basename (word);
  gbx_policy_builder_set_command (builder, (const char *const *) command);
  gbx_policy_builder_set_application (builder, id, g_app_info_get_display_name (G_APP_INFO (info)),
                                      icon);
  return TRUE;
}
