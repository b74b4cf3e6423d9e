/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-console.h"

G_BEGIN_DECLS

/* Opens a channel of that name, and passes its bytes on to a socket, whose other end is
 * returned: for a GbxFilesClient, in a thread or in another process.  The two ends close each
 * other.  -1 if too many are open, or the connection has ended. */
int gbx_files_relay_open (GbxConsole *console, const char *name);

G_END_DECLS
