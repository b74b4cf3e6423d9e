/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-display"
#include "config.h"

#include "gbx-decoder-server.h"

#include <spice-client.h>
#include <unistd.h>

/* A screen over SPICE, with spice-gtk's GLib library.  The server lists its channels.  Only
 * the four for screen, keyboard and pointer, one of each, get a descriptor.  The others
 * (sound, USB, smart card, folders, ports) are never connected. */

static const int channel_types[GBX_DISPLAY_CHANNELS] = {
  SPICE_CHANNEL_MAIN,
  SPICE_CHANNEL_DISPLAY,
  SPICE_CHANNEL_INPUTS,
  SPICE_CHANNEL_CURSOR,
};

static GbxScreen *screen;
static SpiceSession *session;
static SpiceChannel *channels[GBX_DISPLAY_CHANNELS]; /* (unowned) */
static guint asked;                                  /* bit n: for the descriptor of channel n */
static int buttons;                                  /* SpiceMouseButtonMask */
static gboolean is_cursor_hidden;

/* The index of a channel that is allowed, or -1. */
static int
find_channel (SpiceChannel *channel)
{
  int type = -1, id = -1;

  g_object_get (channel, "channel-type", &type, "channel-id", &id, NULL);
  for (int i = 0; i < GBX_DISPLAY_CHANNELS; i++)
    if (id == 0 && type == channel_types[i])
      return i;
  return -1;
}

static SpiceInputsChannel *
inputs (void)
{
  return channels[2] ? SPICE_INPUTS_CHANNEL (channels[2]) : NULL;
}

/* ----------------------------------------------------------- callbacks -- */

static void
on_open_fd (SpiceChannel *channel, gboolean with_tls, gpointer data)
{
  int index = find_channel (channel);

  if (index < 0 || (asked & (1u << index)) != 0)
    return;
  asked |= 1u << index;
  gbx_screen_want_fd (screen, (guint)index);
}

static void
on_channel_event (SpiceChannel *channel, SpiceChannelEvent event, gpointer data)
{
  gboolean is_main = SPICE_IS_MAIN_CHANNEL (channel);

  switch (event)
    {
    case SPICE_CHANNEL_OPENED:
      if (is_main)
        gbx_screen_answered (screen);
      break;
    case SPICE_CHANNEL_CLOSED:
      if (is_main)
        gbx_screen_closed (screen);
      break;
    case SPICE_CHANNEL_ERROR_AUTH:
      gbx_screen_fail (screen, GBX_DISPLAY_FAULT_PASSWORD);
      break;
    case SPICE_CHANNEL_ERROR_CONNECT:
    case SPICE_CHANNEL_ERROR_TLS:
    case SPICE_CHANNEL_ERROR_LINK:
    case SPICE_CHANNEL_ERROR_IO:
      gbx_screen_fail (screen, GBX_DISPLAY_FAULT_BROKEN);
      break;
    default:
      break;
    }
}

static void
on_primary_create (SpiceChannel *channel, int format, int width, int height, int stride, int shm,
                   gpointer pixels, gpointer data)
{
  if (width <= 0 || height <= 0)
    gbx_screen_fail (screen, GBX_DISPLAY_FAULT_FORMAT);
  else if (width > GBX_DISPLAY_LONGEST || height > GBX_DISPLAY_LONGEST)
    gbx_screen_claim_size (screen, (guint)width, (guint)height);
  else if ((format != SPICE_SURFACE_FMT_32_xRGB && format != SPICE_SURFACE_FMT_32_ARGB) || !pixels
           || stride < width * 4)
    gbx_screen_fail (screen, GBX_DISPLAY_FAULT_FORMAT);
  else
    gbx_screen_set_pixels (screen, pixels, (guint)width, (guint)height, (guint)stride);
}

static void
on_primary_destroy (void)
{
  gbx_screen_set_pixels (screen, NULL, 0, 0, 0);
}

static void
on_invalidate (SpiceChannel *channel, int x, int y, int width, int height, gpointer data)
{
  gbx_screen_damage (screen, x, y, width, height);
}

static void
on_cursor (SpiceChannel *channel, GParamSpec *pspec, gpointer data)
{
  SpiceCursorShape *shape = NULL;

  is_cursor_hidden = FALSE;
  g_object_get (channel, "cursor", &shape, NULL);
  if (!shape || !shape->data || shape->width <= 0 || shape->height <= 0)
    gbx_screen_set_cursor (screen, GBX_CURSOR_DEFAULT, NULL, 0, 0, 0, 0);
  else
    gbx_screen_set_cursor (screen, GBX_CURSOR_SHAPE, shape->data, (guint)shape->width,
                           (guint)shape->height, (guint)MAX (shape->hot_spot_x, 0),
                           (guint)MAX (shape->hot_spot_y, 0));
  if (shape)
    g_boxed_free (SPICE_TYPE_CURSOR_SHAPE, shape);
}

static void
on_cursor_hide (void)
{
  is_cursor_hidden = TRUE;
  gbx_screen_set_cursor (screen, GBX_CURSOR_HIDDEN, NULL, 0, 0, 0, 0);
}

/* A move shows a hidden pointer again. */
static void
on_cursor_move (SpiceChannel *channel, int x, int y, gpointer data)
{
  if (is_cursor_hidden)
    on_cursor (channel, NULL, NULL);
}

static void
on_cursor_reset (void)
{
  is_cursor_hidden = FALSE;
  gbx_screen_set_cursor (screen, GBX_CURSOR_DEFAULT, NULL, 0, 0, 0, 0);
}

