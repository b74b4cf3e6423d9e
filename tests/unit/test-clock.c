/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* When the guest is told the time: a machine of pretended clocks, whose guest says
 * once a second what time it has, and which nothing disturbs but the tests. */

#include "gbx-clock.h"

#define MS G_TIME_SPAN_MILLISECOND
#define S G_TIME_SPAN_SECOND

typedef struct
{
  GbxClock clock;
  gint64 host, monotonic, guest; /* µs */
  gint64 way;                    /* how long a frame takes, either way */
  double speed;                  /* of the guest's clock */
  guint sent;
  gint64 slew; /* what adjtime() has still to do */
} Machine;

static void
machine_init (Machine *self)
{
  *self = (Machine) { .host = 1800000000 * S, .monotonic = 5000 * S, .way = MS, .speed = 1 };
  self->guest = self->host;
  gbx_clock_init (&self->clock);
}

static void
pass (Machine *self, gint64 time)
{
  gint64 most = time / 2000; /* adjtime() */
  gint64 step = CLAMP (self->slew, -most, most);

  self->host += time;
  self->monotonic += time;
  self->guest += (gint64) (time * self->speed) + step;
  self->slew -= step;
}

/* As the guest does it with a time that was the host's a way ago. */
static void
set_guest (Machine *self, gint64 time)
{
  gint64 off = time - self->guest;

  if (ABS (off) > GBX_CLOCK_SLEW_MAX)
    self->guest = time;
  else
    self->slew = off;
}

static void
beat (Machine *self)
{
  gint64 said = self->guest, told;

  pass (self, self->way);
  told = self->host;
  if (!gbx_clock_heartbeat (&self->clock, said, self->host, self->monotonic))
    return;
  self->sent++;
  pass (self, self->way);
  set_guest (self, told);
}

/* So many heartbeats. */
static void
run (Machine *self, guint count)
{
  for (guint i = 0; i < count; i++)
    {
      pass (self, S - self->way);
      beat (self);
    }
}

#define ASSERT_RIGHT(machine)                                                                      \
  g_assert_cmpint (ABS ((machine).guest - (machine).host), <=, GBX_CLOCK_TOLERANCE)

static void
test_steady (void)
{
  Machine machine;

  machine_init (&machine);
  run (&machine, 10000);
  g_assert_cmpuint (machine.sent, ==, 0);
}

/* The emulator stood still, and the guest's clock with it. */
static void
test_stopped (void)
{
  Machine machine;

  machine_init (&machine);
  run (&machine, 3);
  machine.host += 120 * S;
  machine.monotonic += 120 * S;
  run (&machine, 1);
  g_assert_cmpuint (machine.sent, ==, 1);
  ASSERT_RIGHT (machine);
  run (&machine, 100);
  g_assert_cmpuint (machine.sent, ==, 1);
}

/* The same while a heartbeat was on its way, and the guest's clock went on. */
static void
test_late_heartbeat (void)
{
  Machine machine;

  machine_init (&machine);
  pass (&machine, S);
  g_assert_true (gbx_clock_heartbeat (&machine.clock, machine.guest - 120 * S, machine.host,
                                      machine.monotonic));
  set_guest (&machine, machine.host);
  run (&machine, 100);
  g_assert_cmpuint (machine.sent, ==, 0);
  ASSERT_RIGHT (machine);
}

/* The whole machine slept: the monotonic clock did too. */
static void
test_asleep (void)
{
  Machine machine;

  machine_init (&machine);
  run (&machine, 3);
  machine.host += 3600 * S;
  run (&machine, 1);
  g_assert_cmpuint (machine.sent, ==, 1);
  ASSERT_RIGHT (machine);
}

/* A busy host: the guest loses a tenth of its time, and is never far off. */
static void
test_busy (void)
{
  Machine machine;

  machine_init (&machine);
  machine.speed = 0.9;
  for (guint i = 0; i < 60; i++)
    {
      run (&machine, 1);
      g_assert_cmpint (ABS (machine.guest - machine.host), <, S);
    }
  g_assert_cmpuint (machine.sent, <=, 60 / GBX_CLOCK_WINDOW);
  machine.speed = 1;
  run (&machine, 10);
  ASSERT_RIGHT (machine);
}

static void
test_host_is_set (void)
{
  const gint64 steps[] = { 3600 * S, -3600 * S, 2 * S, -2 * S, 300 * MS, -300 * MS };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      Machine machine;

      machine_init (&machine);
      run (&machine, 3);
      machine.host += steps[i];
      run (&machine, steps[i] > 0 && steps[i] < S ? GBX_CLOCK_WINDOW : 1);
      g_assert_cmpuint (machine.sent, ==, 1);
      ASSERT_RIGHT (machine);
      run (&machine, 100);
      g_assert_cmpuint (machine.sent, ==, 1);
    }
}

/* Heartbeats that come through now quickly and now slowly move no clock. */
static void
test_jitter (void)
{
  const gint64 ways[] = { 400, 20, 900, 70, 3, 600, 700, 800, 40, 500 };
  Machine machine;

  machine_init (&machine);
  for (guint i = 0; i < 1000; i++)
    {
      machine.way = ways[i % G_N_ELEMENTS (ways)] * MS;
      run (&machine, 1);
    }
  g_assert_cmpuint (machine.sent, ==, 0);
}

/* A counter that was measured badly: slewed to and fro, never set back. */
static void
test_drift (void)
{
  const double speeds[] = { 1.00002, 0.99998, 1.0002, 0.9998 };

  for (guint i = 0; i < G_N_ELEMENTS (speeds); i++)
    {
      Machine machine;

      machine_init (&machine);
      machine.speed = speeds[i];
      for (guint second = 0; second < 10000; second++)
        {
          gint64 before = machine.guest;

          run (&machine, 1);
          g_assert_cmpint (machine.guest, >, before);
          g_assert_cmpint (ABS (machine.guest - machine.host), <=, GBX_CLOCK_TOLERANCE + 5 * MS);
        }
      g_assert_cmpuint (machine.sent, >, 0);
      g_assert_cmpuint (machine.sent, <, 10000 / 100);
    }
}

/* Whatever it says, and however often, it is told the time once a second at most. */
static void
test_hostile (void)
{
  const gint64 said[] = { 0, G_MAXINT64, -1, G_MININT64, G_MAXINT64 - 1, G_MININT64 + 1 };
  Machine machine;
  guint sent = 0;

  machine_init (&machine);
  for (guint i = 0; i < 10000; i++)
    {
      machine.monotonic += MS;
      sent += gbx_clock_heartbeat (&machine.clock, said[i % G_N_ELEMENTS (said)], machine.host,
                                   machine.monotonic);
    }
  g_assert_cmpuint (sent, >, 0);
  g_assert_cmpuint (sent, <=, 12);
  g_assert_false (gbx_clock_heartbeat (&machine.clock, 0, G_MININT64, machine.monotonic));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/clock/steady", test_steady);
  g_test_add_func ("/clock/stopped", test_stopped);
  g_test_add_func ("/clock/late-heartbeat", test_late_heartbeat);
  g_test_add_func ("/clock/asleep", test_asleep);
  g_test_add_func ("/clock/busy", test_busy);
  g_test_add_func ("/clock/host-is-set", test_host_is_set);
  g_test_add_func ("/clock/jitter", test_jitter);
  g_test_add_func ("/clock/drift", test_drift);
  g_test_add_func ("/clock/hostile", test_hostile);
  return g_test_run ();
}
