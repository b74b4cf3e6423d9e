/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Ctrl-C, and what else ends a command politely, cancels from now on, so that it can undo what it
 * did.  Threads that are started later have the signals blocked too. */
void gbx_interrupts_begin (GCancellable *cancellable);

G_END_DECLS
