/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What the network guard tells of itself, on a pipe: see host/gbx-guard-main.c. */
typedef struct _GbxNetworkStatus GbxNetworkStatus;

/* Takes the descriptor, which it makes non-blocking. */
GbxNetworkStatus *gbx_network_status_new (int fd);
void gbx_network_status_free (GbxNetworkStatus *self);
/* Waits until QEMU can connect; FALSE when the helper ends before that, or time does. */
gboolean gbx_network_status_await (GbxNetworkStatus *self, int seconds);
/* Each takes first what has arrived.  (nullable) */
const char *gbx_network_status_get_notice (GbxNetworkStatus *self);
const char *gbx_network_status_get_error (GbxNetworkStatus *self);

G_END_DECLS
