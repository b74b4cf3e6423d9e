/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Which addresses are the host's own, by its routing tables.  An address of an interface
 * has a route of the type "local" there, and so have whole prefixes that were given to the
 * host ("ip route add local 10.99.0.0/24 dev lo").  The socket was opened in the host's
 * network namespace, so it reports the host's addresses, although the guard is in another
 * namespace. */

#include "gbx-guard.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#define ANSWER_SECONDS 10

/* These never belong to another machine: "this host" (RFC 1122), the loopback, multicast,
 * which also reaches listeners on the host, reserved and broadcast addresses.  For IPv6 also
 * those that stand for IPv4 addresses, and those that are valid on one link, where routers
 * and clouds have services for the host. */
static const struct
{
  const char *address;
  unsigned length;
} always[] = {
  { "0.0.0.0", 8 },     { "127.0.0.0", 8 }, { "224.0.0.0", 3 }, { "::", 96 },    { "::1", 128 },
  { "::ffff:0:0", 96 }, { "fe80::", 10 },   { "fec0::", 10 },   { "ff00::", 8 },
};

static bool has_default[2]; /* of IPv4 and IPv6, when the addresses were read */

void
guard_addresses_subscribe (int fd)
{
  static const int groups[]
      = { RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV6_ROUTE };
  struct timeval patience = { .tv_sec = ANSWER_SECONDS };

  for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++)
    if (setsockopt (fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &groups[i], sizeof groups[i]) != 0)
      guard_die ("cannot follow the host's addresses: %s", strerror (errno));
  if (setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0)
    guard_die ("cannot follow the host's addresses: %s", strerror (errno));
}

/* Reads one datagram from the kernel: its length, 0 if there is none, -1 if some were lost. */
static ssize_t
receive (int fd, void *buffer, size_t size, int flags)
{
  struct sockaddr_nl from = { 0 };
  socklen_t length = sizeof from;
  ssize_t n;

  do
    {
      n = recvfrom (fd, buffer, size, flags | MSG_TRUNC, (struct sockaddr *)&from, &length);
      if (n < 0 && errno == ENOBUFS)
        return -1;
      if (n < 0 && errno == EAGAIN)
        return 0;
      if (n < 0 && errno != EINTR)
        guard_die ("cannot read the host's addresses: %s", strerror (errno));
    }
  while (n < 0 || from.nl_pid != 0);
  return (size_t)n > size ? -1 : n;
}

static const struct rtmsg *
route_of (const struct nlmsghdr *header)
{
  if (header->nlmsg_type != RTM_NEWROUTE && header->nlmsg_type != RTM_DELROUTE)
    return NULL;
  return header->nlmsg_len < NLMSG_LENGTH (sizeof (struct rtmsg)) ? NULL : NLMSG_DATA (header);
}

static bool
is_of_host (const struct rtmsg *route)
{
  return route->rtm_type == RTN_LOCAL || route->rtm_type == RTN_BROADCAST
         || route->rtm_type == RTN_ANYCAST;
}

/* Also as two halves, as VPNs often do, or as all that IPv6 uses. */
static bool
is_default (const struct rtmsg *route)
{
  return route->rtm_type == RTN_UNICAST
         && route->rtm_dst_len <= (route->rtm_family == AF_INET ? 1 : 3);
}

/* Single routes are of interest only where there is no default.  A router may have very many;
 * then nothing counts as out of reach. */
static bool
may_lead_somewhere (const struct rtmsg *route)
{
  return route->rtm_type == RTN_UNICAST && !has_default[route->rtm_family == AF_INET6];
}

static bool
is_relevant (const struct nlmsghdr *header)
{
  const struct rtmsg *route = route_of (header);

  if (header->nlmsg_type == RTM_NEWADDR || header->nlmsg_type == RTM_DELADDR)
    return true;
  return route && !(route->rtm_flags & RTM_F_CLONED)
         && (is_of_host (route) || is_default (route) || may_lead_somewhere (route));
}

bool
guard_addresses_drain (int fd)
{
  _Alignas(struct nlmsghdr) char buffer[32768];
  bool news = false;
  ssize_t n;

  while ((n = receive (fd, buffer, sizeof buffer, MSG_DONTWAIT)) != 0)
    {
      unsigned left = n > 0 ? n : 0;

      news |= n < 0;
      for (struct nlmsghdr *each = (void *)buffer; NLMSG_OK (each, left);
           each = NLMSG_NEXT (each, left))
        news |= is_relevant (each);
    }
  return news;
}

/* ---------------------------------------------------------------- ask -- */

