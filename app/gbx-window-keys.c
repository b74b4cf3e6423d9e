/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-window-keys"
#include "config.h"

#include "gbx-window-keys.h"

/* Whether a key has that letter in any of the layouts.  GTK finds an accelerator in the
 * same way, so that it works with a layout that has no Latin letters. */
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

gboolean
gbx_window_keys_is_own (GdkEventKey *event)
{
  guint modifiers = event->state & gtk_accelerator_get_default_mod_mask ();

  if (event->keyval == GDK_KEY_F11)
    return modifiers == 0;
  return modifiers == (GDK_CONTROL_MASK | GDK_SHIFT_MASK) && has_letter (event, GDK_KEY_p);
}

gboolean
gbx_window_keys_opens_menu (GdkEventKey *event)
{
  return event->keyval == GDK_KEY_F10
         && (event->state & gtk_accelerator_get_default_mod_mask ()) == 0;
}

gboolean
gbx_window_keys_completes_release (GdkEventKey *event)
{
  guint modifiers = event->state & gtk_accelerator_get_default_mod_mask ();

  return (event->keyval == GDK_KEY_Control_L && modifiers == GDK_MOD1_MASK)
         || (event->keyval == GDK_KEY_Alt_L && modifiers == GDK_CONTROL_MASK);
}
