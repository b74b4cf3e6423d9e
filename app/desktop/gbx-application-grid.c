/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-application-grid"
#include "config.h"

#include "gbx-application-grid.h"

#include "gbx-application-tile.h"

#include <glib/gi18n.h>

/* How long tiles are made before what else waits has its turn. */
#define SLICE_US 8000
/* To show hundreds of tiles at once would take longer than a frame: the first ones fill the window,
 * and the others come in steps. */
#define N_FIRST 60
#define N_STEP 60
#define MAX_RECENT_SHOWN 6
#define MIN_WIDTH 280
#define NATURAL_WIDTH 390

/* One part: a heading above its tiles. */
typedef struct
{
  GtkWidget *heading;
  GtkFlowBox *box;
  GHashTable *tiles; /* (element-type utf8 GbxApplicationTile): by the application's id */
} Part;

struct _GbxApplicationGrid
{
  GtkScrolledWindow parent_instance;

  Part recent, all;
  GPtrArray *applications; /* (nullable) */
  GHashTable *by_id;       /* of them */
  guint n_made;            /* of them have a tile */
  guint n_found;           /* fit what is searched for */
  guint limit;             /* so many of these are shown by now */
  char **recent_ids;
  char **words; /* (nullable) */
  guint categories;
  char *selected; /* (nullable): an id */
  GHashTable *starting;
  guint maker, revealer; /* sources */
  gboolean is_changing;
};

G_DEFINE_FINAL_TYPE (GbxApplicationGrid, gbx_application_grid, GTK_TYPE_SCROLLED_WINDOW)

