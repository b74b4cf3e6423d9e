/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-host-keyboard"
#include "config.h"

#include "gbx-host-keyboard.h"

#ifdef GDK_WINDOWING_X11
#include <gdk/gdkx.h>
#endif
#include <string.h>

/* This property of an X server's root window has the keyboard that was set last: rules,
 * model, layout, variant and options, each ended by a zero.  A Wayland compositor has
 * nothing of the kind; the library takes the system's layout there. */
#define RULES_NAMES "_XKB_RULES_NAMES"
#define SIZE_MAX_BYTES 1024

enum
{
  RULES,
  MODEL,
  LAYOUT,
  VARIANT,
  OPTIONS,
  N_NAMES
};

#ifdef GDK_WINDOWING_X11
static char *
read_property (GdkWindow *root, int *length)
{
  guchar *data = NULL;

  if (!gdk_property_get (root, gdk_atom_intern_static_string (RULES_NAMES), GDK_NONE, 0,
                         SIZE_MAX_BYTES, FALSE, NULL, NULL, length, &data))
    return NULL;
  return (char *)data;
}
#endif

void
gbx_host_keyboard_apply (GtkWidget *widget, GbxSandbox *sandbox)
{
#ifdef GDK_WINDOWING_X11
  GdkScreen *screen = gtk_widget_get_screen (widget);
  const char *names[N_NAMES] = { NULL };
  g_autofree char *data = NULL;
  g_autofree char *text = NULL;
  int length = 0;
  guint n = 0;

  if (!GDK_IS_X11_SCREEN (screen))
    return;
  data = read_property (gdk_screen_get_root_window (screen), &length);
  if (!data)
    return;
  /* Another program may have written the property without a zero at its end. */
  text = g_malloc0 (length + 1);
  memcpy (text, data, length);
  for (const char *at = text; at < text + length && n < N_NAMES; at += strlen (at) + 1)
    names[n++] = at;
  if (n > LAYOUT && *names[LAYOUT])
    gbx_sandbox_set_keyboard (sandbox, names[MODEL], names[LAYOUT], names[VARIANT],
                              names[OPTIONS]);
#endif
}
