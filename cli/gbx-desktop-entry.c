/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-cli"

#include "config.h"

#include "gbx-desktop-entry.h"
#include "gbx-program.h"

#include "gbx-error.h"
#include "gbx-paths.h"

#include <gio/gdesktopappinfo.h>
#include <glib/gi18n.h>
#include <stdlib.h>
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

/* ----------------------------------------------------------- arguments -- */

/* An argument after the entry's name: a file to share, or an address to pass on. */
typedef struct
{
  char *text; /* as the application gets it */
  gboolean is_file;
} Argument;

static void
argument_free (Argument *self)
{
  g_free (self->text);
  g_free (self);
}

static Argument *
argument_new (const char *word, GError **error)
{
  g_autofree char *scheme = g_uri_parse_scheme (word);
  g_autofree char *from_uri = NULL;
  Argument *self;

  if (scheme && g_ascii_strcasecmp (scheme, "file") == 0)
    {
      from_uri = g_filename_from_uri (word, NULL, error);
      if (!from_uri)
        return NULL;
    }
  self = g_new0 (Argument, 1);
  /* A colon may also be part of a file's name. */
  self->is_file = from_uri || !scheme || g_file_test (word, G_FILE_TEST_EXISTS);
  self->text = self->is_file ? g_canonicalize_filename (from_uri ? from_uri : word, NULL)
                             : g_strdup (word);
  return self;
}

static GPtrArray *
read_arguments (char **words, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) argument_free);

  for (guint i = 0; words[i]; i++)
    {
      Argument *argument = argument_new (words[i], error);

      if (!argument)
        return NULL;
      g_ptr_array_add (list, argument);
    }
  return g_steal_pointer (&list);
}

static const char *
text_of (GPtrArray *arguments, guint i)
{
  return ((Argument *) arguments->pdata[i])->text;
}

/* ---------------------------------------------------------------- Exec -- */

static char *
icon_name (GDesktopAppInfo *info)
{
  GIcon *icon = g_app_info_get_icon (G_APP_INFO (info));

  return icon ? g_icon_to_string (icon) : NULL;
}

/* The codes that do not stand for files; NULL: nothing. */
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

static gboolean
is_list (const char *word)
{
  return g_str_equal (word, "%F") || g_str_equal (word, "%U");
}

/* How many arguments an Exec line accepts, and whether they may be addresses. */
static guint
count_places (char **words, gboolean *takes_addresses)
{
  guint places = 0;

  for (guint i = 0; words[i]; i++)
    for (const char *at = strchr (words[i], '%'); at && at[1]; at = strchr (at + 2, '%'))
      {
        if (!strchr ("fuFU", at[1]))
          continue;
        places = is_list (words[i]) ? G_MAXUINT : MAX (places, 1);
        *takes_addresses |= g_ascii_tolower (at[1]) == 'u';
      }
  return places;
}

static gboolean
check_arguments (GDesktopAppInfo *info, char **words, GPtrArray *arguments, GError **error)
{
  const char *title = g_app_info_get_display_name (G_APP_INFO (info));
  gboolean takes_addresses = FALSE;
  guint places = count_places (words, &takes_addresses);

  if (arguments->len > places)
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
                   places == 0 ? _ ("%s takes no files") : _ ("%s takes only one file at a time"),
                   title);
      return FALSE;
    }
  for (guint i = 0; i < arguments->len && !takes_addresses; i++)
    if (!((Argument *) arguments->pdata[i])->is_file)
      {
        g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
                     _ ("%s takes files, and “%s” is an address"), title, text_of (arguments, i));
        return FALSE;
      }
  return TRUE;
}

static char *
expand_inside (GDesktopAppInfo *info, const char *word, GPtrArray *arguments)
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
      if (strchr ("fuFU", *at) && arguments->len > 0)
        g_string_append (out, text_of (arguments, 0));
      text = expand_code (info, *at);
      if (text)
        g_string_append (out, text);
    }
  return g_string_free (out, FALSE);
}

