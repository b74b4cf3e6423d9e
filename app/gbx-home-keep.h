/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-files-task.h"
#include "gbx-sandbox.h"

G_BEGIN_DECLS

/* Makes a kept home of what is in the home of a sandbox, which waits at its end.  Another sandbox
 * unpacks it, so that nothing on the host reads what comes out of the first. name: of no home yet;
 * after an error there is none. */
void gbx_home_keep_async (GbxSandbox *sandbox, const char *name, GbxFilesMeter *meter,
                          GCancellable *cancellable, GAsyncReadyCallback callback,
                          gpointer user_data);
gboolean gbx_home_keep_finish (GAsyncResult *result, GError **error);

/* (transfer full): a name that no home has, made from that of the application. */
char *gbx_home_keep_suggest_name (GbxPolicy *policy);
/* Whether a new home can have the name; otherwise the reason, a sentence. */
gboolean gbx_home_keep_check_name (const char *name, GError **error);

G_END_DECLS
