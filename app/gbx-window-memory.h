/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-policy.h"

G_BEGIN_DECLS

/* How the windows of an application showed its screen last: in a file of the user's state, which
 * may be removed at any time. */

/* @screen (transfer full) (nullable): %NULL for the usual. */
void gbx_window_memory_load (GbxPolicy *policy, guint *zoom, char **screen);
/* Forgets the application where all is as usual: 100 and %NULL. */
void gbx_window_memory_save (GbxPolicy *policy, guint zoom, const char *screen);

G_END_DECLS
