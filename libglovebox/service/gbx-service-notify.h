/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Remembers who wants to be told, before another process is started: it must not tell in our
 * place. */
void gbx_service_notify_begin (void);
/* Tells the systemd that has started this process, if one has: sd_notify(3). */
void gbx_service_notify (const char *text);

G_END_DECLS
