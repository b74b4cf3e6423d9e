/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-display.h"

#include "gbx-display-follow.h"
#include "gbx-display-input.h"
#include "gbx-display-keys.h"
#include "gbx-display-link.h"
#include "gbx-error.h"
#include "test-policy.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include <xcb/xcb.h>

/* GbxDisplay, with this test in the place of the program that decodes the display: an
 * honest one, and a hostile one. */

typedef struct
{
  GtkWidget *window;
  GbxDisplay *display;
  GbxPolicy *policy;
  GbxSandbox *sandbox;
  int socket; /* the program's end; -1 after its end */
  guint32 *frame;
  guint frame_width, frame_height, serial;
  guint8 *cursor;
  guint n_updates, n_pixels;
} Fixture;

static void
on_updated (Fixture *fixture, guint pixels)
{
  fixture->n_updates++;
  fixture->n_pixels += pixels;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->policy = make_test_policy (0);
  fixture->sandbox = gbx_sandbox_new (fixture->policy);
  fixture->window = gtk_window_new (GTK_WINDOW_TOPLEVEL);
  fixture->display = GBX_DISPLAY (gbx_display_new (GBX_DISPLAY_PROTOCOL_SPICE));
  fixture->socket = -1;
  g_signal_connect_swapped (fixture->display, "updated", G_CALLBACK (on_updated), fixture);
  gtk_container_add (GTK_CONTAINER (fixture->window), GTK_WIDGET (fixture->display));
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 500, 400);
  gtk_widget_show (fixture->window);
  gtk_test_widget_wait_for_draw (fixture->window);
}

static void
hang_up (Fixture *fixture)
{
  if (fixture->socket >= 0)
    close (fixture->socket);
  fixture->socket = -1;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gtk_widget_destroy (fixture->window);
  hang_up (fixture);
  if (fixture->frame)
    munmap (fixture->frame, gbx_display_frame_bytes (fixture->frame_width, fixture->frame_height));
  if (fixture->cursor)
    munmap (fixture->cursor, GBX_CURSOR_BYTES);
  g_object_unref (fixture->sandbox);
  gbx_policy_unref (fixture->policy);
}

/* ---------------------------------------------------------- the program -- */

static void
say (Fixture *fixture, GbxDisplayMessageType type, guint n_args, ...)
{
  GbxDisplayMessage message = { .type = type };
  va_list args;

  va_start (args, n_args);
  for (guint i = 0; i < n_args; i++)
    message.args[i] = va_arg (args, guint);
  va_end (args);
  /* The window may have hung up already. */
  if (send (fixture->socket, &message, sizeof message, MSG_NOSIGNAL) < 0)
    g_assert_cmpint (errno, ==, EPIPE);
}

static gboolean
has_packet (int socket)
{
  struct pollfd poll_fd = { socket, POLLIN, 0 };

  return poll (&poll_fd, 1, 0) > 0;
}

/* The next message of the window, and the descriptor with it. */
static GbxDisplayMessage
hear (Fixture *fixture, int *fd)
{
  GbxDisplayMessage message;
  guint8 packet[sizeof message];
  union
  {
    struct cmsghdr header;
    char space[CMSG_SPACE (sizeof (int))];
  } control;
  struct iovec vector = { packet, sizeof packet };
  struct msghdr header = {
    .msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control
  };
  ssize_t size;

  while (!has_packet (fixture->socket))
    g_main_context_iteration (NULL, FALSE);
  size = recvmsg (fixture->socket, &header, 0);
  *fd = -1;
  if (CMSG_FIRSTHDR (&header))
    memcpy (fd, CMSG_DATA (CMSG_FIRSTHDR (&header)), sizeof *fd);
  g_assert_true (gbx_display_message_decode (&message, GBX_DISPLAY_TO_PROGRAM, packet, (gsize)size,
                                             *fd >= 0 ? 1 : 0));
  return message;
}

/* The next message but turns, locks and questions, which come when they like. */
static GbxDisplayMessage
hear_event (Fixture *fixture)
{
  GbxDisplayMessage message;
  int fd;

  do
    {
      message = hear (fixture, &fd);
      g_assert_cmpint (fd, ==, -1);
    }
  while (message.type == GBX_DISPLAY_TURN || message.type == GBX_DISPLAY_LOCKS
         || message.type == GBX_DISPLAY_ARE_YOU_ALIVE);
  return message;
}

/* Awaits a message of that type; what comes before it is of no interest. */
static GbxDisplayMessage
await (Fixture *fixture, GbxDisplayMessageType type, int *fd)
{
  for (;;)
    {
      GbxDisplayMessage message = hear (fixture, fd);

      if (message.type == type)
        return message;
      if (*fd >= 0)
        close (*fd);
    }
}

static void
await_turn (Fixture *fixture)
{
  int fd;

  await (fixture, GBX_DISPLAY_TURN, &fd);
}

/* Connects, and is the program up to its first turn. */
static void
begin_with_walls (Fixture *fixture, guint walls)
{
  int sockets[2], fd;

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets), ==, 0);
  hang_up (fixture);
  fixture->socket = sockets[1];
  fixture->serial = 0;
  gbx_display_connect_by_socket (fixture->display, fixture->sandbox, sockets[0]);
  g_assert_cmpint (gbx_display_get_state (fixture->display), ==, GBX_DISPLAY_CONNECTING);
  say (fixture, GBX_DISPLAY_HELLO, 2, GBX_DISPLAY_PROTOCOL_VERSION, walls);
  await (fixture, GBX_DISPLAY_CURSOR_MEMORY, &fd);
  if (!fixture->cursor)
    fixture->cursor = mmap (NULL, GBX_CURSOR_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  g_assert_true (fixture->cursor != MAP_FAILED);
  close (fd);
  await_turn (fixture);
}

static void
begin (Fixture *fixture)
{
  begin_with_walls (fixture, GBX_DISPLAY_WALLS);
}

