/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-cli"

#include "config.h"

#include "gbx-entry-file.h"
#include "gbx-launcher.h"
#include "gbx-command-list.h"
#include "gbx-verbs.h"

#include "gbx-error.h"
#include "gbx-launchers.h"
#include "gbx-paths.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <string.h>

typedef struct
{
  char *profile;
  char *suffix;
  gboolean mime;
  gboolean json;
  gboolean all;
  int argc; /* of the command */
  char **argv;
} Launcher;

typedef struct
{
  const char *name;
  const char *arguments;
  int least;
  gboolean (*run) (Launcher *self, GError **error);
  const char *summary;
} Command;

static gboolean
run_each (Launcher *self, gboolean (*run) (Launcher *self, const char *word, GError **error),
          GError **error)
{
  for (int i = 0; i < self->argc; i++)
    if (!run (self, self->argv[i], error))
      return FALSE;
  return TRUE;
}

/* ------------------------------------------------------------------ add -- */

/* "firefox" is "firefox.desktop". */
static char *
complete_name (const char *word)
{
  return g_str_has_suffix (word, ".desktop") ? g_strdup (word)
                                             : g_strconcat (word, ".desktop", NULL);
}

static gboolean
add_one (Launcher *self, const char *word, GError **error)
{
  const GbxLauncherOptions options = { self->profile, self->suffix, self->mime };
  g_autofree char *name = complete_name (word);
  g_autoptr (GDesktopAppInfo) info = NULL;
  g_autofree char *id = NULL;

  if (!gbx_launchers_is_launcher (name))
    {
      /* It says best what is wrong with an entry. */
      info = gbx_entry_file_find (name, error);
      if (!info)
        return FALSE;
    }
  id = gbx_launchers_add (name, &options, error);
  if (id)
    g_print ("%s\n", id);
  return id != NULL;
}

static gboolean
run_add (Launcher *self, GError **error)
{
  return run_each (self, add_one, error);
}

static gboolean
remove_one (Launcher *self, const char *word, GError **error)
{
  return gbx_launchers_remove (word, self->profile, error);
}

static gboolean
run_remove (Launcher *self, GError **error)
{
  return run_each (self, remove_one, error);
}

/* ----------------------------------------------------------------- list -- */

static const char *
get_state_word (GbxLauncherState state)
{
  switch (state)
    {
    case GBX_LAUNCHER_OUTDATED:
      return "outdated";
    case GBX_LAUNCHER_ORPHAN:
      return "orphan";
    case GBX_LAUNCHER_DAMAGED:
      return "damaged";
    default:
      return "current";
    }
}

static const char *
describe_state (GbxLauncherState state)
{
  switch (state)
    {
    case GBX_LAUNCHER_OUTDATED:
      return _ ("outdated");
    case GBX_LAUNCHER_ORPHAN:
      return _ ("application or profile is gone");
    case GBX_LAUNCHER_DAMAGED:
      return _ ("application’s entry is damaged");
    default:
      return _ ("current");
    }
}

static void
add_member (JsonBuilder *builder, const char *name, const char *text)
{
  g_autofree char *shown = text ? gbx_path_show (text) : NULL;

  json_builder_set_member_name (builder, name);
  if (shown)
    json_builder_add_string_value (builder, shown);
  else
    json_builder_add_null_value (builder);
}

static void
print_json (GPtrArray *list)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "launchers");
  json_builder_begin_array (builder);
  for (guint i = 0; i < list->len; i++)
    {
      GbxLauncher *launcher = list->pdata[i];

      json_builder_begin_object (builder);
      add_member (builder, "id", launcher->id);
      add_member (builder, "application", launcher->source);
      add_member (builder, "name", launcher->name);
      add_member (builder, "profile", launcher->profile);
      add_member (builder, "state", get_state_word (launcher->state));
      add_member (builder, "file", launcher->path);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  text = json_to_string (root, TRUE);
  g_print ("%s\n", text);
}

static void
print_table (GPtrArray *list)
{
  if (list->len > 0)
    g_print ("%-36s %-16s %-24s %s\n", _ ("APPLICATION"), _ ("PROFILE"), _ ("NAME"), _ ("STATE"));
  for (guint i = 0; i < list->len; i++)
    {
      GbxLauncher *launcher = list->pdata[i];
      g_autofree char *source = gbx_path_show (launcher->source);
      g_autofree char *name = launcher->name ? gbx_path_show (launcher->name) : g_strdup ("-");

      g_print ("%-36s %-16s %-24s %s\n", source, launcher->profile ? launcher->profile : "-", name,
               describe_state (launcher->state));
    }
}

static gboolean
run_list (Launcher *self, GError **error)
{
  g_autoptr (GPtrArray) list = gbx_launchers_list (error);

  if (!list)
    return FALSE;
  if (self->json)
    print_json (list);
  else
    print_table (list);
  return TRUE;
}

