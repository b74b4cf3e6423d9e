/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-api"

#include "config.h"

#include "gbx-window.h"

#include "gbx-error.h"
#include "gbx-paths.h"
#include "gbx-policy-handover.h"

#include <glib/gi18n-lib.h>

/* The window has it at this number. */
#define POLICY_FD 3

/**
 * gbx_window_start:
 * @policy: (transfer none): of the mode %GBX_MODE_DESKTOP
 * @error: return location for a #GbxError
 *
 * Shows a desktop application in a window of Glovebox, as `glovebox run` does.  The window is a
 * process of its own, so the caller needs no toolkit.  It needs a display: `DISPLAY` or
 * `WAYLAND_DISPLAY`.
 *
 * The process ends when its window is closed, with the status of the application or 125 for a
 * failure of Glovebox's own.  [class@Glovebox.RunningSandbox] reaches its sandbox from the moment
 * when it has its name.  Send it SIGTERM to stop both.
 *
 * Returns: (transfer full): the process of the window; %NULL with %GBX_ERROR_NOT_FOUND if the
 *   program is missing, %GBX_ERROR_INVALID if the policy has no display, or %GBX_ERROR_STORAGE
 */
GSubprocess *
gbx_window_start (GbxPolicy *policy, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autofree char *program = gbx_path_program ("glovebox-window");
  int fd;

  if (gbx_policy_get_mode (policy) != GBX_MODE_DESKTOP)
    {
      g_set_error_literal (error, GBX_ERROR, GBX_ERROR_INVALID,
                           _ ("A command without a display has no window"));
      return NULL;
    }
  if (!program)
    {
      g_set_error_literal (error, GBX_ERROR, GBX_ERROR_NOT_FOUND,
                           _ ("The program glovebox-window is missing; install Glovebox again"));
      return NULL;
    }
  fd = gbx_policy_hand_over (policy, error);
  if (fd < 0)
    return NULL;
  g_subprocess_launcher_take_fd (launcher, fd, POLICY_FD);
  return g_subprocess_launcher_spawn (launcher, error, program, "--policy-fd",
                                      G_STRINGIFY (POLICY_FD), NULL);
}
