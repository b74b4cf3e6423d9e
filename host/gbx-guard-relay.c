/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Published ports: joins the host's sockets, which the library has bound, to passt's in this
 * namespace.  pasta could do that too, but knows each port for one address only, mixes the
 * callers of UDP up, and cannot say why a port is refused.
 *
 * It is a process of its own, which has only those sockets and few system calls: callers are
 * anybody who can reach the port, and passt answers for the guest.  It copies bytes and looks
 * at none of them. */

#include "gbx-guard-relay.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define EVENTS 64
#define START_MS 10000
#define STEP_MS 5

void
relay_watch (const Relay *self, int fd, uint64_t tag, uint32_t events, uint32_t has)
{
  struct epoll_event event = { .events = events, .data.u64 = tag };

  if (events == has)
    return;
  epoll_ctl (self->epoll, !has ? EPOLL_CTL_ADD : events ? EPOLL_CTL_MOD : EPOLL_CTL_DEL, fd,
             &event);
}

uint64_t
relay_tag (RelayKind kind, size_t index, unsigned generation)
{
  return (uint64_t) kind << 48 | (uint64_t) (index & 0xffff) << 32 | generation;
}

static struct sockaddr_in
socket_address (struct in_addr address, uint16_t port)
{
  return (struct sockaddr_in) { .sin_family = AF_INET, .sin_addr = address,
                                .sin_port = htons (port) };
}

int
relay_connect (const Relay *self, const GuardPort *port)
{
  struct sockaddr_in from = socket_address (self->setup->caller, 0);
  struct sockaddr_in to = socket_address (self->setup->guest, port->inside);
  int type = port->is_udp ? SOCK_DGRAM : SOCK_STREAM, yes = 1;
  int fd = socket (AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

  if (fd < 0)
    return -1;
  if (!port->is_udp)
    {
      /* The port is chosen when both ends are known, so that there are enough. */
      setsockopt (fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
      setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    }
  if (bind (fd, (struct sockaddr *) &from, sizeof from) == 0 &&
      (connect (fd, (struct sockaddr *) &to, sizeof to) == 0 || errno == EINPROGRESS))
    return fd;
  close (fd);
  return -1;
}

/* Whether passt has the port: proc_net_tcp(5). */
static bool
is_served (const Relay *self, const GuardPort *port)
{
  FILE *file = fopen (port->is_udp ? "/proc/net/udp" : "/proc/net/tcp", "re");
  char wanted[32], line[256];
  bool found = false;

  if (!file)
    return true;
  snprintf (wanted, sizeof wanted, ": %08X:%04X ", self->setup->guest.s_addr, port->inside);
  while (!found && fgets (line, sizeof line, file))
    found = strstr (line, wanted) != NULL;
  fclose (file);
  return found;
}

/* passt starts at the same time.  Callers wait. */
static void
await_passt (const Relay *self)
{
  struct timespec step = { .tv_nsec = STEP_MS * 1000000 };

  for (size_t i = 0, steps = 0; i < self->setup->n_ports; i++)
    while (!is_served (self, &self->setup->ports[i]) && ++steps < START_MS / STEP_MS)
      nanosleep (&step, NULL);
}

static void
serve (const Relay *self, const struct epoll_event *event)
{
  RelayKind kind = event->data.u64 >> 48;
  size_t index = event->data.u64 >> 32 & 0xffff;
  unsigned generation = event->data.u64 & 0xffffffff;

  if (kind == RELAY_LISTENER)
    relay_streams_accept (self, index);
  else if (kind == RELAY_DATAGRAMS)
    relay_datagrams_take (self, index);
  else if (kind == RELAY_FLOW)
    relay_datagrams_return (self, index, generation);
  else
    relay_streams_move (self, kind, index, generation, event->events);
}

void
guard_relay_run (const GuardSetup *setup)
{
  Relay self = { .epoll = epoll_create1 (EPOLL_CLOEXEC), .setup = setup };
  struct epoll_event events[EVENTS];
  struct rlimit files;

  if (getrlimit (RLIMIT_NOFILE, &files) == 0)
    {
      files.rlim_cur = files.rlim_max;
      setrlimit (RLIMIT_NOFILE, &files);
    }
  await_passt (&self);
  relay_confine (&self);
  relay_streams_start (&self);
  relay_datagrams_start (&self);
  for (;;)
    {
      int n = epoll_wait (self.epoll, events, EVENTS, relay_datagrams_expire (&self));

      for (int i = 0; i < n; i++)
        serve (&self, &events[i]);
      if (n < 0 && errno != EINTR)
        _exit (1);
    }
}
