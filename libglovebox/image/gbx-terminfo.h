/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Writes the user's own description of the terminal $TERM into the composed root, if there is
 * one: in $TERMINFO, in ~/.terminfo or in a folder of $TERMINFO_DIRS.  Those of the system are in
 * the guest anyway. */
gboolean gbx_terminfo_write (const char *root, GError **error);

G_END_DECLS
