/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-difference.h"
#include "gbx-summary.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Rows that tell what a sandbox may do: an icon, a sentence, and below it what is to say of it.
 * The texts must be safe to show. */

GtkWidget *gbx_summary_row_new (const char *icon_name, const char *text, const char *detail);
/* A risky line has a warning that is seen, read aloud and not told by its colour alone. */
GtkWidget *gbx_summary_row_new_for_line (const GbxSummaryLine *line);
GtkWidget *gbx_summary_row_new_for_difference (const GbxDifference *difference);

G_END_DECLS
