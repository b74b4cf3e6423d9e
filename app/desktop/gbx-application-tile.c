/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-application-tile"
#include "config.h"

#include "gbx-application-tile.h"

#include "gbx-icon-loader.h"

#include <glib/gi18n.h>

#define ICON_SIZE 48

struct _GbxApplicationTile
{
  GtkFlowBoxChild parent_instance;

  GbxApplication *application;
  GtkOverlay *overlay;
  GtkImage *image;
  GtkWidget *badge;   /* (nullable) */
  GtkWidget *spinner; /* (nullable) */
  GtkLabel *label;
  guint rank;
  gboolean has_icon; /* or asked for it */
};

G_DEFINE_FINAL_TYPE (GbxApplicationTile, gbx_application_tile, GTK_TYPE_FLOW_BOX_CHILD)

static void
show_badge (GbxApplicationTile *self)
{
  gboolean is_changed = gbx_application_is_profile_changed (self->application);

  if (is_changed && !self->badge)
    {
      self->badge = gtk_image_new_from_icon_name ("document-edit-symbolic", GTK_ICON_SIZE_MENU);
      gtk_widget_set_halign (self->badge, GTK_ALIGN_END);
      gtk_widget_set_valign (self->badge, GTK_ALIGN_END);
      gtk_style_context_add_class (gtk_widget_get_style_context (self->badge), "gbx-badge");
      gtk_overlay_add_overlay (self->overlay, self->badge);
      gtk_overlay_set_overlay_pass_through (self->overlay, self->badge, TRUE);
    }
  if (self->badge)
    gtk_widget_set_visible (self->badge, is_changed);
}

/* What a screen reader says after the name. */
static void
describe (GbxApplicationTile *self)
{
  const char *summary = gbx_application_get_summary (self->application);
  g_autoptr (GString) text = g_string_new (summary);

  if (self->spinner && gtk_widget_get_visible (self->spinner))
    g_string_append_printf (text, "%s%s", text->len ? "\n" : "", _ ("Starting…"));
  if (gbx_application_is_profile_changed (self->application))
    g_string_append_printf (text, "%s%s", text->len ? "\n" : "",
                            _ ("You have changed its profile"));
  atk_object_set_description (gtk_widget_get_accessible (GTK_WIDGET (self)), text->str);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), text->len ? text->str : NULL);
}

static gboolean
gbx_application_tile_draw (GtkWidget *widget, cairo_t *cr)
{
  GbxApplicationTile *self = GBX_APPLICATION_TILE (widget);

  if (!self->has_icon)
    {
      self->has_icon = TRUE;
      gbx_icon_loader_show (self->image, gbx_application_get_icon (self->application), ICON_SIZE);
    }
  return GTK_WIDGET_CLASS (gbx_application_tile_parent_class)->draw (widget, cr);
}

/* The theme of icons or the scale has changed. */
static void
forget_icon (GbxApplicationTile *self)
{
  self->has_icon = FALSE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
gbx_application_tile_dispose (GObject *object)
{
  g_clear_object (&GBX_APPLICATION_TILE (object)->application);
  G_OBJECT_CLASS (gbx_application_tile_parent_class)->dispose (object);
}

static void
gbx_application_tile_class_init (GbxApplicationTileClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = gbx_application_tile_dispose;
  GTK_WIDGET_CLASS (klass)->draw = gbx_application_tile_draw;
}

static GtkWidget *
make_icon (GbxApplicationTile *self)
{
  GtkWidget *overlay = gtk_overlay_new ();

  self->overlay = GTK_OVERLAY (overlay);
  self->image = GTK_IMAGE (gtk_image_new ());
  gtk_widget_set_size_request (GTK_WIDGET (self->image), ICON_SIZE, ICON_SIZE);
  gtk_container_add (GTK_CONTAINER (overlay), GTK_WIDGET (self->image));
  gtk_widget_set_halign (overlay, GTK_ALIGN_CENTER);
  return overlay;
}

static void
make_label (GbxApplicationTile *self)
{
  self->label = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_line_wrap (self->label, TRUE);
  gtk_label_set_line_wrap_mode (self->label, PANGO_WRAP_WORD_CHAR);
  gtk_label_set_lines (self->label, 2);
  gtk_label_set_ellipsize (self->label, PANGO_ELLIPSIZE_END);
  gtk_label_set_justify (self->label, GTK_JUSTIFY_CENTER);
  gtk_label_set_width_chars (self->label, 12);
  gtk_label_set_max_width_chars (self->label, 12);
  gtk_widget_set_valign (GTK_WIDGET (self->label), GTK_ALIGN_START);
}

static void
gbx_application_tile_init (GbxApplicationTile *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  make_label (self);
  gtk_container_add (GTK_CONTAINER (box), make_icon (self));
  gtk_container_add (GTK_CONTAINER (box), GTK_WIDGET (self->label));
  gtk_container_add (GTK_CONTAINER (self), box);
  gtk_style_context_add_class (gtk_widget_get_style_context (GTK_WIDGET (self)), "gbx-tile");
  gtk_widget_show_all (GTK_WIDGET (self));
  g_signal_connect_object (gtk_icon_theme_get_default (), "changed", G_CALLBACK (forget_icon),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect (self, "notify::scale-factor", G_CALLBACK (forget_icon), NULL);
}

GtkWidget *
gbx_application_tile_new (GbxApplication *application)
{
  GbxApplicationTile *self = g_object_new (GBX_TYPE_APPLICATION_TILE, NULL);

  gbx_application_tile_set_application (self, application);
  return GTK_WIDGET (self);
}

void
gbx_application_tile_set_application (GbxApplicationTile *self, GbxApplication *application)
{
  const char *name = gbx_application_get_name (application);

  if (self->application
      && !g_icon_equal (gbx_application_get_icon (self->application),
                        gbx_application_get_icon (application)))
    forget_icon (self);
  g_set_object (&self->application, application);
  gtk_label_set_text (self->label, name);
  atk_object_set_name (gtk_widget_get_accessible (GTK_WIDGET (self)), name);
  show_badge (self);
  describe (self);
}

GbxApplication *
gbx_application_tile_get_application (GbxApplicationTile *self)
{
  return self->application;
}

void
gbx_application_tile_set_rank (GbxApplicationTile *self, guint rank)
{
  self->rank = rank;
}

guint
gbx_application_tile_get_rank (GbxApplicationTile *self)
{
  return self->rank;
}

void
gbx_application_tile_set_starting (GbxApplicationTile *self, gboolean is_starting)
{
  if (is_starting && !self->spinner)
    {
      self->spinner = gtk_spinner_new ();
      gtk_widget_set_size_request (self->spinner, ICON_SIZE / 2, ICON_SIZE / 2);
      gtk_widget_set_halign (self->spinner, GTK_ALIGN_CENTER);
      gtk_widget_set_valign (self->spinner, GTK_ALIGN_CENTER);
      gtk_overlay_add_overlay (self->overlay, self->spinner);
    }
  if (self->spinner)
    {
      g_object_set (self->spinner, "active", is_starting, "visible", is_starting, NULL);
      gtk_widget_set_opacity (GTK_WIDGET (self->image), is_starting ? 0.3 : 1);
    }
  describe (self);
}