static GuardAddress
destination_of (const struct nlmsghdr *header, const struct rtmsg *route)
{
  GuardAddress address = { .version = route->rtm_family == AF_INET ? 4 : 6 };
  size_t size = address.version == 4 ? 4 : 16;
  const struct rtattr *attribute;
  unsigned left = RTM_PAYLOAD (header);

  for (attribute = RTM_RTA (route); RTA_OK (attribute, left);
       attribute = RTA_NEXT (attribute, left))
    if (attribute->rta_type == RTA_DST && RTA_PAYLOAD (attribute) == size)
      memcpy (address.bytes, RTA_DATA (attribute), size);
  return address;
}

static void
add_own (GuardAddresses *self, GuardRange range)
{
  bool added = guard_ranges_add (&self->own, range);

  if (added && range.first.version == 4)
    added = guard_ranges_add (&self->own, guard_range_translate (range));
  if (!added)
    guard_die ("this host has too many addresses to keep from the sandbox");
}

/* What a default leads to need not be known in parts. */
static void
add_reached (GuardAddresses *self, const struct rtmsg *route, const GuardAddress *address)
{
  bool *has_route = route->rtm_family == AF_INET ? &self->has_route : &self->has_route6;

  *has_route |= is_default (route);
  if (!guard_ranges_add (&self->reached, guard_range_of (address, route->rtm_dst_len)))
    {
      GuardAddress all = { .version = address->version };

      self->reached.ranges[0] = guard_range_of (&all, 0);
    }
}

static void
add_route (GuardAddresses *self, const struct nlmsghdr *header)
{
  const struct rtmsg *route = route_of (header);
  GuardAddress address;

  if (!route || (route->rtm_family != AF_INET && route->rtm_family != AF_INET6)
      || route->rtm_flags & RTM_F_CLONED)
    return;
  address = destination_of (header, route);
  if (is_of_host (route))
    add_own (self, guard_range_of (&address, route->rtm_dst_len));
  else if (route->rtm_type == RTN_UNICAST)
    add_reached (self, route, &address);
}

static uint32_t
request_routes (int fd, unsigned char family)
{
  static uint32_t sequence;
  struct
  {
    struct nlmsghdr header;
    struct rtmsg route;
  } request = {
    .header = { .nlmsg_len = sizeof request,
                .nlmsg_type = RTM_GETROUTE,
                .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
                .nlmsg_seq = ++sequence },
    .route.rtm_family = family,
  };
  struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

  if (sendto (fd, &request, sizeof request, 0, (struct sockaddr *)&kernel, sizeof kernel) < 0)
    guard_die ("cannot ask for the host's addresses: %s", strerror (errno));
  return sequence;
}

/* Whether it was the last message of the answer. */
static bool
take (GuardAddresses *self, const struct nlmsghdr *message, uint32_t sequence, bool *again)
{
  if (message->nlmsg_seq != sequence)
    {
      *again |= is_relevant (message);
      return false;
    }
  *again |= message->nlmsg_flags & NLM_F_DUMP_INTR;
  if (message->nlmsg_type == NLMSG_ERROR)
    guard_die ("the kernel does not tell the host's addresses");
  if (message->nlmsg_type == NLMSG_DONE)
    return true;
  add_route (self, message);
  return false;
}

static bool
read_family (int fd, GuardAddresses *self, unsigned char family)
{
  _Alignas(struct nlmsghdr) char buffer[32768];
  uint32_t sequence = request_routes (fd, family);
  bool is_done = false, again = false;

  while (!is_done)
    {
      ssize_t n = receive (fd, buffer, sizeof buffer, 0);
      unsigned left = n > 0 ? n : 0;

      if (n == 0)
        guard_die ("the kernel does not tell the host's addresses");
      again |= n < 0;
      for (struct nlmsghdr *each = (void *)buffer; NLMSG_OK (each, left);
           each = NLMSG_NEXT (each, left))
        is_done |= take (self, each, sequence, &again);
    }
  return again;
}

/* A refusal is better than the silence of pasta, for example where the host has IPv6 only. */
static void
find_nowhere (GuardAddresses *self)
{
  guard_ranges_merge (&self->reached);
  if (!self->has_route)
    guard_ranges_add_rest (&self->nowhere, &self->reached, 4);
  if (!self->has_route6)
    guard_ranges_add_rest (&self->nowhere, &self->reached, 6);
  has_default[0] = self->has_route;
  has_default[1] = self->has_route6;
}

bool
guard_addresses_read (int fd, GuardAddresses *self)
{
  GuardAddress address;
  bool again;

  self->own.n_ranges = self->reached.n_ranges = self->nowhere.n_ranges = 0;
  self->has_route = self->has_route6 = false;
  for (size_t i = 0; i < sizeof always / sizeof always[0]; i++)
    if (guard_address_parse (always[i].address, &address))
      add_own (self, guard_range_of (&address, always[i].length));
  again = read_family (fd, self, AF_INET);
  again |= read_family (fd, self, AF_INET6);
  guard_ranges_merge (&self->own);
  find_nowhere (self);
  return again;
}
