/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Phase "config", and every frame that comes later. */

#include "gbx-init.h"

#include "gbx-supervise.h"
#include "gbx-x-helper.h"

#include <time.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define CONFIG_DEADLINE_MS 30000

static void
handle_hello (GbxInit *self, const GbxFrame *frame)
{
  GbxHello hello;

  if (!gbx_hello_decode (&hello, frame))
    gbx_fatal (self, "the host's hello is malformed");
  if (hello.version != GBX_PROTOCOL_VERSION)
    gbx_fatal (self, "the host speaks version %u of the protocol and the guest version %u; the "
                     "cached initrd belongs to another Glovebox, remove it",
               hello.version, GBX_PROTOCOL_VERSION);
}

/* The machine's own clock counts seconds: files that are made in a share, which bear
 * the host's time, would be of the future. */
static void
set_clock (GbxInit *self)
{
  struct timespec now = { .tv_sec = self->config.clock_s, .tv_nsec = self->config.clock_ns };

  if (now.tv_sec > 0 && clock_settime (CLOCK_REALTIME, &now) != 0)
    gbx_warning (self, "cannot set the clock: %s", strerror (errno));
}

static void
handle_config (GbxInit *self, const GbxFrame *frame)
{
  const char *error;

  if (self->configured)
    gbx_fatal (self, "the host sent a second configuration");
  error = gbx_guest_config_decode (&self->config, frame->payload, frame->length);
  if (error)
    gbx_fatal (self, "the host's configuration cannot be used: %s", error);
  set_clock (self);
  self->configured = true;
}

static void
handle_credit (GbxInit *self, const GbxFrame *frame)
{
  GbxStreams *streams = &self->streams;
  uint32_t bytes;

  if (!gbx_u32_decode (&bytes, frame) ||
      !gbx_output_credit (frame->stream == GBX_STREAM_STDERR ? &streams->err : &streams->out, bytes))
    gbx_fatal (self, "the host gave more credit than the protocol allows");
}

static void
handle_close (GbxInit *self, const GbxFrame *frame)
{
  if (frame->stream == GBX_STREAM_STDIN)
    self->streams.input.closing = true;
  else if (self->phase < GBX_PHASE_APPLICATION)
    gbx_fatal (self, "the host closed an output before there was one");
  else
    gbx_streams_break (&self->streams, frame->stream, &self->channel);
}

static void
handle_window_size (GbxInit *self, const GbxFrame *frame)
{
  struct winsize size = { 0 };

  if (gbx_pair_decode (&size.ws_row, &size.ws_col, frame) && self->streams.terminal >= 0)
    ioctl (self->streams.terminal, TIOCSWINSZ, &size);
}

static void
handle_display (GbxInit *self, const GbxFrame *frame)
{
  uint16_t width, height;

  if (!gbx_pair_decode (&width, &height, frame))
    return;
  self->config.width = width;
  self->config.height = height;
  gbx_x_helper_resize (self, width, height);
}

void
gbx_handle_frame (GbxInit *self, const GbxFrame *frame)
{
  uint32_t value;

  switch (frame->type)
    {
    case GBX_MSG_HELLO:
      handle_hello (self, frame);
      break;
    case GBX_MSG_CONFIG:
      handle_config (self, frame);
      break;
    case GBX_MSG_DATA:
      if (!gbx_streams_accept (&self->streams, frame->payload, frame->length))
        gbx_fatal (self, "the host sent more input than it had credit for");
      break;
    case GBX_MSG_CLOSE:
      handle_close (self, frame);
      break;
    case GBX_MSG_CREDIT:
      handle_credit (self, frame);
      break;
    case GBX_MSG_WINSIZE:
      handle_window_size (self, frame);
      break;
    case GBX_MSG_SIGNAL:
      if (gbx_u32_decode (&value, frame) && value >= 1 && value <= 64)
        gbx_signal_application (self, (int) value);
      break;
    case GBX_MSG_STOP:
      if (gbx_u32_decode (&value, frame))
        gbx_stop_application (self, value);
      break;
    case GBX_MSG_DISPLAY:
      handle_display (self, frame);
      break;
    default:
      break; /* the decoder lets no other pass */
    }
}

void
gbx_phase_config (GbxInit *self)
{
  uint32_t deadline = gbx_uptime_ms () + CONFIG_DEADLINE_MS;

  while (!self->configured)
    {
      uint32_t now = gbx_uptime_ms ();

      if (now >= deadline)
        gbx_fatal (self, "the host sent no configuration within %d s", CONFIG_DEADLINE_MS / 1000);
      gbx_poll_once (self, (int) (deadline - now));
    }
}
