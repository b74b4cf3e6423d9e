/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-window-list"
#include "config.h"

#include "gbx-window-list.h"

#include <glib/gi18n.h>

/* A guest could change its windows at any rate. */
#define DELAY_MS 100
#define LIST_HEIGHT 320

struct _GbxWindowList
{
  GtkMenuButton parent_instance;

  GtkLabel *count;  /* template */
  GtkListBox *rows; /* template */

  GbxSandbox *sandbox; /* (nullable) */
  GVariant *shown;     /* (nullable): what the rows show */
  guint source;
};

/* Of what the user can switch to; the array of GbxSandbox is a(usbb). */
typedef struct
{
  guint number;
  const char *title; /* the array's */
} Entry;

enum
{
  CHOSEN,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GbxWindowList, gbx_window_list, GTK_TYPE_MENU_BUTTON)

static int
compare_age (gconstpointer a, gconstpointer b)
{
  guint first = ((const Entry *)a)->number, second = ((const Entry *)b)->number;

  return first < second ? -1 : first > second;
}

/* The oldest first, so that a window keeps its place; *active is the number of the one in use. */
static GArray *
read_entries (GVariant *windows, guint *active)
{
  GArray *entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  GVariantIter iter;
  Entry entry;
  gboolean modal;

  g_variant_iter_init (&iter, windows);
  while (g_variant_iter_next (&iter, "(u&sbb)", &entry.number, &entry.title, NULL, &modal))
    if (!modal)
      g_array_append_val (entries, entry);
  *active = entries->len > 0 ? g_array_index (entries, Entry, 0).number : 0;
  g_array_sort (entries, compare_age);
  return entries;
}

static GtkWidget *
make_row (const Entry *entry, gboolean active)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *check = gtk_image_new_from_icon_name ("object-select-symbolic", GTK_ICON_SIZE_MENU);
  GtkWidget *label = gtk_label_new (*entry->title ? entry->title : _ ("Window without a title"));
  g_autofree char *name
      = g_strdup_printf (active ? _ ("%s, in use") : "%s", gtk_label_get_text (GTK_LABEL (label)));

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 48);
  gtk_label_set_single_line_mode (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_opacity (check, active ? 1 : 0);
  gtk_box_pack_start (GTK_BOX (box), label, TRUE, TRUE, 0);
  gtk_box_pack_end (GTK_BOX (box), check, FALSE, FALSE, 0);
  g_object_set (box, "margin", 8, NULL);
  gtk_container_add (GTK_CONTAINER (row), box);
  atk_object_set_name (gtk_widget_get_accessible (row), name);
  g_object_set_data (G_OBJECT (row), "number", GUINT_TO_POINTER (entry->number));
  gtk_widget_show_all (row);
  return row;
}

static guint
get_number (GtkListBoxRow *row)
{
  return row ? GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (row), "number")) : 0;
}

/* On the row that is selected, or on the first one if its window has gone. */
static void
focus_row (GbxWindowList *self)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (self->rows);

  if (!row)
    row = gtk_list_box_get_row_at_index (self->rows, 0);
  if (row)
    gtk_widget_grab_focus (GTK_WIDGET (row));
}

/* A list that is open keeps its selection, or else begins with the window in use. */
static void
fill_rows (GbxWindowList *self, GArray *entries, guint active)
{
  gboolean is_open = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self));
  guint selected = is_open ? get_number (gtk_list_box_get_selected_row (self->rows)) : active;

  gtk_container_foreach (GTK_CONTAINER (self->rows), (GtkCallback)gtk_widget_destroy, NULL);
  for (guint i = 0; i < entries->len; i++)
    {
      const Entry *entry = &g_array_index (entries, Entry, i);
      GtkWidget *row = make_row (entry, entry->number == active);

      gtk_list_box_insert (self->rows, row, -1);
      if (entry->number == selected)
        gtk_list_box_select_row (self->rows, GTK_LIST_BOX_ROW (row));
    }
  if (is_open)
    focus_row (self);
}

static void
show_count (GbxWindowList *self, guint n)
{
  g_autofree char *count = g_strdup_printf ("%u", n);
  g_autofree char *text
      = g_strdup_printf (ngettext ("%u window", "%u windows", n), n);

  gtk_label_set_text (self->count, count);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), text);
  atk_object_set_name (gtk_widget_get_accessible (GTK_WIDGET (self)), text);
}

