/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The terminal of this process, while a command in a sandbox uses it. */
typedef struct _GbxTerminal GbxTerminal;

gboolean gbx_terminal_get_size (guint *rows, guint *columns);
/* All keys go to the sandbox; its terminal handles echo and ^C. */
GbxTerminal *gbx_terminal_enter_raw (void);
/* As it was before, while this job is stopped; and raw again. */
void gbx_terminal_set_raw (GbxTerminal *self, gboolean raw);
/* As it was before.  In the background the terminal is another job's, and is left
 * alone. */
void gbx_terminal_leave (GbxTerminal *self);

G_END_DECLS
