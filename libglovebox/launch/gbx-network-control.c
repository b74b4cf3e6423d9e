/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-network"

#include "config.h"

#include "gbx-network-control.h"

#include "gbx-error.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ANSWER_MS 10000
#define ANSWER_MAX 1024

struct _GbxNetworkControl
{
  int fd;
  GMutex asking; /* one question at a time */
};

static gboolean
fail (const char *why, GError **error)
{
  g_set_error (error, GBX_ERROR, GBX_ERROR_NETWORK,
               _ ("The program that provides the sandbox's network does not answer: %s; restart "
                  "the sandbox"),
               why);
  return FALSE;
}

GbxNetworkControl *
gbx_network_control_new (int *peer, GError **error)
{
  GbxNetworkControl *self;
  int fds[2];

  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) != 0)
    {
      fail (g_strerror (errno), error);
      return NULL;
    }
  self = g_new0 (GbxNetworkControl, 1);
  self->fd = fds[0];
  g_mutex_init (&self->asking);
  *peer = fds[1];
  return self;
}

void
gbx_network_control_free (GbxNetworkControl *self)
{
  close (self->fd);
  g_mutex_clear (&self->asking);
  g_free (self);
}

gboolean
gbx_network_control_begin (GbxNetworkControl *self, const char *text, const int *fds, guint n_fds,
                           GError **error)
{
  gsize size = n_fds * sizeof *fds;
  g_autofree char *ancillary = g_malloc0 (CMSG_SPACE (size));
  struct iovec part = { (void *) text, strlen (text) };
  struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = ancillary,
                            .msg_controllen = CMSG_SPACE (size) };
  struct cmsghdr *head = CMSG_FIRSTHDR (&message);

  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN (size);
  memcpy (CMSG_DATA (head), fds, size);
  if (sendmsg (self->fd, &message, MSG_NOSIGNAL) < 0)
    return fail (g_strerror (errno), error);
  return TRUE;
}

/* What was answered too late to an earlier question. */
static void
drop_old_answers (GbxNetworkControl *self)
{
  char old[ANSWER_MAX];

  while (recv (self->fd, old, sizeof old, MSG_DONTWAIT) > 0)
    ;
}

static char *
await_answer (GbxNetworkControl *self, GError **error)
{
  struct pollfd fd = { self->fd, POLLIN, 0 };
  char answer[ANSWER_MAX];
  gssize length;

  if (poll (&fd, 1, ANSWER_MS) <= 0)
    {
      fail (_ ("it takes too long"), error);
      return NULL;
    }
  length = recv (self->fd, answer, sizeof answer, MSG_DONTWAIT);
  if (length > 0)
    return g_utf8_make_valid (answer, length);
  fail (_ ("it has ended"), error);
  return NULL;
}

char *
gbx_network_control_ask (GbxNetworkControl *self, const char *question, GError **error)
{
  char *answer = NULL;

  g_mutex_lock (&self->asking);
  drop_old_answers (self);
  if (send (self->fd, question, strlen (question), MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
    fail (g_strerror (errno), error);
  else
    answer = await_answer (self, error);
  g_mutex_unlock (&self->asking);
  return answer;
}
