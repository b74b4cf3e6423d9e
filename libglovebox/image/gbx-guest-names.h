/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Private to the library: how a guest finds addresses by names. */

#include <glib.h>

G_BEGIN_DECLS

/* The text of resolv.conf. resolvers: the guest's addresses for them, separated by commas;
 * (nullable): NULL without a network.  host: the text of the host's resolv.conf. */
char *gbx_guest_names_compose_resolv (const char *resolvers, const char *host);
/* The text of hosts. own: the host's own addresses, as text; host: the text of the host's
 * file, or NULL without a network. */
char *gbx_guest_names_compose_hosts (const char *hostname, const char *const *own,
                                     const char *host);

/* Writes both below a composed root. */
gboolean gbx_guest_names_write (const char *root, const char *hostname, const char *resolvers,
                                GError **error);

G_END_DECLS
