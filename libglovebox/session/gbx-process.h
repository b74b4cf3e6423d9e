/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-console.h"

G_BEGIN_DECLS

/* A command that was started in a running guest, beside its first one.
 *
 * Signals, in the main context, each at most once:
 * - started: the guest has executed it
 * - ended: it has ended, or could not be executed, or the guest has ended; all its output has
 *   reached its sinks, or is lost */
#define GBX_TYPE_PROCESS (gbx_process_get_type ())
G_DECLARE_FINAL_TYPE (GbxProcess, gbx_process, GBX, PROCESS, GObject)

guint gbx_process_get_number (GbxProcess *self);
gboolean gbx_process_has_started (GbxProcess *self);
gboolean gbx_process_has_ended (GbxProcess *self);
/* (nullable): how it ended; NULL if the guest has ended before it. */
const GbxExitReport *gbx_process_get_exit (GbxProcess *self);
/* As a shell has it: 127 if there is no such command, 126 if it cannot be executed, 128 and the
 * signal's number, 125 if the guest has ended. */
int gbx_process_get_status (GbxProcess *self);

/* After its end these do nothing. */
void gbx_process_send_signal (GbxProcess *self, int signal_number);
void gbx_process_set_terminal_size (GbxProcess *self, guint rows, guint columns);
/* Nobody is there any more to read and to type: hangs up its terminal, and sends SIGHUP. */
void gbx_process_hang_up (GbxProcess *self);

/* --------------------------------------------------------- for the guest -- */

GbxProcess *gbx_process_new (GbxConsole *console, guint number);
/* (transfer none) */
GbxCommandStreams *gbx_process_get_streams (GbxProcess *self);
/* FALSE: the guest may not say that now. */
gboolean gbx_process_take_started (GbxProcess *self);
gboolean gbx_process_take_exit (GbxProcess *self, const GbxFrame *frame);
/* The sandbox is stopped: if it kills the command, the command has not ended by itself. */
void gbx_process_tell_stopped (GbxProcess *self);
/* The connection has ended. */
void gbx_process_lose (GbxProcess *self);

G_END_DECLS
