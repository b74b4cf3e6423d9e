/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Reads the settings of other programs.  The result is the text of a profile; what has no
 * counterpart is named in the notes (element-type utf8), one sentence each. */

typedef enum
{
  GBX_FOREIGN_NONE, /* a profile of Glovebox */
  GBX_FOREIGN_WSB,  /* Windows Sandbox: an XML file */
  GBX_FOREIGN_FIREJAIL,
} GbxForeign;

GbxForeign gbx_import_guess (const char *text);

/* @name is for errors.  %NULL with an error for malformed XML. */
char *gbx_import_wsb (const char *text, gsize length, const char *name, GPtrArray *notes,
                      GError **error);
char *gbx_import_firejail (const char *text, const char *name, GPtrArray *notes, GError **error);

/* For both: adds "[Share NAME]" with a name that is not in the text yet. */
void gbx_import_add_share (GString *text, const char *path, gboolean writable, guint number);
G_GNUC_PRINTF (2, 3) void gbx_import_note (GPtrArray *notes, const char *format, ...);

G_END_DECLS
