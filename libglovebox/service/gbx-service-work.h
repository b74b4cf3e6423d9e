/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What can be done with a service.  Each function blocks, can be cancelled, and leaves what there
 * was if it fails.  settings: (nullable) a{ss}, keys of the table of settings.  told: sentences
 * for the user are added to it. */
gboolean gbx_service_work_create (const char *name, const char *unit, gboolean copy,
                                  GVariant *settings, GPtrArray *told, GCancellable *cancellable,
                                  GError **error);
gboolean gbx_service_work_clone (const char *name, const char *target, GVariant *settings,
                                 GCancellable *cancellable, GError **error);
gboolean gbx_service_work_delete (const char *name, GError **error);
gboolean gbx_service_work_upgrade (const char *name, GPtrArray *told, GCancellable *cancellable,
                                   GError **error);
gboolean gbx_service_work_start (const char *name, GCancellable *cancellable, GError **error);
gboolean gbx_service_work_stop (const char *name, GCancellable *cancellable, GError **error);
gboolean gbx_service_work_restart (const char *name, GCancellable *cancellable, GError **error);
gboolean gbx_service_work_reload (const char *name, GCancellable *cancellable, GError **error);

G_END_DECLS
