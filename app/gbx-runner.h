/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-closing.h"
#include "gbx-display.h"
#include "gbx-leftover.h"

G_BEGIN_DECLS

/* What is to happen when the sandbox has ended. */
typedef enum
{
  GBX_THEN_DECIDE, /* by the reason of the end */
  GBX_THEN_CLOSE,
  GBX_THEN_RESTART,
} GbxThen;

/* Makes a sandbox; a test makes one on another backend. */
typedef GbxSandbox *(*GbxSandboxMaker) (GbxPolicy *policy, gpointer user_data);

/**
 * GbxRunner:
 *
 * Runs one sandbox of a policy at a time, from its launch to its end, and decides what
 * becomes of its window then.
 *
 * Signals: `begun` (GbxSandbox *sandbox): there is a new sandbox, which is launched
 * next; `ended` (gboolean stays): it has ended, and the window stays to say why, or
 * not; `finished` (int status): once, the program is done and exits with this status.
 */
#define GBX_TYPE_RUNNER (gbx_runner_get_type ())
G_DECLARE_FINAL_TYPE (GbxRunner, gbx_runner, GBX, RUNNER, GObject)

GbxRunner *gbx_runner_new (GbxPolicy *policy);
void gbx_runner_set_maker (GbxRunner *self, GbxSandboxMaker maker, gpointer user_data);
/* Before the start.  @path: the file for a screenshot of @display, which is made once. */
void gbx_runner_set_screenshot (GbxRunner *self, GbxDisplay *display, const char *path,
                                gboolean exit_afterwards);
/* Does nothing while a sandbox of the runner still runs. */
void gbx_runner_start (GbxRunner *self);
/* Asks the application to close its windows; if it ends by that, does then what @then says.
 * FALSE if it cannot be asked. */
gboolean gbx_runner_close (GbxRunner *self, GbxThen then);
/* Ends the sandbox, and does then what @then says.  When it has ended already, it is
 * done at once. */
void gbx_runner_stop (GbxRunner *self, GbxThen then);
/* Ends the sandbox with little time for the application, and then finishes; the second
 * call kills it. */
void gbx_runner_quit (GbxRunner *self);
void gbx_runner_kill (GbxRunner *self);

/* (transfer none): how far gbx_runner_close() is. */
GbxClosing *gbx_runner_get_closing (GbxRunner *self);
/* (transfer none): the files that the application leaves; see "found" of it. */
GbxLeftover *gbx_runner_get_leftover (GbxRunner *self);
GbxThen gbx_runner_get_then (GbxRunner *self);
GbxSandbox *gbx_runner_get_sandbox (GbxRunner *self);    /* (nullable): the latest */
GbxSandboxState gbx_runner_get_state (GbxRunner *self); /* ENDED if there is none */

G_END_DECLS
