/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* (transfer full): the class of the window of a sandbox: one for each application, and never that
 * of the application itself, so that a task bar keeps the two apart.  The launcher of that
 * application is named after it, which is how a desktop finds the launcher of a window.
 * application: the name of a desktop entry, or of a program
 * profile: (nullable): if the launch names one: such windows have a class of their own */
char *gbx_window_class_make (const char *application, const char *profile);

G_END_DECLS
