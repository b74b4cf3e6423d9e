/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-cli"

#include "config.h"

#include "gbx-verbs.h"
#include "gbx-window-start.h"

#include "gbx-error.h"
#include "gbx-file-copies.h"
#include "gbx-paths.h"
#include "gbx-policy-handover.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* How long the janitor may take to end what a killed window has left. */
#define CLEANING_SECONDS 10

/* Before anything is started.  The file is written beside the name and then renamed, so the
 * folder must be writable. */
static gboolean
check_screenshot (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *name = g_filename_display_name (path);

  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE,
                 _ ("The screenshot cannot be written to “%s”: that is a folder. Name a file in it."),
                 name);
  else if (g_file_test (path, G_FILE_TEST_EXISTS) && !g_file_test (path, G_FILE_TEST_IS_REGULAR))
    g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE,
                 _ ("The screenshot cannot be written to “%s”: that is not an ordinary file. Name "
                    "another one."),
                 name);
  else if (g_access (folder, W_OK | X_OK) != 0)
    g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE,
                 _ ("The screenshot cannot be written to “%s”: its folder cannot be written to (%s). "
                    "Choose another place."),
                 name, g_strerror (errno));
  else
    return TRUE;
  return FALSE;
}

void
gbx_window_start_become (GbxPolicy *policy, const GbxWindowStart *options, GError **error)
{
  g_autofree char *program = gbx_path_program ("glovebox-window");
  g_autofree char *path =
      options->screenshot ? g_canonicalize_filename (options->screenshot, NULL) : NULL;
  g_autofree char *report = NULL;
  g_autofree char *number = NULL;
  const char *argv[12] = { program, "--policy-fd" };
  guint n = 3;
  int fd;

  if (!program)
    {
      g_set_error_literal (error, GBX_ERROR, GBX_ERROR_NOT_FOUND,
                           _ ("The program glovebox-window is missing; install Glovebox again"));
      return;
    }
  if (path && !check_screenshot (path, error))
    return;
  fd = gbx_policy_hand_over (policy, error);
  if (fd < 0)
    return;
  number = g_strdup_printf ("%d", fd);
  argv[2] = number;
  if (path)
    {
      argv[n++] = "--screenshot";
      argv[n++] = path;
    }
  if (options->window_class)
    {
      argv[n++] = "--window-class";
      argv[n++] = options->window_class;
    }
  if (options->exit_after_screenshot)
    argv[n++] = "--exit-after-screenshot";
  if (options->report_fd > STDERR_FILENO)
    {
      report = g_strdup_printf ("%d", options->report_fd);
      argv[n++] = "--report-fd";
      argv[n++] = report;
    }
  execv (program, (char **) argv);
  g_set_error (error, GBX_ERROR, GBX_ERROR_NOT_FOUND, _ ("Cannot start %s: %s"), program,
               g_strerror (errno));
}

/* ----------------------------------------------------------------- wait -- */

/* It ends with this process: nobody else would do what remains to be done at its end. */
static GPid
start_window (GbxPolicy *policy)
{
  GPid parent = getpid ();
  GPid pid = fork ();

  if (pid == 0)
    {
      const GbxWindowStart start = { 0 };
      g_autoptr (GError) error = NULL;

      prctl (PR_SET_PDEATHSIG, SIGTERM);
      if (getppid () != parent)
        _exit (GBX_STATUS_FAILURE);
      gbx_window_start_become (policy, &start, &error);
      gbx_complain ("%s", error->message);
      _exit (GBX_STATUS_FAILURE);
    }
  return pid;
}

static volatile sig_atomic_t window_pid;

/* The kernel sends what comes from the terminal to both. */
static void
on_signal (int number, siginfo_t *info, void *context)
{
  if (window_pid > 0 && info->si_code != SI_KERNEL)
    kill ((pid_t) window_pid, number);
}

/* The window is told, and this process goes on. */
static void
pass_signals_on (void)
{
  struct sigaction action = { .sa_sigaction = on_signal, .sa_flags = SA_RESTART | SA_SIGINFO };

  sigaction (SIGINT, &action, NULL);
  sigaction (SIGTERM, &action, NULL);
  sigaction (SIGHUP, &action, NULL);
}

static int
await_window (GPid pid)
{
  int status = 0;

  window_pid = pid;
  pass_signals_on ();
  while (waitpid (pid, &status, 0) < 0 && errno == EINTR)
    ;
  window_pid = 0;
  if (WIFEXITED (status))
    return WEXITSTATUS (status);
  /* What the sandbox wrote last may still wait to be saved. */
  for (guint i = 0; i < CLEANING_SECONDS * 10; i++)
    {
      if (gbx_file_copies_need_recovery ())
        {
          gbx_file_copies_recover ();
          break;
        }
      g_usleep (G_USEC_PER_SEC / 10);
    }
  return 128 + WTERMSIG (status);
}

int
gbx_window_start_and_wait (GbxPolicy *policy, GError **error)
{
  GPid pid = start_window (policy);

  if (pid >= 0)
    return await_window (pid);
  g_set_error (error, GBX_ERROR, GBX_ERROR_NOT_FOUND, _ ("Cannot start %s: %s"), "glovebox-window",
               g_strerror (errno));
  return GBX_STATUS_FAILURE;
}
