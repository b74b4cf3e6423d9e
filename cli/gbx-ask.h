/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Questions before a launch: on the terminal, or in a dialog where there is none. */

/* -1 if nobody can be asked, or if the user cancels.  answers: NULL-terminated; the last one
 * does nothing. */
int gbx_ask (const char *heading, const char *body, const char *const *answers);
/* Whether anybody can be asked, and whether that is on a terminal. */
gboolean gbx_ask_is_possible (void);
gboolean gbx_ask_has_terminal (void);
/* (nullable) (transfer full): a file or folder of the user's choice. */
char *gbx_ask_for_path (const char *heading, const char *body);

G_END_DECLS
