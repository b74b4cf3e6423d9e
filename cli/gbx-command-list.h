/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* For the help of a verb that has commands of its own: appends a line about one of them, to be
 * shown as it is.  @arguments: empty if it takes none. */
void gbx_command_list_add (GString *text, const char *name, const char *arguments,
                           const char *summary);

G_END_DECLS
