/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Decides when to send the time to the guest again.
 *
 * Each heartbeat, once a second, contains the guest's time.  The guest's clock stops while
 * the machine sleeps, and is too slow if the emulator gets too little processor time.  The
 * host's clock may also be set. */

/* The largest difference that is accepted: "make" compares files with the host's time to
 * files with the guest's time. */
#define GBX_CLOCK_TOLERANCE (50 * G_TIME_SPAN_MILLISECOND)
/* Up to this difference the guest adjusts its clock gradually over some minutes; above it,
 * at once. */
#define GBX_CLOCK_SLEW_MAX (100 * G_TIME_SPAN_MILLISECOND)

/* Of this many heartbeats, the one with the shortest delay counts. */
#define GBX_CLOCK_WINDOW 5

typedef struct
{
  gint64 offset; /* µs, of the last heartbeat: how far the guest's clock seemed ahead */

  /*< private >*/
  gint64 offsets[GBX_CLOCK_WINDOW];
  guint n_offsets;
  gint64 silent_until, slewing_until; /* µs, monotonic */
} GbxClock;

void gbx_clock_init (GbxClock *self);

/* Handles a heartbeat. guest: its wall clock; host, monotonic: the host's wall clock and
 * monotonic clock when it came; all in µs.  TRUE: send the host's time now.  Whatever the
 * guest sends, this is at most once a second. */
gboolean gbx_clock_heartbeat (GbxClock *self, gint64 guest, gint64 host, gint64 monotonic);

G_END_DECLS
