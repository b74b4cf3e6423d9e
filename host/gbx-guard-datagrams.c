/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Datagrams to published ports.  Each caller gets a socket in the namespace, a flow, so that
 * answers find the way back.  They leave from the address that was called. */

#include "gbx-guard-relay.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define FLOWS 256
#define ROUNDS 64
/* As the kernel's own tracking of connections has it for flows with answers. */
#define SILENCE_SECONDS 120

typedef union
{
  struct sockaddr_in6 six;
  struct sockaddr_in four;
  struct sockaddr any;
} Address;

typedef struct
{
  bool is_used;
  unsigned generation;
  int fd;
  size_t port;
  Address caller;
  union
  {
    struct in_addr four;
    struct in6_addr six;
  } called;
  time_t used; /* the last time */
} Flow;

static Flow flows[FLOWS];
static char datagram[65536];

static time_t
now (void)
{
  struct timespec time;

  clock_gettime (CLOCK_MONOTONIC, &time);
  return time.tv_sec;
}

void
relay_datagrams_start (const Relay *self)
{
  int yes = 1;

  for (size_t i = 0; i < self->setup->n_ports; i++)
    if (self->setup->ports[i].is_udp)
      {
        int fd = self->setup->ports[i].fd;

        /* One of the two works. */
        setsockopt (fd, IPPROTO_IP, IP_PKTINFO, &yes, sizeof yes);
        setsockopt (fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &yes, sizeof yes);
        relay_watch (self, fd, relay_tag (RELAY_DATAGRAMS, i, 0), EPOLLIN, 0);
      }
}

static void
drop (Flow *flow)
{
  close (flow->fd);
  flow->is_used = false;
  flow->generation++;
}

int
relay_datagrams_expire (const Relay *self)
{
  time_t latest = now ();
  bool any = false;

  (void) self;
  for (size_t i = 0; i < FLOWS; i++)
    {
      if (flows[i].is_used && latest - flows[i].used > SILENCE_SECONDS)
        drop (&flows[i]);
      any |= flows[i].is_used;
    }
  return any ? SILENCE_SECONDS * 1000 / 4 : -1;
}

/* ------------------------------------------------------------- to guest -- */

static Flow *
find_flow (const Flow *wanted)
{
  for (size_t i = 0; i < FLOWS; i++)
    if (flows[i].is_used && flows[i].port == wanted->port &&
        memcmp (&flows[i].caller, &wanted->caller, sizeof wanted->caller) == 0 &&
        memcmp (&flows[i].called, &wanted->called, sizeof wanted->called) == 0)
      return &flows[i];
  return NULL;
}

/* A free place, or that of whom was silent for longest. */
static Flow *
find_place (void)
{
  Flow *oldest = &flows[0];

  for (size_t i = 0; i < FLOWS; i++)
    {
      if (!flows[i].is_used)
        return &flows[i];
      if (flows[i].used < oldest->used)
        oldest = &flows[i];
    }
  drop (oldest);
  return oldest;
}

static Flow *
add_flow (const Relay *self, const Flow *wanted)
{
  int fd = relay_connect (self, &self->setup->ports[wanted->port]);
  unsigned generation;
  Flow *flow;

  if (fd < 0)
    return NULL;
  flow = find_place ();
  generation = flow->generation;
  *flow = *wanted;
  flow->is_used = true;
  flow->generation = generation;
  flow->fd = fd;
  relay_watch (self, fd, relay_tag (RELAY_FLOW, flow - flows, generation), EPOLLIN, 0);
  return flow;
}

static void
note_called (Flow *flow, struct msghdr *message)
{
  for (struct cmsghdr *each = CMSG_FIRSTHDR (message); each; each = CMSG_NXTHDR (message, each))
    if (each->cmsg_level == IPPROTO_IP && each->cmsg_type == IP_PKTINFO)
      flow->called.four = ((struct in_pktinfo *) CMSG_DATA (each))->ipi_addr;
    else if (each->cmsg_level == IPPROTO_IPV6 && each->cmsg_type == IPV6_PKTINFO)
      flow->called.six = ((struct in6_pktinfo *) CMSG_DATA (each))->ipi6_addr;
}

void
relay_datagrams_take (const Relay *self, size_t port)
{
  for (int round = 0; round < ROUNDS; round++)
    {
      _Alignas (struct cmsghdr) char ancillary[256];
      Flow wanted = { .port = port };
      struct iovec part = { datagram, sizeof datagram };
      struct msghdr message = { .msg_name = &wanted.caller, .msg_namelen = sizeof wanted.caller,
                                .msg_iov = &part, .msg_iovlen = 1, .msg_control = ancillary,
                                .msg_controllen = sizeof ancillary };
      ssize_t length = recvmsg (self->setup->ports[port].fd, &message, 0);
      Flow *flow;

      if (length < 0)
        return;
      note_called (&wanted, &message);
      flow = find_flow (&wanted);
      if (!flow && !(flow = add_flow (self, &wanted)))
        continue;
      flow->used = now ();
      send (flow->fd, datagram, (size_t) length, MSG_NOSIGNAL);
    }
}

/* ------------------------------------------------------------ to caller -- */

/* From the address that was called: a socket may have many. */
static void
answer (const Flow *flow, int fd, size_t length)
{
  bool six = flow->caller.any.sa_family == AF_INET6;
  struct in_pktinfo four_info = { .ipi_spec_dst = flow->called.four };
  struct in6_pktinfo six_info = { .ipi6_addr = flow->called.six };
  size_t size = six ? sizeof six_info : sizeof four_info;
  _Alignas (struct cmsghdr) char ancillary[CMSG_SPACE (sizeof six_info)] = { 0 };
  Address caller = flow->caller;
  struct iovec part = { datagram, length };
  struct msghdr message = { .msg_name = &caller,
                            .msg_namelen = six ? sizeof caller.six : sizeof caller.four,
                            .msg_iov = &part, .msg_iovlen = 1, .msg_control = ancillary,
                            .msg_controllen = CMSG_SPACE (size) };
  struct cmsghdr *head = CMSG_FIRSTHDR (&message);

  head->cmsg_level = six ? IPPROTO_IPV6 : IPPROTO_IP;
  head->cmsg_type = six ? IPV6_PKTINFO : IP_PKTINFO;
  head->cmsg_len = CMSG_LEN (size);
  memcpy (CMSG_DATA (head), six ? (void *) &six_info : (void *) &four_info, size);
  sendmsg (fd, &message, MSG_NOSIGNAL);
}

void
relay_datagrams_return (const Relay *self, size_t index, unsigned generation)
{
  Flow *flow = &flows[index];

  for (int round = 0; round < ROUNDS; round++)
    {
      ssize_t length;

      if (!flow->is_used || flow->generation != generation ||
          (length = recv (flow->fd, datagram, sizeof datagram, 0)) < 0)
        return;
      flow->used = now ();
      answer (flow, self->setup->ports[flow->port].fd, (size_t) length);
    }
}
