/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-identity-strip"
#include "config.h"

#include "gbx-identity-strip.h"

#include "gbx-identity.h"

struct _GbxIdentityStrip
{
  GtkEventBox parent_instance;

  GtkLabel *label; /* template */
  GtkWidget *container;     /* template: the mark of one */
  GtkWidget *grab;          /* template */
  GtkWidget *keyboard;      /* template: in it, as is the next */
  GtkWidget *pointer;       /* template */
  GtkLabel *notice;         /* template */
  GtkWidget *notice_button; /* template */
  GbxSandbox *sandbox;
};

G_DEFINE_FINAL_TYPE (GbxIdentityStrip, gbx_identity_strip, GTK_TYPE_EVENT_BOX)

/* The colours are for the whole screen: the frame around the display has them too, and a
 * process has one sandbox.  They are never removed.  That would happen while the window
 * is destroyed, and a change of style would reach widgets that are half destroyed.  They
 * have priority over every theme, also one of high contrast: gbx-identity.c cares for
 * the contrast. */
static GtkCssProvider *
get_colors (void)
{
  static GtkCssProvider *colors = NULL;

  if (colors)
    return colors;
  colors = gtk_css_provider_new ();
  gtk_style_context_add_provider_for_screen (gdk_screen_get_default (), GTK_STYLE_PROVIDER (colors),
                                             GTK_STYLE_PROVIDER_PRIORITY_APPLICATION + 1);
  return colors;
}

static void
update (GbxIdentityStrip *self)
{
  GbxPolicy *policy = gbx_sandbox_get_policy (self->sandbox);
  const char *name = gbx_sandbox_get_name (self->sandbox);
  GbxAccelerator accelerator = gbx_sandbox_get_accelerator (self->sandbox);
  g_autofree char *text = gbx_identity_describe (name, policy, accelerator);
  g_autofree char *tooltip = gbx_identity_explain (policy, accelerator);
  g_autofree char *css = gbx_identity_css (name);

  gtk_label_set_text (self->label, text);
  gtk_widget_set_visible (self->container, accelerator == GBX_ACCELERATOR_NONE);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), tooltip);
  gtk_css_provider_load_from_data (get_colors (), css, -1, NULL);
}

/* It takes no room from the guest's screen, and says the rest on request. */
static void
update_notice (GbxIdentityStrip *self)
{
  const char *notice = gbx_sandbox_get_notice (self->sandbox);

  gtk_label_set_text (self->notice, notice ? notice : "");
  gtk_widget_set_visible (self->notice_button, notice != NULL);
}

/* A tooltip would lie over it. */
static void
on_notice_active (GbxIdentityStrip *self)
{
  gboolean active = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->notice_button));

  gtk_widget_set_has_tooltip (GTK_WIDGET (self), !active);
}

static void
gbx_identity_strip_dispose (GObject *object)
{
  GbxIdentityStrip *self = GBX_IDENTITY_STRIP (object);

  g_clear_object (&self->sandbox);
  G_OBJECT_CLASS (gbx_identity_strip_parent_class)->dispose (object);
}

static void
gbx_identity_strip_class_init (GbxIdentityStripClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gbx_identity_strip_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/glovebox/Glovebox/ui/gbx-identity-strip.ui");
  gtk_widget_class_bind_template_child (widget_class, GbxIdentityStrip, label);
  gtk_widget_class_bind_template_child (widget_class, GbxIdentityStrip, container);
  gtk_widget_class_bind_template_child (widget_class, GbxIdentityStrip, grab);
  gtk_widget_class_bind_template_child (widget_class, GbxIdentityStrip, keyboard);
  gtk_widget_class_bind_template_child (widget_class, GbxIdentityStrip, pointer);
  gtk_widget_class_bind_template_child (widget_class, GbxIdentityStrip, notice);
  gtk_widget_class_bind_template_child (widget_class, GbxIdentityStrip, notice_button);
  gtk_widget_class_bind_template_callback (widget_class, on_notice_active);
}

static void
gbx_identity_strip_init (GbxIdentityStrip *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
gbx_identity_strip_new (void)
{
  return g_object_new (GBX_TYPE_IDENTITY_STRIP, NULL);
}

void
gbx_identity_strip_set_sandbox (GbxIdentityStrip *self, GbxSandbox *sandbox)
{
  if (self->sandbox)
    g_signal_handlers_disconnect_by_data (self->sandbox, self);
  if (!g_set_object (&self->sandbox, sandbox) || !sandbox)
    return;
  g_object_connect (sandbox, "swapped-object-signal::notify::name", update, self,
                    "swapped-object-signal::notify::accelerator", update, self,
                    "swapped-object-signal::notify::notice", update_notice, self, NULL);
  update (self);
  update_notice (self);
}

const char *
gbx_identity_strip_get_text (GbxIdentityStrip *self)
{
  return gtk_label_get_text (self->label);
}

void
gbx_identity_strip_set_grab (GbxIdentityStrip *self, gboolean keyboard, gboolean pointer)
{
  gtk_widget_set_visible (self->keyboard, keyboard);
  gtk_widget_set_visible (self->pointer, pointer);
  gtk_widget_set_visible (self->grab, keyboard || pointer);
}
