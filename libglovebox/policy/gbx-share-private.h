/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-policy.h"

G_BEGIN_DECLS

/* gbx-share-places.c: whether the contents of that path, absolute and without links, may be
 * shared, read-only or for writing. */
gboolean gbx_share_check_place (const char *path, gboolean writable, GError **error);

G_END_DECLS
