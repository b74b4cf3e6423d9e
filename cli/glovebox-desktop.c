/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-cli"

#include "config.h"

#include "gbx-verbs.h"

#include "gbx-error.h"
#include "gbx-paths.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <unistd.h>

/* What glovebox-desktop is to do: one of its actions, and the parameter. */
typedef struct
{
  const char *action; /* (nullable) */
  char *parameter;    /* (nullable) */
} Wish;

static const struct
{
  const char *option;
  const char *action;
} wishes[] = {
  { "--preferences", "preferences" },
  { "--edit", "edit-profile" },
  { "--edit-application", "edit-application" },
  { "--quit", "quit" },
  { "--review", "review" },
  { "--running", "running" },
};

/* Of a file name of any bytes, which the window's process could not find by a relative path. */
static char *
make_uri (const char *argument)
{
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (argument);

  return g_file_get_uri (file);
}

static gboolean
on_wish (const char *name, const char *value, gpointer data, GError **error)
{
  Wish *wish = data;

  if (wish->action)
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
                   _ ("“%s” cannot be combined with another option"), name);
      return FALSE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (wishes); i++)
    if (g_str_equal (wishes[i].option, name))
      wish->action = wishes[i].action;
  wish->parameter =
      g_strcmp0 (wish->action, "review") == 0 ? make_uri (value) : g_strdup (value);
  return TRUE;
}

static gboolean
parse (Wish *wish, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "preferences", 0, G_OPTION_FLAG_NO_ARG, G_OPTION_ARG_CALLBACK, on_wish,
      N_ ("Show the preferences"), NULL },
    { "edit", 0, 0, G_OPTION_ARG_CALLBACK, on_wish, N_ ("Edit a profile"), N_ ("PROFILE") },
    { "edit-application", 0, 0, G_OPTION_ARG_CALLBACK, on_wish,
      N_ ("Edit the profile of an application; the first change makes one"), N_ ("APPLICATION") },
    { "quit", 0, G_OPTION_FLAG_NO_ARG, G_OPTION_ARG_CALLBACK, on_wish,
      N_ ("Close the window; sandboxes go on"), NULL },
    { "review", 0, G_OPTION_FLAG_FILENAME, G_OPTION_ARG_CALLBACK, on_wish,
      N_ ("Show what a profile in a file would allow, to import it"), N_ ("FILE") },
    { "running", 0, G_OPTION_FLAG_NO_ARG, G_OPTION_ARG_CALLBACK, on_wish,
      N_ ("Show the running sandboxes"), NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  GOptionGroup *group = g_option_group_new (NULL, NULL, NULL, wish, NULL);

  g_set_prgname ("glovebox desktop");
  g_option_context_set_summary (
      context, _ ("Shows the installed applications, to run them in sandboxes."));
  g_option_group_set_translation_domain (group, GETTEXT_PACKAGE);
  g_option_group_add_entries (group, entries);
  g_option_context_set_main_group (context, group);
  return g_option_context_parse (context, argc, argv, error);
}

static void
become_window (Wish *wish)
{
  g_autofree char *program = gbx_path_program ("glovebox-desktop");
  const char *argv[] = { program, wish->action, wish->parameter, NULL };

  if (!program)
    {
      gbx_complain (_ ("The program %s is missing; install Glovebox again"), "glovebox-desktop");
      return;
    }
  execv (program, (char **) argv);
  gbx_complain (_ ("Cannot start %s: %s"), program, g_strerror (errno));
}

int
gbx_verb_desktop (int argc, char **argv)
{
  Wish wish = { 0 };
  g_autoptr (GError) error = NULL;

  if (!parse (&wish, &argc, &argv, &error))
    gbx_complain ("%s", error->message);
  else if (argc > 1)
    gbx_complain (_ ("“%s” takes no argument, but was given “%s”"), "desktop", argv[1]);
  else
    become_window (&wish);
  g_free (wish.parameter);
  return GBX_STATUS_FAILURE;
}
