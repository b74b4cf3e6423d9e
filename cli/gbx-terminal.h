/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The terminal this process has, while a command in a sandbox uses it. */
typedef struct _GbxTerminal GbxTerminal;

/* Whether standard input may be read: unless it is a terminal that has another job
 * in its foreground. */
gboolean gbx_terminal_is_foreground (void);
gboolean gbx_terminal_get_size (guint *rows, guint *columns);
/* Every key goes to the sandbox, whose terminal does the echo and the ^C. */
GbxTerminal *gbx_terminal_enter_raw (void);
/* As it was before. */
void gbx_terminal_leave (GbxTerminal *self);

G_END_DECLS
