/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-sandbox.h"

#include <handy.h>

G_BEGIN_DECLS

/**
 * GbxWindowName:
 *
 * By which name and icon a user knows a window, in its header bar and in the desktop's lists of
 * windows: those of the application, with a mark that it is a sandbox.  The guest's own title is
 * only ever the subtitle.
 *
 * If the launch did not know the application, the class of its window may tell: then the name is
 * that of an application of the host.  Signal: `changed`.
 */
#define GBX_TYPE_WINDOW_NAME (gbx_window_name_get_type ())
G_DECLARE_FINAL_TYPE (GbxWindowName, gbx_window_name, GBX, WINDOW_NAME, GObject)

/* The widgets are not owned. */
GbxWindowName *gbx_window_name_new (GtkWindow *window, HdyHeaderBar *header, GtkImage *icon,
                                    GbxPolicy *policy);
void gbx_window_name_set_sandbox (GbxWindowName *self, GbxSandbox *sandbox);
const char *gbx_window_name_get_title (GbxWindowName *self);

/* (transfer full): the class of our own window: one for each application, and never that of the
 * application itself, so that a task bar keeps the two apart. */
char *gbx_window_name_make_class (GbxPolicy *policy);

G_END_DECLS
