/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-channels.h"

#include <glib.h>

G_BEGIN_DECLS

/* Channels that the host opens by name to the guest, or to one of its commands. */

typedef struct _GbxChannel GbxChannel;

/* What becomes of one.  Each may be NULL.  After refused or closed the channel is
 * no more; closed comes when the connection ends too. */
typedef struct
{
  void (*opened) (GbxChannel *channel, gpointer user_data);
  /* With the guest's reason, as people may see it. */
  void (*refused) (GbxChannel *channel, const char *reason, gpointer user_data);
  /* What the guest sent, for which gbx_channel_grant() gives credit back.  NULL,
   * or how it breaks the protocol. */
  const char *(*data) (GbxChannel *channel, const guint8 *data, gsize length, gpointer user_data);
  /* There is more credit for gbx_channel_send(). */
  void (*writable) (GbxChannel *channel, gpointer user_data);
  void (*closed) (GbxChannel *channel, gpointer user_data);
} GbxChannelHandler;

/* FALSE, and nothing is sent, when there is no credit for all of it. */
gboolean gbx_channel_send (GbxChannel *self, const void *data, gsize length);
void gbx_channel_grant (GbxChannel *self, gsize bytes);
/* No callback comes any more; the channel is not to be used after this. */
void gbx_channel_close (GbxChannel *self);

/* ------------------------------------------------------ for the console -- */

typedef struct _GbxChannelSet GbxChannelSet;
typedef void (*GbxChannelSendFunc) (gpointer owner, GbxMessage type, guint process, guint channel,
                                    const void *payload, gsize length);

GbxChannelSet *gbx_channel_set_new (GbxChannelSendFunc send, gpointer owner);
void gbx_channel_set_free (GbxChannelSet *self);
/* NULL when too many are open. */
GbxChannel *gbx_channel_set_open (GbxChannelSet *self, guint process, const char *name,
                                  guint32 window, const GbxChannelHandler *handler,
                                  gpointer user_data);
/* A frame about a named channel.  NULL, or how the guest breaks the protocol. */
const char *gbx_channel_set_handle (GbxChannelSet *self, const GbxFrame *frame);
/* The connection has ended. */
void gbx_channel_set_end (GbxChannelSet *self);

G_END_DECLS
