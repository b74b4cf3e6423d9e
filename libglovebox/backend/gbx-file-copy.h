/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-policy.h"

G_BEGIN_DECLS

/* A single file that the sandbox may write.  The sandbox gets a folder with a copy of it, in
 * which programs can save by replacing the file; the copy is written back when it changes.
 *
 * If the file has been changed or replaced on the host meanwhile, the copy is saved beside
 * it: both are kept. */
typedef struct _GbxFileCopy GbxFileCopy;

/* place: a folder that does not exist yet, for the copy and what must be known of it; or
 * (nullable) NULL, if the file is too big to be copied: then the sandbox changes the file
 * itself, and all that is done here is to save it if somebody replaces it.
 * limit: bytes that the sandbox may write in it. */
GbxFileCopy *gbx_file_copy_new (GbxShare *share, const char *sandbox, const char *place,
                                guint64 limit, GError **error);
/* Of a sandbox that is dead; NULL if there is nothing in that place. */
GbxFileCopy *gbx_file_copy_new_from_place (const char *place);
/* Removes the copy too, unless it holds what could not be saved. */
void gbx_file_copy_free (GbxFileCopy *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxFileCopy, gbx_file_copy_free)

/* (nullable): what the sandbox gets: a folder with the file GBX_EXPORT_FILE_NAME. */
const char *gbx_file_copy_get_folder (GbxFileCopy *self);
/* Writes the copy back if it has changed.  at_end: no process of the sandbox is left. */
void gbx_file_copy_save (GbxFileCopy *self, gboolean at_end);
/* (nullable) (transfer full): a sentence if the user does not find the changes in the file. */
char *gbx_file_copy_describe (GbxFileCopy *self);
/* Whether the last attempt to save it has failed. */
gboolean gbx_file_copy_has_failed (GbxFileCopy *self);

G_END_DECLS
