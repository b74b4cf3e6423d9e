/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-window-view"
#include "config.h"

#include "gbx-window-view.h"

#include "gbx-window-memory.h"

#include <glib/gi18n.h>

struct _GbxWindowView
{
  GObject parent_instance;

  GtkApplicationWindow *window; /* (nullable) (unowned): until it is destroyed */
  GbxDisplay *display;          /* (unowned) */
  GtkScrolledWindow *page;      /* (unowned) */
  GbxWindowSize *size;          /* (unowned) */
  GbxPolicy *policy;
};

static guint message_signal;

G_DEFINE_FINAL_TYPE (GbxWindowView, gbx_window_view, G_TYPE_OBJECT)

/* The state of the action "screen". */
static const struct
{
  const char *name;
  gboolean follows, scaling;
} screens[] = {
  { "window", TRUE, TRUE },   /* the guest's screen gets the size of the window */
  { "scaled", FALSE, TRUE },  /* it keeps its size, and is scaled to the window */
  { "fixed", FALSE, FALSE },  /* it keeps its size, and scrolls */
};

static const char *
get_screen (GbxWindowView *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (screens); i++)
    if (screens[i].follows == gbx_display_get_follows (self->display)
        && screens[i].scaling == gbx_display_get_scaling (self->display))
      return screens[i].name;
  return screens[0].name;
}

static GSimpleAction *
get_action (GbxWindowView *self, const char *name)
{
  return G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self->window), name));
}

static void
update (GbxWindowView *self)
{
  guint zoom = gbx_display_get_zoom (self->display);
  const char *screen = get_screen (self);
  gboolean zooms = !g_str_equal (screen, "scaled");
  gboolean ready = gbx_display_get_state (self->display) == GBX_DISPLAY_READY;
  GtkPolicyType policy
      = g_str_equal (screen, "fixed") ? GTK_POLICY_AUTOMATIC : GTK_POLICY_NEVER;

  if (!self->window)
    return;
  g_simple_action_set_enabled (get_action (self, "zoom-in"), zooms && zoom < 400);
  g_simple_action_set_enabled (get_action (self, "zoom-out"), zooms && zoom > 25);
  g_simple_action_set_enabled (get_action (self, "zoom-normal"), zooms && zoom != 100);
  g_simple_action_set_enabled (get_action (self, "fit-window"),
                               ready && gbx_window_size_is_free (self->size)
                                   && !g_str_equal (screen, "window"));
  g_simple_action_set_state (get_action (self, "screen"), g_variant_new_string (screen));
  gtk_scrolled_window_set_policy (self->page, policy, policy);
  gbx_window_size_set_zoom (self->size, zoom);
}

static void
remember (GbxWindowView *self)
{
  const char *screen = get_screen (self);

  gbx_window_memory_save (self->policy, gbx_display_get_zoom (self->display),
                          g_str_equal (screen, screens[0].name) ? NULL : screen);
}

static void
set_screen (GbxWindowView *self, const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (screens); i++)
    if (g_str_equal (screens[i].name, name))
      {
        gbx_display_set_follows (self->display, screens[i].follows);
        gbx_display_set_scaling (self->display, screens[i].scaling);
      }
}

/* ------------------------------------------------------------- actions -- */

static void
on_screen (GSimpleAction *action, GVariant *value, gpointer data)
{
  set_screen (data, g_variant_get_string (value, NULL));
  update (data);
  remember (data);
}

static void
step (GbxWindowView *self, int direction)
{
  g_autofree char *text = NULL;

  gbx_display_step_zoom (self->display, direction);
  /* Translators: the zoom of the sandbox's screen. */
  text = g_strdup_printf (_ ("Zoom: %u %%"), gbx_display_get_zoom (self->display));
  g_signal_emit (self, message_signal, 0, text, FALSE);
  update (self);
  remember (self);
}

static void
on_zoom_in (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  step (data, 1);
}

static void
on_zoom_out (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  step (data, -1);
}

static void
on_zoom_normal (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  step (data, 0);
}

static void
on_fit_window (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GbxWindowView *self = data;
  int width, height;

  gbx_display_get_natural_size (self->display, &width, &height);
  gbx_window_size_fit (self->size, width, height);
}

static const GActionEntry entries[] = {
  { "screen", NULL, "s", "'window'", on_screen, { 0 } },
  { "zoom-in", on_zoom_in, NULL, NULL, NULL, { 0 } },
  { "zoom-out", on_zoom_out, NULL, NULL, NULL, { 0 } },
  { "zoom-normal", on_zoom_normal, NULL, NULL, NULL, { 0 } },
  { "fit-window", on_fit_window, NULL, NULL, NULL, { 0 } },
};

/* -------------------------------------------------------------- object -- */

static gboolean
on_window_state (GbxWindowView *self)
{
  update (self);
  return GDK_EVENT_PROPAGATE;
}

static void
recall (GbxWindowView *self)
{
  g_autofree char *screen = NULL;
  guint zoom;

  gbx_window_memory_load (self->policy, &zoom, &screen);
  gbx_display_set_zoom (self->display, zoom);
  if (screen)
    set_screen (self, screen);
}

static void
gbx_window_view_dispose (GObject *object)
{
  GbxWindowView *self = GBX_WINDOW_VIEW (object);

  if (self->window)
    for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
      g_action_map_remove_action (G_ACTION_MAP (self->window), entries[i].name);
  g_clear_weak_pointer (&self->window);
  g_clear_pointer (&self->policy, gbx_policy_unref);
  G_OBJECT_CLASS (gbx_window_view_parent_class)->dispose (object);
}

static void
gbx_window_view_class_init (GbxWindowViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = gbx_window_view_dispose;
  message_signal = g_signal_new ("message", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_BOOLEAN);
}

static void
gbx_window_view_init (GbxWindowView *self)
{
}

GbxWindowView *
gbx_window_view_new (GtkApplicationWindow *window, GbxDisplay *display, GtkScrolledWindow *page,
                     GbxWindowSize *size, GbxPolicy *policy)
{
  GbxWindowView *self = g_object_new (GBX_TYPE_WINDOW_VIEW, NULL);

  g_set_weak_pointer (&self->window, window);
  self->display = display;
  self->page = page;
  self->size = size;
  self->policy = gbx_policy_ref (policy);
  g_action_map_add_action_entries (G_ACTION_MAP (window), entries, G_N_ELEMENTS (entries), self);
  recall (self);
  update (self);
  g_signal_connect_object (display, "notify::state", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_object_connect (window, "swapped-object-signal::window-state-event", on_window_state, self,
                    NULL);
  return self;
}
