/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-publication.h"

G_BEGIN_DECLS

/* Takes the ports of the host, so that nobody else can: sockets in the order of the list.  The
 * error says which port cannot be had, and why. */
GArray *gbx_network_publish (GPtrArray *publications, GError **error);

G_END_DECLS
