/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-cli"

#include "config.h"

#include "gbx-verbs.h"

#include "gbx-top-screen.h"
#include "gbx-top-source.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <stdio.h>
#include <unistd.h>

#define INTERVAL_LEAST 1.0
#define INTERVAL_MOST 3600.0
/* For the first rates, on a busy computer. */
#define ONCE_MS 15000
#define LOOK_MS 100

typedef struct
{
  gboolean once, json;
  double interval; /* seconds */
  GMainLoop *loop;
  GbxTopSource *source;
  GbxTopScreen *screen; /* (nullable) */
  gint64 begun;
} Top;

/* ---------------------------------------------------------------- output -- */

static void
add_number (JsonBuilder *builder, const char *name, double value, gboolean whole)
{
  json_builder_set_member_name (builder, name);
  if (value < 0)
    json_builder_add_null_value (builder);
  else if (whole)
    json_builder_add_int_value (builder, (gint64) value);
  else
    json_builder_add_double_value (builder, round (value * 10) / 10);
}

static void
add_text (JsonBuilder *builder, const char *name, const char *text)
{
  g_autofree char *valid = text ? g_utf8_make_valid (text, -1) : NULL;

  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, valid);
}

static void
add_loads (JsonBuilder *builder, const GbxTopRow *row)
{
  add_number (builder, "cpu-percent", row->loads[GBX_LOAD_CPU], FALSE);
  /* Percent of one processor for a hundredth of a second is ten milliseconds. */
  add_number (builder, "cpu-seconds",
              row->totals[GBX_LOAD_CPU] < 0 ? -1 : row->totals[GBX_LOAD_CPU] / 100, FALSE);
  add_number (builder, "memory", row->loads[GBX_LOAD_MEMORY], TRUE);
  add_number (builder, "memory-limit", row->loads[GBX_LOAD_MEMORY_LIMIT], TRUE);
  add_number (builder, "disk-read-rate", row->loads[GBX_LOAD_DISK_READ], TRUE);
  add_number (builder, "disk-write-rate", row->loads[GBX_LOAD_DISK_WRITTEN], TRUE);
  add_number (builder, "disk-read", row->totals[GBX_LOAD_DISK_READ], TRUE);
  add_number (builder, "disk-written", row->totals[GBX_LOAD_DISK_WRITTEN], TRUE);
  add_number (builder, "receive-rate", row->loads[GBX_LOAD_RECEIVED], TRUE);
  add_number (builder, "send-rate", row->loads[GBX_LOAD_SENT], TRUE);
  add_number (builder, "received", row->totals[GBX_LOAD_RECEIVED], TRUE);
  add_number (builder, "sent", row->totals[GBX_LOAD_SENT], TRUE);
  add_number (builder, "processes", row->loads[GBX_LOAD_PROCESSES], TRUE);
  json_builder_set_member_name (builder, "processes-told-by-guest");
  json_builder_add_boolean_value (builder, row->guest_counts);
}

static void
add_row (JsonBuilder *builder, const GbxTopRow *row)
{
  json_builder_begin_object (builder);
  add_text (builder, "name", row->name);
  add_text (builder, "application", row->application);
  add_text (builder, "backend", row->backend);
  add_text (builder, "state", row->condition);
  add_number (builder, "pid", row->pid, TRUE);
  add_number (builder, "started", row->started, TRUE);
  add_loads (builder, row);
  json_builder_end_object (builder);
}

/* With --once for people to read; otherwise each on a line of its own, for programs. */
static void
print_json (Top *self, GPtrArray *rows)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "sandboxes");
  json_builder_begin_array (builder);
  for (guint i = 0; i < rows->len; i++)
    add_row (builder, rows->pdata[i]);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  text = json_to_string (root, self->once);
  g_print ("%s\n", text);
}

