/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-init.h"

/* Waits for at most timeout_ms and handles all events: frames, streams, children, windows,
 * the bus.  This is the only place where init waits. */
void gbx_poll_once (GbxInit *self, int timeout_ms);

/* SIGTERM now, SIGKILL after that time. */
void gbx_stop_application (GbxInit *self, uint32_t grace_ms);

/* Sends the signal (0 for none) to each process of the application: all of the user's,
 * without the session bus.  Returns their number.  *of_bus, unless NULL, is how many of
 * them the session bus has started. */
unsigned gbx_signal_user_processes (GbxInit *self, int number, unsigned *of_bus);
