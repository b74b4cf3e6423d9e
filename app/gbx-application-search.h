/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Finds the installed application whose windows have that class, as a task bar does. */
void gbx_application_search_async (const char *window_class, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data);
/* (transfer full) (nullable): its name for users; icon: (out) (transfer full) (nullable) */
char *gbx_application_search_finish (GAsyncResult *result, char **icon);

G_END_DECLS
