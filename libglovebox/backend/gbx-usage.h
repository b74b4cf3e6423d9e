/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a running sandbox uses of the computer.  All but memory, its limit and processes count
 * from its start. */
typedef enum
{
  GBX_USAGE_CPU_TIME,         /* nanoseconds of all processors together */
  GBX_USAGE_MEMORY,           /* bytes, now */
  GBX_USAGE_MEMORY_LIMIT,     /* bytes, now */
  GBX_USAGE_DISK_READ,        /* bytes */
  GBX_USAGE_DISK_WRITTEN,     /* bytes */
  GBX_USAGE_NETWORK_RECEIVED, /* bytes */
  GBX_USAGE_NETWORK_SENT,     /* bytes */
  GBX_USAGE_PROCESSES,        /* now */
  GBX_N_USAGES,
} GbxUsageKind;

typedef struct
{
  guint64 values[GBX_N_USAGES];
  gboolean known[GBX_N_USAGES]; /* without it the value means nothing */
  gint64 measured_at;           /* microseconds of the monotonic clock */
} GbxUsage;

static inline void
gbx_usage_set (GbxUsage *self, GbxUsageKind kind, guint64 value)
{
  self->known[kind] = TRUE;
  self->values[kind] = value;
}

/* To what is known of it. */
static inline void
gbx_usage_add (GbxUsage *self, GbxUsageKind kind, guint64 value)
{
  gbx_usage_set (self, kind, (self->known[kind] ? self->values[kind] : 0) + value);
}

G_END_DECLS
