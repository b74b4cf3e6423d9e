/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-display"
#include "config.h"

#include "gbx-decoder-server.h"

#include <gvnc.h>

/* A screen over VNC, with gtk-vnc's GLib library. */

static const VncPixelFormat pixel_format = {
  .bits_per_pixel = 32,
  .depth = 24,
  .byte_order = G_BYTE_ORDER,
  .true_color_flag = 1,
  .red_max = 255,
  .green_max = 255,
  .blue_max = 255,
  .red_shift = 16,
  .green_shift = 8,
  .blue_shift = 0,
};

/* On a local socket compression takes more time than it saves. */
static gint32 encodings[] = {
  VNC_CONNECTION_ENCODING_RAW,
  VNC_CONNECTION_ENCODING_COPY_RECT,
  VNC_CONNECTION_ENCODING_ALPHA_CURSOR,
  VNC_CONNECTION_ENCODING_RICH_CURSOR,
  VNC_CONNECTION_ENCODING_POINTER_CHANGE,
  VNC_CONNECTION_ENCODING_EXT_KEY_EVENT,
  VNC_CONNECTION_ENCODING_LED_STATE,
  VNC_CONNECTION_ENCODING_DESKTOP_RESIZE,
};

static GbxScreen *screen;
static VncConnection *connection;
static guint8 *pixels;
static gboolean has_failed;
static guint pointer_x, pointer_y, buttons;
static int locks_on = -1; /* as the server reported, and as changed since; -1: not known */

static void
fail (GbxDisplayFault fault)
{
  has_failed = TRUE;
  gbx_screen_fail (screen, fault);
}

static void
ask (gboolean incremental)
{
  if (!has_failed && vnc_connection_is_initialized (connection))
    vnc_connection_framebuffer_update_request (connection, incremental, 0, 0,
                                               (guint16)vnc_connection_get_width (connection),
                                               (guint16)vnc_connection_get_height (connection));
}

/* The server sends only what is requested, so it waits for the window. */
static void
on_flushed (gpointer data)
{
  ask (TRUE);
}

static void
ask_again (void)
{
  ask (TRUE);
}

static void
make_framebuffer (guint width, guint height)
{
  g_autoptr (GObject) framebuffer = NULL;
  guint8 *old = pixels;

  if (width > GBX_DISPLAY_LONGEST || height > GBX_DISPLAY_LONGEST || width == 0 || height == 0)
    {
      gbx_screen_claim_size (screen, MAX (width, 1), MAX (height, 1));
      has_failed = TRUE;
      vnc_connection_shutdown (connection);
      return;
    }
  pixels = g_malloc0 (gbx_display_frame_bytes (width, height));
  framebuffer = G_OBJECT (vnc_base_framebuffer_new (pixels, (guint16)width, (guint16)height,
                                                    (int)gbx_display_stride (width), &pixel_format,
                                                    vnc_connection_get_pixel_format (connection)));
  vnc_connection_set_framebuffer (connection, VNC_FRAMEBUFFER (framebuffer));
  gbx_screen_set_pixels (screen, pixels, width, height, gbx_display_stride (width));
  g_free (old);
}

/* ----------------------------------------------------------- callbacks -- */

static void
on_initialized (void)
{
  gbx_screen_answered (screen);
  if (!vnc_connection_set_pixel_format (connection, &pixel_format)
      || !vnc_connection_set_encodings (connection, G_N_ELEMENTS (encodings), encodings))
    {
      fail (GBX_DISPLAY_FAULT_BROKEN);
      return;
    }
  make_framebuffer ((guint)vnc_connection_get_width (connection),
                    (guint)vnc_connection_get_height (connection));
  ask (FALSE);
}

static void
on_desktop_resize (VncConnection *from, guint width, guint height, gpointer data)
{
  make_framebuffer (width, height);
  ask (FALSE);
}

static void
on_framebuffer_update (VncConnection *from, guint x, guint y, guint width, guint height,
                       gpointer data)
{
  gbx_screen_damage (screen, (int)x, (int)y, (int)width, (int)height);
}

static void
on_cursor_changed (VncConnection *from, VncCursor *cursor, gpointer data)
{
  if (cursor)
    gbx_screen_set_cursor (screen, GBX_CURSOR_SHAPE, vnc_cursor_get_data (cursor),
                           vnc_cursor_get_width (cursor), vnc_cursor_get_height (cursor),
                           vnc_cursor_get_hotx (cursor), vnc_cursor_get_hoty (cursor));
  else
    gbx_screen_set_cursor (screen, GBX_CURSOR_DEFAULT, NULL, 0, 0, 0, 0);
}

