/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-network"

#include "config.h"

#include "gbx-network-publish.h"

#include "gbx-error.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 128

static void
close_socket (gpointer fd)
{
  close (*(int *) fd);
}

/* The least port that everybody may use: ip(7). */
static guint
find_first_free_port (void)
{
  g_autofree char *text = NULL;

  if (!g_file_get_contents ("/proc/sys/net/ipv4/ip_unprivileged_port_start", &text, NULL, NULL))
    return IPPORT_RESERVED;
  return (guint) atoi (text);
}

static void
set_error (const GbxPublication *publication, int trouble, GError **error)
{
  g_autofree char *place = gbx_publication_format_place (publication);

  if (trouble == EADDRINUSE)
    g_set_error (error, GBX_ERROR, GBX_ERROR_NETWORK,
                 _ ("Cannot publish a port at %s: another program or sandbox uses it; end that, or "
                    "choose another port"),
                 place);
  else if (trouble == EACCES || trouble == EPERM)
    g_set_error (error, GBX_ERROR, GBX_ERROR_NETWORK,
                 _ ("Cannot publish a port at %s: only root may use ports below %u; choose a port "
                    "from %u to 65535"),
                 place, find_first_free_port (), find_first_free_port ());
  else if (trouble == EADDRNOTAVAIL || trouble == EAFNOSUPPORT || trouble == EINVAL)
    g_set_error (error, GBX_ERROR, GBX_ERROR_NETWORK,
                 _ ("Cannot publish a port at %s: this computer does not have the address; “ip "
                    "address” lists those it has"),
                 place);
  else
    g_set_error (error, GBX_ERROR, GBX_ERROR_NETWORK, _ ("Cannot publish a port at %s: %s"), place,
                 g_strerror (trouble));
}

/* What was used a moment ago for TCP may be used again, and [::] is not also 0.0.0.0. */
static gboolean
take_place (int fd, const GbxPublication *publication)
{
  g_autoptr (GSocketAddress) address =
      g_inet_socket_address_new (publication->address, publication->port);
  struct sockaddr_storage native;
  int yes = 1;

  if (!publication->is_udp)
    setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (g_socket_address_get_family (address) == G_SOCKET_FAMILY_IPV6)
    setsockopt (fd, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes);
  return g_socket_address_to_native (address, &native, sizeof native, NULL) &&
         bind (fd, (struct sockaddr *) &native,
               (socklen_t) g_socket_address_get_native_size (address)) == 0 &&
         (publication->is_udp || listen (fd, BACKLOG) == 0);
}

static gboolean
take (GArray *sockets, const GbxPublication *publication, GError **error)
{
  int kind = publication->is_udp ? SOCK_DGRAM : SOCK_STREAM;
  int family = g_inet_address_get_family (publication->address);
  int fd = socket (family, kind | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

  if (fd < 0)
    {
      set_error (publication, errno, error);
      return FALSE;
    }
  g_array_append_val (sockets, fd);
  if (take_place (fd, publication))
    return TRUE;
  set_error (publication, errno, error);
  return FALSE;
}

GArray *
gbx_network_publish (GPtrArray *publications, GError **error)
{
  g_autoptr (GArray) sockets = g_array_new (FALSE, FALSE, sizeof (int));

  g_array_set_clear_func (sockets, close_socket);
  for (guint i = 0; i < publications->len; i++)
    if (!take (sockets, g_ptr_array_index (publications, i), error))
      return NULL;
  return g_steal_pointer (&sockets);
}
