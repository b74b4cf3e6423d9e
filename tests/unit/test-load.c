/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a sandbox uses: from what libvirt and the kernel tell to the table of "glovebox top". */

#include "gbx-load.h"
#include "gbx-process-usage.h"
#include "gbx-runtime.h"
#include "gbx-top-table.h"
#include "gbx-virt-usage.h"

#include <string.h>
#include <unistd.h>

#define SECOND G_USEC_PER_SEC

/* --------------------------------------------------------------- sources -- */

/* As a daemon of an account answers, with a disk and an interface. */
static void
test_libvirt (void)
{
  virTypedParameter params[] = {
    { "cpu.time", VIR_TYPED_PARAM_ULLONG, { .ul = 2600000000 } },
    { "cpu.user", VIR_TYPED_PARAM_ULLONG, { .ul = 1 } },
    { "balloon.current", VIR_TYPED_PARAM_ULLONG, { .ul = 524288 } },
    { "balloon.rss", VIR_TYPED_PARAM_ULLONG, { .ul = 255008 } },
    { "block.count", VIR_TYPED_PARAM_UINT, { .ui = 2 } },
    { "block.0.rd.bytes", VIR_TYPED_PARAM_ULLONG, { .ul = 100 } },
    { "block.1.rd.bytes", VIR_TYPED_PARAM_ULLONG, { .ul = 23 } },
    { "net.0.rx.bytes", VIR_TYPED_PARAM_ULLONG, { .ul = 5 } },
  };
  GbxUsage usage = { 0 };

  gbx_virt_usage_take (params, G_N_ELEMENTS (params), &usage);
  g_assert_cmpuint (usage.values[GBX_USAGE_CPU_TIME], ==, 2600000000);
  g_assert_cmpuint (usage.values[GBX_USAGE_MEMORY], ==, 255008 * 1024);
  g_assert_cmpuint (usage.values[GBX_USAGE_MEMORY_LIMIT], ==, 512 << 20);
  g_assert_cmpuint (usage.values[GBX_USAGE_DISK_READ], ==, 123);
  g_assert_false (usage.known[GBX_USAGE_DISK_WRITTEN]);
  g_assert_cmpuint (usage.values[GBX_USAGE_NETWORK_RECEIVED], ==, 5);
  g_assert_false (usage.known[GBX_USAGE_PROCESSES]);
}

static void
test_process (void)
{
  GbxUsage usage = { 0 };
  gint64 before = g_get_monotonic_time ();

  /* A clock tick of work, so that there is something to see. */
  while (g_get_monotonic_time () - before < SECOND / 10)
    ;
  gbx_process_usage_read (getpid (), &usage);
  g_assert_true (usage.known[GBX_USAGE_CPU_TIME]);
  g_assert_cmpuint (usage.values[GBX_USAGE_CPU_TIME], >, 0);
  g_assert_cmpuint (usage.values[GBX_USAGE_CPU_TIME], <, 1000000000000);
  g_assert_cmpuint (usage.values[GBX_USAGE_MEMORY], >, 1 << 20);
  /* A share's server counts for its sandbox too. */
  usage.values[GBX_USAGE_DISK_WRITTEN] = usage.values[GBX_USAGE_DISK_READ] = 5;
  gbx_process_usage_add_disk (getpid (), &usage);
  g_assert_cmpuint (usage.values[GBX_USAGE_DISK_READ], >=, 5);
  g_assert_cmpuint (usage.values[GBX_USAGE_DISK_WRITTEN], >=, 5);
  memset (&usage, 0, sizeof usage);
  gbx_process_usage_read (0, &usage);
  for (guint i = 0; i < GBX_N_USAGES; i++)
    g_assert_false (usage.known[i]);
}

/* ----------------------------------------------------------------- rates -- */

static void
take (GbxLoad *load, const char *figures, gint64 now)
{
  g_autoptr (GVariant) value = g_variant_ref_sink (g_variant_new_parsed (figures));

  gbx_load_take (load, value, now);
}

