/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Runs a service until it ends or is to stop: the process of "glovebox service run".  It starts
 * the sandbox, and another one if the sandbox dies, as the unit says.  SIGTERM stops the service,
 * SIGHUP lets it read its configuration again.  If NOTIFY_SOCKET is set, it tells systemd.
 * FALSE with an error: it has failed; the state and the log say so too. */
gboolean gbx_service_run (const char *name, GError **error);

G_END_DECLS
