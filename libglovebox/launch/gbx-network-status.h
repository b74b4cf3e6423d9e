/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The network guard's reports, which come on a pipe: see host/gbx-guard-main.c. */
typedef struct _GbxNetworkStatus GbxNetworkStatus;

/* Takes ownership of the descriptor and makes it non-blocking. */
GbxNetworkStatus *gbx_network_status_new (int fd);
void gbx_network_status_free (GbxNetworkStatus *self);
/* Waits until QEMU can connect; FALSE if the helper ends first or the time is over. */
gboolean gbx_network_status_await (GbxNetworkStatus *self, int seconds);
/* Both first read what has arrived. (nullable) */
const char *gbx_network_status_get_notice (GbxNetworkStatus *self);
const char *gbx_network_status_get_error (GbxNetworkStatus *self);

/* (nullable): why limits do not work. */
const char *gbx_network_status_get_unlimited (GbxNetworkStatus *self);
/* Until nobody has the other end. */
void gbx_network_status_await_end (GbxNetworkStatus *self, int seconds);

G_END_DECLS
