/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-init.h"

/* Waits for at most timeout_ms and does whatever has become possible: frames,
 * streams, children, windows, the bus.  The only place where init waits. */
void gbx_poll_once (GbxInit *self, int timeout_ms);

void gbx_signal_application (GbxInit *self, int number);
/* SIGTERM now, SIGKILL after that time. */
void gbx_stop_application (GbxInit *self, uint32_t grace_ms);

/* How many processes are the application's: the user's, without the session
 * bus.  Each is sent the signal, 0 for none.  *of_bus, if asked for, is how many
 * of them the session bus has started. */
unsigned gbx_signal_user_processes (GbxInit *self, int number, unsigned *of_bus);
