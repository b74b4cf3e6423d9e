/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The terminal of this process, while a command in a sandbox uses it. */
typedef struct _GbxTerminal GbxTerminal;

/* Whether standard input may be read: not if it is a terminal with another foreground job. */
gboolean gbx_terminal_is_foreground (void);
gboolean gbx_terminal_get_size (guint *rows, guint *columns);
/* All keys go to the sandbox; its terminal handles echo and ^C. */
GbxTerminal *gbx_terminal_enter_raw (void);
/* As it was before. */
void gbx_terminal_leave (GbxTerminal *self);

G_END_DECLS
