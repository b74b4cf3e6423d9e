/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Phase "config", and every later frame. */

#include "gbx-init.h"

#include "gbx-place.h"
#include "gbx-supervise.h"
#include "gbx-x-helper.h"

#include <time.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#include <termios.h>
#include <unistd.h>

#define CONFIG_DEADLINE_MS 30000
/* Up to this difference the clock is corrected gradually, because programs may not expect
 * jumps. */
#define CLOCK_SLEW_MAX_NS 100000000

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

/* The machine's clock has a resolution of seconds: new files in a share, with the host's
 * time, could be in the future. */
void
gbx_machine_set_clock (GbxInit *self, uint32_t seconds, uint32_t nanoseconds)
{
  struct timespec wanted = { .tv_sec = seconds, .tv_nsec = nanoseconds }, now;
  int64_t difference;

  clock_gettime (CLOCK_REALTIME, &now);
  difference = (int64_t) (wanted.tv_sec - now.tv_sec) * 1000000000 + wanted.tv_nsec - now.tv_nsec;
  if (llabs (difference) <= CLOCK_SLEW_MAX_NS)
    {
      struct timeval delta = { .tv_usec = difference / 1000 };

      adjtime (&delta, NULL);
    }
  else if (clock_settime (CLOCK_REALTIME, &wanted) != 0)
    gbx_warning (self, "cannot set the clock: %s", strerror (errno));
}

static void
handle_time (GbxInit *self, const GbxFrame *frame)
{
  GbxTime time;

  if (!gbx_time_decode (&time, frame))
    gbx_fatal (self, "the host's time is malformed");
  self->place->set_clock (self, time.seconds, time.nanoseconds);
}

static const char *
read_config (GbxInit *self)
{
  const char *error = gbx_guest_config_decode (&self->config, self->config_parts.data,
                                               self->config_parts.length);

  if (!error && self->config.clock_s > 0)
    self->place->set_clock (self, self->config.clock_s, self->config.clock_ns);
  return error;
}

static const char *
read_first_command (GbxInit *self)
{
  const char *error = gbx_command_read (&self->first);

  self->environment_max = self->first.command.n_env + GBX_OWN_ENVIRONMENT_MAX;
  self->environment = calloc (self->environment_max + 1, sizeof *self->environment);
  return self->environment ? error : "there is no memory for it";
}

/* CONFIG, or START of the first command; a second one is refused here. */
static void
handle_part (GbxInit *self, const GbxFrame *frame)
{
  bool is_config = frame->type == GBX_MSG_CONFIG;
  GbxParts *parts = is_config ? &self->config_parts : &self->first.parts;
  const char *error = gbx_parts_add (parts, frame);

  if (!error && parts->complete)
    error = is_config ? read_config (self) : read_first_command (self);
  if (error)
    gbx_fatal (self, "the host's %s cannot be used: %s", is_config ? "configuration" : "command",
               error);
  self->configured = self->config_parts.complete && self->first.parts.complete;
}

static void
handle_start (GbxInit *self, const GbxFrame *frame)
{
  if (frame->process == GBX_PROCESS_FIRST)
    handle_part (self, frame);
  else
    gbx_command_take_part (self, frame);
}

static void
handle_channel (GbxInit *self, const GbxFrame *frame)
{
  const char *error = gbx_services_handle (&self->services, frame);

  if (error)
    gbx_fatal (self, "the host broke the protocol: %s", error);
}

static void
handle_credit (GbxInit *self, GbxCommand *command, const GbxFrame *frame)
{
  GbxStreams *streams = &command->streams;
  uint32_t bytes;

  if (!gbx_u32_decode (&bytes, frame) ||
      !gbx_output_credit (frame->channel == GBX_STREAM_STDERR ? &streams->err : &streams->out, bytes))
    gbx_fatal (self, "the host gave more credit than the protocol allows");
}

static void
handle_close (GbxInit *self, GbxCommand *command, const GbxFrame *frame)
{
  if (frame->channel == GBX_STREAM_STDIN)
    command->streams.input.closing = true;
  else if (self->phase < GBX_PHASE_APPLICATION)
    gbx_fatal (self, "the host closed an output before there was one");
  else
    gbx_streams_break (&command->streams, frame->channel, &self->port);
}

static void
handle_data (GbxInit *self, GbxCommand *command, const GbxFrame *frame)
{
  if (!gbx_streams_accept (&command->streams, frame->payload, frame->length))
    gbx_fatal (self, "the host sent more input than it had credit for");
}

static void
handle_window_size (GbxInit *self, GbxCommand *command, const GbxFrame *frame)
{
  struct winsize size = { 0 };

  if (gbx_pair_decode (&size.ws_row, &size.ws_col, frame) && command->streams.terminal >= 0)
    ioctl (command->streams.terminal, TIOCSWINSZ, &size);
}

static void
handle_signal (GbxInit *self, GbxCommand *command, const GbxFrame *frame)
{
  uint32_t value;

  if (gbx_u32_decode (&value, frame) && value >= 1 && value <= 64)
    gbx_command_signal (self, command, (int) value);
}

/* The host may not know yet that the command has ended: then there is nothing to do. */
static void
handle_of_command (GbxInit *self, const GbxFrame *frame)
{
  GbxCommand *command = gbx_command_find (self, frame->process);

  if (!command)
    return;
  switch (frame->type)
    {
    case GBX_MSG_DATA:
      handle_data (self, command, frame);
      break;
    case GBX_MSG_CLOSE:
      handle_close (self, command, frame);
      break;
    case GBX_MSG_CREDIT:
      handle_credit (self, command, frame);
      break;
    case GBX_MSG_WINSIZE:
      handle_window_size (self, command, frame);
      break;
    default:
      handle_signal (self, command, frame);
    }
}

static void
handle_display (GbxInit *self, const GbxFrame *frame)
{
  uint16_t width, height;

  if (!gbx_pair_decode (&width, &height, frame))
    return;
  self->config.width = width;
  self->config.height = height;
  gbx_x_helper_ask (self, &(GbxXRequest) { .kind = GBX_X_RESIZE, .width = width, .height = height });
}

void
gbx_handle_frame (GbxInit *self, const GbxFrame *frame)
{
  uint32_t value;

  if (gbx_channel_is_named (frame->channel))
    {
      handle_channel (self, frame);
      return;
    }
  switch (frame->type)
    {
    case GBX_MSG_HELLO:
      handle_hello (self, frame);
      break;
    case GBX_MSG_CONFIG:
      handle_part (self, frame);
      break;
    case GBX_MSG_START:
      handle_start (self, frame);
      break;
    case GBX_MSG_TIME:
      handle_time (self, frame);
      break;
    case GBX_MSG_DATA:
    case GBX_MSG_CLOSE:
    case GBX_MSG_CREDIT:
    case GBX_MSG_WINSIZE:
    case GBX_MSG_SIGNAL:
      handle_of_command (self, frame);
      break;
    case GBX_MSG_STOP:
      if (gbx_u32_decode (&value, frame))
        gbx_stop_application (self, value);
      break;
    case GBX_MSG_DISPLAY:
      handle_display (self, frame);
      break;
    case GBX_MSG_CLOSE_WINDOWS:
      gbx_x_helper_ask (self, &(GbxXRequest) { .kind = GBX_X_CLOSE_WINDOWS });
      break;
    case GBX_MSG_USE_WINDOW:
      if (gbx_u32_decode (&value, frame))
        gbx_x_helper_ask (self, &(GbxXRequest) { .kind = GBX_X_USE_WINDOW, .window = value });
      break;
    default:
      break; /* the decoder refuses all others */
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
