/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-protocol.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Standard input, output and error of one command in the guest, each with its flow control. */
#define GBX_TYPE_COMMAND_STREAMS (gbx_command_streams_get_type ())
G_DECLARE_FINAL_TYPE (GbxCommandStreams, gbx_command_streams, GBX, COMMAND_STREAMS, GObject)

typedef void (*GbxStreamSendFunc) (gpointer owner, GbxMessage type, guint process, guint channel,
                                   const void *payload, gsize length);
/* What the first command writes, and what another one writes to a stream without a sink. */
typedef void (*GbxStreamOutputFunc) (gpointer owner, gboolean is_stderr, GBytes *data);

GbxCommandStreams *gbx_command_streams_new (guint process, GbxStreamSendFunc send_func,
                                            GbxStreamOutputFunc output, gpointer owner);
void gbx_command_streams_set_source (GbxCommandStreams *self, GInputStream *source);
void gbx_command_streams_set_sink (GbxCommandStreams *self, GbxStream stream, GOutputStream *sink);
/* If optional, output that cannot be written is discarded without an error. */
void gbx_command_streams_set_optional (GbxCommandStreams *self, gboolean optional);
/* The command runs: its input may be sent. */
void gbx_command_streams_open (GbxCommandStreams *self);
/* DATA, CLOSE or CREDIT of the guest.  NULL, or a protocol error. */
const char *gbx_command_streams_take (GbxCommandStreams *self, const GbxFrame *frame);
/* Nobody reads the output any more; the command notices it as it would outside. */
void gbx_command_streams_hang_up (GbxCommandStreams *self);
/* The connection has ended: nothing is sent or called any more.  Output that came is still
 * written. */
void gbx_command_streams_stop (GbxCommandStreams *self);
/* The command has ended: the same, and the sinks are closed when all is written. */
void gbx_command_streams_end (GbxCommandStreams *self);
/* Finishes when all that came has reached its sink; fails if some could not be written. */
void gbx_command_streams_drain_async (GbxCommandStreams *self, GAsyncReadyCallback callback,
                                      gpointer user_data);
gboolean gbx_command_streams_drain_finish (GbxCommandStreams *self, GAsyncResult *result,
                                           GError **error);
/* Waits for blocked sinks no longer. */
void gbx_command_streams_discard (GbxCommandStreams *self);

G_END_DECLS
