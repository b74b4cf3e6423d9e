/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-display"
#include "config.h"

#include "gbx-decoder-link.h"

#include <errno.h>
#include <glib-unix.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static GbxLinkHandler link_handler;
static gpointer link_data;

/* The descriptor in a packet, or -1. */
static int
take_fd (struct msghdr *header)
{
  struct cmsghdr *control = CMSG_FIRSTHDR (header);
  int fd = -1;

  if (control && control->cmsg_level == SOL_SOCKET && control->cmsg_type == SCM_RIGHTS
      && control->cmsg_len == CMSG_LEN (sizeof fd))
    memcpy (&fd, CMSG_DATA (control), sizeof fd);
  return fd;
}

/* FALSE: nothing waits. */
static gboolean
receive (void)
{
  GbxDisplayMessage message;
  guint8 packet[sizeof message];
  union
  {
    struct cmsghdr align;
    char space[CMSG_SPACE (sizeof (int))];
  } control;
  struct iovec vector = { packet, sizeof packet };
  struct msghdr header = {
    .msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control
  };
  ssize_t size = recvmsg (GBX_LINK_FD, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  int fd;

  if (size < 0 && (errno == EAGAIN || errno == EINTR))
    return FALSE;
  if (size <= 0)
    exit (0);
  fd = take_fd (&header);
  if (!gbx_display_message_decode (&message, GBX_DISPLAY_TO_PROGRAM, packet, (gsize)size,
                                   fd >= 0 ? 1 : 0))
    g_error ("The window sent what cannot be understood");
  link_handler (&message, fd, link_data);
  return TRUE;
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer data)
{
  while (receive ())
    ;
  return G_SOURCE_CONTINUE;
}

void
gbx_link_listen (GbxLinkHandler handler, gpointer user_data)
{
  link_handler = handler;
  link_data = user_data;
  g_unix_fd_add (GBX_LINK_FD, G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable, NULL);
}

void
gbx_link_send (GbxDisplayMessageType type, guint n_args, ...)
{
  GbxDisplayMessage message = { .type = type };
  va_list args;

  va_start (args, n_args);
  for (guint i = 0; i < n_args && i < GBX_DISPLAY_ARGS; i++)
    message.args[i] = va_arg (args, guint);
  va_end (args);
  /* The turns prevent a full socket. */
  if (send (GBX_LINK_FD, &message, sizeof message, MSG_NOSIGNAL) < 0)
    exit (0);
}
