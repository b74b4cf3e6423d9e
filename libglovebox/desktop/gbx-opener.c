/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-opener"

#include "config.h"

#include "gbx-opener.h"

#include "gbx-error.h"
#include "gbx-exec-line.h"
#include "gbx-guest-programs.h"
#include "gbx-packages.h"
#include "gbx-paths.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* What shows files of a type, for a system that has nothing for it.  The first that fits. */
static const struct
{
  const char *type; /* up to a star, or whole */
  GbxPackage package;
} suggestions[] = {
  { "application/pdf", GBX_PACKAGE_DOCUMENT_VIEWER },
  { "application/postscript", GBX_PACKAGE_DOCUMENT_VIEWER },
  { "image/vnd.djvu*", GBX_PACKAGE_DOCUMENT_VIEWER },
  { "image/*", GBX_PACKAGE_IMAGE_VIEWER },
  { "audio/*", GBX_PACKAGE_MEDIA_PLAYER },
  { "video/*", GBX_PACKAGE_MEDIA_PLAYER },
  { "inode/directory", GBX_PACKAGE_FILE_MANAGER },
  { "application/vnd.oasis.*", GBX_PACKAGE_OFFICE },
  { "application/vnd.openxmlformats*", GBX_PACKAGE_OFFICE },
  { "application/vnd.ms-*", GBX_PACKAGE_OFFICE },
  { "application/msword", GBX_PACKAGE_OFFICE },
  { "application/rtf", GBX_PACKAGE_OFFICE },
  { "application/zip", GBX_PACKAGE_ARCHIVER },
  { "application/x-*tar", GBX_PACKAGE_ARCHIVER },
  { "application/x-7z*", GBX_PACKAGE_ARCHIVER },
  { "application/gzip", GBX_PACKAGE_ARCHIVER },
  { "application/xhtml*", GBX_PACKAGE_BROWSER },
  { "text/html", GBX_PACKAGE_BROWSER },
  { "x-scheme-handler/*", GBX_PACKAGE_BROWSER },
  { "text/*", GBX_PACKAGE_EDITOR },
};

void
gbx_opener_free (GbxOpener *self)
{
  g_object_unref (self->info);
  g_free (self->obstacle);
  g_free (self);
}

/* ------------------------------------------------------------- obstacles -- */

static char *
explain_installer (const char *title, const char *installer)
{
  return g_strdup_printf (_ ("%s is an application of %s, which the sandbox cannot start."), title,
                          installer);
}

static char *
explain_place (const char *title, const char *program)
{
  g_autofree char *shown = gbx_path_show (program);

  return g_strdup_printf (_ ("%s is not in the sandbox: its program “%s” is not among the files of "
                             "the system."),
                          title, shown);
}

/* (nullable) */
static char *
explain_program (const char *title, const char *const *words)
{
  const char *application, *installer = gbx_guest_programs_get_runner (words, &application);
  g_autofree char *path = NULL;

  if (installer)
    return explain_installer (title, installer);
  path = strchr (words[0], '/') ? g_strdup (words[0]) : gbx_guest_programs_find_inside (words[0]);
  if (!path)
    return explain_place (title, words[0]);
  if (gbx_guest_programs_get_installer (path))
    return explain_installer (title, gbx_guest_programs_get_installer (path));
  if (!gbx_guest_programs_is_of_system (path) || !g_file_test (path, G_FILE_TEST_IS_EXECUTABLE))
    return explain_place (title, path);
  return NULL;
}

/* (nullable) */
static char *
find_obstacle (GDesktopAppInfo *info)
{
  const char *title = g_app_info_get_display_name (G_APP_INFO (info));
  g_auto (GStrv) words = gbx_exec_line_read_words (info, NULL);

  if (!words)
    return g_strdup_printf (_ ("%s has no command line that a sandbox can use."), title);
  if (gbx_exec_line_count_files (info) == 0)
    return g_strdup_printf (_ ("%s takes no files."), title);
  if (g_desktop_app_info_get_boolean (info, "Terminal") && !gbx_guest_programs_is_inside ("xterm"))
    return g_strdup_printf (_ ("%s runs in a terminal, and xterm is not installed."), title);
  return explain_program (title,
                          gbx_guest_programs_skip_env ((const char *const *) words));
}

/* Glovebox's own entries would start a sandbox in the sandbox. */
static gboolean
is_own (GAppInfo *info)
{
  const char *id = g_app_info_get_id (info);
  const char *executable = g_app_info_get_executable (info);
  g_autofree char *name = executable ? g_path_get_basename (executable) : NULL;

  return (id && g_str_has_prefix (id, GBX_APPLICATION_ID)) ||
         (name && g_str_has_prefix (name, "glovebox"));
}

