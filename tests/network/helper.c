/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A sandbox's network helper without a sandbox: starts it in a folder, says what
 * happens, and stops it at the end of its input.
 *
 *   network-helper SOCKET [publish=LIST] [only-published] ["limits=N N N N N N"]
 *
 * Lines of input: "notice" asks for the notice, "traffic" for the bytes, "limits N N N N N N"
 * changes the limits. */

#include "gbx-network.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void
say (const char *what, const char *text)
{
  printf ("%s %s\n", what, text ? text : "-");
  fflush (stdout);
}

static GbxNetworkLimits
parse_limits (const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", 6);
  guint64 numbers[6] = { 0 };

  for (guint i = 0; i < 6 && words[i]; i++)
    numbers[i] = g_ascii_strtoull (words[i], NULL, 10);
  return (GbxNetworkLimits) { { numbers[0], numbers[1], numbers[2] },
                              { numbers[3], numbers[4], numbers[5] } };
}

static void
change_limits (GbxNetworkHelper *helper, const char *text)
{
  GbxNetworkLimits limits = parse_limits (text);
  g_autoptr (GError) error = NULL;

  gbx_network_helper_change_limits (helper, &limits, &error);
  say ("limits", error ? error->message : "ok");
}

static void
say_traffic (GbxNetworkHelper *helper)
{
  g_autoptr (GError) error = NULL;
  guint64 received = 0, sent = 0;

  gbx_network_helper_get_traffic (helper, &received, &sent, &error);
  if (error)
    say ("traffic", error->message);
  else
    printf ("traffic %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT "\n", received, sent);
  fflush (stdout);
}

static void
answer (GbxNetworkHelper *helper, const char *question)
{
  if (g_str_has_prefix (question, "limits "))
    change_limits (helper, question + strlen ("limits "));
  else if (g_str_has_prefix (question, "traffic"))
    say_traffic (helper);
  else
    say ("notice", gbx_network_helper_get_notice (helper));
}

static void
serve (GbxNetworkHelper *helper)
{
  struct pollfd fds[] = {
    { STDIN_FILENO, POLLIN, 0 },
    { gbx_network_helper_get_process_fd (helper), POLLIN, 0 },
  };
  char line[256];
  ssize_t length;

  while (poll (fds, G_N_ELEMENTS (fds), -1) > 0)
    {
      if (fds[1].revents)
        {
          say ("ended", NULL);
          fds[1].fd = -1;
        }
      if (!fds[0].revents)
        continue;
      length = read (STDIN_FILENO, line, sizeof line - 1);
      if (length <= 0)
        return;
      line[length] = '\0';
      answer (helper, line);
    }
}

static void
take_option (GbxNetworkOptions *options, const char *word)
{
  if (g_str_has_prefix (word, "publish="))
    options->publish = word + strlen ("publish=");
  else if (g_str_has_prefix (word, "limits="))
    options->limits = parse_limits (word + strlen ("limits="));
  else
    options->only_published |= g_str_equal (word, "only-published");
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *interface = NULL;
  GbxNetworkOptions options = { 0 };
  GbxNetworkHelper *helper;

  if (argc < 2)
    return EXIT_FAILURE;
  options.socket = argv[1];
  for (int i = 2; i < argc; i++)
    take_option (&options, argv[i]);
  interface = gbx_network_find_interface ();
  options.interface = options.only_published ? NULL : interface;
  helper = gbx_network_helper_start (&options, &error);
  if (!helper)
    {
      say ("failed", error->message);
      return EXIT_FAILURE;
    }
  if (gbx_network_helper_get_unlimited (helper))
    say ("unlimited", gbx_network_helper_get_unlimited (helper));
  say ("started", gbx_network_helper_get_notice (helper));
  serve (helper);
  gbx_network_helper_stop (helper);
  return EXIT_SUCCESS;
}
