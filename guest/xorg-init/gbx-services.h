/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The services that the guest offers to the host by name, each over its own channels.  A
 * new service is a new row in a table. */

#include "gbx-channels.h"
#include "gbx-port.h"

typedef struct _GbxServices GbxServices;

typedef struct
{
  const char *name;
  uint32_t window; /* the host's initial credit */
  /* Called when the host has opened a channel, or NULL. */
  void (*opened) (GbxServices *services, GbxAddress address);
  /* Called each second while the channel is open, or NULL. */
  void (*second) (GbxServices *services, GbxAddress address);
  /* Called with data from the host; gbx_services_grant() gives credit back for it.  NULL if
   * window is 0. */
  void (*take) (GbxServices *services, GbxAddress address, const uint8_t *data, size_t length);
  /* Called when the host has closed the channel, or NULL. */
  void (*closed) (GbxServices *services, GbxAddress address);
} GbxService;

struct _GbxServices
{
  GbxPort *port;
  void *owner; /* for the services */
  const GbxService *table;
  size_t n_table;
  GbxChannels channels;
  const GbxService *open[GBX_N_CHANNEL_PROCESSES][GBX_CHANNELS_BOTH]; /* by number; NULL */
};

void gbx_services_init (GbxServices *self, GbxPort *port, void *owner, const GbxService *table,
                        size_t n_table);
/* Handles a frame of a named channel.  Returns NULL, or a protocol error of the host. */
const char *gbx_services_handle (GbxServices *self, const GbxFrame *frame);
/* To be called every second. */
void gbx_services_second (GbxServices *self);

/* False if there is not enough credit, or the host does not read. */
bool gbx_services_send (GbxServices *self, GbxAddress address, const void *data, size_t length);
/* The same to every channel of that name. */
void gbx_services_tell (GbxServices *self, const char *name, const void *data, size_t length);
void gbx_services_grant (GbxServices *self, GbxAddress address, uint32_t bytes);
void gbx_services_close (GbxServices *self, GbxAddress address);
/* Whether a channel of that name is open. */
bool gbx_services_is_open (const GbxServices *self, const char *name);
/* How many bytes gbx_services_send() takes now. */
size_t gbx_services_credit (GbxServices *self, GbxAddress address);
