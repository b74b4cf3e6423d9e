/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-channel"

#include "config.h"

#include "gbx-channel.h"

#include "gbx-journal.h"

struct _GbxChannel
{
  GbxChannelSet *set;
  guint process, number;
  GbxChannelHandler handler;
  gpointer user_data;
  gboolean unwanted; /* we closed it before the guest answered */
};

struct _GbxChannelSet
{
  GbxChannelSendFunc send;
  gpointer owner;
  GbxChannels channels;
  GbxChannel *open[GBX_N_CHANNEL_PROCESSES][GBX_CHANNELS_BOTH]; /* by number; NULL */
};

static GbxChannel **
place_of (GbxChannelSet *self, guint process, guint number)
{
  return &self->open[process][number - GBX_CHANNEL_OF_HOST];
}

static GbxChannelSlot *
slot_of (GbxChannel *self)
{
  return gbx_channels_get (&self->set->channels, self->process, self->number);
}

static void
send_frame (GbxChannel *self, GbxMessage type, const void *payload, gsize length)
{
  self->set->send (self->set->owner, type, self->process, self->number, payload, length);
}

/* Removes it from the set, so that nothing finds it any more. */
static GbxChannel *
remove_channel (GbxChannelSet *self, guint process, guint number)
{
  return g_steal_pointer (place_of (self, process, number));
}

/* ------------------------------------------------------------- answers -- */

static void
answer_opened (GbxChannel *self)
{
  if (self->unwanted)
    gbx_channel_close (self);
  else if (self->handler.opened)
    self->handler.opened (self, self->user_data);
}

static void
answer_refused (GbxChannel *self, const char *text)
{
  g_autofree GbxChannel *owned = remove_channel (self->set, self->process, self->number);
  g_autofree char *reason = gbx_journal_clean (text);

  if (!owned->unwanted && owned->handler.refused)
    owned->handler.refused (owned, reason, owned->user_data);
}

static void
answer_closed (GbxChannel *self)
{
  g_autofree GbxChannel *owned = remove_channel (self->set, self->process, self->number);

  send_frame (owned, GBX_MSG_CLOSE, NULL, 0);
  if (owned->handler.closed)
    owned->handler.closed (owned, owned->user_data);
}

/* The guest may request a channel, but the host does not offer any yet. */
static void
refuse (GbxChannelSet *self, const GbxFrame *frame)
{
  guint8 payload[64];
  GbxWriter writer;

  gbx_channels_refuse (gbx_channels_get (&self->channels, frame->process, frame->channel));
  gbx_writer_init (&writer, payload, sizeof payload);
  gbx_write_text (&writer, "the host has no channel of that name");
  self->send (self->owner, GBX_MSG_REFUSED, frame->process, frame->channel, payload,
              writer.length);
}

const char *
gbx_channel_set_handle (GbxChannelSet *self, const GbxFrame *frame)
{
  GbxChannelEvent event;
  const char *error = gbx_channels_take (&self->channels, frame, &event);
  GbxChannel *channel;

  if (error)
    return error;
  channel = *place_of (self, frame->process, frame->channel);
  if (event.news == GBX_CHANNEL_IS_ASKED)
    refuse (self, frame);
  else if (event.news == GBX_CHANNEL_IS_OPENED)
    answer_opened (channel);
  else if (event.news == GBX_CHANNEL_IS_REFUSED)
    answer_refused (channel, event.text);
  else if (event.news == GBX_CHANNEL_IS_CLOSED)
    answer_closed (channel);
  else if (event.news == GBX_CHANNEL_HAS_CREDIT && channel->handler.writable)
    channel->handler.writable (channel, channel->user_data);
  else if (event.news == GBX_CHANNEL_HAS_DATA)
    return channel->handler.data ? channel->handler.data (channel, frame->payload, frame->length,
                                                          channel->user_data)
                                 : "data on a channel that takes none";
  return NULL;
}

/* ------------------------------------------------------------- the set -- */

GbxChannelSet *
gbx_channel_set_new (GbxChannelSendFunc send, gpointer owner)
{
  GbxChannelSet *self = g_new0 (GbxChannelSet, 1);

  self->send = send;
  self->owner = owner;
  gbx_channels_init (&self->channels, GBX_DIRECTION_TO_HOST);
  return self;
}

GbxChannel *
gbx_channel_set_open (GbxChannelSet *self, guint process, const char *name, guint32 window,
                      const GbxChannelHandler *handler, gpointer user_data)
{
  guint number = gbx_channels_open (&self->channels, process, window);
  GbxOpenRequest request = { .window = window };
  GbxChannel *channel;
  guint8 payload[64];
  GbxWriter writer;

  if (number == 0)
    return NULL;
  channel = g_new0 (GbxChannel, 1);
  channel->set = self;
  channel->process = process;
  channel->number = number;
  channel->handler = *handler;
  channel->user_data = user_data;
  *place_of (self, process, number) = channel;

  g_strlcpy (request.name, name, sizeof request.name);
  gbx_writer_init (&writer, payload, sizeof payload);
  gbx_open_encode (&request, &writer);
  send_frame (channel, GBX_MSG_OPEN, payload, writer.length);
  return channel;
}

void
gbx_channel_set_end (GbxChannelSet *self)
{
  for (guint process = 0; process < GBX_N_CHANNEL_PROCESSES; process++)
    for (guint i = 0; i < GBX_CHANNELS_BOTH; i++)
      {
        g_autofree GbxChannel *channel = g_steal_pointer (&self->open[process][i]);

        if (channel && !channel->unwanted && channel->handler.closed)
          channel->handler.closed (channel, channel->user_data);
      }
}

void
gbx_channel_set_free (GbxChannelSet *self)
{
  gbx_channel_set_end (self);
  g_free (self);
}

/* ----------------------------------------------------------- a channel -- */

gboolean
gbx_channel_send (GbxChannel *self, const void *data, gsize length)
{
  if (!gbx_channels_send (slot_of (self), length))
    return FALSE;
  send_frame (self, GBX_MSG_DATA, data, length);
  return TRUE;
}

void
gbx_channel_grant (GbxChannel *self, gsize bytes)
{
  guint8 payload[4];
  GbxWriter writer;

  if (!gbx_channels_grant (slot_of (self), bytes))
    return;
  gbx_writer_init (&writer, payload, sizeof payload);
  gbx_write_u32 (&writer, bytes);
  send_frame (self, GBX_MSG_CREDIT, payload, writer.length);
}

void
gbx_channel_close (GbxChannel *self)
{
  if (!gbx_channels_close (slot_of (self))) /* the guest has not answered yet */
    {
      self->unwanted = TRUE;
      return;
    }
  send_frame (self, GBX_MSG_CLOSE, NULL, 0);
  g_free (remove_channel (self->set, self->process, self->number));
}