static void
print_table (Top *self, GPtrArray *rows)
{
  GbxTopLayout layout = gbx_top_layout (rows, G_MAXUINT);
  g_autofree char *heading = gbx_top_heading (&layout);

  if (rows->len > 0)
    g_print ("%s\n", heading);
  for (guint i = 0; i < rows->len; i++)
    {
      g_autofree char *line = gbx_top_line (&layout, rows->pdata[i]);

      g_print ("%s\n", g_strchomp (line));
    }
  if (!self->once)
    g_print ("\n");
}

/* Whether somebody still reads it. */
static gboolean
print_all (Top *self)
{
  g_autoptr (GPtrArray) rows = gbx_top_source_get_rows (self->source);

  gbx_top_sort (rows, GBX_TOP_CPU, FALSE);
  if (self->json)
    print_json (self, rows);
  else
    print_table (self, rows);
  return fflush (stdout) == 0 && !ferror (stdout);
}

/* ------------------------------------------------------------------ loop -- */

static void
on_message (const char *text, gpointer user_data)
{
  Top *self = user_data;

  if (self->screen)
    gbx_top_screen_tell (self->screen, text);
}

static gboolean
on_interval (gpointer user_data)
{
  Top *self = user_data;

  if (self->screen)
    gbx_top_screen_draw (self->screen);
  else if (!print_all (self))
    g_main_loop_quit (self->loop);
  return G_SOURCE_CONTINUE;
}

/* The first figures come early; the first rates with them. */
static gboolean
on_look (gpointer user_data)
{
  Top *self = user_data;
  gint64 waited_ms = (g_get_monotonic_time () - self->begun) / 1000;

  if (!gbx_top_source_is_complete (self->source) && waited_ms < ONCE_MS)
    return G_SOURCE_CONTINUE;
  on_interval (self);
  if (self->once)
    g_main_loop_quit (self->loop);
  else
    g_timeout_add ((guint) (self->interval * 1000), on_interval, self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_quit (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_REMOVE;
}

static void
run (Top *self)
{
  gboolean interactive
      = !self->once && !self->json && isatty (STDIN_FILENO) && isatty (STDOUT_FILENO);

  self->loop = g_main_loop_new (NULL, FALSE);
  self->begun = g_get_monotonic_time ();
  self->source = gbx_top_source_new (on_message, self);
  if (interactive)
    self->screen = gbx_top_screen_new (self->source, self->loop);
  if (!self->screen)
    {
      g_unix_signal_add (SIGINT, on_quit, self->loop);
      g_unix_signal_add (SIGTERM, on_quit, self->loop);
    }
  g_timeout_add (LOOK_MS, on_look, self);
  g_main_loop_run (self->loop);
  g_clear_pointer (&self->screen, gbx_top_screen_free);
  gbx_top_source_free (self->source);
  g_main_loop_unref (self->loop);
}

static gboolean
parse (Top *self, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "once", '1', 0, G_OPTION_ARG_NONE, &self->once, N_ ("Print the table once, and exit"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &self->json, N_ ("Print JSON"), NULL },
    { "interval", 'i', 0, G_OPTION_ARG_DOUBLE, &self->interval,
      N_ ("Time between two updates, 1 to 3600; 1 if it is not given"), N_ ("SECONDS") },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_set_summary (context, _ ("Shows what the running sandboxes use, and lets you "
                                            "pause and stop them."));
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  return g_option_context_parse (context, argc, argv, error);
}

int
gbx_verb_top (int argc, char **argv)
{
  Top self = { .interval = 1 };
  g_autoptr (GError) error = NULL;

  g_set_prgname ("glovebox top");
  if (!parse (&self, &argc, &argv, &error))
    gbx_complain ("%s", error->message);
  else if (argc > 1)
    gbx_complain (_ ("“%s” takes no argument, but was given “%s”"), "top", argv[1]);
  else if (!(self.interval >= INTERVAL_LEAST && self.interval <= INTERVAL_MOST))
    gbx_complain (_ ("--interval cannot be %g: use a number of seconds from 1 to 3600"),
                  self.interval);
  else
    {
      run (&self);
      return 0;
    }
  return GBX_STATUS_FAILURE;
}
