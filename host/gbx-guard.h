/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The network guard: what stands between a sandbox's passt and the host's own
 * addresses.  See gbx-guard-main.c for how its parts work together. */

/* As many as a resolv.conf may name. */
#define GUARD_NAME_SERVERS 3

/* From the first address to the last, both in the host's byte order. */
typedef struct
{
  uint32_t first;
  uint32_t last;
} GuardRange;

/* What is the host's own, and whether it is connected. */
typedef struct
{
  GuardRange *ranges; /* sorted, and none touches another */
  size_t n_ranges;
  size_t size; /* room for so many */
  bool has_route;
} GuardAddresses;

/* Why there is no name server, if so. */
typedef enum
{
  GUARD_NAMES_OK,
  GUARD_NAMES_LOCAL, /* only services of the host itself are known */
  GUARD_NAMES_IPV6,  /* only servers with IPv6 addresses are */
} GuardNamesState;

typedef struct
{
  GuardNamesState state;
  struct in_addr servers[GUARD_NAME_SERVERS];
  size_t n_servers;
  char refused[INET6_ADDRSTRLEN + 32]; /* the first one that was not taken */
} GuardNames;

/* Ends the guard, and with it the sandbox's network. */
void guard_die (const char *format, ...) __attribute__ ((format (printf, 1, 2), noreturn));

/* --- gbx-guard-addresses.c: what the host's routing tables say */

void guard_addresses_subscribe (int fd);
/* Takes what has arrived; whether the addresses may have changed. */
bool guard_addresses_drain (int fd);
/* Asks anew; whether something changed meanwhile, so that it is to be asked again. */
bool guard_addresses_read (int fd, GuardAddresses *addresses);
bool guard_addresses_contain (const GuardAddresses *addresses, struct in_addr address);

/* --- gbx-guard-names.c: the name servers that the host uses */

/* An inotify descriptor that tells of changes; called again after each. */
int guard_names_watch (int fd);
void guard_names_read (const GuardAddresses *addresses, GuardNames *names);
/* Takes one file's text; made to be tested alone. */
void guard_names_parse (const char *text, const GuardAddresses *addresses, GuardNames *names);

/* --- gbx-guard-rules.c: the packet filter of the sandbox's namespace */

/* The addresses at which the guest asks for names. */
void guard_rules_init (const struct in_addr *resolvers, size_t n_resolvers);
void guard_rules_apply (const GuardAddresses *addresses, const GuardNames *names);
