/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-cli"

#include "config.h"

#include "gbx-top-source.h"

#include "gbx-control-client.h"
#include "gbx-runtime.h"

#include <glib/gi18n.h>
#include <signal.h>

#define TICK_MS 250
/* Figures change once a second. */
#define PAUSE_US (G_USEC_PER_SEC * 9 / 10)
/* Until the first rates are known, it is asked at each tick, but not for ever. */
#define EAGER_READINGS 12
/* After this a process that has not answered is shown as one that does not. */
#define SILENCE_US (3 * G_USEC_PER_SEC)

/* One sandbox. */
typedef struct
{
  gatomicrefcount references; /* the source's, and one for each call under way */
  GbxTopSource *source;       /* NULL once the sandbox is gone */
  GbxRunning *running;
  GbxControlClient *client; /* (nullable) */
  GbxLoad *load;
  gboolean asks;   /* it is being opened or read */
  gint64 asked_at; /* when that began */
  guint n_readings;
} Entry;

struct _GbxTopSource
{
  GHashTable *entries; /* name → Entry */
  GCancellable *stop;
  guint tick;
  GbxTopMessageFunc func;
  gpointer user_data;
};

static void
entry_unref (Entry *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  gbx_running_free (self->running);
  g_clear_object (&self->client);
  gbx_load_free (self->load);
  g_free (self);
}

static Entry *
entry_ref (Entry *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

static void
entry_drop (gpointer data)
{
  Entry *self = data;

  self->source = NULL;
  entry_unref (self);
}

static Entry *
entry_new (GbxTopSource *source)
{
  Entry *self = g_new0 (Entry, 1);

  g_atomic_ref_count_init (&self->references);
  self->source = source;
  self->load = gbx_load_new ();
  return self;
}

/* --------------------------------------------------------------- reading -- */

static void
figures_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Entry *self = user_data;
  g_autoptr (GVariant) figures
      = gbx_control_client_read_figures_finish (GBX_CONTROL_CLIENT (object), result, NULL);

  self->asks = FALSE;
  self->n_readings++;
  gbx_load_take (self->load, figures, g_get_monotonic_time ());
  if (!figures)
    g_clear_object (&self->client);
  entry_unref (self);
}

static void
read_figures (Entry *self)
{
  self->asks = TRUE;
  self->asked_at = g_get_monotonic_time ();
  gbx_control_client_read_figures_async (self->client, self->source->stop, figures_cb,
                                         entry_ref (self));
}

static void
open_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Entry *self = user_data;

  self->asks = FALSE;
  self->n_readings++;
  self->client = gbx_control_client_open_finish (result, NULL);
  if (self->client && self->source)
    read_figures (self);
  entry_unref (self);
}

static gboolean
is_early (Entry *self, gint64 now)
{
  gboolean eager = self->n_readings < EAGER_READINGS && gbx_load_get (self->load, GBX_LOAD_CPU) < 0;

  return now - self->asked_at < (eager ? TICK_MS * 500 : PAUSE_US);
}

static void
ask (Entry *self)
{
  gint64 now = g_get_monotonic_time ();

  if (self->asks)
    {
      gbx_load_take (self->load, NULL, now);
      return;
    }
  if (is_early (self, now))
    return;
  if (self->client && !gbx_control_client_is_closed (self->client))
    {
      read_figures (self);
      return;
    }
  g_clear_object (&self->client);
  self->asks = TRUE;
  self->asked_at = now;
  gbx_control_client_open_async (self->running->name, self->source->stop, open_cb,
                                 entry_ref (self));
}

/* A name can be another sandbox's by now. */
static void
update (GbxTopSource *self, GbxRunning *running)
{
  Entry *entry = g_hash_table_lookup (self->entries, running->name);

  if (entry && g_strcmp0 (entry->running->uuid, running->uuid) != 0)
    entry = NULL;
  if (!entry)
    {
      entry = entry_new (self);
      g_hash_table_insert (self->entries, g_strdup (running->name), entry);
    }
  g_clear_pointer (&entry->running, gbx_running_free);
  entry->running = running;
}

static gboolean
is_gone (gpointer key, gpointer value, gpointer list)
{
  return !g_ptr_array_find (list, ((Entry *) value)->running, NULL);
}

