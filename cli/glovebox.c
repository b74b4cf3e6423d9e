/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-cli"

#include "config.h"

#include "gbx-surroundings.h"
#include "gbx-verbs.h"

#include <fcntl.h>
#include <glib/gi18n.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct
{
  const char *name;
  const char *summary;
  int (*run) (int argc, char **argv);
} verbs[] = {
  { "desktop", N_ ("Show the installed applications in a window"), gbx_verb_desktop },
  { "run", N_ ("Run an application in a sandbox, in a window"), gbx_verb_run },
  { "open", N_ ("Open files in a sandbox, to look at them or to edit copies"), gbx_verb_open },
  { "exec", N_ ("Run a command in a sandbox, on this terminal"), gbx_verb_exec },
  { "list", N_ ("List the running sandboxes"), gbx_verb_list },
  { "top", N_ ("Show what the running sandboxes use"), gbx_verb_top },
  { "stop", N_ ("Stop running sandboxes"), gbx_verb_stop },
  { "pause", N_ ("Pause running sandboxes"), gbx_verb_pause },
  { "resume", N_ ("Let paused sandboxes go on"), gbx_verb_resume },
  { "set", N_ ("Change a limit of a running sandbox"), gbx_verb_set },
  { "get", N_ ("Copy files out of a running sandbox"), gbx_verb_get },
  { "put", N_ ("Copy files into a running sandbox"), gbx_verb_put },
  { "profile", N_ ("List, show and change profiles"), gbx_verb_profile },
  { "home", N_ ("Manage the homes that sandboxes keep"), gbx_verb_home },
  { "launcher", N_ ("Add applications to the menu that start in a sandbox"), gbx_verb_launcher },
  { "service", N_ ("Run system services in sandboxes of their own"), gbx_verb_service },
  { "settings", N_ ("List the settings of a sandbox"), gbx_verb_settings },
  { "doctor", N_ ("Check what a launch needs"), gbx_verb_doctor },
};

void
gbx_complain (const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  /* The message may contain user input: keep it to one line, without terminal control sequences. */
  for (char *at = message; *at; at++)
    if (g_ascii_iscntrl (*at))
      *at = ' ';
  g_printerr ("glovebox: %s\n", message);
}

void
gbx_warn_root (void)
{
  if (geteuid () == 0)
    gbx_complain (_ ("warning: root runs this, so the emulator runs as root too; an ordinary "
                     "account is safer"));
}

void
gbx_warn_all (GPtrArray *warnings)
{
  for (guint i = 0; i < warnings->len; i++)
    gbx_complain (_ ("warning: %s"), (char *) warnings->pdata[i]);
}

void
gbx_warn_shares (GbxPolicy *policy)
{
  GPtrArray *shares = gbx_policy_get_shares (policy);

  for (guint i = 0; i < shares->len; i++)
    {
      g_autofree char *risk = gbx_share_describe_risk (shares->pdata[i]);

      if (risk)
        gbx_complain (_ ("warning: %s"), risk);
    }
}

static int
print_help (void)
{
  g_print ("%s\n  glovebox %s\n\n%s\n", _ ("Usage:"), _ ("VERB [OPTION…] …"), _ ("Verbs:"));
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    g_print ("  %-8s %s\n", verbs[i].name, _ (verbs[i].summary));
  g_print ("\n%s\n", _ ("“glovebox VERB --help” lists the options of a verb."));
  return 0;
}

/* If one of the three is closed, another file of ours would get its number, and the
 * application's output would be written there. */
static void
occupy_standard_streams (void)
{
  /* Read-only, so that writing to a closed stream is an error, as usual. */
  int fd = open ("/dev/null", O_RDONLY);

  while (fd >= 0 && fd <= STDERR_FILENO)
    fd = dup (fd);
  if (fd > STDERR_FILENO)
    close (fd);
}

static int
run_verb (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, GBX_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  /* The reader of our output may exit; the application in the sandbox is notified. */
  signal (SIGPIPE, SIG_IGN);

  if (argc < 2)
    {
      gbx_complain (_ ("no verb was given; “glovebox --help” lists them"));
      return GBX_STATUS_FAILURE;
    }
  if (strcmp (argv[1], "--version") == 0)
    {
      g_print ("glovebox %s\n", GBX_VERSION);
      return 0;
    }
  if (strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0 ||
      strcmp (argv[1], "help") == 0)
    return print_help ();
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (strcmp (argv[1], verbs[i].name) == 0)
      return verbs[i].run (argc - 1, argv + 1);
  gbx_complain (_ ("there is no verb “%s”; “glovebox --help” lists them"), argv[1]);
  return GBX_STATUS_FAILURE;
}

int
main (int argc, char **argv)
{
  int status;

  occupy_standard_streams ();
  gbx_surroundings_settle ();
  status = run_verb (argc, argv);
  fflush (stdout);
  fflush (stderr);
  /* An abandoned thread may still wait for libvirt, and uses data that exit() would free. */
  _exit (status);
}