enum
{
  SELECTED,
  ACTIVATED,
  MENU,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

/* ------------------------------------------------------------- selection -- */

static GbxApplicationTile *
find_tile (GbxApplicationGrid *self, const char *id)
{
  GbxApplicationTile *tile = id ? g_hash_table_lookup (self->all.tiles, id) : NULL;

  return tile && gbx_application_tile_get_rank (tile) != G_MAXUINT ? tile : NULL;
}

static void
set_selected (GbxApplicationGrid *self, const char *id)
{
  if (g_strcmp0 (self->selected, id) == 0)
    return;
  g_free (self->selected);
  self->selected = g_strdup (id);
  g_signal_emit (self, signals[SELECTED], 0);
}

/* Only one tile of both parts is selected. */
static void
on_selection (GtkFlowBox *box, GbxApplicationGrid *self)
{
  GtkFlowBox *other = box == self->all.box ? self->recent.box : self->all.box;
  g_autoptr (GList) tiles = gtk_flow_box_get_selected_children (box);
  GbxApplication *application;

  if (self->is_changing)
    return;
  if (!tiles)
    {
      set_selected (self, NULL);
      return;
    }
  self->is_changing = TRUE;
  gtk_flow_box_unselect_all (other);
  self->is_changing = FALSE;
  application = gbx_application_tile_get_application (tiles->data);
  set_selected (self, gbx_application_get_id (application));
}

static void
on_activated (GtkFlowBox *box, GbxApplicationTile *tile, GbxApplicationGrid *self)
{
  g_signal_emit (self, signals[ACTIVATED], 0, gbx_application_tile_get_application (tile));
}

static void
select_tile (GbxApplicationGrid *self, GtkFlowBox *box, GbxApplicationTile *tile)
{
  self->is_changing = TRUE;
  gtk_flow_box_unselect_all (self->recent.box);
  gtk_flow_box_unselect_all (self->all.box);
  if (tile)
    gtk_flow_box_select_child (box, GTK_FLOW_BOX_CHILD (tile));
  self->is_changing = FALSE;
  set_selected (self, tile ? gbx_application_get_id (gbx_application_tile_get_application (tile))
                           : NULL);
}

/* From one part to the other. */
static gboolean
on_keynav_failed (GtkFlowBox *box, GtkDirectionType direction, GbxApplicationGrid *self)
{
  if (box == self->recent.box && direction == GTK_DIR_DOWN)
    return gtk_widget_child_focus (GTK_WIDGET (self->all.box), GTK_DIR_TAB_FORWARD);
  if (box == self->all.box && direction == GTK_DIR_UP
      && gtk_widget_is_visible (GTK_WIDGET (self->recent.box)))
    return gtk_widget_child_focus (GTK_WIDGET (self->recent.box), GTK_DIR_TAB_FORWARD);
  return FALSE;
}

/* ------------------------------------------------------------------ menu -- */

static gboolean
on_button_press (GtkFlowBox *box, GdkEvent *event, GbxApplicationGrid *self)
{
  GtkFlowBoxChild *tile;

  if (!gdk_event_triggers_context_menu (event))
    return GDK_EVENT_PROPAGATE;
  tile = gtk_flow_box_get_child_at_pos (box, (int)event->button.x, (int)event->button.y);
  if (!tile)
    return GDK_EVENT_PROPAGATE;
  select_tile (self, box, GBX_APPLICATION_TILE (tile));
  gtk_widget_grab_focus (GTK_WIDGET (tile));
  g_signal_emit (self, signals[MENU], 0, tile, event);
  return GDK_EVENT_STOP;
}

/* Shift+F10 and the menu key. */
static gboolean
on_popup_menu (GtkFlowBox *box, GbxApplicationGrid *self)
{
  g_autoptr (GList) tiles = gtk_flow_box_get_selected_children (box);

  if (tiles)
    g_signal_emit (self, signals[MENU], 0, tiles->data, NULL);
  return tiles != NULL;
}

/* ----------------------------------------------------------------- tiles -- */

static int
compare (GtkFlowBoxChild *one, GtkFlowBoxChild *other, gpointer data)
{
  guint a = gbx_application_tile_get_rank (GBX_APPLICATION_TILE (one));
  guint b = gbx_application_tile_get_rank (GBX_APPLICATION_TILE (other));

  return a < b ? -1 : a > b;
}

static gboolean
is_shown (GtkFlowBoxChild *tile, gpointer data)
{
  guint rank = gbx_application_tile_get_rank (GBX_APPLICATION_TILE (tile));
  const guint *limit = data;

  return rank != G_MAXUINT && rank < *limit;
}

static GbxApplicationTile *
add_tile (GbxApplicationGrid *self, Part *part, GbxApplication *application, guint rank)
{
  const char *id = gbx_application_get_id (application);
  GtkWidget *tile = gbx_application_tile_new (application);

  gbx_application_tile_set_rank (GBX_APPLICATION_TILE (tile), rank);
  if (g_hash_table_contains (self->starting, id))
    gbx_application_tile_set_starting (GBX_APPLICATION_TILE (tile), TRUE);
  g_hash_table_insert (part->tiles, g_strdup (id), tile);
  gtk_container_add (GTK_CONTAINER (part->box), tile);
  return GBX_APPLICATION_TILE (tile);
}

/* How well it fits: 0 not at all. */
static guint
rate (GbxApplicationGrid *self, GbxApplication *application)
{
  if (self->categories && !(self->categories & gbx_application_get_categories (application)))
    return 0;
  return self->words ? gbx_application_match (application, (const char *const *)self->words) : 1;
}

typedef struct
{
  GbxApplicationTile *tile;
  guint rating, place;
} Found;

/* What fits better comes first; else the order is by name, that of the list. */
static int
compare_found (gconstpointer a, gconstpointer b)
{
  const Found *one = a, *other = b;

  if (one->rating != other->rating)
    return one->rating > other->rating ? -1 : 1;
  return one->place < other->place ? -1 : 1;
}

/* Returns: how many fit, those without a tile too */
static guint
rank_all (GbxApplicationGrid *self)
{
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (Found));
  guint n_found = 0;

  for (guint i = 0; self->applications && i < self->applications->len; i++)
    {
      GbxApplication *application = self->applications->pdata[i];
      GbxApplicationTile *tile
          = g_hash_table_lookup (self->all.tiles, gbx_application_get_id (application));
      Found it = { tile, rate (self, application), i };

      n_found += it.rating > 0;
      if (tile && it.rating > 0)
        g_array_append_val (found, it);
      else if (tile)
        gbx_application_tile_set_rank (tile, G_MAXUINT);
    }
  g_array_sort (found, compare_found);
  for (guint i = 0; i < found->len; i++)
    gbx_application_tile_set_rank (g_array_index (found, Found, i).tile, i);
  return n_found;
}

