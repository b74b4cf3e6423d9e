/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-cli"

#include "config.h"

#include "gbx-command-list.h"
#include "gbx-inside.h"
#include "gbx-interrupts.h"
#include "gbx-launch-options.h"
#include "gbx-service-show.h"
#include "gbx-verbs.h"

#include "gbx-error.h"
#include "gbx-service-run.h"
#include "gbx-service-work.h"
#include "gbx-settings.h"

#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

/* System services of the host in sandboxes of their own.  Each command blocks; a thread of its own
 * waits for ^C. */

#define STATUS_INTERRUPTED 130
#define LOG_LINES 50

typedef struct
{
  int argc;
  char **argv; /* what follows the command */
  GbxLaunchOptions options; /* the settings */
  char *unit;
  gboolean copy, json, follow;
  int lines;
  int status; /* if it is not 0 */
  GCancellable *cancellable;
} Verb;

typedef struct
{
  const char *name;
  const char *arguments;
  int least, most; /* how many; -1: any */
  gboolean (*run) (Verb *self, GError **error);
  const char *summary;
  const char *allowed; /* the options that it takes, besides settings */
  gboolean takes_settings;
  gboolean is_long; /* it can be interrupted */
} Command;

/* ------------------------------------------------------------- settings -- */

/* As the library wants them: a{ss}. */
static GVariant *
list_settings (Verb *self)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{ss}"));
  for (guint i = 0; i < gbx_settings_get_n (); i++)
    {
      const GbxSetting *setting = gbx_settings_get (i);
      GVariant *value = gbx_values_get (self->options.settings, setting->key);
      g_autofree char *text = value ? gbx_setting_format (setting, value) : NULL;

      if (text)
        g_variant_builder_add (&builder, "{ss}", setting->key, text);
    }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

static const char *
find_setting (Verb *self)
{
  for (guint i = 0; i < gbx_settings_get_n (); i++)
    if (gbx_values_get (self->options.settings, gbx_settings_get (i)->key))
      return gbx_settings_get (i)->option;
  return NULL;
}

/* ------------------------------------------------------------- commands -- */

static void
tell (GPtrArray *told)
{
  for (guint i = 0; i < told->len; i++)
    gbx_complain (_ ("note: %s"), (char *) told->pdata[i]);
}

static gboolean
run_create (Verb *self, GError **error)
{
  g_autoptr (GVariant) settings = list_settings (self);
  g_autoptr (GPtrArray) told = g_ptr_array_new_with_free_func (g_free);

  if (!self->unit)
    {
      g_set_error_literal (error, GBX_ERROR, GBX_ERROR_INVALID,
                           _ ("a service is made of a unit: give --unit, as in --unit "
                              "apache2.service"));
      return FALSE;
    }
  if (!gbx_service_work_create (self->argv[0], self->unit, self->copy, settings, told,
                                self->cancellable, error))
    return FALSE;
  tell (told);
  return TRUE;
}

static gboolean
run_clone (Verb *self, GError **error)
{
  g_autoptr (GVariant) settings = list_settings (self);

  return gbx_service_work_clone (self->argv[0], self->argv[1], settings, self->cancellable, error);
}

static gboolean
run_upgrade (Verb *self, GError **error)
{
  g_autoptr (GPtrArray) told = g_ptr_array_new_with_free_func (g_free);

  if (!gbx_service_work_upgrade (self->argv[0], told, self->cancellable, error))
    return FALSE;
  tell (told);
  return TRUE;
}

