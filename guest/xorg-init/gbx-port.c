/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gbx-port.h"

#include "gbx-util.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PORTS "/sys/class/virtio-ports"

int
gbx_port_watch_devices (void)
{
  struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = 1 };
  int fd = socket (AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT);

  if (fd >= 0 && bind (fd, (struct sockaddr *) &address, sizeof address) != 0)
    gbx_close_fd (&fd);
  return fd;
}

void
gbx_port_init (GbxPort *self)
{
  self->fd = -1;
  self->gone = false;
  self->start = self->end = 0;
  gbx_decoder_init (&self->decoder, GBX_DIRECTION_TO_GUEST);
}

/* ----------------------------------------------------------- connecting -- */

static bool
find_port (char *device, size_t size)
{
  DIR *dir = opendir (PORTS);
  struct dirent *entry;
  bool found = false;

  while (dir && !found && (entry = readdir (dir)))
    {
      char path[512], name[128];

      snprintf (path, sizeof path, PORTS "/%s/name", entry->d_name);
      if (entry->d_name[0] == '.' || gbx_read_file (path, name, sizeof name) < 0)
        continue;
      name[strcspn (name, "\n")] = '\0';
      found = strcmp (name, GBX_PORT_NAME) == 0;
      if (found)
        snprintf (device, size, "/dev/%s", entry->d_name);
    }
  if (dir)
    closedir (dir);
  return found;
}

static void
wait_for_device (int devices)
{
  struct pollfd ready = { devices, POLLIN, 0 };
  char event[4096];

  /* The time-out is only for events that were lost because of a full buffer. */
  if (poll (&ready, 1, 50) > 0)
    while (recv (devices, event, sizeof event, 0) > 0)
      ;
}

bool
gbx_port_connect (GbxPort *self, int devices, uint32_t deadline_ms)
{
  char device[512];

  while (!find_port (device, sizeof device))
    {
      if (gbx_uptime_ms () > deadline_ms)
        return false;
      wait_for_device (devices);
    }

  self->fd = open (device, O_RDWR | O_CLOEXEC);
  if (self->fd < 0)
    return false;
  /* The kernel reports the name of the port before it knows that the host's end is open.
   * Until then poll() returns POLLHUP at once and read() end of file, but a blocking write
   * waits.  So the first write blocks. */
  while (self->start < self->end)
    {
      ssize_t n = write (self->fd, self->queue + self->start, self->end - self->start);

      if (n < 0 && errno != EINTR)
        return false;
      if (n > 0)
        self->start += n;
    }
  return fcntl (self->fd, F_SETFL, O_NONBLOCK) == 0;
}

/* -------------------------------------------------------------- sending -- */

size_t
gbx_port_waiting (const GbxPort *self)
{
  return self->end - self->start;
}

bool
gbx_port_send (GbxPort *self, GbxMessage type, GbxAddress address, const void *payload,
               size_t length, size_t limit)
{
  size_t needed = GBX_HEADER_SIZE + length;

  if (gbx_port_waiting (self) + needed > limit)
    return false;
  if (self->end + needed > sizeof self->queue)
    {
      memmove (self->queue, self->queue + self->start, self->end - self->start);
      self->end -= self->start;
      self->start = 0;
    }
  gbx_frame_header (self->queue + self->end, type, address.process, address.channel, length);
  if (length > 0)
    memcpy (self->queue + self->end + GBX_HEADER_SIZE, payload, length);
  self->end += needed;
  return true;
}

void
gbx_port_flush (GbxPort *self)
{
  while (self->fd >= 0 && !self->gone && self->start < self->end)
    {
      ssize_t n = write (self->fd, self->queue + self->start, self->end - self->start);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0 && errno != EAGAIN)
        self->gone = true;
      if (n <= 0)
        return;
      self->start += n;
    }
  if (self->start == self->end)
    self->start = self->end = 0;
}

void
gbx_port_drain (GbxPort *self, int timeout_ms)
{
  uint32_t deadline = gbx_uptime_ms () + timeout_ms;

  for (gbx_port_flush (self); self->fd >= 0 && !self->gone && gbx_port_waiting (self) > 0;
       gbx_port_flush (self))
    {
      struct pollfd ready = { self->fd, POLLOUT, 0 };
      uint32_t now = gbx_uptime_ms ();

      if (now >= deadline || poll (&ready, 1, deadline - now) == 0 || (ready.revents & POLLHUP))
        return;
    }
}

/* ------------------------------------------------------------ receiving -- */

int
gbx_port_receive (GbxPort *self, GbxFrame *frame)
{
  for (;;)
    {
      int got = gbx_decoder_next (&self->decoder, frame);
      uint8_t *space;
      size_t size;
      ssize_t n;

      if (got > 0)
        return got;
      if (got < 0 || self->gone)
        break;
      space = gbx_decoder_space (&self->decoder, &size);
      n = read (self->fd, space, size);
      if (n < 0 && errno == EAGAIN)
        return 0;
      if (n == 0 || (n < 0 && errno != EINTR))
        break;
      if (n > 0)
        gbx_decoder_filled (&self->decoder, n);
    }
  self->gone = true;
  return -1;
}
