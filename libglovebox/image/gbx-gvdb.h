/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Writes a database of dconf: each key with its value, all in one table.  The values may be
 * floating; n is at least 1. */
GBytes *gbx_gvdb_write (const char *const *keys, GVariant *const *values, guint n);

G_END_DECLS