static void
test_rates (void)
{
  g_autoptr (GbxLoad) load = gbx_load_new ();

  take (load, "@a{sv} {'measured-at': <@x 1000000>, 'cpu-time': <@t 500000000>,"
              " 'memory': <@t 4096>, 'sent': <@t 100>}", 70 * SECOND);
  g_assert_cmpfloat (gbx_load_get (load, GBX_LOAD_CPU), <, 0);
  g_assert_cmpfloat (gbx_load_get (load, GBX_LOAD_MEMORY), ==, 4096);
  take (load, "@a{sv} {'measured-at': <@x 3000000>, 'cpu-time': <@t 1500000000>,"
              " 'memory': <@t 8192>, 'sent': <@t 300>}", 72 * SECOND);
  g_assert_cmpfloat_with_epsilon (gbx_load_get (load, GBX_LOAD_CPU), 50, 0.01);
  g_assert_cmpfloat (gbx_load_get (load, GBX_LOAD_SENT), ==, 100);
  g_assert_cmpfloat (gbx_load_get_total (load, GBX_LOAD_SENT), ==, 300);
  g_assert_cmpfloat (gbx_load_get (load, GBX_LOAD_RECEIVED), <, 0);
  /* The same measurement once more changes nothing. */
  take (load, "@a{sv} {'measured-at': <@x 3000000>, 'cpu-time': <@t 1500000000>}", 73 * SECOND);
  g_assert_cmpfloat_with_epsilon (gbx_load_get (load, GBX_LOAD_CPU), 50, 0.01);
  /* A second start counts from the beginning. */
  take (load, "@a{sv} {'measured-at': <@x 4000000>, 'cpu-time': <@t 1000>}", 74 * SECOND);
  g_assert_cmpfloat (gbx_load_get (load, GBX_LOAD_CPU), <, 0);
  g_assert_cmpfloat (gbx_load_get_past (load, GBX_LOAD_CPU, 0), <, 0);
  g_assert_cmpfloat_with_epsilon (gbx_load_get_past (load, GBX_LOAD_CPU, 1), 50, 0.01);
  g_assert_cmpfloat_with_epsilon (gbx_load_get_past (load, GBX_LOAD_CPU, 2), 50, 0.01);
  g_assert_cmpfloat (gbx_load_get_past (load, GBX_LOAD_CPU, 3), <, 0);
  g_assert_cmpfloat (gbx_load_get_past (load, GBX_LOAD_CPU, GBX_LOAD_SECONDS), <, 0);
}

/* Figures that do not change any more are not shown for ever. */
static void
test_silence (void)
{
  g_autoptr (GbxLoad) load = gbx_load_new ();

  take (load, "@a{sv} {'measured-at': <@x 1000000>, 'memory': <@t 4096>}", 70 * SECOND);
  gbx_load_take (load, NULL, 73 * SECOND);
  g_assert_cmpfloat (gbx_load_get (load, GBX_LOAD_MEMORY), ==, 4096);
  gbx_load_take (load, NULL, 79 * SECOND);
  g_assert_cmpfloat (gbx_load_get (load, GBX_LOAD_MEMORY), <, 0);
}

/* The host's count wins over the guest's. */
static void
test_processes (void)
{
  g_autoptr (GbxLoad) load = gbx_load_new ();

  take (load, "@a{sv} {'guest-processes': <@t 3>}", SECOND);
  g_assert_cmpfloat (gbx_load_get (load, GBX_LOAD_PROCESSES), ==, 3);
  g_assert_true (gbx_load_is_told_by_guest (load, GBX_LOAD_PROCESSES));
  take (load, "@a{sv} {'measured-at': <@x 1000000>, 'guest-processes': <@t 3>,"
              " 'processes': <@t 9>}", 2 * SECOND);
  g_assert_cmpfloat (gbx_load_get (load, GBX_LOAD_PROCESSES), ==, 9);
  g_assert_false (gbx_load_is_told_by_guest (load, GBX_LOAD_PROCESSES));
}

/* Values of other types are as if they were not there. */
static void
test_nonsense (void)
{
  g_autoptr (GbxLoad) load = gbx_load_new ();

  take (load, "@a{sv} {'measured-at': <'now'>, 'memory': <@t 1>}", SECOND);
  g_assert_cmpfloat (gbx_load_get (load, GBX_LOAD_MEMORY), <, 0);
  take (load, "@a{sv} {'measured-at': <@x -5>, 'memory': <@t 1>}", SECOND);
  g_assert_cmpfloat (gbx_load_get (load, GBX_LOAD_MEMORY), <, 0);
  take (load, "@a{sv} {'measured-at': <@x 5>, 'memory': <'much'>}", SECOND);
  g_assert_cmpfloat (gbx_load_get (load, GBX_LOAD_MEMORY), <, 0);
}

/* ----------------------------------------------------------------- table -- */

static GbxTopRow *
make_row (const char *name, double cpu, double memory)
{
  GbxTopRow *row = g_new0 (GbxTopRow, 1);

  row->name = g_strdup (name);
  row->application = g_strdup ("Some Application");
  row->backend = g_strdup ("kvm");
  row->condition = g_strdup (GBX_CONDITION_RUNNING);
  row->started = g_get_real_time () / SECOND;
  for (guint i = 0; i < GBX_N_LOADS; i++)
    row->loads[i] = row->totals[i] = -1;
  row->loads[GBX_LOAD_CPU] = cpu;
  row->loads[GBX_LOAD_MEMORY] = memory;
  row->loads[GBX_LOAD_PROCESSES] = 3;
  row->guest_counts = TRUE;
  return row;
}

