/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-cli"

#include "config.h"

#include "gbx-launch-options.h"

#include "gbx-error.h"
#include "gbx-settings.h"

#include <glib/gi18n.h>
#include <string.h>

/* ------------------------------------------------------------- parsing -- */

/* An option of the table of settings. */
static gboolean
on_setting (const char *name, const char *value, gpointer data, GError **error)
{
  GbxLaunchOptions *self = data;
  const GbxSetting *setting = gbx_settings_find_option (name + strlen ("--"));

  return gbx_values_set_text (self->settings, setting->key, value ? value : "on", name, error);
}

static void
add_setting (GArray *entries, const GbxSetting *setting, GbxMode mode)
{
  GOptionEntry entry = {
    .long_name = setting->option,
    .flags = setting->kind == GBX_KIND_SWITCH ? G_OPTION_FLAG_NO_ARG
             : setting->kind == GBX_KIND_PATH ? G_OPTION_FLAG_FILENAME
                                              : G_OPTION_FLAG_NONE,
    .arg = G_OPTION_ARG_CALLBACK,
    .arg_data = on_setting,
    .description = setting->help,
    .arg_description = setting->argument,
  };

  if (setting->option && (setting->scope == GBX_SCOPE_ALL || mode == GBX_MODE_DESKTOP))
    g_array_append_val (entries, entry);
}

/* The main group: the common options and those of the table. */
static GOptionGroup *
make_group (GbxLaunchOptions *self, GbxMode mode, const GOptionEntry *common)
{
  GOptionGroup *group = g_option_group_new (NULL, NULL, NULL, self, NULL);
  g_autoptr (GArray) entries = g_array_new (TRUE, TRUE, sizeof (GOptionEntry));

  g_option_group_set_translation_domain (group, GETTEXT_PACKAGE);
  g_option_group_add_entries (group, common);
  for (guint i = 0; i < gbx_settings_get_n (); i++)
    add_setting (entries, gbx_settings_get (i), mode);
  g_option_group_add_entries (group, (const GOptionEntry *) entries->data);
  return group;
}

static GOptionContext *
make_context (GbxLaunchOptions *self, GbxMode mode)
{
  const GOptionEntry common[] = {
    { "profile", 0, 0, G_OPTION_ARG_STRING, &self->profile,
      N_ ("The profile, instead of the one for the application"), N_ ("NAME") },
    { "share-for", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self->answers,
      N_ ("The file or folder for a share that the profile asks for"), N_ ("NAME=PATH") },
    { "name", 0, 0, G_OPTION_ARG_STRING, &self->name,
      N_ ("A name for the sandbox, instead of one made from the command"), N_ ("NAME") },
    { "share", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self->shares,
      N_ ("Show a file or folder to the sandbox, read-only unless it says :rw"),
      N_ ("PATH[:GUESTPATH][:ro|rw]") },
    { "in", 0, 0, G_OPTION_ARG_STRING, &self->in,
      N_ ("Run it in this sandbox, which runs already, instead of a new one"), N_ ("NAME") },
    { "env", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self->environment,
      N_ ("Set an environment variable"), N_ ("KEY=VALUE") },
    { "chdir", 0, 0, G_OPTION_ARG_FILENAME, &self->directory,
      N_ ("The working directory in the sandbox"), N_ ("PATH") },
    { "print-xml", 0, 0, G_OPTION_ARG_NONE, &self->print_xml,
      N_ ("Print the libvirt XML of the sandbox, and start nothing"), NULL },
    { "verbose", 0, 0, G_OPTION_ARG_NONE, &self->verbose,
      N_ ("Report each step on stderr"), NULL },
    { NULL },
  };
  const GOptionEntry desktop[] = {
    { "action", 0, 0, G_OPTION_ARG_STRING, &self->action,
      N_ ("Start this action of the desktop entry, such as “new-window”"), N_ ("NAME") },
    { "screenshot", 0, 0, G_OPTION_ARG_FILENAME, &self->screenshot,
      N_ ("Write the sandbox's screen to a PNG file once the application has drawn"),
      N_ ("FILE") },
    { "exit-after-screenshot", 0, 0, G_OPTION_ARG_NONE, &self->exit_after_screenshot,
      N_ ("Stop the sandbox after the screenshot"), NULL },
    { "report-fd", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_INT, &self->report_fd, NULL, NULL },
    { "wait", 0, 0, G_OPTION_ARG_NONE, &self->wait,
      N_ ("With --in: wait until the application has ended, and exit with its status"), NULL },
    { NULL },
  };
  const GOptionEntry exec[] = {
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &self->quiet,
      N_ ("Print no warnings, for scripts; errors are still printed"), NULL },
    { NULL },
  };
  GOptionContext *context =
      g_option_context_new (mode == GBX_MODE_DESKTOP
                                ? _ ("COMMAND [ARG…] | APP.desktop [FILE…] – run it in a sandbox")
                                : _ ("-- COMMAND [ARG…] – run it in a sandbox"));

  /* The options of the command are not parsed, with or without a "--". */
  g_option_context_set_strict_posix (context, TRUE);
  self->settings = gbx_values_new (mode == GBX_MODE_DESKTOP);
  g_option_context_set_main_group (context, make_group (self, mode, common));
  g_option_context_add_main_entries (context, mode == GBX_MODE_DESKTOP ? desktop : exec,
                                     GETTEXT_PACKAGE);
  return context;
}

