/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-display-connection.h"
#include "gbx-runner.h"

#include <handy.h>

G_BEGIN_DECLS

/**
 * GbxSandboxWindow:
 *
 * One sandbox from its launch to its end, and again when it is restarted.
 * Signal: `finished` (int status): the window is done, and that is the exit
 * status of the program.
 *
 * The window closes by itself when the application exits with 0 (unless it has shown no
 * window and nobody reads what it wrote), when the launch
 * was cancelled, when the time limit was reached, and when the user has closed it.
 * Otherwise the end page stays, unless nobody is expected to look at it: with a
 * time limit, with --exit-after-screenshot, or after a signal to this process.
 */
#define GBX_TYPE_SANDBOX_WINDOW (gbx_sandbox_window_get_type ())
G_DECLARE_FINAL_TYPE (GbxSandboxWindow, gbx_sandbox_window, GBX, SANDBOX_WINDOW,
                      HdyApplicationWindow)

GtkWidget *gbx_sandbox_window_new (GtkApplication *application, GbxPolicy *policy);
/* Before the start.  @path: the file for a screenshot, which is made once. */
void gbx_sandbox_window_set_screenshot (GbxSandboxWindow *self, const char *path,
                                        gboolean exit_afterwards);
void gbx_sandbox_window_start (GbxSandboxWindow *self);
/* Ends the sandbox without asking, and then the window.  The second call kills it. */
void gbx_sandbox_window_quit (GbxSandboxWindow *self);

/* For the tests: the parts of the window. */
GbxRunner *gbx_sandbox_window_get_runner (GbxSandboxWindow *self);
GbxDisplay *gbx_sandbox_window_get_display (GbxSandboxWindow *self);
GbxDisplayConnection *gbx_sandbox_window_get_connection (GbxSandboxWindow *self);

G_END_DECLS
