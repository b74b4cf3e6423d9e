/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The virtio-serial port to the host, with a bounded send queue.  Only the first connection
 * blocks. */

#include "gbx-protocol.h"

#define GBX_QUEUE_SIZE (512u * 1024)
/* Stream data may fill the queue up to the first limit, log lines up to the second; the
 * rest is reserved for what must never be lost, such as the exit report. */
#define GBX_QUEUE_DATA_MAX (256u * 1024)
#define GBX_QUEUE_LOG_MAX (448u * 1024)

/* What a frame is about; the guest itself is { 0 }. */
typedef struct
{
  uint16_t process;
  uint8_t channel;
} GbxAddress;
#define GBX_TO_GUEST ((GbxAddress) { GBX_PROCESS_GUEST, GBX_STREAM_NONE })
#define GBX_TO_FIRST ((GbxAddress) { GBX_PROCESS_FIRST, GBX_STREAM_NONE })

typedef struct
{
  int fd;
  bool gone; /* the host has closed its end, or broke the protocol */
  size_t start, end; /* of the waiting bytes in queue */
  GbxDecoder decoder;
  uint8_t queue[GBX_QUEUE_SIZE];
} GbxPort;

/* Opens the socket on which the kernel reports new devices.  Call it before the modules are
 * loaded, so that no event is missed. */
int gbx_port_watch_devices (void);

void gbx_port_init (GbxPort *self);
/* Waits for the port and opens it; false after the time limit. */
bool gbx_port_connect (GbxPort *self, int devices, uint32_t deadline_ms);

size_t gbx_port_waiting (const GbxPort *self);
/* False if the queue has no space for it below limit. */
bool gbx_port_send (GbxPort *self, GbxMessage type, GbxAddress address, const void *payload,
                    size_t length, size_t limit);
/* Sends as much as possible without waiting. */
void gbx_port_flush (GbxPort *self);
/* Waits until the queue is empty, the host has closed the port, or the time is over. */
void gbx_port_drain (GbxPort *self, int timeout_ms);
/* 1: *frame is set; 0: nothing more now; -1: the host has closed the port. */
int gbx_port_receive (GbxPort *self, GbxFrame *frame);
