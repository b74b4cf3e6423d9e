/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a sandbox uses now, as somebody who looks wants to see it: made from the figures of its
 * control socket, whose counters become rates. */
typedef enum
{
  GBX_LOAD_CPU,          /* percent of one processor */
  GBX_LOAD_MEMORY,       /* bytes */
  GBX_LOAD_MEMORY_LIMIT, /* bytes */
  GBX_LOAD_DISK_READ,    /* bytes a second, as the next three */
  GBX_LOAD_DISK_WRITTEN,
  GBX_LOAD_RECEIVED,
  GBX_LOAD_SENT,
  GBX_LOAD_PROCESSES,    /* the guest's word where the host cannot count them */
  GBX_N_LOADS,
} GbxLoadKind;

/* How many seconds are remembered. */
#define GBX_LOAD_SECONDS 60

typedef struct _GbxLoad GbxLoad;

GbxLoad *gbx_load_new (void);
void gbx_load_free (GbxLoad *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxLoad, gbx_load_free)
/* figures: as of the control socket, of which nothing is trusted; NULL if none have come by now.
 * now: microseconds of the monotonic clock. */
void gbx_load_take (GbxLoad *self, GVariant *figures, gint64 now);
/* -1 where it is not known, or is too old to be true. */
double gbx_load_get (GbxLoad *self, GbxLoadKind kind);
/* Since the start of the sandbox; -1 where it is not known. */
double gbx_load_get_total (GbxLoad *self, GbxLoadKind kind);
/* Whether the processes are the guest's word. */
gboolean gbx_load_is_told_by_guest (GbxLoad *self, GbxLoadKind kind);
/* What it was that many seconds ago, 0 to GBX_LOAD_SECONDS - 1; -1 where it is not known. */
double gbx_load_get_past (GbxLoad *self, GbxLoadKind kind, guint seconds);

G_END_DECLS
