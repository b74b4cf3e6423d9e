/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The name servers that the host uses, without those on the host itself.  A stub on the
 * loopback is a service of the host; the program that manages it writes a file with the
 * servers behind it. */

#include "gbx-guard.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#define FILE_MAX 65536
#define WATCHED (IN_CREATE | IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ATTRIB)

/* The first file with a usable server counts. */
static const char *const files[] = {
  "/etc/resolv.conf", "/run/systemd/resolve/resolv.conf", /* systemd-resolved(8) */
  "/run/NetworkManager/no-stub-resolv.conf",              /* NetworkManager.conf(5), rc-manager */
  "/run/dnsmasq/resolv.conf", /* dnsmasq with resolvconf, Debian's hook */
};
/* And the folders in which one of these folders may be created. */
static const char *const folders[] = { "/run", "/run/systemd" };
#define N_FILES (sizeof files / sizeof files[0])
#define N_FOLDERS (sizeof folders / sizeof folders[0])

/* -------------------------------------------------------------- watch -- */

static void
watch_folder_of (int fd, const char *file)
{
  char path[PATH_MAX];

  snprintf (path, sizeof path, "%s", file);
  inotify_add_watch (fd, dirname (path), WATCHED);
}

/* Watches its folder, the target of a link, and the file itself, because in a container it
 * is often a mount.  If it does not exist, only its folder is watched. */
int
guard_names_watch (int fd)
{
  char target[PATH_MAX];

  if (fd < 0)
    fd = inotify_init1 (IN_CLOEXEC | IN_NONBLOCK);
  if (fd < 0)
    guard_die ("cannot follow the host's name servers: %s", strerror (errno));
  for (size_t i = 0; i < N_FOLDERS; i++)
    inotify_add_watch (fd, folders[i], IN_CREATE | IN_MOVED_TO | IN_ONLYDIR);
  for (size_t i = 0; i < N_FILES; i++)
    {
      watch_folder_of (fd, files[i]);
      if (realpath (files[i], target))
        watch_folder_of (fd, target);
      inotify_add_watch (fd, files[i], IN_CLOSE_WRITE);
    }
  return fd;
}

/* --------------------------------------------------------------- read -- */

static void
refuse (GuardNames *names, GuardNamesState why, const char *server)
{
  if (names->refused[0])
    return;
  names->state = why;
  snprintf (names->refused, sizeof names->refused, "%s", server);
}

static bool
is_of_link (const GuardAddress *address)
{
  return address->version == 6 && address->bytes[0] == 0xfe && (address->bytes[1] & 0xc0) == 0x80;
}

static void
take_server (const char *word, const GuardAddresses *addresses, bool ipv6, GuardNames *names)
{
  GuardAddress address;
  GuardNamesState trouble = GUARD_NAMES_OK;

  if (!guard_address_parse (word, &address))
    return;
  if (is_of_link (&address))
    trouble = GUARD_NAMES_LINK;
  else if (address.version == 6 && !ipv6)
    trouble
        = address.bytes[0] == 0 && address.bytes[15] == 1 ? GUARD_NAMES_LOCAL : GUARD_NAMES_IPV6;
  else if (guard_ranges_contain (&addresses->own, &address))
    trouble = GUARD_NAMES_LOCAL;
  if (trouble != GUARD_NAMES_OK)
    refuse (names, trouble, word);
  else if (names->n_servers < GUARD_NAME_SERVERS)
    names->servers[names->n_servers++] = address;
}

void
guard_names_parse (const char *text, const GuardAddresses *addresses, bool ipv6, GuardNames *names)
{
  static const char keyword[] = "nameserver";

  for (const char *line = text; *line; line += strcspn (line, "\n"), line += *line == '\n')
    {
      const char *at = line + sizeof keyword - 1;
      char word[GUARD_TEXT_MAX];
      size_t length;

      if (strncmp (line, keyword, sizeof keyword - 1) != 0 || (*at != ' ' && *at != '\t'))
        continue;
      at += strspn (at, " \t");
      /* A link-local address has its interface after a "%". */
      length = strcspn (at, "% \t\r\n;#");
      if (length == 0 || length >= sizeof word)
        continue;
      memcpy (word, at, length);
      word[length] = '\0';
      take_server (word, addresses, ipv6, names);
    }
}

static void
read_file (const char *path, const GuardAddresses *addresses, bool ipv6, GuardNames *names)
{
  static char text[FILE_MAX + 1];
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  size_t length = 0;
  ssize_t n = 0;

  while (fd >= 0 && length < FILE_MAX && (n = read (fd, text + length, FILE_MAX - length)) > 0)
    length += n;
  if (fd >= 0)
    close (fd);
  text[length] = '\0';
  guard_names_parse (text, addresses, ipv6, names);
}

void
guard_names_read (const GuardAddresses *addresses, bool ipv6, GuardNames *names)
{
  memset (names, 0, sizeof *names);
  for (size_t i = 0; i < N_FILES && names->n_servers == 0; i++)
    read_file (files[i], addresses, ipv6, names);
  if (names->n_servers > 0)
    names->state = GUARD_NAMES_OK;
  else
    /* Without a server, programs ask on the loopback: resolv.conf(5). */
    refuse (names, GUARD_NAMES_LOCAL, "127.0.0.1");
}
