/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-cli"

#include "config.h"

#include "gbx-launch-options.h"

#include "gbx-error.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define CPUS_UNSET G_MININT

/* ------------------------------------------------------------- parsing -- */

guint64
gbx_parse_memory (const char *text, GError **error)
{
  static const struct
  {
    const char *suffix;
    double factor;
  } units[] = {
    { "", 1 << 20 },  { "k", 1 << 10 },   { "kib", 1 << 10 }, { "m", 1 << 20 },
    { "mib", 1 << 20 }, { "g", 1 << 30 }, { "gib", 1 << 30 },
  };
  char *end;
  double number = g_ascii_strtod (text, &end);

  for (guint i = 0; end != text && isfinite (number) && i < G_N_ELEMENTS (units); i++)
    {
      double bytes = number * units[i].factor;

      /* Less than one byte would become 0, which means the default. */
      if (g_ascii_strcasecmp (end, units[i].suffix) == 0 && bytes >= 1 && bytes < 1e15)
        return (guint64) bytes;
    }
  g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
               _ ("“%s” is not an amount of memory: write it as in 512M or 2G"), text);
  return 0;
}

gboolean
gbx_parse_size (const char *text, guint *width, guint *height, GError **error)
{
  g_auto (GStrv) by_sign = g_strsplit (text, "×", -1);
  g_autofree char *plain = g_strjoinv ("x", by_sign);
  g_auto (GStrv) parts = g_strsplit_set (plain, "xX", -1);
  guint64 numbers[2];

  for (guint i = 0; i < 2 && g_strv_length (parts) == 2; i++)
    {
      if (!g_ascii_string_to_unsigned (parts[i], 10, GBX_DISPLAY_MIN, GBX_DISPLAY_MAX, &numbers[i],
                                       NULL))
        break;
      if (i == 0)
        continue;
      *width = numbers[0];
      *height = numbers[1];
      return TRUE;
    }
  g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
               _ ("“%s” is not a display size: write it as in 1280x800, with both sides from "
                  "%d to %d"),
               text, GBX_DISPLAY_MIN, GBX_DISPLAY_MAX);
  return FALSE;
}

/* Finds the text in a list of words: its index, or -1 and an error. */
static int
parse_choice (const char *option, const char *text, const char *const *words, GError **error)
{
  g_autofree char *list = NULL;

  for (int i = 0; words[i]; i++)
    if (g_str_equal (text, words[i]))
      return i;
  list = g_strjoinv (", ", (char **) words);
  g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID, _ ("--%s cannot be “%s”: use one of %s"),
               option, text, list);
  return -1;
}

