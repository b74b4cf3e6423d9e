/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-display.h"
#include "gbx-fullscreen.h"

G_BEGIN_DECLS

/**
 * GbxWindowActions:
 *
 * The actions of a window's menu and buttons, each enabled while it can be done.
 *
 * Signals: `stop` and `restart`: the user wants it; `message` (const char *text,
 * gboolean is_error): what came of an action.
 */
#define GBX_TYPE_WINDOW_ACTIONS (gbx_window_actions_get_type ())
G_DECLARE_FINAL_TYPE (GbxWindowActions, gbx_window_actions, GBX, WINDOW_ACTIONS, GObject)

/* Adds the actions to the window.  All three live longer than this object. */
GbxWindowActions *gbx_window_actions_new (GtkApplicationWindow *window, GbxDisplay *display,
                                          GbxFullscreen *fullscreen);
void gbx_window_actions_set_sandbox (GbxWindowActions *self, GbxSandbox *sandbox);

G_END_DECLS
