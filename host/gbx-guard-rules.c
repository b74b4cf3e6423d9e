/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The packet filter of the sandbox's namespace, for the packets of passt's sockets.  The
 * text for libnftables consists of constants and of addresses as numbers. */

#include "gbx-guard.h"

#include <arpa/inet.h>
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
 * The same services at IPv6 addresses (fd00:ec2::254 of Amazon, fd20:ce::254 of
 * Google) are refused with all of IPv6.  A name server at one of these, as Azure's
 * and Google's are, is reached through the guest's resolver alone, at port 53. */
#define METADATA "169.254.0.0/16, 100.100.100.200, 168.63.129.16, 192.0.0.192"

/* The hooks "nat" come first and see the first packet of a connection; "filter" sees every
 * packet.
 *
 * - "source": passt uses the guest's source port, and so does pasta, in the host's
 *   namespace; without this rule a guest could occupy any free port of the host.
 * - "filter" allows the refusals, which go to passt's socket over the namespace's loopback,
 *   and everything that is not refused; IPv6 is refused. */
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
                               "  chain names {\n"
                               "    type nat hook output priority -100; policy accept;\n"
                               "  }\n"
                               "  chain source {\n"
                               "    type nat hook postrouting priority 100; policy accept;\n"
                               "    meta l4proto { tcp, udp } masquerade to :32768-65535\n"
                               "  }\n"
                               "  chain filter {\n"
                               "    type filter hook output priority 0; policy drop;\n"
                               "    oif \"lo\" icmp type destination-unreachable accept\n"
                               "    ip daddr @host reject with icmp type admin-prohibited\n"
                               "    oif \"lo\" reject with icmpx type admin-prohibited\n"
                               "    ct status dnat accept\n"
                               "    ip daddr @resolvers reject with icmp type admin-prohibited\n"
                               "    ip daddr @metadata reject with icmp type admin-prohibited\n"
                               "    meta nfproto ipv4 accept\n"
                               "  }\n"
                               "}\n";

static struct nft_ctx *nft;
static struct in_addr resolvers[GUARD_NAME_SERVERS];
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

static const char *
show (struct in_addr address, char text[INET_ADDRSTRLEN])
{
  return inet_ntop (AF_INET, &address, text, INET_ADDRSTRLEN);
}

void
guard_rules_init (const struct in_addr *addresses, size_t n)
{
  nft = nft_ctx_new (NFT_CTX_DEFAULT);
  if (!nft || nft_ctx_buffer_error (nft) != 0)
    guard_die ("libnftables does not start");
  n_resolvers = n;
  memcpy (resolvers, addresses, n * sizeof resolvers[0]);
  run (skeleton);
}

static void
put_ranges (FILE *to, const GuardAddresses *addresses)
{
  char first[INET_ADDRSTRLEN], last[INET_ADDRSTRLEN];

  fputs ("flush set inet glovebox host\nadd element inet glovebox host { ", to);
  for (size_t i = 0; i < addresses->n_ranges; i++)
    {
      GuardRange range = addresses->ranges[i];

      fprintf (to, "%s%s", i ? ", " : "", show ((struct in_addr){ htonl (range.first) }, first));
      if (range.last != range.first)
        fprintf (to, "-%s", show ((struct in_addr){ htonl (range.last) }, last));
    }
  fputs (" }\n", to);
}

/* The guest has a fixed number of resolvers; each stands for one of the host's. */
static void
put_names (FILE *to, const GuardNames *names)
{
  char from[INET_ADDRSTRLEN], server[INET_ADDRSTRLEN];

  fputs ("flush set inet glovebox resolvers\nflush chain inet glovebox names\n", to);
  for (size_t i = 0; i < n_resolvers; i++)
    {
      show (resolvers[i], from);
      fprintf (to, "add element inet glovebox resolvers { %s }\n", from);
      if (names->n_servers > 0)
        fprintf (to,
                 "add rule inet glovebox names ip daddr %s meta l4proto { tcp, udp } th dport 53 "
                 "dnat ip to %s\n",
                 from, show (names->servers[i % names->n_servers], server));
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
  put_ranges (to, addresses);
  put_names (to, names);
  if (fclose (to) != 0)
    guard_die ("there is no memory");
  if (!in_force || strcmp (in_force, commands) != 0)
    run (commands);
  free (in_force);
  in_force = commands;
}