/* Has a turn with a screen of that size, all of one colour. */
static void
draw_frame (Fixture *fixture, guint width, guint height, guint32 colour)
{
  GbxDisplayMessage message;
  int fd;

  if (fixture->frame)
    munmap (fixture->frame, gbx_display_frame_bytes (fixture->frame_width, fixture->frame_height));
  say (fixture, GBX_DISPLAY_SIZE, 2, width, height);
  say (fixture, GBX_DISPLAY_TURN_DONE, 0);
  message = await (fixture, GBX_DISPLAY_FRAME, &fd);
  g_assert_cmpuint (message.args[0], ==, ++fixture->serial);
  g_assert_cmpuint (message.args[1], ==, width);
  g_assert_cmpuint (message.args[2], ==, height);
  fixture->frame_width = width;
  fixture->frame_height = height;
  fixture->frame = mmap (NULL, gbx_display_frame_bytes (width, height), PROT_READ | PROT_WRITE,
                         MAP_SHARED, fd, 0);
  g_assert_true (fixture->frame != MAP_FAILED);
  close (fd);
  for (guint i = 0; i < width * height; i++)
    fixture->frame[i] = colour;
  await_turn (fixture);
  say (fixture, GBX_DISPLAY_DAMAGE, 5, fixture->serial, 0, 0, width, height);
  say (fixture, GBX_DISPLAY_TURN_DONE, 0);
}

static void
await_state (Fixture *fixture, GbxDisplayState state)
{
  while (gbx_display_get_state (fixture->display) != state)
    g_main_context_iteration (NULL, TRUE);
}

static void
become_ready (Fixture *fixture, guint width, guint height)
{
  begin (fixture);
  say (fixture, GBX_DISPLAY_ANSWERED, 0);
  draw_frame (fixture, width, height, 0x336699);
  await_state (fixture, GBX_DISPLAY_READY);
  /* The keyboard's locks come with it. */
  await_turn (fixture);
}

static GdkPixbuf *take_picture (Fixture *fixture);

static guint32
colour_at (Fixture *fixture, int x, int y)
{
  g_autoptr (GdkPixbuf) pixbuf = take_picture (fixture);
  const guint8 *at = gdk_pixbuf_read_pixels (pixbuf) + y * gdk_pixbuf_get_rowstride (pixbuf)
                     + x * gdk_pixbuf_get_n_channels (pixbuf);

  return (guint32)at[0] << 16 | (guint32)at[1] << 8 | at[2];
}

/* ---------------------------------------------------------------- state -- */

static void
test_states (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpint (gbx_display_get_state (fixture->display), ==, GBX_DISPLAY_DISCONNECTED);
  begin (fixture);
  say (fixture, GBX_DISPLAY_ANSWERED, 0);
  await_state (fixture, GBX_DISPLAY_CONNECTED);
  draw_frame (fixture, 80, 60, 0);
  await_state (fixture, GBX_DISPLAY_READY);
  await_turn (fixture);
  say (fixture, GBX_DISPLAY_CLOSED, 0);
  await_state (fixture, GBX_DISPLAY_DISCONNECTED);
  g_assert_null (gbx_display_get_error (fixture->display));

  become_ready (fixture, 90, 70);
  gbx_display_disconnect (fixture->display);
  g_assert_cmpint (gbx_display_get_state (fixture->display), ==, GBX_DISPLAY_DISCONNECTED);
}

static void
test_first_error_stays (Fixture *fixture, gconstpointer data)
{
  become_ready (fixture, 80, 60);
  say (fixture, GBX_DISPLAY_FAILURE, 1, GBX_DISPLAY_FAULT_PASSWORD);
  say (fixture, GBX_DISPLAY_FAILURE, 1, GBX_DISPLAY_FAULT_BROKEN);
  say (fixture, GBX_DISPLAY_CLOSED, 0);
  hang_up (fixture);
  await_state (fixture, GBX_DISPLAY_FAILED);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpint (gbx_display_get_state (fixture->display), ==, GBX_DISPLAY_FAILED);
  g_assert_nonnull (strstr (gbx_display_get_error (fixture->display)->message, "password"));

  become_ready (fixture, 80, 60);
  g_assert_null (gbx_display_get_error (fixture->display));
}

static void
test_crash (Fixture *fixture, gconstpointer data)
{
  become_ready (fixture, 80, 60);
  hang_up (fixture);
  await_state (fixture, GBX_DISPLAY_FAILED);
  g_assert_error (gbx_display_get_error (fixture->display), GBX_ERROR, GBX_ERROR_DISPLAY);
}

static void
test_absurd_size (Fixture *fixture, gconstpointer data)
{
  guint width, height;

  become_ready (fixture, 80, 60);
  say (fixture, GBX_DISPLAY_SIZE, 2, 65535, 65535);
  await_state (fixture, GBX_DISPLAY_FAILED);
  g_assert_error (gbx_display_get_error (fixture->display), GBX_ERROR, GBX_ERROR_PROTOCOL);
  g_assert_nonnull (strstr (gbx_display_get_error (fixture->display)->message, "65535"));
  gbx_display_get_desktop_size (fixture->display, &width, &height);
  g_assert_cmpuint (width, ==, 80);
  g_assert_cmpuint (height, ==, 60);
}

static void
test_weakness (Fixture *fixture, gconstpointer data)
{
  begin (fixture);
  g_assert_null (gbx_display_get_weakness (fixture->display));
  begin_with_walls (fixture, GBX_DISPLAY_WALL_SECCOMP | GBX_DISPLAY_WALL_LANDLOCK);
  g_assert_null (gbx_display_get_weakness (fixture->display));
  begin_with_walls (fixture, GBX_DISPLAY_WALL_SECCOMP);
  g_assert_nonnull (gbx_display_get_weakness (fixture->display));
  begin_with_walls (fixture, GBX_DISPLAY_WALL_LANDLOCK | GBX_DISPLAY_WALL_NAMESPACES);
  g_assert_nonnull (gbx_display_get_weakness (fixture->display));
}

static void
on_weakness (GbxDisplay *display)
{
  gbx_display_disconnect (display);
}

/* Who does not want to go on without walls can still leave. */
static void
test_weakness_refused (Fixture *fixture, gconstpointer data)
{
  int sockets[2];

  g_signal_connect (fixture->display, "notify::weakness", G_CALLBACK (on_weakness), NULL);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_SEQPACKET, 0, sockets), ==, 0);
  fixture->socket = sockets[1];
  gbx_display_connect_by_socket (fixture->display, fixture->sandbox, sockets[0]);
  say (fixture, GBX_DISPLAY_HELLO, 2, GBX_DISPLAY_PROTOCOL_VERSION, 0);
  await_state (fixture, GBX_DISPLAY_DISCONNECTED);
  /* Nothing was ever said to the program, not even that it has a turn. */
  g_assert_cmpint (recv (fixture->socket, &(char){ 0 }, 1, 0), ==, 0);
}

