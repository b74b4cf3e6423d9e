/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-load-view"
#include "config.h"

#include "gbx-load-view.h"

#include "gbx-load-graph.h"

#include <glib/gi18n.h>

#define SPACING 8

typedef struct
{
  GtkWidget *graph; /* (unowned) */
  GtkLabel *label;  /* (unowned) */
} Cell;

enum
{
  CELL_CPU,
  CELL_MEMORY,
  CELL_DISK,
  CELL_NETWORK,
  N_CELLS,
};

struct _GbxLoadView
{
  GtkFlowBox parent_instance;

  Cell cells[N_CELLS];
};

G_DEFINE_FINAL_TYPE (GbxLoadView, gbx_load_view, GTK_TYPE_FLOW_BOX)

static const struct
{
  const char *title;
  GbxLoadKind one, other;
  double least; /* what fills the graph's height at least; of the memory, the limit does */
} kinds[N_CELLS] = {
  [CELL_CPU] = { N_ ("Processor"), GBX_LOAD_CPU, GBX_LOAD_CPU, 100 },
  [CELL_MEMORY] = { N_ ("Memory"), GBX_LOAD_MEMORY, GBX_LOAD_MEMORY, 1 },
  [CELL_DISK] = { N_ ("Disk per second"), GBX_LOAD_DISK_READ, GBX_LOAD_DISK_WRITTEN, 1 << 20 },
  [CELL_NETWORK] = { N_ ("Network per second"), GBX_LOAD_RECEIVED, GBX_LOAD_SENT, 64 << 10 },
};

/* ----------------------------------------------------------------- words -- */

#define KIB 1024.0
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)

/* Short, so that four of these stand beside each other. */
static char *
format_size (double bytes)
{
  if (bytes < MIB)
    return g_strdup_printf (_ ("%.0f KiB"), bytes / KIB);
  return bytes < GIB ? g_strdup_printf (_ ("%.1f MiB"), bytes / MIB)
                     : g_strdup_printf (_ ("%.1f GiB"), bytes / GIB);
}

static char *
describe_cpu (GbxLoad *load)
{
  double percent = gbx_load_get (load, GBX_LOAD_CPU);

  /* Translators: of one processor's time */
  return percent < 0 ? NULL : g_strdup_printf (_ ("%.0f %%"), percent);
}

static char *
describe_memory (GbxLoad *load)
{
  double used = gbx_load_get (load, GBX_LOAD_MEMORY);
  double limit = gbx_load_get (load, GBX_LOAD_MEMORY_LIMIT);

  if (used < 0)
    return NULL;
  if (limit <= 0)
    return format_size (used);
  /* Translators: of the memory, a part is used: "0.3 of 2.0 GiB" */
  if (limit < GIB)
    return g_strdup_printf (_ ("%.0f of %.0f MiB"), used / MIB, limit / MIB);
  return used < GIB ? g_strdup_printf (_ ("%.0f MiB of %.1f GiB"), used / MIB, limit / GIB)
                    : g_strdup_printf (_ ("%.1f of %.1f GiB"), used / GIB, limit / GIB);
}

static char *
describe_rates (GbxLoad *load, GbxLoadKind in, GbxLoadKind out)
{
  double one = gbx_load_get (load, in), other = gbx_load_get (load, out);
  g_autofree char *first = format_size (MAX (one, 0));
  g_autofree char *second = format_size (MAX (other, 0));

  if (one < 0 && other < 0)
    return NULL;
  /* Translators: in a second, in and out: "↓ 1.2 MiB ↑ 0 KiB" */
  return g_strdup_printf (_ ("↓ %s ↑ %s"), first, second);
}

static char *
describe (GbxLoad *load, guint cell)
{
  switch (cell)
    {
    case CELL_CPU:
      return describe_cpu (load);
    case CELL_MEMORY:
      return describe_memory (load);
    case CELL_DISK:
      return describe_rates (load, GBX_LOAD_DISK_READ, GBX_LOAD_DISK_WRITTEN);
    default:
      return describe_rates (load, GBX_LOAD_RECEIVED, GBX_LOAD_SENT);
    }
}