static gboolean
on_reveal (gpointer data)
{
  GbxApplicationGrid *self = data;

  self->limit += N_STEP;
  gtk_flow_box_invalidate_filter (self->all.box);
  if (self->limit < self->n_found)
    return G_SOURCE_CONTINUE;
  self->revealer = 0;
  return G_SOURCE_REMOVE;
}

static void
refilter (GbxApplicationGrid *self)
{
  self->n_found = rank_all (self);
  self->limit = N_FIRST;
  gtk_flow_box_invalidate_sort (self->all.box);
  gtk_flow_box_invalidate_filter (self->all.box);
  if (self->limit < self->n_found && self->revealer == 0)
    self->revealer = g_idle_add (on_reveal, self);
}

static void
make_tile (GbxApplicationGrid *self, GbxApplication *application)
{
  GbxApplicationTile *tile
      = g_hash_table_lookup (self->all.tiles, gbx_application_get_id (application));

  if (tile)
    gbx_application_tile_set_application (tile, application);
  else
    add_tile (self, &self->all, application, G_MAXUINT);
}

/* The first tiles are shown before the others are made. */
static gboolean
on_idle (gpointer data)
{
  GbxApplicationGrid *self = data;
  gint64 end = g_get_monotonic_time () + SLICE_US;
  guint before = self->n_made, all = self->applications->len;

  while (self->n_made < all && g_get_monotonic_time () < end)
    make_tile (self, self->applications->pdata[self->n_made++]);
  if (self->n_made == all || (before < N_FIRST && self->n_made >= N_FIRST))
    refilter (self);
  if (self->n_made < all)
    return G_SOURCE_CONTINUE;
  self->maker = 0;
  /* Something was searched for before its tile was there. */
  if (self->words && !self->selected)
    gbx_application_grid_select_first (self);
  return G_SOURCE_REMOVE;
}

/* Those that are not installed any more. */
static void
remove_tiles (GbxApplicationGrid *self, Part *part, GHashTable *known)
{
  GHashTableIter iter;
  char *id;
  GtkWidget *tile;

  g_hash_table_iter_init (&iter, part->tiles);
  while (g_hash_table_iter_next (&iter, (gpointer *)&id, (gpointer *)&tile))
    if (!g_hash_table_contains (known, id))
      {
        g_hash_table_iter_remove (&iter);
        gtk_widget_destroy (tile);
      }
}

static void
show_recent (GbxApplicationGrid *self)
{
  g_autoptr (GHashTable) shown = g_hash_table_new (g_str_hash, g_str_equal);
  gboolean is_wanted = !self->words && !self->categories;
  guint n = 0;

  for (guint i = 0; self->recent_ids[i] && n < MAX_RECENT_SHOWN; i++)
    {
      const char *id = self->recent_ids[i];
      GbxApplication *application = g_hash_table_lookup (self->by_id, id);
      GbxApplicationTile *tile = g_hash_table_lookup (self->recent.tiles, id);

      if (!application)
        continue;
      g_hash_table_add (shown, (gpointer)id);
      if (!tile)
        tile = add_tile (self, &self->recent, application, n);
      gbx_application_tile_set_application (tile, application);
      gbx_application_tile_set_rank (tile, n++);
    }
  remove_tiles (self, &self->recent, shown);
  gtk_flow_box_invalidate_sort (self->recent.box);
  gtk_widget_set_visible (self->recent.heading, is_wanted && n > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->recent.box), is_wanted && n > 0);
}

/* --------------------------------------------------------------- object -- */

/* Two tiles fit into the narrowest window.  What is natural decides when the categories fold away. */
static void
gbx_application_grid_get_preferred_width (GtkWidget *widget, int *minimum, int *natural)
{
  *minimum = MIN_WIDTH;
  *natural = NATURAL_WIDTH;
}