static void update_soon (GbxWindowList *self);

/* Only once it is needed: a scrolled window that was never shown outlives its parent. */
static void
make_popover (GbxWindowList *self)
{
  GtkWidget *popover, *scrolled;

  if (gtk_menu_button_get_popover (GTK_MENU_BUTTON (self)))
    return;
  popover = gtk_popover_new (GTK_WIDGET (self));
  scrolled = g_object_new (GTK_TYPE_SCROLLED_WINDOW, "hscrollbar-policy", GTK_POLICY_NEVER,
                           "propagate-natural-width", TRUE, "propagate-natural-height", TRUE,
                           "max-content-height", LIST_HEIGHT, "margin", 6, "visible", TRUE, NULL);
  gtk_container_add (GTK_CONTAINER (scrolled), GTK_WIDGET (self->rows));
  gtk_container_add (GTK_CONTAINER (popover), scrolled);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (self), popover);
  g_signal_connect_object (popover, "show", G_CALLBACK (focus_row), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (popover, "closed", G_CALLBACK (update_soon), self, G_CONNECT_SWAPPED);
}

static void
update (GbxWindowList *self)
{
  gboolean runs = self->sandbox && gbx_sandbox_get_state (self->sandbox) == GBX_SANDBOX_RUNNING;
  g_autoptr (GVariant) windows = self->sandbox ? gbx_sandbox_dup_windows (self->sandbox) : NULL;
  g_autoptr (GArray) entries = NULL;
  gboolean several;
  guint active;

  if (!runs)
    {
      gtk_widget_hide (GTK_WIDGET (self));
      return;
    }
  if (!self->shown || !g_variant_equal (windows, self->shown))
    {
      entries = read_entries (windows, &active);
      show_count (self, entries->len);
      fill_rows (self, entries, active);
      g_clear_pointer (&self->shown, g_variant_unref);
      self->shown = g_steal_pointer (&windows);
    }
  several = gtk_list_box_get_row_at_index (self->rows, 1) != NULL;
  if (several)
    make_popover (self);
  /* A list that is open would close with its button. */
  gtk_widget_set_visible (GTK_WIDGET (self),
                          several || gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self)));
}

static gboolean
on_delay (gpointer data)
{
  GbxWindowList *self = data;

  self->source = 0;
  update (self);
  return G_SOURCE_REMOVE;
}

static void
update_soon (GbxWindowList *self)
{
  if (!self->source)
    self->source = g_timeout_add (DELAY_MS, on_delay, self);
}

static void
on_row_activated (GbxWindowList *self, GtkListBoxRow *row)
{
  gtk_popover_popdown (gtk_menu_button_get_popover (GTK_MENU_BUTTON (self)));
  if (self->sandbox)
    gbx_sandbox_use_window (self->sandbox, get_number (row));
  g_signal_emit (self, signals[CHOSEN], 0);
}

/* -------------------------------------------------------------- object -- */

static void
gbx_window_list_dispose (GObject *object)
{
  GbxWindowList *self = GBX_WINDOW_LIST (object);

  g_clear_handle_id (&self->source, g_source_remove);
  g_clear_pointer (&self->shown, g_variant_unref);
  g_clear_object (&self->sandbox);
  G_OBJECT_CLASS (gbx_window_list_parent_class)->dispose (object);
}

static void
gbx_window_list_class_init (GbxWindowListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gbx_window_list_dispose;
  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/glovebox/Glovebox/ui/gbx-window-list.ui");
  gtk_widget_class_bind_template_child (widget_class, GbxWindowList, count);
  gtk_widget_class_bind_template_child (widget_class, GbxWindowList, rows);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
}

static void
gbx_window_list_init (GbxWindowList *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
gbx_window_list_set_sandbox (GbxWindowList *self, GbxSandbox *sandbox)
{
  if (self->sandbox)
    g_signal_handlers_disconnect_by_data (self->sandbox, self);
  g_set_object (&self->sandbox, sandbox);
  if (sandbox)
    g_object_connect (sandbox, "swapped-object-signal::notify::windows", update_soon, self,
                      "swapped-object-signal::notify::state", update_soon, self, NULL);
  update (self);
}
