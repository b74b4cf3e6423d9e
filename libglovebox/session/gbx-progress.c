/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-progress"

#include "config.h"

#include "gbx-progress.h"

#include "gbx-journal.h"

struct _GbxProgress
{
  GObject parent_instance;

  char *name;
  char *activity;
  double fraction;
  char *notice, *trouble; /* (nullable) */
  GbxJournal *journal; /* everything */
  GbxJournal *output;  /* what the application wrote */
  gint64 begun, ended; /* monotonic, microseconds */
};

enum
{
  SIGNAL_CHANGED,
  SIGNAL_LOG,
  SIGNAL_LOGGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GbxProgress, gbx_progress, G_TYPE_OBJECT)

static void
gbx_progress_finalize (GObject *object)
{
  GbxProgress *self = GBX_PROGRESS (object);

  gbx_journal_free (self->journal);
  gbx_journal_free (self->output);
  g_free (self->name);
  g_free (self->activity);
  g_free (self->notice);
  g_free (self->trouble);
  G_OBJECT_CLASS (gbx_progress_parent_class)->finalize (object);
}

static void
gbx_progress_class_init (GbxProgressClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gbx_progress_finalize;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", GBX_TYPE_PROGRESS, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_LOG] = g_signal_new ("log", GBX_TYPE_PROGRESS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                      NULL, G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_STRING);
  signals[SIGNAL_LOGGED] = g_signal_new ("logged", GBX_TYPE_PROGRESS, G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 0);
}

static void
gbx_progress_init (GbxProgress *self)
{
  self->journal = gbx_journal_new ();
  self->output = gbx_journal_new ();
  self->activity = g_strdup ("");
}

GbxProgress *
gbx_progress_new (const char *name)
{
  GbxProgress *self = g_object_new (GBX_TYPE_PROGRESS, NULL);

  self->name = g_strdup (name);
  return self;
}

/* ------------------------------------------------------------- changing -- */

void
gbx_progress_notify (GbxProgress *self, const char *property)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0, property);
}

void
gbx_progress_begin (GbxProgress *self)
{
  self->begun = g_get_monotonic_time ();
}

void
gbx_progress_end (GbxProgress *self)
{
  gbx_journal_end_output (self->output);
  if (gbx_journal_end_output (self->journal))
    g_signal_emit (self, signals[SIGNAL_LOGGED], 0);
  self->ended = g_get_monotonic_time ();
}

void
gbx_progress_set_name (GbxProgress *self, const char *name)
{
  g_free (self->name);
  self->name = g_strdup (name);
  gbx_progress_notify (self, "name");
}

void
gbx_progress_set_activity (GbxProgress *self, const char *activity, double fraction)
{
  g_free (self->activity);
  self->activity = g_strdup (activity);
  self->fraction = fraction;
  gbx_progress_notify (self, "activity");
  gbx_progress_notify (self, "fraction");
}

void
gbx_progress_add_notice (GbxProgress *self, const char *text)
{
  g_autofree char *before = g_steal_pointer (&self->notice);

  self->notice = before ? g_strconcat (before, "\n", text, NULL) : g_strdup (text);
  gbx_progress_add_log (self, GBX_LOG_INFO, text);
  gbx_progress_notify (self, "notice");
}

gboolean
gbx_progress_take_trouble (GbxProgress *self, char *trouble)
{
  g_autofree char *before = g_steal_pointer (&self->trouble);

  self->trouble = trouble;
  if (g_strcmp0 (trouble, before) == 0)
    return FALSE;
  if (trouble)
    gbx_progress_add_log (self, GBX_LOG_INFO, trouble);
  gbx_progress_notify (self, "trouble");
  return TRUE;
}

void
gbx_progress_add_log (GbxProgress *self, GbxLogLevel level, const char *text)
{
  gbx_journal_add (self->journal, text);
  g_signal_emit (self, signals[SIGNAL_LOGGED], 0);
  g_signal_emit (self, signals[SIGNAL_LOG], 0, level, text);
}

void
gbx_progress_add_output (GbxProgress *self, gboolean is_stderr, GBytes *data)
{
  gbx_journal_add_output (self->output, is_stderr, data);
  if (gbx_journal_add_output (self->journal, is_stderr, data))
    g_signal_emit (self, signals[SIGNAL_LOGGED], 0);
}

/* -------------------------------------------------------------- getters -- */

const char *
gbx_progress_get_name (GbxProgress *self)
{
  return self->name;
}

const char *
gbx_progress_get_activity (GbxProgress *self)
{
  return self->activity;
}

double
gbx_progress_get_fraction (GbxProgress *self)
{
  return self->fraction;
}

const char *
gbx_progress_get_notice (GbxProgress *self)
{
  return self->notice;
}

const char *
gbx_progress_get_trouble (GbxProgress *self)
{
  return self->trouble;
}

gint64
gbx_progress_get_elapsed (GbxProgress *self)
{
  if (!self->begun)
    return 0;
  return (self->ended ? self->ended : g_get_monotonic_time ()) - self->begun;
}

char *
gbx_progress_dup_log_since (GbxProgress *self, guint64 *position)
{
  return gbx_journal_dup_since (self->journal, position);
}

char *
gbx_progress_dup_output_since (GbxProgress *self, guint64 *position)
{
  return gbx_journal_dup_since (self->output, position);
}
