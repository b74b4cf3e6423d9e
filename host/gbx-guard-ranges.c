/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Addresses of both versions, as bytes, and ranges of them. */

#include "gbx-guard.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#define RANGES_MAX 65536

/* Where a translator of the network finds IPv4 addresses: 64:ff9b::/96 (RFC 6052). */
static const uint8_t translated[12] = { 0x00, 0x64, 0xff, 0x9b };

bool
guard_address_parse (const char *text, GuardAddress *address)
{
  struct in_addr four;

  memset (address, 0, sizeof *address);
  address->version = 6;
  if (inet_pton (AF_INET6, text, address->bytes) == 1)
    return true;
  address->version = 4;
  if (!inet_aton (text, &four))
    return false;
  memcpy (address->bytes, &four, sizeof four);
  return true;
}

const char *
guard_address_show (const GuardAddress *address, char text[INET6_ADDRSTRLEN])
{
  return inet_ntop (address->version == 4 ? AF_INET : AF_INET6, address->bytes, text,
                    INET6_ADDRSTRLEN);
}

GuardRange
guard_range_of (const GuardAddress *address, unsigned length)
{
  size_t n = address->version == 4 ? 4 : 16;
  GuardRange range = { *address, *address };

  for (size_t i = 0; i < n; i++)
    {
      unsigned kept = length > 8 * i ? length - 8 * i : 0;
      uint8_t mask = kept >= 8 ? 0 : 0xff >> kept;

      range.first.bytes[i] &= ~mask;
      range.last.bytes[i] |= mask;
    }
  return range;
}

bool
guard_ranges_add (GuardRanges *self, GuardRange range)
{
  if (self->n_ranges == RANGES_MAX)
    return false;
  if (self->n_ranges == self->size)
    {
      self->size = self->size ? self->size * 2 : 64;
      self->ranges = reallocarray (self->ranges, self->size, sizeof range);
      if (!self->ranges)
        guard_die ("there is no memory");
    }
  self->ranges[self->n_ranges++] = range;
  return true;
}

static GuardAddress
translate (const GuardAddress *four)
{
  GuardAddress six = { .version = 6 };

  memcpy (six.bytes, translated, sizeof translated);
  memcpy (six.bytes + sizeof translated, four->bytes, 4);
  return six;
}

GuardRange
guard_range_translate (GuardRange range)
{
  return (GuardRange){ translate (&range.first), translate (&range.last) };
}

static int
compare_addresses (const GuardAddress *one, const GuardAddress *two)
{
  return memcmp (one, two, sizeof *one);
}

static int
compare (const void *a, const void *b)
{
  const GuardRange *one = a, *two = b;

  return compare_addresses (&one->first, &two->first);
}

void
guard_ranges_merge (GuardRanges *self)
{
  size_t n = 0;

  if (self->n_ranges == 0)
    return;
  qsort (self->ranges, self->n_ranges, sizeof self->ranges[0], compare);
  for (size_t i = 1; i < self->n_ranges; i++)
    {
      GuardRange *last = &self->ranges[n], next = self->ranges[i];

      if (compare_addresses (&next.first, &last->last) > 0)
        self->ranges[++n] = next;
      else if (compare_addresses (&next.last, &last->last) > 0)
        last->last = next.last;
    }
  self->n_ranges = n + 1;
}

/* The next address, or the one before; false if there is none. */
static bool
step (GuardAddress *self, int by)
{
  for (size_t i = self->version == 4 ? 4 : 16; i > 0; i--)
    {
      self->bytes[i - 1] += by;
      if (self->bytes[i - 1] != (by > 0 ? 0 : 0xff))
        return true;
    }
  return false;
}

void
guard_ranges_add_rest (GuardRanges *self, const GuardRanges *others, uint8_t version)
{
  GuardRange rest = guard_range_of (&(GuardAddress){ .version = version }, 0);
  bool any = true;

  for (size_t i = 0; i < others->n_ranges && any; i++)
    {
      GuardRange other = others->ranges[i], gap = { rest.first, other.first };

      if (other.first.version != version)
        continue;
      if (compare_addresses (&other.first, &rest.first) > 0 && step (&gap.last, -1))
        guard_ranges_add (self, gap);
      rest.first = other.last;
      any = step (&rest.first, 1);
    }
  if (any)
    guard_ranges_add (self, rest);
}

bool
guard_ranges_contain (const GuardRanges *self, const GuardAddress *address)
{
  for (size_t i = 0; i < self->n_ranges; i++)
    if (compare_addresses (address, &self->ranges[i].first) >= 0
        && compare_addresses (address, &self->ranges[i].last) <= 0)
      return true;
  return false;
}
