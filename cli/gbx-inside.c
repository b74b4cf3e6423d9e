/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-cli"

#include "config.h"

#include "gbx-inside.h"

#include "gbx-error.h"
#include "gbx-settings.h"
#include "gbx-terminal.h"

#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

/* As the first command gets them. */
static const char *const terminal_variables[] = { "TERM", "COLORTERM", "NO_COLOR" };

/* (nullable): the first option that was given and belongs to a launch. */
static const char *
find_option_of_launch (GbxLaunchOptions *options)
{
  for (guint i = 0; i < gbx_settings_get_n (); i++)
    {
      const GbxSetting *setting = gbx_settings_get (i);

      if (setting->option && gbx_values_get (options->settings, setting->key))
        return setting->option;
    }
  return options->profile                 ? "profile"
         : options->answers               ? "share-for"
         : options->name                  ? "name"
         : options->shares                ? "share"
         : options->print_xml             ? "print-xml"
         : options->screenshot            ? "screenshot"
         : options->exit_after_screenshot ? "exit-after-screenshot"
                                          : NULL;
}

gboolean
gbx_inside_check (GbxLaunchOptions *options, GError **error)
{
  const char *option = find_option_of_launch (options);

  if (option)
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
                   _ ("--%s cannot be given with --in: the sandbox runs already, and what it may do "
                      "was decided when it was started"),
                   option);
      return FALSE;
    }
  for (guint i = 0; options->environment && options->environment[i]; i++)
    {
      const char *equals = strchr (options->environment[i], '=');

      if (equals && equals > options->environment[i])
        continue;
      g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID, _ ("--env “%s” must be KEY=VALUE"),
                   options->environment[i]);
      return FALSE;
    }
  if (!options->directory || g_path_is_absolute (options->directory))
    return TRUE;
  g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
               _ ("--chdir “%s” must be an absolute path in the sandbox"), options->directory);
  return FALSE;
}

static GVariant *
make_environment (GbxLaunchOptions *options, gboolean terminal)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; terminal && i < G_N_ELEMENTS (terminal_variables); i++)
    if (g_getenv (terminal_variables[i]))
      g_ptr_array_add (list, g_strconcat (terminal_variables[i], "=",
                                          g_getenv (terminal_variables[i]), NULL));
  for (guint i = 0; options->environment && options->environment[i]; i++)
    g_ptr_array_add (list, g_strdup (options->environment[i]));
  return g_variant_new_bytestring_array ((const char *const *) list->pdata, (gssize) list->len);
}

GVariant *
gbx_inside_make_request (GbxLaunchOptions *options, gboolean keeps, gboolean terminal)
{
  guint rows = 0, columns = 0;
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert_value (&dict, "environment", make_environment (options, terminal));
  if (options->directory)
    {
      g_autofree char *path = g_canonicalize_filename (options->directory, "/");

      g_variant_dict_insert_value (&dict, "directory", g_variant_new_bytestring (path));
    }
  if (terminal && gbx_terminal_get_size (&rows, &columns))
    g_variant_dict_insert (&dict, "terminal", "(uub)", rows, columns, !isatty (STDERR_FILENO));
  if (keeps)
    g_variant_dict_insert (&dict, "keeps", "b", TRUE);
  return g_variant_dict_end (&dict);
}