static void
test_strict (Fixture *fixture, gconstpointer data)
{
  int sockets[2];

  gbx_display_set_strict (fixture->display, TRUE);
  begin (fixture);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_SEQPACKET, 0, sockets), ==, 0);
  hang_up (fixture);
  fixture->socket = sockets[1];
  gbx_display_connect_by_socket (fixture->display, fixture->sandbox, sockets[0]);
  say (fixture, GBX_DISPLAY_HELLO, 2, GBX_DISPLAY_PROTOCOL_VERSION, GBX_DISPLAY_WALL_LANDLOCK);
  await_state (fixture, GBX_DISPLAY_FAILED);
  g_assert_error (gbx_display_get_error (fixture->display), GBX_ERROR, GBX_ERROR_ISOLATION);
  g_assert_cmpint (recv (fixture->socket, &(char){ 0 }, 1, 0), ==, 0);
}

/* ------------------------------------------------------------- pictures -- */

static void
screenshot_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  GAsyncResult **out = data;

  *out = g_object_ref (result);
}

static GdkPixbuf *
take_picture (Fixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GdkPixbuf *pixbuf;

  gbx_display_screenshot_async (fixture->display, NULL, screenshot_cb, &result);
  while (!result)
    g_main_context_iteration (NULL, TRUE);
  pixbuf = gbx_display_screenshot_finish (fixture->display, result, &error);
  g_assert_no_error (error);
  return pixbuf;
}

static void
test_screenshot_waits (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkPixbuf) pixbuf = NULL;

  gbx_display_screenshot_async (fixture->display, NULL, screenshot_cb, &result);
  g_assert_null (result);
  become_ready (fixture, 64, 48);
  while (!result)
    g_main_context_iteration (NULL, TRUE);
  pixbuf = gbx_display_screenshot_finish (fixture->display, result, &error);
  g_assert_no_error (error);
  g_assert_cmpint (gdk_pixbuf_get_width (pixbuf), ==, 64);
  g_assert_cmpint (gdk_pixbuf_get_height (pixbuf), ==, 48);
  g_assert_cmphex (colour_at (fixture, 63, 47), ==, 0x336699);
}

static void
test_screenshot_fails (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  begin (fixture);
  gbx_display_screenshot_async (fixture->display, NULL, screenshot_cb, &result);
  say (fixture, GBX_DISPLAY_CLOSED, 0);
  while (!result)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (gbx_display_screenshot_finish (fixture->display, result, &error));
  g_assert_error (error, GBX_ERROR, GBX_ERROR_DISPLAY);
}

/* What the window of the test shows at a place of the widget. */
static guint32
colour_shown (Fixture *fixture, int x, int y)
{
  GdkWindow *window = gtk_widget_get_window (GTK_WIDGET (fixture->display));
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_get_from_window (window, x, y, 1, 1);
  const guint8 *at = gdk_pixbuf_read_pixels (pixbuf);

  return (guint32)at[0] << 16 | (guint32)at[1] << 8 | at[2];
}

static void
test_drawn (Fixture *fixture, gconstpointer data)
{
  GtkWidget *widget = GTK_WIDGET (fixture->display);
  guint width = (guint)gtk_widget_get_allocated_width (widget);
  guint height = (guint)gtk_widget_get_allocated_height (widget);

  begin (fixture);
  draw_frame (fixture, width, height, 0x336699);
  await_state (fixture, GBX_DISPLAY_READY);
  await_turn (fixture);
  while (colour_shown (fixture, 10, 10) != 0x336699)
    g_main_context_iteration (NULL, TRUE);

  /* A part, and no more than the part. */
  for (guint y = 0; y < height; y++)
    for (guint x = 0; x < width; x++)
      fixture->frame[y * width + x] = 0x885522;
  fixture->n_updates = fixture->n_pixels = 0;
  say (fixture, GBX_DISPLAY_DAMAGE, 5, fixture->serial, 100, 50, 20, 30);
  say (fixture, GBX_DISPLAY_TURN_DONE, 0);
  await_turn (fixture);
  g_assert_cmpuint (fixture->n_updates, ==, 1);
  g_assert_cmpuint (fixture->n_pixels, ==, 20 * 30);
  while (colour_shown (fixture, 119, 79) != 0x885522)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmphex (colour_shown (fixture, 10, 10), ==, 0x336699);
}

/* The program can neither shrink nor grow what the window has mapped. */
static void
test_memory_is_sealed (Fixture *fixture, gconstpointer data)
{
  int fd;

  begin (fixture);
  say (fixture, GBX_DISPLAY_SIZE, 2, 64, 48);
  say (fixture, GBX_DISPLAY_TURN_DONE, 0);
  await (fixture, GBX_DISPLAY_FRAME, &fd);
  g_assert_cmpint (ftruncate (fd, 0), ==, -1);
  g_assert_cmpint (errno, ==, EPERM);
  g_assert_cmpint (ftruncate (fd, 1 << 20), ==, -1);
  g_assert_cmpint (errno, ==, EPERM);
  close (fd);
}

static void
test_cursor (Fixture *fixture, gconstpointer data)
{
  GdkWindow *window = gtk_widget_get_window (GTK_WIDGET (fixture->display));

  become_ready (fixture, 80, 60);
  g_assert_null (gdk_window_get_cursor (window));
  memset (fixture->cursor, 0xff, 128 * 128 * 4);
  say (fixture, GBX_DISPLAY_CURSOR, 5, GBX_CURSOR_SHAPE, 128, 128, 5, 6);
  say (fixture, GBX_DISPLAY_TURN_DONE, 0);
  await_turn (fixture);
  g_assert_nonnull (gdk_window_get_cursor (window));
  g_assert_cmpint (gdk_cursor_get_cursor_type (gdk_window_get_cursor (window)), ==,
                   GDK_CURSOR_IS_PIXMAP);
  say (fixture, GBX_DISPLAY_CURSOR, 1, GBX_CURSOR_HIDDEN);
  say (fixture, GBX_DISPLAY_TURN_DONE, 0);
  await_turn (fixture);
  g_assert_cmpint (gdk_cursor_get_cursor_type (gdk_window_get_cursor (window)), ==,
                   GDK_BLANK_CURSOR);
  say (fixture, GBX_DISPLAY_CURSOR, 1, GBX_CURSOR_DEFAULT);
  say (fixture, GBX_DISPLAY_TURN_DONE, 0);
  await_turn (fixture);
  g_assert_null (gdk_window_get_cursor (window));
}

/* ---------------------------------------------------------------- input -- */

static void
assert_message (const GbxDisplayMessage *message, GbxDisplayMessageType type, guint first,
                guint second)
{
  g_assert_cmpuint (message->type, ==, type);
  g_assert_cmpuint (message->args[0], ==, first);
  g_assert_cmpuint (message->args[1], ==, second);
}

