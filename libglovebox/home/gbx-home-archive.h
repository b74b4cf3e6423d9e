/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-home.h"

G_BEGIN_DECLS

/* A home as one file, for another computer or another account: a sparse tar file, compressed.
 * The file must not exist; after an error there is none. */
gboolean gbx_home_export (const char *name, const char *file, GbxHomeProgress progress,
                          gpointer user_data, GCancellable *cancellable, GError **error);
/* The home must not exist; after an error there is none. */
gboolean gbx_home_import (const char *name, const char *file, GbxHomeProgress progress,
                          gpointer user_data, GCancellable *cancellable, GError **error);

G_END_DECLS
