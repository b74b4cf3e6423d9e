/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-cli"

#include "config.h"

#include "gbx-top-table.h"

#include "gbx-condition-text.h"

#include <glib/gi18n.h>
#include <string.h>

/* A line that is too narrow loses the columns with the highest rank first. */
static const struct
{
  const char *title;
  guint least; /* cells */
  guint most;  /* a text's; 0: it is a number, at the right side */
  guint rank;  /* 0: always there */
  int load;    /* the GbxLoadKind, or -1 */
} columns[GBX_TOP_N_COLUMNS] = {
  [GBX_TOP_NAME] = { N_ ("NAME"), 8, 30, 0, -1 },
  [GBX_TOP_APPLICATION] = { N_ ("APPLICATION"), 11, 30, 9, -1 },
  [GBX_TOP_BACKEND] = { N_ ("BACKEND"), 4, 8, 7, -1 },
  [GBX_TOP_STATE] = { N_ ("STATE"), 8, 12, 5, -1 },
  [GBX_TOP_CPU] = { N_ ("CPU%"), 6, 0, 0, GBX_LOAD_CPU },
  [GBX_TOP_MEMORY] = { N_ ("MEMORY"), 11, 0, 1, GBX_LOAD_MEMORY },
  [GBX_TOP_READ] = { N_ ("READ/s"), 6, 0, 4, GBX_LOAD_DISK_READ },
  [GBX_TOP_WRITTEN] = { N_ ("WRITE/s"), 6, 0, 4, GBX_LOAD_DISK_WRITTEN },
  [GBX_TOP_RECEIVED] = { N_ ("IN/s"), 6, 0, 3, GBX_LOAD_RECEIVED },
  [GBX_TOP_SENT] = { N_ ("OUT/s"), 6, 0, 3, GBX_LOAD_SENT },
  [GBX_TOP_PROCESSES] = { N_ ("PROCS"), 5, 0, 6, GBX_LOAD_PROCESSES },
  [GBX_TOP_TIME] = { N_ ("TIME"), 7, 0, 8, -1 },
};

void
gbx_top_row_free (GbxTopRow *self)
{
  g_free (self->name);
  g_free (self->application);
  g_free (self->backend);
  g_free (self->condition);
  g_free (self);
}

const char *
gbx_top_column_title (GbxTopColumn column)
{
  return _ (columns[column].title);
}

/* ----------------------------------------------------------------- cells -- */

static guint
cells_of_character (gunichar character)
{
  return g_unichar_iszerowidth (character) ? 0 : g_unichar_iswide (character) ? 2 : 1;
}

static guint
count_cells (const char *text)
{
  guint cells = 0;

  for (const char *at = text; *at; at = g_utf8_next_char (at))
    cells += cells_of_character (g_utf8_get_char (at));
  return cells;
}

char *
gbx_top_format_bytes (double bytes)
{
  const char units[] = "KMGT";
  double value = bytes;
  guint i = 0;

  if (bytes < 0)
    return g_strdup ("-");
  if (bytes < 999.5)
    return g_strdup_printf ("%.0f", bytes);
  for (value /= 1024; value >= 999.5 && i < strlen (units) - 1; i++)
    value /= 1024;
  return g_strdup_printf (value < 9.95 ? "%.1f%c" : "%.0f%c", value, units[i]);
}

static char *
format_memory (const GbxTopRow *row)
{
  g_autofree char *used = gbx_top_format_bytes (row->loads[GBX_LOAD_MEMORY]);
  g_autofree char *limit = gbx_top_format_bytes (row->loads[GBX_LOAD_MEMORY_LIMIT]);

  return g_strconcat (used, "/", limit, NULL);
}

/* The guest can say what it wants: a question mark tells that it is its word. */
static char *
format_processes (const GbxTopRow *row)
{
  double processes = row->loads[GBX_LOAD_PROCESSES];

  if (processes < 0)
    return g_strdup ("-");
  return g_strdup_printf ("%.0f%s", MIN (processes, 99999), row->guest_counts ? "?" : "");
}

static char *
format_percent (double percent)
{
  return percent < 0 ? g_strdup ("-") : g_strdup_printf ("%.1f", percent);
}

static char *
format_cell (const GbxTopRow *row, GbxTopColumn column)
{
  switch (column)
    {
    case GBX_TOP_NAME:
      return gbx_top_cut (row->name, G_MAXUINT);
    case GBX_TOP_APPLICATION:
      return gbx_top_cut (row->application, G_MAXUINT);
    case GBX_TOP_BACKEND:
      return gbx_top_cut (row->backend, G_MAXUINT);
    case GBX_TOP_STATE:
      return g_strdup (gbx_condition_text (row->condition));
    case GBX_TOP_CPU:
      return format_percent (row->loads[GBX_LOAD_CPU]);
    case GBX_TOP_MEMORY:
      return format_memory (row);
    case GBX_TOP_PROCESSES:
      return format_processes (row);
    case GBX_TOP_TIME:
      return gbx_age_text (row->started);
    default:
      return gbx_top_format_bytes (row->loads[columns[column].load]);
    }
}

/* ---------------------------------------------------------------- layout -- */

static guint
natural_width (GPtrArray *rows, GbxTopColumn column)
{
  guint width = MAX (columns[column].least, count_cells (gbx_top_column_title (column)));

  for (guint i = 0; i < rows->len; i++)
    {
      g_autofree char *cell = format_cell (rows->pdata[i], column);

      width = MAX (width, count_cells (cell));
    }
  return columns[column].most > 0 ? MIN (width, columns[column].most) : width;
}

static guint
line_width (const GbxTopLayout *layout)
{
  guint width = 0;

  for (guint i = 0; i < GBX_TOP_N_COLUMNS; i++)
    if (layout->widths[i] > 0)
      width += layout->widths[i] + (width > 0);
  return width;
}

