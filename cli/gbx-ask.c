/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-cli"

#include "config.h"

#include "gbx-ask.h"
#include "gbx-launcher.h"

#include "gbx-paths.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

gboolean
gbx_ask_has_terminal (void)
{
  return isatty (STDIN_FILENO) && isatty (STDERR_FILENO);
}

gboolean
gbx_ask_is_possible (void)
{
  return gbx_ask_has_terminal () || gbx_launcher_is_waiting ();
}

/* ------------------------------------------------------------- terminal -- */

/* (nullable) (transfer full) */
static char *
read_line (const char *prompt)
{
  char line[4096];

  g_printerr ("%s", prompt);
  if (!fgets (line, sizeof line, stdin))
    {
      g_printerr ("\n");
      return NULL;
    }
  return g_strdup (g_strstrip (line));
}

static int
ask_on_terminal (const char *heading, const char *body, const char *const *answers)
{
  guint n = g_strv_length ((char **) answers);

  g_printerr ("%s\n%s\n", heading, body);
  for (guint i = 0; i < n; i++)
    g_printerr ("  %u) %s\n", i + 1, answers[i]);
  for (;;)
    {
      g_autofree char *line = read_line (_ ("Number: "));
      guint64 number;

      if (!line)
        return -1;
      if (g_ascii_string_to_unsigned (line, 10, 1, n, &number, NULL))
        return (int) number - 1;
    }
}

/* --------------------------------------------------------------- dialog -- */

/* (nullable) (transfer full): what the dialog prints. */
static char *
run_dialog (GPtrArray *argv)
{
  g_autofree char *program = gbx_path_program ("glovebox-window");
  char *output = NULL;
  int status;

  if (!program)
    return NULL;
  g_ptr_array_insert (argv, 0, program);
  g_ptr_array_add (argv, NULL);
  if (!g_spawn_sync (NULL, (char **) argv->pdata, NULL, G_SPAWN_CHILD_INHERITS_STDIN, NULL, NULL,
                     &output, NULL, &status, NULL) ||
      !WIFEXITED (status) || WEXITSTATUS (status) != 0 || !*output)
    g_clear_pointer (&output, g_free);
  if (output && g_str_has_suffix (output, "\n"))
    output[strlen (output) - 1] = '\0';
  return output;
}

static GPtrArray *
begin_dialog (const char *mode, const char *heading, const char *body)
{
  GPtrArray *argv = g_ptr_array_new ();

  g_ptr_array_add (argv, (char *) mode);
  g_ptr_array_add (argv, (char *) heading);
  g_ptr_array_add (argv, (char *) "--detail");
  g_ptr_array_add (argv, (char *) body);
  return argv;
}

static int
ask_in_dialog (const char *heading, const char *body, const char *const *answers)
{
  g_autoptr (GPtrArray) argv = begin_dialog ("--question", heading, body);
  g_autofree char *answer = NULL;
  guint64 number;

  for (guint i = 0; answers[i]; i++)
    {
      g_ptr_array_add (argv, (char *) "--answer");
      g_ptr_array_add (argv, (char *) answers[i]);
    }
  answer = run_dialog (argv);
  if (!answer || !g_ascii_string_to_unsigned (answer, 10, 0, G_MAXINT, &number, NULL))
    return -1;
  return (int) number;
}

int
gbx_ask (const char *heading, const char *body, const char *const *answers)
{
  int last = (int) g_strv_length ((char **) answers) - 1;
  int answer = -1;

  if (gbx_ask_has_terminal ())
    answer = ask_on_terminal (heading, body, answers);
  else if (gbx_launcher_is_waiting ())
    answer = ask_in_dialog (heading, body, answers);
  return answer == last ? -1 : answer;
}

char *
gbx_ask_for_path (const char *heading, const char *body)
{
  g_autoptr (GPtrArray) argv = NULL;
  g_autofree char *prompt = NULL;

  if (gbx_ask_has_terminal ())
    {
      prompt = g_strconcat (heading, ": ", NULL);
      return read_line (prompt);
    }
  if (!gbx_launcher_is_waiting ())
    return NULL;
  argv = begin_dialog ("--choose-path", heading, body);
  return run_dialog (argv);
}
