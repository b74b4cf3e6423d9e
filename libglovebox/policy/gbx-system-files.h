/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* (nullable): the file or folder in /etc or /var that contains the path and is secret, tells
 * of the host and its users, or is the guest's own. */
const char *gbx_system_files_find (const char *path);

G_END_DECLS
