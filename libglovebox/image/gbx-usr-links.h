/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Private to the library: the data of packages that lie outside of /usr, and that
 * a link in /usr leads to. */

#include <gio/gio.h>

G_BEGIN_DECLS

/* Where the links in /usr and /opt lead to in /etc and /var: absolute paths, each
 * once.  Blocking, and cached until packages change: looking at all of /usr takes a
 * third of a second, and from a disk some more. */
GStrv gbx_usr_links_obtain (GCancellable *cancellable, GError **error);

/* The same below one folder, looking each time. */
GStrv gbx_usr_links_find (const char *folder, GCancellable *cancellable, GError **error);

G_END_DECLS
