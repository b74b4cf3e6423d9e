/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The channels that either side opens by name: which there are, in what state,
 * and what may be sent on them.  Both sides keep one of these, and let every
 * frame about such a channel go through it.
 *
 * A channel goes both ways, each way within the credit that its receiver has
 * given.  It ends once both sides have said CLOSE; then its number is free. */

#include "gbx-protocol.h"

typedef enum
{
  GBX_CHANNEL_FREE = 0,
  GBX_CHANNEL_ASKED,   /* opened by the other side, and not yet answered */
  GBX_CHANNEL_OPENING, /* opened by us, and not yet answered */
  GBX_CHANNEL_OPEN,
  GBX_CHANNEL_CLOSING, /* we have said CLOSE, and await the other's */
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
  GbxChannelSlot slots[GBX_N_PROCESSES][GBX_CHANNELS_BOTH];
} GbxChannels;

/* What has come; what it wants of whoever keeps the channels. */
typedef enum
{
  GBX_CHANNEL_NOTHING,    /* of a channel that we have closed: no matter */
  GBX_CHANNEL_IS_ASKED,   /* request: answer with gbx_channels_accept() or _refuse() */
  GBX_CHANNEL_IS_OPENED,  /* we may send */
  GBX_CHANNEL_IS_REFUSED, /* text, as the other side has it; the number is free */
  GBX_CHANNEL_HAS_DATA,   /* the frame's payload */
  GBX_CHANNEL_HAS_CREDIT, /* we may send more */
  GBX_CHANNEL_IS_CLOSED,  /* by the other side: answer CLOSE; the number is free */
} GbxChannelNews;

typedef struct
{
  GbxChannelNews news;
  GbxOpenRequest request;
  char text[GBX_TITLE_MAX + 1];
} GbxChannelEvent;

void gbx_channels_init (GbxChannels *self, GbxDirection incoming);
/* NULL for the number of a stream, or of a process that there is not. */
GbxChannelSlot *gbx_channels_get (GbxChannels *self, uint16_t process, uint8_t channel);
/* Takes a frame of type OPEN, OPENED, REFUSED, DATA, CLOSE or CREDIT.  NULL, or a
 * static text saying how it breaks the protocol. */
const char *gbx_channels_take (GbxChannels *self, const GbxFrame *frame, GbxChannelEvent *event);

/* Each says what we are about to send; the frame itself is the caller's. */

/* The number for an OPEN with that window; 0 when too many are open. */
uint8_t gbx_channels_open (GbxChannels *self, uint16_t process, uint32_t window);
/* OPENED, to a channel that was asked for. */
void gbx_channels_accept (GbxChannelSlot *slot, uint32_t window);
/* REFUSED, to such a one. */
void gbx_channels_refuse (GbxChannelSlot *slot);
/* So many bytes of DATA; false when there is no credit for them. */
bool gbx_channels_send (GbxChannelSlot *slot, size_t length);
/* CREDIT; false when it would be more than anybody may have. */
bool gbx_channels_grant (GbxChannelSlot *slot, uint32_t bytes);
/* CLOSE; false when it is not open. */
bool gbx_channels_close (GbxChannelSlot *slot);