static void
on_led_state (void)
{
  locks_on = vnc_connection_get_ledstate (connection);
}

/* The descriptor comes from libvirt already authenticated. */
static void
on_choose_type (void)
{
  vnc_connection_set_auth_type (connection, VNC_CONNECTION_AUTH_NONE);
}

static void
on_password (void)
{
  fail (GBX_DISPLAY_FAULT_PASSWORD);
}

static void
on_error (void)
{
  fail (GBX_DISPLAY_FAULT_BROKEN);
}

static void
on_disconnected (void)
{
  if (!has_failed)
    gbx_screen_closed (screen);
  has_failed = TRUE;
}

/* -------------------------------------------------------------- server -- */

static void
connect_server (GbxScreen *for_screen)
{
  screen = for_screen;
  gbx_screen_set_flushed (screen, on_flushed, NULL);
  connection = vnc_connection_new ();
  g_object_connect (
      connection, "signal::vnc-initialized", on_initialized, NULL, "signal::vnc-desktop-resize",
      on_desktop_resize, NULL, "signal::vnc-framebuffer-update", on_framebuffer_update, NULL,
      "signal::vnc-cursor-changed", on_cursor_changed, NULL, "signal::vnc-pointer-mode-changed",
      ask_again, NULL, "signal::vnc-led-state", on_led_state, NULL, "signal::vnc-auth-choose-type",
      on_choose_type, NULL, "signal::vnc-auth-credential", on_password, NULL,
      "signal::vnc-auth-failure", on_password, NULL, "signal::vnc-auth-unsupported", on_password,
      NULL, "signal::vnc-error", on_error, NULL, "signal::vnc-disconnected", on_disconnected, NULL,
      NULL);
  gbx_screen_want_fd (screen, 0);
}

static void
take_fd (guint channel, int fd)
{
  if (!vnc_connection_open_fd (connection, fd))
    fail (GBX_DISPLAY_FAULT_BROKEN);
}

static gboolean
is_usable (void)
{
  return !has_failed && vnc_connection_is_initialized (connection);
}

static const struct
{
  GbxDisplayLocks lock;
  guint led, number, keysym;
} lock_keys[] = {
  { GBX_DISPLAY_LOCK_SCROLL, VNC_LEDSTATE_SCROLL_LOCK, 0x46, 0xff14 },
  { GBX_DISPLAY_LOCK_NUM, VNC_LEDSTATE_NUM_LOCK, 0x45, 0xff7f },
  { GBX_DISPLAY_LOCK_CAPS, VNC_LEDSTATE_CAPS_LOCK, 0x3a, 0xffe5 },
};

/* The server reports what a key has changed later, perhaps after the next comparison. */
static void
send_key (guint number, gboolean pressed, guint keysym)
{
  if (!is_usable ())
    return;
  vnc_connection_key_event (connection, pressed, keysym, (guint16)number);
  for (guint i = 0; i < G_N_ELEMENTS (lock_keys) && pressed && locks_on >= 0; i++)
    if (lock_keys[i].number == number)
      locks_on ^= (int)lock_keys[i].led;
}

static void
send_pointer (void)
{
  if (is_usable ())
    vnc_connection_pointer_event (connection, (guint8)buttons, (guint16)pointer_x,
                                  (guint16)pointer_y);
}

static void
move_pointer (guint x, guint y)
{
  pointer_x = x;
  pointer_y = y;
  send_pointer ();
}

static void
send_button (guint button, gboolean pressed)
{
  guint bit = 1u << (button - 1);

  buttons = pressed ? buttons | bit : buttons & ~bit;
  send_pointer ();
}

static void
set_locks (GbxDisplayLocks locks)
{
  if (!is_usable ())
    return;
  /* The first report is perhaps no change, and not told. */
  if (locks_on < 0)
    locks_on = vnc_connection_get_ledstate (connection);
  if (locks_on < 0)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (lock_keys); i++)
    if (!(locks & lock_keys[i].lock) != !(locks_on & (int)lock_keys[i].led))
      {
        send_key (lock_keys[i].number, TRUE, lock_keys[i].keysym);
        send_key (lock_keys[i].number, FALSE, lock_keys[i].keysym);
      }
}

const GbxDecoderServer gbx_decoder_vnc = {
  .name = "vnc",
  .connect = connect_server,
  .take_fd = take_fd,
  .send_key = send_key,
  .move_pointer = move_pointer,
  .send_button = send_button,
  .set_locks = set_locks,
};
