/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-load.h"

G_BEGIN_DECLS

/* The table of "glovebox top" as text.  Nothing here knows of a terminal. */

typedef enum
{
  GBX_TOP_NAME,
  GBX_TOP_APPLICATION,
  GBX_TOP_BACKEND,
  GBX_TOP_STATE,
  GBX_TOP_CPU,
  GBX_TOP_MEMORY, /* and its limit */
  GBX_TOP_READ,
  GBX_TOP_WRITTEN,
  GBX_TOP_RECEIVED,
  GBX_TOP_SENT,
  GBX_TOP_PROCESSES,
  GBX_TOP_TIME,
  GBX_TOP_N_COLUMNS,
} GbxTopColumn;

/* One sandbox. */
typedef struct
{
  char *name;
  char *application;
  char *backend;
  char *condition; /* one of GBX_CONDITION_STARTING and so on */
  int pid;
  gint64 started;             /* seconds since 1970 */
  double loads[GBX_N_LOADS];  /* -1: not known */
  double totals[GBX_N_LOADS]; /* since the start; -1: not known */
  gboolean guest_counts;      /* the number of processes is the guest's word */
} GbxTopRow;

void gbx_top_row_free (GbxTopRow *self);

/* The columns that fit in a line of that many cells, and how wide each is; 0: it is left out. */
typedef struct
{
  guint widths[GBX_TOP_N_COLUMNS];
} GbxTopLayout;

/* rows: (element-type GbxTopRow).  width: G_MAXUINT for as wide as it needs to be. */
GbxTopLayout gbx_top_layout (GPtrArray *rows, guint width);
/* The largest first; of texts the first of the alphabet.  What is not known comes last. */
void gbx_top_sort (GPtrArray *rows, GbxTopColumn column, gboolean reverse);
/* (transfer full): without control characters, and not wider than the layout's line. */
char *gbx_top_heading (const GbxTopLayout *layout);
char *gbx_top_line (const GbxTopLayout *layout, const GbxTopRow *row);
/* (transfer full): the beginning that fits in that many cells, without control characters. */
char *gbx_top_cut (const char *text, guint width);
/* What a column is called. */
const char *gbx_top_column_title (GbxTopColumn column);
/* (transfer full): "1.2M"; "-" for what is not known. */
char *gbx_top_format_bytes (double bytes);
/* (transfer full): how many sandboxes there are, and what all of them use. */
char *gbx_top_summary (GPtrArray *rows);

G_END_DECLS