static GPtrArray *
make_rows (void)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify) gbx_top_row_free);

  g_ptr_array_add (rows, make_row ("beta", -1, 3 << 20));
  g_ptr_array_add (rows, make_row ("alpha", 12.34, 1 << 20));
  g_ptr_array_add (rows, make_row ("gamma", 99, -1));
  return rows;
}

static char *
dup_order (GPtrArray *rows)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  g_auto (GStrv) list = NULL;

  for (guint i = 0; i < rows->len; i++)
    g_strv_builder_add (names, ((GbxTopRow *) rows->pdata[i])->name);
  list = g_strv_builder_end (names);
  return g_strjoinv (" ", list);
}

static void
test_sorting (void)
{
  static const struct
  {
    GbxTopColumn column;
    gboolean reverse;
    const char *order;
  } cases[] = {
    { GBX_TOP_CPU, FALSE, "gamma alpha beta" },  { GBX_TOP_MEMORY, FALSE, "beta alpha gamma" },
    { GBX_TOP_NAME, FALSE, "alpha beta gamma" }, { GBX_TOP_NAME, TRUE, "gamma beta alpha" },
    { GBX_TOP_READ, FALSE, "alpha beta gamma" },
  };
  g_autoptr (GPtrArray) rows = make_rows ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *order = NULL;

      gbx_top_sort (rows, cases[i].column, cases[i].reverse);
      order = dup_order (rows);
      g_assert_cmpstr (order, ==, cases[i].order);
    }
}

static void
test_bytes (void)
{
  static const struct
  {
    double bytes;
    const char *text;
  } cases[] = {
    { -1, "-" },          { 0, "0" },        { 999, "999" },         { 1000, "1.0K" },
    { 1024, "1.0K" },     { 10240, "10K" },  { 1000 << 10, "1.0M" }, { 512 << 20, "512M" },
    { 1.5 * (1 << 30), "1.5G" }, { 5e15, "4547T" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = gbx_top_format_bytes (cases[i].bytes);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

/* Each line fits, whatever the width; the name and the processor stay longest. */
static void
test_widths (void)
{
  g_autoptr (GPtrArray) rows = make_rows ();

  for (guint width = 1; width < 150; width++)
    {
      GbxTopLayout layout = gbx_top_layout (rows, width);
      g_autofree char *heading = gbx_top_heading (&layout);
      g_autofree char *line = gbx_top_line (&layout, rows->pdata[1]);

      g_assert_cmpuint (g_utf8_strlen (heading, -1), <=, width);
      g_assert_cmpuint (g_utf8_strlen (line, -1), ==, g_utf8_strlen (heading, -1));
      g_assert_true (width < 4 || strstr (line, "alph"));
      g_assert_true (width < 15 || strstr (line, "12.3"));
      g_assert_true (width < 80 || (strstr (line, "running") && strstr (line, "3?")));
      g_assert_true (width < 120 || strstr (line, "Some Application"));
    }
}

/* An application's title is any text. */
static void
test_titles (void)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) gbx_top_row_free);
  GbxTopRow *row = make_row ("one", 1, 1);
  GbxTopLayout layout;
  g_autofree char *line = NULL;
  g_autofree char *wide = gbx_top_cut ("日本語", 5);

  g_free (row->application);
  row->application = g_strdup ("a\033[31mb\nc\xff");
  g_ptr_array_add (rows, row);
  layout = gbx_top_layout (rows, G_MAXUINT);
  line = gbx_top_line (&layout, row);
  g_assert_null (strchr (line, '\033'));
  g_assert_null (strchr (line, '\n'));
  g_assert_true (g_utf8_validate (line, -1, NULL));
  g_assert_cmpstr (wide, ==, "日本");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/load/libvirt", test_libvirt);
  g_test_add_func ("/load/process", test_process);
  g_test_add_func ("/load/rates", test_rates);
  g_test_add_func ("/load/silence", test_silence);
  g_test_add_func ("/load/processes", test_processes);
  g_test_add_func ("/load/nonsense", test_nonsense);
  g_test_add_func ("/top/sorting", test_sorting);
  g_test_add_func ("/top/bytes", test_bytes);
  g_test_add_func ("/top/widths", test_widths);
  g_test_add_func ("/top/titles", test_titles);
  return g_test_run ();
}
