/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The virtio-serial port to the host, with a bounded queue of what waits to be
 * sent.  Nothing here blocks but the first connection. */

#include "gbx-protocol.h"

#define GBX_QUEUE_SIZE (512u * 1024)
/* Data of the streams goes in up to here, log lines to there; the rest is kept
 * for what must never be lost, such as the exit report. */
#define GBX_QUEUE_DATA_MAX (256u * 1024)
#define GBX_QUEUE_LOG_MAX (448u * 1024)

typedef struct
{
  int fd;
  bool gone; /* the host has closed its end, or sends what is not the protocol */
  size_t start, end; /* of the bytes that wait in queue */
  GbxDecoder decoder;
  uint8_t queue[GBX_QUEUE_SIZE];
} GbxChannel;

/* Opens the socket on which the kernel tells of devices that have appeared:
 * before the modules are loaded, lest an event is missed. */
int gbx_channel_watch_devices (void);

void gbx_channel_init (GbxChannel *self);
/* Waits for the port and opens it; false after the deadline. */
bool gbx_channel_connect (GbxChannel *self, int devices, uint32_t deadline_ms);

size_t gbx_channel_waiting (const GbxChannel *self);
/* False when the queue has no room for it below limit. */
bool gbx_channel_send (GbxChannel *self, GbxMessage type, GbxStream stream, const void *payload,
                       size_t length, size_t limit);
/* Sends as much as goes without waiting. */
void gbx_channel_flush (GbxChannel *self);
/* Waits until the queue is empty, the host is gone, or the time is over. */
void gbx_channel_drain (GbxChannel *self, int timeout_ms);
/* 1: *frame is set; 0: nothing more now; -1: the host is gone. */
int gbx_channel_receive (GbxChannel *self, GbxFrame *frame);
