/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-decoder-link.h"
#include "gbx-decoder-screen.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

/* What the decoding program says, and when: this test is the window. */

#define WIDTH 64
#define HEIGHT 48

typedef struct
{
  GbxScreen *screen;
  int window; /* our end of the socket */
  guint32 pixels[WIDTH * HEIGHT];
  guint32 *frame;
  guint flushed;
} Fixture;

static void
on_flushed (gpointer data)
{
  ((Fixture *)data)->flushed++;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  int sockets[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_SEQPACKET, 0, sockets), ==, 0);
  g_assert_cmpint (dup2 (sockets[1], GBX_LINK_FD), ==, GBX_LINK_FD);
  close (sockets[1]);
  fixture->window = sockets[0];
  fixture->screen = gbx_screen_new ();
  gbx_screen_set_flushed (fixture->screen, on_flushed, fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  close (fixture->window);
  if (fixture->frame)
    munmap (fixture->frame, sizeof fixture->pixels);
}

/* FALSE: nothing was said. */
static gboolean
hear (Fixture *fixture, GbxDisplayMessage *message)
{
  guint8 packet[100];
  ssize_t size = recv (fixture->window, packet, sizeof packet, MSG_DONTWAIT);

  if (size < 0)
    return FALSE;
  g_assert_true (
      gbx_display_message_decode (message, GBX_DISPLAY_TO_WINDOW, packet, (gsize)size, 0));
  return TRUE;
}

static void
settle (void)
{
  gint64 end = g_get_monotonic_time () + 50000;

  while (g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, FALSE);
}

static void
assert_silent (Fixture *fixture)
{
  GbxDisplayMessage message;

  settle ();
  g_assert_false (hear (fixture, &message));
}

/* Gives a turn and hears it to its end: the number of messages before that. */
static guint
take_turn (Fixture *fixture, GbxDisplayMessage *messages)
{
  guint n = 0;

  gbx_screen_handle_turn (fixture->screen);
  settle ();
  while (hear (fixture, &messages[n]) && messages[n].type != GBX_DISPLAY_TURN_DONE)
    g_assert_cmpuint (++n, <, GBX_DISPLAY_TURN_MAX);
  g_assert_cmpuint (messages[n].type, ==, GBX_DISPLAY_TURN_DONE);
  return n;
}

static void
give_frame (Fixture *fixture, guint serial)
{
  GbxDisplayMessage message
      = { GBX_DISPLAY_FRAME, { serial, WIDTH, HEIGHT, gbx_display_stride (WIDTH) } };
  int fd = memfd_create ("frame", MFD_CLOEXEC);

  g_assert_cmpint (ftruncate (fd, sizeof fixture->pixels), ==, 0);
  if (fixture->frame)
    munmap (fixture->frame, sizeof fixture->pixels);
  fixture->frame = mmap (NULL, sizeof fixture->pixels, PROT_READ, MAP_SHARED, fd, 0);
  gbx_screen_handle_frame (fixture->screen, &message, fd);
}

static void
begin (Fixture *fixture)
{
  GbxDisplayMessage messages[GBX_DISPLAY_TURN_MAX];

  gbx_screen_set_pixels (fixture->screen, (guint8 *)fixture->pixels, WIDTH, HEIGHT, WIDTH * 4);
  g_assert_cmpuint (take_turn (fixture, messages), ==, 1);
  g_assert_cmpuint (messages[0].type, ==, GBX_DISPLAY_SIZE);
  give_frame (fixture, 1);
  g_assert_cmpuint (take_turn (fixture, messages), ==, 1);
  g_assert_cmpuint (messages[0].type, ==, GBX_DISPLAY_DAMAGE);
  g_assert_cmpuint (messages[0].args[3], ==, WIDTH);
  g_assert_cmpuint (messages[0].args[4], ==, HEIGHT);
}

static void
test_turns (Fixture *fixture, gconstpointer data)
{
  GbxDisplayMessage messages[GBX_DISPLAY_TURN_MAX];

  gbx_screen_want_fd (fixture->screen, 0);
  gbx_screen_answered (fixture->screen);
  assert_silent (fixture);
  g_assert_cmpuint (take_turn (fixture, messages), ==, 2);
  g_assert_cmpuint (fixture->flushed, ==, 1);
  /* A turn that nothing is to be said in is kept. */
  gbx_screen_handle_turn (fixture->screen);
  assert_silent (fixture);
  gbx_screen_closed (fixture->screen);
  settle ();
  g_assert_true (hear (fixture, &messages[0]));
  g_assert_cmpuint (messages[0].type, ==, GBX_DISPLAY_CLOSED);
}

static void
test_picture (Fixture *fixture, gconstpointer data)
{
  GbxDisplayMessage messages[GBX_DISPLAY_TURN_MAX];

  memset (fixture->pixels, 0x11, sizeof fixture->pixels);
  begin (fixture);
  g_assert_cmpint (memcmp (fixture->frame, fixture->pixels, sizeof fixture->pixels), ==, 0);
  /* In the window's memory nothing changes but in a turn, and only what has changed. */
  memset (fixture->pixels, 0x22, sizeof fixture->pixels);
  gbx_screen_damage (fixture->screen, 10, 5, 4, 3);
  settle ();
  g_assert_cmphex (fixture->frame[5 * WIDTH + 10], ==, 0x11111111);
  g_assert_cmpuint (take_turn (fixture, messages), ==, 1);
  g_assert_cmphex (fixture->frame[5 * WIDTH + 10], ==, 0x22222222);
  g_assert_cmphex (fixture->frame[7 * WIDTH + 13], ==, 0x22222222);
  g_assert_cmphex (fixture->frame[7 * WIDTH + 14], ==, 0x11111111);
  g_assert_cmphex (fixture->frame[8 * WIDTH + 13], ==, 0x11111111);
}

