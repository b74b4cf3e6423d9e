/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How fast packets go.  The kernel can delay what leaves a device, and the guest's packets
 * have two: pasta's, and the loopback, where published ports are.  So the packets of each
 * direction are led through a device of their own (ifb), and delayed there: what comes
 * through both counts as one.
 *
 * passt and pasta are the two ends of TCP connections here.  What is delayed fills their
 * windows, and they stop reading from the guest, or from the network.  pasta fills any window
 * at once and sends all of it again when a packet is lost; passt loses the beginning of a
 * connection to a published port, and waits for seconds.  So windows are small where there is a
 * limit, which costs nothing over so short a way, and the queue takes those of many
 * connections. */

#include "gbx-guard.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <stdlib.h>

#define PACKET_MAX 1500
#define BURST_MIN (4 * PACKET_MAX)
#define BURST_MAX (UINT32_MAX / 2)
#define DEFAULT_BURST_MIN 16384
#define QUEUE_MIN 65536
#define QUEUE_MAX (16 << 20)
#define WINDOW_MIN 16384
#define WINDOW_MAX 262144
#define WINDOW_UNLIMITED 65536

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

/* "clsact" leads packets to a filter without delaying them, since Linux 4.5. */
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

/* Bytes a second; 0: no limit. */
static uint64_t
get_average (const GuardRate *rate)
{
  return rate->average ? rate->average : rate->peak;
}

/* tc-htb(8): a class may send while it has both tokens of its rate, which is the average and
 * has the burst, and of its ceil, which is the peak.  Acknowledgements go first: passt looks
 * for them for a few milliseconds only.  Each class below has a rate of its own, of next to
 * nothing, and borrows the rest. */
static void
put_bucket (FILE *to, const Direction *direction, const GuardRate *rate)
{
  /* An unset average is the peak. */
  uint64_t average = get_average (rate);
  uint64_t peak = rate->peak > average ? rate->peak : average;
  uint64_t burst = rate->burst ? rate->burst : clamp (average / 4, DEFAULT_BURST_MIN, QUEUE_MAX);
  const char *device = direction->device;

  burst = clamp (burst, BURST_MIN, BURST_MAX);
  if (!direction->in_force)
    fprintf (to, "qdisc add dev %s root handle 1: htb default 20\n", device);
  fprintf (to,
           "class replace dev %s parent 1: classid 1:1 htb rate %" PRIu64 "bps ceil %" PRIu64
           "bps burst %" PRIu64 " cburst %" PRIu64 " quantum 6000\n",
           device, average, peak, burst, peak > average ? clamp (peak / 50, BURST_MIN, burst) : burst);
  for (unsigned class = 10; class <= 20; class += 10)
    fprintf (to,
             "class replace dev %s parent 1:1 classid 1:%u htb rate 100bps ceil %" PRIu64
             "bps burst 1500 cburst %" PRIu64 " prio %u quantum 6000\n",
             device, class, peak, burst, class / 10);
  fprintf (to, "qdisc replace dev %s parent 1:20 handle 20: bfifo limit %" PRIu64 "\n", device,
           clamp (average + average / 2, QUEUE_MIN, QUEUE_MAX));
  if (!direction->in_force)
    fprintf (to,
             "filter add dev %s parent 1: protocol ip prio 1 u32 match ip protocol 6 0xff "
             "match u16 0 0xff80 at 2 classid 1:10\n"
             "filter add dev %s parent 1: protocol ipv6 prio 2 u32 match ip6 protocol 6 0xff "
             "match u16 0 0xffc0 at 4 classid 1:10\n",
             device, device);
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
  fprintf (to,
           "filter del dev " GUARD_DEVICE " %s\nfilter del dev lo egress prio %u\n"
           "qdisc del dev %s root\n",
           direction->hook, direction->priority, direction->device);
}

static unsigned
choose_window (uint64_t average)
{
  return (unsigned) clamp (average / 16, WINDOW_MIN, WINDOW_MAX);
}

/* Of new connections. */
static const char *
set_buffers (unsigned window)
{
  FILE *sizes = fopen ("/proc/sys/net/ipv4/tcp_rmem", "we");

  if (!sizes || fprintf (sizes, "4096 %u %u\n", 2 * window, 2 * window) < 0 || fclose (sizes) != 0)
    return "the kernel does not let the size of windows be set";
  return NULL;
}

/* Of new connections that bring something to the guest: in the routes too, because passt's
 * sockets may have big buffers of a fixed size. */
static const char *
set_download_windows (const GuardSetup *setup, unsigned window)
{
  char router[INET_ADDRSTRLEN], router6[INET6_ADDRSTRLEN], caller[INET_ADDRSTRLEN];
  char commands[480], *at = commands;

  inet_ntop (AF_INET, &setup->router, router, sizeof router);
  inet_ntop (AF_INET6, &setup->router6, router6, sizeof router6);
  inet_ntop (AF_INET, &setup->caller, caller, sizeof caller);
  at += sprintf (at, "route change default via %s dev " GUARD_DEVICE " window %u\n", router,
                 window);
  if (strcmp (router6, "::") != 0)
    at += sprintf (at, "route change ::/0 via %s dev " GUARD_DEVICE " window %u\n", router6,
                   window);
  if (setup->n_ports > 0)
    sprintf (at,
             "route replace local %s dev lo table local proto kernel scope host src %s window %u\n",
             caller, caller, window);
  return guard_tool_run ("ip", commands);
}

/* What has no limit may be faster. */
static const char *
set_windows (const GuardSetup *setup, const GuardLimits *limits)
{
  uint64_t down = get_average (&limits->download), up = get_average (&limits->upload);
  const char *trouble;

  if (!down)
    return up ? set_buffers (WINDOW_UNLIMITED) : NULL;
  trouble = set_buffers (choose_window (down));
  return trouble ? trouble : set_download_windows (setup, choose_window (down));
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

  if (!trouble)
    trouble = set_windows (setup, limits);
  return trouble ? trouble : apply_one (&directions[1], setup, &limits->upload);
}
