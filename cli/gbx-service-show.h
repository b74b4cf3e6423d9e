/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-service.h"

G_BEGIN_DECLS

/* What "glovebox service" prints. */
gboolean gbx_service_show_list (gboolean json, GError **error);
/* *status: 0 if it runs, 3 if it does not, as with systemctl(1). */
gboolean gbx_service_show_status (const char *name, gboolean json, int *status, GError **error);
/* follow: until it is cancelled, which is no error then. */
gboolean gbx_service_show_log (const char *name, guint n_lines, gboolean follow,
                               GCancellable *cancellable, GError **error);

G_END_DECLS
