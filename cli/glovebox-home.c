/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-cli"

#include "config.h"

#include "gbx-command-list.h"
#include "gbx-verbs.h"

#include "gbx-error.h"
#include "gbx-home-archive.h"
#include "gbx-home-file.h"
#include "gbx-home-image.h"
#include "gbx-interrupts.h"
#include "gbx-settings.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <unistd.h>

/* The kept homes of this account.  Each command blocks; a thread of its own waits for ^C. */

#define STATUS_INTERRUPTED 130

typedef struct
{
  int argc;
  char **argv; /* what follows the command */
  gboolean json;
  GCancellable *cancellable;
  int percent; /* that was shown last */
} Home;

typedef struct
{
  const char *name;
  const char *arguments;
  int least, most; /* how many */
  gboolean (*run) (Home *self, GError **error);
  const char *summary;
} Command;

/* ------------------------------------------------------------ progress -- */

static void
show_progress (guint64 done, guint64 total, gpointer user_data)
{
  Home *self = user_data;
  int percent = total > 0 ? (int) (100.0 * (double) done / (double) total) : 100;

  if (!isatty (STDERR_FILENO) || percent == self->percent)
    return;
  self->percent = percent;
  g_printerr ("\r%3d %%", percent);
}

static void
end_progress (Home *self)
{
  if (self->percent >= 0)
    g_printerr ("\r      \r");
}

/* ---------------------------------------------------------------- list -- */

static void
add_home (JsonBuilder *builder, GbxHomeInfo *info)
{
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "name");
  json_builder_add_string_value (builder, info->name);
  json_builder_set_member_name (builder, "size");
  json_builder_add_int_value (builder, (gint64) info->size);
  json_builder_set_member_name (builder, "used");
  json_builder_add_int_value (builder, (gint64) info->used);
  json_builder_set_member_name (builder, "changed");
  json_builder_add_int_value (builder, info->changed);
  /* Null where there is none. */
  json_builder_set_member_name (builder, "user");
  json_builder_add_string_value (builder, info->user);
  json_builder_set_member_name (builder, "trouble");
  json_builder_add_string_value (builder, info->trouble);
  json_builder_set_member_name (builder, "snapshots");
  json_builder_begin_array (builder);
  for (guint i = 0; i < info->snapshots->len; i++)
    json_builder_add_string_value (builder, info->snapshots->pdata[i]);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

static void
print_json (GPtrArray *homes)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "homes");
  json_builder_begin_array (builder);
  for (guint i = 0; i < homes->len; i++)
    add_home (builder, homes->pdata[i]);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  text = json_to_string (root, TRUE);
  g_print ("%s\n", text);
}

static const char *
describe_state (GbxHomeInfo *info)
{
  if (info->user)
    return g_str_equal (info->user, "-") ? _ ("in use") : info->user;
  return info->trouble ? _ ("damaged") : "-";
}

static void
print_home (GbxHomeInfo *info)
{
  g_autofree char *used = gbx_home_size_show (info->used);
  g_autofree char *size = gbx_home_size_show (info->size);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) snapshots = NULL;
  g_autofree char *list = NULL;

  for (guint i = 0; i < info->snapshots->len; i++)
    g_strv_builder_add (builder, info->snapshots->pdata[i]);
  snapshots = g_strv_builder_end (builder);
  list = g_strjoinv (", ", snapshots);
  g_print ("%-24s %-10s %-10s %-16s %s\n", info->name, used, size, describe_state (info), list);
}

static gboolean
run_list (Home *self, GError **error)
{
  g_autoptr (GPtrArray) homes = gbx_home_list (error);

  if (!homes)
    return FALSE;
  if (self->json)
    {
      print_json (homes);
      return TRUE;
    }
  if (homes->len > 0)
    g_print ("%-24s %-10s %-10s %-16s %s\n", _ ("NAME"), _ ("USED"), _ ("SIZE"), _ ("IN USE BY"),
             _ ("SNAPSHOTS"));
  for (guint i = 0; i < homes->len; i++)
    print_home (homes->pdata[i]);
  return TRUE;
}

/* ------------------------------------------------------------ commands -- */

static gboolean
run_size (Home *self, GError **error)
{
  const GbxSetting *setting = gbx_settings_find ("files.home-size");
  g_autoptr (GbxHomeInfo) info = NULL;
  g_autoptr (GVariant) size = NULL;
  g_autofree char *text = NULL;

  if (self->argc == 1)
    {
      info = gbx_home_get_info (self->argv[0], error);
      if (!info)
        return FALSE;
      size = g_variant_ref_sink (g_variant_new_uint64 (info->size));
      text = gbx_setting_format (setting, size);
      g_print ("%s\n", text);
      return TRUE;
    }
  size = gbx_setting_parse (setting, self->argv[1], FALSE, _ ("The size of a home"), error);
  return size && gbx_home_set_size (self->argv[0],
                                    g_variant_get_uint64 (size) & ~G_GUINT64_CONSTANT (4095),
                                    error);
}

static gboolean
run_reset (Home *self, GError **error)
{
  return gbx_home_reset (self->argv[0], error);
}

static gboolean
run_delete (Home *self, GError **error)
{
  return self->argc == 1 ? gbx_home_delete (self->argv[0], error)
                         : gbx_home_delete_snapshot (self->argv[0], self->argv[1], error);
}

