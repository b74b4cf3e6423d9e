/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* When the guest has to be told the time again.
 *
 * The guest says what time it has in each heartbeat, once a second.  Its clock
 * stands still while the machine sleeps, and goes too slowly where the emulator
 * gets too little of a busy machine; the host's own may be set. */

/* As far as this the guest may be off: "make" compares files that bear the host's
 * time with files that bear the guest's. */
#define GBX_CLOCK_TOLERANCE (50 * G_TIME_SPAN_MILLISECOND)
/* Up to here the guest goes a little faster or slower for some minutes; beyond it,
 * it sets its clock at once. */
#define GBX_CLOCK_SLEW_MAX (100 * G_TIME_SPAN_MILLISECOND)

/* Heartbeats of which the one counts that came through quickest. */
#define GBX_CLOCK_WINDOW 5

typedef struct
{
  gint64 offset; /* µs, of the last heartbeat: how far the guest seemed ahead */

  /*< private >*/
  gint64 offsets[GBX_CLOCK_WINDOW];
  guint n_offsets;
  gint64 silent_until, slewing_until; /* µs, monotonic */
} GbxClock;

void gbx_clock_init (GbxClock *self);

/* A heartbeat with the guest's wall clock has come, at this time of the host's wall
 * clock and of its monotonic clock; all in µs.  TRUE: the host's time is to be sent
 * now.  Nothing that a guest sends makes it more than one a second. */
gboolean gbx_clock_heartbeat (GbxClock *self, gint64 guest, gint64 host, gint64 monotonic);

G_END_DECLS
