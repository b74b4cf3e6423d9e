/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-installed-application.h"

G_BEGIN_DECLS

/* The installed applications that can be run, sorted by name, with the profiles of their
 * launches.  Entries that are broken, hidden, or the same as another one are left out. */

/* (transfer full) (element-type GbxApplication): reads hundreds of files. */
GPtrArray *gbx_applications_load (void);
/* The same in a thread. */
void gbx_applications_load_async (GCancellable *cancellable, GAsyncReadyCallback callback,
                                  gpointer user_data);
GPtrArray *gbx_applications_load_finish (GAsyncResult *result, GError **error);

G_END_DECLS
