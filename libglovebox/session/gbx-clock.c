/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-clock"

#include "config.h"

#include "gbx-clock.h"

#include <string.h>

/* No heartbeat is delayed that long: a single difference of this size is enough. */
#define CERTAIN G_TIME_SPAN_SECOND
/* Between two TIME messages.  A little less than between two heartbeats. */
#define PAUSE (900 * G_TIME_SPAN_MILLISECOND)
/* The time to correct GBX_CLOCK_SLEW_MAX at the 500 millionths of adjtime(). */
#define SLEW_TIME (200 * G_TIME_SPAN_SECOND)

void
gbx_clock_init (GbxClock *self)
{
  memset (self, 0, sizeof *self);
}

/* The guest may send any number. */
static gint64
difference (gint64 guest, gint64 host)
{
  gint64 offset;

  if (!__builtin_sub_overflow (guest, host, &offset))
    return CLAMP (offset, -G_MAXINT64, G_MAXINT64);
  return guest > host ? G_MAXINT64 : -G_MAXINT64;
}

/* A late heartbeat makes the guest's clock seem behind, and nothing makes it seem ahead.
 * So of several offsets the greatest is the best. */
static gint64
best_offset (GbxClock *self)
{
  gint64 truest = self->offsets[0];

  for (guint i = 1; i < self->n_offsets; i++)
    truest = MAX (truest, self->offsets[i]);
  return truest;
}

static void
remember (GbxClock *self, gint64 offset)
{
  if (self->n_offsets == GBX_CLOCK_WINDOW)
    memmove (self->offsets, self->offsets + 1, sizeof self->offsets - sizeof *self->offsets);
  else
    self->n_offsets++;
  self->offsets[self->n_offsets - 1] = offset;
}

gboolean
gbx_clock_heartbeat (GbxClock *self, gint64 guest, gint64 host, gint64 monotonic)
{
  gint64 offset = difference (guest, host);
  gint64 tolerance = monotonic < self->slewing_until ? GBX_CLOCK_SLEW_MAX : GBX_CLOCK_TOLERANCE;

  self->offset = offset;
  /* The guest may have sent it before it received the last TIME. */
  if (monotonic < self->silent_until)
    return FALSE;
  remember (self, offset);
  if (ABS (offset) < CERTAIN && offset <= tolerance)
    {
      if (self->n_offsets < GBX_CLOCK_WINDOW)
        return FALSE;
      offset = best_offset (self);
    }
  if (ABS (offset) <= tolerance)
    return FALSE;
  self->n_offsets = 0;
  self->silent_until = monotonic + PAUSE;
  self->slewing_until = ABS (offset) <= GBX_CLOCK_SLEW_MAX ? monotonic + SLEW_TIME : 0;
  return TRUE;
}