/* Those after one that fails are done too. */
static gboolean
for_each (Verb *self, gboolean (*func) (const char *, GCancellable *, GError **), GError **error)
{
  for (int i = 0; i < self->argc; i++)
    {
      g_autoptr (GError) local = NULL;

      if (func (self->argv[i], self->cancellable, &local))
        continue;
      if (i == self->argc - 1 || g_error_matches (local, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      gbx_complain ("%s", local->message);
      self->status = GBX_STATUS_FAILURE;
    }
  return TRUE;
}

static gboolean
delete_one (const char *name, GCancellable *cancellable, GError **error)
{
  return gbx_service_work_delete (name, error);
}

static gboolean
run_delete (Verb *self, GError **error)
{
  return for_each (self, delete_one, error);
}

/* What is weaker than it should be is told, as with every other sandbox. */
static void
warn (const char *name)
{
  g_autoptr (GbxService) service = gbx_service_open (name, NULL);

  if (service && gbx_service_get_notice (service))
    gbx_complain (_ ("warning: %s"), gbx_service_get_notice (service));
}

static gboolean
start_one (const char *name, GCancellable *cancellable, GError **error)
{
  gboolean started = gbx_service_work_start (name, cancellable, error);

  if (started)
    warn (name);
  return started;
}

static gboolean
run_start (Verb *self, GError **error)
{
  gbx_warn_root ();
  return for_each (self, start_one, error);
}

static gboolean
run_stop (Verb *self, GError **error)
{
  return for_each (self, gbx_service_work_stop, error);
}

static gboolean
restart_one (const char *name, GCancellable *cancellable, GError **error)
{
  gboolean started = gbx_service_work_restart (name, cancellable, error);

  if (started)
    warn (name);
  return started;
}

static gboolean
run_restart (Verb *self, GError **error)
{
  return for_each (self, restart_one, error);
}

static gboolean
run_reload (Verb *self, GError **error)
{
  return for_each (self, gbx_service_work_reload, error);
}

static gboolean
run_run (Verb *self, GError **error)
{
  return gbx_service_run (self->argv[0], error);
}

static gboolean
run_list (Verb *self, GError **error)
{
  return gbx_service_show_list (self->json, error);
}

static gboolean
run_status (Verb *self, GError **error)
{
  return gbx_service_show_status (self->argv[0], self->json, &self->status, error);
}

static gboolean
run_logs (Verb *self, GError **error)
{
  return gbx_service_show_log (self->argv[0], (guint) self->lines, self->follow, self->cancellable,
                               error);
}

/* -------------------------------------------------------------- inside -- */

static gboolean
check_running (const char *name, GError **error)
{
  g_autoptr (GbxService) service = gbx_service_open (name, error);

  if (!service)
    return FALSE;
  if (gbx_service_get_pid (service) != 0)
    return TRUE;
  g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
               _ ("The service “%s” does not run; start it with “glovebox service start %s”"), name,
               name);
  return FALSE;
}

static gboolean
run_inside (Verb *self, char **command, GError **error)
{
  g_auto (GbxLaunchOptions) options = { 0 };

  if (!check_running (self->argv[0], error))
    return FALSE;
  options.settings = gbx_values_new (FALSE);
  options.in = g_strdup (self->argv[0]);
  options.directory = g_strdup ("/");
  options.command = g_strdupv (command);
  self->status = gbx_inside_exec (&options);
  return TRUE;
}

static gboolean
run_exec (Verb *self, GError **error)
{
  int first = self->argc > 1 && g_str_equal (self->argv[1], "--") ? 2 : 1;

  if (self->argc > first)
    return run_inside (self, self->argv + first, error);
  g_set_error_literal (error, GBX_ERROR, GBX_ERROR_INVALID,
                       _ ("no command was given; see “glovebox service --help”"));
  return FALSE;
}

static gboolean
run_connect (Verb *self, GError **error)
{
  char *shell = g_file_test ("/bin/bash", G_FILE_TEST_IS_EXECUTABLE) ? (char *) "/bin/bash"
                                                                     : (char *) "/bin/sh";
  char *command[] = { shell, NULL };

  return run_inside (self, command, error);
}

static const Command commands[] = {
  { "create", N_ ("NAME --unit UNIT"), 1, 1, run_create,
    N_ ("Make a service from an installed unit"), "uc", TRUE, TRUE },
  { "clone", N_ ("NAME NEW"), 2, 2, run_clone, N_ ("Copy a service with its files"), "", TRUE,
    TRUE },
  { "delete", N_ ("NAME…"), 1, -1, run_delete, N_ ("Delete services with their files"), "", FALSE,
    TRUE },
  { "list", "", 0, 0, run_list, N_ ("List the services"), "j", FALSE, TRUE },
  { "start", N_ ("NAME…"), 1, -1, run_start, N_ ("Start services, and wait until they are ready"),
    "", FALSE, TRUE },
  { "stop", N_ ("NAME…"), 1, -1, run_stop, N_ ("Stop services"), "", FALSE, TRUE },
  { "restart", N_ ("NAME…"), 1, -1, run_restart, N_ ("Stop services, and start them"), "", FALSE,
    TRUE },
  { "reload", N_ ("NAME…"), 1, -1, run_reload,
    N_ ("Let services read their configuration again"), "", FALSE, TRUE },
  { "status", N_ ("NAME"), 1, 1, run_status, N_ ("Show what a service does"), "j", FALSE, TRUE },
  { "logs", N_ ("NAME"), 1, 1, run_logs, N_ ("Print the log of a service"), "fn", FALSE, TRUE },
  { "connect", N_ ("NAME"), 1, 1, run_connect, N_ ("Open a shell beside a running service"), "",
    FALSE, FALSE },
  { "exec", N_ ("NAME -- COMMAND [ARG…]"), 1, -1, run_exec,
    N_ ("Run a command beside a running service"), "", FALSE, FALSE },
  { "upgrade", N_ ("NAME"), 1, 1, run_upgrade,
    N_ ("Bring the files of a service to the installed version"), "", FALSE, TRUE },
  { "run", N_ ("NAME"), 1, 1, run_run, N_ ("Run a service here, until it ends or is stopped"), "",
    FALSE, FALSE },
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

/* What follows "exec NAME" belongs to another command. */
static gboolean
parse (Verb *self, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "unit", 0, 0, G_OPTION_ARG_STRING, &self->unit,
      N_ ("With create: the unit, such as apache2.service"), N_ ("UNIT") },
    { "copy", 0, 0, G_OPTION_ARG_NONE, &self->copy,
      N_ ("With create: begin with the files of /etc and /var as they are here"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &self->json, N_ ("With list, status: print JSON"), NULL },
    { "follow", 'f', 0, G_OPTION_ARG_NONE, &self->follow,
      N_ ("With logs: print new lines, until it is interrupted"), NULL },
    { "lines", 'n', 0, G_OPTION_ARG_INT, &self->lines, N_ ("With logs: how many lines"),
      N_ ("NUMBER") },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (_ ("COMMAND …"));
  g_autofree char *description = describe_commands ();

  g_set_prgname ("glovebox service");
  g_option_context_set_summary (context, _ ("Runs system services in sandboxes of their own.  With "
                                            "create and clone, settings of the sandbox can be "
                                            "given."));
  g_option_context_set_description (context, description);
  gbx_launch_options_add_settings (&self->options, GBX_MODE_EXEC, context, entries);
  return g_option_context_parse (context, argc, argv, error);
}

static gboolean
options_fit (Verb *self, const Command *command)
{
  const struct
  {
    gboolean given;
    char letter;
    const char *name;
  } given[] = { { self->unit != NULL, 'u', "unit" },
                { self->copy, 'c', "copy" },
                { self->json, 'j', "json" },
                { self->follow, 'f', "follow" },
                { self->lines != LOG_LINES, 'n', "lines" } };
  const char *setting = command->takes_settings ? NULL : find_setting (self);

  for (guint i = 0; i < G_N_ELEMENTS (given) && !setting; i++)
    if (given[i].given && !strchr (command->allowed, given[i].letter))
      setting = given[i].name;
  if (setting)
    gbx_complain (_ ("“glovebox service %s” takes no option --%s"), command->name, setting);
  return setting == NULL;
}

static const Command *
choose (Verb *self, int argc, char **argv)
{
  const Command *command = argc > 1 ? find_command (argv[1]) : NULL;

  if (argc < 2)
    gbx_complain (_ ("“glovebox service” needs a command; see “glovebox service --help”"));
  else if (!command)
    gbx_complain (_ ("“glovebox service” has no command “%s”; see “glovebox service --help”"),
                  argv[1]);
  if (!command || !options_fit (self, command))
    return NULL;
  self->argc = argc - 2;
  self->argv = argv + 2;
  if (self->argc >= command->least && (command->most < 0 || self->argc <= command->most))
    return command;
  gbx_complain (_ ("the usage is: glovebox service %s%s%s"), command->name,
                *command->arguments ? " " : "",
                *command->arguments ? _ (command->arguments) : "");
  return NULL;
}

static int
run (Verb *self, const Command *command)
{
  g_autoptr (GError) error = NULL;

  if (command->is_long)
    gbx_interrupts_begin (self->cancellable);
  if (command->run (self, &error))
    return self->status;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      gbx_complain (_ ("“glovebox service %s” was interrupted"), command->name);
      return STATUS_INTERRUPTED;
    }
  gbx_complain ("%s", error->message);
  return GBX_STATUS_FAILURE;
}

int
gbx_verb_service (int argc, char **argv)
{
  Verb self = { .lines = LOG_LINES, .cancellable = g_cancellable_new () };
  g_autoptr (GError) error = NULL;
  const Command *command;
  int status = GBX_STATUS_FAILURE;

  if (argc > 1 && g_str_equal (argv[1], "exec"))
    self.options.settings = gbx_values_new (FALSE);
  else if (!parse (&self, &argc, &argv, &error))
    {
      gbx_complain ("%s", error->message);
      return GBX_STATUS_FAILURE;
    }
  command = choose (&self, argc, argv);
  if (command)
    status = run (&self, command);
  gbx_launch_options_clear (&self.options);
  g_free (self.unit);
  return status;
}
