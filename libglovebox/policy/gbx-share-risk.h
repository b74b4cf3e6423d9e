/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* (transfer full) (nullable): a warning in plain words about sharing that absolute path of the
 * host, which need not exist: whole homes, secrets, profiles of browsers, hidden folders, what
 * runs outside of the sandbox later, other file systems, other people's files.  It reads the
 * top of the folder, so a dialog may call it, but not for each key.  Whether a share is allowed
 * at all is gbx_share_new()'s decision. */
char *gbx_share_risk (const char *path, gboolean writable);

G_END_DECLS
