/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Ends the domains and helpers of dead sandboxes, and removes what they left;
 * blocking: how many domains there were.  What could not be ended keeps its
 * folder, for the next sweep. */
guint gbx_sweep (GCancellable *cancellable, GError **error);

/* How many dead sandboxes there are, ending none; blocking. */
guint gbx_sweep_count (GCancellable *cancellable);

G_END_DECLS
