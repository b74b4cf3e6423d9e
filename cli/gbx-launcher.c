/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-launcher.h"

#include "gbx-paths.h"

#include <sys/stat.h>
#include <unistd.h>

static gboolean
is_set (const char *variable)
{
  const char *value = g_getenv (variable);

  return value && *value;
}

gboolean
gbx_launcher_is_waiting (void)
{
  struct stat st;

  if (!is_set ("DISPLAY") && !is_set ("WAYLAND_DISPLAY"))
    return FALSE;
  if (isatty (STDIN_FILENO) || isatty (STDOUT_FILENO) || isatty (STDERR_FILENO))
    return FALSE;
  /* Behind a pipe is a script.  Desktops give a file, a socket of their log, or nothing. */
  return fstat (STDERR_FILENO, &st) != 0 || !S_ISFIFO (st.st_mode);
}

void
gbx_launcher_show_failure (const char *name, const char *message, int status)
{
  g_autofree char *program = gbx_path_program ("glovebox-window");
  g_autofree char *number = g_strdup_printf ("%d", status);
  const char *argv[] = { program, "--failure", message, "--failure-status", number,
                         name ? "--failure-of" : NULL, name, NULL };

  if (program)
    execv (program, (char **) argv);
}
