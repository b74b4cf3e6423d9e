/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gdesktopappinfo.h>

G_BEGIN_DECLS

/* The desktop entry of that name, or in that file.  Programs of the entry are also found in
 * the folders that the sandbox or a user's desktop adds to PATH. */
GDesktopAppInfo *gbx_entry_file_find (const char *word, GError **error);

G_END_DECLS
