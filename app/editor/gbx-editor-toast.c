/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-editor-toast"

#include "config.h"

#include "gbx-editor-toast.h"

#include <glib/gi18n.h>

#define SECONDS 7

struct _GbxEditorToast
{
  GtkRevealer parent_instance;

  GtkWidget *label;  /* (unowned) */
  GtkWidget *button; /* (unowned) */
  guint source;
};

G_DEFINE_FINAL_TYPE (GbxEditorToast, gbx_editor_toast, GTK_TYPE_REVEALER)

void
gbx_editor_toast_hide (GbxEditorToast *self)
{
  g_clear_handle_id (&self->source, g_source_remove);
  gtk_revealer_set_reveal_child (GTK_REVEALER (self), FALSE);
}

static gboolean
on_time (gpointer user_data)
{
  GbxEditorToast *self = user_data;

  /* Whoever is about to press the button has more time. */
  if (gtk_widget_has_focus (self->button))
    return G_SOURCE_CONTINUE;
  self->source = 0;
  gbx_editor_toast_hide (self);
  return G_SOURCE_REMOVE;
}

static void
gbx_editor_toast_dispose (GObject *object)
{
  g_clear_handle_id (&GBX_EDITOR_TOAST (object)->source, g_source_remove);
  G_OBJECT_CLASS (gbx_editor_toast_parent_class)->dispose (object);
}

static void
gbx_editor_toast_class_init (GbxEditorToastClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = gbx_editor_toast_dispose;
}

static GtkWidget *
make_close_button (GbxEditorToast *self)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("window-close-symbolic", GTK_ICON_SIZE_MENU);

  gtk_button_set_relief (GTK_BUTTON (button), GTK_RELIEF_NONE);
  gtk_widget_set_tooltip_text (button, _ ("Close"));
  atk_object_set_name (gtk_widget_get_accessible (button), _ ("Close"));
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (gbx_editor_toast_hide), self);
  return button;
}

static void
gbx_editor_toast_init (GbxEditorToast *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  self->label = gtk_label_new (NULL);
  gtk_label_set_line_wrap (GTK_LABEL (self->label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (self->label), 0);
  gtk_label_set_max_width_chars (GTK_LABEL (self->label), 36);
  atk_object_set_role (gtk_widget_get_accessible (self->label), ATK_ROLE_NOTIFICATION);
  self->button = gtk_button_new ();
  gtk_style_context_add_class (gtk_widget_get_style_context (box), "app-notification");
  gtk_style_context_add_class (gtk_widget_get_style_context (box), "gbx-editor-toast");
  gtk_container_add (GTK_CONTAINER (box), self->label);
  gtk_container_add (GTK_CONTAINER (box), self->button);
  gtk_container_add (GTK_CONTAINER (box), make_close_button (self));
  gtk_container_add (GTK_CONTAINER (self), box);
  gtk_widget_show_all (box);
  gtk_widget_set_halign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_END);
  gtk_widget_set_margin_bottom (GTK_WIDGET (self), 12);
  gtk_revealer_set_transition_type (GTK_REVEALER (self), GTK_REVEALER_TRANSITION_TYPE_SLIDE_UP);
}

GtkWidget *
gbx_editor_toast_new (void)
{
  return g_object_new (GBX_TYPE_EDITOR_TOAST, "visible", TRUE, NULL);
}

void
gbx_editor_toast_show (GbxEditorToast *self, const char *sentence, const char *label,
                       const char *action)
{
  gtk_label_set_text (GTK_LABEL (self->label), sentence);
  gtk_widget_set_visible (self->button, action != NULL);
  if (action)
    {
      gtk_button_set_label (GTK_BUTTON (self->button), label);
      gtk_actionable_set_detailed_action_name (GTK_ACTIONABLE (self->button), action);
    }
  g_clear_handle_id (&self->source, g_source_remove);
  self->source = g_timeout_add_seconds (SECONDS, on_time, self);
  gtk_revealer_set_reveal_child (GTK_REVEALER (self), TRUE);
}
