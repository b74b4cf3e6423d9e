/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The network guard: it blocks the way from a sandbox's passt to the host's own addresses.
 * gbx-guard-main.c explains how its parts work together. */

/* The limit of resolv.conf. */
#define GUARD_NAME_SERVERS 3
/* Of the guest, in both families. */
#define GUARD_RESOLVERS (2 * GUARD_NAME_SERVERS)
#define GUARD_TEXT_MAX (INET6_ADDRSTRLEN + 32)
/* Published ports; each is a descriptor in one message. */
#define GUARD_PORTS 64
/* The network device that pasta makes in the namespace. */
#define GUARD_DEVICE "outside"

/* Comparable as bytes: an IPv4 address is in the first four. */
typedef struct
{
  uint8_t version; /* 4 or 6 */
  uint8_t bytes[16];
} GuardAddress;

typedef struct
{
  GuardAddress first, last; /* of one version */
} GuardRange;

typedef struct
{
  GuardRange *ranges;
  size_t n_ranges;
  size_t size; /* room for so many */
} GuardRanges;

typedef struct
{
  GuardRanges own;     /* the host's: sorted and merged */
  GuardRanges reached; /* what a route leads to */
  GuardRanges nowhere; /* and what none leads to */
  bool has_route, has_route6; /* to the world */
} GuardAddresses;

/* The reason if there is no name server. */
typedef enum
{
  GUARD_NAMES_OK,
  GUARD_NAMES_LOCAL, /* only servers on the host itself are known */
  GUARD_NAMES_IPV6,  /* only servers with IPv6 addresses, and the sandbox has none */
  GUARD_NAMES_LINK,  /* only servers with an address that is valid on one link */
} GuardNamesState;

typedef struct
{
  GuardNamesState state;
  GuardAddress servers[GUARD_NAME_SERVERS];
  size_t n_servers;
  char refused[GUARD_TEXT_MAX]; /* the first one that was skipped */
} GuardNames;

typedef struct
{
  bool is_udp;
  uint16_t inside; /* the port of the guest */
  int fd;          /* the socket of the host: a listener, or for datagrams */
} GuardPort;

/* Bytes a second, and bytes; 0 for what is not limited. */
typedef struct
{
  uint64_t average, peak, burst;
} GuardRate;

typedef struct
{
  GuardRate download, upload; /* as the guest sees it */
} GuardLimits;

/* What the library asks for. */
typedef struct
{
  int host;             /* netlink, of the host's network namespace */
  bool only_published;  /* only answers go out */
  struct in_addr router;   /* pasta, as the next hop */
  struct in6_addr router6; /* all zero where there is no IPv6 */
  struct in_addr guest; /* where passt has the published ports */
  struct in_addr caller; /* where their connections come from */
  GuardPort ports[GUARD_PORTS];
  size_t n_ports;
  GuardLimits limits;
} GuardSetup;

/* Ends the guard, and with it the sandbox's network. */
void guard_die (const char *format, ...) __attribute__ ((format (printf, 1, 2), noreturn));

/* --- gbx-guard-addresses.c: what the host's routing tables say */

void guard_addresses_subscribe (int fd);
/* Reads what has arrived; returns whether the addresses may have changed. */
bool guard_addresses_drain (int fd);
/* Reads the addresses again.  Returns whether something changed meanwhile, so that they
 * must be read once more. */
bool guard_addresses_read (int fd, GuardAddresses *addresses);

/* --- gbx-guard-ranges.c: sets of addresses */

bool guard_address_parse (const char *text, GuardAddress *address);
const char *guard_address_show (const GuardAddress *address, char text[INET6_ADDRSTRLEN]);
/* The range of a prefix of that length. */
GuardRange guard_range_of (const GuardAddress *address, unsigned length);
/* False if there are too many. */
bool guard_ranges_add (GuardRanges *self, GuardRange range);
/* An IPv4 range as a translator of the network has it. */
GuardRange guard_range_translate (GuardRange range);
/* A set of the packet filter must not contain overlapping ranges. */
void guard_ranges_merge (GuardRanges *self);
/* Adds to self what is in none of others, which are merged. */
void guard_ranges_add_rest (GuardRanges *self, const GuardRanges *others, uint8_t version);
bool guard_ranges_contain (const GuardRanges *self, const GuardAddress *address);

/* --- gbx-guard-names.c: the name servers that the host uses */

/* Returns an inotify descriptor that reports changes; call it again after each. */
int guard_names_watch (int fd);
void guard_names_read (const GuardAddresses *addresses, bool ipv6, GuardNames *names);
/* Parses the text of one file; separate for the tests. */
void guard_names_parse (const char *text, const GuardAddresses *addresses, bool ipv6,
                        GuardNames *names);

/* --- gbx-guard-rules.c: the packet filter of the sandbox's namespace */

/* The resolver addresses of the guest. */
void guard_rules_init (const GuardSetup *setup, const GuardAddress *resolvers, size_t n_resolvers);
void guard_rules_apply (const GuardAddresses *addresses, const GuardNames *names);
/* Bytes that passed the filter, to the guest and from it. */
bool guard_rules_count (uint64_t *received, uint64_t *sent);

/* --- gbx-guard-setup.c: what the library asks for */

#define GUARD_MESSAGE_MAX 4096

/* Reads the first message, and the descriptors with it. */
void guard_setup_receive (int control, GuardSetup *setup);
/* Parses such a message without descriptors, or "limits …" alone; separate for the tests. */
bool guard_setup_parse (const char *text, GuardSetup *setup);
/* Makes the addresses of published ports. */
void guard_setup_addresses (const GuardSetup *setup);

/* --- gbx-guard-limits.c: how fast packets go */

/* Returns what is wrong, or NULL. */
const char *guard_limits_apply (const GuardSetup *setup, const GuardLimits *limits);

/* --- gbx-guard-tool.c: other programs */

/* Runs "ip" or "tc" with commands; returns its complaint, or NULL. */
const char *guard_tool_run (const char *name, const char *commands);

/* --- gbx-guard-relay.c: the connections to published ports */

/* In a process of its own; never returns. */
void guard_relay_run (const GuardSetup *setup) __attribute__ ((noreturn));