char *
gbx_launch_options_get_help (GbxMode mode)
{
  g_auto (GbxLaunchOptions) options = { 0 };
  g_autoptr (GOptionContext) context = make_context (&options, mode);

  return g_option_context_get_help (context, FALSE, NULL);
}

void
gbx_launch_options_add_settings (GbxLaunchOptions *self, GbxMode mode, GOptionContext *context,
                                 const GOptionEntry *others)
{
  self->settings = gbx_values_new (mode == GBX_MODE_DESKTOP);
  g_option_context_set_main_group (context, make_group (self, mode, others));
}

gboolean
gbx_launch_options_override (GbxLaunchOptions *self, GbxResolution *resolution, GError **error)
{
  for (guint i = 0; i < gbx_settings_get_n (); i++)
    {
      const char *key = gbx_settings_get (i)->key;
      GVariant *value = gbx_values_get (self->settings, key);

      if (value && !gbx_resolution_override (resolution, key, value,
                                             gbx_values_get_origin (self->settings, key), error))
        return FALSE;
    }
  return TRUE;
}

gboolean
gbx_launch_options_parse (GbxLaunchOptions *self, GbxMode mode, int argc, char **argv,
                          GError **error)
{
  g_autoptr (GOptionContext) context = make_context (self, mode);
  g_autofree char *prgname = g_strconcat ("glovebox ", argv[0], NULL);
  g_auto (GStrv) arguments = g_strdupv (argv);
  g_autoptr (GError) local = NULL;
  char **rest;

  g_set_prgname (prgname);
  if (!g_option_context_parse_strv (context, &arguments, &local))
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID, _ ("%s; see “glovebox %s --help”"),
                   local->message, argv[0]);
      return FALSE;
    }
  rest = arguments[0] ? arguments + 1 : arguments;
  if (rest[0] && g_str_equal (rest[0], "--"))
    rest++;
  self->command = g_strdupv (rest);
  if (!self->command[0])
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
                   _ ("no command was given; see “glovebox %s --help”"), argv[0]);
      return FALSE;
    }
  return TRUE;
}

void
gbx_launch_options_clear (GbxLaunchOptions *self)
{
  g_clear_pointer (&self->settings, gbx_values_free);
  g_free (self->profile);
  g_strfreev (self->answers);
  g_free (self->name);
  g_free (self->in);
  g_strfreev (self->shares);
  g_strfreev (self->environment);
  g_free (self->directory);
  g_free (self->action);
  g_free (self->screenshot);
  g_strfreev (self->command);
}

/* ------------------------------------------------------------- builder -- */

static gboolean
add_environment (GbxPolicyBuilder *builder, char **environment, GError **error)
{
  for (guint i = 0; environment && environment[i]; i++)
    {
      const char *equals = strchr (environment[i], '=');
      g_autofree char *key = NULL;

      if (!equals || equals == environment[i])
        {
          g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
                       _ ("--env “%s” must be KEY=VALUE"), environment[i]);
          return FALSE;
        }
      key = g_strndup (environment[i], equals - environment[i]);
      gbx_policy_builder_set_environment (builder, key, equals + 1);
    }
  return TRUE;
}

static gboolean
add_shares (GbxPolicyBuilder *builder, char **shares, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) gbx_share_unref);

  for (guint i = 0; shares && shares[i]; i++)
    {
      GbxShare *share = gbx_share_parse (shares[i], error);

      if (!share)
        return FALSE;
      g_ptr_array_add (list, share);
      /* It replaces that of the profile. */
      gbx_policy_builder_remove_share (builder, gbx_share_get_guest_path (share));
    }
  for (guint i = 0; i < list->len; i++)
    gbx_policy_builder_add_share (builder, list->pdata[i]);
  return TRUE;
}

GbxPolicyBuilder *
gbx_launch_options_to_builder (GbxLaunchOptions *self, GbxResolution *resolution, GbxMode mode,
                               GError **error)
{
  g_autoptr (GbxPolicyBuilder) builder = gbx_policy_builder_new (mode);

  if (!gbx_resolution_fill (resolution, builder, error) ||
      !add_environment (builder, self->environment, error) ||
      !add_shares (builder, self->shares, error))
    return NULL;
  gbx_policy_builder_set_name (builder, self->name);
  gbx_policy_builder_set_directory (builder, self->directory);
  gbx_policy_builder_set_verbose (builder, self->verbose);
  return g_steal_pointer (&builder);
}
