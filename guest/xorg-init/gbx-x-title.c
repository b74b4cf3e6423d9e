/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The pictures of title bars, which glovebox-title-bar draws.  It is started with the first
 * one, and draws one at a time; meanwhile a window shows its bar without a text. */

#include "gbx-title-bar.h"
#include "gbx-util.h"
#include "gbx-x-client.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* If it crashes more often, the X server's own font is used. */
#define STARTS_MAX 3
/* Below the length of a request that every X server takes. */
#define BAND_BYTES 65536

typedef struct
{
  xcb_window_t frame; /* 0: this entry is free */
  xcb_pixmap_t picture;
  GbxBarRequest wanted;
  bool pending; /* the picture is not what is wanted */
} Bar;

static const char *program = GBX_TITLE_PROGRAM;
static Bar bars[GBX_X_WINDOWS_MAX];
static int drawer = -1; /* socket */
static int n_starts;

/* The picture that is being received. */
static Bar *current;
static GbxBarRequest requested;
static uint8_t *pixels;
static size_t received, expected;

void
gbx_x_title_use (const char *path)
{
  program = path;
}

/* ------------------------------------------------------------- the bars -- */

static void
forget (GbxXClient *self, Bar *bar)
{
  if (bar->picture)
    xcb_free_pixmap (self->connection, bar->picture);
  if (current == bar)
    current = NULL;
  memset (bar, 0, sizeof *bar);
}

/* NULL if there is no place left. */
static Bar *
bar_of (GbxXClient *self, xcb_window_t frame)
{
  Bar *unused = NULL;

  for (size_t i = 0; i < GBX_X_WINDOWS_MAX; i++)
    {
      if (bars[i].frame == frame)
        return &bars[i];
      /* A frame that is gone. */
      if (bars[i].frame && !gbx_x_window_find (self, bars[i].frame))
        forget (self, &bars[i]);
      if (!bars[i].frame && !unused)
        unused = &bars[i];
    }
  if (unused)
    unused->frame = frame;
  return unused;
}

static GbxBarRequest
request_for (GbxXClient *self, const GbxXWindow *window)
{
  const GbxXColours *colours = &gbx_x_looks ()->colours;
  bool active = window == &self->windows[0];
  uint16_t width = gbx_x_outer_width (window);
  GbxBarRequest request;

  /* Requests are compared as a whole. */
  memset (&request, 0, sizeof request);
  request.width = width < GBX_BAR_WIDTH_MAX ? width : GBX_BAR_WIDTH_MAX;
  request.height = GBX_X_TITLE_HEIGHT;
  request.back = active ? colours->bar : colours->bar_inactive;
  request.text = active ? colours->text : colours->text_inactive;
  request.line = colours->line;
  memcpy (request.title, window->title, sizeof window->title);
  return request;
}

bool
gbx_x_title_works (void)
{
  return drawer >= 0 || n_starts < STARTS_MAX;
}

xcb_pixmap_t
gbx_x_title_get (GbxXClient *self, const GbxXWindow *window)
{
  GbxBarRequest wanted = request_for (self, window);
  Bar *bar = bar_of (self, window->frame);

  if (!bar)
    return XCB_NONE;
  if (memcmp (&wanted, &bar->wanted, sizeof wanted) != 0)
    {
      bar->wanted = wanted;
      bar->pending = true;
    }
  return bar->picture;
}

/* ---------------------------------------------------------- the program -- */

static _Noreturn void
run_drawer (int socket)
{
  const GbxXLooks *looks = gbx_x_looks ();
  char size[8];
  int null = open ("/dev/null", O_WRONLY);

  snprintf (size, sizeof size, "%d", looks->text_pixels);
  signal (SIGCHLD, SIG_DFL);
  if (null < 0 || dup2 (socket, 0) < 0 || dup2 (null, 1) < 0 || dup2 (null, 2) < 0
      || close_range (3, ~0U, 0) != 0)
    _exit (126);
  execl (program, program, looks->font, size, (char *)NULL);
  _exit (127);
}

static void
start_drawer (void)
{
  int ends[2];
  pid_t pid;

  n_starts++;
  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return;
  /* The kernel reaps it. */
  signal (SIGCHLD, SIG_IGN);
  pid = fork ();
  if (pid == 0)
    run_drawer (ends[1]);
  close (ends[1]);
  drawer = ends[0];
  if (pid < 0)
    gbx_close_fd (&drawer);
}

/* Draws all again: with another program, or with the X server's font. */
static void
lose_drawer (GbxXClient *self)
{
  gbx_close_fd (&drawer);
  if (current)
    current->pending = true;
  current = NULL;
  expected = 0;
  for (size_t i = 0; n_starts >= STARTS_MAX && i < self->n_windows; i++)
    gbx_x_frame_draw (self, &self->windows[i]);
}

static void
send_next (GbxXClient *self)
{
  Bar *next = NULL;

  for (size_t i = 0; i < GBX_X_WINDOWS_MAX && !next; i++)
    if (bars[i].pending && gbx_x_window_find (self, bars[i].frame))
      next = &bars[i];
  if (!next)
    return;
  if (drawer < 0)
    start_drawer ();
  free (pixels);
  pixels = malloc ((size_t)next->wanted.width * next->wanted.height * 4);
  if (drawer < 0 || !pixels)
    return;
  requested = next->wanted;
  expected = (size_t)requested.width * requested.height * 4;
  received = 0;
  current = next;
  next->pending = false;
  /* The socket is empty, so it takes the request as a whole. */
  if (send (drawer, &requested, sizeof requested, MSG_DONTWAIT | MSG_NOSIGNAL) != sizeof requested)
    lose_drawer (self);
}

/* ---------------------------------------------------------- the picture -- */

static void
put_pixels (GbxXClient *self, xcb_pixmap_t picture)
{
  uint32_t stride = requested.width * 4u, rows = BAND_BYTES / stride;

  for (uint32_t y = 0; y < requested.height; y += rows)
    {
      uint32_t n = requested.height - y < rows ? requested.height - y : rows;

      xcb_put_image (self->connection, XCB_IMAGE_FORMAT_Z_PIXMAP, picture, self->gc,
                     requested.width, n, 0, y, 0, self->screen->root_depth, n * stride,
                     pixels + (size_t)y * stride);
    }
}

static void
show (GbxXClient *self)
{
  Bar *bar = current;
  GbxXWindow *window = bar ? gbx_x_window_find (self, bar->frame) : NULL;

  expected = 0;
  current = NULL;
  if (!window)
    return;
  if (bar->picture)
    xcb_free_pixmap (self->connection, bar->picture);
  bar->picture = xcb_generate_id (self->connection);
  xcb_create_pixmap (self->connection, self->screen->root_depth, bar->picture, self->root,
                     requested.width, requested.height);
  put_pixels (self, bar->picture);
  gbx_x_frame_draw (self, window);
}

static void
receive (GbxXClient *self)
{
  while (drawer >= 0)
    {
      uint8_t surplus;
      ssize_t n = expected ? recv (drawer, pixels + received, expected - received, MSG_DONTWAIT)
                           : recv (drawer, &surplus, 1, MSG_DONTWAIT);

      if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
      if (n <= 0 || !expected)
        {
          lose_drawer (self);
          return;
        }
      received += n;
      if (received == expected)
        show (self);
    }
}

int
gbx_x_title_get_fd (void)
{
  return drawer;
}

void
gbx_x_title_tick (GbxXClient *self)
{
  receive (self);
  if (!expected && gbx_x_title_works ())
    send_next (self);
}
