/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How fast packets go.  The kernel can delay what leaves a device, and the guest's packets
 * have two: pasta's, and the loopback, where published ports are.  So the packets of each
 * direction are led through a device of their own (ifb), and delayed there: what comes
 * through both counts as one.
 *
 * passt and pasta are the two ends of TCP connections here.  What is delayed fills their
 * windows, and they stop reading from the guest, or from the network. */

#include "gbx-guard.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <stdlib.h>

/* A bigger one would be dropped where the burst is smaller. */
#define PACKET_MAX 1500
#define BURST_MIN (4 * PACKET_MAX)
#define DEFAULT_BURST_MIN 16384
#define QUEUE_MIN 32768
#define QUEUE_MAX (4 << 20)

typedef struct
{
  const char *device;
  const char *hook;  /* of pasta's device */
  unsigned priority; /* of the filter on the loopback */
  bool in_force;
} Direction;

static Direction directions[] = {
  { .device = "download", .hook = "ingress", .priority = 1 },
  { .device = "upload", .hook = "egress", .priority = 2 },
};

static bool has_devices;

static uint64_t
clamp (uint64_t value, uint64_t least, uint64_t most)
{
  return value < least ? least : value > most ? most : value;
}

/* The classless qdiscs tbf(8) and "clsact", of kernels since 4.5. */
static const char *
make_devices (void)
{
  const char *trouble;

  if (has_devices)
    return NULL;
  trouble = guard_tool_run ("ip", "link add download type ifb\n"
                                  "link add upload type ifb\n"
                                  "link set download up mtu 65535\n"
                                  "link set upload up mtu 65535\n"
                                  "link set lo mtu 1500\n"
                                  "link set " GUARD_DEVICE " mtu 1500\n");
  if (!trouble)
    trouble = guard_tool_run ("tc", "qdisc add dev lo clsact\n"
                                    "qdisc add dev " GUARD_DEVICE " clsact\n");
  has_devices = !trouble;
  return trouble;
}

/* An unset average is the peak: then there is no burst. */
static void
put_bucket (FILE *to, const Direction *direction, const GuardRate *rate)
{
  uint64_t average = rate->average ? rate->average : rate->peak;
  uint64_t burst = rate->burst ? rate->burst : clamp (average / 4, DEFAULT_BURST_MIN, QUEUE_MAX);

  fprintf (to, "qdisc replace dev %s root tbf rate %" PRIu64 "bps burst %" PRIu64 " limit %" PRIu64,
           direction->device, average, clamp (burst, BURST_MIN, UINT32_MAX / 2),
           clamp (average / 2, QUEUE_MIN, QUEUE_MAX));
  if (rate->peak > average)
    fprintf (to, " peakrate %" PRIu64 "bps mtu %" PRIu64, rate->peak,
             clamp (rate->peak / 50, 2 * PACKET_MAX, QUEUE_MAX));
  fputc ('\n', to);
}

/* From one end of published ports to the other, on the loopback. */
static void
put_filters (FILE *to, const Direction *direction, const GuardSetup *setup)
{
  bool is_download = direction == &directions[0];
  char source[INET_ADDRSTRLEN], target[INET_ADDRSTRLEN];

  inet_ntop (AF_INET, is_download ? &setup->caller : &setup->guest, source, sizeof source);
  inet_ntop (AF_INET, is_download ? &setup->guest : &setup->caller, target, sizeof target);
  fprintf (to,
           "filter add dev " GUARD_DEVICE " %s protocol all u32 match u32 0 0 "
           "action mirred egress redirect dev %s\n",
           direction->hook, direction->device);
  fprintf (to,
           "filter add dev lo egress protocol ip prio %u u32 match ip src %s/32 "
           "match ip dst %s/32 action mirred egress redirect dev %s\n",
           direction->priority, source, target, direction->device);
}

static void
put_removal (FILE *to, const Direction *direction)
{
  fprintf (to, "filter del dev " GUARD_DEVICE " %s\nfilter del dev lo egress prio %u\n",
           direction->hook, direction->priority);
}

static const char *
apply_one (Direction *direction, const GuardSetup *setup, const GuardRate *rate)
{
  bool wanted = rate->average || rate->peak;
  char *commands = NULL;
  size_t length = 0;
  const char *trouble = wanted ? make_devices () : NULL;
  FILE *to;

  if (trouble || (!wanted && !direction->in_force))
    return trouble;
  to = open_memstream (&commands, &length);
  if (!to)
    guard_die ("there is no memory");
  if (wanted)
    put_bucket (to, direction, rate);
  if (wanted && !direction->in_force)
    put_filters (to, direction, setup);
  else if (!wanted)
    put_removal (to, direction);
  if (fclose (to) != 0)
    guard_die ("there is no memory");
  trouble = guard_tool_run ("tc", commands);
  free (commands);
  if (!trouble)
    direction->in_force = wanted;
  return trouble;
}

const char *
guard_limits_apply (const GuardSetup *setup, const GuardLimits *limits)
{
  const char *trouble = apply_one (&directions[0], setup, &limits->download);

  return trouble ? trouble : apply_one (&directions[1], setup, &limits->upload);
}
