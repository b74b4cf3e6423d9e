/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-guard.h"

#include <sys/epoll.h>

/* The process that joins the host's published ports to the guest's: its parts.  A tag says
 * whose descriptor it is; the generation tells a new connection from an old one at its place. */

typedef enum
{
  RELAY_LISTENER,
  RELAY_CALLER, /* the host's end of a connection */
  RELAY_GUEST,  /* the other end */
  RELAY_DATAGRAMS,
  RELAY_FLOW,
} RelayKind;

typedef struct
{
  int epoll;
  const GuardSetup *setup;
} Relay;

/* Asks for events; 0 for none. has: what was asked for before. */
void relay_watch (const Relay *self, int fd, uint64_t tag, uint32_t events, uint32_t has);
uint64_t relay_tag (RelayKind kind, size_t index, unsigned generation);
/* A socket of the namespace that goes to a published port, or -1. */
int relay_connect (const Relay *self, const GuardPort *port);

/* --- gbx-guard-streams.c: TCP */

void relay_streams_start (const Relay *self);
void relay_streams_accept (const Relay *self, size_t port);
void relay_streams_move (const Relay *self, RelayKind end, size_t index, unsigned generation,
                         uint32_t events);

/* --- gbx-guard-datagrams.c: UDP */

void relay_datagrams_start (const Relay *self);
void relay_datagrams_take (const Relay *self, size_t port);
void relay_datagrams_return (const Relay *self, size_t index, unsigned generation);
/* Forgets who was silent for long; returns the milliseconds to the next time, or -1. */
int relay_datagrams_expire (const Relay *self);

/* --- gbx-guard-walls.c: what the process may do */

/* Closes all but the ports and the epoll, and gives up everything else. */
void relay_confine (const Relay *self);