static gboolean
run_snapshot (Home *self, GError **error)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *by_time = g_date_time_format (now, "%Y-%m-%d-%H.%M.%S");
  const char *snapshot = self->argc > 1 ? self->argv[1] : by_time;

  if (!gbx_home_snapshot (self->argv[0], snapshot, show_progress, self, self->cancellable, error))
    return FALSE;
  if (self->argc == 1)
    g_print ("%s\n", snapshot);
  return TRUE;
}

static gboolean
run_restore (Home *self, GError **error)
{
  return gbx_home_restore (self->argv[0], self->argv[1], show_progress, self, self->cancellable,
                           error);
}

static gboolean
run_export (Home *self, GError **error)
{
  return gbx_home_export (self->argv[0], self->argv[1], show_progress, self, self->cancellable,
                          error);
}

static gboolean
run_import (Home *self, GError **error)
{
  return gbx_home_import (self->argv[0], self->argv[1], show_progress, self, self->cancellable,
                          error);
}

static gboolean
run_cat (Home *self, GError **error)
{
  return gbx_home_cat (self->argv[0], self->argv[1], STDOUT_FILENO, isatty (STDOUT_FILENO),
                       self->cancellable, error);
}

/* Without another name, the file keeps its own, here. */
static gboolean
run_get (Home *self, GError **error)
{
  g_autofree char *base = g_path_get_basename (self->argv[1]);
  g_autofree char *to = NULL;

  if (self->argc == 2)
    to = g_strdup (base);
  else if (g_file_test (self->argv[2], G_FILE_TEST_IS_DIR))
    to = g_build_filename (self->argv[2], base, NULL);
  else
    to = g_strdup (self->argv[2]);
  return gbx_home_get (self->argv[0], self->argv[1], to, self->cancellable, error);
}

static const Command commands[] = {
  { "list", "", 0, 0, run_list, N_ ("List the kept homes") },
  { "size", N_ ("NAME [SIZE]"), 1, 2, run_size, N_ ("Print the size of a home, or make it larger") },
  { "reset", N_ ("NAME"), 1, 1, run_reset, N_ ("Empty a home; its snapshots stay") },
  { "snapshot", N_ ("NAME [SNAPSHOT]"), 1, 2, run_snapshot,
    N_ ("Save the present contents of a home") },
  { "restore", N_ ("NAME SNAPSHOT"), 2, 2, run_restore,
    N_ ("Replace the contents of a home by those of a snapshot") },
  { "export", N_ ("NAME FILE"), 2, 2, run_export, N_ ("Write a home to a file") },
  { "import", N_ ("NAME FILE"), 2, 2, run_import, N_ ("Make a home from such a file") },
  { "delete", N_ ("NAME [SNAPSHOT]"), 1, 2, run_delete,
    N_ ("Delete a home with its snapshots, or one snapshot") },
  { "cat", N_ ("NAME PATH"), 2, 2, run_cat, N_ ("Print a file of a home") },
  { "get", N_ ("NAME PATH [TO]"), 2, 3, run_get, N_ ("Copy a file out of a home") },
};

/* ---------------------------------------------------------------- verb -- */

static const Command *
find_command (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (commands[i].name, name))
      return &commands[i];
  return NULL;
}

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
parse (Home *self, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &self->json, N_ ("Print the list as JSON"), NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (_ ("COMMAND …"));
  g_autofree char *description = describe_commands ();

  g_set_prgname ("glovebox home");
  g_option_context_set_summary (context, _ ("Manages the homes that sandboxes keep."));
  g_option_context_set_description (context, description);
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  return g_option_context_parse (context, argc, argv, error);
}

static const Command *
choose (Home *self, int argc, char **argv)
{
  const Command *command = argc > 1 ? find_command (argv[1]) : NULL;

  if (argc < 2)
    gbx_complain (_ ("“glovebox home” needs a command; see “glovebox home --help”"));
  else if (!command)
    gbx_complain (_ ("“glovebox home” has no command “%s”; see “glovebox home --help”"), argv[1]);
  if (!command)
    return NULL;
  self->argc = argc - 2;
  self->argv = argv + 2;
  if (self->argc >= command->least && self->argc <= command->most &&
      (!self->json || command->run == run_list))
    return command;
  gbx_complain (_ ("the usage is: glovebox home %s%s%s"), command->name,
                *command->arguments ? " " : "",
                *command->arguments ? _ (command->arguments) : "");
  return NULL;
}

static int
run (Home *self, const Command *command)
{
  g_autoptr (GError) error = NULL;
  gboolean done;

  gbx_interrupts_begin (self->cancellable);
  done = command->run (self, &error);
  end_progress (self);
  if (done)
    return 0;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      gbx_complain (_ ("“glovebox home %s” was interrupted and has changed nothing"),
                    command->name);
      return STATUS_INTERRUPTED;
    }
  gbx_complain ("%s", error->message);
  return GBX_STATUS_FAILURE;
}

int
gbx_verb_home (int argc, char **argv)
{
  Home self = { .percent = -1, .cancellable = g_cancellable_new () };
  g_autoptr (GError) error = NULL;
  const Command *command;

  if (!parse (&self, &argc, &argv, &error))
    {
      gbx_complain ("%s", error->message);
      return GBX_STATUS_FAILURE;
    }
  command = choose (&self, argc, argv);
  return command ? run (&self, command) : GBX_STATUS_FAILURE;
}
