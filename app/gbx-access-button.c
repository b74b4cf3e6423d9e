/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-access-button"
#include "config.h"

#include "gbx-access-button.h"

#include "gbx-load-view.h"
#include "gbx-summary-row.h"

#include <glib/gi18n.h>

#define LIST_HEIGHT 360
/* Beside the graphs: a popover is no higher than its window. */
#define SHORT_LIST_HEIGHT 220
#define LIST_WIDTH 320

struct _GbxAccessButton
{
  GtkMenuButton parent_instance;

  GtkImage *network;   /* template */
  GtkImage *shares;    /* template */
  GtkLabel *count;     /* template: of the shares */
  GtkImage *devices;   /* template */
  GtkWidget *popover;
  GtkLabel *sentence; /* (nullable): in it once it was opened, as is the next */
  GtkListBox *lines;  /* (nullable) */

  GbxLoadView *view;  /* (nullable) */
  GtkScrolledWindow *scrolled; /* (nullable) */

  GbxPolicy *policy;   /* (nullable) */
  GbxSandbox *sandbox; /* (nullable) */
  GbxLoad *load;
  guint tick; /* source: while it is open */
};

G_DEFINE_FINAL_TYPE (GbxAccessButton, gbx_access_button, GTK_TYPE_MENU_BUTTON)

static void
show_network (GbxAccessButton *self)
{
  gboolean online = gbx_policy_get_network (self->policy) == GBX_NETWORK_USER;

  gtk_image_set_from_icon_name (
      self->network, online ? "network-transmit-receive-symbolic" : "network-offline-symbolic",
      GTK_ICON_SIZE_BUTTON);
}

/* A pencil says that there is something writable, and not by its colour alone. */
static void
show_shares (GbxAccessButton *self)
{
  GPtrArray *shares = gbx_policy_get_shares (self->policy);
  GtkStyleContext *style = gtk_widget_get_style_context (GTK_WIDGET (self->shares));
  g_autofree char *count = g_strdup_printf ("%u", shares->len);
  gboolean writable = FALSE;

  for (guint i = 0; i < shares->len; i++)
    writable |= gbx_share_get_writable (shares->pdata[i]);
  gtk_image_set_from_icon_name (self->shares,
                                writable ? "document-edit-symbolic" : "folder-symbolic",
                                GTK_ICON_SIZE_BUTTON);
  if (writable)
    gtk_style_context_add_class (style, "gbx-writable");
  else
    gtk_style_context_remove_class (style, "gbx-writable");
  gtk_label_set_text (self->count, count);
  gtk_widget_set_visible (GTK_WIDGET (self->shares), shares->len > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->count), shares->len > 1);
}

/* Read to the user of a screen reader as a whole. */
static void
show_sentence (GbxAccessButton *self)
{
  g_autofree char *sentence = gbx_summary_policy_sentence (self->policy);
  g_autofree char *name = g_strdup_printf (_ ("What the sandbox may touch: %s"), sentence);
  g_autofree char *devices = gbx_summary_policy_devices (self->policy);

  gtk_widget_set_tooltip_text (GTK_WIDGET (self), sentence);
  atk_object_set_name (gtk_widget_get_accessible (GTK_WIDGET (self)), name);
  gtk_widget_set_visible (GTK_WIDGET (self->devices), devices != NULL);
}

/* ----------------------------------------------------------------- the use -- */

static void
show_load (GbxAccessButton *self)
{
  g_autoptr (GVariant) figures = gbx_sandbox_dup_figures (self->sandbox);

  gbx_load_take (self->load, figures, g_get_monotonic_time ());
  gbx_load_view_show (self->view, self->load);
}

static gboolean
on_tick (gpointer user_data)
{
  GbxAccessButton *self = user_data;

  if (self->sandbox)
    gbx_sandbox_look (self->sandbox);
  return G_SOURCE_CONTINUE;
}

static void
on_figures (GbxAccessButton *self)
{
  if (self->tick && self->view)
    show_load (self);
}

/* It is measured only while somebody sees it. */
static void
begin_looking (GbxAccessButton *self)
{
  gboolean runs = self->sandbox && gbx_sandbox_get_started (self->sandbox);

  gtk_widget_set_visible (GTK_WIDGET (self->view), runs);
  gtk_scrolled_window_set_max_content_height (self->scrolled,
                                              runs ? SHORT_LIST_HEIGHT : LIST_HEIGHT);
  if (!self->tick)
    self->tick = g_timeout_add_seconds (1, on_tick, self);
  on_tick (self);
}

static void
on_closed (GbxAccessButton *self)
{
  g_clear_handle_id (&self->tick, g_source_remove);
}

/* ----------------------------------------------------------------- popover -- */