/* However much there is to be told of, it fits into a turn. */
static void
test_much (Fixture *fixture, gconstpointer data)
{
  static const guint8 rgba[32 * 32 * 4];
  GbxDisplayMessage messages[GBX_DISPLAY_TURN_MAX];
  guint n, pixels = 0;

  gbx_screen_handle_cursor_memory (fixture->screen, memfd_create ("cursor", 0));
  begin (fixture);
  for (int y = 0; y < HEIGHT; y += 4)
    for (int x = 0; x < WIDTH; x += 4)
      gbx_screen_damage (fixture->screen, x, y, 1, 1);
  gbx_screen_damage (fixture->screen, G_MAXINT, G_MAXINT, G_MAXINT, G_MAXINT);
  gbx_screen_damage (fixture->screen, -5, -5, 3, 3);
  gbx_screen_damage (fixture->screen, G_MININT, 0, G_MAXINT, -1);
  gbx_screen_set_cursor (fixture->screen, GBX_CURSOR_SHAPE, rgba, 300, 300, 1, 1);
  for (guint i = 0; i < GBX_DISPLAY_CHANNELS; i++)
    gbx_screen_want_fd (fixture->screen, i);
  gbx_screen_answered (fixture->screen);
  gbx_screen_fail (fixture->screen, GBX_DISPLAY_FAULT_BROKEN);
  gbx_screen_fail (fixture->screen, GBX_DISPLAY_FAULT_MEMORY);
  gbx_screen_closed (fixture->screen);
  n = take_turn (fixture, messages);
  g_assert_cmpuint (n, >, 8);
  for (guint i = 0; i < n; i++)
    if (messages[i].type == GBX_DISPLAY_DAMAGE)
      pixels += messages[i].args[3] * messages[i].args[4];
    else if (messages[i].type == GBX_DISPLAY_FAILURE)
      g_assert_cmpuint (messages[i].args[0], ==, GBX_DISPLAY_FAULT_BROKEN);
  g_assert_cmpuint (pixels, >=, WIDTH * HEIGHT / 16);
}

/* A frame of a size that the screen no longer has is not written to. */
static void
test_late_frame (Fixture *fixture, gconstpointer data)
{
  GbxDisplayMessage messages[GBX_DISPLAY_TURN_MAX];

  gbx_screen_set_pixels (fixture->screen, (guint8 *)fixture->pixels, WIDTH, HEIGHT, WIDTH * 4);
  take_turn (fixture, messages);
  gbx_screen_set_pixels (fixture->screen, (guint8 *)fixture->pixels, WIDTH / 2, HEIGHT, WIDTH * 4);
  take_turn (fixture, messages);
  gbx_screen_set_pixels (fixture->screen, (guint8 *)fixture->pixels, WIDTH, HEIGHT, WIDTH * 4);
  g_assert_cmpuint (take_turn (fixture, messages), ==, 1);
  g_assert_cmpuint (messages[0].type, ==, GBX_DISPLAY_SIZE);
  give_frame (fixture, 1);
  give_frame (fixture, 2);
  gbx_screen_handle_turn (fixture->screen);
  assert_silent (fixture);
  give_frame (fixture, 3);
  settle ();
  g_assert_true (hear (fixture, &messages[0]));
  g_assert_cmpuint (messages[0].type, ==, GBX_DISPLAY_DAMAGE);
  g_assert_cmpuint (messages[0].args[0], ==, 3);
}

static void
test_claim (Fixture *fixture, gconstpointer data)
{
  GbxDisplayMessage messages[GBX_DISPLAY_TURN_MAX];

  begin (fixture);
  gbx_screen_claim_size (fixture->screen, 1000000, 9000);
  gbx_screen_damage (fixture->screen, 0, 0, 10, 10);
  g_assert_cmpuint (take_turn (fixture, messages), ==, 1);
  g_assert_cmpuint (messages[0].args[0], ==, G_MAXUINT16);
  g_assert_cmpuint (messages[0].args[1], ==, 9000);
}

/* The server takes its pixels away. */
static void
test_gone (Fixture *fixture, gconstpointer data)
{
  begin (fixture);
  gbx_screen_handle_turn (fixture->screen);
  gbx_screen_damage (fixture->screen, 0, 0, 10, 10);
  gbx_screen_set_pixels (fixture->screen, NULL, 0, 0, 0);
  gbx_screen_damage (fixture->screen, 0, 0, 10, 10);
  assert_silent (fixture);
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/decoder/turns", test_turns);
  ADD ("/decoder/picture", test_picture);
  ADD ("/decoder/much", test_much);
  ADD ("/decoder/late-frame", test_late_frame);
  ADD ("/decoder/claim", test_claim);
  ADD ("/decoder/gone", test_gone);
  return g_test_run ();
}
