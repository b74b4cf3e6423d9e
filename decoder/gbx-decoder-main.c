/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-display"
#include "config.h"

/* glovebox-display: decodes a guest's display for a window.
 *
 * The window starts it with a socket as its standard input and a protocol as its
 * argument.  It confines itself before it reads the first byte from the guest: see
 * gbx-decoder-walls.c. */

#include "gbx-decoder-link.h"
#include "gbx-decoder-server.h"
#include "gbx-decoder-walls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const GbxDecoderServer *server;
static GbxScreen *screen;

static void
on_message (const GbxDisplayMessage *message, int fd, gpointer data)
{
  const uint32_t *args = message->args;

  switch (message->type)
    {
    case GBX_DISPLAY_CURSOR_MEMORY:
      gbx_screen_handle_cursor_memory (screen, fd);
      break;
    case GBX_DISPLAY_FRAME:
      gbx_screen_handle_frame (screen, message, fd);
      break;
    case GBX_DISPLAY_TURN:
      gbx_screen_handle_turn (screen);
      break;
    case GBX_DISPLAY_FD:
      server->take_fd (args[0], fd);
      break;
    case GBX_DISPLAY_KEY:
      server->send_key (args[0], args[1] != 0, args[2]);
      break;
    case GBX_DISPLAY_POINTER:
      server->move_pointer (args[0], args[1]);
      break;
    case GBX_DISPLAY_BUTTON:
      server->send_button (args[0], args[1] != 0);
      break;
    case GBX_DISPLAY_ARE_YOU_ALIVE:
      gbx_link_send (GBX_DISPLAY_ALIVE, 0);
      break;
    case GBX_DISPLAY_LOCKS:
      server->set_locks (args[0]);
      break;
    default:
      break;
    }
}

static const GbxDecoderServer *
find_server (const char *name)
{
  static const GbxDecoderServer *const servers[] = { &gbx_decoder_spice, &gbx_decoder_vnc };

  for (guint i = 0; name && i < G_N_ELEMENTS (servers); i++)
    if (strcmp (servers[i]->name, name) == 0)
      return servers[i];
  return NULL;
}

static gboolean
is_started_by_a_window (void)
{
  int type = 0;
  socklen_t size = sizeof type;

  return getsockopt (GBX_LINK_FD, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_SEQPACKET;
}

/* The libraries cannot open these any more. */
static void
clean_environment (void)
{
  clearenv ();
  setenv ("HOME", "/", 1);
  setenv ("LC_ALL", "C.UTF-8", 1);
  setenv ("GIO_USE_VFS", "local", 1);
  setenv ("GSETTINGS_BACKEND", "memory", 1);
}

int
main (int argc, char **argv)
{
  g_autoptr (GMainLoop) loop = NULL;
  GbxDisplayWalls walls;

  server = find_server (argc == 2 ? argv[1] : NULL);
  if (!server || !is_started_by_a_window ())
    {
      fprintf (stderr, "glovebox-display: this is a part of glovebox; use “glovebox run”\n");
      return 125;
    }
  close_range (3, ~0U, 0);
  clean_environment ();
  walls = gbx_decoder_raise_walls ();
  gbx_link_send (GBX_DISPLAY_HELLO, 2, GBX_DISPLAY_PROTOCOL_VERSION, walls);
  gbx_link_listen (on_message, NULL);
  screen = gbx_screen_new ();
  server->connect (screen);
  loop = g_main_loop_new (NULL, FALSE);
  g_main_loop_run (loop);
  return 0;
}
