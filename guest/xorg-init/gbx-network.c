/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* One interface with static addresses; the host composed resolv.conf. */

#include "gbx-place.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <net/route.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* The host learns the hardware address from the guest's first frame; until then a caller of a
 * published port is not heard.  So the kernel sends one when the interface goes up. */
static void
announce_address (const char *name)
{
  char path[128];

  snprintf (path, sizeof path, "/proc/sys/net/ipv4/conf/%s/arp_notify", name);
  gbx_write_file (path, "1", 1, 0644);
}

bool
gbx_machine_find_interface (GbxInit *self, char *name)
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

/* -------------------------------------------------------------- IPv6 -- */

/* As the kernel has it; its header and the C library's do not go together. */
typedef struct
{
  struct in6_addr address;
  uint32_t prefix;
  int interface;
} Request6;

/* The host gives all addresses, and they are unique here: nothing to ask or to wait for. */
static void
quiet_interface (const char *name)
{
  static const char *const settings[] = { "accept_ra", "accept_dad", "router_solicitations" };
  char path[128];

  for (size_t i = 0; i < GBX_N_ELEMENTS (settings); i++)
    {
      snprintf (path, sizeof path, "/proc/sys/net/ipv6/conf/%s/%s", name, settings[i]);
      gbx_write_file (path, "0", 1, 0644);
    }
}

static bool
set_address6 (int fd, const char *name, const char *address, uint8_t prefix)
{
  Request6 request = { .prefix = prefix, .interface = (int) if_nametoindex (name) };

  return inet_pton (AF_INET6, address, &request.address) == 1 &&
         (ioctl (fd, SIOCSIFADDR, &request) == 0 || errno == EEXIST);
}

static bool
set_gateway6 (int fd, const char *name, const char *gateway)
{
  struct in6_rtmsg route = {
    .rtmsg_flags = RTF_UP | RTF_GATEWAY,
    .rtmsg_metric = 1,
    .rtmsg_ifindex = (int) if_nametoindex (name),
  };

  return inet_pton (AF_INET6, gateway, &route.rtmsg_gateway) == 1 &&
         ioctl (fd, SIOCADDRT, &route) == 0;
}

/* Not fatal: IPv4 works. */
static void
configure_ipv6 (GbxInit *self, const char *name)
{
  const GbxGuestConfig *config = &self->config;
  gbx_autofd fd = socket (AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  if (fd < 0 || !set_address6 (fd, name, config->address6, config->prefix6) ||
      (config->gateway6[0] && !set_gateway6 (fd, name, config->gateway6)))
    gbx_debug (self, "there is no IPv6: %s cannot have the address %s: %s", name,
               config->address6, strerror (errno));
}

/* As systemd has it, but only for the user's group: a container has no others to name. */
static void
allow_ping (GbxInit *self)
{
  char range[32];
  int length = snprintf (range, sizeof range, "%u %u", self->config.gid, self->config.gid);

  if (!gbx_write_file ("/proc/sys/net/ipv4/ping_group_range", range, (size_t) length, 0644))
    gbx_debug (self, "nobody may ping: %s", strerror (errno));
}

void
gbx_allow_low_ports (GbxInit *self)
{
  if (!gbx_write_file ("/proc/sys/net/ipv4/ip_unprivileged_port_start", "0", 1, 0644))
    gbx_warning (self, "the service cannot listen on ports below 1024: %s", strerror (errno));
}

void
gbx_configure_network (GbxInit *self)
{
  const GbxGuestConfig *config = &self->config;
  gbx_autofd fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  struct in_addr address, gateway;
  char name[IFNAMSIZ];

  if (fd < 0 || !self->place->make_interface (self, name))
    gbx_fatal (self, "the policy has a network, but the guest has no interface for it");
  if (inet_pton (AF_INET, config->address, &address) != 1)
    gbx_fatal (self, "%s is not an IPv4 address", config->address);
  quiet_interface (name);
  announce_address (name);
  allow_ping (self);
  if (!set_address (fd, name, address, config->prefix))
    gbx_fatal (self, "cannot give %s the address %s: %s", name, config->address, strerror (errno));
  if (config->gateway[0] && (inet_pton (AF_INET, config->gateway, &gateway) != 1 ||
                             !set_gateway (fd, name, gateway)))
    gbx_fatal (self, "cannot use %s as the gateway: %s", config->gateway, strerror (errno));
  if (config->address6[0])
    configure_ipv6 (self, name);
}
