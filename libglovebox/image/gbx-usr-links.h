/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Private to the library: the data of packages outside of /usr that links in /usr lead to. */

#include <gio/gio.h>

G_BEGIN_DECLS

/* Where the links in /usr and /opt lead to in /etc and /var: absolute paths, each once.
 * Blocking, and cached until packages change: reading all of /usr takes a third of a
 * second, and more from a disk. */
GStrv gbx_usr_links_obtain (GCancellable *cancellable, GError **error);

/* The same for one folder, without a cache. */
GStrv gbx_usr_links_find (const char *folder, GCancellable *cancellable, GError **error);

G_END_DECLS
