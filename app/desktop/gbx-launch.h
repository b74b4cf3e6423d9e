/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* One launch of an application: "glovebox run" in a process of its own, which outlives this one.
 *
 * Signals: "shown" when the sandbox's window is on the screen; "failed" (sentence).  One of them
 * comes, and once. */
#define GBX_TYPE_LAUNCH (gbx_launch_get_type ())
G_DECLARE_FINAL_TYPE (GbxLaunch, gbx_launch, GBX, LAUNCH, GObject)

/* words: the entry's id and files or addresses, or a command */
GbxLaunch *gbx_launch_new (const char *name, const char *const *words);
/* The launch keeps itself until a signal has come. */
void gbx_launch_start (GbxLaunch *self);
/* Without a window that would show a failure: "glovebox run" shows it, and no signal comes. */
void gbx_launch_start_alone (GbxLaunch *self);
const char *gbx_launch_get_name (GbxLaunch *self);
/* The first of the words. */
const char *gbx_launch_get_id (GbxLaunch *self);
const char *const *gbx_launch_get_words (GbxLaunch *self);

G_END_DECLS
