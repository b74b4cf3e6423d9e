/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Ends the domains and helpers of dead sandboxes, and removes their leftovers; blocking.
 * Returns the number of domains.  If a domain cannot be ended, its folder stays for the
 * next sweep. */
guint gbx_sweep (GCancellable *cancellable, GError **error);

/* Only if something is left. */
void gbx_sweep_before_launch (GCancellable *cancellable);

/* Counts the dead sandboxes, and changes nothing; blocking. */
guint gbx_sweep_count (GCancellable *cancellable);

G_END_DECLS
