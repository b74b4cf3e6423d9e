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

/* First and last address, in the host's byte order. */
typedef struct
{
  uint32_t first;
  uint32_t last;
} GuardRange;

/* The host's own addresses, and whether the host is connected. */
typedef struct
{
  GuardRange *ranges; /* sorted and merged */
  size_t n_ranges;
  size_t size; /* room for so many */
  bool has_route;
} GuardAddresses;

/* The reason if there is no name server. */
typedef enum
{
  GUARD_NAMES_OK,
  GUARD_NAMES_LOCAL, /* only servers on the host itself are known */
  GUARD_NAMES_IPV6,  /* only servers with IPv6 addresses are known */
} GuardNamesState;

typedef struct
{
  GuardNamesState state;
  struct in_addr servers[GUARD_NAME_SERVERS];
  size_t n_servers;
  char refused[INET6_ADDRSTRLEN + 32]; /* the first one that was skipped */
} GuardNames;

/* Ends the guard, and with it the sandbox's network. */
void guard_die (const char *format, ...) __attribute__ ((format (printf, 1, 2), noreturn));

/* --- gbx-guard-addresses.c: what the host's routing tables say */

void guard_addresses_subscribe (int fd);
/* Reads what has arrived; returns whether the addresses may have changed. */
bool guard_addresses_drain (int fd);
/* Reads the addresses again.  Returns whether something changed meanwhile, so that they
 * must be read once more. */
bool guard_addresses_read (int fd, GuardAddresses *addresses);
bool guard_addresses_contain (const GuardAddresses *addresses, struct in_addr address);

/* --- gbx-guard-names.c: the name servers that the host uses */

/* Returns an inotify descriptor that reports changes; call it again after each. */
int guard_names_watch (int fd);
void guard_names_read (const GuardAddresses *addresses, GuardNames *names);
/* Parses the text of one file; separate for the tests. */
void guard_names_parse (const char *text, const GuardAddresses *addresses, GuardNames *names);

/* --- gbx-guard-rules.c: the packet filter of the sandbox's namespace */

/* The resolver addresses of the guest. */
void guard_rules_init (const struct in_addr *resolvers, size_t n_resolvers);
void guard_rules_apply (const GuardAddresses *addresses, const GuardNames *names);
