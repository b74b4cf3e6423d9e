/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-channel.h"
#include "gbx-command-streams.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* The host's end of the guest protocol: frames, flow control and streams over the socket
 * that QEMU connects to.  It does not trust any byte from the socket.
 *
 * Signals, all in the main context in which it was created:
 * - frame (guint type, gpointer GbxFrame*): every message except those of streams and
 *   channels; the receiver decodes it, and calls gbx_console_fail() if it is invalid
 * - output (gboolean is_stderr, GBytes*): as GbxStreamOutputFunc
 * - closed (GError* or NULL): the guest closed its end, or broke the protocol
 */
#define GBX_TYPE_CONSOLE (gbx_console_get_type ())
G_DECLARE_FINAL_TYPE (GbxConsole, gbx_console, GBX, CONSOLE, GObject)

/* Takes ownership of a connected, non-blocking socket. */
GbxConsole *gbx_console_new (int fd);
/* Gives the drawing of windows priority over messages from the guest. */
void gbx_console_yield_to_drawing (GbxConsole *self);
/* (transfer none): the streams of another command, before its START is sent. */
GbxCommandStreams *gbx_console_add_streams (GbxConsole *self, guint process);
GbxCommandStreams *gbx_console_get_streams (GbxConsole *self, guint process);
/* (transfer full): its number is free again. */
GbxCommandStreams *gbx_console_take_streams (GbxConsole *self, guint process);

/* These five are about the first command's. */
void gbx_console_set_source (GbxConsole *self, GInputStream *source);
void gbx_console_set_sink (GbxConsole *self, GbxStream stream, GOutputStream *sink);
/* If optional, output that cannot be written is discarded without an error: for
 * applications with a window, where the output matters less. */
void gbx_console_set_output_optional (GbxConsole *self, gboolean optional);
/* Starts the streams, shortly before the application starts. */
void gbx_console_open_streams (GbxConsole *self);
/* Sends a message about a process: GBX_PROCESS_GUEST, or a command. */
void gbx_console_send (GbxConsole *self, guint process, GbxMessage type, const void *payload,
                       gsize length);
void gbx_console_send_u32 (GbxConsole *self, guint process, GbxMessage type, guint32 value);
void gbx_console_send_pair (GbxConsole *self, guint process, GbxMessage type, guint first,
                            guint second);
/* Sends CONFIG or START in as many frames as needed. */
void gbx_console_send_parts (GbxConsole *self, guint process, GbxMessage type, GBytes *whole);
/* Opens a channel of that name. window: the guest's initial credit in bytes.  NULL if too
 * many are open, or the connection has ended. */
GbxChannel *gbx_console_open_channel (GbxConsole *self, guint process, const char *name,
                                      guint32 window, const GbxChannelHandler *handler,
                                      gpointer user_data);
void gbx_console_fail (GbxConsole *self, const char *what);
void gbx_console_close (GbxConsole *self);
/* Finishes when every byte received so far has reached its sink; fails if one could not be
 * written. */
void gbx_console_drain_async (GbxConsole *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean gbx_console_drain_finish (GbxConsole *self, GAsyncResult *result, GError **error);
/* Stops waiting for blocked sinks; their remaining output is lost. */
void gbx_console_discard_output (GbxConsole *self);

G_END_DECLS
