/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-exec-line"

#include "config.h"

#include "gbx-exec-line.h"
#include "gbx-guest-programs.h"

#include "gbx-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Desktop Entry Specification 1.5, "The Exec key": quoting and field codes. */

/* ----------------------------------------------------------- arguments -- */

static void
argument_free (GbxEntryArgument *self)
{
  g_free (self->text);
  g_free (self);
}

static GbxEntryArgument *
argument_new (const char *word, GError **error)
{
  g_autofree char *scheme = g_uri_parse_scheme (word);
  g_autofree char *from_uri = NULL;
  GbxEntryArgument *self;

  if (scheme && g_ascii_strcasecmp (scheme, "file") == 0)
    {
      from_uri = g_filename_from_uri (word, NULL, error);
      if (!from_uri)
        return NULL;
    }
  self = g_new0 (GbxEntryArgument, 1);
  /* A colon may also be part of a file's name. */
  self->is_file = from_uri || !scheme || g_file_test (word, G_FILE_TEST_EXISTS);
  self->text = self->is_file ? g_canonicalize_filename (from_uri ? from_uri : word, NULL)
                             : g_strdup (word);
  return self;
}

GPtrArray *
gbx_exec_line_read_arguments (char **words, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) argument_free);

  for (guint i = 0; words[i]; i++)
    {
      GbxEntryArgument *argument = argument_new (words[i], error);

      if (!argument)
        return NULL;
      g_ptr_array_add (list, argument);
    }
  return g_steal_pointer (&list);
}

static const char *
text_of (GPtrArray *arguments, guint i)
{
  return ((GbxEntryArgument *) arguments->pdata[i])->text;
}

/* ---------------------------------------------------------------- Exec -- */

char *
gbx_exec_line_get_icon (GDesktopAppInfo *info)
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
check_arguments (GDesktopAppInfo *info, guint places, gboolean takes_addresses,
                 GPtrArray *arguments, GError **error)
{
  const char *title = g_app_info_get_display_name (G_APP_INFO (info));

  if (arguments->len > 0 && places == 0)
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID, _ ("%s takes no files"), title);
      return FALSE;
    }
  for (guint i = 0; i < arguments->len && !takes_addresses; i++)
    if (!((GbxEntryArgument *) arguments->pdata[i])->is_file)
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
      icon = gbx_exec_line_get_icon (info);
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
expand_words (GDesktopAppInfo *info, char **words, GPtrArray *arguments)
{
  g_autoptr (GStrvBuilder) argv = g_strv_builder_new ();

  for (guint i = 0; words[i]; i++)
    expand_word (info, words[i], arguments, argv);
  return g_strv_builder_end (argv);
}

/* ------------------------------------------------------------- starting -- */

/* Starts a command for every $1 of the words that follow, and waits for all of them.  Each
 * subshell keeps only its own words. */
#define START_EACH                                                                                 \
  "n=$1; shift; all=; status=0\n"                                                                  \
  "while [ $# -gt 0 ]; do\n"                                                                       \
  "  (left=$# i=0\n"                                                                               \
  "   while [ $i -lt $left ]; do\n"                                                                \
  "     [ $i -ge $n ] || set -- \"$@\" \"$1\"\n"                                                   \
  "     shift; i=$((i + 1))\n"                                                                     \
  "   done\n"                                                                                      \
  "   exec \"$@\") &\n"                                                                            \
  "  all=\"$all $!\"; shift $n\n"                                                                  \
  "done\n"                                                                                         \
  "for one in $all; do wait $one || status=$?; done\n"                                            \
  "exit $status"

/* Terminal applications run in xterm: the terminal that the user prefers may need a server
 * of the session. */
static void
add_command (GStrvBuilder *argv, char **own, gboolean terminal)
{
  if (terminal)
    g_strv_builder_add_many (argv, "xterm", "-e", NULL);
  g_strv_builder_addv (argv, (const char **) own);
}

/* Of several files for a program that takes one: their commands have as many words each. */
static char **
start_each (GDesktopAppInfo *info, char **words, GPtrArray *arguments, guint n, gboolean terminal)
{
  g_autoptr (GStrvBuilder) argv = g_strv_builder_new ();
  g_autofree char *number = g_strdup_printf ("%u", n);

  g_strv_builder_add_many (argv, "/bin/sh", "-c", START_EACH, "sh", number, NULL);
  for (guint i = 0; i < arguments->len; i++)
    {
      g_autoptr (GPtrArray) one = g_ptr_array_new ();
      g_auto (GStrv) own = NULL;

      g_ptr_array_add (one, arguments->pdata[i]);
      own = expand_words (info, words, one);
      add_command (argv, own, terminal);
    }
  return g_strv_builder_end (argv);
}

