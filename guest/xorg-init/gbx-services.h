/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the guest offers the host by name, each over channels of its own.  A new
 * one is a row more in a table. */

#include "gbx-channels.h"
#include "gbx-port.h"

typedef struct _GbxServices GbxServices;

typedef struct
{
  const char *name;
  uint32_t window; /* what the host may send to begin with */
  /* Each second while the channel is open; NULL. */
  void (*second) (GbxServices *services, GbxAddress address);
  /* What the host has sent, for which gbx_services_grant() gives credit back;
   * NULL where window is 0. */
  void (*take) (GbxServices *services, GbxAddress address, const uint8_t *data, size_t length);
} GbxService;

struct _GbxServices
{
  GbxPort *port;
  void *owner; /* for the services */
  const GbxService *table;
  size_t n_table;
  GbxChannels channels;
  const GbxService *open[GBX_N_PROCESSES][GBX_CHANNELS_BOTH]; /* by number; NULL */
};

void gbx_services_init (GbxServices *self, GbxPort *port, void *owner, const GbxService *table,
                        size_t n_table);
/* A frame about a named channel.  NULL, or how the host breaks the protocol. */
const char *gbx_services_handle (GbxServices *self, const GbxFrame *frame);
/* To be called every second. */
void gbx_services_second (GbxServices *self);

/* False when the host has given no credit for so much, or does not read. */
bool gbx_services_send (GbxServices *self, GbxAddress address, const void *data, size_t length);
void gbx_services_grant (GbxServices *self, GbxAddress address, uint32_t bytes);
void gbx_services_close (GbxServices *self, GbxAddress address);
