/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-policy.h"

G_BEGIN_DECLS

/* gbx-share-places.c: whether that path, absolute and without links, may be shared at
 * all, and for writing, as far as it depends on what lies there. */
gboolean gbx_share_check_place (const char *path, gboolean writable, GError **error);

G_END_DECLS
