/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-display-protocol.h"

/* Confines the calling process permanently, and returns by what means.  From then on it
 * cannot open, connect to, start or signal anything.  Load everything before.  The process
 * has one thread.
 *
 * It never fails: means that the kernel lacks are missing in the result, and the window
 * decides what to do. */
GbxDisplayWalls gbx_decoder_raise_walls (void);

/* The single walls, separate for the tests.  False: the kernel does not support it. */
bool gbx_decoder_enter_namespaces (void);
bool gbx_decoder_restrict_files (void);
bool gbx_decoder_restrict_calls (void);