static void
gbx_application_grid_dispose (GObject *object)
{
  GbxApplicationGrid *self = GBX_APPLICATION_GRID (object);

  g_clear_handle_id (&self->maker, g_source_remove);
  g_clear_handle_id (&self->revealer, g_source_remove);
  G_OBJECT_CLASS (gbx_application_grid_parent_class)->dispose (object);
}

static void
gbx_application_grid_finalize (GObject *object)
{
  GbxApplicationGrid *self = GBX_APPLICATION_GRID (object);

  g_hash_table_unref (self->recent.tiles);
  g_hash_table_unref (self->all.tiles);
  g_hash_table_unref (self->by_id);
  g_hash_table_unref (self->starting);
  g_clear_pointer (&self->applications, g_ptr_array_unref);
  g_strfreev (self->recent_ids);
  g_strfreev (self->words);
  g_free (self->selected);
  G_OBJECT_CLASS (gbx_application_grid_parent_class)->finalize (object);
}

static void
gbx_application_grid_class_init (GbxApplicationGridClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gbx_application_grid_dispose;
  G_OBJECT_CLASS (klass)->finalize = gbx_application_grid_finalize;
  GTK_WIDGET_CLASS (klass)->get_preferred_width = gbx_application_grid_get_preferred_width;
  signals[SELECTED] = g_signal_new ("selected", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 0);
  signals[ACTIVATED] = g_signal_new ("activated", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 1, GBX_TYPE_APPLICATION);
  signals[MENU] = g_signal_new ("menu", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                2, GTK_TYPE_WIDGET, GDK_TYPE_EVENT | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static GtkWidget *
make_heading (const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_style_context_add_class (gtk_widget_get_style_context (label), "heading");
  gtk_style_context_add_class (gtk_widget_get_style_context (label), "gbx-grid-heading");
  return label;
}

static void
init_part (GbxApplicationGrid *self, Part *part, const char *heading, GtkContainer *parent)
{
  AtkObject *accessible;

  part->heading = make_heading (heading);
  part->box = GTK_FLOW_BOX (gtk_flow_box_new ());
  part->tiles = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gtk_flow_box_set_homogeneous (part->box, TRUE);
  gtk_flow_box_set_min_children_per_line (part->box, 2);
  gtk_flow_box_set_max_children_per_line (part->box, 40);
  gtk_flow_box_set_activate_on_single_click (part->box, FALSE);
  gtk_flow_box_set_sort_func (part->box, compare, NULL, NULL);
  gtk_flow_box_set_filter_func (part->box, is_shown, &self->limit, NULL);
  gtk_widget_set_valign (GTK_WIDGET (part->box), GTK_ALIGN_START);
  accessible = gtk_widget_get_accessible (GTK_WIDGET (part->box));
  atk_object_set_name (accessible, heading);
  g_object_connect (part->box, "signal::selected-children-changed", on_selection, self,
                    "signal::child-activated", on_activated, self, "signal::keynav-failed",
                    on_keynav_failed, self, "signal::button-press-event", on_button_press, self,
                    "signal::popup-menu", on_popup_menu, self, NULL);
  gtk_container_add (parent, part->heading);
  gtk_container_add (parent, GTK_WIDGET (part->box));
}

static void
gbx_application_grid_init (GbxApplicationGrid *self)
{
  GtkWidget *parts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  self->starting = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->recent_ids = g_new0 (char *, 1);
  gtk_style_context_add_class (gtk_widget_get_style_context (parts), "gbx-grid");
  init_part (self, &self->recent, _ ("Recent"), GTK_CONTAINER (parts));
  init_part (self, &self->all, _ ("All Applications"), GTK_CONTAINER (parts));
  gtk_widget_show_all (parts);
  gtk_widget_hide (self->recent.heading);
  gtk_widget_hide (GTK_WIDGET (self->recent.box));
  gtk_container_add (GTK_CONTAINER (self), parts);
  /* Not NEVER, or the window could not be narrower than what the tiles like best. */
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self), GTK_POLICY_EXTERNAL,
                                  GTK_POLICY_AUTOMATIC);
}

