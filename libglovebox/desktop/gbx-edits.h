/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-edit.h"

G_BEGIN_DECLS

/* The files that one sandbox edits.  They are in a folder of $XDG_STATE_HOME/glovebox/edits with a
 * lock, so that a process that is killed loses nothing. */
typedef struct _GbxEdits GbxEdits;

GbxEdits *gbx_edits_new (GError **error);
/* What is in a folder of gbx_edits_find(); NULL if another process has it. */
GbxEdits *gbx_edits_open (const char *folder);
/* Removes what has not changed or was decided; the rest stays for a later decision. */
void gbx_edits_free (GbxEdits *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxEdits, gbx_edits_free)

/* At most so many files. */
#define GBX_EDITS_MAX 12
/* Makes a copy of the file.  (transfer none) */
GbxEdit *gbx_edits_add (GbxEdits *self, const char *path, GError **error);
/* (element-type GbxEdit) */
GPtrArray *gbx_edits_get_list (GbxEdits *self);
const char *gbx_edits_get_folder (GbxEdits *self);
/* How many have to be decided. */
guint gbx_edits_count_open (GbxEdits *self);

/* (element-type filename): folders in which something has to be decided, of processes that have
 * ended. */
GPtrArray *gbx_edits_find (void);

G_END_DECLS