/* Expands one word of the Exec line to any number of arguments. */
static void
expand_word (GDesktopAppInfo *info, const char *word, GPtrArray *arguments, GStrvBuilder *argv)
{
  g_autofree char *icon = NULL;
  g_autofree char *text = NULL;

  if (is_list (word))
    {
      for (guint i = 0; i < arguments->len; i++)
        g_strv_builder_add (argv, text_of (arguments, i));
    }
  else if (g_str_equal (word, "%i"))
    {
      icon = icon_name (info);
      if (icon)
        g_strv_builder_add_many (argv, "--icon", icon, NULL);
    }
  else
    {
      text = expand_inside (info, word, arguments);
      if (*text || word[0] != '%')
        g_strv_builder_add (argv, text);
    }
}

static char **
make_command (GDesktopAppInfo *info, GPtrArray *arguments, GError **error)
{
  const char *line = g_app_info_get_commandline (G_APP_INFO (info));
  g_autoptr (GStrvBuilder) argv = g_strv_builder_new ();
  g_auto (GStrv) words = NULL;

  if (!line || !g_shell_parse_argv (line, NULL, &words, NULL))
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID, _ ("%s has no usable Exec line"),
                   g_desktop_app_info_get_filename (info));
      return NULL;
    }
  if (!check_arguments (info, words, arguments, error))
    return NULL;
  /* Not the user's preferred terminal: it may need a running server. */
  if (g_desktop_app_info_get_boolean (info, "Terminal"))
    g_strv_builder_add_many (argv, "xterm", "-e", NULL);
  for (guint i = 0; words[i]; i++)
    expand_word (info, words[i], arguments, argv);
  return g_strv_builder_end (argv);
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
      Argument *argument = arguments->pdata[i];
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

gboolean
gbx_desktop_entry_apply (const char *word, char **files, GbxPolicyBuilder *builder, GError **error)
{
  g_autoptr (GDesktopAppInfo) info = find_entry (word, error);
  g_autoptr (GPtrArray) arguments = info ? read_arguments (files, error) : NULL;
  g_auto (GStrv) command = arguments ? make_command (info, arguments, error) : NULL;
  g_autofree char *icon = NULL;
  g_autofree char *id = NULL;

  if (!command || !share_files (builder, arguments, error))
    return FALSE;
  icon = icon_name (info);
  id = g_path_get_basename (word);
  set_directory (info, builder);
  gbx_policy_builder_set_command (builder, (const char *const *) command);
  gbx_policy_builder_set_application (builder, id, g_app_info_get_display_name (G_APP_INFO (info)),
                                      icon);
  return TRUE;
}

/* Of several entries the simplest: the others start it for a special purpose. */
static gboolean
is_better (GAppInfo *info, GAppInfo *best)
{
  return !best || strlen (g_app_info_get_commandline (info)) <
                      strlen (g_app_info_get_commandline (best));
}

void
gbx_desktop_entry_add_title_and_icon (const char *program, GbxPolicyBuilder *builder)
{
  g_autofree char *name = g_path_get_basename (program);
  GList *all = g_app_info_get_all ();
  GAppInfo *best = NULL;

  for (GList *at = all; at; at = at->next)
    {
      const char *executable = g_app_info_get_executable (at->data);
      g_autofree char *its_name = executable ? g_path_get_basename (executable) : NULL;

      if (g_strcmp0 (its_name, name) == 0 && g_app_info_should_show (at->data) &&
          g_app_info_get_commandline (at->data) && is_better (at->data, best))
        best = at->data;
    }
  if (best)
    {
      g_autofree char *icon = icon_name (G_DESKTOP_APP_INFO (best));

      gbx_policy_builder_set_application (builder, NULL, g_app_info_get_display_name (best), icon);
    }
  g_list_free_full (all, g_object_unref);
}
