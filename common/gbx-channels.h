/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The channels that either side opens by name: their states and their credit.  Both sides
 * use this code forevery frame of such a channel.
 *
 * A channel has two directions, each with credit from its receiver.  It ends when both
 * sides have sent CLOSE; then its number is free. */

#include "gbx-protocol.h"

typedef enum
{
  GBX_CHANNEL_FREE = 0,
  GBX_CHANNEL_ASKED,   /* the other side has opened it, we have not answered yet */
  GBX_CHANNEL_OPENING, /* we have opened it, the other side has not answered yet */
  GBX_CHANNEL_OPEN,
  GBX_CHANNEL_CLOSING, /* we have sent CLOSE, and wait for the other's */
} GbxChannelState;

typedef struct
{
  uint8_t state;
  uint32_t may_send;    /* credit that we have */
  uint32_t may_receive; /* credit that the other side has */
} GbxChannelSlot;

typedef struct
{
  GbxDirection incoming; /* whether we are the guest or the host */
  GbxChannelSlot slots[GBX_N_CHANNEL_PROCESSES][GBX_CHANNELS_BOTH];
} GbxChannels;

/* The result for the caller. */
typedef enum
{
  GBX_CHANNEL_NOTHING,    /* for a channel that we have closed: ignore it */
  GBX_CHANNEL_IS_ASKED,   /* request: answer with gbx_channels_accept() or _refuse() */
  GBX_CHANNEL_IS_OPENED,  /* we may send */
  GBX_CHANNEL_IS_REFUSED, /* text, not sanitized; the number is free */
  GBX_CHANNEL_HAS_DATA,   /* the frame's payload */
  GBX_CHANNEL_HAS_CREDIT, /* we may send more */
  GBX_CHANNEL_IS_CLOSED,  /* the other side closed: answer CLOSE; the number is free */
} GbxChannelNews;

typedef struct
{
  GbxChannelNews news;
  GbxOpenRequest request;
  char text[GBX_TITLE_MAX + 1];
} GbxChannelEvent;

void gbx_channels_init (GbxChannels *self, GbxDirection incoming);
/* NULL if the number is that of a stream, or the process does not exist. */
GbxChannelSlot *gbx_channels_get (GbxChannels *self, uint16_t process, uint8_t channel);
/* Handles a frame of type OPEN, OPENED, REFUSED, DATA, CLOSE or CREDIT. Returns NULL, or a
 * static text with the protocol error. */
const char *gbx_channels_take (GbxChannels *self, const GbxFrame *frame, GbxChannelEvent *event);

/* Each records what the caller is about to send; the caller sends the frame. */

/* Returns the number for an OPEN with that window; 0 if too many are open. */
uint8_t gbx_channels_open (GbxChannels *self, uint16_t process, uint32_t window);
/* OPENED, as the answer to a request. */
void gbx_channels_accept (GbxChannelSlot *slot, uint32_t window);
/* REFUSED, as the answer to a request. */
void gbx_channels_refuse (GbxChannelSlot *slot);
/* DATA of that many bytes; false if there is no credit for them. */
bool gbx_channels_send (GbxChannelSlot *slot, size_t length);
/* CREDIT; false if the total would exceed the limit. */
bool gbx_channels_grant (GbxChannelSlot *slot, uint32_t bytes);
/* CLOSE; false if it is not open. */
bool gbx_channels_close (GbxChannelSlot *slot);
