/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-home.h"

G_BEGIN_DECLS

/* Writes a file of a home that no sandbox uses to a descriptor.  plain: for a terminal, without
 * what that would obey. */
gboolean gbx_home_cat (const char *name, const char *path, int output, gboolean plain,
                       GCancellable *cancellable, GError **error);
/* The same to a new file, which appears when it is complete. */
gboolean gbx_home_get (const char *name, const char *path, const char *to,
                       GCancellable *cancellable, GError **error);

G_END_DECLS
