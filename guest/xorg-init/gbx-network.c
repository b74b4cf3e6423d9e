/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* One interface with a static IPv4 address; the host composed resolv.conf. */

#include "gbx-init.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <net/route.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static bool
find_interface (char *name)
{
  struct if_nameindex *all = if_nameindex ();
  bool found = false;

  for (struct if_nameindex *at = all; at && at->if_name && !found; at++)
    if (strcmp (at->if_name, "lo") != 0)
      {
        snprintf (name, IFNAMSIZ, "%s", at->if_name);
        found = true;
      }
  if (all)
    if_freenameindex (all);
  return found;
}

static struct sockaddr
ipv4 (struct in_addr address)
{
  struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr = address };
  struct sockaddr out;

  memcpy (&out, &in, sizeof out);
  return out;
}

static bool
set_address (int fd, const char *name, struct in_addr address, uint8_t prefix)
{
  struct in_addr mask = { htonl (prefix == 0 ? 0 : 0xffffffffu << (32 - prefix)) };
  struct ifreq request = { 0 };

  snprintf (request.ifr_name, IFNAMSIZ, "%s", name);
  request.ifr_addr = ipv4 (address);
  if (ioctl (fd, SIOCSIFADDR, &request) != 0)
    return false;
  request.ifr_netmask = ipv4 (mask);
  if (ioctl (fd, SIOCSIFNETMASK, &request) != 0)
    return false;
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  return ioctl (fd, SIOCSIFFLAGS, &request) == 0;
}

static bool
set_gateway (int fd, char *name, struct in_addr gateway)
{
  struct rtentry route = { 0 };

  route.rt_dst = route.rt_genmask = ipv4 ((struct in_addr) { 0 });
  route.rt_gateway = ipv4 (gateway);
  route.rt_flags = RTF_UP | RTF_GATEWAY;
  route.rt_dev = name;
  return ioctl (fd, SIOCADDRT, &route) == 0;
}

void
gbx_configure_network (GbxInit *self)
{
  const GbxGuestConfig *config = &self->config;
  gbx_autofd fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  struct in_addr address, gateway;
  char name[IFNAMSIZ];

  if (fd < 0 || !find_interface (name))
    gbx_fatal (self, "the policy has a network, but the guest has no interface for it");
  if (inet_pton (AF_INET, config->address, &address) != 1)
    gbx_fatal (self, "%s is not an IPv4 address", config->address);
  if (!set_address (fd, name, address, config->prefix))
    gbx_fatal (self, "cannot give %s the address %s: %s", name, config->address, strerror (errno));
  if (config->gateway[0] && (inet_pton (AF_INET, config->gateway, &gateway) != 1 ||
                             !set_gateway (fd, name, gateway)))
    gbx_fatal (self, "cannot use %s as the gateway: %s", config->gateway, strerror (errno));
}
