/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-load.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A small picture of how much a sandbox has used in the last minute; now is at its right. */
#define GBX_TYPE_LOAD_GRAPH (gbx_load_graph_get_type ())
G_DECLARE_FINAL_TYPE (GbxLoadGraph, gbx_load_graph, GBX, LOAD_GRAPH, GtkDrawingArea)

GtkWidget *gbx_load_graph_new (void);
/* The sum of both kinds, which may be the same one.  least: what fills the height at least, so
 * that next to nothing looks like it. */
void gbx_load_graph_show (GbxLoadGraph *self, GbxLoad *load, GbxLoadKind one, GbxLoadKind other,
                          double least);

G_END_DECLS