/* --------------------------------------------------------------- public -- */

GtkWidget *
gbx_application_grid_new (void)
{
  return g_object_new (GBX_TYPE_APPLICATION_GRID, NULL);
}

void
gbx_application_grid_set_applications (GbxApplicationGrid *self, GPtrArray *applications)
{
  g_hash_table_remove_all (self->by_id);
  g_clear_pointer (&self->applications, g_ptr_array_unref);
  self->applications = g_ptr_array_ref (applications);
  self->n_made = 0;
  for (guint i = 0; i < applications->len; i++)
    g_hash_table_insert (self->by_id, (char *)gbx_application_get_id (applications->pdata[i]),
                         applications->pdata[i]);
  remove_tiles (self, &self->all, self->by_id);
  show_recent (self);
  if (self->maker == 0)
    self->maker = g_idle_add (on_idle, self);
  if (self->selected && !g_hash_table_contains (self->by_id, self->selected))
    select_tile (self, NULL, NULL);
}

void
gbx_application_grid_set_recent (GbxApplicationGrid *self, const char *const *ids)
{
  g_strfreev (self->recent_ids);
  self->recent_ids = g_strdupv ((char **)ids);
  show_recent (self);
}

gboolean
gbx_application_grid_filter (GbxApplicationGrid *self, const char *const *words, guint categories,
                             const char *heading)
{
  g_strfreev (self->words);
  self->words = g_strdupv ((char **)words);
  self->categories = categories;
  refilter (self);
  gtk_label_set_text (GTK_LABEL (self->all.heading), heading);
  show_recent (self);
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self)), 0);
  return self->n_found > 0;
}

void
gbx_application_grid_set_single_click (GbxApplicationGrid *self, gboolean is_single)
{
  gtk_flow_box_set_activate_on_single_click (self->recent.box, is_single);
  gtk_flow_box_set_activate_on_single_click (self->all.box, is_single);
}

GbxApplication *
gbx_application_grid_get_selected (GbxApplicationGrid *self)
{
  return self->selected ? g_hash_table_lookup (self->by_id, self->selected) : NULL;
}

void
gbx_application_grid_select (GbxApplicationGrid *self, const char *desktop_id)
{
  GbxApplicationTile *tile = find_tile (self, desktop_id);

  select_tile (self, self->all.box, tile);
}

void
gbx_application_grid_select_first (GbxApplicationGrid *self)
{
  GtkFlowBoxChild *tile = gtk_flow_box_get_child_at_index (self->all.box, 0);

  if (tile && gbx_application_tile_get_rank (GBX_APPLICATION_TILE (tile)) != G_MAXUINT)
    select_tile (self, self->all.box, GBX_APPLICATION_TILE (tile));
  else
    select_tile (self, NULL, NULL);
}

void
gbx_application_grid_focus (GbxApplicationGrid *self)
{
  g_autoptr (GList) recent = gtk_flow_box_get_selected_children (self->recent.box);
  GtkWidget *tile = recent ? recent->data : (gpointer)find_tile (self, self->selected);

  if (tile)
    gtk_widget_grab_focus (tile);
  else
    gtk_widget_child_focus (GTK_WIDGET (self), GTK_DIR_TAB_FORWARD);
}

void
gbx_application_grid_set_starting (GbxApplicationGrid *self, const char *desktop_id,
                                   gboolean is_starting)
{
  GHashTable *tiles[] = { self->recent.tiles, self->all.tiles };

  if (is_starting)
    g_hash_table_add (self->starting, g_strdup (desktop_id));
  else
    g_hash_table_remove (self->starting, desktop_id);
  for (guint i = 0; i < G_N_ELEMENTS (tiles); i++)
    {
      GbxApplicationTile *tile = g_hash_table_lookup (tiles[i], desktop_id);

      if (tile)
        gbx_application_tile_set_starting (tile, is_starting);
    }
}

gboolean
gbx_application_grid_is_complete (GbxApplicationGrid *self)
{
  return self->applications && self->maker == 0 && self->revealer == 0;
}