static gboolean
on_tick (gpointer user_data)
{
  GbxTopSource *self = user_data;
  g_autoptr (GPtrArray) list = gbx_running_list (NULL);
  GHashTableIter iter;
  gpointer entry;

  if (!list)
    list = g_ptr_array_new ();
  g_ptr_array_set_free_func (list, NULL); /* the entries take them */
  for (guint i = 0; i < list->len; i++)
    update (self, list->pdata[i]);
  g_hash_table_foreach_remove (self->entries, is_gone, list);
  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &entry))
    ask (entry);
  return G_SOURCE_CONTINUE;
}

/* ------------------------------------------------------------------ rows -- */

static gboolean
is_silent (const Entry *self)
{
  return self->asks && g_get_monotonic_time () - self->asked_at > SILENCE_US;
}

static const char *
condition_of (const Entry *self)
{
  return is_silent (self) && g_strcmp0 (self->running->condition, GBX_CONDITION_STARTING) != 0
             ? GBX_CONDITION_SILENT : self->running->condition;
}

static GbxTopRow *
make_row (const Entry *entry)
{
  const GbxRunning *running = entry->running;
  GbxTopRow *row = g_new0 (GbxTopRow, 1);

  row->name = g_strdup (running->name);
  row->application = g_strdup (running->title ? running->title : "");
  row->backend
      = g_strdup (running->accelerator && *running->accelerator ? running->accelerator : "-");
  row->condition = g_strdup (condition_of (entry));
  row->pid = running->pid;
  row->started = running->started;
  for (guint i = 0; i < GBX_N_LOADS; i++)
    {
      row->loads[i] = gbx_load_get (entry->load, i);
      row->totals[i] = gbx_load_get_total (entry->load, i);
    }
  row->guest_counts = gbx_load_is_told_by_guest (entry->load, GBX_LOAD_PROCESSES);
  return row;
}

GPtrArray *
gbx_top_source_get_rows (GbxTopSource *self)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify) gbx_top_row_free);
  GHashTableIter iter;
  gpointer entry;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &entry))
    g_ptr_array_add (rows, make_row (entry));
  return rows;
}

/* Of a process that does not answer nothing more comes, nor of one that has often answered. */
static gboolean
is_complete (const Entry *self)
{
  return gbx_load_get (self->load, GBX_LOAD_CPU) >= 0 || is_silent (self) ||
         self->n_readings >= EAGER_READINGS;
}

gboolean
gbx_top_source_is_complete (GbxTopSource *self)
{
  GHashTableIter iter;
  gpointer entry;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &entry))
    if (!is_complete (entry))
      return FALSE;
  return TRUE;
}

/* --------------------------------------------------------------- actions -- */

static void
call_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Entry *self = user_data;
  g_autoptr (GError) error = NULL;

  gbx_control_client_call_finish (GBX_CONTROL_CLIENT (object), result, NULL, NULL, &error);
  if (self->source)
    self->source->func (error ? error->message : NULL, self->source->user_data);
  entry_unref (self);
}

void
gbx_top_source_stop (GbxTopSource *self, const char *name)
{
  Entry *entry = g_hash_table_lookup (self->entries, name);

  if (!entry)
    return;
  if (entry->client && g_strcmp0 (condition_of (entry), GBX_CONDITION_SILENT) != 0)
    gbx_control_client_stop_async (entry->client, self->stop, call_cb, entry_ref (entry));
  else if (entry->running->pid > 1 && gbx_running_is_alive (name))
    kill (entry->running->pid, SIGTERM);
}

void
gbx_top_source_pause (GbxTopSource *self, const char *name)
{
  Entry *entry = g_hash_table_lookup (self->entries, name);

  if (!entry)
    return;
  if (!entry->client)
    self->func (_ ("The process of this sandbox does not answer"), self->user_data);
  else if (gbx_control_client_get_paused (entry->client))
    gbx_control_client_resume_async (entry->client, self->stop, call_cb, entry_ref (entry));
  else
    gbx_control_client_pause_async (entry->client, self->stop, call_cb, entry_ref (entry));
}

/* ---------------------------------------------------------------- source -- */

GbxTopSource *
gbx_top_source_new (GbxTopMessageFunc func, gpointer user_data)
{
  GbxTopSource *self = g_new0 (GbxTopSource, 1);

  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, entry_drop);
  self->stop = g_cancellable_new ();
  self->func = func;
  self->user_data = user_data;
  on_tick (self);
  self->tick = g_timeout_add (TICK_MS, on_tick, self);
  return self;
}

void
gbx_top_source_free (GbxTopSource *self)
{
  g_clear_handle_id (&self->tick, g_source_remove);
  g_cancellable_cancel (self->stop);
  g_hash_table_unref (self->entries);
  g_object_unref (self->stop);
  g_free (self);
}
