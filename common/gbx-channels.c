/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Channels that are opened by name: see gbx-channels.h. */

#include "gbx-channels.h"

#include <string.h>

void
gbx_channels_init (GbxChannels *self, GbxDirection incoming)
{
  memset (self, 0, sizeof *self);
  self->incoming = incoming;
}

GbxChannelSlot *
gbx_channels_get (GbxChannels *self, uint16_t process, uint8_t channel)
{
  if (process >= GBX_N_CHANNEL_PROCESSES || !gbx_channel_is_named (channel))
    return NULL;
  return &self->slots[process][channel - GBX_CHANNEL_OF_HOST];
}

/* ----------------------------------------------------------- what comes -- */

static const char *
take_open (GbxChannelSlot *slot, const GbxFrame *frame, GbxChannelEvent *event)
{
  if (slot->state != GBX_CHANNEL_FREE)
    return "a channel was opened twice";
  if (!gbx_open_decode (&event->request, frame))
    return "a malformed request for a channel";
  slot->state = GBX_CHANNEL_ASKED;
  slot->may_send = event->request.window;
  event->news = GBX_CHANNEL_IS_ASKED;
  return NULL;
}

static const char *
take_opened (GbxChannelSlot *slot, const GbxFrame *frame, GbxChannelEvent *event)
{
  if (slot->state != GBX_CHANNEL_OPENING)
    return "an answer to no request for a channel";
  if (!gbx_u32_decode (&slot->may_send, frame) || slot->may_send > GBX_WINDOW_MAX)
    return "a malformed answer to a request for a channel";
  slot->state = GBX_CHANNEL_OPEN;
  event->news = GBX_CHANNEL_IS_OPENED;
  return NULL;
}

static const char *
take_refused (GbxChannelSlot *slot, const GbxFrame *frame, GbxChannelEvent *event)
{
  if (slot->state != GBX_CHANNEL_OPENING)
    return "an answer to no request for a channel";
  if (!gbx_refused_decode (event->text, frame))
    return "a malformed refusal of a channel";
  memset (slot, 0, sizeof *slot);
  event->news = GBX_CHANNEL_IS_REFUSED;
  return NULL;
}

/* Data that arrives after we closed still counts against the credit. */
static const char *
take_data (GbxChannelSlot *slot, const GbxFrame *frame, GbxChannelEvent *event)
{
  if (frame->length > slot->may_receive)
    return "more data on a channel than there was credit for";
  slot->may_receive -= frame->length;
  if (slot->state == GBX_CHANNEL_OPEN)
    event->news = GBX_CHANNEL_HAS_DATA;
  return NULL;
}

static const char *
take_credit (GbxChannelSlot *slot, const GbxFrame *frame, GbxChannelEvent *event)
{
  uint32_t bytes;

  if (!gbx_u32_decode (&bytes, frame) || bytes > GBX_WINDOW_MAX - slot->may_send)
    return "more credit for a channel than there is";
  slot->may_send += bytes;
  if (slot->state == GBX_CHANNEL_OPEN)
    event->news = GBX_CHANNEL_HAS_CREDIT;
  return NULL;
}

static const char *
take_close (GbxChannelSlot *slot, GbxChannelEvent *event)
{
  if (slot->state == GBX_CHANNEL_OPEN)
    event->news = GBX_CHANNEL_IS_CLOSED;
  memset (slot, 0, sizeof *slot);
  return NULL;
}

const char *
gbx_channels_take (GbxChannels *self, const GbxFrame *frame, GbxChannelEvent *event)
{
  GbxChannelSlot *slot = gbx_channels_get (self, frame->process, frame->channel);

  event->news = GBX_CHANNEL_NOTHING;
  if (!slot)
    return "a channel that cannot be";
  if (frame->type == GBX_MSG_OPEN)
    return gbx_channel_is_opened_from (frame->channel, self->incoming)
               ? take_open (slot, frame, event)
               : "a channel that is not the sender's to open";
  if (frame->type == GBX_MSG_OPENED)
    return take_opened (slot, frame, event);
  if (frame->type == GBX_MSG_REFUSED)
    return take_refused (slot, frame, event);
  if (slot->state != GBX_CHANNEL_OPEN && slot->state != GBX_CHANNEL_CLOSING)
    return "a frame on a channel that is not open";
  if (frame->type == GBX_MSG_DATA)
    return take_data (slot, frame, event);
  if (frame->type == GBX_MSG_CREDIT)
    return take_credit (slot, frame, event);
  return frame->type == GBX_MSG_CLOSE ? take_close (slot, event) : "a frame that has no channel";
}

/* ------------------------------------------------------------ what goes -- */

uint8_t
gbx_channels_open (GbxChannels *self, uint16_t process, uint32_t window)
{
  uint8_t first = self->incoming == GBX_DIRECTION_TO_HOST ? GBX_CHANNEL_OF_HOST
                                                          : GBX_CHANNEL_OF_GUEST;

  if (process >= GBX_N_CHANNEL_PROCESSES || window > GBX_WINDOW_MAX)
    return 0;
  for (uint8_t number = first; number < first + GBX_CHANNELS_EACH; number++)
    {
      GbxChannelSlot *slot = gbx_channels_get (self, process, number);

      if (slot->state != GBX_CHANNEL_FREE)
        continue;
      slot->state = GBX_CHANNEL_OPENING;
      slot->may_receive = window;
      return number;
    }
  return 0;
}

void
gbx_channels_accept (GbxChannelSlot *slot, uint32_t window)
{
  slot->state = GBX_CHANNEL_OPEN;
  slot->may_receive = window;
}

void
gbx_channels_refuse (GbxChannelSlot *slot)
{
  memset (slot, 0, sizeof *slot);
}

bool
gbx_channels_send (GbxChannelSlot *slot, size_t length)
{
  if (slot->state != GBX_CHANNEL_OPEN || length == 0 || length > GBX_DATA_MAX ||
      length > slot->may_send)
    return false;
  slot->may_send -= (uint32_t) length;
  return true;
}

bool
gbx_channels_grant (GbxChannelSlot *slot, uint32_t bytes)
{
  if (slot->state != GBX_CHANNEL_OPEN || bytes == 0 || bytes > GBX_WINDOW_MAX - slot->may_receive)
    return false;
  slot->may_receive += bytes;
  return true;
}

bool
gbx_channels_close (GbxChannelSlot *slot)
{
  if (slot->state != GBX_CHANNEL_OPEN)
    return false;
  slot->state = GBX_CHANNEL_CLOSING;
  return true;
}
