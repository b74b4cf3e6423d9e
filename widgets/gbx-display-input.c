/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-display"
#include "config.h"

#include "gbx-display-input.h"

#include "gbx-display-keys.h"

#include <math.h>

#define N_KEYS 256
#define N_BUTTONS 10
/* The most clicks at once of a smooth scroll wheel. */
#define CLICKS_MAX 20

enum
{
  BUTTON_UP = 4,
  BUTTON_DOWN = 5,
  BUTTON_LEFT = 6,
  BUTTON_RIGHT = 7,
};

struct _GbxDisplayInput
{
  GtkWidget *widget;        /* (unowned): the owner */
  GbxDisplayClient *client; /* (nullable) */
  GbxSandbox *sandbox;      /* (nullable) */
  GdkRectangle place;
  guint width, height;
  guint keyvals[N_KEYS];       /* of the pressed keys, by QEMU's number; otherwise 0 */
  gboolean pressed[N_BUTTONS]; /* by X's number */
  double scroll_x, scroll_y;   /* collected scrolling of less than a click */
  gboolean is_relative;
  double move_x, move_y; /* collected motion of less than a pixel */
};

GbxDisplayInput *
gbx_display_input_new (GtkWidget *widget)
{
  GbxDisplayInput *self = g_new0 (GbxDisplayInput, 1);

  self->widget = widget;
  return self;
}

void
gbx_display_input_free (GbxDisplayInput *self)
{
  g_clear_object (&self->client);
  g_clear_object (&self->sandbox);
  g_free (self);
}

void
gbx_display_input_set_client (GbxDisplayInput *self, GbxDisplayClient *client, GbxSandbox *sandbox)
{
  gbx_display_input_release (self);
  g_set_object (&self->client, client);
  g_set_object (&self->sandbox, sandbox);
}

void
gbx_display_input_set_place (GbxDisplayInput *self, const GdkRectangle *place, guint width,
                             guint height)
{
  self->place = *place;
  self->width = width;
  self->height = height;
}

/* ---------------------------------------------------------------- keys -- */

static GdkKeymap *
get_keymap (GbxDisplayInput *self)
{
  return gdk_keymap_get_for_display (gtk_widget_get_display (self->widget));
}

static void
set_key (GbxDisplayInput *self, guint number, guint keyval)
{
  gboolean press = keyval != 0;

  /* A repeating key is sent once: the guest repeats keys itself. */
  if (!self->client || number == 0 || number >= N_KEYS || (self->keyvals[number] != 0) == press)
    return;
  gbx_display_client_send_key (self->client, number, press, press ? keyval : self->keyvals[number]);
  self->keyvals[number] = keyval;
}

void
gbx_display_input_key (GbxDisplayInput *self, const GdkEventKey *event)
{
  guint number = gbx_display_keys_find (get_keymap (self), event->hardware_keycode);
  /* Not every key has a number. */
  guint keyval = event->keyval ? event->keyval : GDK_KEY_VoidSymbol;

  set_key (self, number, event->type == GDK_KEY_PRESS ? keyval : 0);
}

void
gbx_display_input_click_keys (GbxDisplayInput *self, const guint *keyvals, guint n_keyvals)
{
  GdkKeymap *keymap = get_keymap (self);

  for (guint i = 0; i < n_keyvals; i++)
    set_key (self, gbx_display_keys_find_keyval (keymap, keyvals[i]), keyvals[i]);
  for (guint i = n_keyvals; i > 0; i--)
    set_key (self, gbx_display_keys_find_keyval (keymap, keyvals[i - 1]), 0);
}

void
gbx_display_input_sync_locks (GbxDisplayInput *self)
{
  GdkKeymap *keymap = get_keymap (self);

  if (self->client)
    gbx_display_client_set_locks (
        self->client,
        (gdk_keymap_get_caps_lock_state (keymap) ? GBX_DISPLAY_LOCK_CAPS : 0)
            | (gdk_keymap_get_num_lock_state (keymap) ? GBX_DISPLAY_LOCK_NUM : 0)
            | (gdk_keymap_get_scroll_lock_state (keymap) ? GBX_DISPLAY_LOCK_SCROLL : 0));
}

/* ------------------------------------------------------------- pointer -- */

