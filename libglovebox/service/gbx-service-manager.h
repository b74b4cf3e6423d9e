/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Who starts the process of a service: systemd where it runs for this account, by a unit that is
 * made here; else this process, in the background.  All of it blocks. */
gboolean gbx_service_manager_start (const char *name, const char *description, guint64 limit_ms,
                                    GCancellable *cancellable, GError **error);
gboolean gbx_service_manager_stop (const char *name, guint64 limit_ms, GCancellable *cancellable,
                                   GError **error);
gboolean gbx_service_manager_reload (const char *name, guint64 limit_ms, GCancellable *cancellable,
                                     GError **error);
/* Removes the unit. */
void gbx_service_manager_forget (const char *name);
/* (transfer full): the text of the unit; for tests too. */
char *gbx_service_manager_compose_unit (const char *name, const char *description,
                                        const char *program, guint64 limit_ms);

G_END_DECLS