static char **
start_one (char **own, gboolean terminal)
{
  g_autoptr (GStrvBuilder) argv = g_strv_builder_new ();

  add_command (argv, own, terminal);
  return g_strv_builder_end (argv);
}

char **
gbx_exec_line_read_words (GDesktopAppInfo *info, GError **error)
{
  const char *line = g_app_info_get_commandline (G_APP_INFO (info));
  const char *file = g_desktop_app_info_get_filename (info);
  char **words = NULL;

  if (line && g_shell_parse_argv (line, NULL, &words, NULL))
    return words;
  if (!line && g_desktop_app_info_get_boolean (info, "DBusActivatable"))
    g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
                 _ ("%s has no Exec line, since only the session’s bus starts this application; "
                    "give its program instead"),
                 file);
  else
    g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID, _ ("%s has no usable Exec line"), file);
  return NULL;
}

/* GIO tells the names of the actions, and not what they start. */
static char **
read_action (GDesktopAppInfo *info, const char *action, GError **error)
{
  const char *path = g_desktop_app_info_get_filename (info);
  const char *const *names = g_desktop_app_info_list_actions (info);
  g_autofree char *group = g_strconcat ("Desktop Action ", action, NULL);
  g_autofree char *all = g_strjoinv (", ", (char **) names);
  g_autofree char *line = NULL;
  g_autoptr (GKeyFile) file = g_key_file_new ();
  char **words = NULL;

  if (!g_strv_contains (names, action))
    {
      if (*names)
        g_set_error (error, GBX_ERROR, GBX_ERROR_NOT_FOUND,
                     _ ("%s has no action “%s”; it has: %s"), path, action, all);
      else
        g_set_error (error, GBX_ERROR, GBX_ERROR_NOT_FOUND, _ ("%s has no actions"), path);
      return NULL;
    }
  if (g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL))
    line = g_key_file_get_string (file, group, G_KEY_FILE_DESKTOP_KEY_EXEC, NULL);
  if (line && g_shell_parse_argv (line, NULL, &words, NULL))
    return words;
  g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID, _ ("The action “%s” of %s has no usable Exec line"),
               action, path);
  return NULL;
}

guint
gbx_exec_line_count_files (GDesktopAppInfo *info)
{
  g_auto (GStrv) words = gbx_exec_line_read_words (info, NULL);
  gboolean takes_addresses = FALSE;

  return words ? count_places (words, &takes_addresses) : 0;
}

/* A program that only the user's PATH leads to may be shared, at its own path. */
static void
resolve_program (char **words)
{
  g_autofree char *path = NULL;

  if (strchr (words[0], '/') || gbx_guest_programs_is_inside (words[0]))
    return;
  path = gbx_guest_programs_find (words[0]);
  if (!path)
    return;
  g_free (words[0]);
  words[0] = g_steal_pointer (&path);
}

static gboolean
check_terminal (GDesktopAppInfo *info, GError **error)
{
  if (gbx_guest_programs_is_inside ("xterm"))
    return TRUE;
  g_set_error (error, GBX_ERROR, GBX_ERROR_NOT_FOUND,
               _ ("%s runs in a terminal, for which xterm has to be installed (on Debian: apt-get "
                  "install xterm)"),
               g_app_info_get_display_name (G_APP_INFO (info)));
  return FALSE;
}

char **
gbx_exec_line_expand (GDesktopAppInfo *info, const char *action, GPtrArray *arguments,
                      GStrv *program, GError **error)
{
  gboolean terminal = g_desktop_app_info_get_boolean (info, "Terminal");
  g_auto (GStrv) words = action ? read_action (info, action, error)
                                : gbx_exec_line_read_words (info, error);
  gboolean takes_addresses = FALSE;
  guint places = words ? count_places (words, &takes_addresses) : 0;

  if (!words || !check_arguments (info, places, takes_addresses, arguments, error) ||
      (terminal && !check_terminal (info, error)))
    return NULL;
  resolve_program (words);
  *program = expand_words (info, words, arguments);
  if (arguments->len > places)
    return start_each (info, words, arguments,
                       g_strv_length (*program) + (terminal ? 2 : 0), terminal);
  return start_one (*program, terminal);
}
