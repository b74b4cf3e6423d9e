/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-key-text.h"

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

/* (transfer full) (nullable): the text of a profile from any of these files; with an error for a
 * file that cannot be read, is too large or no text, or is malformed.  A profile of Glovebox is
 * not checked.  @foreign (out) (optional): what it is. */
char *gbx_import_read (const char *path, GPtrArray *notes, GbxForeign *foreign, GError **error);
/* (transfer full): a name for the profile, from that of the file: "My Sandbox.wsb" → "my-sandbox". */
char *gbx_import_make_id (const char *path);

/* For both: a profile without a setting, what to add to it, and its end. */
GbxKeyText *gbx_import_begin (void);
/* More than a launch accepts. */
#define GBX_IMPORT_SHARES_MAX 64
/* "[Share folderN]"; without a path each launch asks for it. */
void gbx_import_add_share (GbxKeyText *text, const char *path, gboolean writable, guint number,
                           GPtrArray *notes);
/* Notes, with this sentence, that the other program has a network unless it is told otherwise. */
char *gbx_import_end (GbxKeyText *text, const char *why_network, GPtrArray *notes);
G_GNUC_PRINTF (2, 3) void gbx_import_note (GPtrArray *notes, const char *format, ...);

G_END_DECLS