static void
send_keys (Fixture *fixture)
{
  const guint keys[] = { GDK_KEY_Control_L, GDK_KEY_Alt_L, GDK_KEY_Delete };

  gbx_display_send_keys (fixture->display, keys, G_N_ELEMENTS (keys));
}

static void
test_keys (Fixture *fixture, gconstpointer data)
{
  static const guint expected[][2]
      = { { 0x1d, 1 }, { 0x38, 1 }, { 0xd3, 1 }, { 0xd3, 0 }, { 0x38, 0 }, { 0x1d, 0 } };

  begin (fixture);
  /* There is no screen to type to yet. */
  send_keys (fixture);
  draw_frame (fixture, 80, 60, 0);
  await_state (fixture, GBX_DISPLAY_READY);
  send_keys (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      GbxDisplayMessage message = hear_event (fixture);

      assert_message (&message, GBX_DISPLAY_KEY, expected[i][0], expected[i][1]);
    }
}

static void
send_key_event (Fixture *fixture, GdkEventType type, guint keycode)
{
  GdkEvent *event = gdk_event_new (type);

  event->key.window = g_object_ref (gtk_widget_get_window (GTK_WIDGET (fixture->display)));
  event->key.hardware_keycode = (guint16)keycode;
  event->key.keyval = GDK_KEY_a;
  gtk_widget_event (GTK_WIDGET (fixture->display), event);
  gdk_event_free (event);
}

static void
send_focus_event (Fixture *fixture, gboolean in)
{
  GdkEvent *event = gdk_event_new (GDK_FOCUS_CHANGE);

  event->focus_change.window = g_object_ref (gtk_widget_get_window (GTK_WIDGET (fixture->display)));
  event->focus_change.in = in;
  gtk_widget_event (GTK_WIDGET (fixture->display), event);
  gdk_event_free (event);
}

static void
test_keys_are_let_go (Fixture *fixture, gconstpointer data)
{
  GbxDisplayMessage message;

  become_ready (fixture, 80, 60);
  /* By their numbers in X, of which the first is eight: A, and A again by itself. */
  send_key_event (fixture, GDK_KEY_PRESS, 38);
  send_key_event (fixture, GDK_KEY_PRESS, 38);
  send_key_event (fixture, GDK_KEY_PRESS, 50);
  message = hear_event (fixture);
  assert_message (&message, GBX_DISPLAY_KEY, 0x1e, 1);
  message = hear_event (fixture);
  assert_message (&message, GBX_DISPLAY_KEY, 0x2a, 1);
  send_focus_event (fixture, FALSE);
  message = hear_event (fixture);
  assert_message (&message, GBX_DISPLAY_KEY, 0x1e, 0);
  message = hear_event (fixture);
  assert_message (&message, GBX_DISPLAY_KEY, 0x2a, 0);
}

static void
test_locks (Fixture *fixture, gconstpointer data)
{
  GbxDisplayMessage message;
  int fd;

  become_ready (fixture, 80, 60);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  send_focus_event (fixture, TRUE);
  message = await (fixture, GBX_DISPLAY_LOCKS, &fd);
  g_assert_cmpuint (message.args[0] & GBX_DISPLAY_LOCK_CAPS, ==, 0);
}

static void
send_button_event (Fixture *fixture, GdkEventType type, guint button, double x, double y)
{
  GdkEvent *event = gdk_event_new (type);

  event->button.window = g_object_ref (gtk_widget_get_window (GTK_WIDGET (fixture->display)));
  event->button.button = button;
  event->button.x = x;
  event->button.y = y;
  gtk_widget_event (GTK_WIDGET (fixture->display), event);
  gdk_event_free (event);
}

/* Pressed inside, and let go beyond the edge. */
static void
test_drag_outside (Fixture *fixture, gconstpointer data)
{
  GtkWidget *widget = GTK_WIDGET (fixture->display);
  guint width = (guint)gtk_widget_get_allocated_width (widget);
  guint height = (guint)gtk_widget_get_allocated_height (widget);
  GbxDisplayMessage message;

  become_ready (fixture, width, height);
  send_button_event (fixture, GDK_BUTTON_PRESS, 1, 20, 30);
  send_button_event (fixture, GDK_2BUTTON_PRESS, 1, 20, 30);
  send_button_event (fixture, GDK_BUTTON_RELEASE, 1, 5000, -70);
  message = hear_event (fixture);
  assert_message (&message, GBX_DISPLAY_POINTER, 20, 30);
  message = hear_event (fixture);
  assert_message (&message, GBX_DISPLAY_BUTTON, 1, 1);
  message = hear_event (fixture);
  assert_message (&message, GBX_DISPLAY_POINTER, width - 1, 0);
  message = hear_event (fixture);
  assert_message (&message, GBX_DISPLAY_BUTTON, 1, 0);
}

static void
send_scroll_event (Fixture *fixture, GdkScrollDirection direction, double y)
{
  GdkEvent *event = gdk_event_new (GDK_SCROLL);

  event->scroll.window = g_object_ref (gtk_widget_get_window (GTK_WIDGET (fixture->display)));
  event->scroll.direction = direction;
  event->scroll.delta_y = y;
  gtk_widget_event (GTK_WIDGET (fixture->display), event);
  gdk_event_free (event);
}

static guint
next_button (Fixture *fixture)
{
  GbxDisplayMessage message;

  do
    message = hear_event (fixture);
  while (message.type == GBX_DISPLAY_POINTER);
  g_assert_cmpuint (message.type, ==, GBX_DISPLAY_BUTTON);
  return message.args[1] ? message.args[0] : 0;
}

static void
send_crossing_event (Fixture *fixture, GdkEventType type)
{
  GdkEvent *event = gdk_event_new (type);

  event->crossing.window = g_object_ref (gtk_widget_get_window (GTK_WIDGET (fixture->display)));
  event->crossing.mode = GDK_CROSSING_NORMAL;
  gtk_widget_event (GTK_WIDGET (fixture->display), event);
  gdk_event_free (event);
}

static void
test_grab (Fixture *fixture, gconstpointer data)
{
  become_ready (fixture, 80, 60);
  gtk_widget_grab_focus (GTK_WIDGET (fixture->display));
  gtk_window_present (GTK_WINDOW (fixture->window));
  while (!gtk_widget_has_focus (GTK_WIDGET (fixture->display)))
    g_main_context_iteration (NULL, TRUE);
  gbx_display_set_grab_keyboard (fixture->display, TRUE);
  send_crossing_event (fixture, GDK_ENTER_NOTIFY);
  g_assert_true (gbx_display_get_grabbed (fixture->display));
  send_crossing_event (fixture, GDK_LEAVE_NOTIFY);
  g_assert_false (gbx_display_get_grabbed (fixture->display));
  send_crossing_event (fixture, GDK_ENTER_NOTIFY);
  gbx_display_release_grab (fixture->display);
  g_assert_false (gbx_display_get_grabbed (fixture->display));
  send_crossing_event (fixture, GDK_ENTER_NOTIFY);
  g_assert_true (gbx_display_get_grabbed (fixture->display));
  gbx_display_disconnect (fixture->display);
  g_assert_false (gbx_display_get_grabbed (fixture->display));
}

