/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-display-protocol.h"

#include <glib.h>

/* The window's end of the socket is the only thing of the host that the program
 * reaches: it tells what to show and is told what the user does.
 *
 * Once the window has gone the program ends. */
#define GBX_LINK_FD 0

/* @fd is -1, or the handler closes it. */
typedef void (*GbxLinkHandler) (const GbxDisplayMessage *message, int fd, gpointer user_data);

void gbx_link_listen (GbxLinkHandler handler, gpointer user_data);
/* Takes up to six numbers; the rest are zero. */
void gbx_link_send (GbxDisplayMessageType type, guint n_args, ...);