/* Says what it did, if there was something to do. */
static gboolean
run_refresh (Launcher *self, GError **error)
{
  g_autoptr (GPtrArray) list = gbx_launchers_refresh (self->all, error);

  for (guint i = 0; list && i < list->len; i++)
    {
      GbxLauncher *launcher = list->pdata[i];

      if (launcher->state == GBX_LAUNCHER_ORPHAN)
        g_print (_ ("%s: removed\n"), launcher->id);
      else
        g_print (_ ("%s: made again\n"), launcher->id);
    }
  return list != NULL;
}

/* ----------------------------------------------------------------- verb -- */

static const Command commands[] = {
  { "add", N_ ("APPLICATION…"), 1, run_add,
    N_ ("Add applications to the menu that start in a sandbox") },
  { "remove", N_ ("APPLICATION…"), 1, run_remove, N_ ("Remove them from the menu") },
  { "list", "", 0, run_list, N_ ("List these launchers") },
  { "refresh", "", 0, run_refresh,
    N_ ("Update launchers whose applications have changed or are gone") },
};

static char *
describe_commands (void)
{
  GString *text = g_string_new (_ ("Commands:"));

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    gbx_command_list_add (text, commands[i].name,
                          *commands[i].arguments ? _ (commands[i].arguments) : "",
                          _ (commands[i].summary));
  return g_string_free (text, FALSE);
}

static gboolean
parse (Launcher *self, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "profile", 0, 0, G_OPTION_ARG_STRING, &self->profile,
      N_ ("The profile of the launcher, instead of the one for the application"), N_ ("NAME") },
    { "suffix", 0, 0, G_OPTION_ARG_STRING, &self->suffix,
      N_ ("Append this to the name in the menu"), N_ ("TEXT") },
    { "mime", 0, 0, G_OPTION_ARG_NONE, &self->mime,
      N_ ("Offer the launcher for the application's types of files too"), NULL },
    { "all", 0, 0, G_OPTION_ARG_NONE, &self->all,
      N_ ("Update all launchers, for example after another icon theme was chosen"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &self->json, N_ ("Print the list as JSON"), NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (_ ("COMMAND …"));
  g_autofree char *description = describe_commands ();

  g_set_prgname ("glovebox launcher");
  g_option_context_set_summary (
      context, _ ("Manages entries of the menu that start an application in a sandbox."));
  g_option_context_set_description (context, description);
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  return g_option_context_parse (context, argc, argv, error);
}

static const Command *
find_command (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (commands[i].name, name))
      return &commands[i];
  return NULL;
}

static gboolean
options_fit (Launcher *self, const Command *command)
{
  return (!self->json || command->run == run_list) && (!self->all || command->run == run_refresh) &&
         ((!self->mime && !self->suffix) || command->run == run_add) &&
         (!self->profile || command->least > 0);
}

static const Command *
choose (Launcher *self, int argc, char **argv, GError **error)
{
  const Command *command = argc > 1 ? find_command (argv[1]) : NULL;

  if (argc < 2)
    g_set_error_literal (error, GBX_ERROR, GBX_ERROR_INVALID,
                         _ ("“glovebox launcher” needs a command; see “glovebox launcher --help”"));
  else if (!command)
    g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
                 _ ("“glovebox launcher” has no command “%s”; see “glovebox launcher --help”"),
                 argv[1]);
  if (!command)
    return NULL;
  self->argc = argc - 2;
  self->argv = argv + 2;
  /* It is left here if the first name behind it begins with a dash. */
  if (self->argc > 0 && g_str_equal (self->argv[0], "--"))
    {
      self->argc--;
      self->argv++;
    }
  if (self->argc >= command->least && (self->argc == 0 || command->least > 0) &&
      options_fit (self, command))
    return command;
  g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID, _ ("the usage is: glovebox launcher %s%s%s"),
               command->name, *command->arguments ? " " : "",
               *command->arguments ? _ (command->arguments) : "");
  return NULL;
}

int
gbx_verb_launcher (int argc, char **argv)
{
  Launcher self = { 0 };
  g_autoptr (GError) error = NULL;
  const Command *command = NULL;

  if (parse (&self, &argc, &argv, &error))
    command = choose (&self, argc, argv, &error);
  if (command && command->run (&self, &error))
    return 0;
  gbx_complain ("%s", error->message);
  /* An action of a launcher, "Remove from Menu", has no terminal. */
  if (command && command->run == run_remove && gbx_launcher_is_waiting ())
    gbx_launcher_show_failure (self.argv[0], error->message, GBX_STATUS_FAILURE);
  return GBX_STATUS_FAILURE;
}