static void
listen_to_display (SpiceChannel *channel)
{
  g_signal_connect (channel, "display-primary-create", G_CALLBACK (on_primary_create), NULL);
  g_signal_connect (channel, "display-primary-destroy", G_CALLBACK (on_primary_destroy), NULL);
  g_signal_connect (channel, "display-invalidate", G_CALLBACK (on_invalidate), NULL);
}

static void
listen_to_cursor (SpiceChannel *channel)
{
  g_signal_connect (channel, "notify::cursor", G_CALLBACK (on_cursor), NULL);
  g_signal_connect (channel, "cursor-move", G_CALLBACK (on_cursor_move), NULL);
  g_signal_connect (channel, "cursor-hide", G_CALLBACK (on_cursor_hide), NULL);
  g_signal_connect (channel, "cursor-reset", G_CALLBACK (on_cursor_reset), NULL);
}

static void
on_channel_new (SpiceSession *from, SpiceChannel *channel, gpointer data)
{
  int index = find_channel (channel);

  if (index < 0 || channels[index])
    return;
  channels[index] = channel;
  g_signal_connect (channel, "open-fd", G_CALLBACK (on_open_fd), NULL);
  g_signal_connect (channel, "channel-event", G_CALLBACK (on_channel_event), NULL);
  if (SPICE_IS_DISPLAY_CHANNEL (channel))
    listen_to_display (channel);
  if (SPICE_IS_CURSOR_CHANNEL (channel))
    listen_to_cursor (channel);
  /* The main channel connects by itself, and with it the session. */
  if (!SPICE_IS_MAIN_CHANNEL (channel))
    spice_channel_connect (channel);
}

static void
on_channel_destroy (SpiceSession *from, SpiceChannel *channel, gpointer data)
{
  for (int i = 0; i < GBX_DISPLAY_CHANNELS; i++)
    if (channels[i] == channel)
      channels[i] = NULL;
  /* The channel owns the pixels. */
  if (SPICE_IS_DISPLAY_CHANNEL (channel) && find_channel (channel) >= 0)
    on_primary_destroy ();
}

/* -------------------------------------------------------------- server -- */

static void
connect_session (GbxScreen *for_screen)
{
  screen = for_screen;
  session = spice_session_new ();
  g_object_set (session, "enable-audio", FALSE, "enable-usbredir", FALSE, "enable-smartcard", FALSE,
                "gl-scanout", FALSE, NULL);
  g_signal_connect (session, "channel-new", G_CALLBACK (on_channel_new), NULL);
  g_signal_connect (session, "channel-destroy", G_CALLBACK (on_channel_destroy), NULL);
  /* No descriptor yet: each channel requests its own. */
  spice_session_open_fd (session, -1);
}

static void
take_fd (guint channel, int fd)
{
  if (!channels[channel] || !spice_channel_open_fd (channels[channel], fd))
    close (fd);
}

/* SPICE uses the keyboard's first scan code set, plus 0x100 for codes after 0xe0; QEMU uses
 * 0x80 for these. */
static void
send_key (guint number, gboolean pressed, guint keysym)
{
  guint code = (number & 0x7f) | (number & 0x80) << 1;

  if (!inputs ())
    return;
  if (pressed)
    spice_inputs_channel_key_press (inputs (), code);
  else
    spice_inputs_channel_key_release (inputs (), code);
}

static void
move_pointer (guint x, guint y)
{
  if (inputs ())
    spice_inputs_channel_position (inputs (), (int)x, (int)y, 0, buttons);
}

static void
send_button (guint button, gboolean pressed)
{
  static const struct
  {
    int button, mask;
  } map[] = {
    [1] = { SPICE_MOUSE_BUTTON_LEFT, SPICE_MOUSE_BUTTON_MASK_LEFT },
    [2] = { SPICE_MOUSE_BUTTON_MIDDLE, SPICE_MOUSE_BUTTON_MASK_MIDDLE },
    [3] = { SPICE_MOUSE_BUTTON_RIGHT, SPICE_MOUSE_BUTTON_MASK_RIGHT },
    [4] = { SPICE_MOUSE_BUTTON_UP, 0 },
    [5] = { SPICE_MOUSE_BUTTON_DOWN, 0 },
  };

  if (!inputs () || button >= G_N_ELEMENTS (map) || !map[button].button)
    return;
  if (pressed)
    {
      buttons |= map[button].mask;
      spice_inputs_channel_button_press (inputs (), map[button].button, buttons);
    }
  else
    {
      buttons &= ~map[button].mask;
      spice_inputs_channel_button_release (inputs (), map[button].button, buttons);
    }
}

static void
set_locks (GbxDisplayLocks locks)
{
  guint spice_locks = (locks & GBX_DISPLAY_LOCK_SCROLL ? SPICE_INPUTS_SCROLL_LOCK : 0)
                      | (locks & GBX_DISPLAY_LOCK_NUM ? SPICE_INPUTS_NUM_LOCK : 0)
                      | (locks & GBX_DISPLAY_LOCK_CAPS ? SPICE_INPUTS_CAPS_LOCK : 0);

  if (inputs ())
    spice_inputs_channel_set_key_locks (inputs (), spice_locks);
}

const GbxDecoderServer gbx_decoder_spice = {
  .name = "spice",
  .connect = connect_session,
  .take_fd = take_fd,
  .send_key = send_key,
  .move_pointer = move_pointer,
  .send_button = send_button,
  .set_locks = set_locks,
};
