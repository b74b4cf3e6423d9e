/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* (transfer full): a name for a new file on the host, made from one that a guest has chosen:
 * any bytes.  It is valid UTF-8, one line without control characters and marks that change the
 * direction of text, has no slash, and is short enough for a number to be added.  It does not
 * begin with a dash, is not the name of a device elsewhere, and is not hidden, unless
 * hidden. */
char *gbx_safe_name (const char *name, gboolean hidden);

/* The same for each part of a relative path.  Parts that are empty, "." or ".." vanish. */
char *gbx_safe_path (const char *path, gboolean hidden);

/* (transfer full): the name with a number before its ending: "a (2).txt". */
char *gbx_safe_name_number (const char *name, guint number);

G_END_DECLS
