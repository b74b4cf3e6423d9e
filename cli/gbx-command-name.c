/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-command-name.h"

#include <string.h>

/* A script in a script in a script is somebody's joke. */
#define DEPTH_MAX 4

/* What runs the command after it; the options that take a word of their own. */
static const struct
{
  const char *name;
  const char *options;
} wrappers[] = {
  { "env", "uCS" },      { "nice", "n" },        { "ionice", "cnp" },  { "nohup", "" },
  { "setsid", "" },      { "stdbuf", "ioe" },    { "exec", "a" },      { "dbus-run-session", "" },
  { "dbus-launch", "" },
};

static const char *const shells[] = { "sh", "bash", "dash", "ash", "zsh", "ksh", "mksh", "fish" };

/* What runs the script after it. */
static const char *const interpreters[]
    = { "python", "python3", "perl", "ruby", "node", "lua", "wish", "tclsh", "gjs", "java", "mono" };

static gboolean
is_in (const char *name, const char *const *list, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (strcmp (name, list[i]) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
is_assignment (const char *word)
{
  gsize length = strspn (word, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_");

  return length > 0 && word[length] == '=';
}

/* ------------------------------------------------------------- scripts -- */

/* The last command of a script: what comes before prepares it.  (transfer full) */
static char *
find_last_command (const char *script)
{
  GString *command = g_string_new (NULL);
  g_autofree char *last = NULL;
  char quote = 0;

  for (const char *at = script;; at++)
    {
      gboolean ends = !*at || (!quote && strchr (";&|\n", *at));

      if (ends && strspn (command->str, " \t") < command->len)
        {
          g_free (last);
          last = g_strdup (command->str);
        }
      if (ends)
        g_string_truncate (command, 0);
      if (!*at)
        break;
      if (*at == quote)
        quote = 0;
      else if (!quote && (*at == '\'' || *at == '"'))
        quote = *at;
      if (!ends)
        g_string_append_c (command, *at);
    }
  g_string_free (command, TRUE);
  return g_steal_pointer (&last);
}

/* Something that can be the name of a program, and is not the shell's own. */
static gboolean
is_program (const char *word)
{
  static const char *const own[] = { "cd", "echo", "printf", "exit", "wait", "true", "false",
                                     "read", "test", "[", "for", "while", "until", "if", "case",
                                     "do", "done", "then", "else", "fi", "esac", "{", "}", ":" };

  return strspn (word, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-+./") == strlen (word)
         && *word && *word != '-' && !is_in (word, own, G_N_ELEMENTS (own));
}

/* (transfer full) (nullable): the words of the program that a script ends in. */
static char **
parse_script (const char *script)
{
  g_autofree char *line = find_last_command (script);
  g_auto (GStrv) words = NULL;
  guint first = 0;

  if (!line || !g_shell_parse_argv (line, NULL, &words, NULL))
    return NULL;
  while (words[first] && (is_assignment (words[first]) || strcmp (words[first], "exec") == 0))
    first++;
  return words[first] && is_program (words[first]) ? g_strdupv (words + first) : NULL;
}

/* ------------------------------------------------------------ wrappers -- */

/* The first word behind a wrapper's options and assignments. */
static const char *const *
skip_options (const char *const *words, const char *with_word)
{
  for (; *words && (**words == '-' || is_assignment (*words)); words++)
    {
      if (strcmp (*words, "--") == 0)
        return words + 1;
      if (words[0][0] == '-' && words[0][1] && !words[0][2] && strchr (with_word, words[0][1])
          && words[1])
        words++;
    }
  return words;
}

static const char *
find_wrapper (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (wrappers); i++)
    if (strcmp (name, wrappers[i].name) == 0)
      return wrappers[i].options;
  return NULL;
}

/* "sh -c SCRIPT", also "-lc"; or "sh FILE". */
static char **
unwrap_shell (const char *const *words)
{
  for (words++; *words && **words == '-'; words++)
    if (words[0][1] != '-' && strchr (*words, 'c') && words[1])
      return parse_script (words[1]);
  return *words ? g_strdupv ((char **) words) : NULL;
}

/* Options of interpreters that take the next word. */
static const char *const valued[] = { "-cp", "-classpath", "--class-path", "-p", "--module-path",
                                      "-W", "-X" };

/* "python3 FILE", "python3 -m MODULE", "java -jar FILE", "java -cp FOLDER CLASS" */
static char **
unwrap_interpreter (const char *const *words)
{
  for (words++; *words && **words == '-'; words++)
    if (is_in (*words, valued, G_N_ELEMENTS (valued)) && words[1])
      words++;
    else if ((strcmp (*words, "-m") == 0 || strcmp (*words, "-jar") == 0) && words[1])
      return g_strdupv ((char **) words + 1);
    else if (strcmp (*words, "-c") == 0 || strcmp (*words, "-e") == 0)
      return NULL;
  return *words ? g_strdupv ((char **) words) : NULL;
}

/* (transfer full) (nullable): the command within that one. */
static char **
unwrap_once (const char *const *command)
{
  g_autofree char *name = g_path_get_basename (command[0]);
  const char *options = find_wrapper (name);
  const char *const *inner;

  if (options)
    {
      inner = skip_options (command + 1, options);
      return *inner ? g_strdupv ((char **) inner) : NULL;
    }
  if (is_in (name, shells, G_N_ELEMENTS (shells)))
    return unwrap_shell (command);
  if (is_in (name, interpreters, G_N_ELEMENTS (interpreters)))
    return unwrap_interpreter (command);
  return NULL;
}

char **
gbx_command_name_unwrap (const char *const *command)
{
  char **words = g_strdupv ((char **) command);

  for (guint i = 0; i < DEPTH_MAX; i++)
    {
      char **inner = unwrap_once ((const char *const *) words);

      if (!inner)
        break;
      g_strfreev (words);
      words = inner;
    }
  return words;
}