/* -------------------------------------------------------------- choosing -- */

static void
add (GPtrArray *list, GAppInfo *info)
{
  GbxOpener *opener;

  if (!info || !G_IS_DESKTOP_APP_INFO (info) || is_own (info))
    return;
  for (guint i = 0; i < list->len; i++)
    if (g_app_info_equal (G_APP_INFO (((GbxOpener *) list->pdata[i])->info), info))
      return;
  opener = g_new0 (GbxOpener, 1);
  opener->info = G_DESKTOP_APP_INFO (g_object_ref (info));
  opener->obstacle = find_obstacle (opener->info);
  g_ptr_array_add (list, opener);
}

/* Takes the list. */
static void
add_all (GPtrArray *list, GList *infos)
{
  for (GList *at = infos; at; at = at->next)
    add (list, at->data);
  g_list_free_full (infos, g_object_unref);
}

GPtrArray *
gbx_opener_list (const char *type)
{
  g_autofree char *content_type = g_content_type_from_mime_type (type);
  g_autoptr (GAppInfo) preferred = g_app_info_get_default_for_type (content_type, FALSE);
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) gbx_opener_free);

  add (list, preferred);
  add_all (list, g_app_info_get_recommended_for_type (content_type));
  add_all (list, g_app_info_get_all_for_type (content_type));
  /* Whatever it is called, a text is a text. */
  if (g_content_type_is_a (content_type, "text/plain"))
    add_all (list, g_app_info_get_all_for_type ("text/plain"));
  return list;
}

static gboolean
fits (const char *pattern, const char *type)
{
  return g_pattern_match_simple (pattern, type);
}

/* (nullable): a command that installs something for the type. */
static char *
suggest (const char *type)
{
  for (guint i = 0; i < G_N_ELEMENTS (suggestions); i++)
    if (fits (suggestions[i].type, type))
      return gbx_packages_command (suggestions[i].package);
  return NULL;
}

static char *
describe_type (const char *type)
{
  g_autofree char *content_type = g_content_type_from_mime_type (type);
  g_autofree char *words = g_content_type_get_description (content_type);

  if (g_str_has_prefix (type, "x-scheme-handler/"))
    return g_strdup_printf (_ ("addresses that begin with “%s:”"), strchr (type, '/') + 1);
  return g_str_equal (words, type) ? g_strdup (type) : g_strdup_printf ("%s (%s)", words, type);
}

static void
refuse (const char *type, GPtrArray *list, GError **error)
{
  g_autofree char *described = describe_type (type);
  g_autofree char *command = suggest (type);
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, _ ("No application in the sandbox opens %s."), described);
  for (guint i = 0; i < MIN (list->len, 3); i++)
    g_string_append_printf (text, " %s", ((GbxOpener *) list->pdata[i])->obstacle);
  g_string_append_c (text, ' ');
  if (command)
    g_string_append_printf (text, _ ("Install one as a package of the system, for example with “%s”."),
                            command);
  else
    g_string_append (text, _ ("Install one as a package of the system."));
  g_set_error_literal (error, GBX_ERROR, GBX_ERROR_NOT_FOUND, text->str);
  g_string_free (text, TRUE);
}

GDesktopAppInfo *
gbx_opener_choose (const char *type, GError **error)
{
  g_autoptr (GPtrArray) list = gbx_opener_list (type);

  for (guint i = 0; i < list->len; i++)
    {
      GbxOpener *opener = list->pdata[i];

      if (!opener->obstacle)
        return g_object_ref (opener->info);
    }
  refuse (type, list, error);
  return NULL;
}

GDesktopAppInfo *
gbx_opener_find (const char *id, GError **error)
{
  g_autofree char *whole = g_str_has_suffix (id, ".desktop") ? g_strdup (id)
                                                             : g_strconcat (id, ".desktop", NULL);
  g_autoptr (GDesktopAppInfo) info = g_desktop_app_info_new (whole);
  g_autofree char *obstacle = info ? find_obstacle (info) : NULL;
  g_autofree char *shown = gbx_path_show (id);

  if (info && !obstacle)
    return g_steal_pointer (&info);
  if (info)
    g_set_error_literal (error, GBX_ERROR, GBX_ERROR_NOT_FOUND, obstacle);
  else
    g_set_error (error, GBX_ERROR, GBX_ERROR_NOT_FOUND,
                 _ ("There is no usable application “%s”; give the name of an installed one"), shown);
  return NULL;
}
