/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The socket that NOTIFY_SOCKET names: sd_notify(3). */

#include "gbx-service-runner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static struct sockaddr_un address;

/* Outside of a guest, where tests run it, /run belongs to root. */
int
gbx_service_notify_open (void)
{
  int fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  int on = 1;

  address.sun_family = AF_UNIX;
  if (access ("/run", W_OK) == 0)
    snprintf (address.sun_path, sizeof address.sun_path, "/run/glovebox-notify");
  else
    snprintf (address.sun_path, sizeof address.sun_path, "/tmp/glovebox-notify-%d",
              (int) getpid ());
  unlink (address.sun_path);
  if (fd >= 0 && bind (fd, (struct sockaddr *) &address, sizeof address) == 0
      && setsockopt (fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof on) == 0)
    return fd;
  if (fd >= 0)
    close (fd);
  return -1;
}

void
gbx_service_notify_close (GbxService *self)
{
  if (self->notify < 0)
    return;
  close (self->notify);
  unlink (address.sun_path);
}

const char *
gbx_service_notify_path (void)
{
  return address.sun_path;
}

static void
take_line (GbxService *self, const char *line)
{
  if (strcmp (line, "READY=1") == 0)
    self->is_ready = true;
  else if (strncmp (line, "STATUS=", 7) == 0)
    gbx_service_tell (self, "status %.800s", line + 7);
  else if (strncmp (line, "MAINPID=", 8) == 0)
    {
      pid_t pid = (pid_t) atoi (line + 8);

      if (pid > 1 && pid != self->main.pid && gbx_service_has_process (pid))
        self->main = (GbxWatched) { .pid = pid };
    }
  else if (strcmp (line, "WATCHDOG=1") == 0)
    self->fed_ms = gbx_service_now ();
  else if (strcmp (line, "WATCHDOG=trigger") == 0)
    self->fed_ms = 1;
}

static pid_t
get_sender (struct msghdr *message)
{
  for (struct cmsghdr *at = CMSG_FIRSTHDR (message); at; at = CMSG_NXTHDR (message, at))
    if (at->cmsg_level == SOL_SOCKET && at->cmsg_type == SCM_CREDENTIALS)
      {
        struct ucred credentials;

        memcpy (&credentials, CMSG_DATA (at), sizeof credentials);
        return credentials.pid;
      }
  return 0;
}

static bool
may_tell (GbxService *self, pid_t sender)
{
  return sender == self->main.pid || sender == self->control.pid
         || (self->spec.notifies_all && gbx_service_has_process (sender));
}

void
gbx_service_notify_read (GbxService *self)
{
  char text[4096];
  /* Descriptors that are sent along have no room, and the kernel closes them. */
  union
  {
    struct cmsghdr align;
    char bytes[CMSG_SPACE (sizeof (struct ucred))];
  } control;
  struct iovec part = { text, sizeof text - 1 };
  struct msghdr message;
  ssize_t n;

  for (;;)
    {
      message = (struct msghdr) { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes,
                                  .msg_controllen = sizeof control.bytes };
      n = recvmsg (self->notify, &message, MSG_CMSG_CLOEXEC);
      if (n < 0)
        return;
      if (!may_tell (self, get_sender (&message)))
        continue;
      text[n] = '\0';
      for (char *line = strtok (text, "\n"); line; line = strtok (NULL, "\n"))
        take_line (self, line);
    }
}
