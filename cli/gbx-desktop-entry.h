/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-policy.h"

#include <gio/gdesktopappinfo.h>

G_BEGIN_DECLS

/* Whether that word names a desktop entry rather than a program. */
gboolean gbx_desktop_entry_is_named (const char *word);
/* Sets the builder's command, title, icon and, if not set yet, working directory from the
 * entry, or from its @action (nullable).  The files are inserted as the Exec line says.  Each is shared read-only, unless a
 * share already shows it at its path.  Addresses are passed on.  program is set to the
 * application's own command, which a terminal or a shell may start. */
gboolean gbx_desktop_entry_apply (const char *word, const char *action, char **files,
                                  GbxPolicyBuilder *builder, GStrv *program, GError **error);
/* The same of an application, without sharing the files: words are what it gets. */
gboolean gbx_desktop_entry_apply_info (GDesktopAppInfo *info, char **words,
                                       GbxPolicyBuilder *builder, GStrv *program, GError **error);

G_END_DECLS
