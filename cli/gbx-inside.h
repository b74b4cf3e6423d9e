/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-launch-options.h"

G_BEGIN_DECLS

/* Commands and applications in a sandbox that runs already: the option --in. */

/* "glovebox exec --in NAME": runs the command on this terminal, or in a pipe.  Returns the exit
 * status. */
int gbx_inside_exec (GbxLaunchOptions *options);
/* "glovebox run --in NAME": starts an application there. */
int gbx_inside_run (GbxLaunchOptions *options);

/* Whether the options can be given with --in; those of a launch cannot. */
gboolean gbx_inside_check (GbxLaunchOptions *options, GError **error);
/* The options of the request, as docs/control.md has them. */
GVariant *gbx_inside_make_request (GbxLaunchOptions *options, gboolean keeps, gboolean terminal);

G_END_DECLS