/* What a screen locker does, from another connection. */
static gboolean
try_to_grab (xcb_connection_t *locker)
{
  xcb_window_t root = xcb_setup_roots_iterator (xcb_get_setup (locker)).data->root;
  xcb_grab_keyboard_reply_t *reply = xcb_grab_keyboard_reply (
      locker,
      xcb_grab_keyboard (locker, 0, root, XCB_CURRENT_TIME, XCB_GRAB_MODE_ASYNC,
                         XCB_GRAB_MODE_ASYNC),
      NULL);
  gboolean done = reply && reply->status == XCB_GRAB_STATUS_SUCCESS;

  free (reply);
  return done;
}

static void
begin_grab (Fixture *fixture)
{
  gint64 end;

  become_ready (fixture, 80, 60);
  gtk_widget_grab_focus (GTK_WIDGET (fixture->display));
  gtk_window_present (GTK_WINDOW (fixture->window));
  while (!gtk_widget_has_focus (GTK_WIDGET (fixture->display)))
    g_main_context_iteration (NULL, TRUE);
  gbx_display_set_grab_keyboard (fixture->display, TRUE);
  send_crossing_event (fixture, GDK_ENTER_NOTIFY);
  g_assert_true (gbx_display_get_grabbed (fixture->display));
  /* Nothing but a locker ends it. */
  end = g_get_monotonic_time () + G_USEC_PER_SEC / 2;
  while (g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, FALSE);
  g_assert_true (gbx_display_get_grabbed (fixture->display));
}

/* A locker gets the keyboard, soon. */
static void
test_grab_is_wanted (Fixture *fixture, gconstpointer data)
{
  xcb_connection_t *locker = xcb_connect (NULL, NULL);
  gint64 end = g_get_monotonic_time () + G_USEC_PER_SEC;

  begin_grab (fixture);
  g_assert_false (try_to_grab (locker));
  while (!try_to_grab (locker))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_main_context_iteration (NULL, FALSE);
    }
  g_assert_false (gbx_display_get_grabbed (fixture->display));
  /* Not taken back at once. */
  send_crossing_event (fixture, GDK_ENTER_NOTIFY);
  g_assert_false (gbx_display_get_grabbed (fixture->display));
  xcb_disconnect (locker);
}

/* A real one, which exits if it does not get the keyboard within a second. */
static void
test_grab_and_locker (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSubprocess) locker = NULL;
  gint64 end = g_get_monotonic_time () + 3 * G_USEC_PER_SEC;
  g_autofree char *errors = NULL;

  begin_grab (fixture);
  locker = g_subprocess_new (G_SUBPROCESS_FLAGS_STDERR_PIPE, NULL, "xtrlock", NULL);
  if (!locker)
    {
      g_test_skip ("xtrlock is not installed");
      return;
    }
  while (g_subprocess_get_identifier (locker) && g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, FALSE);
  if (g_subprocess_get_identifier (locker))
    g_assert_false (gbx_display_get_grabbed (fixture->display));
  g_subprocess_send_signal (locker, SIGTERM);
  g_assert_true (g_subprocess_communicate_utf8 (locker, NULL, NULL, NULL, &errors, NULL));
  g_assert_null (strstr (errors, "grab"));
  if (*errors)
    g_test_skip (errors);
}

/* The session is locked, as its services tell it. */
static void
test_grab_and_lock (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GTestDBus) daemon = g_test_dbus_new (G_TEST_DBUS_NONE);
  GDBusConnection *bus;

  g_test_dbus_up (daemon);
  bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  g_assert_nonnull (bus);
  g_dbus_connection_set_exit_on_close (bus, FALSE);
  begin_grab (fixture);
  while (gbx_display_get_grabbed (fixture->display))
    {
      g_dbus_connection_emit_signal (bus, NULL, "/org/freedesktop/ScreenSaver",
                                     "org.freedesktop.ScreenSaver", "ActiveChanged",
                                     g_variant_new ("(b)", TRUE), NULL);
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
  g_object_unref (bus);
  g_test_dbus_stop (daemon);
}

static gboolean
is_captured (Fixture *fixture)
{
  gboolean captured;

  g_object_get (fixture->display, "capture-pointer", &captured, NULL);
  return captured;
}

/* A captured pointer has no place, until the grab is released. */
static void
test_capture (Fixture *fixture, gconstpointer data)
{
  GbxDisplayMessage message;

  begin_grab (fixture);
  g_object_set (fixture->display, "capture-pointer", TRUE, NULL);
  g_assert_true (is_captured (fixture));
  g_assert_true (gbx_display_get_grabbed (fixture->display));
  while (hear_event (fixture).type != GBX_DISPLAY_POINTER)
    ;
  send_button_event (fixture, GDK_BUTTON_PRESS, 1, 20, 30);
  message = hear_event (fixture);
  assert_message (&message, GBX_DISPLAY_BUTTON, 1, 1);
  send_button_event (fixture, GDK_BUTTON_RELEASE, 1, 20, 30);
  message = hear_event (fixture);
  assert_message (&message, GBX_DISPLAY_BUTTON, 1, 0);
  gbx_display_release_grab (fixture->display);
  g_assert_false (is_captured (fixture));
  send_button_event (fixture, GDK_BUTTON_PRESS, 1, 20, 30);
  message = hear_event (fixture);
  g_assert_cmpuint (message.type, ==, GBX_DISPLAY_POINTER);
}

static void
test_scroll (Fixture *fixture, gconstpointer data)
{
  become_ready (fixture, 80, 60);
  send_scroll_event (fixture, GDK_SCROLL_UP, 0);
  send_scroll_event (fixture, GDK_SCROLL_SMOOTH, 0.6);
  send_scroll_event (fixture, GDK_SCROLL_SMOOTH, 0.6);
  /* The guest gets this one over the console. */
  send_scroll_event (fixture, GDK_SCROLL_RIGHT, 0);
  send_scroll_event (fixture, GDK_SCROLL_DOWN, 0);
  g_assert_cmpuint (next_button (fixture), ==, 4);
  g_assert_cmpuint (next_button (fixture), ==, 0);
  g_assert_cmpuint (next_button (fixture), ==, 5);
  g_assert_cmpuint (next_button (fixture), ==, 0);
  g_assert_cmpuint (next_button (fixture), ==, 5);
  g_assert_cmpuint (next_button (fixture), ==, 0);
}

