/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-sandbox-window"
#include "config.h"

#include "gbx-sandbox-window-private.h"

#include <glib/gi18n.h>

/* The part of the window that is about the display: its size at first, when it is
 * shown, and what happens when its connection goes. */

/* A domain that ends takes its display along a moment before it is known to have. */
#define LOST_SECONDS 3
/* An application that opens no window is shown as the empty screen it is. */
#define BLANK_SECONDS 15

static gboolean
is_display_shown (GbxSandboxWindow *self)
{
  return gtk_stack_get_visible_child (self->stack) == GTK_WIDGET (self->display_page);
}

static void
show_display (GbxSandboxWindow *self)
{
  g_clear_handle_id (&self->blank_source, g_source_remove);
  if (is_display_shown (self))
    return;
  gtk_stack_set_visible_child (self->stack, GTK_WIDGET (self->display_page));
  gtk_widget_grab_focus (GTK_WIDGET (self->display));
  gbx_notice_bars_application_shown (self->notices);
}

static gboolean
on_blank (gpointer data)
{
  GbxSandboxWindow *self = data;

  self->blank_source = 0;
  if (gbx_sandbox_get_state (self->sandbox) == GBX_SANDBOX_RUNNING)
    show_display (self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_lost (gpointer data)
{
  GbxSandboxWindow *self = data;
  const GError *error = gbx_display_get_error (self->display);

  self->lost_source = 0;
  if (gbx_sandbox_get_state (self->sandbox) == GBX_SANDBOX_RUNNING)
    gbx_notice_bars_set_lost (self->notices,
                              error ? error->message
                                    : _ ("The connection to the sandbox's display was closed."));
  return G_SOURCE_REMOVE;
}

static gboolean
is_gone (GbxDisplayState state)
{
  return state == GBX_DISPLAY_FAILED || state == GBX_DISPLAY_DISCONNECTED;
}

void
gbx_sandbox_window_update_display (GbxSandboxWindow *self)
{
  GbxSandboxState sandbox = gbx_sandbox_get_state (self->sandbox);
  GbxDisplayState display = gbx_display_get_state (self->display);

  if (sandbox >= GBX_SANDBOX_STARTING && sandbox < GBX_SANDBOX_STOPPING
      && display == GBX_DISPLAY_DISCONNECTED && !self->lost_source)
    {
      gbx_display_connect (self->display, self->sandbox);
      return;
    }
  /* It failed so early that nothing was said: on_lost() speaks only of what runs. */
  if (sandbox == GBX_SANDBOX_RUNNING && display == GBX_DISPLAY_FAILED && !self->lost_source)
    on_lost (self);
  if (sandbox != GBX_SANDBOX_RUNNING || display != GBX_DISPLAY_READY)
    return;
  if (gbx_sandbox_get_drawn (self->sandbox))
    show_display (self);
  else if (!self->blank_source)
    self->blank_source = g_timeout_add_seconds (BLANK_SECONDS, on_blank, self);
}

void
gbx_sandbox_window_reconnect (GbxSandboxWindow *self)
{
  if (gbx_sandbox_get_state (self->sandbox) < GBX_SANDBOX_STOPPING)
    gbx_display_connect (self->display, self->sandbox);
}

static void
on_display_state (GbxSandboxWindow *self)
{
  GbxDisplayState state = gbx_display_get_state (self->display);

  if (!self->sandbox)
    return;
  if (is_gone (state) && !self->lost_source)
    self->lost_source = g_timeout_add_seconds (LOST_SECONDS, on_lost, self);
  else if (!is_gone (state))
    {
      g_clear_handle_id (&self->lost_source, g_source_remove);
      gbx_notice_bars_set_lost (self->notices, NULL);
      gbx_sandbox_window_update_display (self);
    }
  gbx_sandbox_window_update_actions (self);
}

static void
on_grabbed (GbxSandboxWindow *self)
{
  gboolean grabbed = gbx_display_get_grabbed (self->display);
  gboolean fullscreen = gbx_fullscreen_get_active (self->fullscreen);

  gtk_widget_set_visible (self->release_hint, grabbed && !fullscreen);
  gbx_identity_strip_set_hint_visible (self->strip, grabbed && fullscreen);
}

static void
on_fullscreen (GbxSandboxWindow *self)
{
  gboolean active = gbx_fullscreen_get_active (self->fullscreen);

  gtk_image_set_from_icon_name (self->fullscreen_image,
                                active ? "view-restore-symbolic" : "view-fullscreen-symbolic",
                                GTK_ICON_SIZE_BUTTON);
  /* The header, which moves, may have had the focus. */
  if (is_display_shown (self))
    gtk_widget_grab_focus (GTK_WIDGET (self->display));
  gbx_sandbox_window_update_actions (self);
  on_grabbed (self);
}

static void
on_scaling (GbxSandboxWindow *self)
{
  GtkPolicyType policy
      = gbx_display_get_scaling (self->display) ? GTK_POLICY_NEVER : GTK_POLICY_AUTOMATIC;

  gtk_scrolled_window_set_policy (self->display_page, policy, policy);
}

/* Lets the window start at the size that gives the guest the resolution asked for,
 * so that it need not change it at once. */
static void
request_first_size (GbxSandboxWindow *self)
{
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  guint width, height;
  GdkRectangle area = { 0, 0, 1280, 800 };
  GdkMonitor *monitor = gdk_display_get_primary_monitor (gdk_display_get_default ());

  if (!monitor)
    monitor = gdk_display_get_monitor (gdk_display_get_default (), 0);
  if (monitor)
    gdk_monitor_get_workarea (monitor, &area);
  gbx_policy_get_display_size (self->policy, &width, &height);
  /* The margin is for the header bar, the strip and a panel. */
  gtk_widget_set_size_request (GTK_WIDGET (self->stack), MIN ((int)width / scale, area.width - 16),
                               MIN ((int)height / scale, area.height - 96));
}

static void
on_map (GbxSandboxWindow *self)
{
  gtk_widget_set_size_request (GTK_WIDGET (self->stack), 320, 240);
}

/* A drag or a scroll with Ctrl and Alt is the application's: the chord is none then. */
static gboolean
on_display_event (GbxSandboxWindow *self, GdkEvent *event)
{
  if (event->type == GDK_BUTTON_PRESS || event->type == GDK_SCROLL)
    self->release_chord = FALSE;
  return GDK_EVENT_PROPAGATE;
}

void
gbx_sandbox_window_make_display (GbxSandboxWindow *self)
{
  self->display = GBX_DISPLAY (gbx_display_new (gbx_policy_get_display_protocol (self->policy)));
  gbx_display_set_strict (self->display, gbx_policy_get_strict (self->policy));
  gtk_container_add (GTK_CONTAINER (self->display_page), GTK_WIDGET (self->display));
  g_object_connect (self->display, "swapped-object-signal::notify::state", on_display_state, self,
                    "swapped-object-signal::notify::weakness", gbx_sandbox_window_update_notice,
                    self, "swapped-object-signal::notify::grabbed", on_grabbed, self,
                    "swapped-object-signal::notify::scaling", on_scaling, self,
                    "swapped-object-signal::event", on_display_event, self, NULL);

  self->fullscreen
      = gbx_fullscreen_new (GTK_WINDOW (self), GTK_WIDGET (self->header), self->header_slot,
                            self->header_revealer, GTK_WIDGET (self->strip));
  g_signal_connect_object (self->fullscreen, "notify::active", G_CALLBACK (on_fullscreen), self,
                           G_CONNECT_SWAPPED);
  request_first_size (self);
  g_signal_connect_after (self, "map", G_CALLBACK (on_map), NULL);
}

void
gbx_sandbox_window_forget_display (GbxSandboxWindow *self)
{
  if (self->display)
    gbx_display_disconnect (self->display);
  g_clear_handle_id (&self->lost_source, g_source_remove);
  g_clear_handle_id (&self->blank_source, g_source_remove);
}

/* Whether a key has that letter in any of the layouts: GTK finds an accelerator also
 * while a layout without Latin letters is in use. */
static gboolean
has_letter (GdkEventKey *event, guint letter)
{
  GdkKeymap *keymap = gdk_keymap_get_for_display (gdk_window_get_display (event->window));
  g_autofree GdkKeymapKey *keys = NULL;
  int n = 0;

  if (gdk_keyval_to_lower (event->keyval) == letter)
    return TRUE;
  gdk_keymap_get_entries_for_keyval (keymap, letter, &keys, &n);
  for (int i = 0; i < n; i++)
    if (keys[i].keycode == event->hardware_keycode)
      return TRUE;
  return FALSE;
}

static gboolean
is_ours (GdkEventKey *event)
{
  guint modifiers = event->state & gtk_accelerator_get_default_mod_mask ();

  if (event->keyval == GDK_KEY_F11)
    return modifiers == 0;
  return modifiers == (GDK_CONTROL_MASK | GDK_SHIFT_MASK) && has_letter (event, GDK_KEY_p);
}

static gboolean
completes_release_chord (GdkEventKey *event)
{
  guint modifiers = event->state & gtk_accelerator_get_default_mod_mask ();

  return (event->keyval == GDK_KEY_Control_L && modifiers == GDK_MOD1_MASK)
         || (event->keyval == GDK_KEY_Alt_L && modifiers == GDK_CONTROL_MASK);
}

/* GTK would take Alt and a letter for a mnemonic, F10 for a menu, Tab for moving the
 * focus.  While the display has the focus, all but our own few keys are the guest's. */
gboolean
gbx_sandbox_window_key_press (GtkWidget *widget, GdkEventKey *event)
{
  GbxSandboxWindow *self = GBX_SANDBOX_WINDOW (widget);
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));

  if (focus != GTK_WIDGET (self->display))
    return GDK_EVENT_PROPAGATE;
  self->release_chord = completes_release_chord (event);
  if (is_ours (event))
    return GDK_EVENT_PROPAGATE;
  gtk_window_propagate_key_event (GTK_WINDOW (self), event);
  return GDK_EVENT_STOP;
}

/* Ctrl and Alt, pressed and let go with nothing between, leave the guest: the grab is
 * released and the focus goes to the header bar, which no other key could reach. */
void
gbx_sandbox_window_key_release (GbxSandboxWindow *self)
{
  if (!self->release_chord)
    return;
  self->release_chord = FALSE;
  gbx_display_release_grab (self->display);
  gbx_fullscreen_reveal (self->fullscreen);
  gtk_widget_grab_focus (self->menu_button);
}
