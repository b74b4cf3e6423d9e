/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-service"

#include "config.h"

#include "gbx-service-notify.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static char *path; /* (nullable) */

void
gbx_service_notify_begin (void)
{
  g_free (path);
  path = g_strdup (g_getenv ("NOTIFY_SOCKET"));
  g_unsetenv ("NOTIFY_SOCKET");
}

void
gbx_service_notify (const char *text)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  socklen_t length;
  int fd;

  if (!path || (*path != '/' && *path != '@') || strlen (path) >= sizeof address.sun_path)
    return;
  memcpy (address.sun_path, path, strlen (path));
  if (*path == '@')
    address.sun_path[0] = '\0';
  length = (socklen_t) (G_STRUCT_OFFSET (struct sockaddr_un, sun_path) + strlen (path));
  fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return;
  if (sendto (fd, text, strlen (text), MSG_NOSIGNAL, (struct sockaddr *) &address, length) < 0)
    g_debug ("systemd was not told “%s”", text);
  close (fd);
}
