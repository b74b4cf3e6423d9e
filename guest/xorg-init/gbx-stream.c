/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gbx-stream.h"

#include "gbx-util.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

/* Credit is returned in pieces of this size, not forevery small read. */
#define CREDIT_STEP 65536u
/* One frame of data and its header in one write to the port, which takes 32 KiB. */
#define CHUNK (GBX_DATA_MAX - GBX_HEADER_SIZE)

void
gbx_streams_init (GbxStreams *self, uint16_t process)
{
  memset (self, 0, sizeof *self);
  self->terminal = self->slave = self->input.fd = self->out.fd = self->err.fd = -1;
  self->out.credit = self->err.credit = GBX_WINDOW_INITIAL;
  self->out.rest = self->err.rest = -1;
  self->out.address = (GbxAddress) { process, GBX_STREAM_STDOUT };
  self->err.address = (GbxAddress) { process, GBX_STREAM_STDERR };
}

void
gbx_streams_close (GbxStreams *self)
{
  /* A terminal's master is the stream of both directions. */
  if (self->input.fd == self->terminal)
    self->input.fd = -1;
  gbx_close_fd (&self->input.fd);
  gbx_close_fd (&self->out.fd);
  gbx_close_fd (&self->err.fd);
  gbx_close_fd (&self->slave);
  self->terminal = -1;
}

/* ---------------------------------------------------------------- output -- */

bool
gbx_output_credit (GbxOutput *self, uint32_t bytes)
{
  if (bytes > GBX_WINDOW_MAX - self->credit)
    return false;
  self->credit += bytes;
  return true;
}

bool
gbx_output_wants_read (const GbxOutput *self, const GbxPort *port)
{
  return self->fd >= 0 && self->credit > 0 && self->rest != 0 &&
         gbx_port_waiting (port) + GBX_DATA_MAX + GBX_HEADER_SIZE <= GBX_QUEUE_DATA_MAX;
}

void
gbx_output_close (GbxOutput *self, GbxPort *port)
{
  if (!self->closed)
    gbx_port_send (port, GBX_MSG_CLOSE, self->address, NULL, 0, GBX_QUEUE_SIZE);
  self->closed = true;
  gbx_close_fd (&self->fd);
}

void
gbx_output_limit (GbxOutput *self)
{
  if (self->rest < 0 && (self->fd < 0 || ioctl (self->fd, FIONREAD, &self->rest) != 0))
    self->rest = 0;
}

bool
gbx_output_pump (GbxOutput *self, GbxPort *port)
{
  uint8_t data[CHUNK];
  size_t wanted = self->credit < sizeof data ? self->credit : sizeof data;
  ssize_t n;

  if (!gbx_output_wants_read (self, port))
    return false;
  if (self->rest >= 0 && wanted > (size_t) self->rest)
    wanted = self->rest;
  n = read (self->fd, data, wanted);
  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return false;
  if (n <= 0) /* EIO: nobody holds the terminal any more */
    {
      gbx_output_close (self, port);
      return false;
    }
  self->credit -= n;
  if (self->rest > 0)
    self->rest -= n;
  gbx_port_send (port, GBX_MSG_DATA, self->address, data, n, GBX_QUEUE_SIZE);
  gbx_port_flush (port);
  return true;
}

/* ----------------------------------------------------------------- input -- */

bool
gbx_streams_accept (GbxStreams *self, const uint8_t *data, size_t length)
{
  GbxInput *input = &self->input;

  if (input->start > 0 && input->end + length > sizeof input->buffer)
    {
      memmove (input->buffer, input->buffer + input->start, input->end - input->start);
      input->end -= input->start;
      input->start = 0;
    }
  if (input->closing || length > sizeof input->buffer - input->end)
    return false;
  memcpy (input->buffer + input->end, data, length);
  input->end += length;
  return true;
}

bool
gbx_input_wants_write (const GbxInput *self)
{
  return self->fd >= 0 && self->start < self->end;
}

/* Nobody reads any more: read and discard the rest, so that the host does not wait forever. */
static void
discard_input (GbxInput *self, int terminal)
{
  if (self->fd >= 0 && self->fd != terminal)
    close (self->fd);
  self->fd = -1;
  self->unread = true;
}

static void
end_input (GbxStreams *self)
{
  struct termios modes;
  char end = '\004';

  if (self->input.fd < 0)
    return;
  if (self->terminal < 0)
    close (self->input.fd);
  /* A terminal cannot be closed in one direction: its end-of-file character does the same
   * for programs that read lines. */
  else
    {
      if (tcgetattr (self->terminal, &modes) == 0)
        end = modes.c_cc[VEOF];
      if (write (self->terminal, &end, 1) < 0 && errno == EAGAIN)
        return; /* the terminal is full: try again later */
    }
  self->input.fd = -1;
  self->input.unread = true;
}

void
gbx_streams_release_terminal (GbxStreams *self)
{
  if (self->terminal < 0)
    return;
  self->terminal = self->input.fd = -1;
  self->input.unread = true;
  gbx_close_fd (&self->slave);
}

void
gbx_streams_break (GbxStreams *self, GbxStream stream, GbxPort *port)
{
  if (stream == GBX_STREAM_STDOUT)
    gbx_streams_release_terminal (self);
  gbx_output_close (stream == GBX_STREAM_STDERR ? &self->err : &self->out, port);
}

uint32_t
gbx_input_pump (GbxStreams *self)
{
  GbxInput *input = &self->input;
  uint32_t credit;

  while (gbx_input_wants_write (input))
    {
      ssize_t n = write (input->fd, input->buffer + input->start, input->end - input->start);

      if (n < 0 && errno != EAGAIN && errno != EINTR)
        discard_input (input, self->terminal);
      if (n <= 0)
        break;
      input->start += n;
      input->owed += n;
    }
  if (input->unread)
    {
      input->owed += input->end - input->start;
      input->start = input->end;
    }
  if (input->start == input->end)
    {
      input->start = input->end = 0;
      if (input->closing)
        end_input (self);
    }

  if (input->owed < CREDIT_STEP && input->end > 0)
    return 0;
  credit = input->owed;
  input->owed = 0;
  return credit;
}
