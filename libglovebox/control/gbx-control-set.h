/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-sandbox.h"

G_BEGIN_DECLS

/* The method Set: changes a limit of a running sandbox, unless the administrator's locks forbid
 * it.  text: as in a profile. */
void gbx_control_set_async (GbxSandbox *sandbox, const char *key, const char *text,
                            GAsyncReadyCallback callback, gpointer user_data);
gboolean gbx_control_set_finish (GAsyncResult *result, GError **error);

G_END_DECLS
