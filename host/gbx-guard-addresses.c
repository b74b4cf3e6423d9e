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
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#define ANSWER_SECONDS 10
#define RANGES_MAX 65536

/* These never belong to another machine: "this host" (RFC 1122), the loopback, multicast,
 * which also reaches listeners on the host, reserved and broadcast addresses. */
static const GuardRange always[] = {
  { 0x00000000, 0x00ffffff },
  { 0x7f000000, 0x7fffffff },
  { 0xe0000000, 0xffffffff },
};

void
guard_addresses_subscribe (int fd)
{
  static const int groups[] = { RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV4_ROUTE };
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
      n = recvfrom (fd, buffer, size, flags | MSG_TRUNC, (struct sockaddr *) &from, &length);
      if (n < 0 && errno == ENOBUFS)
        return -1;
      if (n < 0 && errno == EAGAIN)
        return 0;
      if (n < 0 && errno != EINTR)
        guard_die ("cannot read the host's addresses: %s", strerror (errno));
    }
  while (n < 0 || from.nl_pid != 0);
  return (size_t) n > size ? -1 : n;
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
  return route->rtm_type == RTN_LOCAL || route->rtm_type == RTN_BROADCAST ||
         route->rtm_type == RTN_ANYCAST;
}

/* Also as two halves, as VPNs often do. */
static bool
is_default (const struct rtmsg *route)
{
  return route->rtm_type == RTN_UNICAST && route->rtm_dst_len <= 1;
}

static bool
is_relevant (const struct nlmsghdr *header)
{
  const struct rtmsg *route = route_of (header);

  if (header->nlmsg_type == RTM_NEWADDR || header->nlmsg_type == RTM_DELADDR)
    return true;
  return route && (is_of_host (route) || is_default (route));
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
      for (struct nlmsghdr *each = (void *) buffer; NLMSG_OK (each, left);
           each = NLMSG_NEXT (each, left))
        news |= is_relevant (each);
    }
  return news;
}

/* ---------------------------------------------------------------- ask -- */

static void
add_range (GuardAddresses *self, GuardRange range)
{
  if (self->n_ranges == self->size)
    {
      self->size = self->size ? self->size * 2 : 64;
      self->ranges = reallocarray (self->ranges, self->size, sizeof range);
      if (!self->ranges || self->size > RANGES_MAX)
        guard_die ("this host has too many addresses to keep from the sandbox");
    }
  self->ranges[self->n_ranges++] = range;
}

static void
add_route (GuardAddresses *self, const struct nlmsghdr *header)
{
  const struct rtmsg *route = route_of (header);
  const struct rtattr *attribute;
  uint32_t address = 0, mask;
  unsigned left;

  if (!route || route->rtm_family != AF_INET || route->rtm_flags & RTM_F_CLONED)
    return;
  self->has_route |= is_default (route);
  if (!is_of_host (route) || route->rtm_dst_len > 32)
    return;
  left = RTM_PAYLOAD (header);
  for (attribute = RTM_RTA (route); RTA_OK (attribute, left);
       attribute = RTA_NEXT (attribute, left))
    if (attribute->rta_type == RTA_DST && RTA_PAYLOAD (attribute) == sizeof address)
      memcpy (&address, RTA_DATA (attribute), sizeof address);
  mask = route->rtm_dst_len ? ~(uint32_t) 0 << (32 - route->rtm_dst_len) : 0;
  address = ntohl (address) & mask;
  add_range (self, (GuardRange){ address, address | ~mask });
}

static int
compare (const void *a, const void *b)
{
  const GuardRange *one = a, *two = b;

  return one->first < two->first ? -1 : one->first > two->first;
}

/* A set of the packet filter must not contain overlapping ranges. */
static void
merge (GuardAddresses *self)
{
  size_t n = 0;

  qsort (self->ranges, self->n_ranges, sizeof self->ranges[0], compare);
  for (size_t i = 1; i < self->n_ranges; i++)
    {
      GuardRange *last = &self->ranges[n], next = self->ranges[i];

      if (next.first > last->last && next.first - last->last > 1)
        self->ranges[++n] = next;
      else if (next.last > last->last)
        last->last = next.last;
    }
  self->n_ranges = n + 1;
}

static uint32_t
request_routes (int fd)
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
    .route.rtm_family = AF_INET,
  };
  struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

  if (sendto (fd, &request, sizeof request, 0, (struct sockaddr *) &kernel, sizeof kernel) < 0)
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

bool
guard_addresses_read (int fd, GuardAddresses *self)
{
  _Alignas(struct nlmsghdr) char buffer[32768];
  uint32_t sequence = request_routes (fd);
  bool is_done = false, again = false;

  self->n_ranges = 0;
  self->has_route = false;
  for (size_t i = 0; i < sizeof always / sizeof always[0]; i++)
    add_range (self, always[i]);
  while (!is_done)
    {
      ssize_t n = receive (fd, buffer, sizeof buffer, 0);
      unsigned left = n > 0 ? n : 0;

      if (n == 0)
        guard_die ("the kernel does not tell the host's addresses");
      again |= n < 0;
      for (struct nlmsghdr *each = (void *) buffer; NLMSG_OK (each, left);
           each = NLMSG_NEXT (each, left))
        is_done |= take (self, each, sequence, &again);
    }
  merge (self);
  return again;
}

bool
guard_addresses_contain (const GuardAddresses *self, struct in_addr address)
{
  uint32_t wanted = ntohl (address.s_addr);

  for (size_t i = 0; i < self->n_ranges; i++)
    if (wanted >= self->ranges[i].first && wanted <= self->ranges[i].last)
      return true;
  return false;
}
