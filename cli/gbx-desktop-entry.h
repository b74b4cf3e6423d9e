/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-policy.h"

G_BEGIN_DECLS

/* Whether that word names a desktop entry rather than a program. */
gboolean gbx_desktop_entry_is_named (const char *word);
/* Gives the builder the entry's command, title, icon and, if it has none yet,
 * working directory.  The files go where the Exec line wants them, and each is
 * shared read-only unless the builder has a share that shows it at its path;
 * addresses are passed on. */
gboolean gbx_desktop_entry_apply (const char *word, char **files, GbxPolicyBuilder *builder,
                                  GError **error);

/* For a command that is some application's: its name and icon, but not its arguments. */
void gbx_desktop_entry_add_title_and_icon (const char *program, GbxPolicyBuilder *builder);

G_END_DECLS