static void
test_places (void)
{
  static const struct
  {
    GdkRectangle place;
    guint width, height;
    double x, y;
    guint guest_x, guest_y;
  } cases[] = {
    { { 0, 0, 800, 600 }, 800, 600, 799.9, 599.9, 799, 599 },
    { { 0, 3, 800, 600 }, 800, 600, 400, 3, 400, 0 },
    /* A dense screen of an odd size: the last pixel can be reached. */
    { { 0, 0, 501, 301 }, 1001, 601, 500.9, 300.9, 1000, 600 },
    { { 100, 50, 400, 300 }, 800, 600, 0, 0, 0, 0 },
    { { 100, 50, 400, 300 }, 800, 600, 300, 200, 400, 300 },
    { { 100, 50, 400, 300 }, 800, 600, 1e9, 1e9, 799, 599 },
    { { 0, 0, 0, 0 }, 800, 600, 5, 5, 0, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint x, y;

      gbx_display_input_convert (&cases[i].place, cases[i].width, cases[i].height, cases[i].x,
                                 cases[i].y, &x, &y);
      g_assert_cmpuint (x, ==, cases[i].guest_x);
      g_assert_cmpuint (y, ==, cases[i].guest_y);
    }
}

static void
test_key_numbers (void)
{
  static const guint cases[][3] = {
    /* X's number, that of QEMU with a driver of today, with the old one */
    { 9, 0x01, 0x01 }, /* Escape */
    { 38, 0x1e, 0x1e },  { 94, 0x56, 0x56 },  { 96, 0x58, 0x58 },  { 104, 0x9c, 0xd0 },
    { 105, 0x9d, 0xd1 }, { 111, 0xc8, 0x54 }, { 116, 0xd0, 0xdc }, { 119, 0xd3, 0x5e },
    { 127, 0xc6, 0 },    { 133, 0xdb, 0 },    { 97, 0x73, 0xc7 },  { 0, 0, 0 },
    { 7, 0, 0 },         { 8, 0, 0 },         { 255, 0, 0 },       { 70000, 0, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_assert_cmphex (gbx_display_keys_convert (cases[i][0], FALSE), ==, cases[i][1]);
      if (cases[i][2])
        g_assert_cmphex (gbx_display_keys_convert (cases[i][0], TRUE), ==, cases[i][2]);
    }
}

/* -------------------------------------------------------------- follows -- */

static void
test_request (Fixture *fixture, gconstpointer data)
{
  GtkWidget *widget = GTK_WIDGET (fixture->display);
  int minimum, natural, scale = gtk_widget_get_scale_factor (widget);

  become_ready (fixture, 800 * (guint)scale, 600);
  gtk_widget_get_preferred_width (widget, &minimum, &natural);
  g_assert_cmpint (natural, ==, 800);
  g_assert_cmpint (minimum, <, 400);
  gbx_display_set_scaling (fixture->display, FALSE);
  gtk_widget_get_preferred_width (widget, &minimum, &natural);
  g_assert_cmpint (minimum, ==, 800);
}

typedef struct
{
  guint asked, width, height;
} Asked;

static void
on_ask (guint width, guint height, gpointer data)
{
  Asked *asked = data;

  asked->asked++;
  asked->width = width;
  asked->height = height;
}

static void
await_asked (const Asked *asked, guint n)
{
  while (asked->asked < n)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (asked->asked, ==, n);
}

/* What QEMU can show over VNC. */
static void
test_fits (void)
{
  static const struct
  {
    guint width, height, fit_width, fit_height;
  } sizes[] = {
    { 1280, 800, 1280, 800 },   { 1001, 700, 992, 700 },  { 3000, 2200, 2560, 1877 },
    { 2000, 4096, 992, 2048 }, { 5120, 1440, 2560, 720 }, { 8192, 320, 2560, 320 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      guint width = sizes[i].width, height = sizes[i].height;

      gbx_display_protocol_fit (GBX_DISPLAY_PROTOCOL_SPICE, &width, &height);
      g_assert_cmpuint (width, ==, sizes[i].width);
      gbx_display_protocol_fit (GBX_DISPLAY_PROTOCOL_VNC, &width, &height);
      g_assert_cmpuint (width, ==, sizes[i].fit_width);
      g_assert_cmpuint (height, ==, sizes[i].fit_height);
    }
}

static void
test_follows (Fixture *fixture, gconstpointer data)
{
  GtkWidget *widget = GTK_WIDGET (fixture->display);
  guint scale = (guint)gtk_widget_get_scale_factor (widget);
  Asked asked = { 0 };
  GbxDisplayFollow *follow = gbx_display_follow_new (widget, on_ask, &asked);
  gint64 end;

  gbx_display_follow_queue (follow);
  gbx_display_follow_queue (follow);
  await_asked (&asked, 1);
  g_assert_cmpuint (asked.width, ==, 500 * scale);
  g_assert_cmpuint (asked.height, ==, 400 * scale);

  /* The guest's answer, or a mode of its own choice, must not start another round. */
  become_ready (fixture, 496 * scale, 400 * scale);
  gbx_display_follow_check (follow);
  end = g_get_monotonic_time () + G_USEC_PER_SEC / 2;
  while (g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (asked.asked, ==, 1);

  gbx_display_follow_set_protocol (follow, GBX_DISPLAY_PROTOCOL_VNC);
  gtk_window_resize (GTK_WINDOW (fixture->window), 605, 450);
  while (gtk_widget_get_allocated_width (widget) != 605)
    g_main_context_iteration (NULL, TRUE);
  gbx_display_follow_check (follow);
  await_asked (&asked, 2);
  g_assert_cmpuint (asked.width, ==, 605 * scale / 16 * 16);
  g_assert_cmpuint (asked.height, ==, 450 * scale);
  gbx_display_follow_free (follow);
}

/* With a zoom the guest gets fewer pixels, which are larger; and it may keep its size. */
static void
test_zoom (Fixture *fixture, gconstpointer data)
{
  GtkWidget *widget = GTK_WIDGET (fixture->display);
  guint scale = (guint)gtk_widget_get_scale_factor (widget);
  Asked asked = { 0 };
  GbxDisplayFollow *follow = gbx_display_follow_new (widget, on_ask, &asked);
  int width, height;
  gint64 end;

  become_ready (fixture, 500 * scale, 400 * scale);
  gbx_display_set_zoom (fixture->display, 200);
  gbx_display_get_natural_size (fixture->display, &width, &height);
  g_assert_cmpint (width, ==, 1000);
  g_assert_cmpint (height, ==, 800);
  gbx_display_set_zoom (fixture->display, 100000);
  g_assert_cmpuint (gbx_display_get_zoom (fixture->display), ==, 400);
  gbx_display_step_zoom (fixture->display, 0);
  g_assert_cmpuint (gbx_display_get_zoom (fixture->display), ==, 100);
  gbx_display_follow_set_zoom (follow, 50);
  await_asked (&asked, 1);
  g_assert_cmpuint (asked.width, ==, 1000 * scale);
  g_assert_cmpuint (asked.height, ==, 800 * scale);
  gbx_display_follow_set_enabled (follow, FALSE);
  gbx_display_follow_queue (follow);
  end = g_get_monotonic_time () + G_USEC_PER_SEC / 2;
  while (g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (asked.asked, ==, 1);
  gbx_display_follow_set_enabled (follow, TRUE);
  await_asked (&asked, 2);
  gbx_display_follow_free (follow);
}

/* ----------------------------------------------------- a hostile program -- */

typedef struct
{
  const char *what;
  GbxDisplayMessage message;
} Nonsense;

static const Nonsense nonsense[] = {
  { "unknown", { 77, { 0 } } },
  { "of the other way", { GBX_DISPLAY_TURN, { 0 } } },
  { "a second hello", { GBX_DISPLAY_HELLO, { GBX_DISPLAY_PROTOCOL_VERSION, 7 } } },
  { "damage without a frame", { GBX_DISPLAY_DAMAGE, { 1, 0, 0, 1, 1 } } },
  { "damage of the next frame", { GBX_DISPLAY_DAMAGE, { 2, 0, 0, 1, 1 } } },
  { "damage beyond the edge", { GBX_DISPLAY_DAMAGE, { 1, 0, 0, 8192, 8192 } } },
  { "damage beyond all edges", { GBX_DISPLAY_DAMAGE, { 1, 0x7fffffff, 0x7fffffff, 2, 2 } } },
  { "a pointer too large", { GBX_DISPLAY_CURSOR, { GBX_CURSOR_SHAPE, 257, 1, 0, 0 } } },
  { "a pointer without size", { GBX_DISPLAY_CURSOR, { GBX_CURSOR_SHAPE, 0, 0, 0, 0 } } },
  { "a hot spot outside", { GBX_DISPLAY_CURSOR, { GBX_CURSOR_SHAPE, 16, 16, 16, 0 } } },
  { "no screen", { GBX_DISPLAY_SIZE, { 0, 600 } } },
  { "a channel too many", { GBX_DISPLAY_WANT_FD, { GBX_DISPLAY_CHANNELS } } },
  { "an unknown fault", { GBX_DISPLAY_FAILURE, { 99 } } },
  { "an answer to no question", { GBX_DISPLAY_ALIVE, { 0 } } },
  { "numbers to spare", { GBX_DISPLAY_TURN_DONE, { 1 } } },
};

static void
assert_refused (Fixture *fixture)
{
  await_state (fixture, GBX_DISPLAY_FAILED);
  g_assert_error (gbx_display_get_error (fixture->display), GBX_ERROR, GBX_ERROR_PROTOCOL);
}

static void
test_nonsense (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (nonsense); i++)
    {
      g_test_message ("%s", nonsense[i].what);
      if (i == 3)
        begin (fixture);
      else
        become_ready (fixture, 80, 60);
      send (fixture->socket, &nonsense[i].message, sizeof nonsense[i].message, MSG_NOSIGNAL);
      assert_refused (fixture);
    }
}

static void
test_lengths (Fixture *fixture, gconstpointer data)
{
  const guint8 packet[4096] = { GBX_DISPLAY_TURN_DONE };
  static const gsize lengths[]
      = { 1, 4, sizeof (GbxDisplayMessage) - 1, sizeof (GbxDisplayMessage) + 1, sizeof packet };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      become_ready (fixture, 80, 60);
      send (fixture->socket, packet, lengths[i], MSG_NOSIGNAL);
      assert_refused (fixture);
    }
}

/* A descriptor could be anything: none is taken. */
static void
test_descriptor (Fixture *fixture, gconstpointer data)
{
  GbxDisplayMessage message = { .type = GBX_DISPLAY_TURN_DONE };
  union
  {
    struct cmsghdr header;
    char space[CMSG_SPACE (sizeof (int))];
  } control = { .header = { CMSG_LEN (sizeof (int)), SOL_SOCKET, SCM_RIGHTS } };
  struct iovec vector = { &message, sizeof message };
  struct msghdr header = {
    .msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control
  };

  become_ready (fixture, 80, 60);
  memcpy (CMSG_DATA (&control.header), &fixture->socket, sizeof fixture->socket);
  g_assert_cmpint (sendmsg (fixture->socket, &header, 0), ==, sizeof message);
  assert_refused (fixture);
}

static void
test_out_of_turn (Fixture *fixture, gconstpointer data)
{
  become_ready (fixture, 80, 60);
  say (fixture, GBX_DISPLAY_TURN_DONE, 0);
  say (fixture, GBX_DISPLAY_TURN_DONE, 0);
  assert_refused (fixture);

  become_ready (fixture, 80, 60);
  for (guint i = 0; i <= GBX_DISPLAY_TURN_MAX; i++)
    say (fixture, GBX_DISPLAY_CURSOR, 1, GBX_CURSOR_DEFAULT);
  assert_refused (fixture);
}

static void
test_before_hello (Fixture *fixture, gconstpointer data)
{
  int sockets[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_SEQPACKET, 0, sockets), ==, 0);
  fixture->socket = sockets[1];
  gbx_display_connect_by_socket (fixture->display, fixture->sandbox, sockets[0]);
  say (fixture, GBX_DISPLAY_ANSWERED, 0);
  assert_refused (fixture);
}

static gboolean
on_tick (gpointer n)
{
  ++*(guint *)n;
  return G_SOURCE_CONTINUE;
}

/* A program that does as much as it may, as fast as it can: the window's own work goes on,
 * and it draws no faster than the screen does. */
static void
test_flood (Fixture *fixture, gconstpointer data)
{
  guint ticks = 0, turns = 0, source;
  gint64 end;

  become_ready (fixture, 400, 300);
  source = g_timeout_add (10, on_tick, &ticks);
  end = g_get_monotonic_time () + G_USEC_PER_SEC;
  while (g_get_monotonic_time () < end)
    {
      for (guint i = 0; i < GBX_DISPLAY_TURN_MAX - 1; i++)
        if (i % 2)
          say (fixture, GBX_DISPLAY_CURSOR, 5, GBX_CURSOR_SHAPE, 256, 256, 1, 1);
        else
          say (fixture, GBX_DISPLAY_DAMAGE, 5, fixture->serial, 0, 0, 400, 300);
      say (fixture, GBX_DISPLAY_TURN_DONE, 0);
      await_turn (fixture);
      turns++;
    }
  g_source_remove (source);
  g_test_message ("%u turns, %u ticks", turns, ticks);
  g_assert_cmpuint (turns, <=, 150);
  g_assert_cmpuint (ticks, >=, 5);
}

/* One that no longer reads. */
static void
test_stuck (Fixture *fixture, gconstpointer data)
{
  become_ready (fixture, 400, 300);
  for (guint i = 0; i < 4000 && gbx_display_get_state (fixture->display) == GBX_DISPLAY_READY; i++)
    {
      send_button_event (fixture, i % 2 ? GDK_BUTTON_RELEASE : GDK_BUTTON_PRESS, 1, i % 100, 5);
      g_main_context_iteration (NULL, FALSE);
    }
  await_state (fixture, GBX_DISPLAY_FAILED);
  g_assert_error (gbx_display_get_error (fixture->display), GBX_ERROR, GBX_ERROR_DISPLAY);
}

/* One that answers for a while, and then hangs. */
static void
test_hangs (Fixture *fixture, gconstpointer data)
{
  guint usual = gbx_display_link_question_ms;
  int fd;

  gbx_display_link_question_ms = 150;
  become_ready (fixture, 400, 300);
  for (guint i = 0; i < 8; i++)
    {
      await (fixture, GBX_DISPLAY_ARE_YOU_ALIVE, &fd);
      say (fixture, GBX_DISPLAY_ALIVE, 0);
    }
  g_assert_cmpint (gbx_display_get_state (fixture->display), ==, GBX_DISPLAY_READY);
  await_state (fixture, GBX_DISPLAY_FAILED);
  g_assert_error (gbx_display_get_error (fixture->display), GBX_ERROR, GBX_ERROR_DISPLAY);
  gbx_display_link_question_ms = usual;
}

/* --------------------------------------------------- the program itself -- */

/* A sandbox that does not run has no display: both protocols say so, and once. */
static void
test_protocol_without_domain (gconstpointer protocol)
{
  g_autoptr (GbxPolicy) policy = make_test_policy (0);
  g_autoptr (GbxSandbox) sandbox = gbx_sandbox_new (policy);
  GtkWidget *window = gtk_window_new (GTK_WINDOW_TOPLEVEL);
  GbxDisplay *display = GBX_DISPLAY (gbx_display_new (GPOINTER_TO_INT (protocol)));

  gtk_container_add (GTK_CONTAINER (window), GTK_WIDGET (display));
  gtk_widget_show (window);
  gbx_display_connect (display, sandbox);
  while (gbx_display_get_state (display) == GBX_DISPLAY_CONNECTING)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (gbx_display_get_state (display), ==, GBX_DISPLAY_FAILED);
  g_assert_nonnull (gbx_display_get_error (display));
  g_assert_null (strstr (gbx_display_get_error (display)->message, "glovebox-display"));
  g_assert_null (gbx_display_get_weakness (display));
  gtk_widget_destroy (window);
}

static void
test_program_is_missing (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_strdup (g_getenv ("GLOVEBOX_PROGRAM_PATH"));

  g_setenv ("GLOVEBOX_PROGRAM_PATH", "/nowhere", TRUE);
  gbx_display_connect (fixture->display, fixture->sandbox);
  g_setenv ("GLOVEBOX_PROGRAM_PATH", path, TRUE);
  g_assert_cmpint (gbx_display_get_state (fixture->display), ==, GBX_DISPLAY_FAILED);
  g_assert_nonnull (strstr (gbx_display_get_error (fixture->display)->message, "glovebox-display"));
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  ADD ("/display/states", test_states);
  ADD ("/display/first-error-stays", test_first_error_stays);
  ADD ("/display/crash", test_crash);
  ADD ("/display/absurd-size", test_absurd_size);
  ADD ("/display/weakness", test_weakness);
  ADD ("/display/weakness-refused", test_weakness_refused);
  ADD ("/display/strict", test_strict);
  ADD ("/display/screenshot-waits", test_screenshot_waits);
  ADD ("/display/screenshot-fails", test_screenshot_fails);
  ADD ("/display/drawn", test_drawn);
  ADD ("/display/memory-is-sealed", test_memory_is_sealed);
  ADD ("/display/cursor", test_cursor);
  ADD ("/display/keys", test_keys);
  ADD ("/display/keys-are-let-go", test_keys_are_let_go);
  ADD ("/display/locks", test_locks);
  ADD ("/display/drag-outside", test_drag_outside);
  ADD ("/display/grab", test_grab);
  ADD ("/display/grab-is-wanted", test_grab_is_wanted);
  ADD ("/display/grab-and-locker", test_grab_and_locker);
  ADD ("/display/grab-and-lock", test_grab_and_lock);
  ADD ("/display/capture", test_capture);
  ADD ("/display/scroll", test_scroll);
  g_test_add_func ("/display/places", test_places);
  g_test_add_func ("/display/key-numbers", test_key_numbers);
  ADD ("/display/request", test_request);
  g_test_add_func ("/display/fits", test_fits);
  ADD ("/display/follows", test_follows);
  ADD ("/display/zoom", test_zoom);
  ADD ("/display/nonsense", test_nonsense);
  ADD ("/display/lengths", test_lengths);
  ADD ("/display/descriptor", test_descriptor);
  ADD ("/display/out-of-turn", test_out_of_turn);
  ADD ("/display/before-hello", test_before_hello);
  ADD ("/display/flood", test_flood);
  ADD ("/display/stuck", test_stuck);
  ADD ("/display/hangs", test_hangs);
  g_test_add_data_func ("/display/spice-without-domain",
                        GINT_TO_POINTER (GBX_DISPLAY_PROTOCOL_SPICE), test_protocol_without_domain);
  g_test_add_data_func ("/display/vnc-without-domain", GINT_TO_POINTER (GBX_DISPLAY_PROTOCOL_VNC),
                        test_protocol_without_domain);
  ADD ("/display/program-is-missing", test_program_is_missing);
  return g_test_run ();
}
