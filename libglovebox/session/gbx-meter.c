/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-meter"

#include "config.h"

#include "gbx-meter.h"

/* Between two measurements. */
#define PAUSE_MS 1000
/* After the first one: whoever has just begun to look wants to see rates. */
#define FIRST_PAUSE_MS 250
/* How long somebody who has looked is taken to look on. */
#define ATTENTION_US (3 * G_USEC_PER_SEC)

struct _GbxMeter
{
  gatomicrefcount references; /* the owner's, and a measurement's */
  GbxBackend *backend;
  GbxMeterFunc func; /* NULL once it was freed */
  gpointer user_data;

  guint pause; /* source: before the next measurement */
  gboolean measures;
  gint64 looked_at;

  gboolean has_usage;
  GbxUsage usage;
};

static void
meter_unref (GbxMeter *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_object_unref (self->backend);
  g_free (self);
}

GbxMeter *
gbx_meter_new (GbxBackend *backend, GbxMeterFunc func, gpointer user_data)
{
  GbxMeter *self = g_new0 (GbxMeter, 1);

  g_atomic_ref_count_init (&self->references);
  self->backend = g_object_ref (backend);
  self->func = func;
  self->user_data = user_data;
  return self;
}

void
gbx_meter_free (GbxMeter *self)
{
  g_clear_handle_id (&self->pause, g_source_remove);
  self->func = NULL;
  meter_unref (self);
}

/* ------------------------------------------------------------- measuring -- */

static void measure (GbxMeter *self);

static gboolean
on_pause_over (gpointer user_data)
{
  GbxMeter *self = user_data;

  self->pause = 0;
  if (g_get_monotonic_time () - self->looked_at < ATTENTION_US)
    measure (self);
  return G_SOURCE_REMOVE;
}

/* If libvirt hangs, the next measurement waits for it, and the figures get old. */
static void
measured_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GbxMeter *self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean is_first = !self->has_usage;
  GbxUsage usage;

  self->measures = FALSE;
  if (!gbx_backend_measure_finish (GBX_BACKEND (source), result, &usage, &error))
    g_debug ("cannot measure: %s", error->message);
  else if (self->func)
    {
      self->usage = usage;
      self->has_usage = TRUE;
    }
  if (self->func)
    {
      self->pause = g_timeout_add (is_first ? FIRST_PAUSE_MS : PAUSE_MS, on_pause_over, self);
      self->func (self->user_data); /* last: it may free the meter */
    }
  meter_unref (self);
}

static void
measure (GbxMeter *self)
{
  self->measures = TRUE;
  g_atomic_ref_count_inc (&self->references);
  gbx_backend_measure_async (self->backend, measured_cb, self);
}

void
gbx_meter_look (GbxMeter *self)
{
  self->looked_at = g_get_monotonic_time ();
  if (!self->measures && !self->pause)
    measure (self);
}

gboolean
gbx_meter_get (GbxMeter *self, GbxUsage *usage)
{
  if (!self->has_usage)
    return FALSE;
  *usage = self->usage;
  return TRUE;
}
