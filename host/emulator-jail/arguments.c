/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Paths in QEMU's arguments that the launch does not know, or that QEMU should not open
 * itself.
 *
 *   Should: pass its sockets on, connected: without new sockets QEMU cannot reach
 *   other programs.
 *   Mustn't: show QEMU anything in libvirt's folders but its own key. */

#include "jail.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* ------------------------------------------------------------- the key -- */

/* The text of a JSON string from behind its quotation mark. libvirt escapes special
 * characters; a path with control characters, which would be \u, has no rule. */
static char *
read_json (const char *text)
{
  char *path = strdup (text), *to = path;

  for (const char *at = text; path && *at && *at != '"'; at++)
    {
      if (*at == '\\')
        at++;
      if (*at == '\0' || (at[-1] == '\\' && strchr ("ubfnrt", *at)))
        break;
      *to++ = *at;
    }
  if (path)
    *to = '\0';
  return path;
}

/* The same in QEMU's own notation, where a comma is doubled. */
static char *
read_option (const char *text)
{
  char *path = strdup (text), *to = path;

  for (const char *at = text; path && *at; at++)
    {
      if (*at == ',' && *++at != ',')
        break;
      *to++ = *at;
    }
  if (path)
    *to = '\0';
  return path;
}

/* libvirt passes secrets to QEMU with a key in a file.  Its folder also contains the keys
 * and monitors of other domains. */
void
jail_add_key (Jail *jail, char **argv)
{
  for (; argv[0] && argv[1]; argv++)
    {
      const char *json = strstr (argv[1], "\"file\":\"");
      const char *option = strstr (argv[1], ",file=");
      char *path = NULL;

      if (strcmp (argv[0], "-object") != 0 || !strstr (argv[1], "masterKey0"))
        continue;
      if (argv[1][0] == '{' && json)
        path = read_json (json + strlen ("\"file\":\""));
      else if (option)
        path = read_option (option + strlen (",file="));
      jail_add_rule (jail, "own-read", path, path);
      return;
    }
}

/* --------------------------------------------------------- the sockets -- */

static int
connect_to (const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM, 0);

  errno = ENAMETOOLONG;
  if (fd < 0 || strlen (path) >= sizeof address.sun_path)
    fail ("cannot make a socket for %s", path);
  strcpy (address.sun_path, path);
  if (connect (fd, (struct sockaddr *) &address, sizeof address) != 0)
    fail ("cannot connect to %s", path);
  return fd;
}

/* As it is written in an argument. */
static char *
double_commas (const char *path)
{
  char *text = malloc (2 * strlen (path) + 1), *to = text;

  if (!text)
    fail ("cannot copy %s", path);
  for (; *path; *to++ = *path++)
    if (*path == ',')
      *to++ = ',';
  *to = '\0';
  return text;
}

/* The argument with its first occurrence of that text replaced; or NULL. */
static char *
replace (const char *argument, const char *text, const char *with)
{
  const char *found = strstr (argument, text);
  char *replaced = NULL;

  /* Not the beginning of a longer path. */
  if (!found || (found[strlen (text)] != '\0' && found[strlen (text)] != ','))
    return NULL;
  if (asprintf (&replaced, "%.*s%s%s", (int) (found - argument), argument, with,
                found + strlen (text)) < 0)
    fail ("cannot change the argument %s", argument);
  return replaced;
}

/* In libvirt's character devices, and in our own network device. */
static bool
hand_over (char **argument, const char *path, int fd)
{
  const char *const keys[][2] = {
    { "addr.type=unix,addr.path=", "addr.type=fd,addr.str=" },
    { "path=", "fd=" },
  };

  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
    {
      char *text = NULL, *with = NULL, *replaced;

      if (asprintf (&text, "%s%s", keys[i][0], path) < 0 ||
          asprintf (&with, "%s%d", keys[i][1], fd) < 0)
        fail ("cannot change the argument %s", *argument);
      replaced = replace (*argument, text, with);
      free (text);
      free (with);
      if (replaced)
        return *argument = replaced, true;
    }
  return false;
}

void
jail_connect (const Jail *jail, char **argv)
{
  for (size_t i = 0; i < jail->n_sockets; i++)
    {
      char *path = double_commas (jail->sockets[i]);
      int fd = connect_to (jail->sockets[i]);
      bool found = false;

      for (char **argument = argv; *argument && !found; argument++)
        found = hand_over (argument, path, fd);
      errno = ENOENT;
      if (!found)
        fail ("no argument of QEMU's for the socket %s", jail->sockets[i]);
      free (path);
    }
}
