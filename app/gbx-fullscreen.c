/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-fullscreen"
#include "config.h"

#include "gbx-fullscreen.h"

#define HIDE_MS 700

struct _GbxFullscreen
{
  GObject parent_instance;

  GtkWindow *window;     /* (unowned) */
  GtkWidget *header;     /* (unowned) */
  GtkContainer *slot;    /* (unowned): holds the header in a window */
  GtkRevealer *revealer; /* (unowned): holds the header in full screen */
  GtkWidget *strip;      /* (unowned) */
  gboolean active;
  guint hide_source;
};

enum
{
  PROP_ACTIVE = 1,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (GbxFullscreen, gbx_fullscreen, G_TYPE_OBJECT)

static void
move_header (GbxFullscreen *self, GtkContainer *to)
{
  GtkWidget *parent = gtk_widget_get_parent (self->header);

  g_object_ref (self->header);
  gtk_container_remove (GTK_CONTAINER (parent), self->header);
  gtk_container_add (to, self->header);
  g_object_unref (self->header);
}

/* A revealer that shows nothing still has a window, one pixel high, which would take the clicks
 * of a row of the header bar or of the screen. */
static void
show_revealer (GbxFullscreen *self)
{
  gboolean shown = gtk_revealer_get_reveal_child (self->revealer)
                   || gtk_revealer_get_child_revealed (self->revealer);

  gtk_widget_set_visible (GTK_WIDGET (self->revealer), self->active && shown);
}

static void
reveal (GbxFullscreen *self, gboolean revealed)
{
  if (revealed)
    gtk_widget_show (GTK_WIDGET (self->revealer));
  gtk_revealer_set_reveal_child (self->revealer, revealed);
  show_revealer (self);
}

static gboolean
is_menu_open (GbxFullscreen *self)
{
  /* A popover grabs the pointer: hiding the header under it would close it. */
  GtkWidget *grab = gtk_grab_get_current ();

  return grab && GTK_IS_POPOVER (grab);
}

/* Keys must not go to a button that the user cannot see. */
static gboolean
has_focus (GbxFullscreen *self)
{
  GtkWidget *focus = gtk_window_get_focus (self->window);

  return focus && gtk_widget_is_ancestor (focus, self->header);
}

static gboolean
on_hide (gpointer data)
{
  GbxFullscreen *self = data;

  if (is_menu_open (self))
    return G_SOURCE_CONTINUE;
  self->hide_source = 0;
  if (!has_focus (self))
    reveal (self, FALSE);
  return G_SOURCE_REMOVE;
}

static void
hide_soon (GbxFullscreen *self)
{
  g_clear_handle_id (&self->hide_source, g_source_remove);
  self->hide_source = g_timeout_add (HIDE_MS, on_hide, self);
}

static gboolean
on_enter (GbxFullscreen *self)
{
  gbx_fullscreen_reveal (self);
  return GDK_EVENT_PROPAGATE;
}

static gboolean
on_leave (GbxFullscreen *self, GdkEventCrossing *event)
{
  /* A pointer that goes into a child of the header is still on the header. */
  if (event->detail == GDK_NOTIFY_INFERIOR || !self->active)
    return GDK_EVENT_PROPAGATE;
  hide_soon (self);
  return GDK_EVENT_PROPAGATE;
}

static void
on_focus (GbxFullscreen *self)
{
  if (self->active && has_focus (self))
    gbx_fullscreen_reveal (self);
  else if (self->active)
    hide_soon (self);
}

static void
set_active (GbxFullscreen *self, gboolean active)
{
  if (self->active == active)
    return;
  self->active = active;
  g_clear_handle_id (&self->hide_source, g_source_remove);
  reveal (self, FALSE);
  /* The header comes below the strip, which is never covered. */
  gtk_widget_set_margin_top (GTK_WIDGET (self->revealer),
                             gtk_widget_get_allocated_height (self->strip));
  move_header (self, active ? GTK_CONTAINER (self->revealer) : self->slot);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ACTIVE]);
}

static gboolean
on_window_state (GbxFullscreen *self, GdkEventWindowState *event)
{
  if (event->changed_mask & GDK_WINDOW_STATE_FULLSCREEN)
    set_active (self, (event->new_window_state & GDK_WINDOW_STATE_FULLSCREEN) != 0);
  return GDK_EVENT_PROPAGATE;
}

static void
gbx_fullscreen_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_ACTIVE)
    g_value_set_boolean (value, GBX_FULLSCREEN (object)->active);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gbx_fullscreen_dispose (GObject *object)
{
  g_clear_handle_id (&GBX_FULLSCREEN (object)->hide_source, g_source_remove);
  G_OBJECT_CLASS (gbx_fullscreen_parent_class)->dispose (object);
}

static void
gbx_fullscreen_class_init (GbxFullscreenClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = gbx_fullscreen_get_property;
  object_class->dispose = gbx_fullscreen_dispose;
  props[PROP_ACTIVE] = g_param_spec_boolean ("active", NULL, NULL, FALSE,
                                             G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
gbx_fullscreen_init (GbxFullscreen *self)
{
}

GbxFullscreen *
gbx_fullscreen_new (GtkWindow *window, GtkWidget *header, GtkContainer *slot, GtkRevealer *revealer,
                    GtkWidget *strip)
{
  GbxFullscreen *self = g_object_new (GBX_TYPE_FULLSCREEN, NULL);

  self->window = window;
  self->header = header;
  self->slot = slot;
  self->revealer = revealer;
  self->strip = strip;
  show_revealer (self);
  g_signal_connect_object (revealer, "notify::child-revealed", G_CALLBACK (show_revealer), self,
                           G_CONNECT_SWAPPED);
  gtk_widget_add_events (strip, GDK_ENTER_NOTIFY_MASK | GDK_LEAVE_NOTIFY_MASK);
  gtk_widget_add_events (header, GDK_ENTER_NOTIFY_MASK | GDK_LEAVE_NOTIFY_MASK);
  g_object_connect (window, "swapped-object-signal::window-state-event", on_window_state, self,
                    NULL);
  g_signal_connect_object (window, "set-focus", G_CALLBACK (on_focus), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_object_connect (strip, "swapped-object-signal::enter-notify-event", on_enter, self,
                    "swapped-object-signal::leave-notify-event", on_leave, self, NULL);
  g_object_connect (header, "swapped-object-signal::enter-notify-event", on_enter, self,
                    "swapped-object-signal::leave-notify-event", on_leave, self, NULL);
  return self;
}

gboolean
gbx_fullscreen_get_active (GbxFullscreen *self)
{
  return self->active;
}

void
gbx_fullscreen_reveal (GbxFullscreen *self)
{
  g_clear_handle_id (&self->hide_source, g_source_remove);
  if (self->active)
    reveal (self, TRUE);
}

void
gbx_fullscreen_toggle (GbxFullscreen *self)
{
  if (self->active)
    gtk_window_unfullscreen (self->window);
  else
    gtk_window_fullscreen (self->window);
}
