/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The packet filter of the sandbox's namespace, for the packets of passt's sockets.  The
 * text for libnftables consists of constants and of addresses as numbers. */

#include "gbx-guard.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <nftables/libnftables.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where clouds provide metadata, with the host's identity and secrets:
 *
 * - 169.254.0.0/16, link-local (RFC 3927): 169.254.169.254 of Amazon EC2 ("Instance
 *   metadata", docs.aws.amazon.com), Google Compute Engine ("About VM metadata",
 *   cloud.google.com), Azure ("Instance Metadata Service", learn.microsoft.com),
 *   OpenStack, Oracle, IBM, Huawei, DigitalOcean, Hetzner; 169.254.170.2 and .23 of
 *   Amazon ECS and EKS; 169.254.42.42 of Scaleway; 169.254.0.23 of Tencent;
 * - 100.100.100.200: Alibaba ("View instance metadata", alibabacloud.com/help);
 * - 168.63.129.16: Azure's wire server ("What is IP address 168.63.129.16?",
 *   learn.microsoft.com);
 * - 192.0.0.192: Oracle Cloud Infrastructure Classic ("Retrieving Instance
 *   Metadata", docs.oracle.com).
 *
 * And at IPv6 addresses: fd00:ec2::/32 of Amazon EC2 and EKS, fd20:ce::254 of Google,
 * fd00:c1::a9fe:a9fe of Oracle, fd00:42::42 of Scaleway; and the above as a translator of the
 * network (NAT64, RFC 6052) has them.  A name server at one of these, as Azure's and Google's
 * are, is reached through the guest's resolver alone, at port 53. */
#define METADATA "169.254.0.0/16, 100.100.100.200, 168.63.129.16, 192.0.0.192"
#define METADATA6                                                                                  \
  "fd00:ec2::/32, fd20:ce::/32, fd00:c1::/32, fd00:42::/32, 64:ff9b::a9fe:0/112, "                 \
  "64:ff9b::6464:64c8, 64:ff9b::a83f:8110, 64:ff9b::c000:c0"

/* The hooks "nat" come first and see the first packet of a connection; "filter" sees every
 * packet.
 *
 * - "source": passt uses the guest's source port, and so does pasta, in the host's
 *   namespace; without this rule a guest could occupy any free port of the host.
 * - "filter" allows the refusals, which go to passt's socket over the namespace's loopback,
 *   the kernel's own search for pasta's hardware address, and everything that is not
 *   refused. */
static const char skeleton[] = "table inet glovebox {\n"
                               "  set host {\n"
                               "    type ipv4_addr\n"
                               "    flags interval\n"
                               "  }\n"
                               "  set metadata {\n"
                               "    type ipv4_addr\n"
                               "    flags interval\n"
                               "    elements = { " METADATA " }\n"
                               "  }\n"
                               "  set resolvers {\n"
                               "    type ipv4_addr\n"
                               "  }\n"
                               "  set nowhere {\n"
                               "    type ipv4_addr\n"
                               "    flags interval\n"
                               "  }\n"
                               "  set nowhere6 {\n"
                               "    type ipv6_addr\n"
                               "    flags interval\n"
                               "  }\n"
                               "  set host6 {\n"
                               "    type ipv6_addr\n"
                               "    flags interval\n"
                               "  }\n"
                               "  set metadata6 {\n"
                               "    type ipv6_addr\n"
                               "    flags interval\n"
                               "    elements = { " METADATA6 " }\n"
                               "  }\n"
                               "  set resolvers6 {\n"
                               "    type ipv6_addr\n"
                               "  }\n"
                               "  chain names {\n"
                               "    type nat hook output priority -100; policy accept;\n"
                               "  }\n"
                               "  chain source {\n"
                               "    type nat hook postrouting priority 100; policy accept;\n"
                               "    oif != \"lo\" meta l4proto { tcp, udp } masquerade to "
                               ":32768-65535\n"
                               "  }\n"
                               "  counter received {}\n"
                               "  counter sent {}\n"
                               "  chain incoming {\n"
                               "    type filter hook input priority 300; policy accept;\n"
                               "    iif != \"lo\" counter name received\n"
                               "  }\n"
                               "  chain outgoing {\n"
                               "    type filter hook postrouting priority 300; policy accept;\n"
                               "    oif != \"lo\" counter name sent\n"
                               "  }\n"
                               "  chain published {\n"
                               "  }\n"
                               "  chain filter {\n"
                               "    type filter hook output priority 0; policy drop;\n"
                               "    jump published\n"
                               "    oif \"lo\" icmp type destination-unreachable accept\n"
                               "    oif \"lo\" icmpv6 type destination-unreachable accept\n"
                               "    oif != \"lo\" icmpv6 type { nd-neighbor-solicit, "
                               "nd-neighbor-advert } accept\n"
                               "    ip daddr @host reject with icmp type admin-prohibited\n"
                               "    ip6 daddr @host6 reject with icmpv6 type admin-prohibited\n"
                               "    ip daddr @nowhere reject with icmp type net-unreachable\n"
                               "    ip6 daddr @nowhere6 reject with icmpv6 type no-route\n"
                               "    oif \"lo\" reject with icmpx type admin-prohibited\n"
                               "    ct status dnat accept\n"
                               "    ip daddr @resolvers reject with icmp type admin-prohibited\n"
                               "    ip6 daddr @resolvers6 reject with icmpv6 type admin-prohibited\n"
                               "    ip daddr @metadata reject with icmp type admin-prohibited\n"
                               "    ip6 daddr @metadata6 reject with icmpv6 type admin-prohibited\n"
                               "    meta nfproto { ipv4, ipv6 } accept\n"
                               "  }\n"
                               "}\n";

static struct nft_ctx *nft;
static GuardAddress resolvers[GUARD_RESOLVERS];
static size_t n_resolvers;

static void
run (const char *commands)
{
  if (nft_run_cmd_from_buffer (nft, commands) == 0)
    return;
  /* The first line is the error, the others show its position. */
  guard_die ("the packet filter could not be set up (is nf_tables in this kernel?): %.*s",
             (int) strcspn (nft_ctx_get_error_buffer (nft), "\n"), nft_ctx_get_error_buffer (nft));
}

/* From the relay to passt, and back.  The guest cannot open such a connection: what passt
 * sends to an address of the namespace comes from that same address. */
static void
put_port (FILE *to, const GuardPort *port, const char *guest, const char *caller)
{
  fprintf (to,
           "add rule inet glovebox published oif lo ip saddr %s ip daddr %s %s dport %u accept\n",
           caller, guest, port->is_udp ? "udp" : "tcp", port->inside);
}

static void
put_published (FILE *to, const GuardSetup *setup)
{
  char guest[INET_ADDRSTRLEN], caller[INET_ADDRSTRLEN];

  inet_ntop (AF_INET, &setup->guest, guest, sizeof guest);
  inet_ntop (AF_INET, &setup->caller, caller, sizeof caller);
  for (size_t i = 0; i < setup->n_ports; i++)
    put_port (to, &setup->ports[i], guest, caller);
  if (setup->n_ports > 0)
    fprintf (to,
             "add rule inet glovebox published oif lo ip saddr %s ip daddr %s ct direction reply "
             "accept\n"
             "add rule inet glovebox outgoing oif lo ip saddr %s ip daddr %s counter name sent\n"
             "add rule inet glovebox outgoing oif lo ip saddr %s ip daddr %s counter name "
             "received\n",
             guest, caller, guest, caller, caller, guest);
  if (setup->only_published)
    fputs ("add rule inet glovebox published oif lo icmp type destination-unreachable accept\n"
           "add rule inet glovebox published oif lo icmpv6 type destination-unreachable accept\n"
           "add rule inet glovebox published meta nfproto { ipv4, ipv6 } reject with icmpx type "
           "admin-prohibited\n",
           to);
}

void
guard_rules_init (const GuardSetup *setup, const GuardAddress *addresses, size_t n)
{
  char *commands = NULL;
  size_t length = 0;
  FILE *to = open_memstream (&commands, &length);

  nft = nft_ctx_new (NFT_CTX_DEFAULT);
  if (!nft || nft_ctx_buffer_error (nft) != 0 || nft_ctx_buffer_output (nft) != 0)
    guard_die ("libnftables does not start");
  if (!to)
    guard_die ("there is no memory");
  n_resolvers = n;
  if (n > 0)
    memcpy (resolvers, addresses, n * sizeof resolvers[0]);
  fputs (skeleton, to);
  put_published (to, setup);
  if (fclose (to) != 0)
    guard_die ("there is no memory");
  run (commands);
  free (commands);
}

/* ------------------------------------------------------------- counters -- */

static bool
read_counter (const char *name, uint64_t *bytes)
{
  char command[64];
  const char *found;

  snprintf (command, sizeof command, "list counter inet glovebox %s", name);
  if (nft_run_cmd_from_buffer (nft, command) != 0)
    return false;
  found = strstr (nft_ctx_get_output_buffer (nft), " bytes ");
  return found && sscanf (found, " bytes %" SCNu64, bytes) == 1;
}

bool
guard_rules_count (uint64_t *received, uint64_t *sent)
{
  return read_counter ("received", received) && read_counter ("sent", sent);
}

/* --------------------------------------------------------------- update -- */

static void
put_ranges (FILE *to, const char *set, const GuardRanges *ranges, uint8_t version)
{
  char first[INET6_ADDRSTRLEN], last[INET6_ADDRSTRLEN], before[80];
  bool any = false;

  fprintf (to, "flush set inet glovebox %s\n", set);
  snprintf (before, sizeof before, "add element inet glovebox %s { ", set);
  for (size_t i = 0; i < ranges->n_ranges; i++)
    {
      const GuardRange *range = &ranges->ranges[i];

      if (range->first.version != version)
        continue;
      fprintf (to, "%s%s", any ? ", " : before, guard_address_show (&range->first, first));
      if (memcmp (&range->last, &range->first, sizeof range->last) != 0)
        fprintf (to, "-%s", guard_address_show (&range->last, last));
      any = true;
    }
  fputs (any ? " }\n" : "", to);
}

/* The server that a resolver stands for, among those of its version; or NULL. */
static const GuardAddress *
server_for (const GuardNames *names, uint8_t version, size_t number)
{
  const GuardAddress *found[GUARD_NAME_SERVERS];
  size_t n = 0;

  for (size_t i = 0; i < names->n_servers; i++)
    if (names->servers[i].version == version)
      found[n++] = &names->servers[i];
  return n > 0 ? found[number % n] : NULL;
}

/* The guest has a fixed number of resolvers of each version. */
static void
put_names (FILE *to, const GuardNames *names)
{
  char from[INET6_ADDRSTRLEN], address[INET6_ADDRSTRLEN];
  size_t n[7] = { 0 }; /* by version */

  fputs ("flush set inet glovebox resolvers\nflush set inet glovebox resolvers6\n"
         "flush chain inet glovebox names\n", to);
  for (size_t i = 0; i < n_resolvers; i++)
    {
      uint8_t version = resolvers[i].version;
      const char *six = version == 6 ? "6" : "";
      const GuardAddress *server = server_for (names, version, n[version]++);

      guard_address_show (&resolvers[i], from);
      fprintf (to, "add element inet glovebox resolvers%s { %s }\n", six, from);
      if (server)
        fprintf (to,
                 "add rule inet glovebox names ip%s daddr %s meta l4proto { tcp, udp } th dport 53 "
                 "dnat ip%s to %s\n",
                 six, from, six, guard_address_show (server, address));
    }
}

/* One transaction, so that there is no moment with fewer refusals. */
void
guard_rules_apply (const GuardAddresses *addresses, const GuardNames *names)
{
  static char *in_force;
  char *commands = NULL;
  size_t length = 0;
  FILE *to = open_memstream (&commands, &length);

  if (!to)
    guard_die ("there is no memory");
  put_ranges (to, "host", &addresses->own, 4);
  put_ranges (to, "host6", &addresses->own, 6);
  put_ranges (to, "nowhere", &addresses->nowhere, 4);
  put_ranges (to, "nowhere6", &addresses->nowhere, 6);
  put_names (to, names);
  if (fclose (to) != 0)
    guard_die ("there is no memory");
  if (!in_force || strcmp (in_force, commands) != 0)
    run (commands);
  free (in_force);
  in_force = commands;
}