static guint
convert (double at, int from, int length, guint guest_length)
{
  double guest;

  if (length < 1 || guest_length < 1)
    return 0;
  guest = floor ((at - from) * guest_length / length);
  return (guint)CLAMP (guest, 0, (double)guest_length - 1);
}

void
gbx_display_input_convert (const GdkRectangle *place, guint width, guint height, double x, double y,
                           guint *guest_x, guint *guest_y)
{
  *guest_x = convert (x, place->x, place->width, width);
  *guest_y = convert (y, place->y, place->height, height);
}

void
gbx_display_input_motion (GbxDisplayInput *self, double x, double y)
{
  guint guest_x, guest_y;

  if (!self->client || self->width == 0 || self->is_relative)
    return;
  gbx_display_input_convert (&self->place, self->width, self->height, x, y, &guest_x, &guest_y);
  gbx_display_client_move_pointer (self->client, guest_x, guest_y);
}

void
gbx_display_input_set_relative (GbxDisplayInput *self, gboolean relative)
{
  self->is_relative = relative;
  self->move_x = self->move_y = 0;
}

void
gbx_display_input_move (GbxDisplayInput *self, double x, double y)
{
  int whole_x, whole_y;

  if (!self->sandbox || self->place.width < 1 || self->place.height < 1)
    return;
  self->move_x += x * self->width / self->place.width;
  self->move_y += y * self->height / self->place.height;
  whole_x = (int)self->move_x;
  whole_y = (int)self->move_y;
  self->move_x -= whole_x;
  self->move_y -= whole_y;
  if (whole_x != 0 || whole_y != 0)
    gbx_sandbox_send_motion (self->sandbox, whole_x, whole_y);
}

static void
set_button (GbxDisplayInput *self, guint button, gboolean press)
{
  if (!self->client || button < 1 || button >= N_BUTTONS || self->pressed[button] == press)
    return;
  self->pressed[button] = press;
  /* Neither SPICE nor VNC has the rest. */
  if (button <= BUTTON_DOWN)
    gbx_display_client_send_button (self->client, button, press);
  else if (self->sandbox)
    gbx_sandbox_send_button (self->sandbox, button, press);
}

void
gbx_display_input_button (GbxDisplayInput *self, const GdkEventButton *event)
{
  /* A double click is also an event of its own, after two normal clicks. */
  if (event->type != GDK_BUTTON_PRESS && event->type != GDK_BUTTON_RELEASE)
    return;
  gbx_display_input_motion (self, event->x, event->y);
  set_button (self, event->button, event->type == GDK_BUTTON_PRESS);
}

static void
click (GbxDisplayInput *self, guint button)
{
  set_button (self, button, TRUE);
  set_button (self, button, FALSE);
}

/* Takes the whole clicks out of a sum. */
static void
click_for (GbxDisplayInput *self, double *sum, guint negative, guint positive)
{
  int clicks = (int)CLAMP (*sum, -CLICKS_MAX, CLICKS_MAX);

  *sum = ABS (*sum) >= CLICKS_MAX ? 0 : *sum - clicks;
  for (int i = 0; i < ABS (clicks); i++)
    click (self, clicks < 0 ? negative : positive);
}

void
gbx_display_input_scroll (GbxDisplayInput *self, const GdkEventScroll *event)
{
  static const guint buttons[] = {
    [GDK_SCROLL_UP] = BUTTON_UP,
    [GDK_SCROLL_DOWN] = BUTTON_DOWN,
    [GDK_SCROLL_LEFT] = BUTTON_LEFT,
    [GDK_SCROLL_RIGHT] = BUTTON_RIGHT,
  };

  gbx_display_input_motion (self, event->x, event->y);
  if (event->direction != GDK_SCROLL_SMOOTH)
    {
      click (self, buttons[event->direction]);
      return;
    }
  self->scroll_x += event->delta_x;
  self->scroll_y += event->delta_y;
  click_for (self, &self->scroll_x, BUTTON_LEFT, BUTTON_RIGHT);
  click_for (self, &self->scroll_y, BUTTON_UP, BUTTON_DOWN);
}

void
gbx_display_input_release (GbxDisplayInput *self)
{
  for (guint number = 0; number < N_KEYS; number++)
    set_key (self, number, 0);
  for (guint button = 0; button < N_BUTTONS; button++)
    set_button (self, button, FALSE);
  self->scroll_x = self->scroll_y = 0;
}
