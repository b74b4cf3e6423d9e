/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-load"

#include "config.h"

#include "gbx-load.h"

/* Figures are measured once a second: older ones are of a sandbox that cannot be measured now. */
#define FRESH_US (5 * G_USEC_PER_SEC)

typedef struct
{
  double values[GBX_N_LOADS];
  double totals[GBX_N_LOADS];
} Sample;

struct _GbxLoad
{
  gint64 measured_at; /* 0: never */
  gint64 taken_at;    /* when that was heard of first */
  gint64 now;         /* of the latest figures */
  Sample latest;
  gboolean by_guest;

  float past[GBX_N_LOADS][GBX_LOAD_SECONDS]; /* rings */
  gint64 second; /* of the ring's latest entry */
};

/* Which of the figures it is made of; a rate is what they have grown by in a second. */
static const struct
{
  const char *name;
  gboolean is_rate;
  double factor;
} sources[GBX_N_LOADS] = {
  /* Nanoseconds a second, in percent. */
  [GBX_LOAD_CPU] = { "cpu-time", TRUE, 1e-7 },
  [GBX_LOAD_MEMORY] = { "memory", FALSE, 1 },
  [GBX_LOAD_MEMORY_LIMIT] = { "memory-limit", FALSE, 1 },
  [GBX_LOAD_DISK_READ] = { "disk-read", TRUE, 1 },
  [GBX_LOAD_DISK_WRITTEN] = { "disk-written", TRUE, 1 },
  [GBX_LOAD_RECEIVED] = { "received", TRUE, 1 },
  [GBX_LOAD_SENT] = { "sent", TRUE, 1 },
  [GBX_LOAD_PROCESSES] = { "processes", FALSE, 1 },
};

static void
forget (Sample *sample)
{
  for (guint i = 0; i < GBX_N_LOADS; i++)
    sample->values[i] = sample->totals[i] = -1;
}

GbxLoad *
gbx_load_new (void)
{
  GbxLoad *self = g_new0 (GbxLoad, 1);

  forget (&self->latest);
  for (guint i = 0; i < GBX_N_LOADS; i++)
    for (guint j = 0; j < GBX_LOAD_SECONDS; j++)
      self->past[i][j] = -1;
  return self;
}

void
gbx_load_free (GbxLoad *self)
{
  g_free (self);
}

/* A counter begins anew when the guest is started a second time. */
static double
rate (double total, double before, double seconds)
{
  return before >= 0 && total >= before && seconds > 0 ? (total - before) / seconds : -1;
}

static void
measure (GbxLoad *self, GVariantDict *dict, double seconds)
{
  Sample before = self->latest;

  for (guint i = 0; i < GBX_N_LOADS; i++)
    {
      guint64 number;
      double total = g_variant_dict_lookup (dict, sources[i].name, "t", &number)
                         ? number * sources[i].factor : -1;

      self->latest.totals[i] = total;
      self->latest.values[i]
          = sources[i].is_rate ? rate (total, before.totals[i], seconds) : total;
    }
}

/* Entries of seconds in which nothing was heard are not known. */
static void
remember (GbxLoad *self)
{
  gint64 second = self->now / G_USEC_PER_SEC;
  gint64 first = MAX (self->second + 1, second - GBX_LOAD_SECONDS + 1);

  for (guint i = 0; i < GBX_N_LOADS; i++)
    {
      for (gint64 at = first; at < second; at++)
        self->past[i][at % GBX_LOAD_SECONDS] = -1;
      self->past[i][second % GBX_LOAD_SECONDS] = gbx_load_get (self, i);
    }
  self->second = second;
}

static void
take_measurement (GbxLoad *self, GVariantDict *dict)
{
  gint64 measured_at;

  if (!g_variant_dict_lookup (dict, "measured-at", "x", &measured_at)
      || measured_at <= self->measured_at)
    return;
  measure (self, dict, (measured_at - self->measured_at) / (double)G_USEC_PER_SEC);
  self->measured_at = measured_at;
  self->taken_at = self->now;
}

static void
take_guest (GbxLoad *self, GVariantDict *dict)
{
  guint64 processes;

  self->by_guest = !g_variant_dict_contains (dict, "processes")
                   && g_variant_dict_lookup (dict, "guest-processes", "t", &processes);
  if (self->by_guest)
    self->latest.values[GBX_LOAD_PROCESSES] = processes;
}

void
gbx_load_take (GbxLoad *self, GVariant *figures, gint64 now)
{
  g_auto (GVariantDict) dict = { 0 };

  self->now = now;
  if (figures)
    {
      g_variant_dict_init (&dict, figures);
      take_measurement (self, &dict);
      take_guest (self, &dict);
    }
  remember (self);
}

double
gbx_load_get (GbxLoad *self, GbxLoadKind kind)
{
  gboolean old = self->now - self->taken_at > FRESH_US;

  return old && !gbx_load_is_told_by_guest (self, kind) ? -1 : self->latest.values[kind];
}

double
gbx_load_get_total (GbxLoad *self, GbxLoadKind kind)
{
  return self->latest.totals[kind];
}

gboolean
gbx_load_is_told_by_guest (GbxLoad *self, GbxLoadKind kind)
{
  return kind == GBX_LOAD_PROCESSES && self->by_guest;
}

double
gbx_load_get_past (GbxLoad *self, GbxLoadKind kind, guint seconds)
{
  gint64 at = self->second - seconds;

  return at < 0 || seconds >= GBX_LOAD_SECONDS ? -1 : self->past[kind][at % GBX_LOAD_SECONDS];
}