/* Only once it is needed: a scrolled window that was never shown outlives its parent. */
static void
fill_popover (GbxAccessButton *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 9);
  GtkWidget *scrolled = g_object_new (
      GTK_TYPE_SCROLLED_WINDOW, "hscrollbar-policy", GTK_POLICY_NEVER, "propagate-natural-height",
      TRUE, "max-content-height", LIST_HEIGHT, "width-request", LIST_WIDTH, NULL);

  self->sentence = GTK_LABEL (g_object_new (GTK_TYPE_LABEL, "wrap", TRUE, "xalign", 0.0,
                                            "max-width-chars", 40, NULL));
  self->lines = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (self->lines, GTK_SELECTION_NONE);
  gtk_style_context_add_class (gtk_widget_get_style_context (GTK_WIDGET (self->lines)), "content");
  gtk_style_context_add_class (gtk_widget_get_style_context (GTK_WIDGET (self->sentence)),
                               "gbx-sentence");
  atk_object_set_name (gtk_widget_get_accessible (GTK_WIDGET (self->lines)),
                       _ ("What the sandbox may touch"));
  g_object_set (box, "margin", 9, NULL);
  self->scrolled = GTK_SCROLLED_WINDOW (scrolled);
  self->view = GBX_LOAD_VIEW (gbx_load_view_new ());
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (self->view), 2);
  gtk_container_add (GTK_CONTAINER (scrolled), GTK_WIDGET (self->lines));
  gtk_container_add (GTK_CONTAINER (box), GTK_WIDGET (self->sentence));
  gtk_container_add (GTK_CONTAINER (box), scrolled);
  gtk_container_add (GTK_CONTAINER (box), GTK_WIDGET (self->view));
  gtk_container_add (GTK_CONTAINER (self->popover), box);
  gtk_widget_show_all (box);
}

/* When it is opened: to look for risks is to look at the disk. */
static void
on_opened (GbxAccessButton *self)
{
  g_autoptr (GPtrArray) lines = NULL;
  g_autofree char *sentence = NULL;

  if (!gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self)) || !self->policy)
    return;
  if (!self->lines)
    fill_popover (self);
  sentence = gbx_summary_policy_sentence (self->policy);
  lines = gbx_summary_policy_lines (self->policy);
  gtk_label_set_text (self->sentence, sentence);
  gtk_container_foreach (GTK_CONTAINER (self->lines), (GtkCallback)gtk_widget_destroy, NULL);
  for (guint i = 0; i < lines->len; i++)
    gtk_container_add (GTK_CONTAINER (self->lines),
                       gbx_summary_row_new_for_line (lines->pdata[i]));
  begin_looking (self);
}

/* The first line has the focus then, so that the keys scroll the list. */
static void
on_shown (GbxAccessButton *self)
{
  GtkListBoxRow *row = self->lines ? gtk_list_box_get_row_at_index (self->lines, 0) : NULL;

  if (row)
    gtk_widget_grab_focus (GTK_WIDGET (row));
}

static void
gbx_access_button_dispose (GObject *object)
{
  GbxAccessButton *self = GBX_ACCESS_BUTTON (object);

  g_clear_handle_id (&self->tick, g_source_remove);
  if (self->sandbox)
    g_signal_handlers_disconnect_by_data (self->sandbox, self);
  g_clear_object (&self->sandbox);
  g_clear_pointer (&self->load, gbx_load_free);
  g_clear_pointer (&self->policy, gbx_policy_unref);
  G_OBJECT_CLASS (gbx_access_button_parent_class)->dispose (object);
}

static void
gbx_access_button_class_init (GbxAccessButtonClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gbx_access_button_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/glovebox/Glovebox/ui/gbx-access-button.ui");
  gtk_widget_class_bind_template_child (widget_class, GbxAccessButton, network);
  gtk_widget_class_bind_template_child (widget_class, GbxAccessButton, shares);
  gtk_widget_class_bind_template_child (widget_class, GbxAccessButton, count);
  gtk_widget_class_bind_template_child (widget_class, GbxAccessButton, devices);
}

static void
gbx_access_button_init (GbxAccessButton *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->load = gbx_load_new ();
  self->popover = gtk_popover_new (GTK_WIDGET (self));
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (self), self->popover);
  g_signal_connect (self, "toggled", G_CALLBACK (on_opened), NULL);
  g_signal_connect_object (self->popover, "closed", G_CALLBACK (on_closed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->popover, "show", G_CALLBACK (on_shown), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
}

void
gbx_access_button_set_policy (GbxAccessButton *self, GbxPolicy *policy)
{
  g_clear_pointer (&self->policy, gbx_policy_unref);
  self->policy = gbx_policy_ref (policy);
  show_network (self);
  show_shares (self);
  show_sentence (self);
}

void
gbx_access_button_set_sandbox (GbxAccessButton *self, GbxSandbox *sandbox)
{
  if (self->sandbox)
    g_signal_handlers_disconnect_by_data (self->sandbox, self);
  g_set_object (&self->sandbox, sandbox);
  gbx_load_free (self->load);
  self->load = gbx_load_new ();
  g_signal_connect_object (sandbox, "notify::figures", G_CALLBACK (on_figures), self,
                           G_CONNECT_SWAPPED);
}
