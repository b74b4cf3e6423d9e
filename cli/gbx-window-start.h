/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-policy.h"

G_BEGIN_DECLS

/* Each sandbox's window is a separate process: a command checks its arguments, passes the policy
 * on in a memory file, and executes glovebox-window. */

typedef struct
{
  const char *screenshot; /* (nullable): a file to write */
  gboolean exit_after_screenshot;
  const char *window_class; /* (nullable): for the task bar, if it is not that of the policy */
  int report_fd;            /* 0: none */
} GbxWindowStart;

/* Becomes the window.  Returns only with an error. */
void gbx_window_start_become (GbxPolicy *policy, const GbxWindowStart *options, GError **error);
/* Starts the window, waits for its end, and returns its status.  Its process ends with this one. */
int gbx_window_start_and_wait (GbxPolicy *policy, GError **error);

G_END_DECLS
