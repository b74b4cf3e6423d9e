/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The first message of the library, with descriptors: a netlink socket of the host, and the
 * sockets of published ports, in their order.  Its lines:
 *
 *   routers IPV4 IPV6           pasta's addresses; IPV6 may be "::"
 *   addresses GUEST CALLER      of published ports
 *   port tcp NUMBER             or udp: the number inside of the guest
 *   only-published
 *   limits DOWN PEAK BURST UP PEAK BURST
 */

#include "gbx-guard.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/* ---------------------------------------------------------------- parse -- */

static bool
parse_port (const char *line, GuardSetup *setup)
{
  GuardPort *port = &setup->ports[setup->n_ports];
  char kind[4];
  int end = 0;

  if (setup->n_ports == GUARD_PORTS ||
      sscanf (line, "port %3s %5" SCNu16 "%n", kind, &port->inside, &end) != 2 || line[end] != '\0' ||
      port->inside == 0)
    return false;
  port->is_udp = strcmp (kind, "udp") == 0;
  port->fd = -1;
  setup->n_ports++;
  return port->is_udp || strcmp (kind, "tcp") == 0;
}

static bool
parse_addresses (const char *line, GuardSetup *setup)
{
  char guest[INET_ADDRSTRLEN], caller[INET_ADDRSTRLEN];

  return sscanf (line, "addresses %15s %15s", guest, caller) == 2 &&
         inet_pton (AF_INET, guest, &setup->guest) == 1 &&
         inet_pton (AF_INET, caller, &setup->caller) == 1;
}

static bool
parse_routers (const char *line, GuardSetup *setup)
{
  char router[INET_ADDRSTRLEN], router6[INET6_ADDRSTRLEN];

  return sscanf (line, "routers %15s %45s", router, router6) == 2 &&
         inet_pton (AF_INET, router, &setup->router) == 1 &&
         inet_pton (AF_INET6, router6, &setup->router6) == 1;
}

static bool
parse_limits (const char *line, GuardSetup *setup)
{
  GuardRate *down = &setup->limits.download, *up = &setup->limits.upload;
  int end = 0;

  return sscanf (line,
                 "limits %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 "%n",
                 &down->average, &down->peak, &down->burst, &up->average, &up->peak, &up->burst,
                 &end) == 6 &&
         line[end] == '\0';
}

static bool
parse_line (const char *line, GuardSetup *setup)
{
  if (strncmp (line, "port ", 5) == 0)
    return parse_port (line, setup);
  if (strncmp (line, "addresses ", 10) == 0)
    return parse_addresses (line, setup);
  if (strncmp (line, "routers ", 8) == 0)
    return parse_routers (line, setup);
  if (strncmp (line, "limits ", 7) == 0)
    return parse_limits (line, setup);
  setup->only_published |= strcmp (line, "only-published") == 0;
  return strcmp (line, "only-published") == 0;
}

bool
guard_setup_parse (const char *text, GuardSetup *setup)
{
  char line[160];

  for (const char *at = text; *at; at += *at == '\n')
    {
      size_t length = strcspn (at, "\n");

      if (length >= sizeof line)
        return false;
      memcpy (line, at, length);
      line[length] = '\0';
      if (!parse_line (line, setup))
        return false;
      at += length;
    }
  return true;
}

/* -------------------------------------------------------------- receive -- */

static size_t
take_descriptors (struct msghdr *message, int fds[GUARD_PORTS + 1])
{
  size_t n = 0;

  for (struct cmsghdr *each = CMSG_FIRSTHDR (message); each; each = CMSG_NXTHDR (message, each))
    if (each->cmsg_level == SOL_SOCKET && each->cmsg_type == SCM_RIGHTS)
      {
        n = (each->cmsg_len - CMSG_LEN (0)) / sizeof fds[0];
        memcpy (fds, CMSG_DATA (each), n * sizeof fds[0]);
      }
  return n;
}

void
guard_setup_receive (int control, GuardSetup *setup)
{
  _Alignas (struct cmsghdr) char ancillary[CMSG_SPACE ((GUARD_PORTS + 1) * sizeof (int))];
  static char text[GUARD_MESSAGE_MAX + 1];
  struct iovec part = { text, GUARD_MESSAGE_MAX };
  struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = ancillary,
                            .msg_controllen = sizeof ancillary };
  int fds[GUARD_PORTS + 1];
  ssize_t length = recvmsg (control, &message, MSG_CMSG_CLOEXEC);

  if (length <= 0)
    guard_die ("cannot read what the network is to be: %s", strerror (errno));
  text[length] = '\0';
  if (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC) || !guard_setup_parse (text, setup) ||
      take_descriptors (&message, fds) != setup->n_ports + 1)
    guard_die ("the description of the network is not understood");
  setup->host = fds[0];
  for (size_t i = 0; i < setup->n_ports; i++)
    setup->ports[i].fd = fds[i + 1];
}

/* ------------------------------------------------------------ addresses -- */

/* On the loopback, so that a connection to a published port leaves it in neither direction. */
void
guard_setup_addresses (const GuardSetup *setup)
{
  char guest[INET_ADDRSTRLEN], caller[INET_ADDRSTRLEN], commands[128];
  const char *trouble;

  inet_ntop (AF_INET, &setup->guest, guest, sizeof guest);
  inet_ntop (AF_INET, &setup->caller, caller, sizeof caller);
  snprintf (commands, sizeof commands, "addr add %s/32 dev lo\naddr add %s/32 dev lo\n", guest,
            caller);
  trouble = guard_tool_run ("ip", commands);
  if (trouble)
    guard_die ("the addresses of published ports could not be made: %s", trouble);
}
