/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A sandbox's network helper without a sandbox: starts it in a folder, says what
 * happens, and stops it at the end of its input.  A line of input asks for the
 * notice. */

#include "gbx-network.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void
say (const char *what, const char *text)
{
  printf ("%s %s\n", what, text ? text : "-");
  fflush (stdout);
}

static void
serve (GbxNetworkHelper *helper)
{
  struct pollfd fds[] = {
    { STDIN_FILENO, POLLIN, 0 },
    { gbx_network_helper_get_process_fd (helper), POLLIN, 0 },
  };
  char line[64];

  while (poll (fds, G_N_ELEMENTS (fds), -1) > 0)
    {
      if (fds[1].revents)
        {
          say ("ended", NULL);
          fds[1].fd = -1;
        }
      if (fds[0].revents && read (STDIN_FILENO, line, sizeof line) <= 0)
        return;
      if (fds[0].revents)
        say ("notice", gbx_network_helper_get_notice (helper));
    }
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *interface = NULL;
  GbxNetworkOptions options = { .socket = argv[1] };
  GbxNetworkHelper *helper;

  if (argc != 2)
    return EXIT_FAILURE;
  interface = gbx_network_find_interface ();
  options.interface = interface;
  helper = gbx_network_helper_start (&options, &error);
  if (!helper)
    {
      say ("failed", error->message);
      return EXIT_FAILURE;
    }
  say ("started", gbx_network_helper_get_notice (helper));
  serve (helper);
  gbx_network_helper_stop (helper);
  return EXIT_SUCCESS;
}