/* ----------------------------------------------------------------- cells -- */

static GtkLabel *
add_label (GtkWidget *box, const char *text)
{
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "visible", TRUE, "label", text, "xalign", 0.0,
                                   "ellipsize", PANGO_ELLIPSIZE_END, NULL);
  GtkStyleContext *style = gtk_widget_get_style_context (label);

  gtk_style_context_add_class (style, "gbx-small");
  gtk_style_context_add_class (style, "gbx-numeric");
  gtk_container_add (GTK_CONTAINER (box), label);
  return GTK_LABEL (label);
}

/* No key stops at what only shows something. */
static void
add_cell (GbxLoadView *self, guint i)
{
  GtkWidget *child = gtk_flow_box_child_new ();
  GtkWidget *box = g_object_new (GTK_TYPE_BOX, "visible", TRUE, "orientation",
                                 GTK_ORIENTATION_VERTICAL, "spacing", 2, NULL);
  GtkLabel *title;

  self->cells[i].graph = gbx_load_graph_new ();
  atk_object_set_name (gtk_widget_get_accessible (self->cells[i].graph), _ (kinds[i].title));
  gtk_container_add (GTK_CONTAINER (box), self->cells[i].graph);
  title = add_label (box, _ (kinds[i].title));
  gtk_style_context_add_class (gtk_widget_get_style_context (GTK_WIDGET (title)), "dim-label");
  self->cells[i].label = add_label (box, "–");
  gtk_container_add (GTK_CONTAINER (child), box);
  gtk_widget_set_can_focus (child, FALSE);
  gtk_widget_show (child);
  gtk_container_add (GTK_CONTAINER (self), child);
}

/* One that is open would blink each time. */
static void
set_tooltip (GtkWidget *widget, const char *text)
{
  g_autofree char *before = gtk_widget_get_tooltip_text (widget);

  if (g_strcmp0 (before, text) != 0)
    gtk_widget_set_tooltip_text (widget, text);
}

/* A sandbox without a network has nothing to show of one. */
static void
update_cell (GbxLoadView *self, guint i, GbxLoad *load)
{
  GtkWidget *child = gtk_widget_get_ancestor (self->cells[i].graph, GTK_TYPE_FLOW_BOX_CHILD);
  g_autofree char *text = describe (load, i);
  g_autofree char *description
      = g_strdup_printf (_ ("%s: %s"), _ (kinds[i].title), text ? text : _ ("not known"));
  double limit = gbx_load_get (load, GBX_LOAD_MEMORY_LIMIT);

  gtk_label_set_text (self->cells[i].label, text ? text : "–");
  gtk_widget_set_visible (child, text || i != CELL_NETWORK);
  atk_object_set_name (gtk_widget_get_accessible (child), description);
  atk_object_set_description (gtk_widget_get_accessible (self->cells[i].graph), description);
  set_tooltip (child, description);
  gbx_load_graph_show (GBX_LOAD_GRAPH (self->cells[i].graph), load, kinds[i].one, kinds[i].other,
                       i == CELL_MEMORY ? MAX (limit, 1) : kinds[i].least);
}

/* ---------------------------------------------------------------- object -- */

static void
gbx_load_view_class_init (GbxLoadViewClass *klass)
{
}

static void
gbx_load_view_init (GbxLoadView *self)
{
  g_object_set (self, "selection-mode", GTK_SELECTION_NONE, "homogeneous", TRUE,
                "min-children-per-line", 2, "max-children-per-line", N_CELLS, "column-spacing",
                SPACING, "row-spacing", SPACING / 2, NULL);
  atk_object_set_name (gtk_widget_get_accessible (GTK_WIDGET (self)), _ ("What it uses now"));
  for (guint i = 0; i < N_CELLS; i++)
    add_cell (self, i);
}

GtkWidget *
gbx_load_view_new (void)
{
  return g_object_new (GBX_TYPE_LOAD_VIEW, "visible", TRUE, NULL);
}

void
gbx_load_view_show (GbxLoadView *self, GbxLoad *load)
{
  for (guint i = 0; i < N_CELLS; i++)
    update_cell (self, i, load);
}
