/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-display-protocol.h"

/* Confines the calling process for good, and says by what: nothing can be opened,
 * connected to, started or signalled from then on.  All that is to be loaded has to be
 * loaded before.  The process has one thread.
 *
 * It never fails: what the kernel does not have is missing in the answer, and the
 * window judges that. */
GbxDisplayWalls gbx_decoder_raise_walls (void);

/* The single walls, separate for the tests.  False: the kernel does not support it. */
bool gbx_decoder_enter_namespaces (void);
bool gbx_decoder_restrict_files (void);
bool gbx_decoder_restrict_calls (void);
