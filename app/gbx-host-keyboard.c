/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-host-keyboard"
#include "config.h"

#include "gbx-host-keyboard.h"

#include <string.h>
#ifdef GDK_WINDOWING_X11
#include <X11/XKBlib.h>
#include <gdk/gdkx.h>
#endif

/* This property of an X server's root window has the keyboard that was set last: rules,
 * model, layout, variant and options, each ended by a zero.  A Wayland compositor has
 * nothing of the kind; the library takes the system's layout there. */
#define RULES_NAMES "_XKB_RULES_NAMES"
#define SIZE_MAX_BYTES 1024
/* Programs set the keymap before the property.  And if the user chooses a layout with keys in
 * this window, the guest gets these keys too, and changes by itself: if it were told before
 * it gets them, it would change twice. */
#define SETTLE_MS 250

enum
{
  RULES,
  MODEL,
  LAYOUT,
  VARIANT,
  OPTIONS,
  N_NAMES
};

struct _GbxHostKeyboard
{
  GtkWindow *window;   /* (unowned): the owner */
  GbxSandbox *sandbox; /* (nullable) */
  GBytes *names;       /* (nullable): as they were told last */
  int xkb_event;       /* 0: no X server */
  guint settling;
};

#ifdef GDK_WINDOWING_X11
/* -------------------------------------------------------------- reading -- */

static GdkWindow *
get_root (GbxHostKeyboard *self)
{
  return gdk_screen_get_root_window (gtk_widget_get_screen (GTK_WIDGET (self->window)));
}

static Display *
get_server (GbxHostKeyboard *self)
{
  return GDK_DISPLAY_XDISPLAY (gtk_widget_get_display (GTK_WIDGET (self->window)));
}

/* With a zero added at its end: another program may have written it without. */
static GBytes *
read_names (GbxHostKeyboard *self)
{
  GdkAtom property = gdk_atom_intern_static_string (RULES_NAMES);
  g_autofree guchar *data = NULL;
  guint8 *text;
  int length = 0;

  if (!gdk_property_get (get_root (self), property, GDK_NONE, 0, SIZE_MAX_BYTES, FALSE, NULL, NULL,
                         &length, &data)
      || !data || length < 0)
    return NULL;
  text = g_malloc0 ((gsize)length + 1);
  memcpy (text, data, (gsize)length);
  return g_bytes_new_take (text, (gsize)length + 1);
}

static guint
read_group (GbxHostKeyboard *self)
{
  XkbStateRec state = { 0 };

  return XkbGetState (get_server (self), XkbUseCoreKbd, &state) == Success ? state.group : 0;
}

/* -------------------------------------------------------------- telling -- */

static void
tell_names (GbxHostKeyboard *self)
{
  const char *names[N_NAMES] = { NULL };
  gsize size;
  const char *text = g_bytes_get_data (self->names, &size);
  guint n = 0;

  for (const char *at = text; at < text + size - 1 && n < N_NAMES; at += strlen (at) + 1)
    names[n++] = at;
  if (n > LAYOUT && *names[LAYOUT])
    gbx_sandbox_set_keyboard (self->sandbox, names[MODEL], names[LAYOUT], names[VARIANT],
                              names[OPTIONS]);
}

static void
tell (GbxHostKeyboard *self)
{
  g_autoptr (GBytes) names = NULL;

  g_clear_handle_id (&self->settling, g_source_remove);
  if (!self->sandbox || self->xkb_event == 0)
    return;
  names = read_names (self);
  if (names && (!self->names || !g_bytes_equal (names, self->names)))
    {
      g_clear_pointer (&self->names, g_bytes_unref);
      self->names = g_steal_pointer (&names);
      tell_names (self);
    }
  gbx_sandbox_set_keyboard_group (self->sandbox, read_group (self));
}

static gboolean
on_settled (gpointer data)
{
  GbxHostKeyboard *self = data;

  self->settling = 0;
  tell (self);
  return G_SOURCE_REMOVE;
}

static gboolean
is_change (GbxHostKeyboard *self, const XEvent *event)
{
  const XkbEvent *xkb = (const XkbEvent *)event;

  if (event->type == PropertyNotify)
    return event->xproperty.window == GDK_WINDOW_XID (get_root (self))
           && event->xproperty.atom == gdk_x11_get_xatom_by_name (RULES_NAMES);
  if (event->type != self->xkb_event)
    return FALSE;
  return xkb->any.xkb_type == XkbNewKeyboardNotify || xkb->any.xkb_type == XkbMapNotify
         || (xkb->any.xkb_type == XkbStateNotify && (xkb->state.changed & XkbGroupStateMask) != 0);
}

static GdkFilterReturn
on_event (GdkXEvent *event, GdkEvent *unused, gpointer data)
{
  GbxHostKeyboard *self = data;

  if (is_change (self, (const XEvent *)event))
    {
      g_clear_handle_id (&self->settling, g_source_remove);
      self->settling = g_timeout_add (SETTLE_MS, on_settled, self);
    }
  return GDK_FILTER_CONTINUE;
}

static void
on_active (GbxHostKeyboard *self)
{
  if (gtk_window_is_active (self->window))
    tell (self);
}

/* GDK selects the events of the keyboard itself. */
static void
listen (GbxHostKeyboard *self)
{
  GdkWindow *root = get_root (self);
  int opcode, error, major = XkbMajorVersion, minor = XkbMinorVersion;

  if (!GDK_IS_X11_WINDOW (root)
      || !XkbQueryExtension (get_server (self), &opcode, &self->xkb_event, &error, &major, &minor))
    {
      self->xkb_event = 0;
      return;
    }
  gdk_window_set_events (root, gdk_window_get_events (root) | GDK_PROPERTY_CHANGE_MASK);
  gdk_window_add_filter (NULL, on_event, self);
  g_signal_connect_swapped (self->window, "notify::is-active", G_CALLBACK (on_active), self);
}

static void
stop_listening (GbxHostKeyboard *self)
{
  if (self->xkb_event == 0)
    return;
  gdk_window_remove_filter (NULL, on_event, self);
  g_signal_handlers_disconnect_by_data (self->window, self);
}
#else
static void
tell (GbxHostKeyboard *self)
{
}

static void
listen (GbxHostKeyboard *self)
{
}

static void
stop_listening (GbxHostKeyboard *self)
{
}
#endif

GbxHostKeyboard *
gbx_host_keyboard_new (GtkWindow *window)
{
  GbxHostKeyboard *self = g_new0 (GbxHostKeyboard, 1);

  self->window = window;
  listen (self);
  return self;
}

void
gbx_host_keyboard_free (GbxHostKeyboard *self)
{
  stop_listening (self);
  g_clear_handle_id (&self->settling, g_source_remove);
  g_clear_pointer (&self->names, g_bytes_unref);
  g_clear_object (&self->sandbox);
  g_free (self);
}

void
gbx_host_keyboard_set_sandbox (GbxHostKeyboard *self, GbxSandbox *sandbox)
{
  g_set_object (&self->sandbox, sandbox);
  g_clear_pointer (&self->names, g_bytes_unref);
  tell (self);
}
