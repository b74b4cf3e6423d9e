/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-watch"

#include "config.h"

#include "gbx-watch.h"

#include "gbx-runtime.h"

#include <glib/gi18n-lib.h>

/* The guest sends a heartbeat each second; a busy computer delays some of them. */
#define SILENCE_SECONDS 10
#define TICK_MS 1000

struct _GbxWatch
{
  GbxBackend *backend;   /* (unowned) */
  GbxGuest *guest;       /* (unowned) */
  GbxProgress *progress; /* (unowned) */
  guint time_divisor;
  guint tick; /* source */
  gboolean was_silent;
  const char *usual, *condition; /* constants */
};

/* Twice in a row: if this process itself was stopped, it first reads what the guest has
 * sent meanwhile. */
static gboolean
is_silent (GbxWatch *self)
{
  gint64 limit = SILENCE_SECONDS * G_USEC_PER_SEC / self->time_divisor;
  gboolean silent = gbx_guest_get_silence (self->guest) > limit;
  gboolean twice = silent && self->was_silent;

  self->was_silent = silent;
  return twice;
}

static void
set_condition (GbxWatch *self, const char *condition)
{
  if (condition == self->condition)
    return;
  self->condition = condition;
  gbx_backend_publish (self->backend, condition);
  gbx_progress_notify (self->progress, "condition");
}

static void
look (GbxWatch *self)
{
  gboolean paused = g_str_equal (self->usual, GBX_CONDITION_PAUSED);
  const char *condition = self->usual;
  char *trouble;

  if (!paused && is_silent (self))
    {
      condition = GBX_CONDITION_SILENT;
      trouble = g_strdup (_ ("The sandbox does not answer: its guest has stopped, or this "
                             "computer is very busy. Wait for it, or stop it."));
    }
  else if ((trouble = gbx_backend_describe_trouble (self->backend)))
    condition = GBX_CONDITION_IMPAIRED;
  gbx_progress_take_trouble (self->progress, trouble);
  /* That it is paused, or stops, says more. */
  set_condition (self, g_str_equal (self->usual, GBX_CONDITION_RUNNING) ? condition : self->usual);
}

static gboolean
on_tick (gpointer user_data)
{
  look (user_data);
  return G_SOURCE_CONTINUE;
}

GbxWatch *
gbx_watch_new (GbxBackend *backend, GbxGuest *guest, GbxProgress *progress, guint time_divisor)
{
  GbxWatch *self = g_new0 (GbxWatch, 1);

  self->backend = backend;
  self->guest = guest;
  self->progress = progress;
  self->time_divisor = time_divisor;
  self->tick = g_timeout_add (MAX (TICK_MS / time_divisor, 1), on_tick, self);
  self->usual = GBX_CONDITION_RUNNING;
  set_condition (self, GBX_CONDITION_RUNNING);
  return self;
}

void
gbx_watch_set_usual (GbxWatch *self, const char *condition)
{
  self->usual = condition;
  self->was_silent = FALSE;
  look (self);
}

const char *
gbx_watch_get_condition (GbxWatch *self)
{
  return self->condition;
}

void
gbx_watch_free (GbxWatch *self)
{
  g_source_remove (self->tick);
  gbx_progress_take_trouble (self->progress, NULL);
  g_free (self);
}
