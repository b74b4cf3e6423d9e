/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Connections to published ports: bytes are copied in both directions, and the end of each
 * direction is passed on by itself.  An end that breaks breaks the other. */

#include "gbx-guard-relay.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS 1000
#define BUFFER 16384
/* So that one connection does not hold all others up. */
#define ROUNDS 16

/* From one end to the other. */
typedef struct
{
  size_t start, end; /* what is in the buffer */
  bool has_ended;    /* no more comes */
  bool is_shut;      /* and the other end knows */
} Stream;

typedef struct
{
  bool is_used;
  unsigned generation;
  int fds[2];          /* the caller's end and the guest's */
  uint32_t watched[2]; /* events that are asked for */
  Stream streams[2];   /* from each end */
} Connection;

static Connection connections[CONNECTIONS];
static char buffers[CONNECTIONS][2][BUFFER];
static size_t n_used;
static uint32_t listening; /* the events of all listeners */

static void
listen_or_not (const Relay *self)
{
  uint32_t events = n_used < CONNECTIONS ? EPOLLIN : 0;

  for (size_t i = 0; i < self->setup->n_ports; i++)
    if (!self->setup->ports[i].is_udp)
      relay_watch (self, self->setup->ports[i].fd, relay_tag (RELAY_LISTENER, i, 0), events,
                   listening);
  listening = events;
}

void
relay_streams_start (const Relay *self)
{
  listen_or_not (self);
}

static void
drop (const Relay *self, size_t index, bool broken)
{
  Connection *at = &connections[index];
  struct linger at_once = { .l_onoff = 1 };

  for (int end = 0; end < 2; end++)
    {
      if (broken)
        setsockopt (at->fds[end], SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
      close (at->fds[end]);
    }
  at->is_used = false;
  at->generation++;
  n_used--;
  listen_or_not (self);
}

/* ----------------------------------------------------------------- copy -- */

static bool
is_transient (void)
{
  return errno == EAGAIN || errno == EINTR || errno == ENOTCONN;
}

/* Fills the empty buffer; false if the end is broken. */
static bool
fill (int fd, Stream *stream, char *buffer)
{
  ssize_t n = recv (fd, buffer, BUFFER, 0);

  if (n < 0)
    return is_transient ();
  stream->has_ended = n == 0;
  stream->start = 0;
  stream->end = (size_t) n;
  return true;
}

static bool
empty (int fd, Stream *stream, const char *buffer)
{
  ssize_t n = send (fd, buffer + stream->start, stream->end - stream->start, MSG_NOSIGNAL);

  if (n < 0)
    return is_transient ();
  stream->start += (size_t) n;
  return true;
}

/* Until one end has no more, or the other takes no more. */
static bool
copy (Connection *self, int from, char *buffer)
{
  Stream *stream = &self->streams[from];

  for (int round = 0; round < ROUNDS; round++)
    {
      if (stream->start == stream->end && !stream->has_ended &&
          !fill (self->fds[from], stream, buffer))
        return false;
      if (stream->start == stream->end)
        break;
      if (!empty (self->fds[!from], stream, buffer))
        return false;
      if (stream->start < stream->end)
        break;
    }
  if (stream->has_ended && stream->start == stream->end && !stream->is_shut)
    stream->is_shut = shutdown (self->fds[!from], SHUT_WR) == 0 || errno != ENOTCONN;
  return true;
}

static void
watch (const Relay *self, size_t index)
{
  Connection *at = &connections[index];

  for (int end = 0; end < 2; end++)
    {
      const Stream *out = &at->streams[!end], *in = &at->streams[end];
      bool reads = !in->has_ended && in->start == in->end;
      bool writes = out->start < out->end || (out->has_ended && !out->is_shut);
      uint32_t events = (reads ? EPOLLIN : 0) | (writes ? EPOLLOUT : 0);

      relay_watch (self, at->fds[end], relay_tag (RELAY_CALLER + end, index, at->generation),
                   events, at->watched[end]);
      at->watched[end] = events;
    }
}

static void
move (const Relay *self, size_t index)
{
  Connection *at = &connections[index];

  if (!copy (at, 0, buffers[index][0]) || !copy (at, 1, buffers[index][1]))
    drop (self, index, true);
  else if (at->streams[0].is_shut && at->streams[1].is_shut)
    drop (self, index, false);
  else
    watch (self, index);
}

void
relay_streams_move (const Relay *self, RelayKind end, size_t index, unsigned generation,
                    uint32_t events)
{
  (void) end;
  if (!connections[index].is_used || connections[index].generation != generation)
    return;
  if (events & EPOLLERR)
    drop (self, index, true);
  else
    move (self, index);
}

/* --------------------------------------------------------------- accept -- */

static void
take (const Relay *self, int caller, int guest)
{
  size_t index = 0;
  Connection *at;
  int yes = 1;

  while (connections[index].is_used)
    index++;
  at = &connections[index];
  *at = (Connection) { .is_used = true, .generation = at->generation, .fds = { caller, guest } };
  n_used++;
  setsockopt (caller, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  /* A caller whose computer is gone is noticed. */
  setsockopt (caller, SOL_SOCKET, SO_KEEPALIVE, &yes, sizeof yes);
  watch (self, index);
}

void
relay_streams_accept (const Relay *self, size_t port)
{
  const GuardPort *at = &self->setup->ports[port];
  struct linger at_once = { .l_onoff = 1 };

  for (int round = 0; round < ROUNDS && n_used < CONNECTIONS; round++)
    {
      int caller = accept4 (at->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
      int guest = caller < 0 ? -1 : relay_connect (self, at);

      if (guest >= 0)
        take (self, caller, guest);
      else if (caller >= 0)
        {
          setsockopt (caller, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
          close (caller);
        }
      else
        break;
    }
  listen_or_not (self);
}