gboolean
gbx_launch_options_parse (GbxLaunchOptions *self, GbxMode mode, int argc, char **argv,
                          GError **error)
{
  const GOptionEntry common[] = {
    { "name", 0, 0, G_OPTION_ARG_STRING, &self->name,
      N_ ("A name for the sandbox, instead of one made from the command"), N_ ("NAME") },
    { "share", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self->shares,
      N_ ("Show a file or folder to the sandbox, read-only unless it says :rw"),
      N_ ("PATH[:GUESTPATH][:ro|rw]") },
    { "env", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self->environment,
      N_ ("Set an environment variable"), N_ ("KEY=VALUE") },
    { "chdir", 0, 0, G_OPTION_ARG_FILENAME, &self->directory,
      N_ ("The working directory in the sandbox"), N_ ("PATH") },
    { "memory", 0, 0, G_OPTION_ARG_STRING, &self->memory, N_ ("Memory of the sandbox, as in 1G"),
      N_ ("SIZE") },
    { "cpus", 0, 0, G_OPTION_ARG_INT, &self->cpus, N_ ("Processors of the sandbox"), N_ ("N") },
    { "network", 0, 0, G_OPTION_ARG_STRING, &self->network,
      N_ ("none (the default) or user: outgoing connections"), N_ ("KIND") },
    { "accel", 0, 0, G_OPTION_ARG_STRING, &self->accelerator,
      N_ ("auto (the default), kvm or tcg"), N_ ("KIND") },
    { "timeout", 0, 0, G_OPTION_ARG_INT, &self->timeout,
      N_ ("Stop the sandbox after that many seconds, with status 124"), N_ ("SECONDS") },
    { "strict", 0, 0, G_OPTION_ARG_NONE, &self->strict,
      N_ ("Fail rather than run with weaker isolation, as without KVM"), NULL },
    { "print-xml", 0, 0, G_OPTION_ARG_NONE, &self->print_xml,
      N_ ("Print the libvirt XML of the sandbox, and start nothing"), NULL },
    { "verbose", 0, 0, G_OPTION_ARG_NONE, &self->verbose,
      N_ ("Report each step on stderr"), NULL },
    { NULL },
  };
  const GOptionEntry desktop[] = {
    { "display", 0, 0, G_OPTION_ARG_STRING, &self->display, N_ ("spice (the default) or vnc"),
      N_ ("KIND") },
    { "size", 0, 0, G_OPTION_ARG_STRING, &self->size, N_ ("The display's size, as in 1280x800"),
      N_ ("WxH") },
    { "opengl", 0, 0, G_OPTION_ARG_STRING, &self->opengl,
      N_ ("auto (the default: with KVM only), on or off: OpenGL in software"), N_ ("KIND") },
    { "screenshot", 0, 0, G_OPTION_ARG_FILENAME, &self->screenshot,
      N_ ("Write the sandbox's screen to a PNG file once the application has drawn"),
      N_ ("FILE") },
    { "exit-after-screenshot", 0, 0, G_OPTION_ARG_NONE, &self->exit_after_screenshot,
      N_ ("Stop the sandbox after the screenshot"), NULL },
    { NULL },
  };
  const GOptionEntry exec[] = {
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &self->quiet,
      N_ ("Print no warnings, for scripts; errors are still printed"), NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context =
      g_option_context_new (mode == GBX_MODE_DESKTOP
                                ? _ ("COMMAND [ARG…] | APP.desktop [FILE…] – run it in a sandbox")
                                : _ ("-- COMMAND [ARG…] – run it in a sandbox"));
  g_autofree char *prgname = g_strconcat ("glovebox ", argv[0], NULL);
  g_auto (GStrv) arguments = g_strdupv (argv);
  g_autoptr (GError) local = NULL;
  char **rest;

  g_set_prgname (prgname);
  /* The options of the command are not parsed, with or without a "--". */
  g_option_context_set_strict_posix (context, TRUE);
  g_option_context_add_main_entries (context, common, GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, mode == GBX_MODE_DESKTOP ? desktop : exec,
                                     GETTEXT_PACKAGE);
  self->cpus = CPUS_UNSET;
  self->timeout = 0;
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
  g_free (self->name);
  g_strfreev (self->shares);
  g_strfreev (self->environment);
  g_free (self->directory);
  g_free (self->memory);
  g_free (self->network);
  g_free (self->display);
  g_free (self->size);
  g_free (self->accelerator);
  g_free (self->opengl);
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
  for (guint i = 0; shares && shares[i]; i++)
    {
      g_autoptr (GbxShare) share = gbx_share_parse (shares[i], error);

      if (!share)
        return FALSE;
      gbx_policy_builder_add_share (builder, share);
    }
  return TRUE;
}

static gboolean
add_choices (GbxPolicyBuilder *builder, GbxLaunchOptions *self, GError **error)
{
  static const char *const networks[] = { "none", "user", NULL };
  static const char *const displays[] = { "spice", "vnc", NULL };
  static const char *const accelerators[] = { "auto", "kvm", "tcg", NULL };
  static const char *const opengls[] = { "auto", "on", "off", NULL };
  int network = 0, display = 0, accelerator = 0, opengl = 0;

  if ((self->network && (network = parse_choice ("network", self->network, networks, error)) < 0) ||
      (self->display && (display = parse_choice ("display", self->display, displays, error)) < 0) ||
      (self->accelerator &&
       (accelerator = parse_choice ("accel", self->accelerator, accelerators, error)) < 0) ||
      (self->opengl && (opengl = parse_choice ("opengl", self->opengl, opengls, error)) < 0))
    return FALSE;
  gbx_policy_builder_set_network (builder, network);
  gbx_policy_builder_set_display_protocol (builder, display);
  gbx_policy_builder_set_accelerator (builder, accelerator);
  gbx_policy_builder_set_opengl (builder, opengl);
  return TRUE;
}

static gboolean
add_numbers (GbxPolicyBuilder *builder, GbxLaunchOptions *self, GError **error)
{
  guint width, height;

  if (self->memory)
    {
      guint64 memory = gbx_parse_memory (self->memory, error);

      if (memory == 0)
        return FALSE;
      gbx_policy_builder_set_memory (builder, memory);
    }
  if (self->size)
    {
      if (!gbx_parse_size (self->size, &width, &height, error))
        return FALSE;
      gbx_policy_builder_set_display_size (builder, width, height);
    }
  if ((self->cpus < 1 && self->cpus != CPUS_UNSET) || self->timeout < 0)
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
                   self->timeout < 0 ? _ ("--timeout cannot be %d: it must not be negative")
                                     : _ ("--cpus cannot be %d: a sandbox needs at least one"),
                   self->timeout < 0 ? self->timeout : self->cpus);
      return FALSE;
    }
  gbx_policy_builder_set_cpus (builder, self->cpus == CPUS_UNSET ? 0 : self->cpus);
  gbx_policy_builder_set_timeout (builder, self->timeout);
  return TRUE;
}

GbxPolicyBuilder *
gbx_launch_options_to_builder (GbxLaunchOptions *self, GbxMode mode, GError **error)
{
  g_autoptr (GbxPolicyBuilder) builder = gbx_policy_builder_new (mode);

  if (!add_numbers (builder, self, error) || !add_choices (builder, self, error) ||
      !add_environment (builder, self->environment, error) ||
      !add_shares (builder, self->shares, error))
    return NULL;
  gbx_policy_builder_set_name (builder, self->name);
  gbx_policy_builder_set_directory (builder, self->directory);
  gbx_policy_builder_set_verbose (builder, self->verbose);
  gbx_policy_builder_set_strict (builder, self->strict);
  return g_steal_pointer (&builder);
}
