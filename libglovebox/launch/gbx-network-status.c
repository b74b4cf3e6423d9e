/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-network"

#include "config.h"

#include "gbx-network-status.h"

#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

struct _GbxNetworkStatus
{
  int fd;
  GString *unread; /* the beginning of a line */
  gboolean is_listening;
  char *notice; /* (nullable) */
  char *error;  /* (nullable) */
  char *unlimited; /* (nullable) */
};

GbxNetworkStatus *
gbx_network_status_new (int fd)
{
  GbxNetworkStatus *self = g_new0 (GbxNetworkStatus, 1);

  self->fd = fd;
  self->unread = g_string_new (NULL);
  g_unix_set_fd_nonblocking (fd, TRUE, NULL);
  return self;
}

void
gbx_network_status_free (GbxNetworkStatus *self)
{
  close (self->fd);
  g_string_free (self->unread, TRUE);
  g_free (self->notice);
  g_free (self->error);
  g_free (self->unlimited);
  g_free (self);
}

static char *
describe_names (const char *state, const char *server)
{
  if (g_str_equal (state, "local"))
    return g_strdup_printf (
        _ ("Names do not resolve in the sandbox: the only name server known here, %s, runs on "
           "this computer itself; set another one in /etc/resolv.conf, or let systemd-resolved "
           "or NetworkManager manage it."),
        server);
  if (g_str_equal (state, "ipv6"))
    return g_strdup_printf (
        _ ("Names do not resolve in the sandbox: the name server, %s, has an IPv6 address, and "
           "this computer had no IPv6 when the sandbox started; restart the sandbox."),
        server);
  if (g_str_equal (state, "link"))
    return g_strdup_printf (
        _ ("Names do not resolve in the sandbox: the address of the name server, %s, is valid "
           "on one link only, and a sandbox cannot reach it; set another one in "
           "/etc/resolv.conf."),
        server);
  return NULL;
}

/* The state of name resolution, a server, and the state of the route. */
static char *
describe (const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);

  if (g_strv_length (words) != 3)
    return NULL;
  if (g_str_equal (words[2], "unconnected"))
    return g_strdup (_ ("There is no network now: this computer has no route to other networks. "
                        "The sandbox's network works as soon as there is one."));
  if (g_str_equal (words[2], "late"))
    return g_strdup (_ ("There is no network now: this computer has only an IPv6 route, and it had "
                        "no IPv6 when the sandbox started. Restart the sandbox."));
  return describe_names (words[0], words[1]);
}

static void
take_line (GbxNetworkStatus *self, const char *line)
{
  const char *rest = strchr (line, ' ');

  if (g_str_equal (line, "listening"))
    self->is_listening = TRUE;
  else if (g_str_has_prefix (line, "names "))
    {
      g_free (self->notice);
      self->notice = describe (rest + 1);
    }
  else if (g_str_has_prefix (line, "error "))
    {
      g_free (self->error);
      self->error = g_utf8_make_valid (rest + 1, -1);
    }
  else if (g_str_has_prefix (line, "unlimited "))
    {
      g_free (self->unlimited);
      self->unlimited = g_utf8_make_valid (rest + 1, -1);
    }
}

/* Whether there may be more to come. */
static gboolean
take_arrived (GbxNetworkStatus *self)
{
  char buffer[1024];
  const char *end;
  gssize n;

  while ((n = read (self->fd, buffer, sizeof buffer)) > 0)
    g_string_append_len (self->unread, buffer, n);
  while ((end = strchr (self->unread->str, '\n')))
    {
      g_autofree char *line = g_strndup (self->unread->str, end - self->unread->str);

      g_string_erase (self->unread, 0, strlen (line) + 1);
      take_line (self, line);
    }
  return n != 0;
}

gboolean
gbx_network_status_await (GbxNetworkStatus *self, int seconds)
{
  gint64 deadline = g_get_monotonic_time () + seconds * G_TIME_SPAN_SECOND;
  struct pollfd fd = { self->fd, POLLIN, 0 };
  gint64 left = seconds * G_TIME_SPAN_SECOND;

  while (!self->is_listening && left > 0 && poll (&fd, 1, left / 1000 + 1) != 0 &&
         take_arrived (self))
    left = deadline - g_get_monotonic_time ();
  return self->is_listening;
}

const char *
gbx_network_status_get_notice (GbxNetworkStatus *self)
{
  take_arrived (self);
  return self->notice;
}

const char *
gbx_network_status_get_error (GbxNetworkStatus *self)
{
  take_arrived (self);
  return self->error;
}

const char *
gbx_network_status_get_unlimited (GbxNetworkStatus *self)
{
  take_arrived (self);
  return self->unlimited;
}

void
gbx_network_status_await_end (GbxNetworkStatus *self, int seconds)
{
  gint64 deadline = g_get_monotonic_time () + seconds * G_TIME_SPAN_SECOND;
  struct pollfd fd = { self->fd, POLLIN, 0 };
  gint64 left = seconds * G_TIME_SPAN_SECOND;

  while (left > 0 && poll (&fd, 1, left / 1000 + 1) != 0 && take_arrived (self))
    left = deadline - g_get_monotonic_time ();
}
