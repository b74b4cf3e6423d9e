/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The network of a container.  Its interface is a tap: a process here carries its frames to the
 * network helper of the host, over the socket that a machine's network card would be connected to.
 * So the helper, its packet filter and its limits are the same for both.
 *
 * Should: carry whole frames, and wait rather than drop what the container sends.
 * Mustn't: have any other right.  It reads what the container and the network send. */

#include "gbx-container.h"

#include "gbx-confine.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/if_tun.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "gbx-container-filter.h"

#define TUN GBX_PRIVATE "/dev/net/tun"
#define NAME "eth0"
/* No process of the guest has it. */
#define ACCOUNT 65534

/* As the helper has it: the length in four bytes, the highest first, and that many bytes. */
#define PREFIX 4
#define FRAME_MAX 65535

typedef struct
{
  int tap, socket;
  uint8_t out[PREFIX + FRAME_MAX]; /* to the host: one frame */
  size_t out_start, out_end;
  uint8_t in[2 * (PREFIX + FRAME_MAX)]; /* from the host */
  size_t in_length;
} Carrier;

static Carrier carrier;

/* ------------------------------------------------------------- carrying -- */

/* False: the helper is gone. */
static bool
flush_out (Carrier *self)
{
  while (self->out_start < self->out_end)
    {
      ssize_t n = write (self->socket, self->out + self->out_start, self->out_end - self->out_start);

      if (n <= 0)
        return n < 0 && (errno == EAGAIN || errno == EINTR);
      self->out_start += (size_t) n;
    }
  self->out_start = self->out_end = 0;
  return true;
}

static bool
take_from_tap (Carrier *self)
{
  ssize_t n = read (self->tap, self->out + PREFIX, FRAME_MAX);
  uint32_t length = htonl ((uint32_t) n);

  if (n <= 0)
    return true;
  memcpy (self->out, &length, PREFIX);
  self->out_end = PREFIX + (size_t) n;
  return flush_out (self);
}

/* What the kernel does not take is lost, as on a wire. */
static void
give_to_tap (Carrier *self, const uint8_t *frame, size_t length)
{
  if (write (self->tap, frame, length) < 0)
    return;
}

static bool
take_from_host (Carrier *self)
{
  ssize_t n = read (self->socket, self->in + self->in_length, sizeof self->in - self->in_length);
  size_t at = 0;
  uint32_t length;

  if (n <= 0)
    return n < 0 && (errno == EAGAIN || errno == EINTR);
  self->in_length += (size_t) n;
  for (; self->in_length - at >= PREFIX; at += PREFIX + length)
    {
      memcpy (&length, self->in + at, PREFIX);
      length = ntohl (length);
      if (length == 0 || length > FRAME_MAX)
        return false;
      if (self->in_length - at < PREFIX + length)
        break;
      give_to_tap (self, self->in + at + PREFIX, length);
    }
  self->in_length -= at;
  memmove (self->in, self->in + at, self->in_length);
  return true;
}

static _Noreturn void
carry (Carrier *self)
{
  bool goes_on = true;

  while (goes_on)
    {
      bool waits = self->out_end > 0;
      struct pollfd ready[] = {
        { waits ? -1 : self->tap, POLLIN, 0 },
        { self->socket, (short) (POLLIN | (waits ? POLLOUT : 0)), 0 },
      };

      if (poll (ready, 2, -1) < 0)
        continue;
      if (ready[1].revents & POLLOUT)
        goes_on = flush_out (self);
      if (goes_on && ready[1].revents & (POLLIN | POLLHUP | POLLERR))
        goes_on = take_from_host (self);
      if (goes_on && ready[0].revents)
        goes_on = take_from_tap (self);
    }
  _exit (0);
}

/* --------------------------------------------------------------- begin -- */

static int
make_tap (void)
{
  int fd = open (TUN, O_RDWR | O_CLOEXEC | O_NONBLOCK);
  struct ifreq request = { .ifr_name = NAME, .ifr_flags = IFF_TAP | IFF_NO_PI };

  if (fd >= 0 && ioctl (fd, TUNSETIFF, &request) != 0)
    gbx_close_fd (&fd);
  return fd;
}

static bool
confine (void)
{
  const struct sock_fprog program = { GBX_N_ELEMENTS (carrier_instructions),
                                      (struct sock_filter *) carrier_instructions };

  return gbx_confine_privileges (ACCOUNT) && gbx_confine_account (ACCOUNT, ACCOUNT, NULL, 0) &&
         prctl (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}

static _Noreturn void
run_carrier (int tap)
{
  int socket = gbx_container_passed ()->network;

  prctl (PR_SET_NAME, "glovebox-frames");
  gbx_confine_process ();
  /* It writes to a socket whose other end may be gone. */
  signal (SIGPIPE, SIG_IGN);
  if (dup2 (tap, 0) < 0 || dup2 (socket, 1) < 0 || close_range (2, ~0U, 0) != 0 ||
      fcntl (1, F_SETFL, O_NONBLOCK) != 0 || !confine ())
    _exit (126);
  carrier.tap = 0;
  carrier.socket = 1;
  carry (&carrier);
}

bool
gbx_container_make_interface (GbxInit *self, char *name)
{
  gbx_autofd tap = -1;
  pid_t *pid = &self->pids[GBX_CHILD_FRAMES];

  if (gbx_container_passed ()->network < 0)
    return false;
  tap = make_tap ();
  if (tap < 0)
    gbx_fatal (self, "cannot make the network's interface: %s; load the module tun (modprobe tun)",
               strerror (errno));
  *pid = fork ();
  if (*pid == 0)
    run_carrier (tap);
  if (*pid < 0)
    gbx_fatal (self, "cannot start the carrier of the network's frames: %s", strerror (errno));
  snprintf (name, IFNAMSIZ, NAME);
  return true;
}
