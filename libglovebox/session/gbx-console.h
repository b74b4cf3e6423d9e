/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-channel.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* The host's end of the guest protocol: frames, flow control and streams over
 * the socket that QEMU connects to.  It trusts no byte that comes out of it.
 *
 * Signals, all in the main context it was made in:
 * - frame (guint type, gpointer GbxFrame*): every message but those of streams and channels;
 *   decoding is the receiver's, which calls gbx_console_fail() on nonsense
 * - output (gboolean is_stderr, GBytes*): bytes of a stream that has no sink
 * - closed (GError* or NULL): the guest's end has gone, or broke the protocol
 */
#define GBX_TYPE_CONSOLE (gbx_console_get_type ())
G_DECLARE_FINAL_TYPE (GbxConsole, gbx_console, GBX, CONSOLE, GObject)

/* Takes over a connected, non-blocking socket. */
GbxConsole *gbx_console_new (int fd);
/* Lets what a window draws go before what the guest says, however much that is. */
void gbx_console_yield_to_drawing (GbxConsole *self);
void gbx_console_set_source (GbxConsole *self, GInputStream *source);
void gbx_console_set_sink (GbxConsole *self, GbxStream stream, GOutputStream *sink);
/* Output that cannot be written is then thrown away, and nobody is told: for an
 * application whose window matters, and not the terminal that it came from. */
void gbx_console_set_output_optional (GbxConsole *self, gboolean optional);
/* Lets the streams flow: when the application is about to start. */
void gbx_console_open_streams (GbxConsole *self);
/* A message about a process: GBX_PROCESS_GUEST, or a command. */
void gbx_console_send (GbxConsole *self, guint process, GbxMessage type, const void *payload,
                       gsize length);
void gbx_console_send_u32 (GbxConsole *self, guint process, GbxMessage type, guint32 value);
void gbx_console_send_pair (GbxConsole *self, guint process, GbxMessage type, guint first,
                            guint second);
/* CONFIG or START, in as many frames as it takes. */
void gbx_console_send_parts (GbxConsole *self, guint process, GbxMessage type, GBytes *whole);
/* Opens a channel of that name, on which the guest may send window bytes to begin
 * with.  NULL when too many are open, or the connection has ended. */
GbxChannel *gbx_console_open_channel (GbxConsole *self, guint process, const char *name,
                                      guint32 window, const GbxChannelHandler *handler,
                                      gpointer user_data);
void gbx_console_fail (GbxConsole *self, const char *what);
void gbx_console_close (GbxConsole *self);
/* Done once every byte received so far has reached its sink; fails when one of
 * them could not be written. */
void gbx_console_drain_async (GbxConsole *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean gbx_console_drain_finish (GbxConsole *self, GAsyncResult *result, GError **error);
/* Waits no longer for sinks that take nothing: what they have not got is lost. */
void gbx_console_discard_output (GbxConsole *self);

G_END_DECLS
