/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-channels.h"

#include <glib.h>

G_BEGIN_DECLS

/* Channels that the host opens by name to the guest, or to one of its commands. */

typedef struct _GbxChannel GbxChannel;

/* The callbacks of a channel.  Each may be NULL. After refused or closed the channel no
 * longer exists; closed is also called when the connection ends. */
typedef struct
{
  void (*opened) (GbxChannel *channel, gpointer user_data);
  /* With the guest's reason, safe to show. */
  void (*refused) (GbxChannel *channel, const char *reason, gpointer user_data);
  /* Data from the guest; gbx_channel_grant() gives credit back for it.  Returns NULL, or a
   * protocol error. */
  const char *(*data) (GbxChannel *channel, const guint8 *data, gsize length, gpointer user_data);
  /* There is more credit for gbx_channel_send(). */
  void (*writable) (GbxChannel *channel, gpointer user_data);
  void (*closed) (GbxChannel *channel, gpointer user_data);
} GbxChannelHandler;

/* Returns FALSE and sends nothing if there is not enough credit. */
gboolean gbx_channel_send (GbxChannel *self, const void *data, gsize length);
void gbx_channel_grant (GbxChannel *self, gsize bytes);
/* There are no callbacks after this; do not use the channel any more. */
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
/* Handles a frame of a named channel.  Returns NULL, or a protocol error of the guest. */
const char *gbx_channel_set_handle (GbxChannelSet *self, const GbxFrame *frame);
/* The connection has ended. */
void gbx_channel_set_end (GbxChannelSet *self);

G_END_DECLS
