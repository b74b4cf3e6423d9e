/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-home.h"

G_BEGIN_DECLS

/* Copies an image to a new file: in no time where the file system shares blocks between files,
 * otherwise without its holes.  After an error there is no new file. */
gboolean gbx_home_copy (const char *from, const char *to, GbxHomeProgress progress,
                        gpointer user_data, GCancellable *cancellable, GError **error);

/* The next part of a sparse file that has data, from an offset: FALSE with ENXIO if there is none,
 * or with another errno. */
gboolean gbx_home_find_data (int fd, guint64 from, guint64 size, guint64 *start, guint64 *end);

G_END_DECLS
