/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gbx-services.h"

#include <string.h>

static const char deaf[] = "it does not read what is sent to it";

void
gbx_services_init (GbxServices *self, GbxPort *port, void *owner, const GbxService *table,
                   size_t n_table)
{
  memset (self, 0, sizeof *self);
  self->port = port;
  self->owner = owner;
  self->table = table;
  self->n_table = n_table;
  gbx_channels_init (&self->channels, GBX_DIRECTION_TO_GUEST);
}

static const GbxService **
service_at (GbxServices *self, GbxAddress address)
{
  return &self->open[address.process][address.channel - GBX_CHANNEL_OF_HOST];
}

static bool
send_u32 (GbxServices *self, GbxMessage type, GbxAddress address, uint32_t value)
{
  uint8_t buffer[4];
  GbxWriter writer;

  gbx_writer_init (&writer, buffer, sizeof buffer);
  gbx_write_u32 (&writer, value);
  return gbx_port_send (self->port, type, address, buffer, writer.length, GBX_QUEUE_SIZE);
}

/* ----------------------------------------------------------- what comes -- */

static const GbxService *
find_service (const GbxServices *self, const char *name)
{
  for (size_t i = 0; i < self->n_table; i++)
    if (strcmp (self->table[i].name, name) == 0)
      return &self->table[i];
  return NULL;
}

static const char *
refuse (GbxServices *self, GbxAddress address)
{
  uint8_t buffer[64];
  GbxWriter writer;

  gbx_channels_refuse (gbx_channels_get (&self->channels, address.process, address.channel));
  gbx_writer_init (&writer, buffer, sizeof buffer);
  gbx_write_text (&writer, "the guest has no channel of that name");
  return gbx_port_send (self->port, GBX_MSG_REFUSED, address, buffer, writer.length, GBX_QUEUE_SIZE)
             ? NULL
             : deaf;
}

static const char *
answer (GbxServices *self, GbxAddress address, const char *name)
{
  const GbxService *service = find_service (self, name);

  if (!service)
    return refuse (self, address);
  gbx_channels_accept (gbx_channels_get (&self->channels, address.process, address.channel),
                       service->window);
  *service_at (self, address) = service;
  if (!send_u32 (self, GBX_MSG_OPENED, address, service->window))
    return deaf;
  if (service->opened)
    service->opened (self, address);
  return NULL;
}

const char *
gbx_services_handle (GbxServices *self, const GbxFrame *frame)
{
  GbxAddress address = { frame->process, frame->channel };
  GbxChannelEvent event;
  const char *error = gbx_channels_take (&self->channels, frame, &event);
  const GbxService *service;

  if (error)
    return error;
  switch (event.news)
    {
    case GBX_CHANNEL_IS_ASKED:
      return answer (self, address, event.request.name);
    case GBX_CHANNEL_HAS_DATA:
      (*service_at (self, address))->take (self, address, frame->payload, frame->length);
      return NULL;
    case GBX_CHANNEL_IS_CLOSED:
      service = *service_at (self, address);
      *service_at (self, address) = NULL;
      if (service->closed)
        service->closed (self, address);
      return gbx_port_send (self->port, GBX_MSG_CLOSE, address, NULL, 0, GBX_QUEUE_SIZE) ? NULL
                                                                                         : deaf;
    default:
      return NULL;
    }
}

void
gbx_services_second (GbxServices *self)
{
  for (uint16_t process = 0; process < GBX_N_CHANNEL_PROCESSES; process++)
    for (uint8_t i = 0; i < GBX_CHANNELS_BOTH; i++)
      {
        const GbxService *service = self->open[process][i];

        if (service && service->second)
          service->second (self, (GbxAddress) { process, GBX_CHANNEL_OF_HOST + i });
      }
}

/* ------------------------------------------------------------ what goes -- */

bool
gbx_services_send (GbxServices *self, GbxAddress address, const void *data, size_t length)
{
  GbxChannelSlot *slot = gbx_channels_get (&self->channels, address.process, address.channel);

  if (!gbx_channels_send (slot, length))
    return false;
  if (gbx_port_send (self->port, GBX_MSG_DATA, address, data, length, GBX_QUEUE_DATA_MAX))
    return true;
  slot->may_send += length;
  return false;
}

void
gbx_services_tell (GbxServices *self, const char *name, const void *data, size_t length)
{
  for (uint16_t process = 0; process < GBX_N_CHANNEL_PROCESSES; process++)
    for (uint8_t i = 0; i < GBX_CHANNELS_BOTH; i++)
      if (self->open[process][i] && strcmp (self->open[process][i]->name, name) == 0)
        gbx_services_send (self, (GbxAddress) { process, GBX_CHANNEL_OF_HOST + i }, data, length);
}

bool
gbx_services_is_open (const GbxServices *self, const char *name)
{
  for (uint16_t process = 0; process < GBX_N_CHANNEL_PROCESSES; process++)
    for (uint8_t i = 0; i < GBX_CHANNELS_BOTH; i++)
      if (self->open[process][i] && strcmp (self->open[process][i]->name, name) == 0)
        return true;
  return false;
}

size_t
gbx_services_credit (GbxServices *self, GbxAddress address)
{
  const GbxChannelSlot *slot
      = gbx_channels_get (&self->channels, address.process, address.channel);
  size_t waiting = gbx_port_waiting (self->port) + GBX_HEADER_SIZE;
  size_t space = waiting < GBX_QUEUE_DATA_MAX ? GBX_QUEUE_DATA_MAX - waiting : 0;
  size_t credit = slot->may_send < GBX_DATA_MAX ? slot->may_send : GBX_DATA_MAX;

  return credit < space ? credit : space;
}

void
gbx_services_grant (GbxServices *self, GbxAddress address, uint32_t bytes)
{
  if (gbx_channels_grant (gbx_channels_get (&self->channels, address.process, address.channel),
                          bytes))
    send_u32 (self, GBX_MSG_CREDIT, address, bytes);
}

void
gbx_services_close (GbxServices *self, GbxAddress address)
{
  *service_at (self, address) = NULL;
  if (gbx_channels_close (gbx_channels_get (&self->channels, address.process, address.channel)))
    gbx_port_send (self->port, GBX_MSG_CLOSE, address, NULL, 0, GBX_QUEUE_SIZE);
}