/* Texts are cut before a column is left out. */
static void
shrink_texts (GbxTopLayout *layout, guint width)
{
  for (int i = GBX_TOP_STATE; i >= GBX_TOP_NAME; i--)
    while (layout->widths[i] > columns[i].least && line_width (layout) > width)
      layout->widths[i]--;
}

static void
leave_one_out (GbxTopLayout *layout)
{
  guint last = 0;

  for (guint i = 1; i < GBX_TOP_N_COLUMNS; i++)
    if (layout->widths[i] > 0 && (layout->widths[last] == 0 || columns[i].rank > columns[last].rank))
      last = i;
  layout->widths[last] = 0;
}

GbxTopLayout
gbx_top_layout (GPtrArray *rows, guint width)
{
  GbxTopLayout natural, layout;
  guint left_out = 0;

  for (guint i = 0; i < GBX_TOP_N_COLUMNS; i++)
    natural.widths[i] = natural_width (rows, i);
  do
    {
      layout = natural;
      for (guint i = 0; i < left_out; i++)
        leave_one_out (&layout);
      shrink_texts (&layout, width);
    }
  while (line_width (&layout) > width && left_out++ < GBX_TOP_N_COLUMNS - 2);
  if (line_width (&layout) > width) /* the name alone, in a terminal of a few cells */
    layout.widths[GBX_TOP_CPU] = 0;
  layout.widths[GBX_TOP_NAME] = MIN (layout.widths[GBX_TOP_NAME], MAX (width, 1));
  return layout;
}

/* ----------------------------------------------------------------- lines -- */

char *
gbx_top_cut (const char *text, guint width)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *cut = g_string_new (NULL);
  guint cells = 0;

  for (const char *at = valid; *at; at = g_utf8_next_char (at))
    {
      gunichar character = g_utf8_get_char (at);

      if (!g_unichar_isprint (character))
        character = ' ';
      cells += cells_of_character (character);
      if (cells > width)
        break;
      g_string_append_unichar (cut, character);
    }
  return g_string_free (cut, FALSE);
}

/* Cut or filled up to that many cells. */
static void
append_cell (GString *line, const char *text, guint width, gboolean right)
{
  g_autofree char *cell = gbx_top_cut (text, width);
  guint blanks = width - count_cells (cell);

  if (line->len > 0)
    g_string_append_c (line, ' ');
  if (!right)
    g_string_append (line, cell);
  for (guint i = 0; i < blanks; i++)
    g_string_append_c (line, ' ');
  if (right)
    g_string_append (line, cell);
}

char *
gbx_top_heading (const GbxTopLayout *layout)
{
  GString *line = g_string_new (NULL);

  for (guint i = 0; i < GBX_TOP_N_COLUMNS; i++)
    if (layout->widths[i] > 0)
      append_cell (line, gbx_top_column_title (i), layout->widths[i], columns[i].most == 0);
  return g_string_free (line, FALSE);
}

char *
gbx_top_line (const GbxTopLayout *layout, const GbxTopRow *row)
{
  GString *line = g_string_new (NULL);

  for (guint i = 0; i < GBX_TOP_N_COLUMNS; i++)
    {
      g_autofree char *cell = layout->widths[i] > 0 ? format_cell (row, i) : NULL;

      if (cell)
        append_cell (line, cell, layout->widths[i], columns[i].most == 0);
    }
  return g_string_free (line, FALSE);
}

static double
add_up (GPtrArray *rows, GbxLoadKind kind)
{
  double sum = 0;

  for (guint i = 0; i < rows->len; i++)
    sum += MAX (((GbxTopRow *) rows->pdata[i])->loads[kind], 0);
  return sum;
}

char *
gbx_top_summary (GPtrArray *rows)
{
  g_autofree char *memory = gbx_top_format_bytes (add_up (rows, GBX_LOAD_MEMORY));
  g_autofree char *count
      = g_strdup_printf (ngettext ("%u sandbox", "%u sandboxes", rows->len), rows->len);

  /* Translators: "3 sandboxes, 142 % of a processor, 1.2G of memory" */
  return g_strdup_printf (_ ("%s, %.0f %% of a processor, %s of memory"), count,
                          add_up (rows, GBX_LOAD_CPU), memory);
}

/* --------------------------------------------------------------- sorting -- */

typedef struct
{
  GbxTopColumn column;
  gboolean reverse;
} Order;

static const char *
text_of (const GbxTopRow *row, GbxTopColumn column)
{
  return column == GBX_TOP_APPLICATION ? row->application
         : column == GBX_TOP_BACKEND   ? row->backend
         : column == GBX_TOP_STATE     ? gbx_condition_text (row->condition)
                                       : row->name;
}

static double
number_of (const GbxTopRow *row, GbxTopColumn column)
{
  return column == GBX_TOP_TIME ? -(double) row->started : row->loads[columns[column].load];
}

static int
compare_rows (gconstpointer a, gconstpointer b, gpointer data)
{
  const GbxTopRow *one = *(GbxTopRow *const *) a, *other = *(GbxTopRow *const *) b;
  const Order *order = data;
  double difference = 0;
  int result;

  if (columns[order->column].most > 0)
    result = g_utf8_collate (text_of (one, order->column), text_of (other, order->column));
  else
    {
      difference = number_of (other, order->column) - number_of (one, order->column);
      result = (difference > 0) - (difference < 0);
    }
  if (order->reverse)
    result = -result;
  return result != 0 ? result : strcmp (one->name, other->name);
}

void
gbx_top_sort (GPtrArray *rows, GbxTopColumn column, gboolean reverse)
{
  Order order = { column, reverse };

  g_ptr_array_sort_with_data (rows, compare_rows, &order);
}
